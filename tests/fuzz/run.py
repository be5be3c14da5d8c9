#!/usr/bin/env python3
"""Random modules: binaryen's wasm-opt makes them, Tenon and node's V8 run them, and what they return,
trap with and leave in memory is compared. Module number N of a seed is always the same.

Needs node and the wasm-opt of a binaryen (npm: binaryen@118, whose modules without GC are always
valid; later ones make half of them in vain). Modules that differ are kept in --keep.
The last line counts: N compared, N differing, N skipped (wasm-opt made none, or V8 lacks a
feature)."""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
# Feature sets by turns: what is common to both engines, and each feature that only some modules have.
MVP = ["--enable-mutable-globals", "--enable-sign-ext", "--enable-nontrapping-float-to-int",
       "--enable-bulk-memory", "--enable-multivalue", "--enable-reference-types"]
FEATURES = [
    [],
    ["--enable-simd"],
    ["--enable-tail-call"],
    ["--enable-simd", "--enable-tail-call"],
    ["--enable-exception-handling"],
    ["--enable-exception-handling", "--enable-tail-call", "--enable-simd"],
    ["--enable-memory64"],
    ["--enable-threads", "--enable-simd"],
    ["--enable-exception-handling", "exnref"],
    ["--enable-exception-handling", "--enable-memory64", "--enable-tail-call", "--enable-simd",
     "exnref"],
]
NODE = ["node", "--experimental-wasm-memory64",
        "--experimental-wasm-extended-const",
        "--experimental-wasm-gc", "--experimental-wasm-return-call", "--experimental-wasm-typed-funcref",
        "--experimental-wasm-type-reflection", "--experimental-wasm-relaxed-simd"]


def command_of(arguments, directory, number):
    """The arguments of wasm-opt that make module `number`, and its path. With "exnref" among the
    features, a second command makes the same module with the current form of exceptions."""
    generator = random.Random(f"{arguments.seed}/{number}")
    source = os.path.join(directory, f"{number}.bytes")
    path = os.path.join(directory, f"{number}.wasm")
    with open(source, "wb") as stream:
        stream.write(generator.randbytes(generator.randint(100, arguments.size)))
    features = FEATURES[number % len(FEATURES)]
    passes = [["-O1"], ["-O3"], []][generator.randint(0, 2)]
    plain = [feature for feature in features if feature != "exnref"]
    commands = [[source, "-ttf", "-o", path, "--denan", *MVP, *plain, *passes]]
    if "exnref" in features:
        translated = path.replace(".wasm", ".exnref.wasm")
        commands.append([path, "--emit-exnref", "-o", translated, *MVP, *plain])
        path = translated
    return commands, path


def compare(arguments, level, mode, paths):
    """What the comparison prints, the last line being the counts."""
    ours = subprocess.run([arguments.runner, f"--bounds-checks={mode}", f"--opt-level={level}",
                           f"--cpu={arguments.cpu}", *paths],
                          capture_output=True, timeout=3000)
    theirs = subprocess.run([*NODE, os.path.join(HERE, "compare.mjs")], input=ours.stdout,
                            capture_output=True, timeout=3000)
    lines = theirs.stdout.decode(errors="replace").splitlines()
    if theirs.returncode != 0 or not lines:
        raise RuntimeError(f"node failed: {theirs.stderr.decode(errors='replace')[-300:]}")
    return lines


def run_batch(arguments, first, last):
    with tempfile.TemporaryDirectory() as directory:
        commands = [command_of(arguments, directory, number) for number in range(first, last)]
        subprocess.run(["node", os.path.join(HERE, "generate.mjs"), arguments.wasm_opt],
                       input="".join(json.dumps(command) + "\n" for of_module, _ in commands
                                     for command in of_module).encode(),
                       capture_output=True, timeout=3000)
        paths = [path for _, path in commands if os.path.exists(path)]
        if not paths:
            return [0, 0, last - first], []
        turn = first // arguments.batch
        mode = ["guard", "explicit"][turn % 2]
        level = str([2, 1, 3, 0][turn // 2 % 4])
        try:
            lines = compare(arguments, level, mode, paths)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return [0, 1, 0], [f"batch {first}: {error}"]
        differences = [line for line in lines[:-1] if line.startswith("DIFFERS ")]
        for line in differences:
            name = os.path.basename(line.split()[1].rstrip(":"))
            os.makedirs(arguments.keep, exist_ok=True)
            for kept in {name, name.replace(".exnref", "")}:
                shutil.copy(os.path.join(directory, kept), os.path.join(arguments.keep, kept))
        compared, _, skipped = (int(word) for word in lines[-1].replace(",", "").split()
                                if word.isdigit())
        return [compared, len(differences), skipped + (last - first - len(paths))], [
            f"{line} (opt-level {level}, {mode})" for line in differences]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", default="build/bin/fuzz-runner")
    parser.add_argument("--wasm-opt", default="wasm-opt")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--size", type=int, default=2500, help="most random bytes for a module")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--cpu", default="x86-64-v2")
    parser.add_argument("--keep", default="fuzz-differences")
    arguments = parser.parse_args()
    totals = [0, 0, 0]
    starts = range(arguments.first, arguments.first + arguments.count, arguments.batch)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(run_batch, arguments, start,
                            min(start + arguments.batch, arguments.first + arguments.count))
                for start in starts]
        for job in jobs:
            counts, messages = job.result()
            totals = [total + count for total, count in zip(totals, counts)]
            for message in messages:
                print(message, flush=True)
    print(f"{totals[0]} compared, {totals[1]} differing, {totals[2]} skipped")
    return 0 if totals[1] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
