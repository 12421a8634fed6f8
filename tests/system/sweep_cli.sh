# SPDX-License-Identifier: Apache-2.0
# `oio sweep` as a user meets it: the same bytes however a sweep is cut, stopped and put together, and the figures of `oio sim`.
. "$(dirname "$0")/trace_shell.sh"
source=$2
sample=$source/traces/ring-allreduce-8.oiotrace.gz

# declines PATTERN ARGUMENT...: exit status 2, one line on standard error, nothing made.
declines() {
  pattern=$1
  shift
  got=0
  timeout 60 "$oio" sweep "$@" >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "oio sweep $*: exit status $got, not 2: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio sweep $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio sweep $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio sweep $*: prints $(cat stdout)"
  [ -z "$(ls out)" ] || fail "oio sweep $*: left behind: $(ls out)"
}
# ends STATUS COMMAND...
ends() {
  want=$1
  shift
  got=0
  "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat stderr)"
}
equal() { cmp -s "$1" "$2" || fail "$1 and $2 differ: $(cmp "$1" "$2" 2>&1)"; }
lines() { jq -c 'select(has("number"))' "$1"; }

few="--generate poisson --messages 300"
grid="--over load=0.2:0.8:0.3 --over optical.length_m=1,100 --over optical.bit_error_rate=log:1e-7:1e-5:3 --generate burst --messages 2000 --repeat 2 --seed 9"

sentence "every run of a sweep has the results that oio sim has at that point by hand"
ends 0 "$oio" sweep $grid --out whole.jsonl
same 36 "$(lines whole.jsonl | wc -l)"
for number in 0 7 35; do
  lines whole.jsonl | jq "select(.number == $number)" >line
  "$oio" sim --generate burst --messages 2000 --seed "$(jq .seed line)" --load "$(jq '.values["workload.load"]' line)" --set optical.length_m="$(jq '.values["optical.length_m"]' line)" \
    --set optical.bit_error_rate="$(jq '.values["optical.bit_error_rate"]' line)" --set results.detail=off --json - |
    jq -S 'del(.oio_results, .wall_s, .cpu_s, .flit_hops_per_cpu_s, .repeat, .config)' >hand
  jq -S .results line | diff - hand >&2 || fail "run $number is not that of oio sim"
done
same '9 10' "$(lines whole.jsonl | jq -r .seed | sort -nu | paste -s -d ' ')"
same '0.2 0.5 0.8' "$(lines whole.jsonl | jq -r '.values["workload.load"]' | sort -nu | paste -s -d ' ')"
same true "$(lines whole.jsonl | jq -s '[.[].values["optical.bit_error_rate"]] | unique == [1e-7, 1e-6, 1e-5]')"

sentence "the histogram of a line is that of its latencies: count, sum and quantiles"
lines whole.jsonl | jq -e '.latency.count == .results.delivered and ([.latency.buckets[][1]] | add) == .latency.count and .latency.min_ps == .results.latency_ps.min and
  .latency.max_ps == .results.latency_ps.max and ((.latency.sum_ps | tonumber) / .latency.count - .results.latency_ps.mean | fabs) < 1e-5 and
  (. as $line | all([[0.5, "p50"], [0.99, "p99"], [0.999, "p999"]][]; . as [$q, $name] |
    ([foreach $line.latency.buckets[] as [$top, $count] ({seen: 0}; .seen += $count | .top = $top; select(.seen >= $q * $line.latency.count) | .top)][0]) as $top |
    ([$top, $line.latency.max_ps] | min) == $line.results.latency_ps[$name]))' >/dev/null || fail "a histogram is wrong"

sentence "head and lines conform to docs/sweep.schema.json, and the results in them to that of oio sim"
ends 0 "$oio" sim --generate poisson --messages 20 --json sim.json --quiet
schema() { jq -e --slurpfile schema "$source/docs/$1" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" >conforms || fail "$1: $(sort conforms | uniq -c)"; }
schema sweep.schema.json <whole.jsonl
lines whole.jsonl | jq --slurpfile sim sim.json '($sim[0] | {oio_results, wall_s, cpu_s, flit_hops_per_cpu_s, repeat, config}) + .results' | schema results.schema.json
same 1 "$(head -n 1 whole.jsonl | jq '(.config | length) + 1 - ($sim[0].config | length) + 1' --slurpfile sim sim.json)" # all keys but sim.threads

sentence "one process, all of them, and three shards merged make the same bytes"
ends 0 "$oio" sweep $grid --out one.jsonl --jobs 1 --quiet
[ ! -s stdout ] || fail "--quiet prints $(cat stdout)"
equal whole.jsonl one.jsonl
for shard in 1 2 3; do ends 0 "$oio" sweep $grid --shard $shard/3 --out $shard.jsonl --jobs 3; done
same '1 4 7' "$(lines 2.jsonl | jq .number | head -n 3 | paste -s -d ' ')"
ends 0 "$oio" sweep merge 3.jsonl 1.jsonl 2.jsonl -o merged.jsonl
grep -q "^merged.jsonl: 36 of 36 runs$" stdout || fail "$(cat stdout)"
equal whole.jsonl merged.jsonl

sentence "killed at any moment and given again it makes the same bytes, and what was done stays"
long="--over load=0.1:0.9:0.1 --over optical.length_m=1,10,100 --generate poisson --messages 20000"
ends 0 "$oio" sweep $long --out long.jsonl
before=0
for moment in 0.1 0.23 0.31 0.17 0.4 0.05; do
  "$oio" sweep $long --out killed.jsonl --quiet &
  victim=$!
  sleep $moment
  kill -KILL $victim 2>/dev/null || true
  wait $victim 2>/dev/null || true
  [ -e killed.jsonl ] || continue
  now=$(wc -l <killed.jsonl)
  [ "$now" -ge "$before" ] || fail "$before lines were there, now there are $now"
  before=$now
done
ends 0 "$oio" sweep $long --out killed.jsonl
equal long.jsonl killed.jsonl

sentence "a line that was cut off is dropped and done again, and no other"
for bytes in 0 1 40 9000; do
  head -n 6 whole.jsonl >torn.jsonl
  sed -n 7p whole.jsonl | head -c $bytes >>torn.jsonl
  ends 0 "$oio" sweep $grid --out torn.jsonl --resume
  equal whole.jsonl torn.jsonl
done
head -c 100 whole.jsonl >torn.jsonl
ends 0 "$oio" sweep $grid --out torn.jsonl
equal whole.jsonl torn.jsonl
cp whole.jsonl again.jsonl
touch -d '2001-01-01' again.jsonl
ends 0 "$oio" sweep $grid --out again.jsonl
same 2001 "$(date -r again.jsonl +%Y)" # nothing was missing, nothing is written

sentence "interrupted it keeps what is done, says how to go on, and exits with 130"
endless="--over load=0.1:0.9:0.1 --generate poisson --messages 400000"
"$oio" sweep $endless --out stopped.jsonl --jobs 1 >stdout 2>stderr &
victim=$!
until [ "$(cat stopped.jsonl 2>/dev/null | wc -l)" -ge 2 ]; do sleep 0.02; done
kill -INT $victim
got=0
wait $victim || got=$?
same 130 "$got"
grep -q "interrupted: [1-9] of 9 runs are done; they are in stopped.jsonl, and the same command goes on$" stderr || fail "$(cat stderr)"
lines stopped.jsonl | jq -e .good >/dev/null || fail "no whole lines"

sentence "a process that dies loses its run alone; the same command does it"
"$oio" sweep --over load=0.1:0.4:0.1 --generate poisson --messages 900000 --out lost.jsonl --jobs 2 >stdout 2>stderr &
parent=$!
until child=$(pgrep -P $parent 2>/dev/null | head -n 1) && [ -n "$child" ]; do sleep 0.01; done
until [ "$(cut -d ' ' -f 14 /proc/$child/stat)" -ge 3 ]; do sleep 0.01; done # hundredths of a second: it is in its run
kill -KILL "$child"
got=0
wait $parent || got=$?
same 1 "$got"
grep -q "1 runs could not be done, the first of them number [01]: its process ended by signal 9; the same command tries them again" stderr || fail "$(cat stderr)"
same 3 "$(lines lost.jsonl | wc -l)"
ends 0 "$oio" sweep --over load=0.1:0.4:0.1 --generate poisson --messages 900000 --out lost.jsonl
same 4 "$(lines lost.jsonl | wc -l)"

sentence "whenever processes die each run is done or counted as lost"
n=0
"$oio" sweep --over load=0.1:0.4:0.1 --over seed=1:300:1 --generate poisson --messages 200 --out storm.jsonl --jobs 4 >stdout 2>stderr &
parent=$!
for _ in $(seq 50); do # far from its end: a sanitizer has a process of its own there
  [ "$(cat storm.jsonl 2>/dev/null | wc -l)" -lt 300 ] || break
  pkill -KILL -P $parent 2>/dev/null || true
  sleep 0.0$((n = (n + 7) % 10)) # now a little longer, now at once
done
got=0
wait $parent || got=$?
lost=$(sed -n 's/^oio sweep: \([0-9]*\) runs could not be done.*/\1/p' stderr)
same "$([ "${lost:-0}" -gt 0 ] && echo 1 || echo 0)" "$got"
same 1200 "$(($(lines storm.jsonl | wc -l) + ${lost:-0}))"

sentence "a file of another sweep is refused with what differs, and left alone"
cp whole.jsonl out.jsonl
ends 2 "$oio" sweep $grid --set optical.lanes=8 --out out.jsonl
grep -q "out.jsonl: it is of another sweep: optical.lanes is 16 there and 8 here; name another file$" stderr || fail "$(cat stderr)"
ends 2 "$oio" sweep $grid --samples 2 --over optical.ps_per_m=uniform:4000:5000 --out out.jsonl
grep -q "another sweep: runs is 36 there and 72 here" stderr || fail "$(cat stderr)"
ends 2 "$oio" sweep $grid --shard 1/2 --out out.jsonl
grep -q 'another sweep: shard is "1/1" there and "1/2" here' stderr || fail "$(cat stderr)"
equal whole.jsonl out.jsonl
echo '{"a": 1}' >out.jsonl
ends 2 "$oio" sweep $grid --out out.jsonl
grep -q "out.jsonl: it is of another sweep" stderr || fail "$(cat stderr)"
printf 'notes' >out.jsonl
ends 2 "$oio" sweep $grid --out out.jsonl
grep -q "out.jsonl: it does not begin as a file of oio sweep; name another$" stderr || fail "$(cat stderr)"
same notes "$(cat out.jsonl)"
cp "$sample" t.gz
ends 0 "$oio" sweep --over optical.length_m=1,2 --trace t.gz --out t.jsonl
"$oio" trace record --workers 2 --rounds 1 --bytes 64 -o t.gz >stdout
ends 2 "$oio" sweep --over optical.length_m=1,2 --trace t.gz --out t.jsonl
grep -q "another sweep: the trace, the net or the schedule has other bytes in its file" stderr || fail "$(cat stderr)"
printf 'at 1us link 1: lane 3 dies\n' >schedule
for key in --faults --over; do
  [ $key = --faults ] && values="schedule --over load=0.2,0.4" || values="faults=schedule,at\ 2us\ link\ 1:\ lane\ 1\ dies"
  rm -f f.jsonl
  printf 'at 1us link 1: lane 3 dies\n' >schedule
  eval '"$oio"' sweep $few $key $values --set optical.stripe_bits=16 --out f.jsonl --quiet 2>stderr || [ $? = 1 ] || fail "$(cat stderr)" # a link may fail of it
  same 2 "$(lines f.jsonl | jq -c 'select(.error == "")' | wc -l)"
  printf 'at 1us link 1: lane 4 dies\n' >schedule
  eval ends 2 '"$oio"' sweep $few $key $values --set optical.stripe_bits=16 --out f.jsonl
  grep -q "the schedule has other bytes in its file" stderr || fail "$(cat stderr)"
done
declines "none.faults: cannot be read: No such file" $few --over load=0.1,0.2 --faults none.faults --out out/s
head -n 3 whole.jsonl >mixed.jsonl
sed -n 2p t.jsonl | sed 's/"number":0/"number":9999/' >>mixed.jsonl
ends 2 "$oio" sweep $grid --out mixed.jsonl
grep -q "mixed.jsonl:4: this is no line of such a sweep" stderr || fail "$(cat stderr)"

sentence "while one command adds to a file another is refused"
endless="--over load=0.1:0.9:0.1 --generate poisson --messages 40000000" # much longer than a second command waits for the first
"$oio" sweep $endless --out busy.jsonl --quiet 2>/dev/null &
first=$!
until [ -s busy.jsonl ]; do sleep 0.02; done
ends 2 "$oio" sweep $endless --out busy.jsonl
kill -INT $first
wait $first || true
grep -q "busy.jsonl: another oio sweep is adding to it" stderr || fail "$(cat stderr)"

sentence "runs that fail are lines with their error, are counted, and the others go on: exit status 1"
ends 1 "$oio" sweep $few --over optical.tech=lpo_800g,,cu_dac_112g --over optical.length_m=1,50 --out failed.jsonl
grep -q "1 of 6 runs that were looked at are refused, such as: optical.length_m=50: optical.tech=cu_dac_112g reaches 7 m at most" stderr || fail "$(cat stderr)"
grep -q "1 of 6 runs are not good$" stderr || fail "$(cat stderr)"
grep -q "^optical.tech=cu_dac_112g optical.length_m=50 .* refused: optical.length_m=50: optical.tech=cu_dac_112g" stdout || fail "$(cat stdout)"
same '5 false' "$(lines failed.jsonl | jq -r 'select(.error != "") | "\(.number) \(.good)"')"
ends 1 "$oio" sweep $few --over optical.bit_error_rate=0,0.3 --set link.replay_limit=2 --out bad.jsonl
lines bad.jsonl | jq -e 'select(.number == 1) | .good == false and .error == "" and (.results.failure | length > 0)' >/dev/null || fail "$(lines bad.jsonl | jq -c .results.failure)"
grep -q "optical.bit_error_rate=0.3 .* not good: " stdout || fail "$(cat stdout)"

sentence "of very many short runs each is counted once, good or not, whichever come together"
ends 1 "$oio" sweep --generate poisson --messages 1 --over optical.tech=cu_dac_112g --over optical.length_m=1,50 --over seed=1:300:1 --out many.jsonl --jobs 4
grep -q "^oio sweep: 300 of 600 runs are not good$" stderr || fail "$(cat stderr)"
same '300 false' "$(lines many.jsonl | jq -c '.error != ""' | sort | uniq -c | head -n 1 | awk '{ print $1, $2 }')"

sentence "random samples depend on the seed and their number alone, lie in their range, and differ between keys"
random="$few --over optical.length_m=uniform:10:20 --over optical.bit_error_rate=log-uniform:1e-9:1e-6 --over optical.lanes=uniform:4:8 --samples 60"
ends 0 "$oio" sweep $random --out random.jsonl
ends 0 "$oio" sweep $random --shard 2/7 --out random2.jsonl
same "$(lines random.jsonl | jq -c 'select(.number % 7 == 1) | .values' | cksum)" "$(lines random2.jsonl | jq -c .values | cksum)"
lines random.jsonl | jq -s -e 'all(.[].values; .["optical.length_m"] >= 10 and .["optical.length_m"] <= 20 and .["optical.bit_error_rate"] >= 1e-9 and .["optical.bit_error_rate"] <= 1e-6)
  and ([.[].values["optical.length_m"]] | unique | length == 60) and ([.[].values["optical.lanes"]] | unique == [4, 5, 6, 7, 8])
  and ([.[].values["optical.length_m"]] | add / 60 | . > 13.9 and . < 16.1)
  and all(.[].values; (.["optical.length_m"] - 10) / 10 - ((.["optical.bit_error_rate"] | log10) + 9) / 3 | fabs > 1e-5)
  and ([.[].values["optical.bit_error_rate"] | log10] | add / 60 | . > -7.83 and . < -7.17)' >/dev/null || fail "$(lines random.jsonl | jq -c .values | head)"
ends 0 "$oio" sweep $random --seed 2 --out random3.jsonl
[ "$(lines random.jsonl | jq -c .values | cksum)" != "$(lines random3.jsonl | jq -c .values | cksum)" ] || fail "the seed changes no sample"

sentence "text is swept in lists: technologies, nets, generators, values with commas"
ends 0 "$oio" sweep --over net=ring:4,star:3 --over workload.pattern=uniform,neighbour --generate saturate --messages 200 --out nets.jsonl
same '"ring:4" "ring:4" "star:3" "star:3"' "$(lines nets.jsonl | jq '.values["net.topology"]' | paste -s -d ' ')"
ends 0 "$oio" sweep --over 'trace.map=0-3:0\,4-7:1,0-1:0\,2-7:1' --trace "$sample" --out maps.jsonl
same '"0-3:0,4-7:1" "0-1:0,2-7:1"' "$(lines maps.jsonl | jq '.values["trace.map"]' | paste -s -d ' ')"

sentence "a merge of parts says what is missing, and of what does not go together why; a run that two files have must be the same"
ends 1 "$oio" sweep merge 1.jsonl 3.jsonl -o part.jsonl
grep -q "12 runs are missing; the command of the sweep without --shard, with --out part.jsonl, does them" stderr || fail "$(cat stderr)"
ends 0 "$oio" sweep $grid --out part.jsonl
equal whole.jsonl part.jsonl
ends 0 "$oio" sweep merge whole.jsonl 2.jsonl -o both.jsonl
equal whole.jsonl both.jsonl
sed 's/"delivered":2000/"delivered":1999/' 2.jsonl >lie.jsonl
ends 2 "$oio" sweep merge whole.jsonl lie.jsonl -o out/m.jsonl
grep -q "run 1 is not the same in whole.jsonl and lie.jsonl" stderr || fail "$(cat stderr)"
ends 2 "$oio" sweep merge whole.jsonl nets.jsonl -o out/m.jsonl
grep -q "is of another sweep than nets.jsonl: " stderr || fail "$(cat stderr)"
[ -z "$(ls out)" ] || fail "left behind: $(ls out)"

sentence "a pool adds up the seeds of each point: histograms bucket by bucket, counts, quantiles of all latencies together"
ends 0 "$oio" sweep pool whole.jsonl -o pool.jsonl
grep -q "^pool.jsonl: 36 of 36 runs, 18 points$" stdout || fail "$(cat stdout)"
schema sweep.schema.json <pool.jsonl
jq -s -e 'def point: select(has("runs") and has("counts")); def run: select(has("results")); . as $all
  | all($all[] | point; . as $p | [$all[] | run | select(.values == $p.values)] as $runs
    | ($runs | length) == 2 and $p.seeds == [9, 10] and $p.runs == 2 and $p.bad == 0
    and ([$runs[].latency.buckets[]] | group_by(.[0]) | map([.[0][0], (map(.[1]) | add)])) == $p.latency.buckets
    and ([$runs[].latency.count] | add) == $p.latency.count and ([$runs[].latency.sum_ps | tonumber] | add) == ($p.latency.sum_ps | tonumber)
    and ([$runs[].latency.min_ps] | min) == $p.latency_ps.min and ([$runs[].latency.max_ps] | max) == $p.latency_ps.max
    and ([$runs[].results.sent] | add) == $p.counts.sent and ([$runs[].results.retries.crc] | add) == $p.counts.retries.crc
    and ([$runs[].results.flits.nop] | add) == $p.counts.flits.nop
    and (([$runs[].results.goodput_bits_per_s] | add / 2) - $p.figures.goodput_bits_per_s.mean | fabs) < 1
    and (($p.latency.sum_ps | tonumber) / $p.latency.count - $p.latency_ps.mean | fabs) < 1e-5
    and all([[0.5, "p50"], [0.99, "p99"], [0.999, "p999"]][]; . as [$q, $name]
      | ([foreach $p.latency.buckets[] as [$top, $count] ({seen: 0}; .seen += $count | .top = $top; select(.seen >= $q * $p.latency.count) | .top)][0]) as $top
      | ([$top, $p.latency.max_ps] | min) == $p.latency_ps[$name]))' whole.jsonl pool.jsonl >/dev/null || fail "a pool is wrong"
ends 0 "$oio" sweep pool 2.jsonl 3.jsonl 1.jsonl -o pool3.jsonl
equal pool.jsonl pool3.jsonl
ends 0 "$oio" sweep $grid --out whole.jsonl # nothing is missing: the table alone
for at in 1 7; do
  row=$(sed -n "$((at + 1))p" stdout)
  want=$(jq -r --argjson at $at 'select(.point == $at - 1 and has("counts")) | .latency_ps | "\(.p50) \(.p99)"' pool.jsonl | awk '{ printf "%.1f %.1f", $1 / 1000, $2 / 1000 }')
  same "$want" "$(echo "$row" | awk '{ print $(NF - 2), $(NF - 1) }')"
done
ends 2 "$oio" sweep merge pool.jsonl -o out/m.jsonl
grep -q "pool.jsonl: it does not begin as a file of oio sweep" stderr || fail "$(cat stderr)"
ends 1 "$oio" sweep pool 1.jsonl -o part.jsonl
grep -q "24 runs are missing; the command of the sweep without --shard, with --out a merge of these files, does them" stderr || fail "$(cat stderr)"
sed '3s/"latency":{"count":[0-9]*/"latency":{"count":7/' whole.jsonl >unsound.jsonl
ends 2 "$oio" sweep pool unsound.jsonl -o out/p.jsonl
grep -q "run 1: its latencies do not add up; do it again" stderr || fail "$(cat stderr)"
[ -z "$(ls out)" ] || fail "left behind: $(ls out)"

if (ulimit -v 2000000 && "$oio" --version) >/dev/null 2>&1; then # a sanitizer needs more than that to begin with
  sentence "a net that has no room is no result: its run is told of, and is still to be done; others go on"
  got=0
  (ulimit -v 2000000 && exec "$oio" sweep --over net=star:4,fat-tree:48 --generate saturate --messages 100 --fidelity event --out room.jsonl --jobs 2) >stdout 2>stderr || got=$?
  same 1 "$got"
  grep -q "1 runs could not be done, the first of them number 1: net 'fat-tree:48' wants .* GB of memory.*; the same command tries them again" stderr || fail "$(cat stderr)"
  same '"star:4"' "$(lines room.jsonl | jq -c '.values["net.topology"]')"
fi

sentence "a full disk is told of, keeps whole lines, and the same command goes on"
got=0
(ulimit -f 64 && exec "$oio" sweep $grid --out full.jsonl --jobs 1) >stdout 2>stderr || got=$?
same 2 "$got"
same 1 "$(wc -l <stderr)"
grep -q "full.jsonl: cannot be written: " stderr || fail "$(cat stderr)"
lines full.jsonl | jq -e .good >/dev/null || fail "no whole lines"
ends 0 "$oio" sweep $grid --out full.jsonl
equal whole.jsonl full.jsonl

sentence "a sweep with units is the one without, byte for byte: lists, steps, ratios and random values"
for pair in bytes=64KiB,1MiB/bytes=65536,1048576 bytes=64KiB:256KiB:64KiB/bytes=65536:262144:65536 compute_ps=log:1us:1ms:4/compute_ps=log:1000000:1000000000:4 \
  compute_ps=uniform:1.5us:0.001s/compute_ps=uniform:1500000:1000000000; do
  samples=
  case $pair in *uniform*) samples="--samples 3" ;; esac
  rm -f units.jsonl plain.jsonl
  for written in units:"${pair%/*}" plain:"${pair#*/}"; do
    "$oio" sweep --net full:4 --generate all-reduce --fidelity event --over "workload.${written#*:}" $samples --out "${written%%:*}.jsonl" --quiet || fail "$written"
  done
  equal plain.jsonl units.jsonl
done

sentence "unusable input is one line with the remedy, exit status 2, before anything is made"
declines "1000000000 runs, and a sweep has at most 10000000: use coarser ranges" $few --over optical.length_m=1:1000:1 --over optical.lanes=1:1000:1 --over load=0.001:1:0.001 --out out/s
declines "more than 10^19 runs" $few --over optical.length_m=0:1e4:1e-8 --over load=0:1:1e-9 --out out/s
declines "more than 10^18 values" $few --over optical.length_m=0:1e4:1e-300 --out out/s
declines "is no number; use 0..100000 m" $few --over optical.length_m=1,nan --out out/s
declines "optical.length_m=1:nan:1: write LOW:HIGH:STEP" $few --over optical.length_m=1:nan:1 --out out/s
declines "LOW may not be above HIGH, and STEP is above 0" $few --over optical.length_m=2:1:1 --out out/s
declines "LOW may not be above HIGH, and STEP is above 0" $few --over optical.length_m=1:2:0 --out out/s
declines "LOW is above 0" $few --over optical.bit_error_rate=log:0:1e-3:4 --out out/s
declines "the same whole number comes twice" $few --over optical.lanes=log:1:4:9 --out out/s
declines "optical.length_m=100001 is out of range; use 0..100000 m" $few --over optical.length_m=100000:100002:1 --out out/s
declines "workload.bytes=1MB has a unit that is none of KiB, MiB, GiB; use" $few --over workload.bytes=64KiB:1MB:1KiB --out out/s
declines "workload.bytes=0.3KiB is no whole number of bytes; use" $few --over workload.bytes=0.3KiB,1KiB --out out/s
declines "optical.length_m=-1 is out of range" $few --over optical.length_m=uniform:-1:3 --samples 2 --out out/s
declines "no key 'optical.lenght_m'; did you mean optical.length_m?" $few --over optical.lenght_m=1,2 --out out/s
declines "optical.tech=cpo_baily is no technology; did you mean cpo_bailly_51t2_100g?" $few --over optical.tech=lpo_800g,cpo_baily --out out/s
declines "is not KEY=VALUES" $few --over optical.length_m --out out/s
declines "nothing is swept" $few --out out/s
declines "is there twice" $few --over load=0.1 --over workload.load=0.2 --out out/s
declines "load sets workload.load, which --over sweeps" $few --load 0.5 --over load=0.1,0.2 --out out/s
declines "needs --samples N" $few --over load=uniform:0.1:0.9 --out out/s
declines "needs a random range" $few --over load=0.1 --samples 3 --out out/s
declines "leave it out, or sim.seed in --over" $few --over seed=1:3:1 --repeat 2 --out out/s
declines "no run is possible: there is nothing to send" --over optical.length_m=1,2 --out out/s
declines "do not go together" $few --over load=0.1,0.2 --trace "$sample" --out out/s
declines "has no effect in any of these runs: it needs a net with switches" $few --over switch.latency_ps=1,2 --out out/s
declines "set: switch.latency_ps has no effect in any of these runs" $few --over load=0.1,0.2 --set switch.latency_ps=3 --out out/s
declines "net 'rung:4': there is no such shape" $few --over net=ring:4,rung:4 --out out/s
declines "none.net: " $few --over load=0.1,0.2 --net ./none.net --out out/s

cat "$sample" | declines "/dev/stdin: every run reads it from its start; copy it to a file first" --over optical.length_m=1,2 --trace /dev/stdin --out out/s
declines "none.gz" --over optical.length_m=1,2 --trace none.gz --out out/s
declines "shard is I/N" $few --over load=0.1,0.2 --shard 3/2 --out out/s
declines "jobs is a whole number, 1..1024, not '0'" $few --over load=0.1,0.2 --jobs 0 --out out/s
declines "is of one run; the lines of a sweep go to --out" $few --over load=0.1,0.2 --json out/s
declines "out/s: cannot be opened: No such file" $few --over load=0.1,0.2 --out out/s --resume
declines "needs --out FILE" $few --over load=0.1,0.2 --resume
declines "no option --foo" $few --over load=0.1,0.2 --foo 1 --out out/s
declines "name the files" merge whole.jsonl
declines "none.jsonl: cannot be opened: No such file" merge none.jsonl -o out/m

echo "1..$planned passed"
