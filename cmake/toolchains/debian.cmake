# The part that the toolchain files here share: cross builds with Debian's GCC for `triple`, whose
# programs the tests run under qemu-user's `emulator`.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${triple}-gcc)
set(CMAKE_CXX_COMPILER ${triple}-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR "${emulator};-L;/usr/${triple}")
list(APPEND CMAKE_FIND_ROOT_PATH /usr/${triple})
# Programs are the build machine's; libraries and packages are the target's. Header-only libraries
# (Boost, doctest, CLI11, nlohmann-json) are the same for all and come from /usr/include.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE BOTH)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
