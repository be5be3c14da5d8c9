# A program that is killed, exits in the middle, closes its own streams, meets a full device, runs
# out of descriptors, or reads and writes in small pieces, loses nothing that it was told had been written.
source "$(dirname "$0")/../common.sh"
wasi_cc "$top/tests/wasi/endurance.c" -o endurance.wasm
"$TENONC" endurance.wasm -o endurance.aot
run() { "$TENON" --dir=files endurance.aot "$@"; }
mkdir files

# Killed at some moment: the log has every record that was announced, whole, in order.
for delay in 0.05 0.11 0.23; do
  rm -f files/log
  "$TENON" --dir=files endurance.aot log > announced &
  sleep $delay
  kill -9 $!
  wait $! 2> /dev/null || true
  announced=$(grep -c '^written [0-9]*$' announced || true)
  head -n "$announced" files/log > whole
  seq 0 $((announced - 1)) | sed 's/^/record /' | cmp - whole || fail "killed after $delay s: $announced announced"
done

status=0
run exit > output || status=$?
[ $status = 42 ] || fail "exit: status $status"
[ "$(cat output)" = "said before" ] || fail "exit: printed $(cat output)"
[ "$(cat files/middle)" = "buffered by the C library" ] || fail "exit: the file has $(cat files/middle)"

status=0
run close > output || status=$?
[ $status = 7 ] || fail "close: status $status"
[ ! -s output ] || fail "close: printed $(cat output)"
[ "$(cat files/first) $(cat files/second)" = "to first to second" ] || fail "close: wrong files"

# A full device, and a file that may not get longer: what was announced is there.
run fill 2> said > /dev/full || fail "fill: $(cat said)"
grep -q '^0 bytes, then No space left on device$' said || fail "fill: $(cat said)"
(trap '' XFSZ; ulimit -f 100; run fill 2> said > filled) || fail "fill: $(cat said)"
read -r size _ < said
[ "$size" = "$(stat -c %s filled)" ] && [ "$size" -gt 50000 ] || fail "fill: $(cat said), file of $(stat -c %s filled)"

(ulimit -n 40; run many > output) || fail "many: status $?"
grep -q '^[23][0-9] files$' output || fail "many: $(cat output)"

# Through pipes that take and give little at a time.
seq 1 60000 > numbers
python3 -c '
import sys, time
data = open("numbers", "rb").read()
for at in range(0, len(data), 777):
    sys.stdout.buffer.write(data[at:at + 777])
    sys.stdout.flush()' | run copy | python3 -c '
import os, sys
with open("copied", "wb") as copied:
    while piece := os.read(0, 1234):
        copied.write(piece)' || fail "copy failed"
cmp numbers copied

# The reader goes away: an error, not a signal.
{ run nobody 2> said; echo "status $?" > status; } | head -c 10 > /dev/null
[ "$(cat status)" = "status 0" ] || fail "nobody: $(cat status), $(cat said)"
grep -q 'Broken pipe' said || fail "nobody: $(cat said)"
