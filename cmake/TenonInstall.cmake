# What is installed: libtenon with its headers, tenon, tenonc, their manual pages and completions, and
# the files by which CMake and pkg-config find them. The same TenonConfig.cmake serves the build tree
# and every install tree.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(TENON_PROCESSOR ${CMAKE_SYSTEM_PROCESSOR})

# ---- find_package in the build tree
set(TENON_CONFIG_LIBRARIES ${PROJECT_BINARY_DIR}/lib)
set(TENON_CONFIG_HEADERS ${header_directory})
set(TENON_CONFIG_PROGRAMS ${PROJECT_BINARY_DIR}/bin)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/TenonConfig.cmake.in
  ${PROJECT_BINARY_DIR}/TenonConfig.cmake INSTALL_DESTINATION ${PROJECT_BINARY_DIR}
  INSTALL_PREFIX ${PROJECT_BINARY_DIR}
  PATH_VARS TENON_CONFIG_LIBRARIES TENON_CONFIG_HEADERS TENON_CONFIG_PROGRAMS
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/TenonConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file(${CMAKE_CURRENT_LIST_DIR}/TenonAotModule.cmake
  ${PROJECT_BINARY_DIR}/TenonAotModule.cmake COPYONLY)

# ---- the install tree, which can be moved: no file in it contains its path
set(TENON_CONFIG_LIBRARIES ${CMAKE_INSTALL_LIBDIR})
set(TENON_CONFIG_HEADERS ${CMAKE_INSTALL_INCLUDEDIR}/tenon)
set(TENON_CONFIG_PROGRAMS ${CMAKE_INSTALL_BINDIR})
# The compiler's package does not belong to one architecture's libraries, so it has its own directory.
set(config_directories ${CMAKE_INSTALL_LIBDIR}/cmake/Tenon)
set(config_components development)
if(TARGET tenonc)
  list(APPEND config_directories lib/cmake/Tenon)
  list(APPEND config_components compiler)
endif()
foreach(directory component IN ZIP_LISTS config_directories config_components)
  configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/TenonConfig.cmake.in
    ${PROJECT_BINARY_DIR}/${component}/TenonConfig.cmake INSTALL_DESTINATION ${directory}
    PATH_VARS TENON_CONFIG_LIBRARIES TENON_CONFIG_HEADERS TENON_CONFIG_PROGRAMS
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  install(FILES ${PROJECT_BINARY_DIR}/${component}/TenonConfig.cmake
    ${PROJECT_BINARY_DIR}/TenonConfigVersion.cmake ${CMAKE_CURRENT_LIST_DIR}/TenonAotModule.cmake
    DESTINATION ${directory} COMPONENT ${component})
endforeach()

string(REGEX REPLACE "[^/]+" ".." TENON_PC_PREFIX ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_file(${CMAKE_CURRENT_LIST_DIR}/tenon.pc.in ${PROJECT_BINARY_DIR}/tenon.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tenon.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
list(TRANSFORM TENON_PUBLIC_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/runtime/include/ OUTPUT_VARIABLE headers)
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tenon COMPONENT development)
install(TARGETS tenon_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(TARGETS tenon_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS tenon RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
if(TARGET tenonc)
  install(TARGETS tenonc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT compiler)
endif()

# ---- manual pages and shell completion, from what --help prints. A program that neither this machine
# nor an emulator runs has none, and nothing has without Python.
find_package(Python3 COMPONENTS Interpreter)
set(documented tenon)
if(TARGET tenonc)
  list(APPEND documented tenonc)
endif()
if(NOT Python3_FOUND)
  message(STATUS "Without Python 3 there are no manual pages and no completions")
  set(documented)
elseif(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  set(documented)
endif()
foreach(program ${documented})
  set(component runtime)
  if(program STREQUAL "tenonc")
    set(component compiler)
  endif()
  set(documents ${PROJECT_BINARY_DIR}/documents/${program})
  add_custom_command(
    OUTPUT ${documents}.1 ${documents}.bash ${documents}.zsh ${documents}.fish
    COMMAND ${program} --help > ${documents}.help
    COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/documents.py ${program} ${PROJECT_VERSION}
            ${documents}.help ${documents}
    DEPENDS ${program} ${CMAKE_CURRENT_LIST_DIR}/documents.py
    COMMENT "Writing the manual page and the completions of ${program}"
    VERBATIM)
  add_custom_target(${program}_documents ALL DEPENDS ${documents}.1)
  install(FILES ${documents}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ${component})
  install(FILES ${documents}.bash RENAME ${program}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT ${component})
  install(FILES ${documents}.zsh RENAME _${program}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT ${component})
  install(FILES ${documents}.fish RENAME ${program}.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT ${component})
endforeach()
