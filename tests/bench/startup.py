#!/usr/bin/env python3
"""Measures how long a program takes to start: hello as a whole process, and loading.

The first table is the time from the start of the process to its end for a program
that prints one word: native, `tenon hello.aot` and, where it is on the machine,
WAMR. They run in turn. The second is load-bench's: how long mapping a container
and making an instance take, against the size of the file; more files can be named.

    tests/bench/startup.py
    tests/bench/startup.py --processes 500 large.aot --json startup.json
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import engines as engines_module
import programs_list

HERE = pathlib.Path(__file__).resolve().parent


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE.aot",
                        help="containers to load besides hello")
    parser.add_argument("--engines", metavar="NAME,NAME",
                        help="native, tenon-guard, tenon-explicit, wamr, node "
                             "(default: all there but node)")
    parser.add_argument("--processes", type=int, default=200,
                        help="how often each is started (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write results here too")
    engines_module.add_tool_arguments(parser)
    return parser.parse_args()


def process_seconds(command, output):
    """The time of one process, started with as little of Python's own as there is."""
    actions = [(os.POSIX_SPAWN_DUP2, output, 1)]
    started = time.perf_counter()
    identifier = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status = os.waitpid(identifier, 0)
    seconds = time.perf_counter() - started
    if status != 0:
        raise engines_module.BuildError(
            f"{' '.join(command)}: exit code {os.waitstatus_to_exitcode(status)}")
    return seconds


def peak_bytes(helper, command):
    """The most memory that the process had resident; None if the helper could not be made."""
    if helper is None:
        return None
    result = subprocess.run([str(helper)] + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            check=False)
    return int(result.stdout) if result.returncode == 0 else None


def build_peak_helper(tools, work_dir):
    helper = work_dir / "peak_memory"
    try:
        engines_module.run_compiler([tools.clang, "-O1", HERE / "peak_memory.c", "-o", helper])
    except engines_module.BuildError as error:
        print(f"peak memory is left out: {error}", file=sys.stderr)
        return None
    return helper


def check_greeting(command):
    """A process that fails early would otherwise look fast."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.stdout != b"hello\n":
        raise engines_module.BuildError(
            f"{' '.join(command)} printed {result.stdout.decode('utf-8', 'replace')[-500:]!r}")


def measure_processes(engine_list, program, wasm, work_dir, count, helper):
    """Starts hello in every engine in turn; returns a result or an error for each."""
    commands, results = {}, {}
    for engine in engine_list:
        try:
            file = work_dir / (program.name + engine.suffix)
            engine.build(program, wasm, file)
            # posix_spawn does not search PATH.
            words = [str(word) for word in engine.command(str(file))]
            words[0] = shutil.which(words[0]) or words[0]
            check_greeting(words)
            commands[engine.name] = words
        except engines_module.BuildError as error:
            results[engine.name] = {"error": str(error)}
    times = {name: [] for name in commands}
    with open(os.devnull, "wb") as nowhere:
        for _ in range(count):
            for name, command in commands.items():
                times[name].append(process_seconds(command, nowhere.fileno()))
    for name, values in times.items():
        results[name] = {"median_seconds": statistics.median(values),
                         "least_seconds": min(values), "processes": count,
                         "peak_bytes": peak_bytes(helper, commands[name])}
    return {engine.name: results[engine.name] for engine in engine_list}


def measure_loading(tools, files):
    """What load-bench says about `files`: one dictionary for each."""
    load_bench = tools.tenon_program("load-bench")
    if load_bench is None:
        print(f"loading is left out: {tools.tenon_directory / 'load-bench'} not found",
              file=sys.stderr)
        return []
    result = subprocess.run([load_bench] + [str(file) for file in files],
                            stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        raise engines_module.BuildError(f"load-bench: exit code {result.returncode}")
    return [json.loads(line) for line in result.stdout.decode("utf-8").splitlines() if line]


def main():
    arguments = parse_arguments()
    tools = engines_module.tools_from(arguments)
    work_dir = arguments.work_dir.resolve()
    work_dir.mkdir(parents=True, exist_ok=True)
    program = programs_list.Program(name="hello", sources=[HERE / "hello.c"])
    wasm = work_dir / "hello.wasm"
    try:
        engine_list, notes = engines_module.chosen_engines(tools, arguments.engines)
        if arguments.engines is None:
            # V8 compiles at every start; that is known and takes long to measure.
            engine_list = [engine for engine in engine_list if engine.name != "node"]
        for note in notes:
            print(note, file=sys.stderr)
        engines_module.build_wasm(tools, program, wasm)
        processes = measure_processes(engine_list, program, wasm, work_dir, arguments.processes,
                                      build_peak_helper(tools, work_dir))
        containers = [work_dir / (program.name + engine.suffix) for engine in engine_list
                      if engine.name.startswith("tenon") and "error" not in processes[engine.name]]
        files = containers + [file.resolve() for file in arguments.files]
        loading = measure_loading(tools, files) if files else []
    except engines_module.BuildError as error:
        print(f"startup.py: {error}", file=sys.stderr)
        return 2

    print(f"{'hello as a process':<24}{'median':>12}{'least':>12}{'peak memory':>15}")
    for name, entry in processes.items():
        if "error" in entry:
            print(f"{name:<24}{'failed':>12}  {entry['error']}")
        else:
            print(f"{name:<24}{entry['median_seconds'] * 1e3:>9.3f} ms"
                  f"{entry['least_seconds'] * 1e3:>9.3f} ms"
                  + (f"{entry['peak_bytes'] / 2**20:>11.2f} MiB" if entry["peak_bytes"] else ""))
    if loading:
        print(f"\n{'container':<24}{'bytes':>12}{'load':>12}{'instantiate':>13}")
        for entry in loading:
            print(f"{pathlib.Path(entry['file']).name:<24}{entry['bytes']:>12}"
                  f"{entry['load_ns'] / 1e3:>9.1f} µs{entry['instantiate_ns'] / 1e3:>10.1f} µs")
    if arguments.json is not None:
        for entry in loading:
            entry["file"] = os.path.basename(entry["file"])
        arguments.json.write_text(
            json.dumps({"processes": processes, "loading": loading}, indent=2) + "\n",
            encoding="utf-8")
    return 1 if any("error" in entry for entry in processes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
