#!/usr/bin/env bash
# Fails if a README.md does not name a file of its folder: as `name.ending`, as `name.*`, or with <...> for what
# differs between files. Folders of compiler/ may have none.
set -euo pipefail
cd "$(dirname "$0")/.."

failures=0
offend() { echo "readmes: $*"; failures=$((failures + 1)); }

while read -r folder; do
  readme=$folder/README.md
  if [[ ! -f $readme ]]; then
    [[ $folder == compiler* ]] || offend "$folder/ has no README.md"
    continue
  fi
  # The names in backticks, as patterns.
  mapfile -t patterns < <(grep -oE '`[^` ]+`' "$readme" | tr -d '`' | sed 's/<[^>]*>/*/g' | sort -u)
  for file in "$folder"/*; do
    name=${file##*/}
    [[ $name == README.md || $name == CMakeLists.txt ]] && continue
    [[ -d $file ]] && name+=/
    found=false
    for pattern in "${patterns[@]}"; do
      # shellcheck disable=SC2053
      [[ $name == $pattern ]] && found=true && break
    done
    $found || offend "$readme does not name $name"
  done
done < <(git ls-files format loader runtime cmake examples compiler | sed 's#/[^/]*$##' | sort -u)
((failures == 0))
