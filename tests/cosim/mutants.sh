# SPDX-License-Identifier: Apache-2.0
# A bridge that is broken in one place is seen, and the first finding names the rule. The same run of the whole bridge finds nothing.
# usage: mutants.sh PROGRAM_WITH_MUTANTS MUTANTS.txt
. "$(dirname "$0")/../system/trace_shell.sh"
mutants=$2

# Name, rule and options of a mutant a line, with bars between them.
awk '/^mutant / { name = $2 } /^rule / { rule = substr($0, 6) } /^run / { print name "|" rule "|" substr($0, 5) }' "$mutants" >list
number=0
while IFS='|' read -r name rule options; do
  number=$((number + 1))
  sentence "$name: rule $rule"
  # shellcheck disable=SC2086 # words
  OIO_MUTANT= "$oio" --rtl near --messages 3000 $options --quiet 2>stderr || fail "the whole bridge: $(cat stderr)"
  got=0
  # shellcheck disable=SC2086
  OIO_MUTANT=$name "$oio" --rtl near --messages 3000 $options --quiet >stdout 2>stderr || got=$?
  same 1 "$got"
  head -n 1 stderr | grep -q "rule $rule: near " || fail "OIO_MUTANT=$name $oio --rtl near --messages 3000 $options: $(cat stderr)"
done <list
sentence "a name that is none of them is refused"
got=0
OIO_MUTANT=no_such_mutant "$oio" --rtl near --generate poisson --messages 3 --quiet 2>stderr || got=$?
same 2 "$got"
grep -q "OIO_MUTANT=no_such_mutant: there is no such block" stderr || fail "$(cat stderr)"

[ "$number" -gt 20 ] || fail "only $number mutants"
echo "1..$planned passed"
