#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What recording costs hpcc, and what a replay of hpcc comes to beside hpcc: measures, never judges (docs/record.md has the figures).
# usage: record_hpcc.sh BIN_FOLDER [ROUNDS]
#   overhead: 2 ranks, with and without the recorder in turn, the one first in every second round; medians of ROUNDS (11) pairs
#   replay:   4 ranks recorded, and the trace over links as fast as hpcc found its ring of four ranks in the same run
set -euo pipefail
bin=$(cd "$1" && pwd)
rounds=${2:-11}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl=self,vader
export OMPI_MCA_btl_vader_single_copy_mechanism=none OPENBLAS_NUM_THREADS=1

median() { sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
quartiles() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 3) / 4)] ".." v[int((3 * NR + 3) / 4)] }'; }

# input N BLOCK P Q: hpcc's example, of that size.
input() {
  printf '%s\n' HPCC oio HPL.out 8 1 "$1" 1 "$2" 0 1 "$3" "$4" 16.0 1 2 1 4 1 2 1 1 1 1 1 0 2 64 0 0 1 8 - 0 1200 0 40 >hpccinf.txt
}

# timed COMMAND...: wall seconds and CPU seconds.
timed() {
  rm -f hpccoutf.txt
  TIMEFORMAT='%R %U %S'
  { time "$@" >log 2>&1; } 2>&1 | awk '{ print $1, $2 + $3 }'
  grep -q '^Success=1' hpccoutf.txt || { cat log hpccoutf.txt >&2; exit 1; }
}
plain() { timed mpirun -n 2 hpcc; }
recorded() {
  rm -rf kept && mkdir kept
  OIO_RECORD_FOLDER=$PWD/kept LD_PRELOAD=$bin/liboio_record.so timed mpirun -n 2 hpcc
}

overhead() {
  local i
  input 1000 80 1 2
  for ((i = 0; i < rounds; i++)); do
    if ((i % 2)); then
      plain >p
      recorded >r
    else
      recorded >r
      plain >p
    fi
    paste -d' ' p r >>pairs
  done
  echo "overhead       $(awk '{ print 100 * ($3 / $1 - 1) }' pairs | median) % of wall time ($(awk '{ print 100 * ($3 / $1 - 1) }' pairs | quartiles), the middle half of $rounds pairs), less than 5 asked"
  echo "               $(awk '{ print 100 * ($4 / $2 - 1) }' pairs | median) % of CPU time ($(awk '{ print 100 * ($4 / $2 - 1) }' pairs | quartiles))"
  echo "               $(awk 'NR == 1 || $1 < p { p = $1 } NR == 1 || $3 < r { r = $3 } END { print 100 * (r / p - 1), "% between the fastest of both:", p, "s without,", r, "s with" }' pairs)"
  echo "               hpcc $(awk '{ print $1 }' pairs | median) s without, $(awk '{ print $3 }' pairs | median) s with; $(du -cb kept/*.oiorec | awk 'END { print $1 }') bytes recorded"
}

figure() { awk -F= -v key="$1" '$1 == key { print $2 }' hpccoutf.txt; }

# A flit of 256 bytes carries 222 of a routed message; two links and two flit times from die to die.
replay() {
  input 1000 80 2 2
  rm -f hpccoutf.txt
  "$bin/oio" trace record -o hpcc.oiotrace.gz mpirun -n 4 hpcc >said 2>&1
  local latency bandwidth measured simulated
  latency=$(figure NaturallyOrderedRingLatency_usec)
  bandwidth=$(figure NaturallyOrderedRingBandwidth_GBytes)
  measured=$(sed -n 's/^.*measured \([0-9.]*\) ms.*/\1/p' said | head -n 1)
  read -r rate logic < <(awk -v l="$latency" -v b="$bandwidth" 'BEGIN { rate = 8 * b * 256 / 222; logic = (l * 1e6 - 2 * 2048 / rate * 1e3) / 2
    print rate, int(logic > 0 ? logic : 0) }')
  "$bin/oio" sim --net star:4 --trace hpcc.oiotrace.gz --fidelity event --set package.lanes=1 --set package.lane_rate_gbps="$rate" --set package.length_m=0 \
    --set package.logic_ps="$logic" --set switch.latency_ps=0 --set results.detail=off --json replay.json --quiet
  simulated=$(jq '.sim_time_ps / 1e9' replay.json)
  echo "replay         hpcc of 4 ranks measured $measured ms, simulated $simulated ms: $(awk -v s="$simulated" -v m="$measured" 'BEGIN { print s / m }') (0.4 to 1.25 was fixed before)"
  echo "               star:4, $rate Gb/s and $logic ps a link, as hpcc's ring of four: $bandwidth GB/s a rank, $latency us"
  tail -n 1 said
}

awk -F': ' '/^model name/ { print "machine        " $2; exit }' /proc/cpuinfo
echo "               $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg) before the first figure, $(mpirun --version | head -n 1)"
overhead
replay
