#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A stranger finds the test of a source: each file of cmodel/src and files/ stands in the table of tests/unit/README.md, and each test named there
# exists.
# usage: tested.sh SOURCE_FOLDER
cd "$1" || exit 1
table=tests/unit/README.md
rows() { sed -n '/^|---/,/^$/p' "$table" | awk -F '|' -v column="$1" 'NF > 3 { gsub(/[ ,]+/, "\n", $column); print $column }' | grep '[a-z]' | sort -u; }
status=0
for source in $(find cmodel/src files -name "*.c"); do
  name=${source#cmodel/src/}
  rows 2 | grep -qxF "${name#files/}" || { echo "$source: name its test in $table" >&2; status=1; }
done
for source in $(rows 2); do
  [ -e "cmodel/src/$source" ] || [ -e "files/$source" ] || { echo "$table: there is no source $source" >&2; status=1; }
done
for test in $(rows 3); do
  [ -f "$test" ] || [ -n "$(find tests/unit -name "$test.c")" ] || { echo "$table: there is no test $test" >&2; status=1; }
done
exit $status
