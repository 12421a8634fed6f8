#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures, never judges: every figure is a ratio or a rate of CPU seconds, both sides of a ratio run alternately, the median of the rounds is quoted.
# usage: run.sh BIN_FOLDER [--long] [ROUNDS]    --long: counts what is rare, too, and carries out the fault campaign, for an hour
set -euo pipefail
bin=$1
shift
long=()
if [ "${1:-}" = --long ]; then
  long=(long)
  shift
fi
rounds=${1:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() { sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
spread() { sort -g | awk 'NR == 1 { low = $1 } { high = $1 } END { print low ".." high }'; }

machine() {
  awk -F': ' '/^model name/ { print "machine        " $2; exit }' /proc/cpuinfo
  echo "               $(nproc) cores, $(uname -sr), $(cc --version | head -n 1), $(verilator --version 2>/dev/null | head -n 1)"
  echo "load           $(cut -d' ' -f1-3 /proc/loadavg) before the first figure; $rounds rounds, medians"
}

# hops FIDELITY: flit hops per CPU second on one link.
hops() {
  "$bin/oio" sim --generate saturate --messages "$1" --set net.topology=pair --fidelity "$2" --set results.detail=off --json "$work/r.json" --quiet
  jq .flit_hops_per_cpu_s "$work/r.json"
}

links() {
  local i
  for ((i = 0; i < rounds; i++)); do
    hops 5000000 event >>"$work/event"
    hops 2000000 bit >>"$work/bit"
  done
  echo "one link       event $(median <"$work/event") flit hops per CPU second ($(spread <"$work/event")), at least 20 M asked"
  echo "               bit   $(median <"$work/bit") flit hops per CPU second ($(spread <"$work/bit")), at least 5 M asked"
  echo "               oio sim --generate saturate --messages 5000000|2000000 --set net.topology=pair --fidelity event|bit"
}

# ring DIES MESSAGES: flit hops per CPU second, each message to the neighbour over three links.
ring() {
  "$bin/oio" sim --net "ring:$1" --generate saturate --set workload.pattern=neighbour --messages "$2" --fidelity event --json "$work/r.json" --quiet
  jq .flit_hops_per_cpu_s "$work/r.json"
}

# The same net with more and more of it: what is lost is memory that has left the cache.
rings() {
  local i
  for ((i = 0; i < rounds; i++)); do
    ring 8 400000 >>"$work/ring8"
    ring 64 400000 >>"$work/ring64"
    ring 1024 1000000 >>"$work/ring1024"
    paste <(tail -n 1 "$work/ring8") <(tail -n 1 "$work/ring64") <(tail -n 1 "$work/ring1024") | awk '{ print $2 / $1, $3 / $1 }' >>"$work/rings"
  done
  echo "nets           ring of 8 $(median <"$work/ring8") flit hops per CPU second; of 64 $(awk '{ print $1 }' "$work/rings" | median) of that, of 1,024 $(awk '{ print $2 }' "$work/rings" | median)"
  echo "               oio sim --net ring:8|64|1024 --generate saturate --set workload.pattern=neighbour --fidelity event"
}

# star THREADS BYTES: the wall time of an all-reduce over 64 dies.
star() {
  "$bin/oio" sim --net star:64 --generate all-reduce --set workload.bytes="$2" --fidelity event --threads "$1" --json "$work/r.json" --quiet
  jq .wall_s "$work/r.json"
}

# On two threads and on one; with --long the whole of the 256 MiB.
stars() {
  local i bytes=$((16 << 20))
  [ ${#long[@]} -gt 0 ] && bytes=$((256 << 20))
  for ((i = 0; i < (${#long[@]} > 0 ? 1 : rounds); i++)); do
    star 1 $bytes >>"$work/star1"
    star 2 $bytes >>"$work/star2"
    paste <(tail -n 1 "$work/star1") <(tail -n 1 "$work/star2") | awk '{ print $1 / $2 }' >>"$work/stars"
  done
  echo "all-reduce     64 dies, $((bytes >> 20)) MiB: $(median <"$work/star1") s on one thread, $(median <"$work/star2") s on two, $(median <"$work/stars") times as fast ($(spread <"$work/stars"))"
  echo "               oio sim --net star:64 --generate all-reduce --set workload.bytes=$bytes --fidelity event --threads 1|2"
}

# waits LOAD MESSAGES: the mean wait one way beside that of M/D/1, over seeds.
waits() {
  local seed
  for ((seed = 1; seed <= rounds; seed++)); do
    "$bin/oio" sim --net pair --generate poisson --load "$1" --messages "$2" --seed $seed --fidelity event --set workload.directions=a_to_b \
      --set link.ack_delay_flits=20000 --set optical.length_m=0 --json "$work/r.json" --quiet
    jq ".latency_parts_ps.queue / 4000 / ($1 / (2 * (1 - $1)))" "$work/r.json" >>"$work/waits"
  done
  awk -v load="$1" '{ n++; s += $1; q += $1 * $1 } END { m = s / n
    printf "waits          load %s: %.4f of M/D/1, three standard errors %.4f, %d seeds\n", load, m, n > 1 ? 3 * sqrt((q / n - m * m) / (n - 1)) : 0, n }' "$work/waits"
  echo "               oio sim --net pair --generate poisson --load $1 --messages $2 --seed 1..$rounds --set link.ack_delay_flits=20000 ..."
}

# The straps of oio-bare; and every edge is clocked, there and here.
straps=(--set optical.window_flits=1024 --set optical.buffer_flits=1024 --set bridge.buffer_flits=64 --set link.replay_limit=255
  --set optical.nak_repeat_flits=1000 --set optical.timeout_flits=10000 --set rtl.idle=clock)

# cosim_ratio LABEL OPTION...: cycles per CPU second of `oio cosim`, over the same RTL idle, and over the same RTL shown the same pins.
cosim_ratio() {
  local label=$1 i cycles
  shift
  rm -f "$work"/{cosim,same,idle,over_same,over_idle}
  OIO_STIMULUS=$work/stimulus "$bin/oio-cosim-record" "$@" "${straps[@]}" --quiet
  for ((i = 0; i < rounds; i++)); do
    "$bin/oio" cosim "$@" "${straps[@]}" --json "$work/c.json" --quiet
    cycles=$(jq .cycles "$work/c.json")
    "$bin/oio-bare" "$work/stimulus" >"$work/same.json"
    "$bin/oio-bare" "$cycles" >"$work/idle.json"
    jq '.cycles / .cpu_s / 1000 | floor' "$work/c.json" >>"$work/cosim"
    jq '.cycles / .cpu_s / 1000 | floor' "$work/same.json" >>"$work/same"
    jq '.cycles / .cpu_s / 1000 | floor' "$work/idle.json" >>"$work/idle"
    jq -s '(.[0].cycles / .[0].cpu_s) / (.[1].cycles / .[1].cpu_s)' "$work/c.json" "$work/same.json" >>"$work/over_same"
    jq -s '(.[0].cycles / .[0].cpu_s) / (.[1].cycles / .[1].cpu_s)' "$work/c.json" "$work/idle.json" >>"$work/over_idle"
  done
  printf '%-14s %s kcycle/s with model, scoreboard and checks; bare, same pins %s; bare, idle %s\n' "$label" "$(median <"$work/cosim")" \
    "$(median <"$work/same")" "$(median <"$work/idle")"
  printf '               ratio over the same pins %.3f (%s), over idle %.3f (%s), at least 0.85 asked\n' "$(median <"$work/over_same")" \
    "$(spread <"$work/over_same")" "$(median <"$work/over_idle")" "$(spread <"$work/over_idle")"
  echo "               oio cosim $*"
}

# Every fault in every mode, with an account of its own of every message; then flits by the billion (docs/campaign.md). Exit status 1: something is not as it must be.
campaign() {
  local good=0
  "$bin/campaign" 200 || good=1
  "$bin/campaign_aims" 200 || good=1
  mkdir -p out
  "$bin/endurance" 3 out/endurance-3.txt 500000000 &
  "$bin/endurance" 6 out/endurance-6.txt 500000000 || good=1
  wait $! || good=1
  "$bin/endurance" --sum out/endurance-3.txt out/endurance-6.txt || good=1
  return $good
}

machine
"$bin/bench_crc16"
"$bin/bench_fec" "${long[@]}"
links
rings
stars
waits 0.95 20000000
bash "${BASH_SOURCE%/*}/results_page.sh" "$bin" "$rounds"
if [ -x "$bin/oio-bare" ]; then
  cosim_ratio "cosim, trace" --trace traces/ring-allreduce-8.oiotrace.gz
  cosim_ratio "cosim, half" --generate poisson --load 0.5 --messages 50000
  cosim_ratio "cosim, full" --generate saturate --messages 100000
fi
[ -x "$bin/make_waves" ] && "${BASH_SOURCE%/*}/../../wave/tests/bench/wave.sh" "$(cd "$bin" && pwd)" "$rounds"
if [ ${#long[@]} -gt 0 ]; then campaign; fi
