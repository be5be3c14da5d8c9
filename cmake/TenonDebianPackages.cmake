# Debian packages by CPack, made by cmake/make_packages.sh:
#   tenon           the program and the shared library; depends on Debian's C and C++ libraries alone
#   libtenon-dev    headers, the static library, CMake and pkg-config files
#   tenon-compiler  tenonc and its CMake files; depends on LLVM's shared library
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tenon)
set(CPACK_PACKAGE_VENDOR Tenon)
set(CPACK_PACKAGE_CONTACT "Tenon's developers <tenon@localhost>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL runtime development)
if(TARGET tenonc)
  list(APPEND CPACK_COMPONENTS_ALL compiler)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME tenon)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "loader and runtime for WebAssembly compiled ahead of time
 Runs the .aot files that tenonc makes from WebAssembly modules: the program
 tenon and the shared library libtenon. Needs no compiler and no LLVM.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libtenon-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "tenon (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "loader for WebAssembly compiled ahead of time, development files
 Headers (wasm_export.h, tenon.h), the static library, and what CMake and
 pkg-config need to build programs that embed it.")
set(CPACK_DEBIAN_COMPILER_PACKAGE_NAME tenon-compiler)
set(CPACK_DEBIAN_COMPILER_PACKAGE_SUGGESTS "libtenon-dev, tenon")
set(CPACK_DEBIAN_COMPILER_DESCRIPTION "ahead-of-time compiler for WebAssembly
 The program tenonc, which compiles WebAssembly modules to native code for
 x86-64, ARM and RISC-V, and the CMake function tenon_add_aot_module.")

# Of a cross-built program, dpkg-shlibdeps would name this machine's cross packages.
if(CMAKE_CROSSCOMPILING)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "libc6, libstdc++6, libgcc-s1")
  set(architectures aarch64 arm64 riscv64 riscv64 armv7l armhf x86_64 amd64)
  list(FIND architectures ${CMAKE_SYSTEM_PROCESSOR} index)
  math(EXPR index "${index} + 1")
  list(GET architectures ${index} CPACK_DEBIAN_PACKAGE_ARCHITECTURE)
else()
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)
