#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The coverage of every run that the table of bins names, added up: in FOLDER all.cover, a page, and one file a run. Says what is not hit. Exit
# status 1: less than 95 % of the bins are, or a run does not hit what it is said to.
# usage: cover.sh OIO FOLDER
set -eu
oio=$1 folder=$2
mkdir -p "$folder"
cd "$folder"
rm -f ./*.cover
"$oio" sim --net pair --generate saturate --messages 1 --quiet --cover none.cover
"$oio" cover report none.cover --json >table.json
rm none.cover
jq -r '[.bin[] | select(.command)] | group_by(.command)[] | [.[0].command, ([.[].name] | join(" "))] | @tsv' table.json >runs
tab=$(printf '\t')
number=0 missed=0
while IFS=$tab read -r command names; do
  number=$((number + 1))
  status=0
  eval "\"\$oio\" ${command#oio } --cover $number.cover" 2>said || status=$?
  [ "$status" -le 1 ] || { echo "exit status $status: $command: $(cat said)"; exit 1; }
  for name in $names; do
    grep -q "^$name [1-9]" $number.cover && continue
    echo "$name is not hit by: $command"
    missed=1
  done
done <runs
"$oio" cover merge all.cover ./[0-9]*.cover
"$oio" cover report all.cover --html all.html
[ "$missed" = 0 ] && "$oio" cover report all.cover --json | jq -e '.hit >= 0.95 * .bins and all(.bin[]; .hits > 0 or .excuse != null)' >enough
