#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `oio tech` as a user meets it.
. "$(dirname "$0")/trace_shell.sh"

# declines PATTERN ARGUMENT...: exit status 2, one line on standard error, nothing on standard output.
declines() {
  pattern=$1
  shift
  got=0
  "$oio" tech "$@" >stdout 2>stderr || got=$?
  [ "$got" = 2 ] || fail "oio tech $*: exit status $got, not 2: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio tech $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio tech $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio tech $*: prints $(cat stdout)"
}
# says PATTERN ARGUMENT...
says() {
  pattern=$1
  shift
  "$oio" tech "$@" >stdout 2>stderr || fail "oio tech $*: exit status $?: $(cat stderr)"
  grep -q -- "$pattern" stdout || fail "oio tech $*: no '$pattern' in $(cat stdout)"
}

sentence "the list has the 40 technologies, both error rates, and how much is assumed"
says "^pluggable_800g_dsp  *pluggable .* 0.00024  1.4e-11  8 of 21$" list
same 40 "$(grep -c ' of 2[01]$' stdout)"
says "^cpo_bailly_51t2_100g .* 66.6  0.00024        - 11 of 20$" list

sentence "of a length it lists what reaches so far, with the flight"
says "^pluggable_400g_dr4_dsp .* 2612 " list --length 500 # 163 + 500 * 4.897
grep -q "^cu_\|^ucie\|^oio_intel_oci_4t" stdout && fail "$(cat stdout)"

sentence "one is shown with low, typical, high, basis and sources"
says "^phy_ns  *sourced  *100  *100  *200 ns \[alibaba\] in production more than 100$" show pluggable_400g_dr4_dsp
says "^\[alibaba\] Alibaba: .* (field)$" show pluggable_400g_dr4_dsp
says "^observed_error_rate  *not known$" show cpo_bailly_51t2_100g

sentence "the JSON says the same, alone on standard output or whole in a file"
"$oio" tech show oio_nvidia_dwdm_32g --json - | jq -e '.technologies == [.technologies[0]] and .technologies[0].values.observed_error_rate.typical == 2e-16 and
  .technologies[0].lanes == 8 and ([.technologies[0].values[] | objects | .sources[]] | unique) == (.sources | keys)' >/dev/null || fail "$("$oio" tech show oio_nvidia_dwdm_32g --json -)"
"$oio" tech list --json out/list.json >stdout
grep -q "^lpo_800g" stdout || fail "no table"
"$oio" tech list --json - | cmp - out/list.json || fail "two JSONs"
jq -e --slurpfile schema "$2/docs/tech.schema.json" --slurpfile wavediff "$2/docs/wavediff.schema.json" -f "$2/tests/system/schema.jq" out/list.json >/dev/null ||
  fail "the JSON does not conform to docs/tech.schema.json"
rm out/list.json

sentence "a budget goes from laser to margin: -3.5 - 2.5 + 6.2 dB of the OCI agreement"
says "^OMA out of the transmitter  *-3.50 |##*$" budget oio_oci_msa_gen1_200g --length 100
grep -q "^connectors  *-2.50  *-6.00 |##*--*$" stdout && grep -q "^= margin  *0.20$" stdout && grep -q "^It rests on 0 assumed values.$" stdout || fail "$(cat stdout)"
says "0.00024 may be, and links in operation show 1.4e-11.$" budget pluggable_800g_dsp
grep -q "^It rests on [0-9]* assumed values: laser_dbm, .*, rin_db_per_hz.$" stdout || fail "$(cat stdout)"
says "further than the typical reach of 500 m" budget pluggable_800g_dsp --length 2000

sentence "its JSON conforms, and its steps add up to the margin"
"$oio" tech budget oio_generic_64g_nrz --set laser_dbm=17 --json - >budget.json
jq -e --slurpfile schema "$2/docs/tech-budget.schema.json" --slurpfile wavediff "$2/docs/wavediff.schema.json" -f "$2/tests/system/schema.jq" budget.json >/dev/null ||
  fail "the JSON does not conform to docs/tech-budget.schema.json"
jq -e '(([.steps[].change_db] | add) + .steps[0].level_dbm - .sensitivity_dbm - .margin_db.typical | fabs < 1e-6) and .steps[0].level_dbm == 17 and
  .values.laser_dbm.basis == "given" and (.assumed | index("laser_dbm") == null and index("modulator_db") != null and index("limit_error_rate") != null)' budget.json >/dev/null ||
  fail "$(cat budget.json)"
"$oio" tech budget oio_generic_64g_nrz --json - | jq -e --slurpfile more budget.json '$more[0].oma_dbm - .oma_dbm | . - 3 | fabs < 1e-6' >/dev/null || fail "3 dB more of laser are not 3 dB more"
"$oio" tech budget oio_generic_64g_nrz --set rin_db_per_hz=-100 --json - | jq -e '.margin_db.typical == null' >/dev/null || fail "a margin in spite of the noise"
says "^Margin: none typical (the noise of the laser alone is too much)" budget oio_generic_64g_nrz --set rin_db_per_hz=-100

sentence "a drawing is one SVG with a bar for each step, and is not written for what is refused"
says "^= margin" budget oio_generic_64g_nrz --svg out/budget.svg
same "$(jq '.steps | length + 2' budget.json)" "$(grep -c '<rect x' out/budget.svg)"
xmllint --noout out/budget.svg 2>/dev/null || ! command -v xmllint >/dev/null || fail "no XML"
rm out/budget.svg
declines "reaches 500 m, at most 2000 m, not 3000 m; .oio tech list --length 3000. has" budget pluggable_800g_dsp --length 3000 --svg out/budget.svg
declines "it is electrical" budget ucie_a_32g --json out/budget.json
declines "nothing is publicly known of its light" budget wide_microled_mosaic_800g
[ -z "$(ls out)" ] || fail "left behind: $(ls out)"

sentence "unusable input is one line with the remedy, exit status 2"
declines "no technology 'cpo_baily'; did you mean cpo_bailly_51t2_100g?" show cpo_baily
declines "say list, show or budget, not ''"
declines "say list, show or budget, not 'draw'" draw
declines "name one technology" show
declines "name one technology" show lpo_800g lpo_1600g
declines "list takes no name: 'lpo_800g'" list lpo_800g
declines "such option.*'--lenght'" list --lenght 5
for length in nan -1 inf 5m 1e7 ''; do declines "metres, 0 to 1000000, not '$length'" list --length "$length"; done
declines "use laser_dbm=-30..40 dBm" budget oio_generic_64g_nrz --set laser_dbm=nan
declines "use noise_ua=1e-06..1e+06 uA" budget oio_generic_64g_nrz --set noise_ua=-2
declines "use modulator_db=0..40 dB" budget oio_generic_64g_nrz --set modulator_db
declines "has no such part" budget oio_generic_64g_nrz --set launch_oma_dbm=0
declines "has no such part" budget oio_generic_64g_nrz --set =0
declines "set twice: 'laser_dbm=3'" budget oio_generic_64g_nrz --set laser_dbm=2 --set laser_dbm=3
declines "only a budget has parts to set" show lpo_800g --set laser_dbm=2
declines "only a budget is drawn" list --svg out/list.svg
declines "of list and budget" show lpo_800g --length 3
declines "are both 'out/x'" budget lpo_800g --svg out/x --json out/x
declines "no/list.json: cannot be written\|no/list.json: .*No such" list --json no/list.json

# The table that the values were taken from has its own names, and was overtaken by newer figures in these places: preset, parameter, typical,
# low, high. A dash: as the table has it.
cat >newer <<'TABLE'
pluggable_400g_dr4_dsp phy_latency_ns 100 100 200
lpo_800g phy_latency_ns 4 1 5
lpo_1600g phy_latency_ns 4 1 5
npo_passage_l20_6t4 phy_latency_ns 10 - -
pluggable_400g_dr4_dsp hard_fit 250 - -
pluggable_400g_dr4_dsp flap_per_1e9h 16500 6700 33000
lpo_800g hard_fit 271 109 559
lpo_800g flap_per_1e9h 6900 5900 8000
cpo_bailly_51t2_100g hard_fit 385 - -
cpo_bailly_51t2_100g energy_pj_per_bit 6.75 - -
cpo_nvidia_quantumx_1t6_engine energy_pj_per_bit 4.4 4 5.6
lro_tro_1600g energy_pj_per_bit 11.25 - 12.5
lpo_1600g energy_pj_per_bit 6.875 - -
pluggable_400g_dr4_dsp energy_pj_per_bit 20.25 - -
npo_passage_l20_6t4 energy_pj_per_bit 4.7 3 5.5
pluggable_800g_dsp relink_ms - 6.2 -
lpo_800g relink_ms - 5.2 -
cu_dac_112g media_reach_m 2 2 7
cu_dac_224g media_reach_m 1 1 4
cu_dac_448g media_reach_m 0.4 0.4 1.25
cu_acc_224g media_reach_m 3.5 - -
cu_aec_112g_dsp media_reach_m 5.5 - -
pluggable_400g_dr4_dsp host_serdes_pj_per_bit 6.8 - -
pluggable_800g_dsp host_serdes_pj_per_bit 6.8 - -
cu_aec_112g_dsp host_serdes_pj_per_bit 6.8 - -
oio_lightmatter_m1000 media_reach_m 1000 - 1000
oio_lightmatter_l_series_112g media_reach_m 1000 - -
oio_lightmatter_m1000 energy_pj_per_bit 3 - 3
oio_lightmatter_l_series_112g energy_pj_per_bit 3 - 3
oio_lightmatter_m1000 pre_fec_ber 1e-9 - 1e-9
TABLE
cat >names <<'TABLE'
lane_rate_gbps lane_rate_gbps
lambdas_per_fibre_per_dir wavelengths
aggregate_gbps_per_dir rate_gbps
media_reach_m reach_m
host_elec_reach_mm host_reach_mm
phy_latency_ns phy_ns
fec_latency_ns fec_ns
tof_ns_per_m flight_ns_per_m
energy_pj_per_bit link_pj_per_bit
host_serdes_pj_per_bit host_pj_per_bit
pre_fec_ber limit_error_rate
shoreline_gbps_per_mm shoreline_gbps_per_mm
hard_fit failures_per_1e9h
flap_per_1e9h flaps_per_1e9h
relink_ms relink_ms
TABLE
if [ -n "${OIO_OPTICS:-}" ]; then
  sentence "every number is that of the table it was taken from, or newer"
  "$oio" tech list --json - | jq -r '.technologies[] | .name as $name | .values | to_entries[] | select(.value | objects | has("low")) |
    "\($name) \(.key) \(.value.typical) \(.value.low) \(.value.high) \(.value.basis)"' >ours
  awk '
    function number(text) { return text == "-" ? "-" : sprintf("%.9g", text + 0) }
    FILENAME == "names" { ours[$1] = $2; next }
    FILENAME == "newer" { newer[$1, $2] = number($3) " " number($4) " " number($5); next }
    FILENAME == "ours" { got[$1, $2] = number($3) " " number($4) " " number($5) " " $6; next }
    FNR > 1 { # a row of the table: fields may be quoted, and then hold commas
      row = $0
      for (n = 1; row != "" && n <= 8; n++) {
        if (row ~ /^"/) { match(row, /^"([^"]|"")*"/); field[n] = substr(row, 2, RLENGTH - 2) } else { match(row, /^[^,]*/); field[n] = substr(row, 1, RLENGTH) }
        row = substr(row, RLENGTH + 2)
      }
      if (!(field[2] in ours)) next
      split(number(field[4]) " " number(field[5]) " " number(field[6]), want, " ")
      basis = field[7]
      if ((field[1], field[2]) in newer) {
        split(newer[field[1], field[2]], now, " ")
        for (i = 1; i <= 3; i++) if (now[i] != "-") want[i] = now[i]
        basis = ""
        used++
      }
      split(got[field[1], ours[field[2]]], have, " ")
      compared += 3
      if (have[1] != want[1] || have[2] != want[2] || have[3] != want[3] || (basis != "" && have[4] != basis)) {
        print field[1], field[2] ": " want[1], want[2], want[3], basis " is " have[1], have[2], have[3], have[4]
        bad = 1
      }
    }
    END {
      for (place in newer) places++
      if (used != places) { print used " of " places " newer places were met"; bad = 1 }
      if (compared != 1800) { print compared " numbers were compared, not 1800"; bad = 1 }
      exit bad
    }' names newer ours "$OIO_OPTICS/tech_presets.csv" >differences || fail "$(cat differences)"
else
  echo "skipped: OIO_OPTICS is not set: the values are not held against the table they were taken from"
fi

echo "1..$planned passed"
