#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes every number and figure of docs/study.md: a database for each question, numbers.csv, the tables and the drawings.
# usage: make.sh OIO OUT_FOLDER [DIES...]
# OUT_FOLDER is made anew. With DIES only the runs of the first question with so many dies are made, which takes seconds, and only numbers.csv.
set -eu
oio=$1 out=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$out"
mkdir -p "$out"

leaf_m=3 spine_m=30 switch_ns=100 buffer_flits=2048
rungs='pluggable_1600g_dsp lro_tro_1600g lpo_1600g cpo_davisson_102t4_200g oio_teraphy_gen3_ucie_8t'

# net_of DIES: eight dies a leaf, and as many links up from a leaf as down.
net_of() { if [ "$1" = 8 ]; then echo star:8; else echo "leaf-spine:$(($1 / 8)),8,8"; fi; }

# lanes_of RUNG same|built: as many as carry 1,600 Gb/s of flits, or all that a port or engine has.
lanes_of() {
  case $1-$2 in
    cpo_*-built) echo 32 ;;
    oio_*-built) echo 128 ;;
    oio_*) echo 50 ;;
    *) echo 8 ;;
  esac
}

# runs DATABASE DIES RUNG same|built BYTES [OPTION]...: both collectives.
runs() {
  database=$1 dies=$2 rung=$3 lanes=$(lanes_of "$3" "$4") bytes=$5
  shift 5
  for collective in 'all-reduce --set workload.algorithm=halving-doubling' all-to-all; do
    # shellcheck disable=SC2086
    "$oio" sweep --over "workload.bytes=$bytes" --generate $collective --net "$(net_of "$dies")" --fidelity event \
      --set "workload.group=$dies" --set "package.length_m=$leaf_m" --set "rack.length_m=$spine_m" --set "switch.latency_ps=${switch_ns}000" \
      --set "package.buffer_flits=$buffer_flits" --set "rack.buffer_flits=$buffer_flits" --set results.detail=on \
      --set "package.tech=$rung" --set "package.lanes=$lanes" --set "rack.tech=$rung" --set "rack.lanes=$lanes" "$@" \
      --db "$out/$database.db" --quiet
  done
}

# listed DATABASE: what numbers.awk takes of each of its runs.
listed() {
  "$oio" results list "$out/$1.db" --columns package.tech,workload.generate,workload.group,workload.bytes,result,iteration_ps,path_latency_ps,path_bandwidth_ps,path_queue_ps,watts_on,package.lanes,package.buffer_flits |
    sed "s/^/$1 /"
}

# value RUNG NAME COLUMN: low (3), typical (4) or high (5) of a value of a technology.
value() { "$oio" tech show "$1" | awk -v name="$2" -v column="$3" '$1 == name { print $column; exit }'; }

{
  for name in "leaf_m $leaf_m" "spine_m $spine_m" "switch_ns $switch_ns" "buffer_flits $buffer_flits" 'dies_a_leaf 8' 'line_gbps 1600' 'payload_bytes 222' 'flit_bytes 256'; do echo "method $name"; done
  for rung in $rungs; do
    for name in phy_ns fec_ns link_pj_per_bit host_pj_per_bit shoreline_gbps_per_mm limit_error_rate; do
      echo "inputs $rung $name $(value "$rung" $name 3) $(value "$rung" $name 4) $(value "$rung" $name 5)"
    done
    "$oio" tech show "$rung" | awk -v rung="$rung" '$1 == "observed_error_rate" && $2 != "not" { print "inputs", rung, $1, $3, $4, $5 }'
  done
} >"$out/inputs.txt"

# What changes with the number of dies.
for dies in ${*:-8 16 32 64 128 256 512}; do
  for rung in $rungs; do runs scale "$dies" "$rung" same 65536; done
done
listed scale >"$out/listed.txt"

if [ $# = 0 ]; then
  for rung in $rungs; do
    # With the bytes; with all that a port of the rung has.
    runs size 64 "$rung" same 4096,16384,65536,262144,1048576
    runs built 64 "$rung" built 65536,1048576
    # With the buffers that a run takes by itself.
    runs automatic 512 "$rung" same 65536 --set package.buffer_flits=0 --set rack.buffer_flits=0
    # With PHY and FEC at the ends of what is known. A block of the code is a part of fec_ns, and not of fec_ps.
    for end in 3 5; do
      typical=$("$oio" sim --generate poisson --messages 1 --set "optical.tech=$rung" --set optical.length_m=30 --json - --quiet 2>/dev/null |
        awk -F '[:, ]+' '$2 == "\"optical.fec_ps\"" { gsub(/"/, "", $3); print $3 }')
      fec=
      [ "$typical" -gt 0 ] && fec=$(awk -v at="$typical" -v typical="$(value "$rung" fec_ns 4)" -v end="$(value "$rung" fec_ns $end)" 'BEGIN { printf "%d", at + 1000 * (end - typical) }')
      logic=$(awk -v end="$(value "$rung" phy_ns $end)" 'BEGIN { printf "%d", 1000 * end }')
      # shellcheck disable=SC2086
      runs "known$end" 64 "$rung" same 65536 --set "package.logic_ps=$logic" --set "rack.logic_ps=$logic" \
        ${fec:+--set package.fec_ps=$fec --set rack.fec_ps=$fec}
    done
  done
  for database in size built automatic known3 known5; do listed $database; done >>"$out/listed.txt"
fi

awk -f "$here/numbers.awk" "$out/inputs.txt" "$out/listed.txt" >"$out/numbers.csv"
[ $# = 0 ] || exit 0
awk -f "$here/tables.awk" "$out/numbers.csv" >"$out/tables.md"
for collective in all-reduce all-to-all; do
  "$oio" results plot "$out/scale.db" --x workload.group --y iteration_ps --by package.tech --where workload.generate=$collective --log xy \
    --title "$collective of 64 KiB, links of 1.6 Tb/s" --svg "$out/scale-$collective.svg"
  "$oio" results plot "$out/size.db" --x workload.bytes --y iteration_ps --by package.tech --where workload.generate=$collective --log xy \
    --title "$collective among 64 dies, links of 1.6 Tb/s" --svg "$out/size-$collective.svg"
done
sed -i '1s/$/\n<!-- SPDX-License-Identifier: Apache-2.0 -->/' "$out"/*.svg
