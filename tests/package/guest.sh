#!/usr/bin/env bash
# Builds a project that has Tenon in it, and sees to it that nothing of Tenon leaks out: warnings, flags, tests, install
# and package rules, variables; and that Tenon builds with what the project has set for itself.
#
#   guest.sh add_subdirectory      the compiler included
#   guest.sh FetchContent          with the compiler of $TENON_BUILD
#
# The last line counts: N passed, N failed, N skipped.
set -uo pipefail
source "$(dirname "$0")/common.sh"
from=$1
build=$work/guest
options=(-DTENON_FROM="$from" -DTENON_SOURCE="$top")
[[ $from == add_subdirectory ]] || options+=(-DTENON_COMPILER=OFF -DTENON_COMPILER_EXECUTABLE="$tenon_build/bin/tenonc")
if command -v ccache > /dev/null; then options+=(-DCMAKE_{C,CXX}_COMPILER_LAUNCHER=ccache); fi


# The compile commands of the project's own files have nothing that the project has not asked for; those of Tenon's
# have the standard that Tenon needs, and no warnings, whose flags belong to those who work on Tenon.
compile_commands() { python3 -c '
import json, sys
for command in json.load(open(sys.argv[1])):
    is_tenon = command["file"].startswith(tuple(f"{sys.argv[2]}/{part}/" for part in ("format", "loader", "runtime", "compiler")))
    if is_tenon == (sys.argv[3] == "tenon"): print(command["command"])' "$build/compile_commands.json" "$top" "$1"; }
lacks() {  # whose files, a pattern
  [[ $(compile_commands "$1" | wc -l) -ge 2 ]] && ! compile_commands "$1" | grep -E -- "$2"
}
runs_where_the_project_wants_it() {
  [[ $("$build/programs/host" 50) == "fibonacci: 12586269025" ]] && [[ $(cd "$build/programs" && echo *) == "host plain" ]]
}
only_its_own_tests() {
  (cd "$build" && ctest -N) > "$work/tests" && cat "$work/tests" &&
    [[ $(grep -o 'Test *#[0-9]*: .*' "$work/tests" | sed 's/.*: //' | xargs) == "guest.host guest.plain" ]]
}
only_its_own_files() {
  cmake --install "$build" --prefix "$work/installed" &&
    [[ $(cd "$work/installed" && find . -type f) == ./bin/host ]]
}
no_package_rules() {
  ! find "$build" -name 'CPack*Config.cmake' | grep . && ! cmake --build "$build" --target help | grep -E '^package(_source)?:'
}

check "$from: configures, and no variables or properties leak" cmake -G Ninja -S tests/package/guest -B "$build" \
  "${options[@]}" || finish
check "$from: builds" make || finish
check "$from: runs, where the project wants its programs" runs_where_the_project_wants_it
check "$from: the project's files are compiled as it says" lacks guest ' -(W|f|O|D|std=(c|gnu)\+\+20)'
check "$from: no warnings and no -Werror in Tenon's files" lacks tenon ' -W(all|extra|error|conversion|thread-safety)'
check "$from: the tests are the project's" only_its_own_tests
check "$from: they pass" ctest --test-dir "$build"
check "$from: what is installed is the project's" only_its_own_files
check "$from: no package rules" no_package_rules
finish
