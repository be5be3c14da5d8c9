#!/usr/bin/env python3
"""Measures how fast compiled WebAssembly runs, against the same C compiled natively.

Each program is built natively and as WebAssembly, the module is compiled by Tenon
(guard pages and explicit bounds checks) and, where they are on the machine, by
WAMR and V8, and all are run in turn, so that whatever disturbs the machine
disturbs every engine. Programs time their own kernel; where one does not, the
whole process is timed. Outputs must agree: a wrong answer is marked and not
counted.

    tests/bench/bench.py                          the programs of this directory
    tests/bench/bench.py --only sieve --runs 9
    tests/bench/bench.py mine.c other_directory   programs of your own
    tests/bench/bench.py --suite suite.json       sources described by a file
    tests/bench/bench.py --engines native,tenon-guard --json result.json

Only ratios within one run mean anything; do not compare seconds between machines.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

import engines as engines_module
import programs_list
import report


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", metavar="FILE|DIRECTORY",
                        help="a C file, or a directory whose C files make one program")
    parser.add_argument("--suite", action="append", default=[], metavar="FILE[=DIRECTORY]",
                        help="programs described by a suite file, their sources in DIRECTORY")
    parser.add_argument("--flag", action="append", default=[],
                        help="a compiler flag for the programs named on the command line")
    parser.add_argument("--own", action="store_true",
                        help="the programs of this directory as well as those named")
    parser.add_argument("--only", metavar="PATTERN", default="",
                        help="only programs in whose name this regular expression is found")
    parser.add_argument("--engines", metavar="NAME,NAME",
                        help="native, tenon-guard, tenon-explicit, tenon-guard-level3, wamr, node "
                             "(default: all there but tenon-guard-level3)")
    parser.add_argument("--runs", type=int, default=5, help="rounds of all engines (%(default)s)")
    parser.add_argument("--timeout", type=float, default=900.0, metavar="SECONDS",
                        help="longest time for one run (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write results here too")
    parser.add_argument("--reuse", action="store_true",
                        help="do not rebuild what the work directory already holds")
    parser.add_argument("--list", action="store_true", help="name the programs and stop")
    engines_module.add_tool_arguments(parser)
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs must be at least 1")
    return arguments


def select_programs(arguments):
    programs = []
    if arguments.own or not (arguments.programs or arguments.suite):
        programs += programs_list.own_programs()
    programs += [programs_list.from_path(path, arguments.flag) for path in arguments.programs]
    for suite in arguments.suite:
        programs += programs_list.from_suite(suite)
    programs = [program for program in programs if re.search(arguments.only, program.name)]
    names = [program.name for program in programs]
    for name in sorted(set(names)):
        # They would overwrite each other's build products.
        if names.count(name) > 1:
            raise programs_list.DescriptionError(f"two programs are called {name}")
    if not programs:
        raise programs_list.DescriptionError("no program is left to measure")
    return programs


def build(arguments, tools, program, engine_list):
    """Builds one program for all engines; returns an entry for each of them."""
    base = arguments.work_dir / program.name
    wasm = base.with_name(program.name + ".wasm")
    entries = {}
    wasm_error = None
    if any(engine.name != "native" for engine in engine_list):
        try:
            if not (arguments.reuse and wasm.exists()):
                engines_module.build_wasm(tools, program, wasm)
        except engines_module.BuildError as error:
            wasm_error = str(error)
    for engine in engine_list:
        output = base.with_name(program.name + engine.suffix)
        entry = {"status": report.OK, "file": output}
        entries[engine.name] = entry
        try:
            if engine.name != "native" and wasm_error is not None:
                raise engines_module.BuildError(wasm_error)
            if not (arguments.reuse and output.exists()):
                entry["compile_seconds"] = engine.build(program, wasm, output)
            entry["bytes"] = output.stat().st_size
        except engines_module.BuildError as error:
            entry.update(status=report.FAILED, error=str(error))
    return entries


def run_once(arguments, program, engine, file):
    """One run: kernel seconds or None, whole seconds, and what is compared."""
    command = [str(word) for word in engine.command(str(file)) + program.arguments]
    started = time.monotonic()
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=arguments.timeout, cwd=arguments.work_dir, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise engines_module.BuildError(str(error)) from error
    whole = time.monotonic() - started
    output = result.stdout.decode("utf-8", "replace")
    errors = result.stderr.decode("utf-8", "replace")
    if result.returncode != 0:
        raise engines_module.BuildError(
            f"{' '.join(command)}: exit code {result.returncode}: {(errors or output)[-1000:]}")
    kernel = program.kernel_seconds(output + "\n" + errors)
    return kernel, whole, (program.comparable(output), program.comparable(errors))


def compare_results(expected, actual):
    return report.worse(*(report.compare(*pair) for pair in zip(expected, actual)))


def measure(arguments, program, engine_list, entries):
    """Runs one program in all engines in turn and fills in their entries."""
    times = {engine.name: [] for engine in engine_list}
    whole_times = {engine.name: [] for engine in engine_list}
    expected = None
    for _ in range(arguments.runs):
        for engine in engine_list:
            entry = entries[engine.name]
            if entry["status"] == report.FAILED:
                continue
            try:
                kernel, whole, result = run_once(arguments, program, engine, entry["file"])
            except engines_module.BuildError as error:
                entry.update(status=report.FAILED, error=str(error))
                continue
            # The first engine is the reference; if it failed, the next one is.
            if expected is None:
                expected = result
            entry["status"] = report.worse(entry["status"], compare_results(expected, result))
            times[engine.name].append(kernel)
            whole_times[engine.name].append(whole)
    # Kernel times are comparable with kernel times only.
    timed = all(kernel is not None for kernels in times.values() for kernel in kernels)
    chosen = times if timed else whole_times
    reference = engine_list[0].name
    for engine in engine_list:
        entry = entries[engine.name]
        if entry["status"] == report.FAILED:
            continue
        reference_times = (
            chosen[reference] if entries[reference]["status"] != report.FAILED else None)
        entry.update(report.summarise(chosen[engine.name], reference_times))
        entry["measured"] = "kernel" if timed else "process"


def processor_name():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def main():
    arguments = parse_arguments()
    tools = engines_module.tools_from(arguments)
    try:
        programs = select_programs(arguments)
        if arguments.list:
            print("\n".join(program.name for program in programs))
            return 0
        engine_list, notes = engines_module.chosen_engines(tools, arguments.engines)
    except (programs_list.DescriptionError, engines_module.BuildError) as error:
        print(f"bench.py: {error}", file=sys.stderr)
        return 2
    for note in notes:
        print(note, file=sys.stderr)
    if not engine_list:
        print("bench.py: no engine is left to measure", file=sys.stderr)
        return 2
    arguments.work_dir = arguments.work_dir.resolve()
    arguments.work_dir.mkdir(parents=True, exist_ok=True)

    engine_names = [engine.name for engine in engine_list]
    results = []
    for program in programs:
        entries = build(arguments, tools, program, engine_list)
        measure(arguments, program, engine_list, entries)
        result = {"program": program.name, "suite": program.suite, "engines": entries}
        results.append(result)
        # A long run should show that it is alive, and failures at once.
        shown = []
        for name, entry in entries.items():
            if "ratio" in entry and name != engine_names[0]:
                shown.append(f"{name} {entry['ratio']:.3f}")
            elif "seconds" in entry:
                shown.append(f"{name} {entry['seconds']:.4g} s")
            if entry["status"] in (report.FAILED, report.MISMATCH):
                shown.append(f"{name} {entry['status']}: {entry.get('error', 'other output')}")
            entry["file"] = os.path.basename(entry["file"])
        print(f"{program.name}: " + ", ".join(shown), file=sys.stderr, flush=True)

    reference = "native" if engine_names[0] == "native" else None
    print(report.table(results, engine_names, reference))
    if arguments.json is not None:
        document = {
            "processor": processor_name(),
            "processors": os.cpu_count(),
            "runs": arguments.runs,
            "reference": engine_names[0],
            "wasm_flags": arguments.wasm_flags,
            "summary": report.totals(results, engine_names),
            "results": results,
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    wrong = any(entry["status"] in (report.FAILED, report.MISMATCH)
                for result in results for entry in result["engines"].values())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
