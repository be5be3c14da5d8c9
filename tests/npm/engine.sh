# What builds Tenon as an engine for JavaScript, an addon of node (engine.cc). Sourced by the tests that use it, after
# counting.sh, with the directory of this file in $here.

# Whether node is there; else that is skipped.
need_node() {
  command -v node > /dev/null && return
  skip "Tenon as an engine for JavaScript: no node; to have it: apt-get install nodejs"
  return 1
}

# Makes the addon in the current directory, for $TENON's libtenon, and exports what web_assembly.mjs reads.
build_engine() {
  local place headers=
  for place in "$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")/include/node" /usr/include/node \
    "${TENON_PACKAGES:-}/node_modules/node-api-headers/include"; do
    [[ -f $place/node_api.h ]] && headers=$place
  done
  if [[ -z $headers ]]; then
    skip "Tenon as an engine for JavaScript: no node_api.h; to have it: apt-get install libnode-dev"
    return 1
  fi
  # shellcheck disable=SC2154 # $here is the caller's
  if ! c++ -std=c++20 -O1 -fPIC -shared -Wall -Wextra -Werror -I"$here/../.." -isystem "$headers" "$here/engine.cc" \
    "$(dirname "$(dirname "$TENON")")/lib/libtenon.a" -lpthread -o engine.node; then
    fail "engine.cc does not build"
    return 1
  fi
  export TENON_ENGINE=$PWD/engine.node TENON_AOT_DIRECTORY=${TENON_AOT_DIRECTORY:-$PWD/aot}
  mkdir -p "$TENON_AOT_DIRECTORY"
}
