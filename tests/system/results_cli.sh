# SPDX-License-Identifier: Apache-2.0
# `oio results list | show | compare | export`, held against the lines of the sweep that the database is of, and against SQLite's own command line.
. "$(dirname "$0")/trace_shell.sh"
source=$2
command -v sqlite3 >/dev/null || { echo "skipped: sqlite3 is not installed"; exit 77; }

# declines PATTERN ARGUMENT...: `oio results`, exit status 2, one line, nothing printed.
declines() {
  pattern=$1
  shift
  got=0
  "$oio" results "$@" >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "oio results $*: exit status $got, not 2: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio results $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio results $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio results $*: prints $(cat stdout)"
}
results() { "$oio" results "$@" || fail "oio results $*"; }

"$oio" sweep --over load=0.2:0.8:0.2 --over optical.length_m=1,10,100 --generate poisson --messages 300 --out sweep.jsonl --db s.db --quiet
jq -c 'select(has("number")) | {number, load: .values["workload.load"], length: .values["optical.length_m"], p99: .results.latency_ps.p99, mean: .results.latency_ps.mean, parts: .results.latency_parts_ps}' sweep.jsonl >lines

sentence "list shows each run with the keys that differ from run to run, and takes conditions, an order and a limit"
results list s.db --sort number >list
same "12 runs" "$(tail -n 1 list)"
grep -q '^id  command  study  number  workload          seed  optical.length_m  workload.load  result  latency_p50_ps  latency_p99_ps  latency_mean_ps  goodput_bits_per_s$' list || fail "$(head -n 1 list)"
jq -r '"\(.number) \(.length) \(.load) \(.p99)"' lines >want
tail -n +2 list | sed '$d' | awk '{ print $4, $8, $9, $12 }' | diff want - >&2 || fail "the rows are not those of the sweep"
same "$(jq -s '[.[] | select(.load > 0.3 and .length != 10)] | sort_by(.p99) | reverse | .[0:3] | map(.number)' -c lines)" \
  "$(results list s.db --where 'load>0.3' --where optical.length_m!=10 --sort p99 --descending --limit 3 --columns number --json | jq -c 'map(.number)')"
same "$(jq -s -c '[.[] | select(.p99 <= 90000)] | map(.number)' lines)" "$(results list s.db --where 'p99<=90000' --sort number --columns number --json | jq -c 'map(.number)')"
same 12 "$(results list s.db --where result=good --where workload.generate=poisson --where command=sweep --json | jq length)"
same 0 "$(results list s.db --where workload.generate=burst --json | jq length)"
same '[{"workload.load":0.2,"net.topology":"bridged","latency_count":300,"error":"","label":null}]' "$(results list s.db --columns load,net,latency_count,error,label --limit 1 --json | jq -c .)"

sentence "a text that reads as a number is chosen as a text, and a seed of 64 bits by all of its digits"
cp "$source/traces/ring-allreduce-8.oiotrace.gz" 042
"$oio" sim --trace 042 --seed 18446744073709551615 --db names.db --quiet
"$oio" sim --trace 042 --seed 18446744073709551614 --db names.db --quiet
same '[1,2]' "$(results list names.db --where workload=042 --columns id --json | jq -c 'map(.id)')"
same '[]' "$(results list names.db --where workload=42 --columns id --json | jq -c 'map(.id)')"
same '[2]' "$(results list names.db --where seed=18446744073709551614 --columns id --json | jq -c 'map(.id)')"
same "18446744073709551615 18446744073709551614" "$(sqlite3 names.db 'SELECT seed FROM run ORDER BY id' | paste -sd ' ')"

sentence "show has all of a run: figures, every key, results and histogram"
id=$(sqlite3 s.db 'SELECT id FROM run WHERE number = 7')
results show s.db "$id" --json >show
sed -n '9p' sweep.jsonl | jq -S '.results | del(.detail)' >want
jq -S .results show | diff want - >&2 || fail "the results are not those of the line"
sed -n '9p' sweep.jsonl | jq -S .latency >want
jq -S .latency show | diff want - >&2 || fail "the histogram is not that of the line"
head -n 1 sweep.jsonl | jq '.config | keys' >want
jq '.config | del(.["sim.threads"]) | keys' show | diff want - >&2 || fail "keys are missing"
results show s.db "$id" | grep -q "^latency_p99_ps  *$(sed -n 8p lines | jq .p99)$" || fail "$(results show s.db "$id")"

sentence "compare says which keys differ, which figures moved, and which parts, which add up to what the mean did"
a=$(sqlite3 s.db 'SELECT id FROM run WHERE number = 0') b=$(sqlite3 s.db 'SELECT id FROM run WHERE number = 10')
results compare s.db "$a" "$b" --json >compare
jq -s '.[0] as $a | .[10] as $b | {mean: ($b.mean - $a.mean), parts: ($b.parts | with_entries(.value -= $a.parts[.key]))}' lines >want
jq -e --slurpfile want want '(.keys | map(select(.key | test("workload.load|length_m")) | [.key, .a, .b])) == [["optical.length_m", 1, 10], ["workload.load", 0.2, 0.8]] and
  ($want[0].mean - (.figures[] | select(.figure == "latency_mean_ps").moved) | fabs) < 1e-3 and ([.parts_ps[]] | add - $want[0].mean | fabs) < 1e-2 and
  all(.parts_ps | to_entries[]; .value - $want[0].parts[.key] | fabs < 1e-3) and .moved_most == ($want[0].parts | to_entries | max_by(.value).key)' compare >/dev/null ||
  fail "$(cat compare want)"
results compare s.db "$a" "$b" | grep -q '^workload.load  *0.2  *0.8$' || fail "$(results compare s.db "$a" "$b")"
results compare s.db "$a" "$a" >same
grep -q '^no key differs$' same && grep -q '^no figure moved$' same || fail "$(cat same)"

sentence "a table has a column for each figure and key, and SQLite reads from it what is in the database"
results export s.db csv -o s.csv
sqlite3 again.db -cmd '.mode csv' '.import s.csv t' ''
same "$(sqlite3 s.db 'SELECT group_concat(number || latency_p99_ps || result) FROM (SELECT * FROM run ORDER BY id)')" "$(sqlite3 again.db 'SELECT group_concat(number || latency_p99_ps || result) FROM t')"
same "$(jq -s 'map(.load) | add * 10 | round' lines)" "$(sqlite3 again.db 'SELECT round(sum("workload.load") * 10) FROM t' | sed 's/\.0$//')"
same "$(results list s.db --where 'load>0.3' --json | jq length)" "$(results export s.db csv --where 'load>0.3' -o - | tail -n +2 | wc -l)"

sentence "ready for Parquet every column has a flat name and one type, which a file beside it says, and each value is of that type"
results export s.db parquet-ready -o p.csv
jq -e '.rows == 12 and ([.columns[].name | test("^[a-z][a-z0-9_]*$")] | all) and ([.columns[].name] | length == (unique | length)) and ([.columns[].type] | unique == ["double", "int64", "string"]) and
  (.columns | map(select(.of == "latency_p99_ps")) == [{name: "latency_p99_ps", of: "latency_p99_ps", type: "int64", unit: "ps"}]) and any(.columns[]; .name == "optical_length_m" and .unit == "m")' \
  p.csv.types.json >/dev/null || fail "$(cat p.csv.types.json)"
same "$(jq -r '[.columns[].name] | join(",")' p.csv.types.json)" "$(head -n 1 p.csv)"
jq -r '[.columns[].type] | join(" ")' p.csv.types.json >types
tail -n +2 p.csv | awk -F , -v types="$(cat types)" 'BEGIN { n = split(types, type, " ") }
  NF != n { exit 1 }
  { for (i = 1; i <= n; i++) {
      if ($i == "") continue
      if (type[i] == "string" && $i !~ /^".*"$/) exit 1
      if (type[i] == "int64" && $i !~ /^-?[0-9]+$/) exit 1
      if (type[i] == "double" && $i !~ /^-?[0-9.]+(e[+-]?[0-9]+)?$/) exit 1 } }' || fail "a value is not of its type"

sentence "a chart of the database has the numbers of one of the sweep's own file, with seeds together"
"$oio" sweep --over load=0.2:0.8:0.3 --over optical.length_m=1,10 --generate poisson --messages 200 --repeat 3 --out seeds.jsonl --db seeds.db --quiet
for drawn in "--x load --y p99 --by optical.length_m" "--x goodput --y p50 --by optical.length_m" "--x optical.length_m --y mean --log x" "--x load --y p99 --where optical.length_m=10"; do
  results plot seeds.db $drawn --csv db.csv --svg db.svg 2>notes
  "$oio" sweep plot seeds.jsonl $drawn --csv sweep.csv 2>/dev/null || fail "oio sweep plot $drawn"
  [ "$(wc -l <db.csv)" -ge 3 ] || fail "$(cat db.csv)"
  sed "s,latency_,,; s,_ps,," db.csv | sort >a && sort sweep.csv | diff a - >&2 || fail "oio results plot $drawn: other numbers than oio sweep plot"
  ! command -v xmllint >/dev/null || xmllint --noout db.svg || fail "the chart is no XML"
done

sentence "a damaged database is refused or read, and nothing else"
cp seeds.db damaged.db
nbytes=$(wc -c <damaged.db)
seed=${OIO_SEED:-1}
for n in $(seq 20); do
  cp seeds.db damaged.db
  at=$(awk -v seed="$seed$n" -v nbytes="$nbytes" 'BEGIN { srand(seed); print int(rand() * nbytes) }')
  printf '\377\001\000' | dd of=damaged.db bs=1 seek="$at" conv=notrunc 2>/dev/null
  for verb in "list damaged.db" "show damaged.db 2 --json" "compare damaged.db 1 2" "export damaged.db csv -o -" "check seeds.db damaged.db" "plot damaged.db --x load --y p99 --csv -"; do
    got=0
    "$oio" results $verb >stdout 2>stderr || got=$?
    [ "$got" -le 3 ] && { [ "$got" != 2 ] || [ "$(wc -l <stderr)" = 1 ]; } || fail "OIO_SEED=$seed, byte $at: oio results $verb: exit status $got: $(cat stderr)"
  done
done

sentence "what is not there is refused, in a line"
declines "'nonsense' is no column, figure or key of s.db" list s.db --where nonsense=3
declines "rack.nonsense' is no column" list s.db --sort rack.nonsense
declines "is NAME=VALUE" list s.db --where load
declines "there is no run '99'" show s.db 99
declines "there is no run '1x'" compare s.db 1 1x
declines "nowhere.db: cannot be read" list nowhere.db
mkdir folder
declines "folder: it is a folder; name the database in it" list folder
declines "there is no verb 'lost'" lost s.db
declines "it does not take '--sort'\|it does not take 'p99'" show s.db 1 --sort p99
declines "name the database" list
declines "say where to" export s.db csv
declines "csv or parquet-ready, not 'xls'" export s.db xls -o x
declines "say what to draw" plot s.db --svg x.svg
declines "say where to" plot s.db --x load --y p99
declines "there is nothing to draw: no run is such" plot s.db --x load --y p99 --where load=7 --svg x.svg
declines "have different units" plot s.db --x load --y p99 --y goodput --svg x.svg
declines "is no figure" plot s.db --x load --y net --svg x.svg
declines "nowhere/x: cannot be written" export s.db csv -o nowhere/x
: >empty.db
declines "empty.db: it has no runs" list empty.db
same '' "$(ls out)"

sentence "it reads while others write, and what one that was killed has left"
"$oio" sim --generate poisson --messages 30 --repeat 2000 --db busy.db --quiet &
writer=$!
until [ "$(sqlite3 -cmd '.timeout 30000' busy.db 'SELECT count(*) FROM run' 2>/dev/null || echo 0)" -ge 3 ]; do sleep 0.01; done
before=$(results list busy.db --json | jq length)
[ "$before" -ge 3 ] || fail "only $before runs"
kill -KILL $writer
wait $writer 2>/dev/null || true
[ "$(results list busy.db --json | jq length)" -ge "$before" ] || fail "runs are gone"
