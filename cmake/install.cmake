# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` lays down. Nothing in the installed tree holds the prefix, so it can be moved.
#   bin/      oio, and beside it every bench that this build made
#   lib/      liboio, liboio_dpi (static and shared); cmake/oio (find_package), pkgconfig/oio.pc, oio-dpi.pc
#   include/  oio/*.h, oio/dpi/*.h (C), oio/systemc/*.h (C++)
#   share/    oio/rtl, oio/dpi (SystemVerilog), oio/examples, oio/traces; doc/oio; man/man1
include(CMakePackageConfigHelpers)
set(oio_data ${CMAKE_INSTALL_DATADIR}/oio)
set(oio_package ${CMAKE_INSTALL_LIBDIR}/cmake/oio)

install(TARGETS oio_shared oio_static oio_dpi_shared oio_dpi EXPORT oio)
install(DIRECTORY cmodel/include/oio DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(EXPORT oio NAMESPACE oio:: FILE oioTargets.cmake DESTINATION ${oio_package})
configure_package_config_file(cmake/oioConfig.cmake.in oioConfig.cmake INSTALL_DESTINATION ${oio_package}
  PATH_VARS CMAKE_INSTALL_BINDIR oio_data)
write_basic_package_version_file(oioConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/oioConfig.cmake ${PROJECT_BINARY_DIR}/oioConfigVersion.cmake cmake/OioWaveTest.cmake cmake/OioResultsTest.cmake cmake/OioMadeThenChecked.cmake cmake/OioSystemC.cmake cmake/OioCosim.cmake
  DESTINATION ${oio_package})

# oio.pc finds the prefix from its own place, unless the library folder is an absolute path.
set(oio_pc_prefix ${CMAKE_INSTALL_PREFIX})
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  file(RELATIVE_PATH oio_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" oio_pc_prefix "\${pcfiledir}/${oio_pc_prefix}")
endif()
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY "\${prefix}" OUTPUT_VARIABLE oio_pc_libdir)
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_INCLUDEDIR BASE_DIRECTORY "\${prefix}" OUTPUT_VARIABLE oio_pc_includedir)
cmake_path(ABSOLUTE_PATH oio_data BASE_DIRECTORY "\${prefix}" OUTPUT_VARIABLE oio_pc_data)
foreach(package oio oio-dpi)
  configure_file(cmake/${package}.pc.in ${package}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# `oio cosim` looks for the benches in its own folder, `oio results serve` for its server.
install(TARGETS oio oio-results-serve wavediff)
get_property(oio_bench_folders DIRECTORY testbench PROPERTY SUBDIRECTORIES)
foreach(folder ${oio_bench_folders})
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE AND target MATCHES "^oio-(cosim|c2c|systemc)")
      install(TARGETS ${target} RUNTIME OPTIONAL)
    endif()
  endforeach()
endforeach()

install(FILES ${OIO_RTL_SOURCES} rtl/oio_rtl.f DESTINATION ${oio_data}/rtl)
install(PROGRAMS rtl/to_verilog.sh DESTINATION ${oio_data}/rtl)
install(DIRECTORY bridge/dpi DESTINATION ${oio_data} FILES_MATCHING PATTERN *.sv PATTERN *.f PATTERN *.cpp)
install(DIRECTORY bridge/dpi bridge/systemc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/oio FILES_MATCHING PATTERN *.h)
install(FILES tools/seeing/wireshark/oio.lua DESTINATION ${oio_data}/wireshark)
install(DIRECTORY examples DESTINATION ${oio_data})
install(DIRECTORY traces DESTINATION ${oio_data})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN *.json)
install(FILES cmodel/SPEC.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md cmodel/DESIGN.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES docs/oio.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
