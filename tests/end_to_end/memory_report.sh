# --memory-report says where memory went, on standard error, after the program's own output.
source "$(dirname "$0")/common.sh"
wasi_cc "$top/tests/bench/hello.c" -o hello.wasm
"$TENONC" hello.wasm -o hello.aot
"$TENON" --memory-report hello.aot > output 2> report
"$TENON" hello.aot > alone
cmp output alone
grep -q '^instance  *[1-9]' report
"$TENON" --memory-report=json hello.aot > output 2> report
python3 - <<'PY'
import json, os
report = json.load(open("report"))
assert report["module"]["mapped_file_bytes"] == os.path.getsize("hello.aot"), report
assert report["the_instance"]["live_bytes"] >= 65536, report
assert report["the_environment"]["live_bytes"] >= 1 << 20, report
PY
ends_with 2 "$TENON" --memory-report=xml hello.aot
