#!/usr/bin/env python3
"""Runs WebAssembly/wasi-testsuite (a checkout of a branch with built tests) on tenon.

The suite's own runner does the work, with tenon_adapter.py; this only finds the suites, adapts the
runner to Pythons before 3.12, and counts. Tests that cannot pass are in not_yet.toml, each with
its reason. The last line is: N passed, N failed, N skipped.
"""
import argparse
import enum
import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# By what the tests need: the versions of WASI that come after preview 1 are not Tenon's.
SUITES = ["tests/*/testsuite/wasm32-wasip1", "tests/*/testsuite", "tests/proposals/wasi-threads",
          "tests/*/testsuite/wasi-threads"]


def adapt_to_old_python():
    """The runner asks `"text" in Enumeration`, which Python answers from 3.12 on."""
    if sys.version_info < (3, 12):
        enum.EnumMeta.__contains__ = lambda cls, value: (
            isinstance(value, cls) or value in cls._value2member_map_)


def find_suites(root):
    found = []
    for pattern in SUITES:
        found += [path for path in sorted(root.glob(pattern)) if any(path.glob("*.wasm"))]
    return found


def report(test):
    """Says what is not simply passed."""
    outcome = test.outcome.name
    if outcome == "PASS":
        return
    if outcome in ("SKIP", "XFAIL"):
        print(f"  {outcome.lower()} {test.name}")
        return
    print(f"  FAILED {test.name}: {' '.join(map(str, test.argv))}")
    for failure in test.result.failures:
        print("    " + failure.message.replace("\n", "\n    "))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("testsuite", type=Path, help="the checkout")
    parser.add_argument("--only", default="", help="run only suites whose path contains this")
    arguments = parser.parse_args()
    suites = [path for path in find_suites(arguments.testsuite) if arguments.only in str(path)]
    if not suites:
        print(f"There are no built tests in {arguments.testsuite}.")
        return 1

    adapt_to_old_python()
    sys.path.insert(0, str(arguments.testsuite / "test-runner"))
    runner = importlib.import_module("wasi_test_runner.test_suite_runner")
    adapters = importlib.import_module("wasi_test_runner.runtime_adapter")
    filters = importlib.import_module("wasi_test_runner.filters")

    adapter = adapters.RuntimeAdapter(str(HERE / "tenon_adapter.py"))
    rules = [filters.UnsupportedWasiTestExcludeFilter(),
             filters.TestExpectationFilter(str(HERE / "not_yet.toml"))]
    passed = failed = skipped = 0
    for path in suites:
        suite = runner.run_tests_from_test_suite(str(path), adapter, [], rules)
        print(f"{suite.meta.name}: {suite.pass_count} of {suite.test_count} pass")
        for test in suite.test_cases:
            report(test)
        passed += suite.pass_count
        failed += suite.fail_count
        skipped += suite.skip_count
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
