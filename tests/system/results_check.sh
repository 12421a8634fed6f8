# SPDX-License-Identifier: Apache-2.0
# `oio results check`: what was run for a golden database is run again or was, and has moved or has not. What moved is planted; by how much, and within which interval, is
# reckoned here from the lines of sweeps.
. "$(dirname "$0")/trace_shell.sh"
source=$2
command -v sqlite3 >/dev/null || { echo "skipped: sqlite3 is not installed"; exit 77; }

# checks STATUS ARGUMENT...: `oio results check`.
checks() {
  want=$1
  shift
  got=0
  "$oio" results check "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio results check $*: exit status $got, not $want: $(cat stdout stderr)"
}
declines() {
  pattern=$1
  shift
  checks 2 "$@"
  [ "$(wc -l <stderr)" = 1 ] && grep -q -- "$pattern" stderr || fail "oio results check $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio results check $*: prints $(cat stdout)"
}
says() { grep -q -- "$1" stdout || fail "'$1' is not in: $(cat stdout)"; }
study="--over load=0.3,0.6 --over optical.length_m=1,100 --generate poisson --messages 1000 --quiet"

"$oio" sweep $study --db golden.db --out golden.jsonl

sentence "what is run again with the same program has not moved by anything: a sweep, a comparison, a trace, a net, links of a class of one's own"
cp golden.db all.db
"$oio" compare --generate poisson --offer 100 --messages 300 --length 10 --only OIO,NPO --db all.db --quiet
cp "$source/traces/ring-allreduce-8.oiotrace.gz" trace.gz
"$oio" sim --trace trace.gz --seed 5 --set optical.bit_error_rate=1e-6 --db all.db --quiet
"$oio" sim --generate poisson --messages 300 --seed 18446744073709551615 --set sim.errors_seed=18446744073709551614 --set optical.bit_error_rate=1e-5 --db all.db --quiet
"$oio" sim --net ring:5 --generate all-to-all --set workload.bytes=4096 --set tray.like=rack --set tray.length_m=3 --set package.fec=kp4 --fidelity event --db all.db --quiet
"$oio" sweep --over optical.length_m=1,1000 --over optical.tech=oio_oci_msa_gen1_200g --generate poisson --messages 100 --db all.db --quiet 2>/dev/null || true
checks 0 all.db --exact
says "^all.db: $(sqlite3 all.db 'SELECT count(*) FROM run') runs: .* as they were, 0 moved, 0 missing$"
checks 0 golden.db golden.db --exact
says "^golden.db: 4 runs: 4 as they were, 0 moved, 0 missing$"

sentence "a default that is another now moves what it must: the part is named, and so are the key and by how much"
"$oio" sweep $study --set optical.logic_ps=11000 --db slower.db --out slower.jsonl
sqlite3 slower.db "UPDATE run SET asked = json_remove(asked, '\$.\"optical.logic_ps\"')"
checks 1 golden.db slower.db
says "^golden.db: 4 runs: 0 as they were, 4 moved, 0 missing$"
same 4 "$(grep -c "^ *logic moved it: parts of the mean .*logic +$(jq -n --slurpfile a golden.jsonl --slurpfile b slower.jsonl '($b[1].results.latency_parts_ps.logic - $a[1].results.latency_parts_ps.logic) / 1000')" stdout)"
same 4 "$(grep -c 'it ran with optical.logic_ps=11000, before with 10000$' stdout)"
checks 1 golden.db slower.db --where load=0.6 --json
same 2 "$(jq '.moved' stdout)"

sentence "a figure that is worse by queueing alone is told as that, and one that was lost as that"
cp golden.db queued.db
sqlite3 queued.db "UPDATE run SET queue_ps = queue_ps + 7000, latency_mean_ps = latency_mean_ps + 7000, latency_p99_ps = latency_p99_ps + 90000, lost = 3, result = 'bad' WHERE number = 2"
checks 1 golden.db queued.db
says "^MOVED   run .*optical.length_m=1 .*workload.load=0.6"
says "^ *queue moved it: parts of the mean queue +7 ns$"
says "^ *the run is bad, was good$"
says "^ *lost: 3, was 0, outside 0 .. 0$"
says "^golden.db: 4 runs: 3 as they were, 1 moved, 0 missing$"

sentence "a percentile may move as far as its tolerance, and no picosecond further"
p99=$(sqlite3 golden.db 'SELECT latency_p99_ps FROM run WHERE number = 2')
for tolerance in 999999 1000000 1000001; do
  sqlite3 golden.db ".backup moved.db"
  sqlite3 moved.db "UPDATE run SET latency_p99_ps = latency_p99_ps + 1000000 WHERE number = 2"
  checks $((tolerance < 1000000)) golden.db moved.db --exact --tolerance p99=$tolerance
done
percent=$(awk -v p="$p99" 'BEGIN { printf "%.9f", 100 * 1000000 / p + 1e-6 }') less=$(awk -v p="$p99" 'BEGIN { printf "%.9f", 100 * 1000000 / p - 1e-6 }')
checks 0 golden.db moved.db --exact --tolerance p99="$percent"%
checks 1 golden.db moved.db --exact --tolerance p99="$less"%
checks 0 golden.db moved.db --exact --tolerance 5000%
checks 0 golden.db moved.db --exact --tolerance goodput=1% --where number=1
sqlite3 moved.db "UPDATE run SET goodput_bits_per_s = goodput_bits_per_s * 1.02"
checks 1 golden.db moved.db --exact --tolerance goodput=1% --where number=1

sentence "without a tolerance it may move within the interval of its order statistics, whose ranks are known of a thousand values"
# Beside 1000 others the median of 1000 lies with 95 % between their 456th and 544th, the 99th percentile between the 979th and the 998th, that of 99.9 % above the 993rd: exact fractions.
jq -c 'select(.number == 2) | def at($rank): . as $l | [foreach $l.latency.buckets[] as [$top, $count] ({seen: 0}; .seen += $count | .top = $top; select(.seen >= $rank) | .top)][0];
  [at(456), at(544), at(979), at(998)]' golden.jsonl >ranks
for case in "latency_p50_ps 0 1" "latency_p99_ps 2 3"; do
  set -- $case
  low=$(jq ".[$2]" ranks) high=$(jq ".[$3]" ranks)
  [ "$low" -lt "$high" ] || fail "an empty interval: $(cat ranks)"
  for move in "$low 0" "$((low - 1)) 1" "$high 0" "$((high + 1)) 1"; do
    sqlite3 golden.db ".backup moved.db"
    sqlite3 moved.db "UPDATE run SET $1 = ${move% *} WHERE number = 2"
    checks "${move#* }" golden.db moved.db
    [ "${move#* }" = 0 ] || says "$1: .* outside $low \.\. $high$"
  done
done
sqlite3 golden.db ".backup moved.db"
sqlite3 moved.db "UPDATE run SET latency_p999_ps = 10 * latency_p999_ps WHERE number = 2"
checks 0 golden.db moved.db # of a thousand values nothing bounds it from above
says "^not judged: latency_p999_ps of 1 run moved, and too few latencies bound it: "
checks 0 golden.db moved.db --json --github --junit junit.xml
same "[$(sqlite3 golden.db 'SELECT id FROM run WHERE number = 2'),[\"latency_p999_ps\"]]" "$(jq -c '.checked[] | select(.unjudged != []) | [.run, .unjudged]' stdout)"
grep -q '^::warning title=oio results check::not judged: latency_p999_ps of 1 run' stderr || fail "no warning: $(cat stderr)"
same 1 "$(grep -c '<system-out>not judged: latency_p999_ps</system-out>' junit.xml)"
same 0 "$(grep -c '<failure' junit.xml)"
checks 0 golden.db moved.db --tolerance p999=1000%
grep -q 'not judged' stdout && fail "a tolerance has judged it: $(cat stdout)"
checks 1 golden.db moved.db --tolerance p999=100%
checks 1 golden.db moved.db --exact

sentence "a mean without batches may move as far as the normal quantile of two such means, told by the histogram; without a histogram by nothing, and that is said"
mean=$(sqlite3 golden.db "SELECT printf('%.6f', latency_mean_ps) FROM run WHERE number = 2")
away=$(jq 'select(.number == 2) | .results.latency_ps.mean as $mean | [.latency.buckets[] | . as [$top, $count] | $count * pow($top - $mean; 2)] | 1.959963984540054 * (add / 1000 * 2 / 1000 | sqrt)' golden.jsonl)
for part in -1.0001 -0.9999 0.9999 1.0001; do
  sqlite3 golden.db ".backup moved.db"
  sqlite3 moved.db "UPDATE run SET latency_mean_ps = $mean + $part * $away WHERE number = 2"
  checks "$(awk -v p="$part" 'BEGIN { print (p < -1 || p > 1) }')" golden.db moved.db
done
cp golden.db bare.db
sqlite3 bare.db "UPDATE answer SET latency = NULL WHERE run = (SELECT id FROM run WHERE number = 2)"
sqlite3 moved.db "UPDATE run SET latency_mean_ps = $mean + 1, latency_p50_ps = latency_p50_ps + 1 WHERE number = 2"
checks 1 bare.db moved.db
says "latency_mean_ps: .*; what chance may do is not known, for its latencies are not kept$"
says "latency_p50_ps: .*; what chance may do is not known, for its latencies are not kept$"

sentence "compare says of each figure that moved whether it is beyond the same interval, in text and in JSON"
# pair SET: in pair.db run 2 of the golden ones is again there as run $twin, with that other.
twin=1000
pair() {
  sqlite3 golden.db ".backup pair.db"
  for table in run answer; do
    key=$([ "$table" = run ] && echo id || echo run)
    sqlite3 pair.db "CREATE TEMP TABLE copy AS SELECT * FROM $table WHERE $key = (SELECT id FROM run WHERE number = 2); UPDATE copy SET $key = $twin$([ "$table" = run ] && echo ", number = $twin"); INSERT INTO $table SELECT * FROM copy"
  done
  sqlite3 pair.db "UPDATE run SET $1 WHERE id = $twin"
}
first=$(sqlite3 golden.db 'SELECT id FROM run WHERE number = 2')
# compared FIGURE VERDICT LOW HIGH TEXT: LOW and HIGH as jq has them.
compared() {
  "$oio" results compare pair.db "$first" $twin --json >compared.json
  jq -e --arg figure "$1" --arg verdict "$2" --argjson low "$3" --argjson high "$4" 'def near($x): if . == null then $x == null else . - $x | fabs < 1e-3 end;
    .figures | length == 1 and .[0].figure == $figure and .[0].interval == $verdict and (.[0].low | near($low)) and (.[0].high | near($high))' compared.json >/dev/null ||
    fail "$1 is not $2 $3 .. $4: $(cat compared.json)"
  "$oio" results compare pair.db "$first" $twin | grep "^$1 " >compared.text
  grep -q "  $5\$" compared.text || fail "$(cat compared.text) does not end in '$5'"
}
for case in "latency_p50_ps 0 1" "latency_p99_ps 2 3"; do
  set -- $case
  low=$(jq ".[$2]" ranks) high=$(jq ".[$3]" ranks)
  for move in "$low within" "$((low - 1)) beyond" "$high within" "$((high + 1)) beyond"; do
    pair "$1 = ${move% *}"
    compared "$1" "${move#* }" "$low" "$high" "${move#* } $low \.\. $high"
  done
done
for part in -1.0001 -0.9999 0.9999 1.0001; do
  pair "latency_mean_ps = $mean + $part * $away"
  verdict=$(awk -v p="$part" 'BEGIN { print (p < -1 || p > 1) ? "beyond" : "within" }')
  compared latency_mean_ps "$verdict" "$(jq -n "$mean - $away")" "$(jq -n "$mean + $away")" "$verdict [0-9.]* \.\. [0-9.]*"
done
pair 'latency_p999_ps = 10 * latency_p999_ps'
compared latency_p999_ps unbounded "$(jq -c 'select(.number == 2) | def at($rank): . as $l | [foreach $l.latency.buckets[] as [$top, $count] ({seen: 0}; .seen += $count | .top = $top; select(.seen >= $rank) | .top)][0]; at(993)' golden.jsonl)" null \
  'too few latencies to tell'
pair 'payload = payload + 1'
compared payload none null null 'no interval'
pair 'latency_p50_ps = latency_p50_ps + 1'
sqlite3 pair.db "UPDATE answer SET latency = NULL WHERE run = $first"
compared latency_p50_ps unknown null null 'interval not known'

sentence "another seed is another run, whose figures are as near as a tolerance says"
"$oio" sweep $study --seed 77 --db seed.db
sqlite3 seed.db 'UPDATE run SET seed = 1'
checks 1 golden.db seed.db --exact
checks 0 golden.db seed.db --tolerance 10%

sentence "of runs with other seeds few are called moved, though in a queue latencies depend on each other: batches say how much"
# 20 pairs of runs with three percentiles each, of which 5 in 100 may fall outside by chance: more than 8 of 60 would in one of 300 such tests. Without batches half of the tails do.
for detail in on off; do
  "$oio" sweep --over load=0.6 --generate poisson --messages 8000 --repeat 40 --set optical.length_m=1 --set results.detail=$detail --fidelity event --db $detail.db --quiet
  cp $detail.db again.db
  sqlite3 $detail.db 'DELETE FROM run WHERE seed > 20'
  sqlite3 again.db 'DELETE FROM run WHERE seed <= 20; UPDATE run SET seed = seed - 20'
  "$oio" results check $detail.db again.db >stdout && fail "nothing has moved"
  grep -c '^ *latency_p' stdout >$detail.moved
done
[ "$(cat on.moved)" -le 8 ] || fail "$(cat on.moved) of 60 percentiles are called moved"
[ "$(cat off.moved)" -ge 15 ] || fail "only $(cat off.moved) of 60 are called moved without batches: this would not see it"

sentence "what is not there any more is missing, and what is there besides is told"
cp golden.db fewer.db
sqlite3 fewer.db 'DELETE FROM run WHERE number = 3'
checks 1 golden.db fewer.db
says "^MISSING run .*optical.length_m=100 .*workload.load=0.6, seed 1$"
says "^golden.db: 4 runs: 3 as they were, 0 moved, 1 missing$"
checks 0 fewer.db golden.db
says "0 missing; 1 new one that it does not have$"
sqlite3 all.db "UPDATE run SET host = 'Verilator, RTL bridge' WHERE command = 'sim'"
checks 1 all.db --where command=sim
says "it is of a host that cannot be run again here"

sentence "a run that is refused now is told as that, in one line"
cp golden.db refused.db
sqlite3 refused.db "UPDATE run SET asked = json_set(asked, '\$.\"optical.length_m\"', -1) WHERE number = 2"
checks 1 refused.db --exact
same 3 "$(wc -l <stdout)"
says "^ *the run is refused, was good: .*optical.length_m=-1"

sentence "a trace with other bytes is told as what it is"
"$oio" sim --trace trace.gz --seed 5 --db traced.db --quiet
zcat trace.gz | sed -n '1,/^---/p' >head
zcat trace.gz | sed '1,/^---/d' | sed '$d' | head -n 100 >body
{ cat head body; echo "end $(wc -l <body)"; } | gzip >trace.gz
checks 1 traced.db
says "the files that it reads have other bytes"

sentence "JUnit has a case for each run and a failure for each that moved, and GitHub an annotation"
checks 1 golden.db queued.db --junit junit.xml --github
if command -v xmllint >/dev/null; then
  same "4 1 4 1" "$(xmllint --xpath 'concat(/testsuites/@tests, " ", /testsuites/@failures, " ", count(//testcase), " ", count(//failure[contains(., "queue moved it")]))' junit.xml)"
fi
same 1 "$(grep -c '^::error title=run .*optical.length_m=1 .*::the run is bad, was good%0A.*queue moved it' stdout)"
checks 1 golden.db queued.db --json --github # the JSON stays one document
same 1 "$(jq '.moved' stdout)"
same 1 "$(grep -c '^::error title=run ' stderr)"
checks 0 golden.db golden.db --exact --github
same "golden.db: 4 runs: 4 as they were, 0 moved, 0 missing" "$(cat stdout)"

sentence "it is a CTest test by one line"
mkdir project
cp golden.db queued.db project
cat >project/CMakeLists.txt <<TEXT
cmake_minimum_required(VERSION 3.25)
project(study NONE)
enable_testing()
include($source/cmake/OioResultsTest.cmake)
oio_add_results_test(NAME again GOLDEN golden.db OPTIONS --exact)
oio_add_results_test(NAME given GOLDEN golden.db NEW ../golden.db)
oio_add_results_test(NAME made GOLDEN golden.db COMMAND $oio sweep $(echo "$study" | sed 's/--quiet//') --db {db} TOLERANCE p99=1% mean=1%)
oio_add_results_test(NAME moved GOLDEN golden.db NEW ../project/queued.db OPTIONS --junit moved.xml)
TEXT
if command -v cmake >/dev/null && command -v ctest >/dev/null; then
  cmake -S project -B made -DOIO_PROGRAM="$oio" >log 2>&1 || fail "$(cat log)"
  ctest --test-dir made --output-on-failure >log 2>&1 && fail "nothing has failed: $(cat log)"
  for test in again given made; do grep -q "$test .*Passed" log || fail "$test: $(cat log)"; done
  grep -q 'moved .*Failed' log && grep -q 'queue moved it' log || fail "$(cat log)"
fi

sentence "what cannot be checked is refused, and nothing to check is not good"
declines "'2x' *'\|not '2x'" golden.db --tolerance 2x
declines "not '-1%'" golden.db --tolerance=-1%
declines "not 'p99='" golden.db --tolerance p99=
declines "'nonsense' is no column" golden.db --tolerance nonsense=3
declines "is no figure" golden.db --tolerance label=3
declines "nowhere.db: cannot be read" golden.db nowhere.db
declines "nowhere/x.xml: cannot be" golden.db golden.db --junit nowhere/x.xml
checks 3 golden.db --where load=0.5
