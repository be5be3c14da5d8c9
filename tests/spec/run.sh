#!/usr/bin/env bash
# A part of the spec suite (without GC: not_yet.txt) in one bounds-check mode, compiled for one CPU.
#
#   run.sh DIRECTORY-OF-PROGRAMS PART guard|explicit CPU
#
# Parts are "traps", "simd" and "core" (the scripts of the suite's core that are of neither), "legacy-exceptions" and
# "threads". The last line counts: N passed, N failed, N skipped.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1 part=$2 mode=$3 cpu=$4
source "$here/find.sh"
if [[ -z $spec ]]; then
  echo "$no_spec"
  exit 77
fi
if [[ $part != @(core|simd|traps) && ! -d $spec/$part ]]; then
  echo "no $part in the spec suite in $spec: it is not in every copy"
  exit 77
fi

scripts=() options=()
for script in "$spec"/*/*.json; do
  name=$(basename "$script" .json)
  case $(basename "$(dirname "$script")")/$name in
    core/*trap* | core/unreachable | core/unwind | core/skip-stack-guard-page) in=traps ;;
    core/simd_* | core/*relaxed_*) in=simd ;;
    core/*) in=core ;;
    *) in=$(basename "$(dirname "$script")") ;;
  esac
  [[ $in != "$part" ]] || scripts+=("$script")
done
# These scripts are older than several memories and tables.
[[ $part != threads ]] || options=(--disable-multi-memory --disable-reference-types)
"$bin/spec-runner" --jobs="${TENON_JOBS:-$(nproc)}" --cpu="$cpu" --bounds-checks="$mode" "${options[@]}" \
  --expected-failures="$here/not_yet.txt" "${scripts[@]}" 2>&1 | grep -vE '^[^0-9].* 0 failed, 0 skipped$| skipped: waits for '
exit "${PIPESTATUS[0]}"
