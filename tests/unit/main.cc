// The entry point of the unit tests; doctest supplies it.
// The runtime has handlers of its own, which doctest would replace before each test.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
