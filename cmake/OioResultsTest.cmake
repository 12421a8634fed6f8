# SPDX-License-Identifier: Apache-2.0
# oio_add_results_test(): a CTest test that fails when the runs of a golden database (docs/results-db.md) give other results, and says which figure and part moved.
#
#   oio_add_results_test(NAME name GOLDEN file.db)                  its runs are run again
#   oio_add_results_test(NAME name GOLDEN file.db NEW file.db)      NEW is there when the test runs
#   oio_add_results_test(NAME name GOLDEN file.db COMMAND program argument...)
#                                                                   NEW is what the command adds runs to: {db}
#     [TOLERANCE [figure=]number[%]...]  as of `oio results check`
#     [OPTIONS option...]                more of its options
#     [WORKING_DIRECTORY folder]         where runs find their files; without it, CMAKE_CURRENT_SOURCE_DIR
#
# The program is OIO_PROGRAM (find_package(oio) sets it), or the target `oio`, or the `oio` in PATH. Relative files are those of CMAKE_CURRENT_SOURCE_DIR; of NEW,
# of CMAKE_CURRENT_BINARY_DIR.

# As a script: makes the new runs, then checks.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(REMOVE ${OIO_RESULTS_NEW})
  execute_process(COMMAND ${OIO_RESULTS_COMMAND} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the command that makes the new runs failed: ${status}")
  endif()
  execute_process(COMMAND ${OIO_RESULTS_CHECK} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "oio results check: exit status ${status}")
  endif()
  return()
endif()

set(OIO_RESULTS_TEST_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(oio_add_results_test)
  cmake_parse_arguments(PARSE_ARGV 0 RESULTS "" "NAME;GOLDEN;NEW;WORKING_DIRECTORY" "COMMAND;TOLERANCE;OPTIONS")
  if(NOT RESULTS_NAME OR NOT RESULTS_GOLDEN OR RESULTS_UNPARSED_ARGUMENTS OR (RESULTS_NEW AND RESULTS_COMMAND))
    message(FATAL_ERROR "oio_add_results_test() wants NAME, GOLDEN, and one of NEW and COMMAND or none; it does not know: ${RESULTS_UNPARSED_ARGUMENTS}")
  endif()
  if(TARGET oio AND NOT OIO_PROGRAM)
    set(program $<TARGET_FILE:oio>)
  elseif(OIO_PROGRAM)
    set(program ${OIO_PROGRAM})
  else()
    set(program oio)
  endif()
  if(NOT RESULTS_WORKING_DIRECTORY)
    set(RESULTS_WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  cmake_path(ABSOLUTE_PATH RESULTS_GOLDEN BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  if(RESULTS_COMMAND)
    set(RESULTS_NEW ${RESULTS_NAME}.db)
  endif()
  if(RESULTS_NEW)
    cmake_path(ABSOLUTE_PATH RESULTS_NEW BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)
  endif()
  set(check ${program} results check ${RESULTS_GOLDEN} ${RESULTS_NEW})
  foreach(tolerance ${RESULTS_TOLERANCE})
    list(APPEND check --tolerance ${tolerance})
  endforeach()
  list(APPEND check ${RESULTS_OPTIONS})
  if(NOT RESULTS_COMMAND)
    add_test(NAME ${RESULTS_NAME} COMMAND ${check} WORKING_DIRECTORY ${RESULTS_WORKING_DIRECTORY})
    return()
  endif()
  list(POP_FRONT RESULTS_COMMAND first)
  if(TARGET ${first})
    set(first $<TARGET_FILE:${first}>)
  endif()
  list(PREPEND RESULTS_COMMAND ${first})
  string(REPLACE "{db}" ${RESULTS_NEW} RESULTS_COMMAND "${RESULTS_COMMAND}")
  add_test(NAME ${RESULTS_NAME}
    COMMAND ${CMAKE_COMMAND} "-DOIO_RESULTS_NEW=${RESULTS_NEW}" "-DOIO_RESULTS_COMMAND=${RESULTS_COMMAND}" "-DOIO_RESULTS_CHECK=${check}"
      -P ${OIO_RESULTS_TEST_SCRIPT}
    WORKING_DIRECTORY ${RESULTS_WORKING_DIRECTORY})
endfunction()
