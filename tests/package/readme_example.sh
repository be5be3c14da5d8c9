#!/usr/bin/env bash
# The embedder's example in README.md runs as it is printed: its files, which their first lines name, and its commands,
# beside the build and the headers as in a checkout. It prints what it says it prints.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
fail() { echo "README.md: $*"; exit 1; }

# LANGUAGE, FIRST LINE (a regular expression): the fenced block that begins so.
block() {
  awk -v fence="\`\`\`$1" -v first="$2" '
    $0 == "```" { inside = 0 }
    inside == 1 { inside = $0 ~ first ? 2 : 0 }
    inside == 2
    $0 == fence { inside = 1 }' "$top/README.md"
}

example=$(mktemp -d)
trap 'rm -rf "$example"' EXIT
cd "$example"
ln -s "$top/runtime" runtime
ln -s "$(cd "${TENON_BUILD:-$top/build}" && pwd)" build
for file in sum.c host.c; do
  block c "^// ${file/./[.]}\$" > "$file"
  [[ -s $file ]] || fail "no block of C begins with \"// $file\""
done
block sh '^clang-22 .* sum[.]c ' > commands
promised=$(sed -n 's/.*# prints //p' commands)
[[ -n $promised ]] || fail "no commands that say what the example prints"

cc -std=c11 -Wall -Wextra -Werror -Iruntime/include -fsyntax-only host.c
printed=$(bash -e commands)
[[ $printed == "$promised" ]] || fail "the example prints \"$printed\", and not \"$promised\""
