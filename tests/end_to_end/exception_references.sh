# A program with exceptions that calls the host: what registers hold is as before afterwards, and a
# reference to an exception outlives thousands of others.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONPATH=$here/../malformed python3 - <<'PY'
from wasm_binary import *

I64_CONST, YIELD, DROP, ADD, GET, SET, TEE = b"\x42", b"\x10\0", b"\x1a", b"\x7c", b"\x20", b"\x21", b"\x22"
# Types: 0 () -> i32, 1 (i64), 2 () -> (i64 exnref), 3 (i32) -> i64.
types = [function_type([], [I32]), function_type([I64], []), function_type([], [I64, EXNREF]),
         function_type([I32], [I64])]
def make(value):
    return b"\x02\x02\x1f\x40\x01\x01\0\0" + I64_CONST + signed(value) + b"\x08\0\x0b\0\x0b"
# Eight numbers that are needed later, so that they are in registers or saved: 1 to 8 plus the argument.
code = b"".join(GET + b"\0\xac" + I64_CONST + signed(i) + ADD + SET + leb(i + 1) for i in range(1, 9))
code += make(42) + SET + b"\1" + DROP
loop = make(1) + DROP + DROP + YIELD + DROP
loop += GET + b"\0" + i32_const(1) + b"\x6b" + TEE + b"\0\x0d\0"
code += b"\x03\x40" + loop + END
# The payload of the first, and the numbers.
code += b"\x02\x7e\x1f\x40\x01\0\0\0" + GET + b"\1\x0a" + END + b"\0" + END
code += b"".join(GET + leb(i + 1) + ADD for i in range(1, 9))
write("references.wasm", module(
    types=types, imports=[name("wasi_snapshot_preview1") + name("sched_yield") + b"\0\0"],
    functions=[3], tags=[b"\0\1"], exports=[("run", 0, 1)],
    codes=[body(code, [(1, EXNREF), (8, I64)])]))
PY
"$TENONC" references.wasm -o references.aot
for mode in ${TENON_MODES:-guard explicit}; do
  # 42 + 1 + ... + 8 + 8 * 5000
  result=$("$TENON" --bounds-checks=$mode --invoke=run references.aot 5000)
  [ "$result" = 40078 ] || { echo "$mode: $result"; exit 1; }
done
