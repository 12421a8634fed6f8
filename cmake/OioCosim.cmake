# SPDX-License-Identifier: Apache-2.0
# oio_add_cosim(): a bench around a link end of one's own RTL (docs/bring-your-own-rtl.md), built with the project and run as a CTest test.
#
#   oio_add_cosim(NAME name TOP module SOURCES file...)
#     [MAP file]                 a port map; of its lines top, source and verilator those that the arguments make stand here. Without it the ports are
#                                guessed, and name/port.map has the guess, to be taken into the project and mended there
#     [CLOCK pin] [RESET pin low|high]  in place of what was guessed, or of the map's
#     [BYTES 64|128|256]         what a beat of the line is to have, where the ports are guessed
#     [FACE flit|stream]         what the map must come to: a stream's flits end with `last`, others do not
#     [PROFILE plain]            there is no other
#     [VERILATOR_ARGS argument...]
#     [ARGS plusarg...]          of the test: +set=NAME=VALUE,... and those of the device
#
# The target is `name`, its program name/build/bench in CMAKE_CURRENT_BINARY_DIR. Relative files are those of CMAKE_CURRENT_SOURCE_DIR.

# What the component wants of the machine; OIO_COSIM_FAULT: what is missing.
function(oio_find_cosim)
  set(fault)
  find_program(OIO_VERILATOR verilator)
  find_program(OIO_MAKE NAMES gmake make)
  if(NOT OIO_VERILATOR)
    set(fault "verilator is not found: install it, 5.006 or later")
  elseif(NOT OIO_MAKE)
    set(fault "make is not found: install it")
  endif()
  set(OIO_COSIM_FAULT ${fault} PARENT_SCOPE)
endfunction()

# Runs oio new-bench with the other arguments; `said`: what was wrong, or nothing.
function(oio_new_bench said)
  execute_process(COMMAND ${OIO_PROGRAM} new-bench ${ARGN} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE error)
  if(status EQUAL 0)
    set(error)
  endif()
  set(${said} "${error}" PARENT_SCOPE)
endfunction()

# The text in that variable without its lines that begin with one of the words.
function(oio_without_lines variable words)
  string(REGEX REPLACE "\n(${words})[ \t][^\n]*" "" text "\n${${variable}}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# The bench's folder from the arguments of oio_add_cosim(). It is made beside it first: what comes out the same is not built again.
function(oio_make_bench_folder folder)
  set(made ${folder}.made)
  set(words --top ${COSIM_TOP} --sources ${COSIM_SOURCES})
  if(COSIM_BYTES)
    list(APPEND words --bytes ${COSIM_BYTES})
  endif()
  foreach(argument IN LISTS COSIM_VERILATOR_ARGS)
    list(APPEND words --verilator ${argument})
  endforeach()
  file(REMOVE_RECURSE ${made})
  oio_new_bench(said ${made} ${words})
  # A guess that does not come out leaves its map, which the arguments may complete.
  if(said AND (NOT EXISTS ${made}/port.map OR NOT (COSIM_MAP OR COSIM_CLOCK OR COSIM_RESET)))
    message(FATAL_ERROR "oio_add_cosim(NAME ${COSIM_NAME}): ${said}")
  endif()
  file(READ ${made}/port.map map)
  if(COSIM_MAP)
    string(REGEX MATCHALL "(^|\n)(top|source|verilator)[ \t][^\n]*" head "${map}")
    string(REPLACE ";" "" head "${head}")
    file(READ ${COSIM_MAP} map)
    oio_without_lines(map "top|source|verilator")
    string(PREPEND map "${head}\n")
  endif()
  if(COSIM_CLOCK)
    oio_without_lines(map clock)
    string(APPEND map "\nclock ${COSIM_CLOCK}\n")
  endif()
  if(COSIM_RESET)
    oio_without_lines(map reset)
    string(REPLACE ";" " " reset "${COSIM_RESET}")
    string(APPEND map "\nreset ${reset}\n")
  endif()
  if(COSIM_MAP OR COSIM_CLOCK OR COSIM_RESET)
    file(WRITE ${made}/port.map "${map}")
    oio_new_bench(said ${made})
    if(said)
      message(FATAL_ERROR "oio_add_cosim(NAME ${COSIM_NAME}): ${said}")
    endif()
  endif()
  set(face flit)
  if(map MATCHES "\nline\\.out\\.last[ \t]+[^- \t\n]")
    set(face stream)
  endif()
  if(COSIM_FACE AND NOT COSIM_FACE STREQUAL face)
    message(FATAL_ERROR "oio_add_cosim(NAME ${COSIM_NAME}): the face is ${face}, not ${COSIM_FACE}: see line.out.last in ${made}/port.map")
  endif()
  file(MAKE_DIRECTORY ${folder})
  foreach(file port.map bench.sv Makefile README.md)
    file(COPY_FILE ${made}/${file} ${folder}/${file} ONLY_IF_DIFFERENT)
  endforeach()
endfunction()

function(oio_add_cosim)
  cmake_parse_arguments(PARSE_ARGV 0 COSIM "" "NAME;TOP;MAP;CLOCK;BYTES;FACE;PROFILE" "SOURCES;RESET;VERILATOR_ARGS;ARGS")
  if(NOT COSIM_NAME OR NOT COSIM_TOP OR NOT COSIM_SOURCES OR COSIM_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "oio_add_cosim() wants NAME, TOP and SOURCES; it does not know: ${COSIM_UNPARSED_ARGUMENTS}")
  endif()
  if(COSIM_FACE AND NOT COSIM_FACE MATCHES "^(flit|stream)$")
    message(FATAL_ERROR "oio_add_cosim(NAME ${COSIM_NAME}): there is no face ${COSIM_FACE}: flit and stream")
  endif()
  if(COSIM_PROFILE AND NOT COSIM_PROFILE STREQUAL plain)
    message(FATAL_ERROR "oio_add_cosim(NAME ${COSIM_NAME}): there is no bench for profile ${COSIM_PROFILE}: plain. RTL with the ports of oio_bridge goes under oio cosim, see docs/rtl.md")
  endif()
  if(COSIM_MAP AND COSIM_BYTES)
    message(FATAL_ERROR "oio_add_cosim(NAME ${COSIM_NAME}): with MAP the ports are not guessed: leave BYTES out")
  endif()
  set(files ${COSIM_SOURCES})
  set(COSIM_SOURCES)
  foreach(file IN LISTS files)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    list(APPEND COSIM_SOURCES ${file})
  endforeach()
  if(COSIM_MAP)
    cmake_path(ABSOLUTE_PATH COSIM_MAP BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  endif()
  # Ports are guessed when the project is configured, so a changed source or map configures it again.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${COSIM_SOURCES} ${COSIM_MAP})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${COSIM_NAME})
  oio_make_bench_folder(${folder})
  get_target_property(library oio::dpi LOCATION)
  cmake_path(GET library PARENT_PATH libraries)
  add_custom_command(OUTPUT ${folder}/build/bench
    COMMAND ${OIO_MAKE} -s -C ${folder} build/bench OIO=${OIO_PROGRAM} VERILATOR=${OIO_VERILATOR} OIO_DPI=${OIO_DPI_DIR} "OIO_LIBS=-L${libraries} -loio_dpi -loio -Wl,-rpath,${libraries}"
    DEPENDS ${COSIM_SOURCES} ${folder}/port.map ${folder}/bench.sv ${folder}/Makefile
    COMMENT "Building the bench ${COSIM_NAME}" VERBATIM)
  add_custom_target(${COSIM_NAME} ALL DEPENDS ${folder}/build/bench)
  add_test(NAME ${COSIM_NAME} COMMAND ${folder}/build/bench ${COSIM_ARGS})
endfunction()
