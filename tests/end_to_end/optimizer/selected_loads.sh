# A load traps though its value turns out not to be needed: what selects it, or joins it with another
# condition, may not become a branch around the load, nor a conditional or masked load; what cancels out is
# loaded first; and what is needed in part is loaded and stored whole, at the memory's end too.
source "$(dirname "$0")/../common.sh"
# NAME, then the instructions of a function of a condition (local 0) and an address (local 1).
function_named() {
  printf '\t.section .text.%s,"",@\n\t.globl %s\n\t.export_name %s, %s\n%s:\n\t.functype %s (i32, i32) -> ()\n' \
    "$1" "$1" "$1" "$1" "$1" "$1"
  shift
  printf '\t%s\n' "$@" end_function
}
branch() { # Calls with one number or another.
  printf '%s\n' "if" "i32.const 4" "call opaque" "else" "i32.const 2" "call opaque" "end_if"
}
load="local.get 1
i32.load 0"
positive="local.get 0
i32.const 0
i32.gt_s"
{
  printf '\t.functype opaque (i32) -> ()\n\t.section .text.opaque,"",@\nopaque:\n\t.functype opaque (i32) -> ()\n'
  printf '\t%s\n' "i32.const 1024" "local.get 0" "i32.store 0" "i32.const 0" "memory.grow 0" "i32.const 9" i32.eq "if" unreachable end_if end_function
  function_named joined_by_or "local.get 0" "$load" "i32.const 0" i32.ne i32.or "$(branch)"
  function_named joined_by_and "$positive" "$load" "i32.const 5" i32.gt_s i32.and "$(branch)"
  function_named condition "i32.const 1" "$load" "local.get 0" i32.select "$(branch)"
  function_named otherwise "$load" "i32.const 7" "local.get 0" i32.select "call opaque"
  function_named number "i32.const 2048" "$load" "i32.const 7" "local.get 0" i32.select "i32.store 0"
  function_named float "i32.const 2048" "local.get 1" "f64.load 0" "f64.const 7.0" "local.get 0" f64.select "f64.store 0"
  function_named halfword "i32.const 2048" "local.get 1" "i32.load16_u 0" "i32.const 7" "local.get 0" i32.select "i32.store16 0"
  function_named byte "i32.const 2048" "local.get 1" "i32.load8_s 0" "i32.const 7" "local.get 0" i32.select "i32.store8 0"
  function_named multiplied "i32.const 2048" "$positive" "$load" i32.mul "i32.store 0"
  function_named masked "i32.const 2048" "i32.const 0" "$positive" i32.sub "$load" i32.and "i32.store 0"
  function_named difference "i32.const 2048" "$load" "$load" i32.sub "i32.store 0"
  function_named equality "i32.const 2048" "$load" "$load" i32.eq "i32.store 0"
  function_named stored_back "local.get 1" "$load" "i32.store 0"
  function_named vector "i32.const 2048" "local.get 1" "v128.load 0" "v128.const 1, 2, 3, 4" \
    "local.get 0" i32x4.splat "v128.const 0, 0, 0, 0" i32x4.gt_s v128.bitselect "v128.store 0"
  function_named vector_sum "i32.const 2048" "i32.const 2064" "v128.load 0" "local.get 1" "v128.load 0" i32x4.add \
    "i32.const 2064" "v128.load 0" "local.get 0" i32x4.splat "v128.const 0, 0, 0, 0" i32x4.gt_s v128.bitselect "v128.store 0"
  whole=
  while read -r name instructions; do
    whole="$whole $name"
    printf '%s' "$instructions" | tr ';' '\n' > instructions
    function_named "$name" "i32.const 2048" "$(cat instructions)"
  done << 'END'
low_byte local.get 1;i32.load 0;i32.const 255;i32.and;i32.store 0
cut_byte local.get 1;i32.load 0;i32.store8 0
cut_half local.get 1;i64.load 0;i32.wrap_i64;i32.store 0
extended local.get 1;i32.load 0;i32.extend8_s;i32.store 0
middle local.get 1;i64.load 0;i64.const 8;i64.shr_u;i32.wrap_i64;i32.store 0
flag drop;local.get 1;i32.load 0;i32.const 1;i32.and;if;i32.const 2048;local.get 0;i32.store 0;end_if
set_flag drop;local.get 1;local.get 1;i64.load 0;i64.const 1;i64.or;i64.store 0
set_byte drop;local.get 1;local.get 1;i32.load 0;i32.const -256;i32.and;i32.const 7;i32.or;i32.store 0
lane local.get 1;v128.load 0;i32x4.extract_lane 0;i32.store 0
splat_lane local.get 1;v128.load 0;i32x4.extract_lane 0;i32x4.splat;v128.store 0
half local.get 1;v128.load 0;i64x2.extract_lane 0;i64.store 0
extended_lanes local.get 1;v128.load 0;i32x4.extend_low_i16x8_s;v128.store 0
promoted local.get 1;v128.load 0;f64x2.promote_low_f32x4;v128.store 0
set_lane drop;local.get 1;local.get 1;v128.load 0;local.get 0;i32x4.replace_lane 0;v128.store 0
END
  echo "$whole" > whole
} > selected.s
clang-22 --target=wasm32 -msimd128 -c selected.s -o selected.o
wasm_cc -Wl,--initial-memory=65536 selected.o -o selected.wasm
outside="out of bounds memory access"
loads_all() {
  for name in joined_by_or joined_by_and condition otherwise number float halfword byte multiplied masked difference equality \
    stored_back vector vector_sum; do
    for value in 0 1; do
      ends_with 0 "$TENON" --invoke=$name "$1" $value 65000
      traps "$outside" "$TENON" --invoke=$name "$1" $value 70000
    done
  done
  for name in $(cat whole); do
    ends_with 0 "$TENON" --invoke="$name" "$1" 1 65520
    for address in 65533 65535; do # all but the first bytes are outside
      traps "$outside" "$TENON" --invoke="$name" "$1" 1 $address
    done
  done
}
every_way loads_all selected.wasm "$all_levels|--opt-level=2 --cpu=native|--opt-level=3 --cpu=native|--opt-level=2 --exact-order" \
  "$all_modes"
