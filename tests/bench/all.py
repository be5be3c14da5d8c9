#!/usr/bin/env python3
"""Measures everything and writes one JSON file and one HTML page with plots.

Code against native and each peer (bench.py), also from -msimd128 modules and
against the highest level, compile time and memory, process start, loading and
instantiating (startup.py), calls (call-bench), and sizes (tests/size/report.sh). A
peer that is not on the machine is left out. What people compare is printed as a
table in the end.

    tests/bench/all.py --output result                  the programs of this directory
    tests/bench/all.py --suite polybench.json=DIRECTORY --compile sqlite.wasm --output result
    tests/bench/all.py --only sieve --runs 1            a quick look

Compile times are CPU time as well as wall time; only wall times need a quiet machine.
"""

import argparse
import json
import os
import pathlib
import platform
import signal
import statistics
import subprocess
import sys
import threading
import time

import bench
import engines as engines_module
import html_report
import summary

HERE = pathlib.Path(__file__).resolve().parent
CALL_MODULE = HERE.parent / "memory" / "modules.c"


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", action="append", default=[], metavar="FILE[=DIRECTORY]",
                        help="programs to measure the code of, besides this directory's")
    parser.add_argument("--only", default="", metavar="PATTERN", help="only programs with such a name")
    parser.add_argument("--runs", type=int, default=5, help="rounds of all engines (%(default)s)")
    parser.add_argument("--processes", type=int, default=200,
                        help="how often hello is started (%(default)s)")
    parser.add_argument("--compile", action="append", default=[], type=pathlib.Path,
                        metavar="FILE.wasm", help="a module to measure compiling and loading of")
    parser.add_argument("--compile-timeout", type=float, default=600.0, metavar="SECONDS",
                        help="leave out a compiler that takes longer (%(default)s)")
    parser.add_argument("--skip", default="", metavar="PART,PART",
                        help="leave out parts: code, code_simd, compile, startup, interface, calls, sizes, "
                             "program_sizes")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("measurements"),
                        help="writes OUTPUT.json and OUTPUT.html (%(default)s)")
    engines_module.add_tool_arguments(parser)
    return parser.parse_args()


def tool_arguments(arguments):
    """What the other scripts get of the options that they share."""
    shared = argparse.ArgumentParser(add_help=False)
    engines_module.add_tool_arguments(shared)
    words = []
    for action in shared._actions:  # pylint: disable=protected-access
        value = getattr(arguments, action.dest)
        if value != action.default and value is not None:
            words.append(f"{action.option_strings[0]}={value}")
    return words


def run_script(name, words, work_dir):
    """Runs a script that writes JSON and returns that; what it prints is shown."""
    result = work_dir / (name + ".json")
    result.unlink(missing_ok=True)
    status = subprocess.run([sys.executable, HERE / name, "--json", result] + words, check=False)
    if not result.exists():
        raise engines_module.BuildError(f"{name}: exit code {status.returncode}")
    return json.loads(result.read_text(encoding="utf-8"))


def measured_run(command, timeout):
    """CPU seconds, wall seconds and peak bytes of a process that must succeed."""
    started = time.monotonic()
    identifier = os.posix_spawnp(command[0], command, os.environ)
    killer = threading.Timer(timeout, os.kill, (identifier, signal.SIGKILL))
    killer.start()
    _, status, usage = os.wait4(identifier, 0)
    wall = time.monotonic() - started
    killer.cancel()
    if status == signal.SIGKILL and wall >= timeout:
        raise engines_module.BuildError(f"takes longer than {timeout:.0f} seconds")
    if status != 0:
        raise engines_module.BuildError(
            f"{' '.join(command)}: exit code {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024


def measure_compiling(tools, module, work_dir, timeout):
    output = work_dir / (module.stem + ".aot")
    commands = {}
    tenonc = tools.tenon_program("tenonc")
    if tenonc is not None:
        for level in (0, 1, 3, 2):  # the default last: its output is loaded afterwards
            commands[f"tenonc --opt-level={level}"] = (
                [tenonc, f"--opt-level={level}", "--bounds-checks=guard"] + tools.tenonc_flags +
                [str(module), "-o", str(output)], output)
    wamrc = tools.wamr_program("wamrc")
    if wamrc is not None:
        other = output.with_suffix(".wamr.aot")
        commands["wamrc"] = ([wamrc, "--opt-level=3", "--size-level=0"] + tools.wamrc_flags + ["-o", str(other), str(module)], other)
    entries = []
    for name, (command, file) in commands.items():
        try:
            cpu, wall, peak = measured_run(command, timeout)
        except engines_module.BuildError as error:
            print(f"{name} left out: {error}", file=sys.stderr)
            continue
        entries.append({"module": module.name, "compiler": name, "cpu_seconds": cpu,
                        "wall_seconds": wall, "peak_bytes": peak, "output_bytes": file.stat().st_size})
        print(f"{module.name}, {name}: {cpu:.2f} s of CPU time, {wall:.2f} s, {peak / 2**20:.0f} MiB",
              file=sys.stderr, flush=True)
    return entries, output if output.exists() else None


def peers(tools, subject, work_dir):
    """(name, program, compile command's start, suffix) of Tenon and, if it can be built for, WAMR."""
    program, tenonc = tools.tenon_program(subject + "-bench"), tools.tenon_program("tenonc")
    found = []
    if program is not None and tenonc is not None:
        found.append(("tenon", program, [tenonc] + tools.tenonc_flags, ".aot"))
    wamrc = tools.wamr_program("wamrc")
    if wamrc is not None:
        bench_program = tools.wamr_bench(subject, work_dir / (subject + "-bench.wamr"))
        if bench_program is not None:
            found.append(("wamr", bench_program, [wamrc] + tools.wamrc_flags, ".wamr.aot"))
    return found


def measure_calls(tools, work_dir):
    """Nanoseconds by name, for each engine; three runs in turn, the medians."""
    wasm = work_dir / "modules.wasm"
    engines_module.run_compiler([tools.clang, "--target=wasm32", "-O1", "--no-wasm-opt", "-nostdlib",
                                 "-Wl,--no-entry", str(CALL_MODULE), "-o", str(wasm)])
    engines, runs = peers(tools, "call", work_dir), {}
    for _, _, compiler, suffix in engines:
        engines_module.run_compiler(compiler + ["-o", str(wasm.with_suffix(suffix)), str(wasm)])
    for _ in range(3):
        for name, program, _, suffix in engines:
            result = subprocess.run([program, wasm.with_suffix(suffix)], stdout=subprocess.PIPE,
                                    check=False)
            if result.returncode != 0:
                raise engines_module.BuildError(f"{program}: exit code {result.returncode}")
            runs.setdefault(name, []).append(json.loads(result.stdout))
    return {name: {key: statistics.median(run[key] for run in results) for key in results[0]}
            for name, results in runs.items()} or None


def measure_starting(tools, modules, work_dir):
    """What start-bench says of hello and of the modules that were compiled, for each engine."""
    found = {}
    hello = work_dir / "hello.wasm"
    for name, program, compiler, suffix in peers(tools, "start", work_dir):
        files = [work_dir / (module.stem + suffix) for module in [hello] + modules]
        if hello.exists():
            engines_module.run_compiler(compiler + ["-o", str(files[0]), str(hello)])
        # A module that needs more of its host than there is here is left out.
        result = subprocess.run([program] + [file for file in files if file.exists()],
                                stdout=subprocess.PIPE, check=False)
        found[name] = [json.loads(line) for line in result.stdout.decode("utf-8").splitlines()]
        for entry in found[name]:
            entry["module"] = os.path.basename(entry.pop("file")).removesuffix(suffix)
    return found or None


def measure_sizes(tools, containers):
    files = [tools.tenon_program("tenon"), tools.tenon_program("tenonc")] + containers
    return {os.path.basename(file): os.stat(file).st_size for file in files if file is not None}


def measure_program_sizes():
    """The rows of tests/size/report.sh for this machine."""
    script = HERE.parent / "size" / "report.sh"
    result = subprocess.run(["bash", script, platform.machine()], stdout=subprocess.PIPE, check=False)
    lines = [[cell.strip() for cell in line.strip(" |").split("|")]
             for line in result.stdout.decode("utf-8").splitlines() if line.startswith("|")]
    if result.returncode != 0 or len(lines) < 3:
        raise engines_module.BuildError(f"{script}: exit code {result.returncode}")
    return [dict(zip(lines[0], line)) for line in lines[2:]]


def code_engines(tools):
    """All that are there, the one that has to be asked for too."""
    return ",".join(engine.name for engine in engines_module.all_engines(tools)
                    if engine.missing() is None)


def write(output, document):
    output.parent.mkdir(parents=True, exist_ok=True)
    output.with_suffix(".json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    output.with_suffix(".html").write_text(html_report.page(document), encoding="utf-8")


def main():
    arguments = parse_arguments()
    tools = engines_module.tools_from(arguments)
    work_dir = arguments.work_dir.resolve()
    work_dir.mkdir(parents=True, exist_ok=True)
    shared = tool_arguments(arguments)
    document = {"processor": bench.processor_name(), "processors": os.cpu_count()}
    failures = []

    def part(name, measure):
        if name in arguments.skip.split(","):
            return None
        try:
            value = measure()
        except (engines_module.BuildError, OSError) as error:
            failures.append(f"{name}: {error}")
            return None
        if value is not None:
            document[name] = value
            write(arguments.output, document)  # a later part may take an hour
        return value

    suites = [word for suite in arguments.suite for word in ("--suite", suite)]
    own = ["--own"] if suites else []
    code_words = own + suites + [f"--runs={arguments.runs}", f"--only={arguments.only}"]
    part("code", lambda: run_script("bench.py", code_words + shared + [
        f"--engines={code_engines(tools)}"], work_dir))
    # V8 has been measured; the flag of a shared option would be given twice.
    flags = " ".join(tools.wasm_flags + ["-msimd128"])
    part("code_simd", lambda: run_script(
        "bench.py", code_words + [word for word in shared if not word.startswith("--wasm-flags=")] + [
            f"--engines={code_engines(tools).replace(',node', '')}", f"--wasm-flags={flags}"], work_dir))
    containers = []

    def compile_all():
        entries = []
        for module in arguments.compile:
            measured, output = measure_compiling(tools, module.resolve(), work_dir,
                                                 arguments.compile_timeout)
            entries.extend(measured)
            containers.extend([str(output)] if output else [])
        return entries

    part("compile", compile_all)
    part("startup", lambda: run_script(
        "startup.py", containers + shared + [f"--processes={arguments.processes}"], work_dir))
    part("interface", lambda: measure_starting(tools, arguments.compile, work_dir))
    part("calls", lambda: measure_calls(tools, work_dir))
    part("sizes", lambda: measure_sizes(tools, containers))
    part("program_sizes", measure_program_sizes)

    write(arguments.output, document)
    print(summary.markdown(summary.rows_of(document)))
    for failure in failures:
        print(f"all.py: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
