#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The mutation score of the RTL's cells: Yosys draws mutants of receiver, transmitter, replay, credit, what is owed, timers, decoder and receive
# buffer, all of them in one netlist behind a number, and the bridge tests run on each. What survives is listed with the line that it is in;
# survivors.txt says of each why no test can see it, or it counts as alive. Fails below 95 % of those that are not equivalent.
# usage: mutants.sh FOLDER [COUNT [SEED]]      FOLDER: where it builds, and the results are
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rtl=$(cd "$here/../../rtl" && pwd)
folder=$1 count=${2:-240} seed=${3:-1}
for tool in yosys verilator; do command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }; done
mkdir -p "$folder"
cd "$folder"
reads=
for file in $(grep '^oio_' "$rtl/oio_rtl.f"); do reads="$reads read_verilog -sv $file;"; done
home=$PWD
sizes="-set DieWindowFlits 3 -set OpticalWindowFlits 5 -set DieBufferFlits 3 -set OpticalBufferFlits 2"
whole="$reads chparam $sizes oio_bridge; hierarchy -top oio_bridge -check; proc; flatten; opt; rename -top oio_bridge"
cells='c:*u_link_rx* c:*u_link_tx* c:*u_credit* c:*u_owed* c:*u_receive_buffer* c:*u_flit_decode.* %u %u %u %u %u c:*u_crc16* c:*u_ram* %u %d'
(cd "$rtl" && yosys -q -p "$whole; select -set judged $cells; mutate -list $count -seed $seed -o $home/list @judged") >said 2>&1 || { cat said >&2; exit 1; }
awk '/^mutate/ { n++; sub(/^mutate /, ""); print "mutate -ctrl mutant 16 " n " " $0 }' list >chosen
(cd "$rtl" && yosys -q -p "$whole; script $home/chosen; opt_clean; write_verilog -noattr $home/bridge.v") >said 2>&1 || { cat said >&2; exit 1; }
verilator --cc --exe --build -j 2 -O3 -MAKEFLAGS OPT_FAST=-O2 -Wno-fatal -Wno-lint -Wno-style --x-initial unique --top-module oio_bridge --prefix Voio_bridge --Mdir built -o bench bridge.v \
  "$here/bridge_main.cpp" "$here/bridge_test.cpp" "$here/receiver_test.cpp" "$here/replay_test.cpp" "$here/sides_test.cpp" "$here/traffic_test.cpp" \
  -CFLAGS "-O2 -DMUTANTS -DDATA_BYTES=64 -DDIE_WINDOW=3 -DOPTICAL_WINDOW=5 -DDIE_BUFFER=3 -DOPTICAL_BUFFER=2" >said 2>&1 || { tail -n 20 said >&2; exit 1; }

# judge MUTANT: killed or alive. What takes ten times as long as the bridge as it is, and two minutes, gets nowhere.
cat >judge <<'SH'
# The long way round the numbers comes last.
wrap=numbers_wrap_without_losing_a_payload
for run in "3 1 -$wrap" "6 1 -$wrap" "3 1 $wrap"; do
  OIO_MUTANT=$1 timeout "${2:-600}" built/bench $run >/dev/null 2>&1 || { echo "$1 killed"; exit 0; }
done
echo "$1 alive"
SH
began=$(date +%s)
[ "$(sh judge 0)" = "0 alive" ] || { echo "mutants.sh: the bridge tests fail without a mutant" >&2; exit 1; }
limit=$((10 * ($(date +%s) - began) + 120))
seq 1 "$(wc -l <chosen)" | xargs -P 2 -I MUTANT sh judge MUTANT $limit >verdicts
killed=$(grep -c killed verdicts || true)
total=$(wc -l <verdicts)
equivalent=0
for mutant in $(sed -n 's/ alive//p' verdicts | sort -n); do
  line=$(sed -n "${mutant}p" chosen)
  reason=$(awk -F ' :: ' -v line="$(echo "$line" | sed 's/^mutate -ctrl mutant 16 [0-9]* //; s/ -src.*//')" 'index(line, $1) == 1 { print $2; exit }' "$here/survivors.txt" 2>/dev/null || true)
  case $reason in equivalent*) equivalent=$((equivalent + 1)) ;; esac
  echo "survivor: $line :: ${reason:-no reason is given}"
done
echo "mutants: $total, killed $killed, equivalent $equivalent, score $((1000 * killed / (total - equivalent))) of 1000"
[ $((1000 * killed)) -ge $((950 * (total - equivalent))) ]
