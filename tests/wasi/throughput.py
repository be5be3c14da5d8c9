#!/usr/bin/env python3
"""File I/O of a WASI program against the same program compiled for this machine.

Runs both in turn, several times, and prints for each phase and block size the throughput of both
and their ratio (medians). With strace on the machine it also compares the numbers of system calls.
Uses $TENONC, $TENON, $WASM_CC as the end-to-end tests do; --directory should be on a tmpfs.
"""
import argparse
import collections
import os
import re
import shlex
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "throughput.c"
TENONC = os.environ.get("TENONC", "tenonc")
TENON = os.environ.get("TENON", "tenon")
WASM_CC = shlex.split(os.environ.get("WASM_CC", "clang-22 --target=wasm32-wasi -Wno-deprecated -O2 --no-wasm-opt"))
NATIVE_CC = shlex.split(os.environ.get("NATIVE_CC", "clang-22 -O2"))


def measure(command):
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {phase: float(seconds) for phase, seconds in map(str.split, lines)}


def system_calls(command):
    """How often each system call that moves data or positions happened."""
    result = subprocess.run(["strace", "-f", "-c", "-o", "/dev/stderr", *command],
                            capture_output=True, text=True)
    counts = {}
    for line in result.stderr.splitlines():
        match = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line)
        if match and match[2] in ("read", "readv", "write", "writev", "lseek", "fstat", "fcntl"):
            counts[match[2]] = int(match[1])
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--directory", default="/dev/shm")
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--blocks", type=int, nargs="*", default=[4096, 65536, 1048576])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, \
            tempfile.TemporaryDirectory(dir=arguments.directory) as files:
        native, wasm, aot = (str(Path(made) / name) for name in ("native", "io.wasm", "io.aot"))
        subprocess.run([*NATIVE_CC, SOURCE, "-o", native], check=True)
        subprocess.run([*WASM_CC, SOURCE, "-o", wasm], check=True)
        subprocess.run([TENONC, wasm, "-o", aot], check=True)
        print(f"{'block':>8} {'phase':>7} {'native':>9} {'tenon':>9}  ratio")
        for block in arguments.blocks:
            tail = [str(block), str(arguments.megabytes)]
            commands = {"native": [native, files, *tail],
                        "tenon": [TENON, f"--dir={files}::.", aot, ".", *tail]}
            seconds = collections.defaultdict(list)
            for _ in range(arguments.runs):
                for who, command in commands.items():
                    for phase, value in measure(command).items():
                        seconds[who, phase].append(value)
            for phase in ("write", "read", "writev"):
                speed = {who: arguments.megabytes / 1024 / statistics.median(seconds[who, phase])
                         for who in commands}
                print(f"{block:>8} {phase:>7} {speed['native']:6.2f} GB/s {speed['tenon']:6.2f} GB/s"
                      f"  {speed['tenon'] / speed['native']:.3f}")
            if shutil.which("strace"):
                for who, command in commands.items():
                    print(f"{block:>8} {who:>7} {system_calls(command)}")


if __name__ == "__main__":
    main()
