# Names in a file are shown without what a terminal would act on, in errors, backtraces and listings.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONPATH=$here/../../malformed python3 - <<'PY'
from wasm_binary import *

bad = "\x1b]0;title\x07\x1b[31mred\u009b\u202e".encode()
names = section(0, name("name") + b"\x01" + name(leb(1) + leb(0) + name(bad)))
write("trap.wasm", module(types=[function_type([], [])], functions=[0], exports=[("f", 0, 0), (bad, 0, 0)],
                          codes=[body(b"\0")]) + names)
write("import.wasm", module(types=[function_type([], [])], imports=[name(bad) + name(bad) + b"\0\0"],
                            exports=[("f", 0, 0)]))
write("exception.wasm", module(types=[function_type([], [])], functions=[0], tags=[b"\0\0"],
                               exports=[("f", 0, 0), (bad, 4, 0)], codes=[body(b"\x08\0")]))
write("export.wasm", module(types=[function_type([], [])], functions=[0], exports=[(bad, 0, 0), (bad, 0, 0)],
                            codes=[body(b"")]))
PY
check() {
  "$@" > output 2>&1 || true
  grep -q '?\]0;title??\[31mred' output || { echo "$*"; cat -v output; exit 1; }
  ! LC_ALL=C grep -q "$(printf '[\033\007]')" output || { echo "$*: raw"; cat -v output; exit 1; }
}
for module in trap import exception; do "$TENONC" $module.wasm -o $module.aot; done
check "$TENON" --invoke=f trap.aot
check "$TENON" --invoke=f import.aot
check "$TENON" --invoke=f exception.aot
check "$TENON" inspect trap.aot
check "$TENONC" export.wasm -o export.aot
"$TENON" inspect --json trap.aot > listing.json
python3 -m json.tool listing.json > /dev/null
! LC_ALL=C grep -q "$(printf '[\033\007]')" listing.json
