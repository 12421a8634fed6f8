# SPDX-License-Identifier: Apache-2.0
# The tables of a run (--csv, and `detail` of the JSON): each adds up to the run's figures and to what the others say, and both forms are the same.
. "$(dirname "$0")/trace_shell.sh"
source=$2

# column TABLE NAME: its cells.
column() { awk -F , -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "out/$1.csv"; }
sum() { column "$1" "$2" | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }
figure() { jq -r "$1" r.json; }

# adds_up ARGUMENT...: a run, whose tables agree.
adds_up() {
  rm -rf out && mkdir out
  "$oio" sim "$@" --json r.json --csv out --quiet || fail "oio sim $*: exit status $?"
  jq -e --slurpfile schema "$source/docs/results.schema.json" --slurpfile wavediff "$source/docs/results.schema.json" \
    -f "$source/tests/system/schema.jq" r.json >/dev/null || fail "oio sim $*: the JSON does not conform to its schema"
  for count in sent delivered lost; do
    for table in vcs pairs nodes; do same "$table $count $(figure .$count)" "$table $count $(sum $table $count)"; done
  done
  same "$(figure .delivered)" "$(sum nodes received)"
  same "$(figure .delivered)" "$(sum intervals delivered)"
  same "$(figure .delivered)" "$(sum intervals entered)"
  same "$(sum vcs bytes)" "$(sum intervals delivered_bytes)"
  same "$(sum nodes bytes)" "$(sum nodes received_bytes)"
  for count in payload nop replayed; do
    for table in links classes; do same "$count $(figure .flits.$count)" "$count $(sum $table $count)"; done
  done
  for count in crc sequence timeout; do same "$(figure .retries.$count)" "$(sum links retries_$count)"; done
  same "$(figure '.flits.payload + .flits.replayed')" "$(sum nodes flits_out)"
  same "$(sum nodes flits_in)" "$(sum nodes flits_out)"
  same "$(figure .latency_ps.min) $(figure .latency_ps.max)" "$(column pairs latency_min_ps | sort -n | head -n 1) $(column pairs latency_max_ps | sort -n | tail -n 1)"
  same "$(figure .latency_ps.max) 1.000000" "$(tail -n 1 out/latency.csv | cut -d , -f 1,3 | tr , ' ')"
  for p in 0.5:p50 0.99:p99 0.999:p999; do
    same "$(figure ".latency_ps.${p#*:}")" "$(awk -F , -v q="${p%:*}" 'NR > 1 && $3 >= q { print $1; exit }' out/latency.csv)"
  done
  jq -e '.critical_path_ps == null or ((.critical_path_ps | add) - (if .iteration_ps > 0 then .iteration_ps else .sim_time_ps end) | fabs) < 1' r.json >/dev/null ||
    fail "oio sim $*: $(jq -c '.critical_path_ps, .iteration_ps, .sim_time_ps' r.json)"
  for table in links classes vcs pairs nodes intervals collectives latency; do
    jq -r --arg table $table '.detail[$table][] | if type == "array" then . else [.[]] end
      | map(if . == null then "" elif type == "number" then . * 1000 | round else . end | tostring) | join(",")' r.json >json.rows
    tail -n +2 "out/$table.csv" | awk -F , '{ for (i = 1; i <= NF; i++) printf "%s%s", (i > 1 ? "," : ""), ($i ~ /^[0-9.]+$/ ? sprintf("%.0f", $i * 1000) : $i); print "" }' \
      >csv.rows
    awk -F , 'NR == FNR { row[NR] = $0; next } { n = split(row[FNR], a, ","); for (i = 1; i <= NF || i <= n; i++) if (a[i] != $i && (a[i] - $i) ^ 2 > 1 + $i * $i * 1e-24) { print FNR ": " row[FNR] " / " $0; exit } } END { if (FNR != NR - FNR) print "rows" }' \
      json.rows csv.rows >different
    [ ! -s different ] || fail "oio sim $*: $table: $(head -n 2 different)"
  done
}

sentence "every table adds up to the run, of two dies, of rings with datelines, of switches, with errors and losses"
adds_up --generate poisson --messages 3000 --set optical.bit_error_rate=1e-5 --set workload.vcs=3
adds_up --net pair --generate saturate --messages 3000 --set optical.bit_error_rate=1e-4 --fidelity event --set reset.at_ps=3000000
adds_up --net ring:8 --generate burst --load 0.3 --messages 5000 --fidelity event --set workload.vcs=8 --set row.bit_error_rate=1e-6
adds_up --net leaf-spine:4,2 --generate all-to-all --set workload.bytes=65536 --fidelity event
# More outstanding than the look-ahead first has room for, and a path through all of it.
adds_up --net star:8 --generate all-reduce --set workload.bytes=262144 --set workload.chunk_bytes=1024 --set workload.compute_ps=1000000 --set workload.iterations=3 --fidelity event
adds_up --net loop:4 --generate all-gather --set workload.bytes=65536 --set workload.chunk_bytes=256 --set workload.iterations=4 --set trace.lookahead_records=1024 --fidelity event
adds_up --net leaf-spine:4,2 --generate step --set workload.step='compute:5us, all-reduce:4:64KiB, all-to-all:2@4:8KiB &, broadcast/tree:all:3KiB, compute:1us' --set workload.iterations=3 --fidelity event
adds_up --trace "$source/traces/ring-allreduce-8.oiotrace.gz" --net loop:8

sentence "utilisation is flit times over time: saturated links are full, and the load of a switch's ports is what is offered"
"$oio" sim --net pair --generate saturate --messages 50000 --fidelity event --csv out --quiet
column links utilisation | awk '$1 < 0.995 || $1 > 1 { exit 1 }' || fail "$(cat out/links.csv)"
"$oio" sim --net star:4 --generate poisson --load 0.4 --messages 40000 --fidelity event --csv out --quiet
column links utilisation | awk '$1 < 0.385 || $1 > 0.415 { exit 1 }' || fail "$(cat out/links.csv)"

sentence "messages of the warm-up are in no latency and no goodput, and in all counts"
"$oio" sim --net pair --generate poisson --load 0.5 --messages 4000 --fidelity event --json all.json --csv out --quiet
"$oio" sim --net pair --generate poisson --load 0.5 --messages 4000 --fidelity event --json cut.json --quiet --set results.warm_up_ps=8000000
same "$(jq .wire_digest all.json) $(jq .delivered all.json)" "$(jq .wire_digest cut.json) $(jq .delivered cut.json)"
jq -e -n --slurpfile a all.json --slurpfile c cut.json '$a[0] as $a | $c[0] as $c
  | ($c.detail.latency | map(.[1]) | add) as $late | ($c.detail.intervals | map(select(.from_ps < 8000000) | .entered) | add) as $early
  | ($late < $c.delivered) and (($c.delivered - $late - $early) | fabs) <= 40 # those of the interval that the warm-up ends in
  and ($c.detail.vcs[0].delivered == $a.delivered) and (($c.goodput_bits_per_s / $a.goodput_bits_per_s - 1) | fabs) < 0.05' >/dev/null ||
  fail "the warm-up"
"$oio" sim --net pair --generate poisson --messages 400 --fidelity event --json cut.json --quiet --set results.warm_up_ps=800000000
same "all_warm_up 0 0" "$(jq -r '"\(.notes[0].code) \(.goodput_bits_per_s) \(.latency_ps.max)"' cut.json)"

sentence "figures of repeated runs are those of each seed alone, with their mean, extremes and Student's interval"
rm -f alone
for seed in 7 8 9 10; do
  "$oio" sim --net pair --generate poisson --load 0.6 --messages 3000 --set optical.bit_error_rate=1e-5 --seed $seed --json - | jq -r '.latency_ps.mean' >>alone
done
"$oio" sim --net pair --generate poisson --load 0.6 --messages 3000 --set optical.bit_error_rate=1e-5 --seed 7 --repeat 4 --json r.json --csv out --quiet
same "7 0 $(head -n 1 alone)" "$(figure '"\(.seed) \(.partial | if . then 1 else 0 end) \(.latency_ps.mean)"')"
awk 'NR == 1 { low = high = $1 } { v[NR] = $1; sum += $1; if ($1 < low) low = $1; if ($1 > high) high = $1 }
  END { for (i = 1; i <= NR; i++) squares += (v[i] - sum / NR) ^ 2; printf "%.3f %.3f %.3f %.2f\n", sum / NR, low, high, 3.1824 * sqrt(squares / 3 / 4) }' alone >by_hand
same "$(cat by_hand)" "$(figure '.repeat[] | select(.figure == "latency_mean_ps") | "\(.mean) \(.min) \(.max) \(.within)"' | awk '{ printf "%.3f %.3f %.3f %.2f\n", $1, $2, $3, $4 }')"
same "$(figure '.repeat[] | "\(.figure) \(.mean * 1000 | round)"')" "$(awk -F , 'NR > 1 { printf "%s %.0f\n", $1, $3 * 1000 }' out/repeat.csv)"

sentence "of repeated runs the first that is not good is shown, with its seed, and is the verdict"
weak="--net pair --generate poisson --messages 100 --set optical.bit_error_rate=0.0002 --set link.replay_limit=4 --fidelity event --quiet"
failing=
for seed in 1 2 3 4 5 6 7 8 9 10 11 12; do "$oio" sim $weak --seed $seed 2>/dev/null || failing="$failing $seed"; done
set -- $failing
[ $# -gt 1 ] && [ $# -lt 12 ] && [ "$1" != 1 ] || fail "seeds that fail: $failing"
got=0
"$oio" sim $weak --repeat 12 --json r.json 2>/dev/null || got=$?
same "1 $1 12" "$got $(figure '"\(.seed) \(.repeat[0].runs)"')"
"$oio" sim $weak --seed $1 --json alone.json 2>/dev/null || true
same "$(jq .wire_digest alone.json)" "$(jq .wire_digest r.json)"
for bad in 0 10001 x ''; do
  got=0
  "$oio" sim $weak --repeat "$bad" 2>stderr || got=$?
  same "2 oio sim: --repeat '$bad' cannot be read; see --help" "$got $(cat stderr)"
done

sentence "a run is appended as a line under the same names, whatever net or host of options it has, and each of repeated runs is one"
rm -f rows.csv
"$oio" sim --net leaf-spine:4,2 --generate all-reduce --set workload.bytes=65536 --set workload.compute_ps=1000000 --fidelity event --json r.json --append rows.csv --quiet
"$oio" sim --trace "$source/traces/ring-allreduce-8.oiotrace.gz" --append rows.csv --quiet
"$oio" sim --net pair --generate poisson --messages 200 --seed 5 --repeat 3 --append rows.csv --quiet
same 6 "$(wc -l <rows.csv)"
# cells NAME LINE: what stands under a name; a comma within quotes is none.
cell() {
  awk -v name="$1" -v line="$2" 'NR == 1 || NR == line {
    n = 0; inside = 0; word = ""
    for (i = 1; i <= length($0) + 1; i++) {
      c = substr($0, i, 1)
      if (c == "\"") inside = !inside
      else if ((c == "," && !inside) || i > length($0)) { n++; if (NR == 1) { if (word == name) at = n } else if (n == at) print word; word = "" }
      else word = word c
    }
    columns[NR == 1] = n
  } END { if (columns[1] != columns[0]) print "columns" }' rows.csv
}
same "leaf-spine:4,2 5 7 good" "$(cell net.topology 2) $(cell sim.seed 4) $(cell sim.seed 6) $(cell result 3)"
for name in sent delivered payload sim_time_ps efficiency iteration_ps exposed_ps bus_bytes_per_s skew_ps; do
  same "$name $(jq -r "(if .$name != null then .$name else .flits.payload end) * 1000 | round" r.json)" "$name $(cell $name 2 | awk '{ printf "%.0f\n", $1 * 1000 }')"
done
for part in compute latency bandwidth queue retry offered unknown; do
  same "$part $(jq -r ".critical_path_ps.$part | round" r.json)" "$part $(cell path_${part}_ps 2 | awk '{ printf "%.0f\n", $1 }')"
done
for name in min mean p50 p99 p999 max; do same "$(jq ".latency_ps.$name | round" r.json)" "$(cell latency_${name}_ps 2 | awk '{ printf "%.0f\n", $1 }')"; done
for part in queue serialise flight logic fec retry; do same "$(jq ".latency_parts_ps.$part | round" r.json)" "$(cell ${part}_ps 2 | awk '{ printf "%.0f\n", $1 }')"; done
same "$(jq -r '.config | keys_unsorted | join(",")' r.json)" "$(head -n 1 rows.csv | sed 's/.*,\(net.topology\)/\1/')"
cp rows.csv other.csv && sed -i '1s/sent/send/' other.csv && cp other.csv kept.csv

sentence "rows are bounded: pairs by results.pairs, intervals by 65536, and a note says so"
"$oio" sim --net star:8 --generate poisson --messages 2000 --json r.json --quiet --set results.pairs=5
same "5 51 pairs_left_out" "$(figure '"\(.detail.pairs | length) \(.detail.pairs_left_out) \(.notes[0].code)"')"
"$oio" sim --net pair --generate poisson --messages 2000 --json r.json --quiet --set results.interval_ps=10
jq -e '.detail | .interval_ps == 160 and (.intervals | length > 32768 and length <= 65536)' r.json >/dev/null || fail "$(figure .detail.interval_ps)"
same interval_widened "$(figure '.notes[0].code')"
"$oio" sim --net pair --generate poisson --messages 2000 --json r.json --quiet --set results.interval_ps=1000000
same "1000000 []" "$(jq -c -r '"\(.detail.interval_ps) \(.notes)"' r.json)"

sentence "no detail without one of its outputs, or when it is off; what does not go together is refused before the run"
"$oio" sim --generate poisson --messages 200 --json r.json --quiet --set results.detail=off
same "null null" "$(figure '"\(.detail) \(.steady_state)"')"
# declined PATTERN ARGUMENT...
declined() {
  pattern=$1 got=0
  shift
  "$oio" sim --generate poisson --messages 200 "$@" >stdout 2>stderr || got=$?
  same "2 1" "$got $(wc -l <stderr)"
  grep -q -- "$pattern" stderr || fail "$(cat stderr)"
}
rm -rf out
declined "results.pairs has no effect in this run: it needs --json or --csv, or results.detail=on" --set results.pairs=7
declined "--csv and results.detail=off do not go together" --csv out --set results.detail=off
declined "nowhere/out: cannot be made or written: No such file" --csv nowhere/out
echo >file
declined "file: cannot be made or written: File exists; --csv takes a folder" --csv file
declined "other.csv: it has other columns than --append writes" --append other.csv
cmp -s other.csv kept.csv || fail "other.csv was touched"
declined "nowhere/rows.csv: cannot be written: No such file" --append nowhere/rows.csv
declined "--json rows.csv: that is the file of --append too" --json rows.csv --append rows.csv
mkdir tables
declined "--json tables/pairs.csv: that is a file of --csv too" --json tables/pairs.csv --csv tables
same "" "$(ls tables; ls -d out 2>/dev/null || true)"

echo "1..$planned passed"
