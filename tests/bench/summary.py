"""The few figures that people compare, out of all that all.py has measured.

A row is (what, {column: text}); what was not measured has no row, and a column
that nothing was measured for is left out.
"""

import report

TENON, WAMR, V8 = "Tenon", "WAMR", "V8"
COLUMN_OF_ENGINE = {"tenon-guard": TENON, "wamr": WAMR, "node": V8}
SUITE_NAMES = {"polybench": "PolyBench-C", "own": "the programs of tests/bench"}


def _totals(code, suite):
    """Per engine, over the programs of a suite (all of them: None)."""
    results = [result for result in code["results"] if suite in (None, result["suite"])]
    return report.totals(results, [name for name in code["summary"] if name != code["reference"]])


def _suites(code):
    return list(dict.fromkeys(result["suite"] for result in code["results"]))


def _by_column(totals, cell):
    return {column: cell(totals[engine]) for engine, column in COLUMN_OF_ENGINE.items()
            if engine in totals}


def _code_rows(code, condition):
    rows = []
    for suite in _suites(code):
        totals = _totals(code, suite)
        name = SUITE_NAMES.get(suite, suite) + condition
        if not totals:
            continue
        if suite == "coremark":
            rows.append((f"CoreMark{condition}: speed ÷ native",
                         _by_column(totals, lambda entry: f"{1 / entry['geometric_mean']:.2f}")))
            continue
        rows.append((f"{name}: geometric mean of time ÷ native",
                     _by_column(totals, lambda entry: f"{entry['geometric_mean']:.3f}")))
        rows.append((f"{name}: the worst",
                     _by_column(totals, lambda entry: f"{entry['worst_program']} "
                                                      f"{entry['worst_ratio']:.2f}")))
        if "tenon-explicit" in totals:
            rows.append((f"{name}, explicit bounds checks: geometric mean",
                         {TENON: f"{totals['tenon-explicit']['geometric_mean']:.3f}"}))
    totals = _totals(code, None)
    if "tenon-guard-level3" in totals and "tenon-guard" in totals:
        ratio = (totals["tenon-guard"]["geometric_mean"]
                 / totals["tenon-guard-level3"]["geometric_mean"])
        rows.append((f"all of them{condition}: time of the default level ÷ time of --opt-level=3",
                     {TENON: f"{ratio:.3f}"}))
    return rows


def _start_rows(startup):
    rows = []
    processes = {name: entry for name, entry in startup["processes"].items()
                 if "median_seconds" in entry}
    native = processes.get("native")
    what = "hello as a process" + (
        f" (native: {native['median_seconds'] * 1e3:.2f} ms)" if native else "")
    cells = {}
    for engine, column in COLUMN_OF_ENGINE.items():
        if engine in processes:
            entry = processes[engine]
            cells[column] = f"{entry['median_seconds'] * 1e3:.2f} ms" + (
                f", {entry['peak_bytes'] / 1e6:.1f} MB" if entry.get("peak_bytes") else "")
    rows.append((what, cells))
    for entry in startup["loading"]:
        rows.append((f"load and check; instantiate: {entry['file']}, {entry['bytes'] / 1e6:.2f} MB",
                     {TENON: f"{entry['load_ns'] / 1e3:.1f} µs; {entry['instantiate_ns'] / 1e3:.1f} µs"}))
    return rows


def _compile_rows(entries):
    rows = []
    for module in dict.fromkeys(entry["module"] for entry in entries):
        cells = {}
        for entry in entries:
            column = {"tenonc --opt-level=2": TENON, "wamrc": WAMR}.get(entry["compiler"])
            if entry["module"] == module and column:
                cells[column] = (f"{entry['wall_seconds']:.1f} s; {entry['cpu_seconds']:.1f} s; "
                                 f"{entry['output_bytes'] / 1e6:.2f} MB")
        rows.append((f"compile {module}: wall time; CPU time; .aot of one variant", cells))
    return rows


def rows_of(document):
    rows = []
    for key, condition in (("code", ""), ("code_simd", ", -msimd128")):
        if key in document:
            rows += _code_rows(document[key], condition)
    names = {"tenon": TENON, "wamr": WAMR}
    if "calls" in document:
        rows.append(("call host → wasm; with an i32 each way; wasm → host",
                     {names[engine]: "; ".join(f"{calls[key]:.1f} ns" for key in (
                         "host_to_wasm_ns", "host_to_wasm_i32_ns", "wasm_to_host_ns"))
                      for engine, calls in document["calls"].items()}))
    if "startup" in document:
        rows += _start_rows(document["startup"])
    interface = document.get("interface", {})
    modules = [entry["module"] for entries in interface.values() for entry in entries]
    for module in dict.fromkeys(modules):
        rows.append((f"load; instantiate {module} through wasm_export.h",
                     {names[engine]: f"{entry['load_ns'] / 1e3:.1f} µs; {entry['instantiate_ns'] / 1e3:.1f} µs"
                      for engine, entries in interface.items() for entry in entries
                      if entry["module"] == module}))
    rows += _compile_rows(document.get("compile", []))
    for build in document.get("program_sizes", []):
        rows.append((f"text of tenon beside the C++ library: {build['build']}, {build['WASI']} WASI",
                     {TENON: build["tenon, text"]}))
    return [(what, cells) for what, cells in rows if cells]


def table_of(rows):
    """Header and rows of text, without columns that are empty."""
    columns = [column for column in (TENON, WAMR, V8) if any(column in cells for _, cells in rows)]
    return ["what"] + columns, [[what] + [cells.get(column, "") for column in columns]
                                for what, cells in rows]


def markdown(rows):
    header, lines = table_of(rows)
    return "\n".join("| " + " | ".join(line) + " |"
                     for line in [header, ["---"] * len(header)] + lines)
