# SPDX-License-Identifier: Apache-2.0
# `--db FILE`: runs in a database, each whole or not at all. What is in it is asked of SQLite's own command line, and held against --append, --json and the lines of a sweep.
. "$(dirname "$0")/trace_shell.sh"
source=$2
command -v sqlite3 >/dev/null || { echo "skipped: sqlite3 is not installed"; exit 77; }

# ends STATUS COMMAND...
ends() {
  want=$1
  shift
  got=0
  "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat stderr)"
}
# declines PATTERN COMMAND...: exit status 2, one line.
declines() {
  pattern=$1
  shift
  ends 2 "$@"
  [ "$(wc -l <stderr)" = 1 ] || fail "$*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "$*: '$(cat stderr)' does not match '$pattern'"
}
# ask FILE SQL
ask() { sqlite3 -cmd '.timeout 30000' "$1" "$2"; }
# whole FILE RUNS: it is sound, and each run has its figures, its results and its histogram.
whole() {
  same ok "$(ask "$1" 'PRAGMA integrity_check')"
  same "$2" "$(ask "$1" 'SELECT count(*) FROM run')"
  same "$2" "$(ask "$1" "SELECT count(*) FROM run JOIN answer ON answer.run = run.id WHERE sent = json_extract(results, '$.sent') AND
    latency_count = json_extract(latency, '$.count') AND latency_count = (SELECT sum(json_extract(value, '$[1]')) FROM json_each(latency, '$.buckets'))")"
  same "$2" "$(ask "$1" 'SELECT count(*) FROM answer')"
}
# killed_at FILE RUNS: the victim, when the file has so many runs, or when it has ended.
killed_at() {
  until [ "$(ask "$1" 'SELECT count(*) FROM run' 2>/dev/null || echo 0)" -ge "$2" ] || ! kill -0 "$victim" 2>/dev/null; do sleep 0.01; done
  [ "$(ask "$1" 'SELECT count(*) FROM run')" -ge "$2" ] || fail "the writer ended before it had written $2 runs"
  kill -KILL "$victim" 2>/dev/null || true
  wait "$victim" 2>/dev/null || true
}
few="--generate poisson --messages 40 --quiet"

sentence "a run's columns are those of --append, with the same values, and what --json has beside"
ends 0 "$oio" sim --net star:4 --generate all-reduce --set workload.bytes=65536 --set workload.compute_ps=100000 --fidelity event --db one.db --append rows.csv --json one.json --quiet
head -n 1 rows.csv | tr ',' '\n' | sed '/[.]/,$d' >names
[ "$(wc -l <names)" -gt 40 ] || fail "--append has only $(wc -l <names) figures"
grep -vx bytes names | while read -r name; do
  column=$(grep -nx "$name" names | cut -d : -f 1)
  row=$(sed -n 2p rows.csv | cut -d , -f "$column")
  got=$(ask one.db "SELECT $name FROM run") || fail "there is no column $name"
  [ "$got" = "$row" ] || awk -v a="$got" -v b="$row" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(b + 0 == b && d <= 1e-3 + 1e-6 * b) }' || fail "$name is $got, in the row $row"
done
ask one.db 'SELECT json_group_object(key, value) FROM configuration WHERE run = 1' | jq -S . >keys
jq -S .config one.json | diff keys - >&2 || fail "the configuration is not that of --json"
ask one.db 'SELECT results FROM answer' | jq -S . >results
jq -S 'del(.config, .detail)' one.json | diff results - >&2 || fail "the results are not those of --json"
same "sim event simulator generate all-reduce good $("$oio" --version | cut -d ' ' -f 2)" "$(ask one.db "SELECT command || ' ' || host || ' ' || workload || ' ' || result || ' ' || version FROM run")"
same 1 "$(ask one.db "SELECT made LIKE '20__-__-__T__:__:__Z' FROM run")"
build=$(ask one.db 'SELECT build FROM run')
! command -v readelf >/dev/null || same "$(readelf -n "$oio" 2>/dev/null | sed -n 's/.*Build ID: //p')" "$build"
same '{"net.topology":"star:4","workload.generate":"all-reduce","workload.bytes":65536,"workload.compute_ps":100000,"sim.fidelity":"event"}' "$(ask one.db 'SELECT asked FROM run' |
  jq -c '{"net.topology", "workload.generate", "workload.bytes", "workload.compute_ps", "sim.fidelity"} as $known | if . == $known then $known else . end')"
whole one.db 1

sentence "energy of a message's bit is the power under load over the goodput"
ends 0 "$oio" sim $few --set optical.tech=oio_oci_msa_gen1_200g --db energy.db --json energy.json
same 1 "$(ask energy.db "SELECT abs(energy_pj_per_message_bit - $(jq '1e12 * .technologies[0].watts_load / .goodput_bits_per_s' energy.json)) < 1e-6 AND watts_on = $(jq '.technologies[0].watts_on' energy.json) FROM run")"
same 1 "$(ask one.db 'SELECT energy_pj_per_message_bit IS NULL AND watts_load IS NULL FROM run')"

sentence "eight processes that write fifty runs each leave four hundred, every one whole"
for process in 1 2 3 4 5 6 7 8; do
  "$oio" sim $few --repeat 50 --seed $((1000 * process)) --db many.db 2>many.$process &
  processes="${processes:-} $!"
done
for process in $processes; do wait "$process" || fail "a writer ended with $?: $(cat many.?)"; done
whole many.db 400
same 400 "$(ask many.db 'SELECT count(DISTINCT seed) FROM run')"
same 1 "$(ask many.db 'SELECT count(*) FROM basis')"

sentence "a writer that is killed leaves no half of a run, whenever that is"
runs=0
for moment in 1 3 7 12 20; do
  "$oio" sim $few --repeat 10000 --seed $((moment * 100000)) --db killed.db &
  victim=$!
  killed_at killed.db $((runs + moment))
  runs=$(ask killed.db 'SELECT count(*) FROM run')
  whole killed.db "$runs"
done

sentence "what fails in the middle of a run takes all of it back"
cp one.db broken.db
ask broken.db "CREATE TRIGGER planted BEFORE INSERT ON answer BEGIN SELECT RAISE(ABORT, 'planted'); END"
declines "broken.db: cannot be written: planted; " "$oio" sim $few --db broken.db
ask broken.db 'DROP TRIGGER planted; CREATE UNIQUE INDEX planted ON run(command)'
declines "broken.db: cannot be written: UNIQUE constraint failed: run.command; " "$oio" sim $few --db broken.db
ask broken.db 'DROP INDEX planted'
whole broken.db 1

sentence "each run of a sweep is there once, with what it was asked for, however often that is stopped and given again"
grid="--over load=0.2:0.8:0.2 --over optical.length_m=1,10,100 --generate poisson --messages 300 --repeat 2"
ends 0 "$oio" sweep $grid --out sweep.jsonl --db sweep.db
whole sweep.db 24
ends 0 "$oio" sweep $grid --out sweep.jsonl --db sweep.db
ends 0 "$oio" sweep $grid --db sweep.db
whole sweep.db 24
jq -c 'select(has("number")) | [.number, .point, .seed, .values["workload.load"], .values["optical.length_m"], .results.latency_ps.p99]' sweep.jsonl >lines
ask sweep.db "SELECT json_array(number, point, seed, load.value, length.value, latency_p99_ps) FROM run JOIN configuration AS load ON load.run = id AND load.key = 'workload.load'
  JOIN configuration AS length ON length.run = id AND length.key = 'optical.length_m' ORDER BY number" | jq -c . | diff lines - >&2 || fail "the runs are not the lines of the sweep"
same "$(head -n 1 sweep.jsonl)" "$(ask sweep.db 'SELECT head FROM study' | head -n 1)"
head -n 8 sweep.jsonl >part.jsonl
ends 0 "$oio" sweep $grid --out part.jsonl --db part.db # of what was done before there was a database too
whole part.db 24
for shard in 1 2; do ends 0 "$oio" sweep $grid --shard $shard/2 --db shards.db; done
whole shards.db 24
same 1 "$(ask shards.db 'SELECT count(*) FROM study')"

sentence "a sweep that is killed and gone on with adds no point twice"
long="--over load=0.1:0.9:0.1 --over seed=1:40:1 --generate poisson --messages 300 --quiet"
for runs in 20 90 200; do
  "$oio" sweep $long --out killed.jsonl --db killed_sweep.db --jobs 2 &
  victim=$!
  killed_at killed_sweep.db "$runs"
  same ok "$(ask killed_sweep.db 'PRAGMA integrity_check')"
done
ends 0 "$oio" sweep $long --out killed.jsonl --db killed_sweep.db
whole killed_sweep.db 360
same 360 "$(ask killed_sweep.db 'SELECT count(DISTINCT number) FROM run')"

sentence "a point that the model refuses is there as refused, with why"
ends 1 "$oio" sweep --over optical.length_m=1,1000 --over optical.tech=oio_oci_msa_gen1_200g --generate poisson --messages 100 --db refused.db --quiet
same 1 "$(ask refused.db "SELECT count(*) FROM run WHERE result = 'good' AND error = ''")"
same 1 "$(ask refused.db "SELECT count(*) FROM run WHERE result = 'refused' AND error LIKE '%reach%' AND sent IS NULL")"

sentence "oio compare adds a run for each row, with its technology"
ends 0 "$oio" compare --generate poisson --offer 100 --messages 300 --length 10 --only CPO,OIO --db compare.db --json compare.json --quiet
jq -c '[.technologies[] | .name as $name | .runs[] | [$name + " " + .errors, (.latency_p99_ns * 1000 | round)]] | sort[]' compare.json >lines
ask compare.db 'SELECT json_array(label, latency_p99_ps) FROM run ORDER BY label' | diff lines - >&2 || fail "the runs are not the rows"

sentence "the bytes of a trace are known again"
zcat "$source/traces/ring-allreduce-8.oiotrace.gz" >trace
for file in trace same other; do
  [ $file = trace ] || cp trace $file
  [ $file != other ] || sed -i 's/^end /# other\n&/' other
  ends 0 "$oio" sim --trace $file --db traces.db --quiet
done
same '1 2' "$(ask traces.db "SELECT (SELECT count(DISTINCT inputs) FROM run WHERE workload != 'other') || ' ' || count(DISTINCT inputs) FROM run")"

sentence "a database of an oio that knew fewer figures is read as it is, gets their columns when runs are added, also by several at once, and loses nothing"
"$oio" sim $few --seed 1 --db older.db && "$oio" sim $few --seed 2 --db older.db
ask older.db 'ALTER TABLE run DROP COLUMN duplicate; ALTER TABLE run DROP COLUMN iteration_ps'
ask older.db .dump >older.sql
for verb in "list older.db --columns seed,duplicate" "show older.db 1" "compare older.db 1 2" "export older.db csv -o older.csv" "html older.db -o older.html" "check older.db --exact"; do ends 0 "$oio" results $verb; done
ask older.db .dump | cmp - older.sql || fail "reading has changed it"
for seed in 3 4 5; do
  "$oio" sim $few --seed $seed --db older.db &
  eval "adder$seed=\$!"
done
for seed in 3 4 5; do eval "wait \$adder$seed" || fail "seed $seed: exit status $?"; done
whole older.db 5
same "1,1 2,1 3,0 4,0 5,0" "$(ask older.db "SELECT group_concat(seed || ',' || (duplicate IS NULL), ' ') FROM (SELECT * FROM run ORDER BY seed)")"
same "$(ask one.db "SELECT group_concat(name || type) FROM (SELECT * FROM pragma_table_info('run') ORDER BY name)")" \
  "$(ask older.db "SELECT group_concat(name || type) FROM (SELECT * FROM pragma_table_info('run') ORDER BY name)")"

sentence "a database of a newer version, of something else, or no database is refused before the run, and left alone"
cp one.db newer.db
ask newer.db 'PRAGMA user_version = 2'
echo hello >text.db
ask other.db 'CREATE TABLE mine(x)'
cksum newer.db text.db other.db >before
declines "newer.db: its tables are of version 2, and oio .* knows them up to 1; use a newer oio" "$oio" sim $few --db newer.db --json out/x.json
declines "text.db: cannot be .*: file is not a database; it is no database, or damaged; name another file" "$oio" sim $few --db text.db --json out/x.json
declines "other.db: it is a database of something else" "$oio" sweep --over load=0.1,0.2 --generate poisson --db other.db --out out/x.jsonl
declines "nowhere/x.db: cannot be written" "$oio" sim $few --db nowhere/x.db
declines "that is the file of --json too" "$oio" sim $few --db x.db --json x.db
declines "both 'x.db'" "$oio" compare --generate poisson --offer 100 --db x.db --csv x.db
cksum newer.db text.db other.db | diff before - || fail "something was changed"
[ -z "$(ls out)" ] || fail "left behind: $(ls out)"
