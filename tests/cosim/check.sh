# SPDX-License-Identifier: Apache-2.0
# `oio check` over the wire log of a run says what the run's own monitors said: the same first rule at the same time, from the flits alone.
# usage: check.sh PROGRAM PROGRAM_WITH_MUTANTS MUTANTS.txt
. "$(dirname "$0")/../system/trace_shell.sh"
bench=$2
mutants=$3

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
echo "1..$planned passed"
