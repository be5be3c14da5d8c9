"""The programs that are measured, and where they come from.

A program is a set of C or C++ files with its flags and arguments. The files in
programs/ are one each; a file or a directory can be named on the command line;
and a suite file describes sources kept elsewhere, such as a published benchmark:

    {"root": "where the sources are, relative to this file",
     "flags": ["-I{root}/include"], "wasm_flags": [], "native_flags": [],
     "time": {"pattern": "took ([0-9.]+) s", "is": "seconds"},
     "ignore": ["a line matching this is not compared"],
     "programs": [{"name": "fast", "sources": ["{root}/fast.c"],
                   "flags": ["-DFAST"], "arguments": ["7"]}]}

"is" may also be "rate", for a number that is better the higher it is. Every key
but "programs" may be left out; a program may have each of the others too, lists
being added to those of the suite.
"""

import dataclasses
import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
SOURCE_SUFFIXES = {".c", ".cc", ".cpp", ".cxx"}

# What programs/kernel.h prints.
OWN_TIME_PATTERN = r"^kernel seconds: ([0-9.]+)$"


class DescriptionError(Exception):
    """A program that cannot be measured as it was described."""


@dataclasses.dataclass
class Program:
    name: str
    sources: list
    flags: list = dataclasses.field(default_factory=list)
    wasm_flags: list = dataclasses.field(default_factory=list)
    native_flags: list = dataclasses.field(default_factory=list)
    arguments: list = dataclasses.field(default_factory=list)
    time_pattern: str = OWN_TIME_PATTERN
    time_is: str = "seconds"
    ignore: list = dataclasses.field(default_factory=list)
    suite: str = "own"  # the suite file's name without its ending

    def kernel_seconds(self, output):
        """The time the program reports for its kernel, or None if it does not.

        For a rate it is the time for one unit of work, so that ratios between
        engines mean the same for both.
        """
        match = re.search(self.time_pattern, output, re.MULTILINE)
        if match is None:
            return None
        value = float(match.group(1))
        if value <= 0.0:
            return None
        return 1.0 / value if self.time_is == "rate" else value

    def comparable(self, output):
        """`output` without the lines that differ from run to run by nature."""
        patterns = [self.time_pattern] + self.ignore
        return "\n".join(
            line
            for line in output.splitlines()
            if not any(re.search(pattern, line) for pattern in patterns)
        )


def own_programs():
    return [
        Program(name=path.stem, sources=[path], flags=["-lm"])
        for path in sorted((HERE / "programs").glob("*.c"))
    ]


def from_path(path, flags):
    """The program of a single file, or of all sources directly in a directory."""
    path = pathlib.Path(path).resolve()
    if path.is_dir():
        sources = sorted(entry for entry in path.iterdir() if entry.suffix in SOURCE_SUFFIXES)
    else:
        sources = [path]
    if not sources or not all(source.is_file() for source in sources):
        raise DescriptionError(f"{path}: no C or C++ source file")
    include = ["-I" + str(HERE / "programs")]
    return Program(name=path.stem, sources=sources, flags=include + flags + ["-lm"])


def _expanded(strings, root):
    return [string.replace("{root}", str(root)) for string in strings]


def from_suite(argument):
    """The programs of a suite file; `FILE=DIRECTORY` says where its sources are."""
    file_name, _, directory = argument.partition("=")
    path = pathlib.Path(file_name).resolve()
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DescriptionError(f"{path}: {error}") from error
    root = pathlib.Path(directory).resolve() if directory else path.parent / suite.get("root", ".")
    root = root.resolve()
    programs = []
    for entry in suite.get("programs", []):
        lists = {
            key: _expanded(suite.get(key, []) + entry.get(key, []), root)
            for key in ("sources", "flags", "wasm_flags", "native_flags", "arguments")
        }
        missing = [source for source in lists["sources"] if not pathlib.Path(source).is_file()]
        if missing or not lists["sources"]:
            raise DescriptionError(
                f"{path}: program {entry.get('name')}: no source file {' '.join(missing)}"
            )
        time = entry.get("time", suite.get("time", {}))
        programs.append(
            Program(
                name=entry["name"],
                time_pattern=time.get("pattern", OWN_TIME_PATTERN),
                time_is=time.get("is", "seconds"),
                ignore=suite.get("ignore", []) + entry.get("ignore", []),
                suite=path.stem,
                **lists,
            )
        )
    if not programs:
        raise DescriptionError(f"{path}: no programs")
    return programs
