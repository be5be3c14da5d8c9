#!/usr/bin/env bash
# What is installed: the files, with nothing in them that says where they were made; what pkg-config says; manual pages,
# and completion in each shell.
#
# The last line counts: N passed, N failed, N skipped.
set -uo pipefail
source "$(dirname "$0")/common.sh"
install_tenon
for file in bin/tenon bin/tenonc share/man/man1/tenon.1 share/man/man1/tenonc.1 \
  share/bash-completion/completions/tenonc share/zsh/vendor-completions/_tenonc \
  share/fish/vendor_completions.d/tenonc.fish include/tenon/wasm_export.h include/tenon/tenon.h; do
  check "installed: $file" test -f "$prefix/$file"
done
check "nothing installed names the build tree" bash -c "! grep -rIl '$top' '$prefix'"

if command -v pkg-config > /dev/null; then
  export PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tenon.pc)")
  cat > "$work/version.c" << 'C'
#include <wasm_export.h>
int main(void) { return wasm_runtime_init() ? (wasm_runtime_destroy(), 0) : 1; }
C
  library=$(pkg-config --variable=libdir tenon)
  check "pkg-config, shared" bash -c "cc $work/version.c -o $work/version \$(pkg-config --cflags --libs tenon) && LD_LIBRARY_PATH=$library $work/version"
  check "pkg-config, static" bash -c "cc $work/version.c -o $work/version \$(pkg-config --cflags tenon) $library/libtenon.a \$(pkg-config --static --libs-only-l --libs-only-other tenon | sed s/-ltenon//) && $work/version"
else
  skip "pkg-config: not there; to have it: apt-get install pkg-config"
fi

if command -v man > /dev/null; then
  check "manual pages are well formed" bash -c "man --warnings -E UTF-8 -l -Tutf8 -Z '$prefix/share/man/man1/tenon.1' 2>&1 > /dev/null | (! grep .)"
else
  skip "manual pages are well formed: no man; to have it: apt-get install man-db"
fi

# Completion: what is typed, then a word that must be offered.
complete_bash() {
  local typed=$1 wanted=$2
  PATH=$prefix/bin:$PATH bash -c '
    source "$1/share/bash-completion/completions/${2%% *}"
    read -ra COMP_WORDS <<< "${2/=/ = }"
    [[ $2 != *" " ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _"${2%% *}"
    printf "%s\n" "${COMPREPLY[@]}"' - "$prefix" "$typed" | grep -x -- "$wanted" > /dev/null
}
complete_fish() {
  PATH=$prefix/bin:$PATH fish --no-config -c "source $prefix/share/fish/vendor_completions.d/${1%% *}.fish; complete -C '$1'" |
    cut -f 1 | grep -x -- "$2" > /dev/null
}
for shell in bash fish; do
  if [[ $shell == fish ]] && ! tenon_install_packages fish > "$work/output" 2>&1; then
    skip "completion in fish: fish is missing and cannot be installed"
    continue
  fi
  prefixed=$([[ $shell == fish ]] && echo "--bounds-checks=")  # fish completes the whole word
  check "completion in $shell: options" "complete_$shell" "tenonc --bounds" "--bounds-checks"
  check "completion in $shell: choices" "complete_$shell" "tenonc --bounds-checks=ex" "${prefixed}explicit"
  check "completion in $shell: what the program lists" "complete_$shell" "tenonc --target " riscv64
  check "completion in $shell: of the other program" "complete_$shell" "tenon --memory-r" --memory-report
done
if tenon_install_packages zsh > "$work/output" 2>&1; then
  for program in tenon tenonc; do
    check "completion in zsh: $program's is well formed" zsh -n "$prefix/share/zsh/vendor-completions/_$program"
  done
else
  skip "completion in zsh: zsh is missing and cannot be installed"
fi

finish
