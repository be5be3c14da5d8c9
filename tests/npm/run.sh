#!/usr/bin/env bash
# Packages of npm with WebAssembly in them, run with their own JavaScript: once by node's V8 and once by
# Tenon, with guard pages and with explicit checks. What they print must be the same.
#
#   run.sh [--fetch] [--large] [DIRECTORY]
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
export TENON_PACKAGES=${1:-/nonexistent} TENONC=${TENONC:-tenonc} TENON=${TENON:-tenon}
passed=0 failed=0 skipped=0
ok() { echo "ok      $1"; passed=$((passed + 1)); }
bad() { echo "FAILED  $1: ${*:2}"; failed=$((failed + 1)); }
skip() { echo "SKIPPED $1: ${*:2}"; skipped=$((skipped + 1)); }
finish() { echo "$passed passed, $failed failed, $skipped skipped"; ((failed == 0)); exit; }

if ! command -v node > /dev/null; then
  skip "packages of npm" "no node"
  finish
fi
if [[ $fetch == yes ]]; then
  mkdir -p "$TENON_PACKAGES"
  [[ -f $TENON_PACKAGES/package.json ]] || echo '{"private": true}' > "$TENON_PACKAGES/package.json"
  # shellcheck disable=SC2046 # several to a line
  npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps --prefix "$TENON_PACKAGES" \
    node-api-headers $(node "$here/run.mjs" list | cut -d'|' -f3 | tr ' ' '\n' | sort -u) || exit 1
fi
if [[ ! -d $TENON_PACKAGES/node_modules ]]; then
  skip "packages of npm" "none in $TENON_PACKAGES"
  finish
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
headers=
for place in "$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")/include/node" /usr/include/node \
  "$TENON_PACKAGES/node_modules/node-api-headers/include"; do
  [[ -f $place/node_api.h ]] && headers=$place
done
if [[ -z $headers ]]; then
  skip "packages of npm" "no node_api.h"
  finish
fi
libraries=$(dirname "$(dirname "$TENON")")
c++ -std=c++20 -O1 -fPIC -shared -Wall -Wextra -Werror -I"$here/../.." -isystem "$headers" "$here/engine.cc" \
  "$libraries/lib/libtenon.a" -lpthread -o engine.node || { bad engine.cc "does not build"; finish; }
export TENON_ENGINE=$work/engine.node TENON_AOT_DIRECTORY=${TENON_AOT_DIRECTORY:-$work/aot}
mkdir -p "$TENON_AOT_DIRECTORY"

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
    skip "$title" "no package $lacking"
    continue
  elif [[ $is_large == large && $large == no ]]; then
    skip "$title" "without --large"
    continue
  fi
  case $kind in
    runs)
      if ! timeout 300 node "$here/run.mjs" v8 "$name" > expected 2> errors; then
        bad "$title" "in V8: $(tail -n 5 errors)"
        continue
      fi
      for mode in guard explicit; do
        if ! TENON_BOUNDS_CHECKS=$mode timeout 1800 nice node "$here/run.mjs" tenon "$name" > actual 2> errors; then
          bad "$title, $mode" "$(tail -n 12 errors)"
        elif ! diff expected actual > difference; then
          bad "$title, $mode" "$(head -n 8 difference)"
        else
          ok "$title, $mode"
        fi
      done ;;
    alone)
      if ! timeout 1800 nice node "$here/run.mjs" alone "$name" > actual 2> errors; then
        bad "$title" "$(tail -n 12 errors)"
      elif [[ $(< actual) != "$expected" ]]; then
        bad "$title" "$(< actual) exports, not $expected"
      else
        ok "$title: compiled, instantiated"
      fi ;;
  esac
done < <(node "$here/run.mjs" list)
finish
