# Loops that look as if they had been unrolled, whose limit lies between the steps: what they store
# before they trap, or that they do not end, is the same at every level.
source "$(dirname "$0")/../common.sh"
# NAME, parameters and results, locals, instructions of a function.
function_named() {
  local name=$1 type=$2 locals=$3
  shift 3
  printf '\t.section .text.%s,"",@\n\t.globl %s\n\t.export_name %s, %s\n%s:\n\t.functype %s %s\n\t.local %s\n' \
    "$name" "$name" "$name" "$name" "$name" "$name" "$type" "$locals"
  printf '\t%s\n' "$@" end_function
}
add_one() {  # to the f64 at the address that the instructions leave
  printf '%s\n' "$@" "$@" "f64.load 0" "f64.const 1.0" f64.add "f64.store 0"
}
count() {  # LOCAL STEP LIMIT: to the loop's begin unless it is met
  printf '%s\n' "local.get $1" "i32.const $2" i32.add "local.tee $1" "$3" i32.ne "br_if 0" end_loop
}
add_local() {  # LOCAL: of an f64 sum in local 2, an i32 local and what follows it
  printf '%s\n' "local.get 2" "local.get $1" f64.convert_i32_u f64.add "local.set 2" \
    "local.get 2" "local.get $1" "i32.const 1" i32.add f64.convert_i32_u f64.add "local.set 2"
}
{
  # By bytes, from 0 to the parameter.
  function_named bytes "(i32) -> ()" "i32" loop "$(add_one "local.get 1")" \
    "$(add_one "local.get 1" "i32.const 8" i32.add)" "$(count 1 16 "local.get 0")"
  function_named bytes_down "(i32) -> ()" "i32" "i32.const 4096" "local.set 1" loop "$(add_one "local.get 1")" \
    "$(add_one "local.get 1" "i32.const -8" i32.add)" "$(count 1 -16 "local.get 0")"
  # By numbers of elements.
  function_named elements "(i32) -> ()" "i32" loop "$(add_one "local.get 1" "i32.const 3" i32.shl)" \
    "$(add_one "local.get 1" "i32.const 1" i32.add "i32.const 3" i32.shl)" "$(count 1 2 "local.get 0")"
  function_named constant "() -> ()" "i32" loop "$(add_one "local.get 0" "i32.const 3" i32.shl)" \
    "$(add_one "local.get 0" "i32.const 1" i32.add "i32.const 3" i32.shl)" "$(count 0 2 "i32.const 3")"
  function_named by_three "() -> ()" "i32" loop "$(add_one "local.get 0" "i32.const 3" i32.shl)" \
    "$(add_one "local.get 0" "i32.const 1" i32.add "i32.const 3" i32.shl)" \
    "$(add_one "local.get 0" "i32.const 2" i32.add "i32.const 3" i32.shl)" "$(count 0 3 "i32.const 4")"
  # With another variable counted.
  function_named counted "(i32) -> (i32)" "i32, i32" loop "$(add_one "local.get 2")" "$(add_one "local.get 2" "i32.const 8" i32.add)" \
    "local.get 2" "i32.const 16" i32.add "local.set 2" "$(count 1 2 "local.get 0")" "local.get 2"
  # One iteration first if the number is odd, or wrongly, if it is even.
  for parity in odd even; do
    unless=$([[ $parity == even ]] && echo i32.eqz || true)
    function_named "$parity" "(i32) -> (i32)" "i32" "local.get 0" "i32.const 1" i32.and $unless if "$(add_one "local.get 1")" \
      "i32.const 1" "local.set 1" end_if loop "$(add_one "local.get 1" "i32.const 3" i32.shl)" \
      "$(add_one "local.get 1" "i32.const 1" i32.add "i32.const 3" i32.shl)" "$(count 1 2 "local.get 0")" "local.get 1"
  done
  # A sum, which nothing ends.
  function_named sum "(i32, i32) -> (i32)" "f64" loop "$(add_local 1)" "$(count 1 2 "local.get 0")" "local.get 2" i32.trunc_sat_f64_u
} > loops.s
wasm_cc -mnontrapping-fptoint -Wl,-z,stack-size=1024 loops.s -o loops.wasm
build_host "$top/tests/end_to_end/optimizer/calls_host.c"
calls=(constant by_three)
for n in 16 32 4096 8 24 40 65528; do calls+=("bytes,$n" "bytes_down,$((4096 - n))"); done
for n in 2 4 100 3 5 101 4096; do calls+=("elements,$n" "counted,$n" "odd,$n" "even,$n"); done
calls+=(sum,6,0 sum,3001,1)
"$TENONC" loops.wasm -o loops.aot --opt-level=0
./host loops.aot "${calls[@]}" > expected
same() {
  prints expected ./host "$1" "${calls[@]}"
  ends_with 124 timeout 0.5 ./host "$1" sum,5,0
}
every_way same loops.wasm "$all_levels" "$all_modes"
[ "$(grep -c 'out of bounds' expected)" -gt 12 ]
[ "$(grep -c 'out of bounds' expected)" -lt 30 ]
