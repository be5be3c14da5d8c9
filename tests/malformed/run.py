#!/usr/bin/env python3
"""Truncated and mutated .wasm and .aot files: each must end in a clean error or a clean run.

tenonc and tenon may refuse a file or, where the change happens to be harmless, accept it. Neither
may die of a signal or run on. Status 134 is a trap, which is an ordinary end. Changes to native
code itself are not tried: a .aot is trusted as a shared library is, so only the part before the
code images is changed.
"""
import argparse
import concurrent.futures
import os
import random
import struct
import subprocess
import tempfile

from wasm_binary import leb, section

TIME_LIMIT = 20  # seconds; a loaded machine is slow, a hang is for ever

HEADER_SIZE = 48
SECTION_ENTRY = struct.Struct("<IIQQQ")
CODE_IMAGES = 24


def small_module():
    """A start-able module with one of everything: types, a table, a memory, globals, segments."""
    name = lambda text: leb(len(text)) + text.encode()
    body = bytes.fromhex("00 41 00 28 02 00 23 00 6a 41 00 11 00 00 1a 1a 0b")
    return (
        b"\0asm\1\0\0\0"
        + section(1, bytes.fromhex("02 60 00 01 7f 60 00 00"))
        + section(3, bytes.fromhex("02 00 01"))
        + section(4, bytes.fromhex("01 70 01 02 04"))
        + section(5, bytes.fromhex("01 01 01 02"))
        + section(6, bytes.fromhex("01 7f 01 41 2a 0b"))
        + section(7, b"\x03" + name("run") + b"\0\0" + name("_start") + b"\0\1" + name("memory") + b"\2\0")
        + section(9, bytes.fromhex("01 00 41 00 0b 01 00"))
        + section(10, b"\x02" + leb(len(b"\0\x41\x07\x0b")) + b"\0\x41\x07\x0b" + leb(len(body)) + body)
        + section(11, bytes.fromhex("01 00 41 10 0b 04 01 02 03 04"))
    )


def variants(original, end, generator, count):
    """Yields (description, bytes): truncations and mutations of the first `end` bytes."""
    step = max(1, len(original) // (count // 4))
    for length in range(0, len(original), step):
        yield f"cut to {length} bytes", original[:length]
    for length in range(min(end, 24)):
        yield f"cut to {length} bytes", original[:length]
    for number in range(count):
        changed = bytearray(original)
        changes = []
        for _ in range(generator.choice((1, 1, 1, 2, 4))):
            position = generator.randrange(end)
            value = generator.choice((0, 1, 0x7F, 0x80, 0xFF, generator.randrange(256)))
            changed[position] = value
            changes.append(f"[{position}]={value:#04x}")
        if generator.random() < 0.15:
            position = generator.randrange(max(1, end - 8))
            word = generator.choice((2**32 - 1, 2**63, 2**64 - 1, 2**31, 2**64 - 4096))
            changed[position : position + 8] = struct.pack("<Q", word)
            changes.append(f"[{position}:+8]={word:#x}")
        yield " ".join(changes), bytes(changed[: len(original)])


def start_of_code(aot):
    """Where the code images start; everything before may be changed."""
    count = struct.unpack_from("<I", aot, 24)[0]
    for index in range(count):
        number, _, offset, _, _ = SECTION_ENTRY.unpack_from(aot, HEADER_SIZE + index * SECTION_ENTRY.size)
        if number == CODE_IMAGES:
            return offset
    return len(aot)


def run(command):
    """None if the command ended as it may, else what went wrong."""
    try:
        status = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT).returncode
    except subprocess.TimeoutExpired:
        return f"still running after {TIME_LIMIT} seconds"
    if status < 0:
        return f"died of signal {-status}"
    if status >= 128 and status != 134:
        return f"exit status {status}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tenonc")
    parser.add_argument("--tenon")
    parser.add_argument("--write-module", metavar="FILE", help="only write the unchanged module")
    parser.add_argument("--count", type=int, default=300, help="mutations of each file")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.write_module:
        with open(arguments.write_module, "wb") as file:
            file.write(small_module())
        return 0
    if not arguments.tenonc or not arguments.tenon:
        parser.error("--tenonc and --tenon are needed")
    generator = random.Random(arguments.seed)

    with tempfile.TemporaryDirectory() as work:
        wasm_path, aot_path = os.path.join(work, "small.wasm"), os.path.join(work, "small.aot")
        wasm = small_module()
        with open(wasm_path, "wb") as file:
            file.write(wasm)
        made = subprocess.run([arguments.tenonc, wasm_path, "-o", aot_path], capture_output=True, text=True)
        if made.returncode != 0:
            print(f"FAILED: the unchanged module does not compile: {made.stderr}")
            print("0 passed, 1 failed, 0 skipped")
            return 1
        with open(aot_path, "rb") as file:
            aot = file.read()

        cases = []
        for number, (what, data) in enumerate(variants(wasm, len(wasm), generator, arguments.count)):
            path = os.path.join(work, f"{number}.wasm")
            cases.append((f"wasm {what}", path, data, [arguments.tenonc, "--opt-level=0", path, "-o", path + ".out"]))
        for number, (what, data) in enumerate(variants(aot, start_of_code(aot), generator, arguments.count)):
            path = os.path.join(work, f"{number}.aot")
            cases.append((f"aot {what}", path, data, [arguments.tenon, path]))

        def attempt(case):
            what, path, data, command = case
            with open(path, "wb") as file:
                file.write(data)
            problem = run(command)
            for leftover in (path, path + ".out"):
                if os.path.exists(leftover):
                    os.remove(leftover)
            return what, problem

        failed = 0
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for what, problem in pool.map(attempt, cases):
                if problem:
                    failed += 1
                    print(f"FAILED: {what}: {problem}")
        print(f"{len(cases) - failed} passed, {failed} failed, 0 skipped")
        return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
