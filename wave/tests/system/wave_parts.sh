#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A run split over several files against one, waivers and the normal form of rules, from the command line: each answer is worked out by hand.
# usage: wave_parts.sh PROGRAM SOURCE_FOLDER
oio=$1
source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
COLUMNS=200
export COLUMNS
sentence=
sentence() { sentence=$1; }
fail() {
  echo "FAILED: $sentence: $*; replay: ctest -R wave_parts" >&2
  exit 1
}
# run WANTED ARGUMENT...: the exit status; what it prints goes to stdout and stderr.
run() {
  wanted=$1 got=0
  shift
  "$oio" "$@" >stdout 2>stderr </dev/null || got=$?
  [ "$got" = "$wanted" ] || fail "oio $*: exit status $got, not $wanted: $(cat stdout stderr)"
}
says() { grep -Eq -e "$1" stdout stderr || fail "no line like '$1' in: $(cat stdout stderr)"; }
# vcd CLOCK_VALUE BODY: scope t with a clock; body: declarations, then '|', then changes.
vcd() {
  printf '$timescale 1ns $end\n$scope module t $end\n$var wire 1 c clk $end\n%s\n$upscope $end\n$enddefinitions $end\n#0 0c %s\n#9\n' "${1%%|*}" "${1#*|}"
}

a='$scope module one $end $var wire 1 a x $end $var wire 4 b y [3:0] $end $upscope $end'
b='$scope module two $end $var wire 1 d x $end $upscope $end'
vcd "$a $b|1a b1010 b 0d" >all.vcd
vcd "$a|1a b1010 b" >one.vcd
vcd "$b|0d" >two.vcd
vcd "$b|0d
#4 1d" >wrong.vcd
vcd '$var wire 1 n new $end|0n' >none.vcd

sentence "two files that have it all between them are the same run"
run 0 wave parts all.vcd one.vcd two.vcd
says '^1  one[.]vcd  SAME: 3 variables are equal'
says '^2  two[.]vcd  SAME: 2 variables are equal'
says '^ +1 +1 +1  t$'
says '^ +2 +2 +-  t[.]one$'
says '^ +1 +- +1  t[.]two$'
says '^4 variables: 3 in one file, 1 in several, 0 in none$'

sentence "what no file has is a difference, and is named"
run 1 wave parts all.vcd two.vcd
says '^4 variables: 2 in one file, 0 in several, 2 in none: t[.]one[.]x, t[.]one[.]y.3:0.$'
run 1 wave parts --max 1 all.vcd two.vcd
says 'in none: t[.]one[.]x and 1 more$'

sentence "unless the rules say that it may be missing, or leave it out"
echo 'missing ignore' >missing.rules
run 0 wave parts --rules missing.rules all.vcd two.vcd
says '2 in none'
echo 'exclude t.one.**' >exclude.rules
run 0 wave parts --rules exclude.rules all.vcd two.vcd
says '^2 variables: 2 in one file, 0 in several, 0 in none$'

sentence "a file that differs, one that has something else, and one that cannot be read"
run 1 wave parts all.vcd one.vcd wrong.vcd
says '^2  wrong[.]vcd  DIFFERENT: 1 of 2 variables differs, first at 4 ns: t[.]two[.]x$'
run 1 wave parts all.vcd one.vcd two.vcd none.vcd
says '^3  none[.]vcd  DIFFERENT: 1 variable is in one file only'
run 2 wave parts all.vcd one.vcd nowhere.vcd
says 'nowhere[.]vcd'
[ ! -s stdout ] || fail "half an answer: $(cat stdout)"
run 2 wave parts all.vcd
says 'name the golden file and the files'
run 1 wave parts --quiet all.vcd two.vcd
[ ! -s stdout ] || fail "--quiet says: $(cat stdout)"

sentence "a waiver is judged as of a day, and listed in the JSON as the schema says"
echo 'waive t.two.* : until=2026-12-31 because="two is new"' >waive.rules
run 0 wavediff --rules waive.rules --today 2026-12-31 --rule 'missing ignore' --json waived.json all.vcd wrong.vcd
says '^SAME: 2 variables are equal from 0 s to 9 ns, but for 1 waived difference$'
says '^note: waived until 2026-12-31, two is new [(]waive[.]rules:1[)]: t[.]two[.]x [(]value at 4 ns[)]'
run 1 wavediff --rules waive.rules --today 2027-01-01 --rule 'missing ignore' --json over.json all.vcd wrong.vcd
says '^note: a waiver has ended on 2026-12-31'
run 2 wavediff --today 2026-02-30 all.vcd one.vcd
says "wants a day such as 2026-12-31, not '2026-02-30'"
if command -v jq >/dev/null; then
  for report in waived over; do
    jq -e --slurpfile schema "$source/docs/wavediff.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" \
      -f "$source/tests/system/schema.jq" "$report.json" >/dev/null || fail "$report.json does not conform to docs/wavediff.schema.json"
  done
  [ "$(jq -c '[.waivers[0].expired, .waivers[0].until, (.waivers[0].waived | map(.path))]' waived.json over.json | paste -s -d ' ')" = \
    '[false,"2026-12-31",["t.two.x"]] [true,"2026-12-31",[]]' ] || fail "waivers: $(jq -c .waivers waived.json over.json)"
fi

sentence "a long file of rules is printed whole"
{
  for i in $(seq 300); do echo "rename a_long_name_of_a_signal_$i = another_long_name_of_it_$i"; done
  cat waive.rules
  echo 'exclude tb.last'
} >long.rules
run 0 wave rules long.rules
cp stdout normal.rules
[ "$(wc -l <normal.rules)" = 302 ] || fail "$(wc -l <normal.rules) lines of 302"
run 0 wave rules normal.rules
cmp -s stdout normal.rules || fail "the normal form reads back as another"
echo "good"
