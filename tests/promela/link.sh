#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Spin goes through every state of link.pml: nothing lost, doubled or reordered, no deadlock, no cycle on good wires without a delivery, and each
# fault planted in the model is seen. Writes the counts of states. `link.sh more` looks at larger windows and buffers too, for some minutes.
# usage: link.sh [more]
set -eu
model=$(cd "$(dirname "$0")" && pwd)/link.pml
for tool in spin gcc; do command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# search DEFINITIONS COMPILER_FLAGS PAN_FLAGS: pan's report is in ./report.
search() {
  rm -f pan*
  spin $1 -a "$model" >spun 2>&1 || { cat spun >&2; exit 1; }
  gcc -O2 -w -DMEMLIM=4000 $2 -o pan pan.c
  ./pan -m3000000 $3 >report 2>&1 || true
  states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' report)
}
# whole WHAT DEFINITIONS COMPILER_FLAGS PAN_FLAGS: no error, and the search came to its end.
whole() {
  search "$2" "$3" "$4"
  grep -q 'errors: 0' report && ! grep -qE 'error: max search depth|Search not completed|reached -DMEMLIM|out of memory' report ||
    { cat report >&2; echo "link.sh: $1 ($2): see the report above; again with: spin $2 -a link.pml; gcc $3 -o pan pan.c; ./pan -m3000000 $4" >&2; exit 1; }
  echo "$1: $2: $states states, no error"
}
# red DEFINITIONS PATTERN: the shortest way to the error is the one that the pattern names.
red() {
  search "$1" "-DSAFETY -DBFS -DCOLLAPSE" ""
  grep -q "^pan:1: $2" report || { cat report >&2; echo "link.sh: $1 is not seen as '$2'" >&2; exit 1; }
  echo "planted: $1: $(sed -n 's/^pan:1: //p' report)"
}

safety="-DSAFETY -DCOLLAPSE"
progress="-DNP -DCOLLAPSE"
whole "no loss, no duplicate, no other order, no deadlock" "-DWINDOW=3 -DBUFFER=1" "$safety" "-w24"
whole "progress under fair loss" "-DWINDOW=2 -DBUFFER=1 -DBLAME=1 -DLIVENESS" "$progress" "-l -w24"
if [ "${1:-}" = more ]; then
  whole "no loss, no duplicate, no other order, no deadlock" "-DWINDOW=2 -DBUFFER=3 -DBLAME=1" "$safety" "-w26"
  whole "progress under fair loss" "-DWINDOW=3 -DBUFFER=1 -DBLAME=1 -DLIVENESS" "$progress" "-l -w26"
fi
red "-DBUFFER=3 -DFAULT_WINDOW" "assertion violated (m=="
red "-DBUFFER=3 -DFAULT_CREDIT" "invalid end state"
red "-DBUFFER=3 -DFAULT_NAK_IGNORE" "assertion violated (blame>0)"
red "-DBUFFER=3 -DFAULT_SILENT" "assertion violated (m=="
