# What other projects use: the library Tenon::loader, static and shared, and the program
# Tenon::tenonc. The names are the same with add_subdirectory, FetchContent and find_package
# (TenonInstall.cmake).

set(TENON_PUBLIC_HEADERS wasm_export.h lib_export.h tenon.h)
set(header_directory ${PROJECT_BINARY_DIR}/include/tenon)
foreach(header ${TENON_PUBLIC_HEADERS})
  configure_file(${PROJECT_SOURCE_DIR}/runtime/include/${header} ${header_directory}/${header} COPYONLY)
endforeach()

# ---- the libraries, one file each, so that linking needs nothing else of Tenon
foreach(kind static shared)
  string(TOUPPER ${kind} type)
  add_library(tenon_${kind} ${type}
    $<TARGET_OBJECTS:tenon_runtime> $<TARGET_OBJECTS:tenon_mapping> $<TARGET_OBJECTS:tenon_format>)
  add_library(Tenon::loader_${kind} ALIAS tenon_${kind})
  set_target_properties(tenon_${kind} PROPERTIES OUTPUT_NAME tenon LINKER_LANGUAGE CXX
    ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_include_directories(tenon_${kind} INTERFACE ${header_directory})
endforeach()
target_link_libraries(tenon_static INTERFACE Threads::Threads stdc++ m)
target_link_libraries(tenon_shared PRIVATE Threads::Threads)
target_link_options(tenon_shared PRIVATE -Wl,--gc-sections -Wl,-z,defs)
add_library(tenon_loader INTERFACE)
target_link_libraries(tenon_loader INTERFACE $<IF:$<BOOL:${BUILD_SHARED_LIBS}>,tenon_shared,tenon_static>)
add_library(Tenon::loader ALIAS tenon_loader)
# A tenonc that is itself cross-built does not run here.
if(TARGET tenonc AND NOT CMAKE_CROSSCOMPILING)
  add_executable(Tenon::tenonc ALIAS tenonc)
endif()

