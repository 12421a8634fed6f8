# SPDX-License-Identifier: Apache-2.0
# The Verilated bridge against the model: every message once, in order, unaltered; monitors silent; debug ports equal at rest. One set of sentences each.
# usage: rtl.sh PROGRAM SOURCE SET
. "$(dirname "$0")/../system/trace_shell.sh"
source=$2
set_wanted=$3
sample=$source/traces/ring-allreduce-8.oiotrace.gz

# runs ARGUMENT...: `oio cosim` ends good with everything delivered once. r.json has the results.
runs() {
  "$oio" cosim --json r.json --quiet "$@" || fail "replay with: oio cosim $*"
  jq -e '.sent > 0 and .delivered == .sent and .lost + .duplicated + .reordered + .corrupted + .findings == 0 and
         ((.latency_parts_ps | add) - .latency_ps.mean | fabs) < 0.01' r.json >/dev/null || fail "$(jq -c . r.json); replay with: oio cosim $*"
}

case $set_wanted in
places)
  for rtl in near far both; do
    sentence "RTL $rtl: traffic arrives whole on a clean wire and on bad ones"
    for rate in 0 1e-6 1e-4; do runs --rtl $rtl --generate poisson --messages 4000 --set workload.vcs=3 --set optical.bit_error_rate=$rate; done
  done
  sentence "errors on the die links are retried there"
  runs --rtl both --generate saturate --messages 4000 --set die_link.bit_error_rate=1e-5 --set optical.bit_error_rate=1e-5
  jq -e '.retries.crc > 0 and .flits.replayed > 0' r.json >/dev/null || fail "no retry"
  sentence "the energy of a technology is that of all payload flits, those that the RTL sent too"
  for rtl in near far both none; do
    runs --rtl $rtl --generate poisson --messages 1000 --set optical.tech=oio_teraphy_gen2_32g --set die_link.tech=oio_teraphy_gen2_32g --set optical.lanes=16 --set die_link.lanes=16 \
      --set optical.bit_error_rate=1e-5
    jq -e '(.flits | .payload + .replayed) as $flits | .sim_time_ps as $ps |
      ([.technologies[] | .watts_load * $ps / .energy_pj_per_bit / 2048] | add) - $flits | fabs < 0.01' r.json >/dev/null ||
      fail "$(jq -c '{flits, sim_time_ps, technologies}' r.json)"
  done
  sentence "a Nak that comes when all is acknowledged is answered, and no rule is broken"
  for seed in 1 2 3 4 5 6 7 8; do
    runs --rtl both --generate burst --load 0.3 --messages 4000 --seed $seed --set die_link.bit_error_rate=3e-4
  done
  sentence "a replay that has begun and of which an Ack leaves nothing is no difference at rest: the next flit shows its round"
  runs --rtl near --generate poisson --messages 506 --seed 661216 --set optical.bit_error_rate=9.98e-06 --set die_link.timeout_flits=21
  jq -e '.retries.timeout == 1' r.json >/dev/null || fail "no timeout: $(jq -c .retries r.json)"
  sentence "a link that fails in the RTL ends the run at once, and is its verdict"
  got=0
  "$oio" cosim --rtl both --generate poisson --messages 6000 --set optical.bit_error_rate=0.5 --set link.replay_limit=3 --json r.json --quiet 2>stderr || got=$?
  same 1 "$got"
  jq -e '(.failure | test("RTL.*replay limit")) and .findings == 0 and (.stalled | not) and .sim_time_ps < 10000000' r.json >/dev/null ||
    fail "$(jq -c '{failure, findings, stalled, sim_time_ps}' r.json)"
  same 1 "$(grep -c '^the run is BAD: a link failed: RTL, .* optical side: replay limit' stderr)"
  same 1 "$(wc -l <stderr)"
  sentence "the model in the RTL's place delivers the same messages"
  runs --rtl near --trace "$sample" --set trace.loop=open --set optical.bit_error_rate=0
  sent=$(jq .sent r.json)
  "$oio" sim --trace "$sample" --set trace.loop=open --json s.json --quiet
  same "$sent" "$(jq .sent s.json)"
  ;;
shapes)
  sentence "format 6, odd sizes of messages, several virtual channels"
  runs --generate saturate --messages 3000 --set link.format=6 --set optical.bit_error_rate=1e-5
  for bytes in 1 8 72 223 225 5000; do
    runs --generate burst --load 0.7 --messages 800 --set workload.message_bytes=$bytes --set workload.vcs=4 --set link.format=6 --set optical.bit_error_rate=1e-5
  done
  sentence "small windows and buffers wrap, stall and go on"
  for window in 1 2 7; do
    runs --generate saturate --messages 2000 --set optical.window_flits=$window --set optical.buffer_flits=3 --set bridge.buffer_flits=2 \
      --set die_link.window_flits=$window --set die_link.buffer_flits=1 --set optical.bit_error_rate=1e-5
  done
  sentence "a virtual channel short of credit stalls and goes on"
  runs --generate saturate --messages 2000 --set vc.buffer_bytes=512 --set workload.vcs=2 --set optical.bit_error_rate=1e-5
  sentence "sequences wrap: 70,000 flits over fibre, 255 at the dies"
  runs --generate saturate --messages 140000 --set optical.bit_error_rate=1e-6
  sentence "die links that are slow, or far away"
  runs --generate poisson --messages 100 --set die_link.logic_ps=1000000000
  runs --generate poisson --messages 4 --set die_link.lanes=1 --set die_link.lane_rate_gbps=0.5 --set link.ack_delay_flits=400
  sentence "a clock and a rate that do not divide each other"
  runs --generate saturate --messages 2000 --set rtl.clock_ps=931 --set optical.lane_rate_gbps=29.7 --set optical.bit_error_rate=1e-5
  ;;
faults)
  # counted FILTER: of the last run.
  counted() { jq -e "$1" r.json >/dev/null || fail "not $1: $(jq -c '{faults, fec, flits, retries}' r.json)"; }
  for rtl in near far both; do
    sentence "RTL $rtl: over a link with KP4 nothing is lost, whatever it cannot correct"
    for rate in 1e-4 2.4e-3; do
      runs --rtl $rtl --generate poisson --load 0.3 --messages 4000 --set optical.fec=kp4 --set optical.fec_ways=2 --set optical.bit_error_rate=$rate \
        --set link.replay_limit=1000
    done
    counted '.fec.uncorrectable_codewords > 0 and .fec.condemned_flits > 0 and .flits.replayed > 0'
    sentence "RTL $rtl: over optical I/O of which a laser dies traffic goes on with the lanes that are left"
    runs --rtl $rtl --generate poisson --load 0.3 --messages 4000 --set rtl.clock_ps=125 --set die_link.lanes=500 --set optical.tech=oio_teraphy_gen2_32g \
      --set optical.stripe_bits=1 --set optical.remap_ps=1500000 --set optical.bit_error_rate=1e-9 --faults 'at 1us link 1: laser 2 dies'
    counted '.faults.remaps == 2 and .faults.missing_lanes == 16 and .flits.replayed > 0 and .retries.timeout > 0'
    sentence "RTL $rtl: a wire that is down for a while costs time and nothing else"
    runs --rtl $rtl --generate poisson --load 0.3 --messages 4000 --faults 'at 3us link 1: down for 4us; at 10us wire 2: down for 1us; at 12us link 1: error rate 1e-5'
    counted '.faults.dark_flits > 0 and .faults.events == 5'
    sentence "RTL $rtl: a flap that takes longer than replays do fails by name"
    got=0
    "$oio" cosim --rtl $rtl --generate poisson --load 0.3 --messages 4000 --set optical.relink_ps=500000000000 --faults 'at 3us link 1: flap' --json r.json --quiet \
      2>stderr || got=$?
    same 1 "$got"
    counted '(.failure | test("replay limit")) and .findings == 0 and .sim_time_ps < 1000000000 and .delivered > 0 and .corrupted + .duplicated + .reordered == 0'
  done
  ;;
idle)
  # What does not depend on the machine, nor on how many edges were clocked.
  results() { jq -S 'del(.wall_s, .cpu_s, .flit_hops_per_cpu_s, .cycles_skipped, .config["rtl.idle"])' "$1"; }
  sentence "cycles in which nothing can change are left out, and nothing else changes"
  for words in "--rtl near --trace $sample" "--rtl both --generate poisson --load 0.0002 --messages 100 --set optical.bit_error_rate=3e-4 --set die_link.bit_error_rate=3e-4" \
    "--rtl far --generate burst --load 0.0005 --messages 300 --set workload.burst_sources=1 --set workload.burst_duty=0.001 --set rtl.clock_ps=931 --set optical.length_m=2000" \
    "--rtl near --generate poisson --load 0.0002 --messages 100 --set reset.at_ps=200000123 --set reset.hold_ps=5000000"; do
    # shellcheck disable=SC2086
    "$oio" cosim $words --set rtl.idle=clock --json clocked.json --quiet || fail "$words"
    # shellcheck disable=SC2086
    "$oio" cosim $words --json skipped.json --quiet || fail "$words"
    same "$(results clocked.json)" "$(results skipped.json)"
    jq -e '.cycles_skipped > .cycles / 4' skipped.json >/dev/null || fail "$words: $(jq -c '{cycles, cycles_skipped}' skipped.json)"
    same 0 "$(jq .cycles_skipped clocked.json)"
  done
  sentence "a pause of ten seconds in a trace is over at once"
  printf 'oio-trace 1\nnodes 2\n---\n0 0 1 0 72 0 -\n10000000000000 0 1 0 72 1 -\n10000000001000 1 0 0 72 2 1\nend 3\n' >pause.oiotrace
  "$oio" cosim --trace pause.oiotrace --json r.json --quiet || fail "pause"
  jq -e '.delivered == 3 and .sim_time_ps > 10000000000000 and .cycles > 10000000000 and .cycles - .cycles_skipped < 100000' r.json >/dev/null ||
    fail "$(jq -c . r.json)"
  sentence "waves have every edge"
  "$oio" cosim --generate poisson --load 0.0005 --messages 50 --waves out/w.fst --wave-window 0:500 --json r.json --quiet || fail "waves"
  same 0 "$(jq .cycles_skipped r.json)"
  ;;
width)
  sentence "128 bytes a cycle, both formats"
  for format in 3 6; do
    runs --rtl both --generate saturate --messages 3000 --set rtl.datapath_bytes=128 --set rtl.clock_ps=1500 --set link.format=$format \
      --set optical.bit_error_rate=1e-5
  done
  ;;
reset)
  for rtl in near far both; do
    sentence "RTL $rtl: a reset with traffic in flight loses only what was on its way, and traffic goes on"
    for at in 3000000 5001234; do
      "$oio" cosim --rtl $rtl --generate poisson --messages 4000 --set reset.at_ps=$at --set reset.hold_ps=300000 --set optical.bit_error_rate=1e-6 \
        --json r.json --quiet || fail "reset at $at"
      jq -e '.lost > 0 and .lost < 200 and .sent == .delivered + .lost and .duplicated + .reordered + .corrupted + .findings == 0' r.json >/dev/null ||
        fail "$(jq -c . r.json)"
      jq -e '.flits.payload >= 3 * .delivered' r.json >/dev/null || fail "flits from before the reset are not counted: $(jq -c .flits r.json)"
    done
  done
  sentence "retries from before a reset are counted, and a link that had failed makes the run bad"
  "$oio" cosim --rtl both --generate poisson --load 0.3 --messages 1000 --set optical.bit_error_rate=1e-4 --json r.json --quiet
  "$oio" cosim --rtl both --generate poisson --load 0.3 --messages 1000 --set optical.bit_error_rate=1e-4 --set reset.at_ps=14000000 --json s.json --quiet
  jq -e --argjson all "$(jq .retries.crc r.json)" '.retries.crc > $all / 2' s.json >/dev/null || fail "$(jq -c .retries r.json s.json)"
  got=0
  "$oio" cosim --rtl both --generate poisson --messages 100 --set optical.bit_error_rate=0.5 --set link.replay_limit=3 --set reset.at_ps=8000000 \
    --json r.json --quiet || got=$?
  same 1 "$got"
  jq -e '.failure | test("RTL.*replay limit")' r.json >/dev/null || fail "$(jq -c .failure r.json)"
  ;;
waves)
  sentence "waves of a window are a VCD or FST of that window, wide internals only when asked for"
  for kind in vcd fst; do
    "$oio" cosim --generate poisson --messages 600 --waves out/w.$kind --wave-window 500:900 --quiet || fail "$kind"
    "$oio" cosim --generate poisson --messages 600 --waves out/p.$kind --wave-window 500:900 --wave-payload --quiet || fail "$kind, payload"
    [ "$(stat -c %s out/p.$kind)" -gt "$(stat -c %s out/w.$kind)" ] || fail "payload waves are no larger"
  done
  same 500000 "$(grep -m 1 '^#' out/w.vcd | tr -d '#')"
  grep -q '^\$timescale *1ps' out/w.vcd || fail "a tick is no picosecond: $(grep -m 1 timescale out/w.vcd)"
  last=$(grep '^#' out/w.vcd | tail -n 1 | tr -d '#')
  [ "$last" -le 900000 ] && [ "$last" -ge 899000 ] || fail "the window ends at $last"
  grep -q 'u_bridge' out/w.vcd || fail "no bridge in the waves"
  if grep -qE '\$var wire +(512|1024) ' out/w.vcd; then fail "wide signals although not asked for"; fi
  grep -qE '\$var wire +512 ' out/p.vcd || fail "no wide signals although asked for"
  sentence "with waves the run is the same run"
  "$oio" cosim --generate poisson --messages 600 --json a.json --quiet
  "$oio" cosim --generate poisson --messages 600 --json b.json --waves out/w.fst --quiet
  same "$(jq -r .wire_digest a.json)" "$(jq -r .wire_digest b.json)"
  ;;
refusals)
  sentence "what the RTL cannot do is one line and exit status 2"
  for words in "--set net.topology=pair" "--fidelity event" "--set optical.window_flits=9000" "--set bridge.buffer_flits=2000" \
    "--set rtl.clock_ps=1500" "--waves w.ghw" "--rtl middle" "--wave-window 5" "--waves nowhere/w.fst"; do
    got=0
    "$oio" cosim --generate poisson --messages 10 $words --quiet 2>stderr || got=$?
    same 2 "$got"
    same 1 "$(wc -l <stderr)"
  done
  sentence "an interrupt ends cleanly, with results marked partial"
  "$oio" cosim --generate saturate --messages 100000000 --json partial.json --quiet &
  run=$!
  sleep 2
  kill -INT $run
  got=0
  wait $run || got=$?
  same 130 "$got"
  jq -e '.partial and .delivered > 0 and .findings == 0 and (.stalled | not) and .waits == ""' partial.json >/dev/null || fail "partial.json"
  ;;
capture)
  [ -n "${OIO_TRACE_CAPTURES:-}" ] || { echo "skipped: OIO_TRACE_CAPTURES names no folder of captures"; exit 77; }
  "$oio" trace import -o bs.gz "$OIO_TRACE_CAPTURES/netrace_blackscholes_64c_short.tra.bz2" >/dev/null
  for rate in 0 1e-6 1e-4; do
    sentence "blackscholes at bit error rate $rate: all 81,749 packets, those between dies through RTL once, in order, unaltered"
    runs --trace bs.gz --set optical.bit_error_rate=$rate
    same 81749 "$(jq '.sent + .local' r.json)"
    jq -c '{sent, delivered, local, retries, latency_ps}' r.json
  done
  ;;
esac
echo "1..$planned passed"
