# SPDX-License-Identifier: Apache-2.0
# `oio check` over wire logs written by hand, flit by flit with `oio flit encode`: which rule is named, in which line.
. "$(dirname "$0")/trace_shell.sh"

plain() { "$oio" flit encode --profile plain --format 3 "$@"; }
extended() { "$oio" flit encode --format 3 --credit 8 "$@"; }
plain_head="port dut profile=plain format=3 flit_ps=4000 timeout_flits=375"
extended_head="port dut profile=extended format=3 sequence_bits=8 window_flits=8 buffer_flits=8 peer_buffer_flits=8"
# log HEAD: a wire log of the lines on standard input, "TIME DIRECTION HEX".
log() {
  { echo "oio-wire 1"; echo "# by hand"; echo "$1"; echo "---"; awk '{ $1 = $1 " dut"; print }'; } >w.log
}
# judged STATUS PATTERN: the first line that is printed has the pattern.
judged() {
  got=0
  "$oio" check w.log >said 2>stderr || got=$?
  [ "$got" = "$1" ] || fail "exit status $got, not $1: $(cat said stderr)"
  cat said stderr | head -n 1 | grep -q -- "$2" || fail "'$2' is not said first: $(cat said stderr)"
}

sentence "of the plain profile a sound log is good, and each fault is named by its rule in its line"
good() {
  echo "4000 out $(plain --sequence 1)"
  echo "8000 in $(plain --sequence 1)"
  echo "8000 out $(plain --sequence 2)"
  echo "12000 out $(plain --command ack --sequence 1)"
}
good | log "$plain_head"
judged 0 "dut  *1 flits in, 3 out"
grep -q "^result *good: no rule is broken" said || fail "$(cat said)"
{ good && echo "16000 out $(plain --sequence 5)"; } | log "$plain_head"
judged 1 "^w.log:9: at 16.000 ns: rule PT3: dut: payload 5, the next is 4: sequences are left out$"
{ good && echo "16000 out $(plain --sequence 1)"; } | log "$plain_head"
judged 1 "^w.log:9: at 16.000 ns: rule PT2: dut: payload 1 again"
{ good && echo "16000 out $(plain --command ack --sequence 2)"; } | log "$plain_head"
judged 1 "^w.log:9: .*rule PR4: dut: it acknowledges 2, and has been given payloads to 1$"
{ good && echo "16000 out $(plain --sequence 4 | sed 's/.\{4\}$/0000/')"; } | log "$plain_head"
judged 1 "^w.log:9: at 16.000 ns: rule section 2: dut: its CRC is wrong"

sentence "so it is of the extended profile: windows, credit, Acks; and what was lost on the way in is known"
good() {
  for s in 1 2 3; do echo "$((4000 * s)) out $(extended --sequence $s)"; done
  echo "14000 in $(extended --sequence 1)"
  echo "16000 out $(extended --command ack --sequence 1)"
}
good | log "$extended_head"
judged 0 "dut  *1 flits in, 4 out"
{ good && echo "20000 out $(extended --command ack --sequence 2)"; } | log "$extended_head"
judged 1 "^w.log:10: at 20.000 ns: rule R5: dut: acknowledges 2"
{ good && echo "20000 out $(extended --sequence 7)"; } | log "$extended_head"
judged 1 "^w.log:10: at 20.000 ns: rule T2: dut:"
{ good && for s in 5 6 7 8 9; do echo "$((4000 * s + 4000)) out $(extended --sequence $s)"; done; } | log "$extended_head"
judged 1 "^w.log:14: at 40.000 ns: rule section [35]: dut:"
{ echo "4000 in $(extended --sequence 1 | sed 's/^../ff/')"; echo "8000 out $(extended --command ack --sequence 1)"; } | log "$extended_head"
judged 1 "^w.log:6: at 8.000 ns: rule R5: dut: acknowledges 1"
good | log "$extended_head" && echo "20000 dut reset" >>w.log && echo "24000 dut out $(extended --sequence 1)" >>w.log
judged 0 "dut  *1 flits in, 5 out"

sentence "gzip, carriage returns and blanks between bytes are taken; --json says the same"
{ good && echo "20000 out $(extended --sequence 7 | sed 's/../& /g')"; } | log "$extended_head"
sed -i 's/$/\r/' w.log
gzip -c w.log >w.log.gz
got=0
"$oio" check --json w.log.gz >json || got=$?
same 1 "$got"
jq -e '.findings == 1 and .ports == [{name: "dut", profile: "extended", format: 3, in: 1, out: 5}] and .shown[0].line == 10 and
  .shown[0].rule == "T2" and .shown[0].time_ps == 20000' json >/dev/null || fail "$(cat json)"
got=0
"$oio" check --findings 0 --json w.log.gz >json || got=$?
same 1 "$got"
jq -e '.findings == 1 and .shown == []' json >/dev/null || fail "$(cat json)"

sentence "a log in which nothing came out is no good log"
echo "4000 in $(plain --sequence 1)" | log "$plain_head"
judged 2 "nothing came out at port dut: there is nothing to judge"

{ echo "4000 in $(plain --sequence 1)" | log "$plain_head"; sed -i 's/^---$/port late profile=plain format=3 flit_ps=4000\n---/' w.log; echo "8000 late out $(plain --sequence 9)" >>w.log; }
judged 1 "^w.log:7: .*rule PT3: late: payload 9"
grep -q "nothing came out at port dut" stderr || fail "a silent port is not told of: $(cat stderr)"

sentence "a gzip log that is cut short, or damaged, is not judged good"
good | log "$extended_head"
gzip -c w.log >whole.gz
for cut in 9 60; do
  head -c -"$cut" whole.gz >w.log
  judged 2 "^oio check: w.log:[0-9]*: its gzip data is damaged or cut short"
done
mkdir w
got=0
"$oio" check w >said 2>stderr || got=$?
same 2 "$got"
grep -q "^oio check: w: cannot be read: Is a directory" stderr || fail "$(cat stderr)"

sentence "what is no wire log is refused, with its line"
bad() {
  printf '%b' "$1" >w.log
  judged 2 "^oio check: $2"
  same 1 "$(cat said stderr | wc -l)"
}
head="oio-wire 1\nport dut profile=plain format=3 flit_ps=4000\n---\n"
bad "" "w.log:1: the first line is not 'oio-wire 1'"
bad "oio-wire 2\n" "w.log:1: the first line is not"
bad "oio-wire 1\nport dut profile=plain format=3 flit_ps=4000\n" "w.log:3: the head does not end with a line ---"
bad "oio-wire 1\n---\n" "w.log:2: the head names no port"
bad "oio-wire 1\nport dut\n---\n" "w.log: port dut: format is 3 or 6"
bad "oio-wire 1\nport dut format=3\n---\n" "w.log: port dut: the extended profile needs sequence_bits"
bad "oio-wire 1\nport dut profile=plain format=3\n---\n" "w.log: port dut: the plain profile counts in flit times; say flit_ps"
bad "oio-wire 1\nport dut depth=3\n---\n" "w.log:2: 'depth=3' is no setting of a port"
bad "oio-wire 1\nport d profile=plain format=3 flit_ps=1\nport d\n" "w.log:3: port d is there twice"
bad "oio-wire 1\nport d!t\n" "w.log:2: 'd!t' is no name of a port"
bad "oio-wire 1\nport a behind=b\n---\n" "w.log:3: port a is behind=b, which is no port"
bad "${head}x dut in 00\n" "w.log:4: 'x' is no time in ps"
bad "${head}5 tud in 00\n" "w.log:4: 'tud' is no port of the head"
bad "${head}5 dut on 00\n" "w.log:4: 'on' is none of in, out and reset"
bad "${head}5 dut in\n" "w.log:4: no flit of up to 256 bytes in hex"
bad "${head}5 dut in 0x\n" "w.log:4: no flit of up to 256 bytes in hex"
bad "${head}5 dut in 00\n" "w.log:4: 1 bytes, where a flit of format 3 has 256"
bad "${head}5 dut reset\n" "w.log: port dut: a reset is of the extended profile"
flit=$(plain --sequence 1)
bad "${head}5 dut in $flit\n4 dut in $flit\n" "w.log:5: its time is before that of the last flit that went the same way"
bad "${head%---*}port b profile=plain format=3 flit_ps=4000\n---\n5 dut in $flit\n4 b in $flit\n" "w.log:6: a flit went in at another port after that"
rm w.log
judged 2 "^oio check: w.log: cannot be opened: No such file or directory; check the name"
got=0
"$oio" check 2>stderr || got=$?
same 2 "$got"

sentence "what is waived is counted and told, and fails nothing; what is not still does; a waiver that matched nothing is said"
# check STATUS OPTION...: over w.log
check() {
  want=$1
  shift
  got=0
  "$oio" check "$@" w.log >said 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat said stderr)"
}
{
  good
  echo "20000 out $(extended --sequence 5)"
  echo "24000 out $(extended --command ack --sequence 2)"
  echo "28000 out $(extended --sequence 15)"
  echo "32000 out $(extended --sequence 16)"
} | log "$extended_head"
check 1
check 1 --waive T2
grep -q "^waived  *2 findings waived: T2 at dut$" said || fail "$(cat said)"
grep -q "^result  *BAD: rules are broken 1 times, first in line 11$" said || fail "$(cat said)"
check 1 --waive T2@dut --json
jq -e '.findings == 1 and .waived == [{rule: "T2", port: "dut", findings: 2, severity: "waived", reason: ""}] and .shown[0].rule == "R5"' said >/dev/null || fail "$(cat said)"
printf '# known\nT2@dut  the window "of 8"\n\nR5\nsection-5@dut gone\n' >known
check 0 --waivers known
same "waived           2 findings waived: T2 at dut: the window \"of 8\"
waived           1 finding waived: R5 at dut
waived           waiver of section 5 at dut: nothing has matched it; take it away
result           good: no rule is broken that is not waived" "$(tail -n 4 said)"
check 0 --waivers known --json
jq -e '.findings == 0 and [.waived[].findings] == [2, 1, 0] and .waived[0].reason == "the window \"of 8\"" and .shown == []' said >/dev/null || fail "$(cat said)"
echo "16000 out $(plain --sequence 5)" | log "$plain_head"
check 1
check 0 --waive PT3
grep -q "^waived  *1 finding waived: PT3 at dut$" said || fail "$(cat said)"

sentence "a warning is counted and told, and fails nothing but with --strict; the first that matches decides"
{
  good
  echo "20000 out $(extended --sequence 5)"
  echo "24000 out $(extended --command ack --sequence 2)"
  echo "28000 out $(extended --sequence 15)"
  echo "32000 out $(extended --sequence 16)"
} | log "$extended_head"
printf 'R5=warning  known\nT2@dut=warning\n' >known
check 0 --waivers known --severity section-5=warning
same "waived           1 finding warned of: R5 at dut: known
waived           2 findings warned of: T2 at dut
result           good: no rule is broken that is not waived or a warning" "$(tail -n 3 said)"
check 0 --waivers known --json
jq -e '.findings == 0 and [.waived[] | [.rule, .findings, .severity]] == [["R5", 1, "warning"], ["T2", 2, "warning"]]' said >/dev/null || fail "$(cat said)"
check 1 --waivers known --strict
grep -q "^result  *BAD: rules are broken 3 times, first in line" said || fail "$(cat said)"
check 1 --severity T2@dut=error --waivers known
grep -q "^result  *BAD: rules are broken 2 times, first in line" said || fail "$(cat said)"
grep -q "rule T2: " said || fail "$(cat said)"
check 0 --strict --waive T2 --severity R5=waived
grep -q "^result  *good: no rule is broken that is not waived$" said || fail "$(cat said)"

echo "16000 out $(plain --sequence 5)" | log "$plain_head"
sentence "a waiver of what is no rule, or at what is no port, is refused with what is near"
refused() {
  words=$1
  shift
  check 2 "$@"
  same "oio check: $words" "$(cat stderr)"
}
refused "there is no rule 'PT33' to waive; did you mean PT3? \`oio check --rules\` lists them" --waive PT33
refused "there is no port 'dot' at which to waive rule PT3; did you mean 'dut'?" --waive PT3@dot
refused "'PT3@' names no port behind its @; write RULE@PORT, or RULE alone for all ports" --waive PT3@
refused "'PT3=warn': a severity is error, warning or waived, such as T5=warning" --severity PT3=warn
refused "--severity 'PT3' names none; write RULE[@PORT]=error, =warning or =waived" --severity PT3
refused "there is no rule 'PT33' to waive; did you mean PT3? \`oio check --rules\` lists them" --severity PT33=warning
refused "none: No such file or directory; check the name of the file of waivers" --waivers none
echo "PT3 x" >known && echo "framming" >>known
refused "known:2: there is no rule 'framming' to waive; did you mean framing? \`oio check --rules\` lists them" --waivers known

sentence "--rules prints the table of rules, each with a clause that SPEC.md has; --json the same"
"$oio" check --rules >rules
"$oio" check --rules --json >rules.json
same 35 "$(wc -l <rules)"
jq -e '[.rules[] | keys] | unique == [["clause", "name", "profile", "sentence", "severity"]]' rules.json >/dev/null || fail "$(cat rules.json)"
same "$(cut -c 1-22 rules | sed 's/ *$//')" "$(jq -r '.rules[].name' rules.json)"
same "$(sed 's/^.\{54\}//' rules)" "$(jq -r '.rules[].sentence' rules.json)"
got=0
"$oio" check --rules w.log 2>stderr || got=$?
same 2 "$got"
grep -q "^oio check: --rules prints the rules and judges nothing; leave out 'w.log'" stderr || fail "$(cat stderr)"
echo "1..$planned passed"
