# A program that tries a few hundred ways out of its directory, while others exchange directories
# with links there, reads nothing outside of it and changes nothing. With openat2 and without.
source "$(dirname "$0")/../common.sh"
wasi_cc -Wno-unused-result "$top/tests/wasi/escape.c" -o escape.wasm
"$TENONC" escape.wasm -o escape.aot

make_tree() {
  rm -rf tree
  mkdir -p tree/outside/sub tree/inside/a/b/c tree/inside/swap tree/inside/deep/er/est
  for file in secret sub/secret only_outside; do
    { echo "outside $file"; head -c 7777 /dev/zero; } | head -c 7777 > tree/outside/$file
  done
  for file in file file2 a/file swap/secret deep/er/est/secret; do echo "inside" > tree/inside/$file; done
  (cd tree/inside
   ln -s .. up; ln -s ../outside to_outside; ln -s ../outside link; ln -s "$PWD/../outside/secret" absolute
   ln -s / root; ln -s /proc proc; ln -s ../../outside a/escape; ln -s chain2 chain1; ln -s a/b/chain3 chain2
   ln -s ../../../outside/secret a/b/chain3; ln -s ../outside/new dangling)
  # Whatever is done outside shows in one of these.
  touch -d 2020-01-01 tree/outside tree/outside/sub tree/outside/*secret tree/outside/sub/* tree/outside/only_outside
}
state() { (cd tree/outside && find . -printf '%p %y %s %T@ %n %i\n' | sort && cat secret sub/secret only_outside) | cksum; }

cat > race.py <<'PYTHON'
import os, sys
inside = sys.argv[1]
os.chdir(inside)
def attempt(function, *arguments):
    try:
        function(*arguments)
    except OSError:
        pass
while os.path.exists("../running"):
    for _ in range(50):
        # swap becomes a link to the outside and a directory again; deep/er moves up and down.
        attempt(os.rename, "swap", "swap.directory")
        attempt(os.symlink, "../outside", "swap")
        attempt(os.rename, "deep/er", "er")
        attempt(os.unlink, "swap")
        attempt(os.rename, "swap.directory", "swap")
        attempt(os.rename, "er", "deep/er")
        attempt(os.rename, "a/b", "a/moved")
        attempt(os.symlink, "../../outside", "a/b")
        attempt(os.unlink, "a/b")
        attempt(os.rename, "a/moved", "a/b")
    open("../started", "w").close()
PYTHON

for without in "" 1; do
  for racing in no yes; do
    make_tree
    before=$(state)
    if [ -n "$without" ]; then export TENON_TEST_WITHOUT_OPENAT2=1; else unset TENON_TEST_WITHOUT_OPENAT2; fi
    if [ $racing = yes ]; then
      touch tree/running
      python3 race.py tree/inside &
      while [ ! -e tree/started ]; do sleep 0.01; done
      "$TENON" --dir=tree/inside::/ escape.aot 60 race > output
      rm tree/running
      wait
    else
      "$TENON" --dir=tree/inside::/ escape.aot 3 > output
    fi
    if grep ESCAPED output; then echo "without openat2: '$without', racing: $racing"; exit 1; fi
    [ "$(state)" = "$before" ] || { echo "the outside has changed (without openat2: '$without', racing: $racing)"; exit 1; }
    cat output
  done
done
