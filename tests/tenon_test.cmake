# tenon_test(NAME SECONDS n LABELS l... [SERIAL] [LOCKS l...] [ENVIRONMENT e...] COMMAND c...)
#
# Adds a test to ctest, which run_one.sh runs; a script for bash begins the command with its path alone.
#
#   SECONDS      what it takes on a busy machine with two cores: long tests start first, and ten times that ends one
#                that hangs
#   LABELS       what `ctest -L` selects: unit, end_to_end, spec, wasi, cross, package, sanitizers, slow, ...
#   SERIAL       it measures time or the state of the machine, so that nothing runs beside it
#   LOCKS        directories that it builds in: tests with the same one run one after the other
#   ENVIRONMENT  NAME=VALUE...
function(tenon_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "SERIAL" "SECONDS" "LABELS;LOCKS;ENVIRONMENT;COMMAND")
  if(TEST_COMMAND MATCHES "^[^;]*\\.sh(;|$)")
    list(PREPEND TEST_COMMAND bash)
  endif()
  if(TENON_SANITIZED)
    math(EXPR TEST_SECONDS "4 * ${TEST_SECONDS}")
    list(APPEND TEST_ENVIRONMENT "TENON_HOST_FLAGS=-fsanitize=address,undefined" UBSAN_OPTIONS=print_stacktrace=1)
  endif()
  math(EXPR timeout "10 * ${TEST_SECONDS}")
  add_test(NAME ${name} COMMAND bash ${PROJECT_SOURCE_DIR}/tests/run_one.sh ${name} ${TEST_COMMAND})
  set_tests_properties(${name} PROPERTIES
    SKIP_RETURN_CODE 77
    COST ${TEST_SECONDS}
    TIMEOUT ${timeout}
    LABELS "${TEST_LABELS}"
    RUN_SERIAL ${TEST_SERIAL}
    RESOURCE_LOCK "${TEST_LOCKS}"
    ENVIRONMENT "TENON_BUILD=${PROJECT_BINARY_DIR};${TEST_ENVIRONMENT}")
endfunction()
