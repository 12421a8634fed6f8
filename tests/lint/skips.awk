# SPDX-License-Identifier: Apache-2.0
# Reads what ctest keeps in Testing/Temporary/LastTest.log. A test that leaves something out says so in a line "skipped: REASON". It may do so only
# for material that is not part of the project: the reason begins with the name of a variable, OIO_..., that is not set. Exit status 1: some other
# reason, or none. The status of a test stands behind its output, or that an expression it must match was found; one that ctest took for skipped has none.
function judge() {
  if (test == "") return
  if ((marked || !ended) && !told) wrong(test ": leaves something out and does not say why (a line 'skipped: REASON')")
  test = ""
}
function wrong(line) {
  print line
  faults++
}
/^[0-9]+\/[0-9]+ Testing: / {
  judge()
  test = $3
  marked = ended = told = output = 0
  tests++
}
/^Output:$/ { output = 1 }
/^<end of output>$/ { output = 0 }
output && /^\[  SKIPPED \] [a-z]/ { marked = 1 }
output && /^skipped: / {
  told = 1
  if ($2 !~ /^OIO_[A-Z_]+$/ || ENVIRON[$2] != "") wrong(test ": " $0)
}
!output && /^Test (Passed|Failed)|^Required regular expression / { ended = 1 }
END {
  judge()
  if (tests == 0) wrong("no test was run")
  if (faults == 0) print tests " tests, none left out without need"
  exit faults > 0
}
