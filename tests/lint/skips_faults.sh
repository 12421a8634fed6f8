#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# skips_faults.sh SOURCE_FOLDER: skips.awk passes a log in which all ran, and names each test of one in which something could have run and did not.
set -eu
judge="awk -f $1/tests/lint/skips.awk"
unset OIO_ABSENT
export OIO_PRESENT=here

# test_log NAME STATUS: the log of one test, whose output is standard input.
test_log() {
  printf '1/9 Testing: %s\n1/9 Test: %s\nCommand: "x"\nOutput:\n%s\n' "$1" "$1" "----------"
  cat
  printf '<end of output>\nTest time =   0.00 sec\n'
  [ -z "$2" ] || printf '%s\n' ---------- "$2"
}
# judged STATUS LINES < LOG
judged() {
  status=0
  found=$($judge) || status=$?
  [ "$status" = "$1" ] || { echo "FAILED: exit status $status, not $1: $found" >&2; exit 1; }
  [ "$found" = "$2" ] || { printf 'FAILED: says\n%s\nnot\n%s\n' "$found" "$2" >&2; exit 1; }
}

echo "1. what ran, what failed, and what needs material that is not there, is no fault"
{
  echo 'a line' | test_log plain 'Test Passed.'
  echo 'a line' | test_log red 'Test Failed.'
  echo 'a line' | test_log matched 'Required regular expression found. Regex=[line]'
  printf '[  SKIPPED ] a_case\nskipped: OIO_ABSENT is not set: no files\n[  SKIPPED ] 1 test(s), listed below:\n' | test_log inner 'Test Passed.'
  echo 'skipped: OIO_ABSENT names no folder' | test_log whole ''
} | judged 0 '5 tests, none left out without need'

echo "2. a missing tool, material that is there, and silence are faults"
{
  echo 'skipped: jq is not installed' | test_log tool 'Test Passed.'
  echo 'skipped: OIO_PRESENT is not set' | test_log offered ''
  echo '[  SKIPPED ] a_case' | test_log case 'Test Passed.'
  echo | test_log silent ''
  echo 'skipped: jq is not installed' | test_log by_expression 'Skip regular expression found in output. Regex=[skipped: ]'
} | judged 1 'tool: skipped: jq is not installed
offered: skipped: OIO_PRESENT is not set
case: leaves something out and does not say why (a line '\''skipped: REASON'\'')
silent: leaves something out and does not say why (a line '\''skipped: REASON'\'')
by_expression: skipped: jq is not installed'

echo "3. a log without a test is a fault"
judged 1 'no test was run' </dev/null
