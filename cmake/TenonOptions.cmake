# What can be chosen when Tenon is configured, and what every target of ours is compiled with.

# A cross build is for a target, which has no compiler; tests and packages are for those who work on
# Tenon, not for projects that include it.
set(default_compiler ON)
if(CMAKE_CROSSCOMPILING)
  set(default_compiler OFF)
endif()
option(TENON_COMPILER "Build tenonc (needs LLVM 22 and LLD)" ${default_compiler})
option(TENON_WASI "Give programs WASI; without it the runtime is smaller by all of it" ON)
option(TENON_INSPECT "Let tenon print what is in a file" ON)
option(TENON_STATIC_CXX "Link tenon so that it needs no libstdc++.so" ON)
option(TENON_TESTS "Build the tests and benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(TENON_INSTALL "Add the rules that install and package Tenon" ${PROJECT_IS_TOP_LEVEL})
option(TENON_WARNINGS "Compile with the warnings that Tenon is kept free of" ${PROJECT_IS_TOP_LEVEL})

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
# These are directory variables: they end with Tenon's own folders.
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_CXX_EXTENSIONS OFF)
# The same objects make the static and the shared library, which exports its C interface alone.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(TENON_CCACHE ccache)
  if(TENON_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${TENON_CCACHE})
  endif()
endif()

# The folder of runtime/arch/ and the ending of loader/cpu_features_* for the machine that is built for.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(TENON_CPU x86_64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)")
  set(TENON_CPU aarch64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^riscv64")
  set(TENON_CPU riscv64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^arm")
  set(TENON_CPU arm)
else()
  message(FATAL_ERROR "Tenon runs on x86_64, aarch64, riscv64 and arm, not on ${CMAKE_SYSTEM_PROCESSOR}")
endif()
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "Tenon runs on Linux, not on ${CMAKE_SYSTEM_NAME}")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(tenon_options INTERFACE)
target_compile_features(tenon_options INTERFACE cxx_std_20)
target_include_directories(tenon_options INTERFACE ${PROJECT_SOURCE_DIR})
# Whoever links the static library pays for what is used.
target_compile_options(tenon_options INTERFACE
  $<$<COMPILE_LANGUAGE:C,CXX>:-ffunction-sections;-fdata-sections>)
if(TENON_WARNINGS)
  target_compile_options(tenon_options INTERFACE
    $<$<COMPILE_LANGUAGE:C,CXX>:-Wall;-Wextra;-Wconversion>
    # Members that a lock protects say so (format/locking.h).
    $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wthread-safety>
    # GCC 12 warns of its own string concatenation (GCC bug 105651).
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>)
endif()
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  # Sizes have 64 bits throughout; where memory comes from (os_memory, memory.cc) they are refused if
  # the machine cannot have that much, so that they fit wherever they are used.
  target_compile_options(tenon_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-conversion;-Wno-narrowing>)
endif()
if(TENON_CPU STREQUAL "arm")
  target_compile_options(tenon_options INTERFACE -marm)  # see runtime/arch/arm/architecture.cc
endif()

# Where size counts, no tables for unwinding: the runtime throws nothing. Boost's headers do
# (runtime/CMakeLists.txt).
set(TENON_WITHOUT_UNWINDING OFF)
if(CMAKE_BUILD_TYPE STREQUAL "MinSizeRel" AND NOT TENON_COMPILER AND NOT TENON_TESTS)
  set(TENON_WITHOUT_UNWINDING ON)
  target_compile_options(tenon_options INTERFACE
    $<$<COMPILE_LANGUAGE:C,CXX>:-fno-asynchronous-unwind-tables;-fno-unwind-tables>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
endif()

set(TENON_SANITIZED OFF)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(TENON_SANITIZED ON)
endif()
