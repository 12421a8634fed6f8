#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# digest.sh TRACE OIO HOST...: every host puts the same bits on the wire at the same picosecond as `oio sim`, and finds the same latencies and
# the same coverage.
# TRACE may be missing. On a difference it prints the two commands that show it.
set -u
trace=$1 oio=$2
shift 2
hosts=("$@")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cases=0 bad=0

# Everything in the results but the host's name and how long it took.
compared='del(.host, .wall_s, .cpu_s, .flit_hops_per_cpu_s)'

fail() {
  echo "$*"
  bad=$((bad + 1))
}

# same WHAT ARGUMENT...: all hosts agree with `oio sim`, which shows WHAT (a jq condition), without which the case would prove little.
same() {
  local what=$1 host
  shift
  cases=$((cases + 1))
  "$oio" sim "$@" --quiet --json "$folder/oio.json" --cover "$folder/oio.cover"
  local status=$?
  jq -S "$compared" "$folder/oio.json" >"$folder/expected" || fail "no results: $oio sim $*"
  jq -e "$what" "$folder/oio.json" >/dev/null || fail "not seen in the results: $what; replay: $oio sim $*"
  for host in "${hosts[@]}"; do
    rm -f "$folder/host.json" "$folder/host.cover"
    "$host" "$@" --quiet --json "$folder/host.json" --cover "$folder/host.cover"
    local host_status=$?
    [ $host_status -eq $status ] || fail "exit status $host_status, not $status; replay: $host $*"
    cmp -s "$folder/oio.cover" "$folder/host.cover" || fail "coverage differs; replay with --cover: $oio sim $*; $host $*"
    jq -S "$compared" "$folder/host.json" >"$folder/got"
    # A host whose loop is in SystemVerilog keeps no tables.
    if jq -e '.detail != null' "$folder/host.json" >/dev/null; then
      cp "$folder/expected" "$folder/wanted"
    else
      jq 'del(.detail, .steady_state)' "$folder/expected" >"$folder/wanted"
      jq 'del(.detail, .steady_state)' "$folder/got" >"$folder/rest" && mv "$folder/rest" "$folder/got"
    fi
    cmp -s "$folder/wanted" "$folder/got" && continue
    diff "$folder/wanted" "$folder/got" | head -20
    fail "results differ; replay: $oio sim $*; $host $*"
  done
}

for seed in 1 2 3; do
  for errors in 0 1e-6 1e-4; do
    [ $errors = 1e-4 ] && seen='.retries.crc > 0 and .flits.replayed > 0' || seen=true
    for topology in pair bridged; do
      for kind in poisson saturate; do
        same ".delivered == 3000 and ($seen)" --seed $seed --generate $kind --messages 3000 --set net.topology=$topology \
          --set optical.bit_error_rate=$errors --set link.replay_limit=1000
      done
    done
  done
done

# With error correction: blocks that are corrected, blocks that are not, and both ends of a flit in two of them.
for topology in pair bridged; do
  for fec in kp4:1:2.5e-3 kr4:2:9e-4 ll:4:1.8e-3; do
    IFS=: read -r code ways errors <<<"$fec"
    for fidelity in event bit; do
      same '.delivered == 3000 and .fec.corrected_symbols > 0 and .fec.uncorrectable_codewords > 0 and .fec.condemned_flits > 0' --generate poisson \
        --messages 3000 --fidelity $fidelity --set net.topology=$topology --set optical.fec=$code --set optical.fec_ways=$ways --set optical.fec_ps=20000 \
        --set optical.bit_error_rate=$errors --set link.replay_limit=60000
    done
  done
done

for topology in pair bridged; do
  for fidelity in event bit; do
    for format in 3 6; do
      same '.delivered == 3000 and .fec.corrected_symbols > 0 and .fec.condemned_flits > 0 and .fec.miscorrected_codewords > 0' --generate poisson \
        --messages 3000 --fidelity $fidelity --set net.topology=$topology --set link.format=$format --set optical.fec=flit --set optical.fec_ps=2000 \
        --set optical.bit_error_rate=3e-4 --set link.replay_limit=60000
    done
  done
done

# Bridges that are tunnels: few units, errors on all wires, correction underneath, timeouts before an Ack can be back.
for fidelity in event bit; do
  same '.delivered == 3000 and .flits.replayed > 0' --generate poisson --messages 3000 --fidelity $fidelity --set bridge.mode=tunnel --set bridge.buffer_flits=3 \
    --set optical.bit_error_rate=1e-5 --set die_link.bit_error_rate=1e-6
  same '.delivered == 3000 and .fec.corrected_symbols > 0' --generate saturate --messages 3000 --fidelity $fidelity --set bridge.mode=tunnel \
    --set optical.fec=kp4 --set optical.bit_error_rate=1e-4 --set die_link.bit_error_rate=1e-6 --set link.format=6
done
same '.delivered == 3000 and .flits.duplicate > 0' --generate saturate --messages 3000 --set bridge.mode=tunnel --set optical.length_m=200

# Errors in runs and in bad stretches, with correction and without.
for topology in pair bridged; do
  for kind in nrz:0.5 pam4:0.75 precoded:0.75 two-state:0.2:1e-4:5000 precoded:0.6+two-state:0.05:1e-4:4000; do
    same '.delivered == 3000 and .flits.replayed > 0' --generate poisson --messages 3000 --set net.topology=$topology --set optical.errors=$kind \
      --set optical.bit_error_rate=1e-4 --set link.replay_limit=1000
    same '.delivered == 3000 and .fec.corrected_symbols > 0' --generate poisson --messages 3000 --set net.topology=$topology --set optical.errors=$kind \
      --set optical.bit_error_rate=2e-4 --set optical.fec=kp4 --set optical.fec_ways=2 --set link.replay_limit=1000
  done
done

# Lanes that die, are replaced and return, a wire that goes down, and rates that change: with a schedule, with correction and without.
for topology in pair bridged; do
  [ $topology = pair ] && link=0 || link=1
  for fidelity in event bit; do
    same '.delivered == 3000 and .faults.events > 2 and .faults.remaps > 0 and .faults.missing_lanes == 0 and .flits.replayed > 0' --generate poisson \
      --messages 3000 --fidelity $fidelity --set net.topology=$topology --set optical.stripe_bits=1 --set optical.wavelengths=4 --set optical.spare_lanes=2 \
      --set optical.remap_ps=300000 --set optical.lane_spread=0.4 --set optical.bit_error_rate=1e-5 --set link.replay_limit=1000 \
      --set "faults.schedule=at 1us link $link: lane 3 dies; at 2us wire $((2 * link)): laser 1 dies; at 4us link $link: laser 1 returns"
    same '.delivered == 3000 and .faults.dark_flits > 0 and .fec.corrected_symbols > 0' --generate saturate --messages 3000 --fidelity $fidelity \
      --set net.topology=$topology --set optical.stripe_bits=10 --set optical.fec=kp4 --set optical.fec_ways=2 --set optical.bit_error_rate=1e-5 \
      --set optical.remap_ps=500000 --set optical.marker_bits=2176 --set optical.marker_period_bits=120000 --set optical.gearbox_ps=700 --set optical.walk=0.5 --set optical.walk_ps=2000000 --set link.replay_limit=1000 \
      --set "faults.schedule=at 1us link $link: fibre 2 cut; at 3us link $link: down for 700ns, 2 times every 2us; at 4us link $link: loss 1 dB over 1us; from 0 to 9us link $link: loss 0.1 dB, every 2us on average"
  done
done

# Every kind of what happens to single flits (SPEC.md section 15), in one run.
for topology in pair bridged; do
  [ $topology = pair ] && link=0 || link=1
  same '.delivered == 1500 and .faults.events > 40 and .retries.crc > 20 and .faults.dark_flits > 0 and .undetected == 0' --generate poisson --messages 1500 \
    --set net.topology=$topology --set link.replay_limit=1000 \
    --set "faults.schedule=at flit 20 all: flip bits 3,977,2040, 9 times every 61 flits; at flit 33 all: burst of 17 bits at 1003; at 3us all: damage header; at flit 50 all: drop; at flit 90 link $link: truncate at 700; at 1us all: delay 20ns; at flit 150 all: lose ack; at 2us all: lose credit; at flit 300 wire $((2 * link)): down for 90ns; from flit 0 to flit 900 all: flip bit any, one flit in 90"
done

# What a transmitter that is wrong does, as long as rules bear it; and where they do not, the same failure, named alike.
for topology in pair bridged; do
  [ $topology = pair ] && link=0 || link=1
  same '.delivered >= 1499 and .flits.duplicate > 10 and .retries.sequence > 3 and .faults.events == 14' --generate poisson --messages 1500 \
    --set net.topology=$topology --set workload.directions=a_to_b --set link.replay_limit=1000 \
    --set "faults.schedule=at flit 20 wire $((2 * link)): forge round by 1, 9 times every 61 flits; at flit 60 wire $((2 * link)): duplicate, 2 times every 7 flits; at flit 77 wire $((2 * link)): swap; at flit 130 wire $((2 * link)): forge protocol 2; at flit 150 wire $((2 * link + 1)): forge echo by -1"
  same '.delivered < 1500 and (.failure | test("credit range"))' --generate poisson --messages 1500 \
    --set net.topology=$topology --set "faults.schedule=at flit 90 link $link: forge credit by 200"
done

# The path goes down with flits in flight, in time of errors, and comes up again. 1000000 ps is an instant in which a flit starts, too.
for topology in pair bridged; do
  for kind in poisson saturate; do
    for at in 1000000 1234567; do
      same '.lost > 0 and .delivered + .lost == 3000' --generate $kind --messages 3000 --set net.topology=$topology \
        --set optical.bit_error_rate=1e-5 --set reset.at_ps=$at
    done
  done
done

# Where the order inside an instant shows: Acks due at once, messages that share flits, a workload that follows the die's queue.
for topology in pair bridged; do
  same '.delivered == 3000' --generate saturate --messages 3000 --set net.topology=$topology --set link.ack_delay_flits=0 \
    --set workload.message_bytes=60 --set workload.vcs=3 --set workload.depth=1 --set optical.bit_error_rate=1e-5
  [ $topology = pair ] && die_errors= || die_errors="--set die_link.bit_error_rate=1e-5"
  same '.delivered == 3000' --generate burst --messages 3000 --set net.topology=$topology --set link.format=6 --set workload.message_bytes=500 \
    --set workload.vcs=2 $die_errors --set optical.lane_rate_gbps=31.7
  same '.delivered == 3000' --generate poisson --messages 3000 --set net.topology=$topology --fidelity event --set optical.bit_error_rate=1e-5
done

# Where the order among dies and messages shows.
for topology in pair bridged; do
  same '.delivered == 6' --trace "${0%/*}/tie.oiotrace" --set net.topology=$topology
done

# many DIES SEED FILE: 3000 messages among dies, of all sizes and VCs, some in the same picosecond, some waiting for others.
many() {
  awk -v dies="$1" -v seed="$2" 'BEGIN {
    srand(seed); print "oio-trace 1\nnodes " dies "\n---"
    for (id = 0; id < 3000; id++) {
      if (rand() < 0.6) now += int(rand() * 8000)
      from = int(rand() * dies); to = (from + 1 + int(rand() * (dies - 1))) % dies
      wait = id > 40 && rand() < 0.2 ? id - 1 - int(rand() * 40) : "-"
      print now + 0, from, to, int(rand() * 3), 1 + int(rand() * (rand() < 0.1 ? 3000 : 300)), id, wait
    }
    print "end 3000"
  }' >"$3"
}

# Nets of many dies, with errors on every wire, in both fidelities; and a reset of all of it.
for seed in 1 2 3; do
  many 4 $seed "$folder/four.oiotrace"
  for net in ring:4 star:4 mesh:2x2 full:4; do
    [ $net = full:4 ] && wires= || wires="--set rack.bit_error_rate=3e-5"
    [ $net = star:4 ] && wires=
    for fidelity in event bit; do
      same '.delivered == 3000 and .retries.crc > 0 and .flits.replayed > 0' --seed $seed --net $net --trace "$folder/four.oiotrace" \
        --fidelity $fidelity --set package.bit_error_rate=2e-5 $wires
    done
    same '.delivered == 2000' --seed $seed --net $net --generate poisson --messages 2000 --load 0.4 --set package.bit_error_rate=1e-5
    same '.delivered == 2000 and .fec.uncorrectable_codewords > 0' --seed $seed --net $net --generate poisson --messages 2000 --load 0.4 \
      --set package.fec=kp4 --set package.bit_error_rate=2.5e-3 --set rack.fec=ll --set rack.fec_ways=2 --set rack.bit_error_rate=1e-4 --set link.replay_limit=60000
    same '.delivered == 2000' --seed $seed --net $net --generate saturate --messages 2000 --set package.bit_error_rate=1e-5 \
      --set workload.vcs=2 --set workload.message_bytes=500
    same '.lost > 0 and .sent == .delivered + .lost' --seed $seed --net $net --trace "$folder/four.oiotrace" --set reset.at_ps=1234567 \
      --set package.bit_error_rate=1e-5
  done
done

# Turns by waits, which are told in payloads: those of an output that four dies want, and of a ring both ways.
for net in ring:4 star:4 mesh:2x2; do
  [ $net = star:4 ] && wires= || wires="--set rack.bit_error_rate=3e-5"
  same '.delivered == 3000 and .flits.replayed > 0' --seed 5 --net $net --generate saturate --messages 3000 --set switch.turns=longest --set workload.vcs=2 \
    --set package.bit_error_rate=2e-5 $wires --set package.buffer_flits=5
  same '.delivered == 3000' --seed 6 --net $net --generate poisson --messages 3000 --load 0.9 --set workload.pattern=hot-spot --set switch.turns=longest \
    --set switch.queues=fifo --fidelity event --set package.bit_error_rate=2e-5
done

# Delays behind the waits, some of none, and all times scaled; by a map on two dies as well.
awk 'NR == 1 { print "oio-trace 2\ndies 4"; next } /^[0-9]/ && $7 != "-" { $7 = $7 "+" $7 % 3 * 4321 } { print }' "$folder/four.oiotrace" >"$folder/thinking.oiotrace"
for net in ring:4 star:4; do
  same '.delivered == 3000' --net $net --trace "$folder/thinking.oiotrace" --set package.bit_error_rate=2e-5 --set trace.time_scale=1.3
done
for net in pair bridged; do
  same '.delivered + .local == 3000' --net $net --trace "$folder/thinking.oiotrace" --set optical.bit_error_rate=1e-5 --set trace.time_scale=1.3 \
    --set trace.map=0-1:1,2-3:0
done

# A link or a die goes down by itself: at an instant of its own, and at one in which flits start and arrive.
for seed in 1 2 3; do
  many 4 $seed "$folder/four.oiotrace"
  [ $seed = 1 ] && at=1234567 || at=1000000
  for net in ring:4 star:4 mesh:2x2; do
    [ $net = star:4 ] && wires= || wires="--set rack.bit_error_rate=3e-5"
    for part in die:$seed link:0 link:3; do
      [ ${part%:*} = die ] && seen='.lost > 0' || seen='.retries.crc > 0' # all that a link had sent may have been accepted
      same '.lost == .dropped and .sent == .delivered + .lost and .retries.crc > 0' --seed $seed --net $net --trace "$folder/four.oiotrace" \
        --set reset.at_ps=$at --set reset.scope=${part%:*} --set reset.which=${part#*:} --set package.bit_error_rate=2e-5 $wires
      same "$seen and .lost == .dropped and .sent == .delivered + .lost" --seed $seed --net $net --generate saturate --messages 2000 --set workload.message_bytes=900 \
        --set workload.vcs=2 --set reset.at_ps=$at --set reset.scope=${part%:*} --set reset.which=${part#*:} --set package.bit_error_rate=1e-5 $wires
    done
  done
done

# Collectives, whose messages wait for each other, between two dies and among many.
for net in pair bridged loop:4 mesh:2x2; do
  same '.outstanding == 0 and .iteration_ps > 0 and .efficiency > 0' --net $net --generate all-reduce --set workload.bytes=20000 \
    --set workload.iterations=3 --set workload.compute_ps=1000000 --set workload.overlap=0.5 --set workload.chunk_bytes=7000
done
same '.outstanding == 0' --net star:4 --generate all-to-all --set workload.bytes=20000 --set package.bit_error_rate=1e-5
for net in pair star:4 mesh:2x2; do
  same '.outstanding == 0 and .iteration_ps > 0 and .efficiency > 0' --net $net --generate step --set workload.iterations=2 \
    --set 'workload.step=compute:1us,all-reduce:2:9000,all-to-all:all:5000&,compute:500ns,wait,broadcast:all:3000'
done

# A link that fails: the run ends with that instant.
for topology in pair bridged; do
  for limit in 1 4 20; do
    same '.failure != ""' --generate poisson --messages 3000 --set net.topology=$topology --set optical.bit_error_rate=0.002 --set link.replay_limit=$limit
    same '.failure != ""' --generate saturate --messages 3000 --set net.topology=$topology --set optical.bit_error_rate=0.02 --set link.replay_limit=$limit
  done
done
# A run of more instants than hosts let pass between two looks.
same '.delivered == 40000' --generate saturate --messages 40000 --fidelity event

if [ -f "$trace" ]; then
  for topology in pair bridged; do
    for loop in open closed; do
      same '.delivered > 0' --trace "$trace" --set net.topology=$topology --set trace.loop=$loop --set optical.bit_error_rate=1e-6
    done
  done
else
  echo "without recorded traffic: there is no $trace"
fi

echo "$cases cases, ${#hosts[@]} hosts beside oio sim, $bad differences"
[ $bad -eq 0 ]
