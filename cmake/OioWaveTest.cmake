# SPDX-License-Identifier: Apache-2.0
# oio_add_wave_test(): a CTest test that fails when waves are no longer what they were, and then prints what changed first.
#
#   oio_add_wave_test(NAME name GOLDEN FOLDER)                    all goldens of a folder: their commands are run
#   oio_add_wave_test(NAME name GOLDEN FOLDER/golden)             one of them
#   oio_add_wave_test(NAME name GOLDEN file NEW file)             two waveforms; NEW is there when the test runs
#   oio_add_wave_test(NAME name GOLDEN file COMMAND program argument...)
#                                                                 NEW is what the command writes to {out}, which ends in .fst
#     [RULES file]                docs/wavediff.md; a kept golden has its own
#     [OPTIONS option...]         more options, of `oio wave check` in the first two forms, of `oio wavediff` in the others
#     [WORKING_DIRECTORY folder]  where commands run; without it, CMAKE_CURRENT_BINARY_DIR
#
# The program is OIO_PROGRAM (find_package(oio) sets it), or the target `oio`, or the `oio` in PATH. Relative files are those of CMAKE_CURRENT_SOURCE_DIR.

# As a script: makes the new run, then compares.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(REMOVE ${OIO_WAVE_NEW})
  execute_process(COMMAND ${OIO_WAVE_COMMAND} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the command that makes the new run failed: ${status}")
  endif()
  execute_process(COMMAND ${OIO_WAVE_COMPARE} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "oio wavediff: exit status ${status}")
  endif()
  return()
endif()

set(OIO_WAVE_TEST_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(oio_add_wave_test)
  cmake_parse_arguments(PARSE_ARGV 0 WAVE "" "NAME;GOLDEN;NEW;RULES;WORKING_DIRECTORY" "COMMAND;OPTIONS")
  if(NOT WAVE_NAME OR NOT WAVE_GOLDEN OR WAVE_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "oio_add_wave_test() wants NAME and GOLDEN; it does not know: ${WAVE_UNPARSED_ARGUMENTS}")
  endif()
  if(TARGET oio AND NOT OIO_PROGRAM)
    set(program $<TARGET_FILE:oio>)
  elseif(OIO_PROGRAM)
    set(program ${OIO_PROGRAM})
  else()
    set(program oio)
  endif()
  if(NOT WAVE_WORKING_DIRECTORY)
    set(WAVE_WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  foreach(file GOLDEN RULES)
    if(WAVE_${file})
      cmake_path(ABSOLUTE_PATH WAVE_${file} BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    endif()
  endforeach()
  if(WAVE_NEW)
    cmake_path(ABSOLUTE_PATH WAVE_NEW BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)
  endif()

  if(NOT WAVE_NEW AND NOT WAVE_COMMAND)
    if(WAVE_RULES)
      message(FATAL_ERROR "oio_add_wave_test(NAME ${WAVE_NAME}): a kept golden has its own rules; give them to oio wave bless")
    endif()
    if(IS_DIRECTORY ${WAVE_GOLDEN})
      set(goldens ${WAVE_GOLDEN})
    else()
      cmake_path(GET WAVE_GOLDEN PARENT_PATH folder)
      cmake_path(GET WAVE_GOLDEN FILENAME name)
      string(REGEX REPLACE "\\.(fst|golden)$" "" name ${name})
      set(goldens ${folder} ${name})
    endif()
    add_test(NAME ${WAVE_NAME} COMMAND ${program} wave check ${goldens} --report ${WAVE_OPTIONS} WORKING_DIRECTORY ${WAVE_WORKING_DIRECTORY})
    return()
  endif()

  if(NOT WAVE_NEW)
    set(WAVE_NEW ${CMAKE_CURRENT_BINARY_DIR}/${WAVE_NAME}.fst)
  endif()
  set(compare ${program} wavediff ${WAVE_GOLDEN} ${WAVE_NEW})
  if(WAVE_RULES)
    list(APPEND compare --rules ${WAVE_RULES})
  endif()
  list(APPEND compare ${WAVE_OPTIONS})
  if(NOT WAVE_COMMAND)
    add_test(NAME ${WAVE_NAME} COMMAND ${compare} WORKING_DIRECTORY ${WAVE_WORKING_DIRECTORY})
    return()
  endif()
  list(POP_FRONT WAVE_COMMAND first)
  if(TARGET ${first})
    set(first $<TARGET_FILE:${first}>)
  endif()
  list(PREPEND WAVE_COMMAND ${first})
  string(REPLACE "{out}" ${WAVE_NEW} WAVE_COMMAND "${WAVE_COMMAND}")
  add_test(NAME ${WAVE_NAME}
    COMMAND ${CMAKE_COMMAND} "-DOIO_WAVE_NEW=${WAVE_NEW}" "-DOIO_WAVE_COMMAND=${WAVE_COMMAND}" "-DOIO_WAVE_COMPARE=${compare}"
      -P ${OIO_WAVE_TEST_SCRIPT}
    WORKING_DIRECTORY ${WAVE_WORKING_DIRECTORY})
endfunction()
