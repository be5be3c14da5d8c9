"""Adapter of the WebAssembly/wasi-testsuite runner for tenon.

Compiles each test with $TENONC when the runner asks for its command line, and runs the result with
$TENON. $TENONC_FLAGS holds further options of the compiler, $TENON_FLAGS of tenon. Compiled tests
are kept in $TENON_AOT_DIRECTORY and used again, if that is set.
"""
import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TENONC = os.environ.get("TENONC", "tenonc")
TENON = os.environ.get("TENON", "tenon")
TENONC_FLAGS = shlex.split(os.environ.get("TENONC_FLAGS", "--opt-level=1 --bounds-checks=guard"))
TENON_FLAGS = shlex.split(os.environ.get("TENON_FLAGS", ""))

# Runs a command with a standard input from which nothing comes, and no end.
SILENT_INPUT = """
import os, sys
reading, writing = os.pipe()
os.dup2(reading, 0)
os.set_inheritable(writing, True)
os.execvp(sys.argv[1], sys.argv[1:])
"""

_output = None


def _output_directory():
    global _output
    if _output is None:
        _output = os.environ.get("TENON_AOT_DIRECTORY")
    if _output is None:
        _output = tempfile.mkdtemp(prefix="tenon-wasi-")
        atexit.register(shutil.rmtree, _output, ignore_errors=True)
    return _output


def get_name():
    return "tenon"


def get_version():
    result = subprocess.run([TENON, "--version"], encoding="UTF-8", capture_output=True, check=True)
    return result.stdout.split()[1]


def get_wasi_versions():
    return ["wasm32-wasip1"]


def get_wasi_worlds():
    return ["wasi:cli/command"]


def _directories(given):
    """Older runners give a list of (host, guest), newer ones one root or None."""
    if given is None:
        return []
    if isinstance(given, (str, Path)):
        return [(given, "/")]
    return given


def compute_argv(test_path, args_env_directories, proposals, wasi_world, wasi_version):
    arguments, environment, given = args_env_directories
    name = "-".join(Path(test_path).with_suffix(".aot").parts[-4:])
    aot = str(Path(_output_directory()) / name)
    compile_command = [TENONC, *TENONC_FLAGS, test_path, "-o", aot]
    if not os.path.exists(aot) and subprocess.run(compile_command, capture_output=True).returncode:
        return compile_command  # the runner shows what it says, as the test's failure
    command = [TENON, *TENON_FLAGS]
    if Path(test_path).stem.endswith("_wasi_read"):
        # These assume that reading standard input waits, but the runner closes it.
        command = [sys.executable, "-c", SILENT_INPUT, *command]
    command += [f"--env={name}={value}" for name, value in environment.items()]
    command += [f"--dir={host}::{guest}" for host, guest in _directories(given)]
    return command + [aot, *arguments]
