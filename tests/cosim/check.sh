# SPDX-License-Identifier: Apache-2.0
# `oio check` over the wire log of a run says what the run's own monitors said: the same first rule at the same time, from the flits alone.
# usage: check.sh PROGRAM PROGRAM_WITH_MUTANTS MUTANTS.txt SOURCE_FOLDER
. "$(dirname "$0")/../system/trace_shell.sh"
bench=$2
mutants=$3
source=$4

sentence "the whole bridge breaks no rule, with errors on all wires, a reset, the other format"
for run in "--rtl near --generate saturate --set optical.bit_error_rate=1e-4 --set die_link.bit_error_rate=1e-4" \
  "--rtl both --generate burst --load 0.3 --set optical.bit_error_rate=1e-5 --set reset.at_ps=5000000 --set reset.hold_ps=200000 --set link.format=6"; do
  # shellcheck disable=SC2086 # words
  "$oio" cosim $run --messages 1000 --wire-log out/w.log --json r.json --quiet || fail "$run"
  "$oio" check --json out/w.log >c.json || fail "$run: $(cat c.json)"
  jq -e '.findings == 0 and ([.ports[].out] | min > 500)' c.json >/dev/null || fail "$(cat c.json)"
done

# Names with rules that flits alone show.
awk '/^mutant / { name = $2 } /^rule / { rule = substr($0, 6) } /^run / { print name "|" rule "|" substr($0, 5) }' "$mutants" |
  grep -E '^(every_ack_is_a_nak|acks_are_late|credit_for_a_deeper_buffer|a_replay_is_two_rounds|no_window|a_replayed_payload_is_another|reserved_bytes_are_used)[|]' >list
while IFS='|' read -r name rule options; do
  sentence "$name: rule $rule"
  got=0
  # shellcheck disable=SC2086
  OIO_MUTANT=$name "$bench" --rtl near --messages 1000 $options --wire-log out/w.log --quiet >stdout 2>stderr || got=$?
  same 1 "$got"
  got=0
  "$oio" check out/w.log >said || got=$?
  same 1 "$got"
  same "$(head -n 1 stderr | sed 's/^oio cosim: //; s/ side: .*//; s/near \([a-z]*\)$/near-\1/')" "$(head -n 1 said | sed 's/^[^ ]* //; s/-side: .*//')"
done <list
same 7 "$(wc -l <list)"

sentence "what is waived at a port fails nothing there, and is counted as it would have been found; elsewhere it does"
# late STATUS OPTION...: the bridge whose Acks are late, at both ports.
late() {
  want=$1
  shift
  got=0
  OIO_MUTANT=acks_are_late "$bench" --rtl near --messages 300 --generate poisson --load 0.05 --json r.json --quiet "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat stderr)"
}
late 1
all=$(jq .findings r.json)
jq -e '.waived == []' r.json >/dev/null || fail "waived, where nothing could be"
late 1 --waive T5@near-optical-side
one=$(jq .findings r.json)
jq -e --argjson all "$all" '.findings > 0 and .findings + .waived[0].findings == $all and .waived[0].port == "near optical side"' r.json >/dev/null || fail "$(jq -c .findings,.waived r.json)"
grep -q "^oio cosim: $((all - one)) findings waived: T5 at near optical side$" stderr || fail "$(cat stderr)"
grep -q "^oio cosim: $one findings; the first is at .* ns: look with" stderr || fail "$(cat stderr)"
if grep "rule T5: near optical side" stderr; then fail "what is waived is shown as a finding"; fi
printf 'T5  known\nT4@far-die-side\n' >known
late 0 --waivers known
same "oio cosim: $one findings waived: T5 at near die side: known
oio cosim: $((all - one)) findings waived: T5 at near optical side: known
oio cosim: waiver of T4 at far-die-side: nothing has matched it; take it away" "$(cat stderr)"
jq -e '.findings == 0 and (.waived | length) == 3' r.json >/dev/null || fail "$(jq -c .findings,.waived r.json)"
jq -e --slurpfile schema "$source/docs/results.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" r.json >conforms ||
  fail "$(cat conforms)"

sentence "a warning is told and fails nothing, but with --strict, whose findings are those of no severity at all"
late 0 --severity T5=warning
same "oio cosim: $one findings warned of: T5 at near die side
oio cosim: $((all - one)) findings warned of: T5 at near optical side" "$(cat stderr)"
jq -e --slurpfile schema "$source/docs/results.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" r.json >conforms ||
  fail "$(cat conforms)"
late 1 --severity T5=warning --strict
same "$all" "$(jq .findings r.json)"
late 1 --severity T5@near-optical-side=error --severity T5=warning
same "$((all - one))" "$(jq .findings r.json)"

sentence "a failed link, or a wrong payload, is bad whatever is waived"
OIO_MUTANT=a_credit_limit_that_may_be_fails_the_link "$bench" --rtl near --messages 300 --generate poisson --load 0.4 --waive R4 --quiet >stdout 2>stderr && fail "it is good"
head -n 1 stderr | grep -q "^oio cosim: 1 finding waived: R4 at near die side$" || fail "$(cat stderr)"

sentence "a waiver of no rule, or at no port, is refused with what is near, in a line"
refused() {
  words=$1
  shift
  got=0
  "$oio" cosim --generate poisson --messages 10 "$@" >stdout 2>stderr || got=$?
  same 2 "$got"
  same "oio cosim: $words" "$(cat stderr)"
}
refused "there is no rule 'T55' to waive; did you mean T5? \`oio check --rules\` lists them" --waive T55
refused "there is no port 'near-di-side' at which to waive rule T5; did you mean 'near die side'?" --waive T5@near-di-side
refused "none: No such file or directory; check the name of the file of waivers" --waivers none
refused "--rtl none has no RTL whose findings --waive could waive; leave it out" --rtl none --waive T5
echo "1..$planned passed"
