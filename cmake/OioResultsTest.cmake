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

include(${CMAKE_CURRENT_LIST_DIR}/OioMadeThenChecked.cmake)

function(oio_add_results_test)
  cmake_parse_arguments(PARSE_ARGV 0 RESULTS "" "NAME;GOLDEN;NEW;WORKING_DIRECTORY" "COMMAND;TOLERANCE;OPTIONS")
  if(NOT RESULTS_NAME OR NOT RESULTS_GOLDEN OR RESULTS_UNPARSED_ARGUMENTS OR (RESULTS_NEW AND RESULTS_COMMAND))
    message(FATAL_ERROR "oio_add_results_test() wants NAME, GOLDEN, and one of NEW and COMMAND or none; it does not know: ${RESULTS_UNPARSED_ARGUMENTS}")
  endif()
  oio_program_of_tests(program)
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
  oio_add_made_then_checked(NAME ${RESULTS_NAME} NEW ${RESULTS_NEW} PLACEHOLDER "{db}" CHECK_NAME "oio results check"
    COMMAND ${RESULTS_COMMAND} CHECK ${check} WORKING_DIRECTORY ${RESULTS_WORKING_DIRECTORY})
endfunction()
