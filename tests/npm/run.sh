#!/usr/bin/env bash
# Packages of npm with WebAssembly in them, run with their own JavaScript: once by node's V8 and once by
# Tenon, with guard pages and with explicit checks. What they print must be the same.
#
#   run.sh [--fetch] [--large] [DIRECTORY]      default: $TENON_NPM_PACKAGES, or npm-packages beside the checkout
#
# DIRECTORY has the packages (node_modules/…); --fetch installs them there. packages.mjs lists them, and
# further modules that are only compiled and instantiated. --large adds those that take minutes to compile. What is
# needed and not there is named as skipped. Uses $TENONC and $TENON as the end-to-end tests do; compiled
# modules are kept in $TENON_AOT_DIRECTORY, if that is set. Needs node, with its header node_api.h or the package
# node-api-headers. The last line is: N passed, N failed, N skipped.
set -u
here=$(cd "$(dirname "$0")" && pwd)
fetch=no large=no
while [[ ${1:-} == --* ]]; do
  case $1 in
    --fetch) fetch=yes ;;
    --large) large=yes ;;
    *) echo "unknown option $1"; exit 2 ;;
  esac
  shift
done
export TENON_PACKAGES=${1:-${TENON_NPM_PACKAGES:-$here/../../../npm-packages}} TENONC=${TENONC:-tenonc} TENON=${TENON:-tenon}
source "$here/../counting.sh"
source "$here/engine.sh"

need_node || finish
if [[ $fetch == yes ]]; then
  mkdir -p "$TENON_PACKAGES"
  [[ -f $TENON_PACKAGES/package.json ]] || echo '{"private": true}' > "$TENON_PACKAGES/package.json"
  # shellcheck disable=SC2046 # several to a line
  npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps --prefix "$TENON_PACKAGES" \
    node-api-headers $(node "$here/run.mjs" list | cut -d'|' -f3 | tr ' ' '\n' | sort -u) || exit 1
fi
if [[ ! -d $TENON_PACKAGES/node_modules ]]; then
  skip "packages of npm: none in $TENON_PACKAGES; to have them: tests/npm/run.sh --fetch DIRECTORY, and TENON_NPM_PACKAGES=DIRECTORY"
  finish
fi

cd "$work" || exit 1
build_engine || finish

# The first package of a list that is not there in the version asked for.
missing() {
  local package
  for package in $1; do
    [[ $(node -p "require('$TENON_PACKAGES/node_modules/${package%@*}/package.json').version" 2> /dev/null) == "${package##*@}" ]] ||
      { echo "$package"; return; }
  done
}
while IFS='|' read -r kind name packages is_large expected; do
  title="$name (${packages})"
  [[ $kind == runs ]] || title=$name
  lacking=$(missing "$packages")
  if [[ -n $lacking ]]; then
    skip "$title: no package $lacking; to have it: tests/npm/run.sh --fetch DIRECTORY"
    continue
  elif [[ $is_large == large && $large == no ]]; then
    skip "$title: it takes minutes; to have it: tests/npm/run.sh --large DIRECTORY"
    continue
  fi
  case $kind in
    runs)
      if ! timeout 300 node "$here/run.mjs" v8 "$name" > expected 2> errors; then
        fail "$title: in V8: $(tail -n 5 errors)"
        continue
      fi
      for mode in guard explicit; do
        if ! TENON_BOUNDS_CHECKS=$mode timeout 1800 nice node "$here/run.mjs" tenon "$name" > actual 2> errors; then
          fail "$title, $mode: $(tail -n 12 errors)"
        elif ! diff expected actual > difference; then
          fail "$title, $mode: $(head -n 8 difference)"
        else
          ok "$title, $mode"
        fi
      done ;;
    alone)
      if ! timeout 1800 nice node "$here/run.mjs" alone "$name" > actual 2> errors; then
        fail "$title: $(tail -n 12 errors)"
      elif [[ $(< actual) != "$expected" ]]; then
        fail "$title: $(< actual) exports, not $expected"
      else
        ok "$title: compiled, instantiated"
      fi ;;
  esac
done < <(node "$here/run.mjs" list)
finish
