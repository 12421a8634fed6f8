#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_generate.sh OIO: generated traffic as a trace of version 2: its replay is the generator's run, and over another link the compute stays.
. "$(dirname "$0")/trace_shell.sh"

# run OPTION...: digests, end and messages of a run; fails where it says anything about itself.
run() {
  "$oio" sim "$@" --json result --quiet || fail "oio sim $*"
  jq -r '"\(.wire_digest) \(.decision_digest) \(.sim_time_ps) \(.delivered) \(.local) \([.notes[].code])"' result
}

# replays NET RUN-OPTION... -- WORKLOAD-OPTION...
replays() {
  net=$1 of_run=
  shift
  while [ "$1" != -- ]; do of_run="$of_run $1" && shift; done
  shift
  "$oio" trace generate --net "$net" "$@" -o t.gz >shown
  same 2 "$(wc -l <shown)"
  gzip -t t.gz
  # shellcheck disable=SC2086 # words of options
  same "$(run --net "$net" $of_run "$@")" "$(run --net "$net" $of_run --trace t.gz)"
}

sentence "the replay of a generated trace has the digests of the generator's run, whatever is generated, in either fidelity and with errors"
replays ring:4 -- --generate all-reduce --set workload.bytes=65536 --set workload.iterations=3 --set workload.compute_ps=1000000 --set workload.overlap=0.3
replays star:8 --fidelity event --set package.bit_error_rate=1e-5 -- --generate all-reduce --set workload.bytes=99999 --set workload.algorithm=halving-doubling
replays leaf-spine:4,2 --fidelity event -- --generate all-to-all --set workload.bytes=70000 --set workload.chunk_bytes=9999 --set workload.iterations=2
replays mesh:3x3 --fidelity event --set package.bit_error_rate=1e-5 -- --generate broadcast --set workload.bytes=30000
replays torus:4x4 --fidelity event -- --generate reduce-scatter --set workload.group=4 --set workload.group_stride=4 --set workload.bytes=40000
replays mesh:2x4 --set package.bit_error_rate=1e-6 -- --generate step --set workload.step='compute:1us,all-reduce:2:9KiB,all-to-all:4@2:5KiB&,compute:500ns,wait,broadcast:all:3000' --set workload.iterations=2
replays full:5 -- --generate all-gather --set workload.bytes=5000
replays star:8 -- --generate poisson --messages 2000 --load 0.3 --set workload.vcs=3
replays ring:6 --fidelity event -- --generate burst --messages 3000 --load 0.1 --set workload.pattern=tornado
replays pair --set optical.bit_error_rate=1e-6 -- --generate poisson --messages 1000
replays bridged -- --generate all-reduce --set workload.bytes=20000 --set workload.iterations=2

sentence "a ring all-reduce of 512 dies, 523,264 records, is replayed as it is generated, without a word; a short look-ahead has one"
replays loop:512 --fidelity event -- --generate all-reduce --set workload.bytes=113664
same 523264 "$("$oio" trace info --json t.gz | jq .records)"
same '["lookahead_full"]' "$(run --net loop:512 --fidelity event --trace t.gz --set trace.lookahead_records=1024 | sed 's/.* //')"

sentence "the head says the dies, where it comes from and with which seed, and awk finds the waits and delays of the ring"
"$oio" trace generate --net loop:3 --generate all-reduce --set workload.bytes=300 --set workload.iterations=2 --set workload.compute_ps=70000 --seed 9 -o - >t.gz 2>shown
same 'oio-trace 2|nodes 3|dies 3|source generated: all-reduce, loop:3, seed 9|---' "$(zcat t.gz | head -5 | paste -sd '|')"
# An iteration: 3 begin records, 4 steps of 3 sends, 3 of compute, which take 70,000 less twice the 20,000 of a local record.
same '36 6 30000' "$(zcat t.gz | awk '/^[0-9]/ { r++; k = split($7, each, ","); for (i = 1; i <= k; i++) if (split(each[i], x, "+") == 2 && $2 == $3) { d++; delay = x[2] } } END { print r, d, delay }')"

# A flit takes 4,000 ps, logic 4,000, and the flight is 7,000 ps a metre. 0 thinks 1,000 first, 1 then 5,000, and 2 then 7,000.
sentence "by hand: a longer, a shorter and a slower link move what they carry, and the 13,000 ps of thinking stay"
printf 'oio-trace 2\nnodes 3\ndies 3\n---\n1000 0 1 0 222 0 -\n1000 1 2 0 222 1 0+5000\n1000 2 0 0 222 2 1+7000\nend 3\n' >chain
ends() {
  "$oio" sim --net full:3 --trace chain --json - "$@" | jq .sim_time_ps
}
same $((13000 + 3 * 8070)) "$(ends)"
same $((13000 + 3 * 8000)) "$(ends --set package.length_m=0)"
same $((13000 + 3 * 78000)) "$(ends --set package.length_m=10)"
same $((13000 + 3 * 12070)) "$(ends --set package.lane_rate_gbps=4)"
same $((13000 + 3 * 6070)) "$(ends --set package.lane_rate_gbps=16)"
same $((26000 + 3 * 8070)) "$(ends --set trace.time_scale=2)"
same $((250 + 1250 + 1750 + 3 * 8070)) "$(ends --set trace.time_scale=0.25)"
same $((1000 + 8070)) "$(ends --set trace.loop=open)"

sentence "what cannot be written is one line with the remedy"
refuses 2 'name the trace with -o' generate --generate poisson
refuses 2 'workload.generate=saturate makes no records with times of their own; use poisson, burst, a collective or step' generate --generate saturate -o out/t.gz
refuses 2 'workload.generate=nothing makes no records' generate --net ring:4 -o out/t.gz
refuses 2 "no option '--json'" generate --generate poisson --json x -o out/t.gz
refuses 2 "no option 'poisson'" generate poisson -o out/t.gz
refuses 2 '--load needs a value' generate --generate poisson -o out/t.gz --load
refuses 2 'workload.load=3' generate --generate poisson --load 3 -o out/t.gz
refuses 2 'workload.overlap has no effect in this run: it needs --generate all-reduce or another collective' generate --generate poisson --set workload.overlap=1 -o out/t.gz
refuses 2 '7 dies do not divide into groups of 2' generate --net ring:7 --generate all-reduce --set workload.group=2 -o out/t.gz
refuses 2 '^/nowhere/t.gz: cannot be created' generate --net ring:7 --generate all-reduce -o /nowhere/t.gz
refuses 2 '^/dev/full: cannot be written' generate --net ring:7 --generate all-reduce -o /dev/full

sentence "the command line wins over a file, wherever it stands"
printf 'workload.generate = burst\nworkload.messages = 7\n' >keys
"$oio" trace generate --messages 11 --config keys -o t.gz >shown
same 11 "$("$oio" trace info --json t.gz | jq .records)"

sentence "an interrupt leaves nothing and exits with 130"
interrupted generate --net ring:64 --generate all-reduce --set workload.iterations=1000000 -o out/t.gz
same 'oio trace generate: interrupted; nothing was written' "$(cat stderr)"
