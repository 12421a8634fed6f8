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

include(${CMAKE_CURRENT_LIST_DIR}/OioMadeThenChecked.cmake)

function(oio_add_wave_test)
  cmake_parse_arguments(PARSE_ARGV 0 WAVE "" "NAME;GOLDEN;NEW;RULES;WORKING_DIRECTORY" "COMMAND;OPTIONS")
  if(NOT WAVE_NAME OR NOT WAVE_GOLDEN OR WAVE_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "oio_add_wave_test() wants NAME and GOLDEN; it does not know: ${WAVE_UNPARSED_ARGUMENTS}")
  endif()
  oio_program_of_tests(program)
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
  oio_add_made_then_checked(NAME ${WAVE_NAME} NEW ${WAVE_NEW} PLACEHOLDER "{out}" CHECK_NAME "oio wavediff"
    COMMAND ${WAVE_COMMAND} CHECK ${compare} WORKING_DIRECTORY ${WAVE_WORKING_DIRECTORY})
endfunction()
