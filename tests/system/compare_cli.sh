#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `oio compare` as a user meets it. Figures are worked out by hand from what `oio tech show` says.
. "$(dirname "$0")/trace_shell.sh"
trace=$2/traces/ring-allreduce-8.oiotrace.gz

# declines PATTERN ARGUMENT...: exit status 2, one line on standard error, nothing on standard output, no file.
declines() {
  pattern=$1
  shift
  got=0
  "$oio" compare "$@" --json out/compare.json --csv out/compare.csv >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "oio compare $*: exit status $got, not 2: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio compare $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio compare $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio compare $*: prints $(cat stdout)"
  [ -z "$(ls out)" ] || fail "oio compare $*: left behind $(ls out)"
}
# holds FILTER: of compare.json.
holds() {
  jq -e "def near(\$x): (. - \$x) / \$x | fabs < 1e-6; def of(\$name): .technologies[] | select(.name == \$name); $1" compare.json >/dev/null ||
    fail "does not hold: $1: $(jq -c '[.technologies[] | {name, runs: [.runs[] | del(.latency_cdf_ns)]}]' compare.json)"
}
# compares ARGUMENT...: into compare.json.
compares() {
  "$oio" compare "$@" --json - >compare.json 2>stderr || fail "oio compare $*: exit status $?: $(cat stderr)"
}

sentence "the shipped trace: every technology that reaches, in the order of the ladder, at both error rates; the rest is ruled out by its reach"
"$oio" compare --trace "$trace" --length 30 --json compare.json --csv compare.csv >stdout || fail "$(cat stdout)"
"$oio" tech list --length 30 --json - | jq -e --slurpfile compared compare.json '[.technologies[].name] == [$compared[0].technologies[].name]' >/dev/null || fail "other technologies than oio tech list has"
holds '(.technologies | length) + (.ruled_out | length) == 40 and all(.ruled_out[]; .by == "reach")'
holds 'all(.technologies[]; [.runs[].errors] == (if .inputs.observed_error_rate then ["observed", "limit"] else ["limit"] end))'
holds 'all(.technologies[]; .inputs as $in | all(.runs[]; .line_error_rate == $in["\(.errors)_error_rate"].typical))'
grep -q "^  cu_dac_112g  *reach  reaches 2 m, at most 7 m$" stdout || fail "$(cat stdout)"
same 158 "$(awk 'length > most { most = length } END { print most }' stdout)"

sentence "the JSON conforms, the CSV has a line a run with the same figures"
jq -e --slurpfile schema "$2/docs/compare.schema.json" --slurpfile wavediff "$2/docs/wavediff.schema.json" -f "$2/tests/system/schema.jq" compare.json >/dev/null ||
  fail "the JSON does not conform to docs/compare.schema.json"
jq -r '.technologies[] | .name as $name | .runs[] | "\($name),\(.errors),\(.latency_p99_ns),\(.energy_pj_per_bit)"' compare.json >from_json
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $1 "," $3 "," $at["latency_p99_ns"] "," $at["energy_pj_per_bit"] }' compare.csv | cmp - from_json || fail "CSV and JSON differ"

sentence "the parts add up to the mean, and all runs delivered everything"
holds 'all(.technologies[].runs[]; .failure == null and (.queue_ns + .serialise_ns + .electrical_ns + .phy_ns + .fec_ns + .flight_ns + .retry_ns - .latency_mean_ns | fabs < 1e-3))'
holds 'all(.technologies[].runs[]; .latency_cdf_ns as $cdf | $cdf[50] == .latency_p50_ns and $cdf[99] == .latency_p99_ns and $cdf == ($cdf | sort))'

sentence "a message alone takes the sum of its parts: 1 + 2 / 32 bits, 16.14 electrical, 10 PHY, 30 x 4.897 of fibre"
compares --generate poisson --offer 0.01 --messages 50 --length 30 --only oio_teraphy_gen2_32g,pluggable_100g_4x25_nrz
holds 'of("oio_teraphy_gen2_32g").runs[0] | (.latency_p50_ns - (1 + 2 / 32 + 16.14 + 10 + 146.91) | fabs < 0.2) and .queue_ns == 0 and .phy_ns == 10 and .fec_ns == 0 and .flight_ns == 146.91 and (.electrical_ns - 16.14 | fabs < 1e-6)'
# KR4 at 100.39 Gb/s: a flit is 20.4 ns of its 51.4 ns block; fec_ns is 136.5 with a whole block.
holds 'of("pluggable_100g_4x25_nrz").runs[0] | .fec_ns > 136.5 - 51.4 and .fec_ns < 136.5 + 1 and .phy_ns == 4 and .correction == null'
holds 'of("pluggable_100g_4x25_nrz").correction == "kr4"'

sentence "energy by hand: pJ x bits sent / time, and pJ x rate x 2 always"
compares --trace "$trace" --net pair --length 30 --only lpo_800g
"$oio" sim --trace "$trace" --net pair --fidelity event --set optical.length_m=30 --set optical.fec=kp4 --set optical.fec_ways=4 --set optical.tech=lpo_800g --set optical.bit_error_rate=1.1e-11 --json sim.json --quiet
flits=$(jq '.flits.payload + .flits.replayed' sim.json) time_us=$(jq '.technologies[0].runs[0].time_us' compare.json)
holds "of(\"lpo_800g\").runs[0] | .energy_pj_per_bit == 19 and (.watts_load | near(19e-12 * $flits * 2048 / ($time_us * 1e-6))) and (.watts_on | near(19e-3 * 850 * 514 / 544 * 2))"
jq -e --slurpfile sim sim.json '.technologies[0].runs[0] | .latency_p99_ns * 1000 - $sim[0].latency_ps.p99 | fabs < 1e-3' compare.json >/dev/null || fail "another p99 than oio sim has"

sentence "failures and flaps a year: both ends of lpo_800g at 271, and 6900 flaps, in 1e9 hours of which a year has 8760; edge: rate over density"
holds 'of("lpo_800g") | .inputs as $in | .runs[0] | (.failures_per_year | near(2 * 271e-9 * 8760)) and (.flaps_per_year | near(6900e-9 * 8760)) and
  (.edge_mm | near($in.shoreline_gbps_per_mm.typical | 850 * 514 / 544 / .))'

sentence "of a link without correction, what is sent again costs energy too"
compares --trace "$trace" --net pair --length 30 --only oio_alchip_ayar_pam4_cwdm
"$oio" sim --trace "$trace" --net pair --fidelity event --set optical.length_m=30 --set optical.tech=oio_alchip_ayar_pam4_cwdm --set optical.bit_error_rate=1e-6 --json sim.json --quiet
[ "$(jq .flits.replayed sim.json)" -gt 10 ] || fail "nothing was sent again"
flits=$(jq '.flits.payload + .flits.replayed' sim.json) time_us=$(jq '.technologies[0].runs[0].time_us' compare.json)
holds "of(\"oio_alchip_ayar_pam4_cwdm\").runs[0] | .energy_pj_per_bit == 5.6 and (.watts_load | near(5.6e-12 * $flits * 2048 / ($time_us * 1e-6))) and .retries > 10 and .retry_ns > 1"

sentence "a plain run with a technology and its errors says what a comparison says"
for name in pluggable_800g_dsp oio_alchip_ayar_pam4_cwdm oio_celestial_pflink cpo_448g_future pcie6_x16_reference; do
  length=5
  [ $name = pcie6_x16_reference ] && length=0.1
  compares --trace "$trace" --net pair --length $length --only $name
  "$oio" sim --trace "$trace" --net pair --fidelity event --set optical.length_m=$length --set optical.tech=$name --set optical.tech_errors=on --json sim.json >table
  jq -c '.technologies[0] | .correction as $code | .runs[0] | [.errors, .run_error_rate, ($code | ltrimstr("+")), ((.latency_p50_ns, .latency_p99_ns, .latency_p999_ns, .goodput_gbps, .energy_pj_per_bit, .watts_load, .watts_on, .edge_mm, .failures_per_year, .flaps_per_year, .down_s_per_year, .flit_again) | if . then (. * 1e6 | round / 1e6) else . end)]' compare.json >from_compare
  jq -c '(.latency_ps.p50, .latency_ps.p99, .latency_ps.p999) |= . / 1e3 | .latency_ps as $l | .goodput_bits_per_s as $g | .technologies[0] | [.errors, .run_error_rate, .correction, (($l.p50, $l.p99, $l.p999, $g / 1e9, .energy_pj_per_bit, .watts_load, .watts_on, .edge_mm, .failures_per_year, .flaps_per_year, .down_s_per_year, .flit_again) | if . then (. * 1e6 | round / 1e6) else . end)]' sim.json >from_sim
  cmp -s from_compare from_sim || fail "$name: $(cat from_compare) is not $(cat from_sim)"
  grep -q "^technology     optical $name: " table || fail "$(cat table)"
  jq -r '.technologies[0].assumed | sort | join(" ")' sim.json >assumed
  "$oio" tech show $name --json - | jq -r '[.technologies[0].values | to_entries[] | select(.value.basis == "assumed") | .key] | sort | join(" ")' >every
  for value in $(cat assumed); do grep -qw "$value" every || fail "$name: $value is not assumed"; done
done

sentence "how often a flit is sent again, against published figures: uncoded 2.046e-3 and light 6.91e-7 at 1e-6, KP4 8.15e-13 a codeword at 2.4e-4"
compares --generate poisson --offer 1 --messages 100 --length 0.0001
same 40 "$(jq '.technologies | length' compare.json)"
holds 'of("oio_alchip_ayar_pam4_cwdm").runs[0] | .line_error_rate == 1e-6 and (.flit_again - 2.046e-3 | fabs < 1e-6)'
holds 'of("pcie6_x16_reference") | .correction == "light" and (.runs[0] | .line_error_rate == 1e-6 and (.flit_again / 6.91e-7 - 1 | fabs < 2e-3))'
holds 'of("lpo_800g").runs[1].flit_again / 8.1516e-13 - (4 + 2048 / 5140) | fabs < 1e-3'
holds 'of("cpo_448g_future") | .correction == "+kp4" and .runs[0].line_error_rate == 2e-3 and .runs[0].run_error_rate == 2.4e-4'

sentence "the correction of each is what its words say"
holds 'all(.technologies[]; .correction as $is | .inputs.fec.words as $words | if $words | startswith("stronger") or contains("inner Hamming") then $is == "+kp4" elif $words | contains("KP4") then $is == "kp4"
  elif $words | contains("KR4") then $is == "kr4" elif $words | startswith("light") then $is == "light" else $is == "none" end)'

sentence "too little rate or too much power rules out, with the reason"
compares --generate poisson --offer 300 --messages 200 --length 30 --only pluggable,lpo_800g --watts-max 31
holds '[.ruled_out[] | [.name, .by]] == [["pluggable_10g_nrz", "rate"], ["pluggable_100g_4x25_nrz", "rate"], ["pluggable_800g_dsp", "power"], ["pluggable_1600g_dsp", "power"]]'
holds '[.technologies[] | .name] == ["pluggable_400g_dr4_dsp", "lpo_800g"] and .offered_gbps == 300'
holds 'all(.technologies[].runs[]; .goodput_gbps > 200 and .goodput_gbps < 400)'

sentence "in a net of many dies the links of one class are compared, and a training step has its efficiency"
compares --net star:8 --class package --length 5 --only cpo_bailly_51t2_100g,cu_dac_112g --generate step --set workload.step=compute:5us,all-reduce:8:256KiB
holds '.links == 8 and all(.technologies[].runs[]; (.efficiency * .time_us | near(5)) and .efficiency < 1) and of("cpo_bailly_51t2_100g").runs[0].efficiency > of("cu_dac_112g").runs[0].efficiency'
# Every message crosses two of them.
holds 'of("cpo_bailly_51t2_100g").runs[0] | (.flight_ns | near(2 * 5 * 4.897)) and .phy_ns == 8 and (.electrical_ns | near(100))'

sentence "every value that is assumed is named by the result that rests on it"
holds 'all(.technologies[]; .inputs as $in | all(.assumed[][]; $in[.].basis == "assumed")) and (of("cpo_bailly_51t2_100g").assumed.latency | index("phy_ns") != null)'

sentence "samples: the same seed gives the same bands, another one others; the JSON conforms"
bands="--generate poisson --offer 1 --messages 20 --length 30 --only oio_teraphy_gen2_32g,lpo_800g,oio_lightmatter_m1000 --samples 40"
compares $bands
cp compare.json before.json
compares $bands
cmp compare.json before.json || fail "two runs differ"
compares $bands --seed 2
cmp -s compare.json before.json && fail "the seed changes nothing"
jq -e --slurpfile schema "$2/docs/compare.schema.json" --slurpfile wavediff "$2/docs/wavediff.schema.json" -f "$2/tests/system/schema.jq" compare.json >/dev/null ||
  fail "the JSON does not conform to docs/compare.schema.json"

sentence "a value at its ends: 20 ns more of PHY are 20 ns more of latency, pJ add up, and what moves p99 most comes first"
holds 'of("oio_teraphy_gen2_32g") | .tornado[0].input == "phy_ns" and .tornado[0].at == [10, 30] and (.tornado[0].latency_p99_ns | .[1] - .[0] - 20 | fabs < 1e-6)'
holds 'of("oio_teraphy_gen2_32g").tornado | map(select(.input == "link_pj_per_bit"))[0].energy_pj_per_bit | (.[0] | near(3 + 0.6)) and (.[1] | near(5 + 0.6))'
holds 'of("lpo_800g") | .inputs.fec_ns as $fec | .tornado | map(select(.input == "fec_ns"))[0] | .at == [$fec.low, $fec.high] and (.latency_p99_ns | .[1] - .[0] - ($fec.high - $fec.low) | fabs < 1)'
holds 'of("oio_lightmatter_m1000") | .inputs as $in | .tornado | map(select(.input == "fec_ns"))[0].latency_p99_ns | .[1] - .[0] | near(60)'
holds 'all(.technologies[]; .runs[0] as $run | all(.tornado[]; .input != "flight_ns_per_m" or (.latency_p99_ns | .[0] <= $run.latency_p99_ns and .[1] >= $run.latency_p99_ns)))'
holds 'all(.technologies[]; .inputs as $in | .bands.energy_pj_per_bit | .[0] < .[1] and .[0] >= $in.link_pj_per_bit.low + $in.host_pj_per_bit.low and .[1] <= $in.link_pj_per_bit.high + $in.host_pj_per_bit.high)'
holds '[.tornado[].input] | index("phy_ns") != null and index("link_pj_per_bit") != null and index("relink_ms") == null'
holds '(.tornado | map(select(.input == "link_pj_per_bit"))[0].energy_share) as $share | [.technologies[] | (.inputs.link_pj_per_bit | .high - .low) / .runs[0].energy_pj_per_bit] | add / length - $share | fabs < 1e-6'

sentence "rate, edge and failures vary with their ranges: edge is the rate over the density, failures are those of both ends"
holds 'all(.technologies[]; .inputs as $in | (.bands.failures_per_year as $b | $in.failures_per_1e9h | (2 * 8.76e-6 * .low) as $low | (2 * 8.76e-6 * .high) as $high | $b[0] >= $low * 0.999999 and $b[1] <= $high * 1.000001 and ($b[0] < $b[1] or $low == $high)))'
holds 'all(.technologies[]; .inputs as $in | .bands.flaps_per_year | .[0] >= $in.flaps_per_1e9h.low * 8.7599e-6 and .[1] <= $in.flaps_per_1e9h.high * 8.7601e-6)'
holds 'any(.technologies[]; .bands.edge_mm[0] != null and .bands.edge_mm[0] < .bands.edge_mm[1])'
compares --generate poisson --offer 900 --messages 2000 --length 20 --only cpo_nvidia_quantumx_1t6_engine --samples 60
holds '[.technologies[] | select(.inputs.rate_gbps | .low < .high)] | length > 0 and all(.[]; .inputs.rate_gbps as $rate | .tornado | map(select(.input == "rate_gbps")) | length == 1 and .[0].at == [$rate.low, $rate.high] and .[0].latency_p99_ns[0] > .[0].latency_p99_ns[1])'

# A triangle from 0.5 over 0.52 to 0.6: 1 in 5 below 0.52. Below the 5th percentile 0.5 + root(0.05 x 0.1 x 0.02), above the 95th 0.6 - root(0.05 x 0.1 x 0.08);
# 0.002 are four of their standard errors with 1000 samples.
sentence "1000 samples of a triangle have its percentiles"
compares --generate poisson --offer 1 --messages 1 --length 0.02 --only ucie_s_16g --samples 1000
holds '.technologies[0].bands.energy_pj_per_bit | (.[0] - 0.51 | fabs < 0.002) and (.[1] - 0.58 | fabs < 0.002)'
"$oio" compare --generate poisson --offer 1 --messages 1 --length 0.02 --only ucie_s_16g --samples 3 >stdout
grep -q "^ucie_s_16g .* phy_ns 2..5: " stdout && grep -q "^What moves energy most, .*: link_pj_per_bit 19.2 %$" stdout || fail "$(cat stdout)"

sentence "interrupted it ends with 130 and writes nothing"
rm -f stdout
"$oio" compare --trace "$trace" --length 30 --samples 1000 --json out/compare.json --html out/compare.html >stdout 2>stderr &
until [ -e stdout ]; do sleep 0.05; done
sleep 0.5
while kill -INT $! 2>/dev/null; do sleep 0.1; done
got=0
wait $! || got=$?
same 130 "$got"
[ ! -s stdout ] && [ -z "$(ls out)" ] || fail "left behind: $(ls out)"

sentence "nothing takes part: exit status 1, and the table says why"
got=0
"$oio" compare --trace "$trace" --length 30 --only copper >stdout 2>stderr || got=$?
same 1 "$got"
same 6 "$(grep -c ' reach  reaches' stdout)"

sentence "unusable input is one line with the remedy, exit status 2, and no file"
declines "no technology or rung 'lpo_80g'; did you mean lpo_800g?" --trace "$trace" --only OIO,lpo_80g
declines "no technology or rung ''" --trace "$trace" --only OIO,
for wrong in nan -1 inf 1e9 5m ""; do
  declines "--length '$wrong' cannot be read" --trace "$trace" --length "$wrong"
done
for wrong in nan -1 0 inf; do
  declines "--offer '$wrong' cannot be read" --generate poisson --offer "$wrong"
  declines "--watts-max '$wrong' cannot be read" --trace "$trace" --watts-max "$wrong"
done
for wrong in 0 -1 1001 x nan ""; do
  declines "--samples '$wrong' cannot be read" --trace "$trace" --samples "$wrong"
done
declines "there is nothing to send" --length 30
declines "do not go together" --trace "$trace" --generate saturate
declines "give --offer GBPS" --generate poisson --load 0.4
declines "give --offer GBPS" --generate poisson --set workload.load=0.4
declines "the same for all: --offer GBPS" --generate burst
declines "below a millionth of what its links carry; offer more" --generate poisson --offer 1e-6 --only OIO
declines "leave it out" --trace "$trace" --offer 10
declines "optical.tech: each technology brings its own" --trace "$trace" --set optical.tech=lpo_800g
declines "optical.tech_errors: each technology brings its own" --trace "$trace" --set optical.tech_errors=off
declines "optical.bit_error_rate: each technology" --trace "$trace" --set optical.bit_error_rate=1e-9
declines "optical.length_m: give --length M" --trace "$trace" --length 30 --set optical.length_m=10
declines "are more than lpo_800g\|are more than optical.tech=lpo_800g has" --trace "$trace" --set optical.lanes=64 --only lpo_800g --set optical.lane_rate_gbps=200
declines "which are compared, as --class rack" --trace "$trace" --net star:8
declines "it has package" --generate all-reduce --net star:8 --class rack
declines "such links are of a net of many dies" --trace "$trace" --class rack
declines "no such class" --trace "$trace" --class lightning
declines "no option --lenght" --trace "$trace" --lenght 30
declines "is no option" "$trace"
declines "has no effect in this run" --trace "$trace" --set workload.burst_duty=0.5
declines "nowhere.oiotrace: .*No such file" --trace nowhere.oiotrace
declines "did you mean\|no key" --trace "$trace" --set optical.lanse=4
got=0
"$oio" compare --trace "$trace" --length >stdout 2>stderr || got=$?
same 2 "$got"
grep -q "its value is missing" stderr || fail "$(cat stderr)"
got=0
"$oio" compare --trace "$trace" --json same --csv same >stdout 2>stderr || got=$?
same 2 "$got"
