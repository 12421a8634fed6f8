#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `oio compare --phases` as a user meets it.
. "$(dirname "$0")/trace_shell.sh"
trace=$2/traces/ring-allreduce-8.oiotrace.gz

cat >phases.cfg <<'FILE'
# What a row of racks is made of now, and next.
net = leaf-spine:2,2,2
package.length_m = 2
rack.length_m = 30
[phase today]
package.tech = cu_dac_112g
rack.tech = pluggable_800g_dsp
[ phase  "inside" ]
FILE
sed -i 's/^\[ phase.*/[phase "inside"]/' phases.cfg
cat >>phases.cfg <<'FILE'
package.tech = oio_teraphy_gen2_32g
rack.tech = cpo_bailly_51t2_100g   # both
rack.lanes = 8
FILE
step="--generate step --set workload.step=compute:5us,all-reduce:4:256KiB"

holds() {
  jq -e "def near(\$x): (. - \$x) / \$x | fabs < 1e-6; $1" phases.json >/dev/null || fail "does not hold: $1: $(jq -c '[.phases[] | {name, links, bought, runs: [.runs[] | del(.latency_cdf_ns)]}]' phases.json)"
}
# declines PATTERN LINE...: a file of these lines, after net and a phase, is refused in one line with its place; exit status 2, nothing written.
declines() {
  pattern=$1
  shift
  printf '%s\n' "$@" >bad.cfg
  got=0
  "$oio" compare --phases bad.cfg $step --json out/phases.json --html out/phases.html >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "$*: exit status $got, not 2: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "$*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "$*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] && [ -z "$(ls out)" ] || fail "$*: left something behind"
}

sentence "each phase has its net, its links and both runs; the JSON conforms, the CSV has a line a run"
"$oio" compare --phases phases.cfg $step --json phases.json --csv phases.csv >stdout || fail "$(cat stdout)"
jq -e --slurpfile schema "$2/docs/phases.schema.json" --slurpfile wavediff "$2/docs/wavediff.schema.json" -f "$2/tests/system/schema.jq" phases.json >/dev/null ||
  fail "the JSON does not conform to docs/phases.schema.json"
holds '[.phases[] | .name] == ["today", "\"inside\""] and all(.phases[]; .net == "leaf-spine:2,2,2" and [.links[] | [.class, .links, .length_m]] == [["package", 4, 2], ["rack", 4, 30]])'
holds '[.phases[].links[] | [.observed_error_rate, .limit_error_rate]] == [[1e-5, 1e-5], [1.4e-11, 2.4e-4], [1e-12, 1e-12], [2.4e-4, 2.4e-4]]'
grep -q "^ *4 rack  *pluggable_800g_dsp  *30 m, FEC kp4, wrong bits before it: limit 0.00024, observed 1.4e-11$" stdout || fail "$(cat stdout)"
holds 'all(.phases[].runs[]; .failure == null and (.queue_ns + .serialise_ns + .electrical_ns + .phy_ns + .fec_ns + .flight_ns + .retry_ns - .latency_mean_ns | fabs < 1e-3))'
same 5 "$(wc -l <phases.csv)"
grep -q '^"""inside""","leaf-spine:2,2,2",limit,yes,' phases.csv || fail "$(cat phases.csv)"
[ "$(awk 'length > most { most = length } END { print most }' stdout)" -le 160 ] || fail "a line is too wide"

# Neighbours in a ring of four over two leaves of two dies: half the messages stay below a leaf and cross two package links, half cross two rack links besides.
sentence "latency by hand: two package links each, and two rack links for every second message"
holds '.phases[0].runs[0] | (.flight_ns - (2 * 2 * 4.395 + 2 * 30 * 4.897 / 2) | fabs < 0.2 * 4 + 1e-6) and (.phy_ns | near(2 * 0 + 100))'
holds '.phases[1].runs[0] | (.flight_ns | near(2 * 2 * 4.897 + 30 * 4.897)) and (.phy_ns | near(2 * 10 + 4))'

sentence "power by hand: pJ x rate x 2 x links always, eight lanes of CPO being an eighth of its engine; a delivered bit takes the watts of the load over the goodput"
holds '.phases[1].runs[0].watts_on | near(2e-3 * 4 * (5.5 * 2048 + 8.75 * 850 * 514 / 544))'
holds 'all(.phases[].runs[]; .energy_pj_per_bit | . > 0) and all(.phases[].runs[]; (.energy_pj_per_bit - .watts_load / .goodput_gbps * 1000 | fabs < 1e-6))'
# Of a message two package links and, every second time, two rack links carry the flits: 2 x 5.5 + 8.75 pJ for 2048 bits of 1888 that are payload at most.
holds '.phases[1].runs[0].energy_pj_per_bit / (2 * 5.5 + 8.75) | . > 2048 / 1888 and . < 1.2'

sentence "what a step bought is the second over the first, less one"
holds '.phases[0].bought == null and (.phases as $p | .phases[1].bought | all(to_entries[]; .value == null or (.value - ($p[1].runs[0][.key] / $p[0].runs[0][.key] - 1) | fabs < 1e-6)))'
holds '.phases[1].bought | .time_us < 0 and .efficiency > 0 and .energy_pj_per_bit < 0'
holds 'all(.phases[].runs[]; (.efficiency * .time_us | near(5)))'
grep -q '^"inside"  *-[0-9.]*  *+[0-9.]* ' stdout || fail "$(cat stdout)"

sentence "a phase of one class is the comparison of it: the same figures"
printf '[phase one]\noptical.tech = lpo_800g\noptical.length_m = 30\n' >one.cfg
"$oio" compare --phases one.cfg --trace "$trace" --json phases.json --quiet
"$oio" compare --trace "$trace" --length 30 --only lpo_800g --json compared.json --quiet
jq -e --slurpfile one phases.json '[.technologies[0].runs[] | [.latency_p99_ns, .fec_ns, .phy_ns, .electrical_ns, .watts_load, .watts_on, .failures_per_year]] == [$one[0].phases[0].runs[] | [.latency_p99_ns, .fec_ns, .phy_ns, .electrical_ns, .watts_load, .watts_on, .failures_per_year]]' compared.json >/dev/null ||
  fail "$(jq -c '.phases[0].runs[0] | del(.latency_cdf_ns)' phases.json) is not $(jq -c '.technologies[0].runs[0] | del(.latency_cdf_ns)' compared.json)"
"$oio" compare --phases one.cfg --generate poisson --offer 300 --messages 500 --json phases.json --quiet
holds '.offered_gbps == 300 and (.phases[0].runs[0].goodput_gbps | . > 200 and . < 400)'

sentence "unusable input is one line with its place and the remedy, exit status 2, and no file"
declines "bad.cfg: there is no phase" "net = star:8"
declines "bad.cfg:2: '\[rack\]' is no phase; write for example \[phase today\]" "net = star:8" "[rack]"
declines "bad.cfg:1: a phase has a name" "[phase ]"
declines "bad.cfg:2: there is a phase 'a' already" "[phase a]" "[phase a]"
declines "bad.cfg:2: .*did you mean lpo_800g" "[phase a]" "package.tech = lpo_80g"
declines "bad.cfg:2: package.bit_error_rate: each technology brings its own" "[phase a]" "package.bit_error_rate = 1e-9"
declines "bad.cfg:2: package.tech_errors: each technology brings its own" "[phase a]" "package.tech_errors = off"
declines "bad.cfg:2: .*lanse" "[phase a]" "package.lanse = 4"
declines "bad.cfg: phase a: package.length_m=8: .* reaches 7 m at most" "[phase a]" "net = star:4" "package.tech = cu_dac_112g" "package.length_m = 8"
declines "bad.cfg: phase b: no class of links of its net has a technology" "net = star:4" "[phase a]" "package.tech = lpo_800g" "[phase b]" "rack.tech = lpo_800g"
declines "bad.cfg: phase a: .*mesh:0" "[phase a]" "net = mesh:0x0" "package.tech = lpo_800g"
for option in "--length 30" "--class rack" "--only OIO" "--watts-max 4" "--samples 3"; do
  got=0
  "$oio" compare --phases phases.cfg $step $option >stdout 2>stderr || got=$?
  same 2 "$got"
  grep -q "leave out --length" stderr || fail "$(cat stderr)"
done
got=0
"$oio" compare --phases nowhere.cfg $step >stdout 2>stderr || got=$?
same 2 "$got"
grep -q "nowhere.cfg: No such file" stderr || fail "$(cat stderr)"
