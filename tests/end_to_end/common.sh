# What the end-to-end scripts share. Each begins with `source "$(dirname "$0")/[../]common.sh"`, runs in an empty
# directory of its own with $TENONC and $TENON (run_one.sh sees to that; `ctest -R end_to_end.NAME` runs one), and ends
# with status 0, or 77 after a line that says why it was skipped.
#
# Under an emulator $TENON_MODES names the kinds of bounds checks that the machine has, and $TENON_EMULATED is set.
set -eu
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$top/tests/compilers.sh"

modes=${TENON_MODES:-guard explicit}
# Lists of options for every_way.
all_levels="--opt-level=0|--opt-level=1|--opt-level=2|--opt-level=3"
all_modes=$(printf -- '|--bounds-checks=%s' $modes)
all_modes=${all_modes#|}

way=  # the options that every_way is trying
trap 'status=$?; [ $status = 0 ] || [ -z "$way" ] || echo "with the options$way"' EXIT

fail() { echo "$*"; exit 1; }

# FUNCTION, MODULE.wasm, lists of options: compiles the module with each combination of an option of each list (in a
# list, '|' stands between options, which may be several words or none), and calls the function with the .aot file.
every_way() {
  local then=$1 module=$2 aot=${2%.wasm}.aot list option choice ways=("") longer choices
  shift 2
  for list in "$@"; do
    longer=()
    IFS='|' read -ra choices <<< "$list|"
    for option in "${ways[@]}"; do
      for choice in "${choices[@]}"; do longer+=("$option${choice:+ $choice}"); done
    done
    ways=("${longer[@]}")
  done
  for way in "${ways[@]}"; do
    # shellcheck disable=SC2086 # options
    "$TENONC" $way "$module" -o "$aot"
    "$then" "$aot"
  done
  way=
}

# A file with the output that is expected, a command.
prints() {
  local expected=$1
  shift
  "$@" > actual
  diff "$expected" actual || fail "not what is expected, from: $*"
}
# A .aot file, as every_way calls them: it prints what is in the file expected.
prints_expected() { prints expected "$TENON" "$1"; }
prints_expected_in_each_mode() {
  local mode
  for mode in $modes; do prints expected "$TENON" --bounds-checks=$mode "$1"; done
}

# STATUS, command...: it ends with this status. Leaves what it prints in the files output and error.
ends_with() {
  local wanted=$1 status=0
  shift
  "$@" > output 2> error || status=$?
  [ $status = "$wanted" ] || { cat output error; fail "exit status $status, not $wanted: $*"; }
}

# WORDS, command...: it traps, and says so with these words.
traps() {
  local words=$1
  shift
  ends_with 134 "$@"
  grep -q -- "$words" error || { cat error; fail "no \"$words\" from: $*"; }
}

# A host written in C, linked with libtenon: its source, which includes "runtime/include/...", becomes the program host.
build_host() {
  # shellcheck disable=SC2086 # flags
  cc ${TENON_HOST_FLAGS-} -c -Wall -Wextra -Werror -I"$top" "$1" -o host.o
  # shellcheck disable=SC2086
  c++ ${TENON_HOST_FLAGS-} host.o "$(dirname "$(dirname "$TENON")")/lib/libtenon.a" -lpthread -o host
}
