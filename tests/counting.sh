# What the test scripts that count share, sourced by them: they count tests and end with a line that says how many,
# which run_one.sh takes for ctest, and run_counting of another script adds to its own.
#
# Sets $work, a scratch directory that goes when the script ends, and $jobs.

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap '[[ -n ${TENON_KEEP_FAILED-} && $failed != 0 ]] || rm -rf "$work"' EXIT
jobs=${TENON_JOBS:-$(nproc)}
source "$(dirname "${BASH_SOURCE[0]}")/compilers.sh"

stage() { echo; echo "== $*"; }

count() {  # passed, failed, skipped
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# What, command...: one test, which is skipped where the command's status is 77 and says why in its
# last line. Shows the output of one that fails. The status is the command's.
check() {
  local what=$1 status=0
  shift
  "$@" > "$work/output" 2>&1 || status=$?
  case $status in
    0) ok "$what" ;;
    77) skip "$what: $(tail -n 1 "$work/output")" ;;
    *) fail "$what (exit status $status)"; tail -n 40 "$work/output" | sed 's/^/    /' ;;
  esac
  return "$status"
}

ok() { echo "ok      $*"; count 1 0 0; }
fail() { echo "FAILED  $*"; count 0 1 0; }
# What, why, and the command that brings what lacks: one line, which tests/run.sh repeats at its end.
skip() { echo "SKIPPED $*"; count 0 0 1; }

# What, command...: runs a program that ends with a line as `finish` prints it and adds its figures.
run_counting() {
  local what=$1 status line
  shift
  "$@" 2>&1 | tee "$work/output"
  status=${PIPESTATUS[0]}
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$work/output" | tail -n 1)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    count "${BASH_REMATCH[@]:1:3}"
    ((status == 0 || status == 77 || BASH_REMATCH[2] > 0)) || fail "$what: exit status $status"
  else
    fail "$what: exit status $status, and no count of its tests"
  fi
}

# Ends the script: status 1 if a test failed, 77 if all were skipped.
finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0)) || exit 1
  ((passed > 0 || skipped == 0)) || exit 77
  exit 0
}
