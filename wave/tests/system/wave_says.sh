#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wave_says.sh OIO: what `oio wavediff` says of small pairs is so, and says enough.
. "$(dirname "$0")/../../../tests/system/trace_shell.sh"

# vcd DECLARATION... --: a file of nanoseconds with scope t; standard input are its changes.
vcd() {
  echo '$timescale 1ns $end $scope module t $end'
  while [ "$1" != -- ]; do
    echo "\$var $1 \$end"
    shift
  done
  echo '$upscope $end $enddefinitions $end'
  cat
}
# says STATUS PATTERN... [-- OPTION...]: `oio wavediff OPTION... a.vcd b.vcd` exits so, and a line of its text matches each pattern.
says() {
  want=$1 got=0 patterns=
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    patterns="$patterns$1
"
    shift
  done
  [ $# -eq 0 ] || shift
  "$oio" wavediff "$@" a.vcd b.vcd >stdout 2>&1 </dev/null || got=$?
  [ "$got" = "$want" ] || fail "exit status $got, not $want: $(cat stdout)"
  printf %s "$patterns" | while read -r pattern; do
    grep -Eq -e "$pattern" stdout || fail "no line matches '$pattern': $(cat stdout)"
  done
}
says_not() {
  if grep -Eq -e "$1" stdout; then fail "a line matches '$1': $(cat stdout)"; fi
}

export COLUMNS=160

sentence "every row has its values, however many are listed"
wide() { # wide VALUE: 30 scopes with a counter that is VALUE from its own time on
  echo '$timescale 1ns $end'
  for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do
    echo "\$scope module s$i \$end \$var wire 4 i$i v \$end \$var wire 4 j$i w \$end \$upscope \$end"
  done
  echo '$enddefinitions $end'
  echo '#0'
  for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do printf 'b0 i%s\nb0 j%s\n' $i $i; done
  for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do printf '#%s\nb%s i%s\nb%s j%s\n' $i "$1" $i "$1" $i; done
}
wide 101 >a.vcd
wide 110 >b.vcd
for most in 1 10 20 40; do
  says 1 "^ +10 ns +v +value +'h5 / 'h6  to end" -- --max $most
  says_not 'nothing'
  rows=$(grep -c "^ .* [vw]  .* 'h5 / 'h6  to end" stdout)
  same "$most" "$rows"
done

sentence "what a clock compares is counted in cycles, what a channel hands over in beats"
clocked() { # clocked BIT...: a clock of 10 ns, and what d is at each edge
  vcd 'wire 1 c clk' 'wire 1 d d' -- <<VCD
#0 0c 0d
$(t=0; for bit; do printf '#%d %sd\n#%d 1c\n#%d 0c\n' $((t + 2)) $bit $((t + 5)) $((t + 8)); t=$((t + 10)); done)
VCD
}
clocked 0 0 0 0 0 0 0 >a.vcd
clocked 0 1 1 0 1 0 0 >b.vcd
says 1 '^ +for 20 ns, equal again at 35 ns; 2 times, 3 cycles in all$' -- --clock t.clk
says 1 '^ +for 20 ns, equal again at 32 ns; 2 times, 30 ns in all$'
says 1 '^ +for 20 ns, equal again at 37 ns; 2 times, 3 beats in all$' -- --rule 'channel q : clock=t.clk valid=t.clk data=t.d edge=falling offset=-1ns'
clocked 0 0 0 0 0 >b.vcd
says 1 '^ +2 beats more in golden$' -- --exclude t.clk --rule 'channel q : clock=t.clk valid=t.clk data=t.d edge=falling offset=-1ns'
clocked 0 1 1 0 0 0 0 >b.vcd
says 1 '^ +for 20 ns, equal again at 35 ns; 2 cycles in all$' -- --clock t.clk
"$oio" wavediff --quiet --clock t.clk --json j.json a.vcd b.vcd || true
jq -e '.divergences[0] | .total_cycles == 2 and (has("total") | not)' j.json >/dev/null || fail "$(cat j.json)"

sentence "the run that ends earlier is named in the first line, behind what differs before"
clocked 1 0 0 0 0 1 >b.vcd
says 1 '^DIFFERENT: 1 of 2 variables differs, first at 2 ns: t[.]d; new ends at 58 ns, golden goes on$' -- --max 1

sentence "strict says why equal values differ"
clocked 0 0 0 0 >a.vcd
sed 's/^#12 0d$/#12/' a.vcd >b.vcd
says 0 '^SAME: 2 variables are equal from 0 s to 38 ns$'
says 1 '^ +records: both 0, only golden states it again$' '^ +1 time$' -- --strict
says_not 'new 0'
clocked 0 1 0 1 >a.vcd
sed 's/^#12 1d$/#12 1d 1d/' a.vcd >b.vcd
says 1 '^ +records: both 1, stated 1 time in golden, 2 in new$' -- --strict

sentence "values that hex or the width of a line would show alike are told apart"
vcd 'wire 8 v v' 'string 1 s s' -- >a.vcd <<'VCD'
#0 b0 v sIDLE s
#5 b0x010000 v sa_state_whose_name_is_so_long_that_its_begin_fills_all_the_line_there_is_and_more_ONE s
VCD
sed 's/b0x01/b0x11/; s/ONE/TWO/' a.vcd >b.vcd
says 1 "'b0x010000 / 'b0x110000" '[.][.].*ONE" / [.][.].*TWO"'

sentence "an event lasts for no time"
vcd 'event 1 e e' -- >a.vcd <<'VCD'
#1 1e
#5 1e
#7 1e
#9
VCD
sed 's/^#5 1e/#5/' a.vcd >b.vcd
says 1 '^ +value: only in golden$' '^ +1 time$'
says_not 'equal again'

sentence "of one variable the text speaks in the singular, and names of one signal are told as such"
vcd 'wire 1 a a' 'wire 1 a same' 'wire 1 b b' -- >a.vcd <<'VCD'
#0 0a 0b
#5 1a
#9
VCD
sed 's/^#5 1a/#5/' a.vcd >b.vcd
says 1 '^compared  3 variables from 0 s to 9 ns: 2 differ [(]names of 1 signal[)]$'
says 0 '^SAME: 1 variable is equal from 0 s to 9 ns$' -- --include t.b
sentence "a shift is claimed where it lasts, and names the signal"
pulses() { # pulses UNTIL LATE [LOST]: a clock of 10 ns up to UNTIL, without its pulse at LOST, and a counter that is LATE from 40 ns on
  awk -v until="$1" -v late="$2" -v lost="${3:--1}" 'BEGIN {
    for (t = 0; t <= until; t++) {
      line = ""
      if (t % 10 == 0 && t != lost + 5) line = line " 0c"
      if (t % 10 == 5 && t != lost) line = line " 1c"
      u = t - (t < 40 ? 0 : late)
      if (u % 10 == 0) line = line " b" int(u / 80) % 2 int(u / 40) % 2 int(u / 20) % 2 int(u / 10) % 2 " v"
      if (line != "") print "#" t line
    }
  }' | vcd 'wire 1 c clk' 'wire 4 v v' --
}
pulses 200 0 >a.vcd
pulses 200 0 25 >b.vcd
says 1 '^DIFFERENT: 1 of 2 variables differs, first at 25 ns: t[.]clk$' '^ +glitch: golden 1, new 0$' '^ +for 5 ns, equal again at 30 ns$'
says_not 'later|shift'
pulses 200 3 >b.vcd
says 1 '^DIFFERENT: 1 of 2 variables, every edge 3 ns later from 40 ns on: t[.]v$' '^ +the same changes, 3 ns later$'
pulses 200 10 >b.vcd
says 1 '^DIFFERENT: 1 of 2 variables, every edge 10 ns later from 40 ns on: t[.]v$'
says 1 '^DIFFERENT: 1 of 2 variables, every value 1 cycle later from 45 ns on: t[.]v$' -- --clock t.clk

sentence "what is late for a while, and in step again, is no shift"
awk '/^#/ { t = substr($1, 2) + 0; if (t >= 60 && t < 100) $1 = "#" (t + 2) } { print }' a.vcd >b.vcd
says 1 '^DIFFERENT: 2 of 2 variables differ, first at 60 ns: t[.]clk$'
says_not 'later|shift'
sentence "a rule that fits nothing is noted, whatever it is"
says 1 "^note: rule 'exclude t[.]nothing' [(]command line[)] fits no signal, or rules before it take them all$" \
  "^note: rule 'include t[.]cl' [(]command line[)] fits no signal, or rules before it take them all$" -- \
  --exclude t.nothing --exclude t.v --include t.cl --include t.clk
same 2 "$(grep -c '^note: ' stdout)"
says 1 "^note: rule 'top t = soc' fits no signal of new, or rules before it take them all$" \
  "^note: rule 'rename t[.]a[*] = t[.]b[*]' fits no signal of new" -- --top t=soc --rule 'rename t.a* = t.b*' --rule 'rename t.v* = t.v*'
same 2 "$(grep -c '^note: ' stdout)"
sed 's/ v v / v extra /' a.vcd >b.vcd
says 1 "^note: rule 'compare t[.]v : x=any' [(]command line[)] fits no signal that is in both files" -- --rule 'compare t.v : x=any' --rule 'exclude t.extra'
same 1 "$(grep -c '^note: ' stdout)"

sentence "a run that has ended shows nothing behind its end"
clocked 0 1 0 1 >a.vcd
clocked 0 1 0 >b.vcd
says 1 '^DIFFERENT: new ends at 28 ns, golden goes on$' '^ +shorter: golden goes on with 1$' '^  new .*[|]$'

sentence "what is declared otherwise is counted, and an empty file named"
vcd 'wire 8 v v' 'wire 1 a a' 'wire 1 b b' -- >a.vcd <<'VCD'
#0 b0 v 0a 0b
#9
VCD
vcd 'wire 16 v v' 'wire 1 a a' 'wire 1 c c' -- >b.vcd <<'VCD'
#0 b0 v 0a 0c
#9
VCD
says 1 '^DIFFERENT: 2 variables are in one file only, 1 is declared otherwise, 1 is equal$' \
  '^compared .*: 0 differ, 1 declared otherwise, 1 missing in new, 1 missing in golden$' '^  -  b  ' '^  -  c  '
vcd -- </dev/null >b.vcd
says 3 '^NOTHING COMPARED: new declares no variable$'
vcd 'wire 1 z z' -- >b.vcd <<'VCD'
#0 0z
VCD
says 3 '^NOTHING COMPARED: no variable is in both files$'
says 3 '^NOTHING COMPARED: no variable is in both files under these rules$' -- --exclude t.a

sentence "strict tells the declarations, too, where values differ"
vcd 'wire 1 a a' 'reg 1 b b' -- >a.vcd <<'VCD'
#0 0a 0b
#5 1a
#9
VCD
sed 's/reg 1/wire 1/; s/#5 1a/#5/' a.vcd >b.vcd
says 1 '^note: strict: variables of another type or direction$' -- --strict

echo "1..$planned passed"
