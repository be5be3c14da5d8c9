# tenon_add_aot_module(name WASM file [TARGET t...] [CPU c...] [OPTIONS o...] [OUTPUT path])
#
# Adds a target `name`, part of `all`, that compiles a WebAssembly module to a .aot file. The file
# is made again when the module or the compiler changes. WASM is relative to the source directory,
# OUTPUT to the binary directory (default: <name>.aot); the path is the target's property
# TENON_AOT_FILE. The compiler runs on the build machine, so it is TENON_COMPILER_EXECUTABLE where
# that is set, else the tenonc of this build, else one on the PATH.
include_guard(GLOBAL)

function(tenon_add_aot_module name)
  cmake_parse_arguments(PARSE_ARGV 1 AOT "" "WASM;OUTPUT" "TARGET;CPU;OPTIONS")
  if(AOT_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tenon_add_aot_module(${name}): unknown arguments ${AOT_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT AOT_WASM)
    message(FATAL_ERROR "tenon_add_aot_module(${name}): WASM, the module to compile, is missing")
  endif()
  if(NOT AOT_OUTPUT)
    set(AOT_OUTPUT ${name}.aot)
  endif()
  cmake_path(ABSOLUTE_PATH AOT_WASM BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  cmake_path(ABSOLUTE_PATH AOT_OUTPUT BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)

  if(TENON_COMPILER_EXECUTABLE)
    set(compiler ${TENON_COMPILER_EXECUTABLE})
    set(compiler_dependency ${TENON_COMPILER_EXECUTABLE})
  elseif(TARGET tenonc AND NOT CMAKE_CROSSCOMPILING)
    set(compiler $<TARGET_FILE:tenonc>)
    set(compiler_dependency tenonc)
  else()
    find_program(TENON_COMPILER_FOUND tenonc REQUIRED)
    set(compiler ${TENON_COMPILER_FOUND})
    set(compiler_dependency ${TENON_COMPILER_FOUND})
  endif()

  set(arguments)
  foreach(target ${AOT_TARGET})
    list(APPEND arguments --target=${target})
  endforeach()
  foreach(cpu ${AOT_CPU})
    list(APPEND arguments --cpu=${cpu})
  endforeach()
  add_custom_command(
    OUTPUT ${AOT_OUTPUT}
    COMMAND ${compiler} ${arguments} ${AOT_OPTIONS} ${AOT_WASM} -o ${AOT_OUTPUT}
    DEPENDS ${AOT_WASM} ${compiler_dependency}
    COMMENT "Compiling ${name} ahead of time"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${AOT_OUTPUT})
  set_target_properties(${name} PROPERTIES TENON_AOT_FILE ${AOT_OUTPUT})
endfunction()
