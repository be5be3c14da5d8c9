#!/usr/bin/env python3
"""Turns scripts of the WebAssembly spec suite from text into JSON and modules, with wasm-tools.

    convert.py WASM-TOOLS DIRECTORY SCRIPT.wast...

Modules that the scripts quote as text become binary ones. What only a text parser can refuse is left out, and so is
what was refused before there could be several memories. Of scripts of one name the first is taken.
"""
import json
import pathlib
import subprocess
import sys


def keep(command):
    is_text = command.get("module_type", "binary") != "binary"
    if command["type"].startswith("assert_") and is_text:
        return False
    return command.get("text") != "multiple memories"


def convert(tools, script, directory):
    name = script.stem
    made = subprocess.run([tools, "json-from-wast", script, "--wasm-dir", "."], cwd=directory, capture_output=True, text=True)
    if made.returncode != 0:
        print(f"left out: {script.name}: {made.stderr.strip().splitlines()[-1]}")
        return
    parsed = json.loads(made.stdout)
    parsed["commands"] = [command for command in parsed["commands"] if keep(command)]
    for command in parsed["commands"]:
        if command.get("module_type") == "text":
            text, binary = command["filename"], str(pathlib.Path(command["filename"]).with_suffix(".wasm"))
            subprocess.run([tools, "parse", text, "-o", binary], cwd=directory, check=True)
            command.update(module_type="binary", filename=binary)
            command.pop("binary_filename", None)
    (directory / f"{name}.json").write_text(json.dumps(parsed))


def main():
    tools, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    for script in map(pathlib.Path, sys.argv[3:]):
        if not (directory / f"{script.stem}.json").exists():
            convert(tools, script, directory)
    for text in directory.glob("*.wat"):
        text.unlink()


if __name__ == "__main__":
    main()
