#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What recording costs hpcc, and what a replay of hpcc comes to beside hpcc: measures, never judges (docs/record.md has the figures).
# usage: record_hpcc.sh BIN_FOLDER [ROUNDS]
#   overhead: 2 ranks, with and without the recorder in turn, the one first in every second round; medians of ROUNDS (11) pairs
#   replay:   4 ranks recorded, and the trace over links as fast as hpcc found its ring of four ranks in the same run; 2 ranks in shared memory,
#             and their trace over links as fast as TCP, beside a run by TCP
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

# replayed TRACE LATENCY_US GBYTES_PER_S: simulated milliseconds over a star of links like that. A flit of 256 bytes carries 222 of a routed message;
# two links and two flit times from die to die.
replayed() {
  local rate logic
  read -r rate logic < <(awk -v l="$2" -v b="$3" 'BEGIN { rate = 8 * b * 256 / 222; logic = (l * 1e6 - 2 * 2048 / rate * 1e3) / 2
    print rate, int(logic > 0 ? logic : 0) }')
  "$bin/oio" sim --net star:4 --trace "$1" --fidelity event --set package.lanes=1 --set package.lane_rate_gbps="$rate" --set package.length_m=0 \
    --set package.logic_ps="$logic" --set switch.latency_ps=0 --set results.detail=off --json replay.json --quiet
  jq '.sim_time_ps / 1e9' replay.json
}

# told NAME SIMULATED MEASURED
told() { echo "replay         $1: measured $3 ms, simulated $2 ms: $(awk -v s="$2" -v m="$3" 'BEGIN { print s / m }') (0.4 to 1.25 was fixed before)"; }

# record RANKS KEPT [NAME=VALUE...]: hpcc, recorded; `latency`, `bandwidth` and `measured` are those of this run.
record() {
  local ranks=$1 kept=$2
  shift 2
  rm -f hpccoutf.txt
  env "$@" "$bin/oio" trace record --keep "$kept" -o "$kept.gz" mpirun -n "$ranks" hpcc >said 2>&1
  latency=$(figure NaturallyOrderedRingLatency_usec)
  bandwidth=$(figure NaturallyOrderedRingBandwidth_GBytes)
  measured=$(sed -n 's/^.*measured \([0-9.]*\) ms.*/\1/p' said | head -n 1)
  "$bin/oio" trace import --recorded-link "$(awk -v l="$latency" 'BEGIN { printf "%d", 1000 * l }'):$bandwidth" -o "$kept.own.gz" "$kept" >said
}

# Four ranks over the link they had; and two, one a core, of which a run in shared memory says how long the one by TCP takes.
replay() {
  local latency bandwidth measured
  input 1000 80 2 2
  record 4 four
  told "hpcc of 4 ranks" "$(replayed four.gz "$latency" "$bandwidth")" "$measured"
  told "hpcc of 4 ranks, --recorded-link" "$(replayed four.own.gz "$latency" "$bandwidth")" "$measured"
  echo "               their ring: $bandwidth GB/s a rank, $latency us; $(grep -o '[0-9]* microseconds that waits' said) of all ranks took longer than that"
  input 1000 80 1 2
  record 2 two
  echo "               2 ranks in shared memory: $measured ms, $bandwidth GB/s, $latency us"
  record 2 tcp OMPI_MCA_btl=self,tcp OMPI_MCA_btl_tcp_if_include=lo
  told "hpcc of 2 ranks by TCP, foretold" "$(replayed two.gz "$latency" "$bandwidth")" "$measured"
  told "hpcc of 2 ranks by TCP, foretold, --recorded-link" "$(replayed two.own.gz "$latency" "$bandwidth")" "$measured"
  echo "               by TCP: $bandwidth GB/s, $latency us"
}

awk -F': ' '/^model name/ { print "machine        " $2; exit }' /proc/cpuinfo
echo "               $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg) before the first figure, $(mpirun --version | head -n 1)"
overhead
replay
