# Arithmetic makes signalling NaNs quiet (core specification, section 4.3.3), also where it leaves all
# numbers as they are: with a factor of 1 and its like, however that comes to the operation, and in
# conversions there and back. What only hands numbers on leaves a signalling NaN signalling.
source "$(dirname "$0")/../common.sh"
cat > make.py <<'P'
# Prints assembly of functions that are 1 if they do it right. all() is 0, or the number of one that does not.
import sys

functions, helpers = [], []

def function(lines, parameters="", result="i32", locals_=""):
    name = f"f{len(functions) + len(helpers)}"
    body = [f"{name}:", f".functype {name} ({parameters}) -> ({result})"]
    if locals_:
        body.append(f".local {locals_}")
    return name, [f'.section .text.{name},"",@'] + body + lines + ["end_function"]

def helper(lines, parameters, result):
    name, text = function(lines, parameters, result)
    helpers.append(text)
    return f"call {name}"

def test(lines, quiet, locals_=""):
    """`lines` leave an i32 that has the quiet bit's place set, or 0."""
    functions.append(function(lines + (["i32.const 0", "i32.ne"] if quiet else ["i32.eqz"]), "i32, i32", "i32", locals_)[1])

def scalars(t):
    bits, at = ("i32", 1024) if t == "f32" else ("i64", 1032)
    x = [f"i32.const {at}", f"{t}.load 0"]
    observe = [f"{bits}.reinterpret_{t}"]
    observe += [f"i32.const {0x400000}", "i32.and"] if t == "f32" else [f"i64.const {1 << 51}", "i64.and", "i64.const 0", "i64.ne"]
    local = f"{bits}, {t}, {t}, i32"  # locals 2 to 5; parameters 0 and 1 are 0 and 1

    def check(lines, quiet=True):
        test(lines + observe, quiet, local)

    def ways(c):
        """How a constant can come to an operation: lines that leave it, having popped nothing."""
        k = f"{t}.const {c}"
        yield [k]
        yield [k, "local.set 3", "local.get 3"]
        yield [k, f"{t}.const 3.0", "local.get 1", f"{t}.select"]
        yield [k, k, "local.get 0", f"{t}.select"]
        yield ["local.get 1", "if", k, "local.set 3", "else", f"{t}.const 2.5", "local.set 3", "end_if", "local.get 3"]
        yield [helper([k], "", t)]
        yield [k, helper(["local.get 0"], t, t)]
        yield ["i32.const 2048", k, f"{t}.store 0", "i32.const 2048", f"{t}.load 0"]
        if c in ("1.0", "-1.0"):
            whole = c[:-2]
            half = "-0.5" if c[0] == "-" else "0.5"
            yield [f"i32.const {whole}", "local.set 5", "local.get 5", f"{t}.convert_i32_s"]
            yield [f"i32.const {whole}", "i32.const 7", "local.get 1", "i32.select", f"{t}.convert_i32_s"]
            yield [f"i32.const {whole}", helper(["local.get 0", f"{t}.convert_i32_s"], "i32", t)]
            yield [f"{t}.const {half}", "local.set 3", "local.get 3", "local.get 3", f"{t}.add"]
            pattern = {"f32": 0x3F800000, "f64": 0x3FF0000000000000}[t] | ((1 << (31 if t == "f32" else 63)) if c[0] == "-" else 0)
            pattern -= (1 << (32 if t == "f32" else 64)) if c[0] == "-" else 0
            yield [f"{bits}.const {pattern}", "local.set 2", "local.get 2", f"{t}.reinterpret_{bits}"]
            yield [f"{t}.const {'1.0' if c[0] == '-' else '-1.0'}", "local.set 3", "local.get 3", f"{t}.neg"]

    for c, operations in (("1.0", ["mul", "div"]), ("-1.0", ["mul", "div"]), ("0.0", ["sub"]), ("-0.0", ["add"])):
        for operation in operations:
            for way in ways(c):
                check(x + way + [f"{t}.{operation}"])
            # As a function of its own, with the constant for an argument.
            check(x + [f"{t}.const {c}", helper(["local.get 0", "local.get 1", f"{t}.{operation}"], f"{t}, {t}", t)])
    for way in ways("-0.0"):
        check(way + x + [f"{t}.sub"])
    for way in ways("0.0"):
        check(x + [f"{t}.abs"] + way + [f"{t}.add"])
    # Where y is 1, so is what it multiplies.
    one = [f"i32.const {1048 if t == 'f32' else 1040}", f"{t}.load 0", "local.tee 3", f"{t}.const 1.0"]
    check(one + [f"{t}.eq", "if"] + x + ["local.get 3", f"{t}.mul", "local.set 4", "end_if", "local.get 4"])
    check(one + [f"{t}.ne", "if", "else"] + x + ["local.get 3", f"{t}.mul", "local.set 4", "end_if", "local.get 4"])
    check(one[:2] + ["local.set 3"] + x + ["local.get 3", f"{t}.mul"] + x + one + [f"{t}.eq", f"{t}.select"])
    for operation in ("min", "max"):
        check(x + ["local.tee 3", "local.get 3", f"{t}.{operation}"])
        for c in ("0.0", "-0.0", "1.0", "-1.0", "infinity", "-infinity"):
            check(x + [f"{t}.const {c}", f"{t}.{operation}"])
            check(x + [f"{t}.const {c}", "local.set 3", "local.get 3", f"{t}.{operation}"])
    for operation in ("ceil", "floor", "trunc", "nearest", "sqrt"):
        check(x + [f"{t}.{operation}"])
        check(x + [f"{t}.{operation}", f"{t}.{operation}"])
    # A loop that multiplies by 1 as often as it runs.
    check(x + ["local.set 3", f"{t}.const 1.0", "local.set 4", "loop", "local.get 3", "local.get 4", f"{t}.mul", "local.set 3",
               "local.get 5", "i32.const 1", "i32.add", "local.tee 5", "i32.const 3", "i32.ne", "br_if 0", "end_loop", "local.get 3"])
    check([f"{t}.const 1.0", f"{bits}.const {0x7fa00000 if t == 'f32' else 0x7ff4000000000000}", f"{t}.reinterpret_{bits}", f"{t}.mul"])
    # What is no arithmetic.
    for lines in ([], [f"{t}.neg"], [f"{t}.abs"], [f"{t}.const 1.0", f"{t}.copysign"], [f"{t}.const 1.0", "local.get 1", "i32.eqz", "i32.eqz", f"{t}.select"],
                  [helper(["local.get 0"], t, t)], ["local.set 3", "i32.const 2048", "local.get 3", f"{t}.store 0", "i32.const 2048", f"{t}.load 0"]):
        check(x + lines, quiet=False)

def there_and_back():
    x = ["i32.const 1024", "f32.load 0"]
    observe = ["i32.reinterpret_f32", f"i32.const {0x400000}", "i32.and"]
    promote = "f64.promote_f32"
    for between in ([], ["local.set 2", "local.get 2"], ["f64.neg"], ["f64.abs"], ["f64.const -1.0", "f64.copysign"],
                    ["f64.const 2.0", "local.get 1", "f64.select"], ["f64.const 1.0", "f64.mul"], ["f64.const 0.0", "f64.sub"],
                    ["f64.floor"], [helper(["local.get 0"], "f64", "f64")]):
        test(x + [promote] + between + ["f32.demote_f64"] + observe, True, "f64")
    test(x + [helper(["local.get 0", promote], "f32", "f64"), helper(["local.get 0", "f32.demote_f64"], "f64", "f32")] + observe, True)
    test(x + [promote, helper(["local.get 0", "f32.demote_f64"], "f64", "f32")] + observe, True)

def vectors(shape, lanes):
    t = shape[:3]
    x = ["i32.const 1056" if t == "f32" else "i32.const 1072", "v128.load 0"]
    lane = [f"{shape}.extract_lane {lanes - 1}"]
    lane += ["i32.reinterpret_f32", f"i32.const {0x400000}", "i32.and"] if t == "f32" else ["i64.reinterpret_f64", f"i64.const {1 << 51}", "i64.and", "i64.const 0", "i64.ne"]
    local = f"v128, {t}"
    def pattern(c):
        return {"f32": {"1.0": 0x3F800000, "-1.0": 0xBF800000 - (1 << 32), "0.0": 0, "-0.0": -(1 << 31)},
                "f64": {"1.0": 0x3FF0000000000000, "-1.0": 0xBFF0000000000000 - (1 << 64), "0.0": 0, "-0.0": -(1 << 63)}}[t][c]
    def ways(c):
        constant = "v128.const " + ", ".join([str(pattern(c))] * lanes)
        yield [constant]
        yield [constant, "local.set 2", "local.get 2"]
        yield [f"{t}.const {c}", "local.set 3", "local.get 3", f"{shape}.splat"]
        yield ["local.get 1", "if", constant, "local.set 2", "end_if", "local.get 2"]
        yield [helper([constant], "", "v128")]
        yield [constant, helper(["local.get 0"], "v128", "v128")]
        yield [constant, f"{t}.const {c}", f"{shape}.replace_lane 0"]
    for c, operations in (("1.0", ["mul", "div"]), ("-1.0", ["mul", "div"]), ("0.0", ["sub"]), ("-0.0", ["add"])):
        for operation in operations:
            for way in ways(c):
                test(x + way + [f"{shape}.{operation}"] + lane, True, local)
            constant = "v128.const " + ", ".join([str(pattern(c))] * lanes)
            test(x + [constant, helper(["local.get 0", "local.get 1", f"{shape}.{operation}"], "v128, v128", "v128")] + lane, True)
    for operation in ("min", "max"):
        test(x + ["local.tee 2", "local.get 2", f"{shape}.{operation}"] + lane, True, local)
        for c in ("0.0", "-0.0"):
            test(x + [f"{t}.const {c}", f"{shape}.splat", f"{shape}.{operation}"] + lane, True, local)
    for operation in ("ceil", "floor", "trunc", "nearest", "sqrt"):
        test(x + [f"{shape}.{operation}", f"{shape}.{operation}"] + lane, True, local)
    for operation in ("neg", "abs"):
        test(x + [f"{shape}.{operation}"] + lane, False, local)

scalars("f32")
scalars("f64")
there_and_back()
vectors("f32x4", 4)
vectors("f64x2", 2)
for between in ([], ["local.set 2", "local.get 2"], ["f64x2.neg"], ["f64x2.abs"], [helper(["local.get 0"], "v128", "v128")]):
    test(["i32.const 1056", "v128.load 0", "f64x2.promote_low_f32x4"] + between +
         ["f32x4.demote_f64x2_zero", "f32x4.extract_lane 1", "i32.reinterpret_f32", f"i32.const {0x400000}", "i32.and"], True, "v128")
calls = []
for number, text in enumerate(functions):
    calls += ["i32.const 0", "i32.const 1", "call " + text[1][:-1], "i32.eqz", "if", f"i32.const {number + 1}", "return", "end_if"]
name, text = function(calls + ["i32.const 0"], "", "i32")
text = [line.replace(name, "all") for line in text]
everything = [text[0], ".globl all", ".export_name all, all"] + text[1:]
print("\n".join(f"\t{line}" if not line.endswith(":") else line for lines in helpers + functions + [everything] for line in lines))
print('''	.section .data.nans,"",@
nans:
	.int32 0x7fa00000
	.int32 0
	.int64 0x7ff4000000000000
	.int64 0x3ff0000000000000
	.int32 0x3f800000
	.int32 0
	.int32 0x7fa00000
	.int32 0x7fa00001
	.int32 0xffa00000
	.int32 0x7fa00000
	.int64 0x7ff4000000000000
	.int64 0xfff4000000000001
	.size nans, 64''')
print(len(functions), file=sys.stderr)
P
python3 make.py > nans.s 2> count
wasm_cc -msimd128 -Wl,--no-gc-sections,-z,stack-size=1024,--global-base=1024 nans.s -o nans.wasm
[ "$(cat count)" -gt 400 ]
all_quiet() {
  local mode
  for mode in $modes; do
    [ "$("$TENON" --bounds-checks=$mode --invoke=all "$1")" = 0 ] ||
      fail "wrong is number $("$TENON" --bounds-checks=$mode --invoke=all "$1")"
  done
}
every_way all_quiet nans.wasm "$all_levels" "--cpu=x86-64|--cpu=x86-64-v2|--cpu=native"
