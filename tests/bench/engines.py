"""The ways a program can be run: native, Tenon in both bounds-check modes and at its highest level,
WAMR, V8.

An engine knows whether it is there, how to make what it runs out of the sources
or the WebAssembly module, and the command that runs it. Everything else treats
all engines alike.
"""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent

# wasm-ld's own default of 64 KiB is too little for ordinary C programs, which
# expect megabytes.
WASM_LINK_FLAGS = ["-Wl,-z,stack-size=1048576"]


class BuildError(Exception):
    """A compiler refused; its message says why."""


@dataclasses.dataclass
class Tools:
    """Where the programs outside this directory are; None for what is missing."""

    clang: str
    tenon_directory: pathlib.Path
    wamr_directory: pathlib.Path = None
    wamr_sources: pathlib.Path = None
    wamr_library: pathlib.Path = None
    node: str = None
    native_flags: list = dataclasses.field(default_factory=list)
    wasm_flags: list = dataclasses.field(default_factory=list)
    tenonc_flags: list = dataclasses.field(default_factory=list)
    wamrc_flags: list = dataclasses.field(default_factory=list)

    def compiler_for(self, sources):
        plain_c = all(str(source).endswith(".c") for source in sources)
        # clang-22 and clang++-22: the version, if any, comes last.
        directory, name = os.path.split(self.clang)
        return self.clang if plain_c else os.path.join(directory, name.replace("clang", "clang++"))

    def wamr_program(self, name):
        if self.wamr_directory is not None:
            path = self.wamr_directory / name
            return str(path) if path.exists() else None
        return shutil.which(name)

    def wamr_bench(self, subject, output):
        """A bench of this directory built against WAMR's header and library; None without them."""
        if self.wamr_sources is None or self.wamr_library is None:
            return None
        run_compiler([os.environ.get("CXX", "c++"), "-std=c++20", "-O2",
                      "-I", self.wamr_sources / "core" / "iwasm" / "include",
                      HERE / (subject + "_bench.cc"), self.wamr_library,
                      "-lpthread", "-lm", "-ldl", "-o", output])
        return str(output)

    def tenon_program(self, name):
        path = self.tenon_directory / name
        return str(path) if path.exists() else None


def run_compiler(command):
    """Runs a compiler to its end and returns the seconds it took."""
    started = time.monotonic()
    try:
        result = subprocess.run(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False)
    except OSError as error:
        raise BuildError(str(error)) from error
    if result.returncode != 0:
        output = result.stdout.decode("utf-8", "replace").strip()
        raise BuildError(f"{command[0]} failed ({result.returncode}): {output[-2000:]}")
    return time.monotonic() - started


def build_wasm(tools, program, output):
    """Compiles a program to the one module that all engines but the native one run."""
    return run_compiler(
        [tools.compiler_for(program.sources), "--target=wasm32-wasi", "-O3", "--no-wasm-opt", "-Wno-deprecated"]
        + tools.wasm_flags + program.sources + ["-o", output] + program.flags
        + program.wasm_flags + WASM_LINK_FLAGS)


class Engine:
    """One column of the table."""

    name = ""
    suffix = ""

    def __init__(self, tools):
        self.tools = tools

    def missing(self):
        """What this engine lacks on this machine, or None."""
        raise NotImplementedError

    def build(self, program, wasm, output):
        """Makes `output` and returns the seconds it took."""
        raise NotImplementedError

    def command(self, output):
        """The words that run `output`, to which the program's arguments are added."""
        raise NotImplementedError


class Native(Engine):
    name = "native"
    suffix = ".native"

    def missing(self):
        return None if shutil.which(self.tools.clang) else self.tools.clang

    def build(self, program, wasm, output):
        return run_compiler(
            [self.tools.compiler_for(program.sources), "-O3", "-march=native"]
            + self.tools.native_flags + program.sources + ["-o", output]
            + program.flags + program.native_flags)

    def command(self, output):
        return [output]


class Tenon(Engine):
    """In one bounds-check mode; with `level`, at that level instead of the default."""

    def __init__(self, tools, bounds_checks, level=None):
        super().__init__(tools)
        self.bounds_checks = bounds_checks
        self.name = "tenon-" + bounds_checks + ("" if level is None else f"-level{level}")
        self.suffix = "." + self.name.removeprefix("tenon-") + ".aot"
        self.level_flags = [] if level is None else [f"--opt-level={level}"]

    def missing(self):
        for name in ("tenonc", "tenon"):
            if self.tools.tenon_program(name) is None:
                return str(self.tools.tenon_directory / name)
        return None

    def build(self, program, wasm, output):
        return run_compiler(
            [self.tools.tenon_program("tenonc"), wasm, "-o", output, "--cpu=native",
             "--bounds-checks=" + self.bounds_checks] + self.level_flags + self.tools.tenonc_flags)

    def command(self, output):
        return [self.tools.tenon_program("tenon"), "--bounds-checks=" + self.bounds_checks, output]


class Wamr(Engine):
    name = "wamr"
    suffix = ".wamr.aot"

    def missing(self):
        for name in ("wamrc", "iwasm"):
            if self.tools.wamr_program(name) is None:
                return name
        return None

    def build(self, program, wasm, output):
        return run_compiler(
            [self.tools.wamr_program("wamrc"), "--opt-level=3", "--size-level=0"]
            + self.tools.wamrc_flags + ["-o", output, wasm])

    def command(self, output):
        return [self.tools.wamr_program("iwasm"), output]


class Node(Engine):
    """V8, through the WASI module of node."""

    name = "node"
    suffix = ".wasm"

    def missing(self):
        return None if self.tools.node and shutil.which(self.tools.node) else "node"

    def build(self, program, wasm, output):
        return 0.0  # V8 compiles while it runs

    def command(self, output):
        return [self.tools.node, "--no-warnings", str(HERE / "run_in_node.mjs"), output]


def all_engines(tools):
    return [Native(tools), Tenon(tools, "guard"), Tenon(tools, "explicit"),
            Tenon(tools, "guard", level=3), Wamr(tools), Node(tools)]


# What is measured only when it is asked for by name.
ON_REQUEST = ("tenon-guard-level3",)


def add_tool_arguments(parser):
    """The arguments that say where engines are, the same for every script here."""
    repository = HERE.parent.parent
    parser.add_argument("--clang", default="clang-22", help="the C compiler (%(default)s)")
    parser.add_argument("--tenon-dir", type=pathlib.Path, default=repository / "build" / "bin",
                        help="where tenonc and tenon are (build/bin of this repository)")
    parser.add_argument("--wamr-dir", type=pathlib.Path,
                        help="where wamrc and iwasm are (else they are looked for in PATH)")
    parser.add_argument("--wamr-sources", type=pathlib.Path,
                        help="a checkout of WAMR, to measure its calls and loading")
    parser.add_argument("--wamr-library", type=pathlib.Path, help="and the libiwasm.a made from it")
    parser.add_argument("--node", default="node", help="the node program (%(default)s)")
    parser.add_argument("--work-dir", type=pathlib.Path, default=repository / "build" / "bench",
                        help="where build products go (build/bench of this repository)")
    for compiler in ("native", "wasm", "tenonc", "wamrc"):
        parser.add_argument(f"--{compiler}-flags", default="", metavar="FLAGS",
                            help=f"more flags for the {compiler} compilation")


def tools_from(arguments):
    return Tools(
        clang=arguments.clang,
        tenon_directory=arguments.tenon_dir.resolve(),
        wamr_directory=arguments.wamr_dir.resolve() if arguments.wamr_dir else None,
        wamr_sources=arguments.wamr_sources,
        wamr_library=arguments.wamr_library,
        node=arguments.node,
        native_flags=arguments.native_flags.split(),
        wasm_flags=arguments.wasm_flags.split(),
        tenonc_flags=arguments.tenonc_flags.split(),
        wamrc_flags=arguments.wamrc_flags.split())


def chosen_engines(tools, names):
    """The engines named (all, for None) and a note for each that is not there.

    An unknown name, and a named engine that is missing, is an error: somebody who
    asks for a comparison should not take its absence for a result.
    """
    engines = all_engines(tools)
    known = [engine.name for engine in engines]
    wanted = [name for name in known if name not in ON_REQUEST] if names is None else names.split(",")
    for name in wanted:
        if name not in known:
            raise BuildError(f"unknown engine {name}; there are {', '.join(known)}")
    present, notes = [], []
    for engine in engines:
        if engine.name not in wanted:
            continue
        lacking = engine.missing()
        if lacking is None:
            present.append(engine)
        elif names is not None:
            raise BuildError(f"engine {engine.name}: {lacking} not found")
        else:
            notes.append(f"{engine.name} is left out: {lacking} not found")
    return present, notes
