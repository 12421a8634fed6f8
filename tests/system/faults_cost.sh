# SPDX-License-Identifier: Apache-2.0
# `oio faults cost`: availability worked out by hand, and beside it the figures of two runs of oio sim.
. "$(dirname "$0")/trace_shell.sh"
source=$2
run="--net star:4 --generate all-reduce --set workload.bytes=1048576 --seed 3"
# costs STATUS SCHEDULE ARGUMENT...: into cost.json.
costs() {
  want=$1 schedule=$2
  shift 2
  got=0
  "$oio" faults cost $run --faults "$schedule" --json cost.json "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "exit status $got, not $want: $(cat stderr)"
}
refused() {
  pattern=$1
  shift
  got=0
  "$oio" faults cost "$@" >stdout 2>stderr || got=$?
  same 2 "$got"
  same 1 "$(wc -l <stderr)"
  grep -q -- "$pattern" stderr || fail "'$(cat stderr)' does not match '$pattern'"
}

# By hand: link 0 is down 1000..1150 ns (two that overlap), link 1 2000..2200 in one direction and 2100..2300 in the other, link 2 3000..3100 (it comes up before its end), link 3 never.
schedule='at 1us link 0: down for 100ns; at 1050ns link 0: down for 100ns; at 2us wire 2: down for 200ns; at 2100ns wire 3: down for 200ns; at 3us link 2: down for 9us; at 3100ns link 2: up'
sentence "availability is that by hand: 150, 300 and 100 ns of four links in the time of the run, 550 ns of any"
costs 0 "$schedule"
"$oio" sim $run --faults "$schedule" --quiet --json with.json
"$oio" sim $run --quiet --json without.json
same '[[0,1,150000],[1,1,300000],[2,1,100000]]' "$(jq -c '[.of_link[] | [.link, .downs, .down_ps]]' cost.json)"
near='def near($x): (. - $x | fabs) < 2e-9;'
jq -e --slurpfile sim with.json "$near"' $sim[0].sim_time_ps as $t | .links == 4 and (.availability | near(1 - 550000 / (4 * $t))) and (.all_up | near(1 - 550000 / $t)) and
  (.of_link[1].availability | near(1 - 300000 / $t))' cost.json >/dev/null || fail "$(cat cost.json)"

sentence "oio sim says them by itself: as JSON, as text, as CSV and in a database; of flaps, classes and what is drawn too"
# by_hand SCHEDULE DOWN_PS ANY_PS OPTION...: links are down, and any is.
by_hand() {
  by=$1 down=$2 any=$3
  shift 3
  "$oio" sim $run --faults "$by" "$@" --json with.json >stdout || fail "$by: $(cat stdout)"
  jq -e --argjson down "$down" --argjson any "$any" "$near"' .sim_time_ps as $t | .faults.down_ps == $down and (.faults.availability | near(1 - $down / (4 * $t))) and
    (.faults.all_up | near(1 - $any / $t))' with.json >/dev/null || fail "$by: $(jq -c '[.faults, .sim_time_ps]' with.json)"
}
by_hand "$schedule" 550000 550000
grep -q "^availability   a link is up $(jq '.faults.availability' with.json | cut -c1-7)[0-9]* of the time, in the mean of all; all are at once " stdout || fail "$(cat stdout)"
by_hand 'at 1us class package: down for 1us' 4000000 1000000
by_hand 'at 1us link 0: flap; at 1100ns link 2: flap' 600000 400000 --set package.relink_ps=300000
by_hand 'at flit 40 link 0: drop' 0 0
grep -q '^availability' stdout && fail "no link was down: $(cat stdout)"
for event in 'at flit 40 link 0: down for 1us' 'at 1us link 0: down for 1us; at flit 40 link 0: up'; do
  "$oio" sim $run --faults "$event" --json with.json >stdout
  same '[null,null,null]' "$(jq -c '[.faults | .down_ps, .availability, .all_up]' with.json)"
  grep -q '^availability   not known: ' stdout || fail "$(cat stdout)"
done
"$oio" sim $run --faults "$schedule" --append rows.csv --db rows.db --quiet
"$oio" sim $run --faults "$event" --append rows.csv --db rows.db --quiet
same "550000|1,|" "$(sqlite3 rows.db 'SELECT fault_down_ps, availability < 1 FROM run ORDER BY id' | paste -s -d ,)"
column=$(head -n 1 rows.csv | tr , '\n' | grep -n '^fault_down_ps$' | cut -d : -f 1)
same "550000," "$(sed 1d rows.csv | cut -d , -f "$column" | paste -s -d ,)"
"$oio" sim $run --faults 'from 0 to 20us all: down for 50ns, every 2us on average' --quiet --json with.json
costs 0 'from 0 to 20us all: down for 50ns, every 2us on average'
same "$(jq -c '[.availability, .all_up]' cost.json)" "$(jq -c '.faults | [.availability, .all_up]' with.json)"

sentence "efficiency and tail are those of oio sim with the schedule and without it"
jq -e --slurpfile a with.json --slurpfile b without.json "$near"' (.efficiency_lost | near(1 - $b[0].iteration_ps / $a[0].iteration_ps)) and .efficiency_lost > 0.001 and .good and
  ([.latency_ps[].with] == [$a[0].latency_ps | .p50, .p99, .p999, .max]) and ([.latency_ps[].without] == [$b[0].latency_ps | .p50, .p99, .p999, .max])' cost.json >/dev/null ||
  fail "$(jq -c .iteration_ps with.json without.json) $(cat cost.json)"
jq -e --slurpfile schema "$source/docs/faults-cost.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" cost.json >conforms || fail "$(cat conforms)"
grep -q '^efficiency     0\.[0-9]* of it is lost$' stdout || fail "$(cat stdout)"

sentence "what comes after the end costs nothing, what is drawn is taken as it was drawn, a link that is down for good fails the run"
costs 0 'at 1s link 0: down for 1us'
same '[0,1,1,[]]' "$(jq -c '[.efficiency_lost, .availability, .all_up, .of_link]' cost.json)"
costs 0 "at $(jq .sim_time_ps without.json)ps link 0: down"
same '[0,1,1,[]]' "$(jq -c '[.efficiency_lost, .availability, .all_up, .of_link]' cost.json)"
costs 0 'from 0 to 20us link 0: down for 50ns, every 2us on average'
"$oio" sim $run --faults 'from 0 to 20us link 0: down for 50ns, every 2us on average' --quiet --json with.json
jq -r '.faults.drawn[]' with.json >drawn
jq -e --argjson downs "$(grep -c down drawn)" '$downs > 2 and .of_link[0].down_ps > 50000 and .of_link[0].down_ps <= 50000 * $downs' cost.json >/dev/null || fail "$(cat cost.json drawn)"
costs 1 'at 1us link 1: down' --quiet
grep -q '^oio faults cost: the run under the schedule is not good: link 1, ' stderr || fail "$(cat stderr)"
same '[false,null]' "$(jq -c '[.good, .efficiency_lost]' cost.json)"
jq -e '(.availability * 4 - 3 - .of_link[0].availability) | fabs < 1e-8' cost.json >/dev/null || fail "$(cat cost.json)"

sentence "classes, flaps and links at the rate of their technology too, each link by itself; with a flit, all but availability"
costs 0 'at 1us class package: down for 1us'
same '[[0,1,1000000],[1,1,1000000],[2,1,1000000],[3,1,1000000]]' "$(jq -c '[.of_link[] | [.link, .downs, .down_ps]]' cost.json)"
jq -e '.efficiency_lost > 0 and .availability == .all_up and .availability < 1' cost.json >/dev/null || fail "$(cat cost.json)"
costs 0 'at 1us link 0: flap; at 1100ns link 2: flap' --set package.relink_ps=300000
same '[[0,1,300000],[2,1,300000]]' "$(jq -c '[.of_link[] | [.link, .downs, .down_ps]]' cost.json)"
costs 0 'from 0 to 20us class package: flap, every 4us on average' --set package.relink_ps=30000
"$oio" sim $run --faults 'from 0 to 20us class package: flap, every 4us on average' --set package.relink_ps=30000 --quiet --json with.json
same "$(jq -c '[.faults.availability, .faults.down_ps, .latency_ps.p999]' with.json)" "$(jq -c '[.availability, ([.of_link[].down_ps] | add), .latency_ps.p999.with]' cost.json)"
jq -e '.faults.down_ps > 100000' with.json >/dev/null || fail "$(jq -c .faults with.json)"
for event in 'at flit 40 link 0: down for 1us' 'at flit 40 wire 2: down for 1us' 'at 1us link 0: down for 2us; at flit 40 link 0: up' 'from flit 0 to flit 200 link 0: down for 50ns, one flit in 50'; do
  costs 0 "$event"
  same '[null,null,[],true]' "$(jq -c '[.availability, .all_up, .of_link, .efficiency_lost > 0]' cost.json)"
  grep -q '^availability   not known: ' stdout || fail "$(cat stdout)"
  jq -e --slurpfile schema "$source/docs/faults-cost.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" -f "$source/tests/system/schema.jq" cost.json >conforms || fail "$(cat conforms)"
done
costs 0 'at flit 40 link 0: drop'
same '[1,[]]' "$(jq -c '[.availability, .of_link]' cost.json)"

sentence "what cannot be done is refused"
refused 'there is no schedule; give --faults' $run
refused 'are of oio sim; leave them out' $run --repeat 2 --faults 'at 1us link 0: down for 1ns'
echo "1..$planned passed"
