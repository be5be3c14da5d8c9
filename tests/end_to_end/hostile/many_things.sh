# Modules with very many types, segments or operations compile, load and start in time and memory
# that their size justifies, or are refused with a sentence.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PYTHONPATH=$here/../../malformed python3 - <<'PY'
from wasm_binary import *

# Types of which most have a place in the registry: more values than fit into a packed key.
write("types.wasm", module(types=[
    function_type([I32] * (i % 900) + [I64] * (i // 900) + [F32] * 20, []) for i in range(20000)]))
write("supertypes.wasm", b"\0asm\1\0\0\0" + section(1, vector(
    [b"\x50\0\x60\0\0"] + [b"\x50\x01" + leb(i) + b"\x60\0\0" for i in range(50000)])))
# Segments of a byte, each in a page of its own, over 4 GiB.
write("segments.wasm", module(memories=[limits(65536)], data=[
    b"\0" + i32_const(i * 43000 % (1 << 32)) + END + b"\x01A" for i in range(99000)]))
write("wide.wasm", module(globals_=[bytes([I32, 0]) + i32_const(7) + (i32_const(1) + b"\x6a") * 1000000 + END],
                          exports=[("sum", 3, 0)]))
write("deep.wasm", module(globals_=[
    bytes([I32, 0]) + i32_const(1) * 1000000 + b"\x6a" * 999999 + END]))
imported = [name("env") + name("g") + bytes([3, I32, 0])]
write("unknown_deep.wasm", module(imports=imported, globals_=[
    bytes([I32, 0]) + b"\x23\0" * 1000 + b"\x6a" * 999 + END]))
PY
# A sanitizer reserves address space without end.
sanitized=${TENON_HOST_FLAGS+yes}
limited() { ([ -n "$sanitized" ] || ulimit -v 8000000; timeout 60 "$@"); }
compile() { limited "$TENONC" -j1 --bounds-checks=explicit "$1.wasm" -o "$1.aot"; }
# Loads and starts the module, which exports no such function.
load() {
  status=0
  limited "$TENON" --invoke=nothing "$1.aot" 2> output || status=$?
  grep -q "does not export" output && [ "$status" = 125 ] || { cat output; exit 1; }
}
refuse() {
  status=0
  compile "$1" 2> output || status=$?
  grep -q "$2" output && [ "$status" = 1 ] || { cat output; exit 1; }
}
for module in types segments wide deep; do
  compile "$module"
  load "$module"
done
[ "$(stat -c %s wide.aot)" -lt 10000 ]     # arithmetic is done when compiling
[ "$(stat -c %s segments.aot)" -lt 10000000 ]
refuse supertypes "at most 63"
refuse unknown_deep "at most 64"
[ -z "$sanitized" ] || exit 0
# What does not fit into the memory that a process may have ends with a sentence too.
status=0
(ulimit -v 400000; "$TENONC" -j1 types.wasm -o types.aot) 2> output || status=$?
grep -q "tenonc: .*out of memory" output && [ "$status" = 1 ] || { cat output; exit 1; }
