# SPDX-License-Identifier: Apache-2.0
# A short stress plan of the RTL bridge is good, of the bridge with a mistake it is not, with no key given: the rule is that of mutants.txt, and the
# command that is left shows it.
# usage: regress.sh OIO PROGRAM_WITH_MUTANTS MUTANTS.txt
. "$(dirname "$0")/../system/trace_shell.sh"
program=$2 mutants=$3

sentence "the bridge as it is"
OIO_MUTANT= "$oio" regress --cosim "$program" --runs 18 --messages 400 || fail "the whole bridge is bad, or a run is refused"

sentence "a waiver goes to each run, at a port that is RTL there or not"
"$oio" regress --cosim "$program" --runs 6 --messages 100 --waive T3@far-die-side >said || fail "$(cat said)"
grep -q "^WAIVED  waiver of T3 at far-die-side: nothing has matched it; take it away$" said || fail "$(cat said)"
got=0
OIO_MUTANT=reserved_bytes_are_used "$oio" regress --cosim "$program" --runs 6 --messages 100 --waive section-1 --json - >found.json || got=$?
same 0 "$got"
jq -e '.good == 6 and .findings == [] and ([.waived[].findings] | add) > 40' found.json >/dev/null || fail "$(cat found.json)"

for name in a_duplicate_has_no_ack no_window a_beat_does_not_wait; do
  rule=$(awk -v name="$name" '/^mutant / { mine = $2 == name } mine && /^rule / { print substr($0, 6) }' "$mutants")
  sentence "$name: rule $rule"
  got=0
  OIO_MUTANT=$name "$oio" regress --cosim "$program" --runs 60 --messages 400 --first --json found.json || got=$?
  same 1 "$got"
  replay=$(jq -r --arg rule "$rule" '.findings[] | select(.rule == $rule) | .replay' found.json)
  [ -n "$replay" ] || fail "$name: $(cat found.json)"
  got=0
  OIO_MUTANT=$name sh -c "$replay" 2>stderr || got=$?
  same 1 "$got"
  head -n 1 stderr | grep -q "rule $rule: " || fail "$replay: $(cat stderr)"
done
echo "1..$planned passed"
