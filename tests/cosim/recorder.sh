# SPDX-License-Identifier: Apache-2.0
# The flight recorder: the waves around what was found first are those of a run that drew all along, and the run is the same run.
# usage: recorder.sh PROGRAM PROGRAM_WITH_MUTANTS
. "$(dirname "$0")/../system/trace_shell.sh"
mutants=$2

# ends STATUS COMMAND...
ends() {
  want=$1
  shift
  got=0
  "$@" --quiet >stdout 2>stderr || got=$?
  [ "$want" = "$got" ] || fail "exit $got, not $want: $(cat stderr); replay with: OIO_MUTANT=${OIO_MUTANT:-} $*"
}

# equals FROM:TO COMMAND...: what out/around.fst shows is what a run shows that draws between these times.
equals() {
  window=$1
  shift
  ends 1 "$@" --waves out/all.fst --wave-window "$window"
  "$oio" wavediff out/all.fst out/around.fst >difference || fail "window $window: $(cat difference)"
  grep -q "^SAME: [0-9]* variables" difference || fail "$(cat difference)"
}

# same_run: r.json with the recorder, and of the same run without.
same_run() {
  for file in r.json s.json; do jq -S 'del(.wall_s, .cpu_s, .flit_hops_per_cpu_s, .cycles_per_s)' $file >$file.same; done
  cmp r.json.same s.json.same || fail "$(diff r.json.same s.json.same)"
}

sentence "a rule that was broken is drawn from so long before, and the run is as without"
export OIO_MUTANT=a_credit_is_never_returned
run="$mutants --rtl near --messages 3000 --generate poisson --load 0.4"
ends 1 $run --waves out/around.fst --wave-before 200 --wire-log out/w.log --json r.json
grep -q "rule T5.*payload 936" stderr || fail "$(cat stderr)"
grep -q "out/around.fst begins at 8877.000 ns, 200.000 ns before the first finding, at 9077.000 ns" stderr || fail "$(cat stderr)"
if grep -q "look with" stderr; then fail "one is told to look again"; fi
ends 1 $run --wire-log out/v.log --json s.json
same_run
cmp out/w.log out/v.log || fail "the copy wrote into the wire log"
equals 8877:9177 $run

sentence "long behind the first copy, in a trace of which the run has read more since, the waves are those of that time"
export OIO_MUTANT=
down='at 600us link 1: down'
"$oio" trace generate --generate poisson --load 0.3 --messages 100000 -o long.gz >/dev/null
run="$oio cosim --rtl both --trace long.gz --set trace.lookahead_records=1024 --set optical.bit_error_rate=1e-6 --set link.replay_limit=4"
ends 1 $run --faults "$down" --waves out/around.fst --wave-before 300 --json r.json
from=$(sed -n 's/.*begins at \([0-9]*\)\.000 ns, 300.000 ns before the link failed.*/\1/p' stderr)
[ "${from:-0}" -gt 600000 ] || fail "$(cat stderr)"
ends 1 $run --faults "$down" --json s.json
same_run
equals "$from:$((from + 400))" $run --faults "$down"

sentence "of a deadlock the last flit is drawn, also after idle time that was passed over, and from as far before it as was asked"
export OIO_MUTANT=a_credit_is_never_returned
run="$mutants --rtl near --messages 3000 --generate poisson --set rtl.response_cycles=0 --set workload.directions=a_to_b --set vc.buffer_bytes=1024"
for case in 'skip 0.002 500' 'clock 0.02 200000'; do
  set -- $case
  ends 1 $run --load "$2" --set "rtl.idle=$1" --waves out/around.fst --wave-before "$3" --wire-log out/w.log
  at=$(sed -n 's/.* before the last flit, at \([0-9]*\)\.000 ns$/\1/p' stderr)
  last=$(tail -n 1 out/w.log | awk '{ print $1 / 1000 }')
  awk -v at="${at:-0}" -v last="$last" 'BEGIN { exit !(at - last <= 4 && last - at <= 4 && at > 100000) }' || fail "$case: the last flit is of $last: $(cat stderr)"
  from=$(sed -n 's/.* begins at \([0-9]*\)\.000 ns.*/\1/p' stderr)
  [ "$from" -gt $((at - $3 - 1)) ] && [ "$from" -le $((at > $3 ? at - $3 : 1000)) ] || fail "$case: it begins at $from: $(cat stderr)"
  "$oio" wavediff out/around.fst out/around.fst >shown
  awk -v from="$from" '{ unit = $(NF - 3) == "ms" ? 1e6 : $(NF - 3) == "us" ? 1e3 : 1; d = $(NF - 4) * unit - from; exit !(d * d < 9) }' shown ||
    fail "$case: it says $from: $(cat shown)"
done
export OIO_MUTANT=

sentence "a run in which nothing is found has no waves, and leaves none of another"
ends 0 "$oio" cosim --generate poisson --messages 300 --waves out/around.fst --wave-before 200 --json r.json
[ ! -e out/around.fst ] || fail "waves of nothing"

sentence "what does not go together is refused"
for words in "--wave-before 200" "--wave-before 200 --wave-window 1:2 --waves out/x.fst" "--wave-before 0 --waves out/x.fst" "--wave-before 1x --waves out/x.fst"; do
  # shellcheck disable=SC2086 # words
  ends 2 "$oio" cosim --generate poisson --messages 10 $words
  same 1 "$(wc -l <stderr)"
done
mkfifo pipe
cat long.gz >pipe 2>/dev/null &
ends 2 "$oio" cosim --trace pipe --waves out/x.fst --wave-before 200
grep -q "a pipe can be read only once" stderr || fail "$(cat stderr)"
kill $! 2>/dev/null || true

sentence "no copy outlives its run"
if left=$(grep -ls 'out/around[.]fst' /proc/[0-9]*/cmdline); then fail "$left"; fi
echo "1..$planned passed"
