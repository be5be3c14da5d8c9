# tenon_add_aot_module(name WASM file|target
#                      [TARGET t [CPU c...]]... [OPTIONS o...]
#                      [OUTPUT path] [EMBED symbol] [INSTALL dir])
#
# Adds a target `name`, part of `all`, that compiles a WebAssembly module to a .aot file. The file
# is made again when the module, the options or the compiler change.
#
#   WASM     a file (relative to the source directory), or a target: an executable, whose file is
#            the module, or any other with the module's path in its property TENON_WASM_FILE
#   TARGET   machines to compile for, each with the CPU levels that follow it; several make one file
#            for all. Default: the machine this project is built for
#   CPU      without TARGET: levels of that machine
#   OPTIONS  further options of tenonc
#   OUTPUT   relative to the binary directory; default: <name>.aot
#   EMBED    `name` becomes a library to link with. It holds the file, page aligned, under the
#            symbol, so that the loader uses it without a copy, and has a header <symbol>.h
#            (const unsigned char symbol[]; const uint32_t symbol_size). Needs C or C++ enabled.
#   INSTALL  installs the file into this directory
#
# The target's property TENON_AOT_FILE is the .aot file's path. The compiler runs on the build
# machine. It is TENON_COMPILER_EXECUTABLE if that is set, otherwise Tenon::tenonc, otherwise a tenonc
# on the PATH.
include_guard(GLOBAL)

# Sets `command` to the compiler's path and `dependency` to what must be up to date before it runs.
function(_tenon_find_compiler command dependency)
  if(TENON_COMPILER_EXECUTABLE)
    set(compiler ${TENON_COMPILER_EXECUTABLE})
    set(depends ${TENON_COMPILER_EXECUTABLE})
  elseif(TARGET Tenon::tenonc)
    set(compiler $<TARGET_FILE:Tenon::tenonc>)
    set(depends $<TARGET_FILE:Tenon::tenonc>)
  else()
    find_program(TENON_COMPILER_FOUND tenonc NO_CMAKE_FIND_ROOT_PATH
      DOC "The build machine's tenonc; TENON_COMPILER_EXECUTABLE overrides it")
    if(NOT TENON_COMPILER_FOUND)
      message(FATAL_ERROR "tenon_add_aot_module: there is no tenonc on this machine's PATH; "
        "install tenon-compiler, or set TENON_COMPILER_EXECUTABLE")
    endif()
    set(compiler ${TENON_COMPILER_FOUND})
    set(depends ${TENON_COMPILER_FOUND})
  endif()
  set(${command} ${compiler} PARENT_SCOPE)
  set(${dependency} ${depends} PARENT_SCOPE)
endfunction()

# Adds the library `name` that holds `file` under `symbol`.
function(_tenon_embed name file symbol)
  if(NOT symbol MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "tenon_add_aot_module(${name}): EMBED ${symbol} is not a valid symbol name")
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(C IN_LIST languages)
    set(extension c)
  elseif(CXX IN_LIST languages)
    set(extension cc)
  else()
    message(FATAL_ERROR "tenon_add_aot_module(${name}): EMBED needs C or C++; see project(LANGUAGES)")
  endif()
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/${name}.embedded)
  file(CONFIGURE OUTPUT ${directory}/${symbol}.h @ONLY CONTENT [=[
/* The compiled module @name@, page aligned: wasm_runtime_load((uint8_t*)@symbol@, @symbol@_size, ...)
 * uses it in place. */
#pragma once
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
extern const unsigned char @symbol@[];
extern const uint32_t @symbol@_size;
#ifdef __cplusplus
}
#endif
]=])
  file(CONFIGURE OUTPUT ${directory}/${symbol}.${extension} @ONLY CONTENT [=[
/* Made by tenon_add_aot_module(@name@). Whole pages of a section that is never written, so that the
 * loader can make code executable in place. */
__asm__(
    ".pushsection .rodata.tenon, \"a\", %progbits\n"
    ".balign 4096\n"
    ".globl @symbol@\n"
    ".type @symbol@, %object\n"
    "@symbol@:\n"
    ".incbin \"@file@\"\n"
    "1:\n"
    ".size @symbol@, 1b - @symbol@\n"
    ".balign 4096\n"
    ".globl @symbol@_size\n"
    ".type @symbol@_size, %object\n"
    "@symbol@_size: .4byte 1b - @symbol@\n"
    ".size @symbol@_size, 4\n"
    ".popsection\n");
]=])
  set_source_files_properties(${directory}/${symbol}.${extension} PROPERTIES
    OBJECT_DEPENDS ${file} SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
  add_library(${name} OBJECT ${directory}/${symbol}.${extension})
  target_include_directories(${name} INTERFACE ${directory})
endfunction()

function(tenon_add_aot_module name)
  set(target_options)
  set(keyword)
  foreach(argument IN LISTS ARGN)
    if(argument MATCHES "^(WASM|OUTPUT|EMBED|INSTALL|TARGET|CPU|OPTIONS)$")
      set(keyword ${argument})
    elseif(keyword MATCHES "^(WASM|OUTPUT|EMBED|INSTALL)$")
      if(DEFINED AOT_${keyword})
        message(FATAL_ERROR "tenon_add_aot_module(${name}): ${keyword} takes one value, ${argument} is another")
      endif()
      set(AOT_${keyword} ${argument})
    elseif(keyword STREQUAL "TARGET")
      list(APPEND target_options --target=${argument})
    elseif(keyword STREQUAL "CPU")
      list(APPEND target_options --cpu=${argument})
    elseif(keyword STREQUAL "OPTIONS")
      list(APPEND AOT_OPTIONS ${argument})
    else()
      message(FATAL_ERROR "tenon_add_aot_module(${name}): ${argument} follows no keyword")
    endif()
  endforeach()
  if(NOT AOT_WASM)
    message(FATAL_ERROR "tenon_add_aot_module(${name}): WASM, the module to compile, is missing")
  endif()
  if(NOT target_options MATCHES "--target=" AND CMAKE_SYSTEM_PROCESSOR)
    list(PREPEND target_options --target=${CMAKE_SYSTEM_PROCESSOR})
  endif()
  if(NOT AOT_OUTPUT)
    set(AOT_OUTPUT ${name}.aot)
  endif()
  cmake_path(ABSOLUTE_PATH AOT_OUTPUT BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)

  cmake_path(GET AOT_OUTPUT PARENT_PATH directory)
  file(MAKE_DIRECTORY ${directory})

  set(wasm_dependency)
  if(TARGET ${AOT_WASM})
    get_target_property(type ${AOT_WASM} TYPE)
    if(type STREQUAL "EXECUTABLE")
      set(wasm $<TARGET_FILE:${AOT_WASM}>)
    else()
      get_target_property(wasm ${AOT_WASM} TENON_WASM_FILE)
      if(NOT wasm)
        message(FATAL_ERROR "tenon_add_aot_module(${name}): the target ${AOT_WASM} is not an executable "
          "and has no property TENON_WASM_FILE that says where its module is")
      endif()
    endif()
    set(wasm_dependency ${AOT_WASM})
  else()
    cmake_path(ABSOLUTE_PATH AOT_WASM BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE wasm)
  endif()

  _tenon_find_compiler(compiler compiler_dependency)
  # Not every generator notices a changed command, but all notice a changed file.
  set(options_file ${CMAKE_CURRENT_BINARY_DIR}/${name}.options)
  file(CONFIGURE OUTPUT ${options_file} CONTENT "${target_options} ${AOT_OPTIONS}\n")
  add_custom_command(
    OUTPUT ${AOT_OUTPUT}
    COMMAND ${compiler} ${target_options} ${AOT_OPTIONS} ${wasm} -o ${AOT_OUTPUT}
    DEPENDS ${wasm} ${wasm_dependency} ${compiler_dependency} ${options_file}
    COMMENT "Compiling ${name} ahead of time"
    VERBATIM)
  if(AOT_EMBED)
    add_custom_target(${name}_aot ALL DEPENDS ${AOT_OUTPUT})
    _tenon_embed(${name} ${AOT_OUTPUT} ${AOT_EMBED})
    add_dependencies(${name} ${name}_aot)
  else()
    add_custom_target(${name} ALL DEPENDS ${AOT_OUTPUT})
  endif()
  set_target_properties(${name} PROPERTIES TENON_AOT_FILE ${AOT_OUTPUT})
  if(AOT_INSTALL)
    install(FILES ${AOT_OUTPUT} DESTINATION ${AOT_INSTALL})
  endif()
endfunction()
