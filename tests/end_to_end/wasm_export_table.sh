# Every function of runtime/include/wasm_export.h is in runtime/wasm_export/WASM_EXPORT.md as "works", and nothing else is.
source "$(dirname "$0")/common.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
python3 - "$root/runtime/include/wasm_export.h" "$root/runtime/wasm_export/WASM_EXPORT.md" <<'PY'
import re, sys
header = re.sub(r"/\*.*?\*/", "", open(sys.argv[1]).read(), flags=re.S)
header = "\n".join(l for l in header.replace("\\\n", " ").splitlines() if not l.startswith("#"))
declared = set(re.findall(r"\b((?:wasm|get)_\w+)\((?!\*)", header))
declared -= {"wasm_runtime_full_init_with_usage", "wasm_runtime_full_init_with_user_data"}
rows = re.findall(r"^\| `(\w+)` \| (works|left out) \| (.*) \|$|^\| `(\w+)` \| (works) \| \|$", open(sys.argv[2]).read(), flags=re.M)
works = {a or d for a, s, n, d, e in rows if (s or e) == "works"}
left_out = {a for a, s, n, d, e in rows if s == "left out"}
assert declared == works, f"not in the table: {sorted(declared - works)}; not in the header: {sorted(works - declared)}"
assert all(n for a, s, n, d, e in rows if s == "left out"), "a function is left out without a reason"
print(len(works), "work,", len(left_out), "are left out")
PY
