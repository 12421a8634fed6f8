# SPDX-License-Identifier: Apache-2.0
# What oio_add_wave_test() and oio_add_results_test() share: a CTest test that has a command make a file anew, and then an `oio` command look at it.

# As a script: OIO_NEW is made by OIO_COMMAND, then OIO_CHECK is run, called OIO_CHECK_NAME.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(REMOVE ${OIO_NEW})
  execute_process(COMMAND ${OIO_COMMAND} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the command that makes the new run failed: ${status}")
  endif()
  execute_process(COMMAND ${OIO_CHECK} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${OIO_CHECK_NAME}: exit status ${status}")
  endif()
  return()
endif()

set(OIO_MADE_THEN_CHECKED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

# Sets VARIABLE to the `oio` of a test: OIO_PROGRAM, or the target, or that in PATH.
function(oio_program_of_tests variable)
  if(TARGET oio AND NOT OIO_PROGRAM)
    set(${variable} $<TARGET_FILE:oio> PARENT_SCOPE)
  elseif(OIO_PROGRAM)
    set(${variable} ${OIO_PROGRAM} PARENT_SCOPE)
  else()
    set(${variable} oio PARENT_SCOPE)
  endif()
endfunction()

# The test: COMMAND, a target or a program with arguments, makes NEW, which PLACEHOLDER stands for in them; CHECK is called CHECK_NAME.
function(oio_add_made_then_checked)
  cmake_parse_arguments(PARSE_ARGV 0 MADE "" "NAME;NEW;PLACEHOLDER;CHECK_NAME;WORKING_DIRECTORY" "COMMAND;CHECK")
  list(POP_FRONT MADE_COMMAND first)
  if(TARGET ${first})
    set(first $<TARGET_FILE:${first}>)
  endif()
  list(PREPEND MADE_COMMAND ${first})
  string(REPLACE "${MADE_PLACEHOLDER}" ${MADE_NEW} MADE_COMMAND "${MADE_COMMAND}")
  add_test(NAME ${MADE_NAME}
    COMMAND ${CMAKE_COMMAND} "-DOIO_NEW=${MADE_NEW}" "-DOIO_COMMAND=${MADE_COMMAND}" "-DOIO_CHECK=${MADE_CHECK}" "-DOIO_CHECK_NAME=${MADE_CHECK_NAME}"
      -P ${OIO_MADE_THEN_CHECKED_SCRIPT}
    WORKING_DIRECTORY ${MADE_WORKING_DIRECTORY})
endfunction()
