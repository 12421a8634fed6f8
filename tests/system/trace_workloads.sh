#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_workloads.sh OIO: the importers of SimAI workloads, NCCL's log and Inspector, popnet, RapidChiplet and memory traces, on captures written
# here. What must come out is worked out by hand or by awk.
. "$(dirname "$0")/trace_shell.sh"

# records: of out/t.gz: time source destination bytes id waits
records() { zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $5, $6, $7 }'; }
# channels: time source destination vc bytes waits
channels() { zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $4, $5, $7 }'; }
wrong() {
  cat >bad
  refuses 2 "$1" import -o out/t.gz bad
}
# import ARGUMENT...: into out/t.gz; what it says is in `shown`.
import() { "$oio" trace import -o out/t.gz "$@" >shown; }

sentence "SimAI: two layers, forward and back, in tensor and data groups"
printf '%s\n' 'HYBRID_TRANSFORMER_FWD_IN_BCKWD model_parallel_NPU_group: 2 ep: 1 pp: 1 vpp: 1 ga: 1 all_gpus: 4 checkpoints: 0' 2 \
  'a -1 1000 ALLREDUCE 2000 10 NONE 0 5 ALLREDUCE 400 1' 'b	-1 2000 NONE 0 20 ALLTOALL_EP 800 7 ALLREDUCE 600 1' >w.txt
import --algorithm ring w.txt
# Forward: a's all-reduce in two groups of 2, 2 sends a rank: 8 of 1000. Back: b's all-to-all of one expert: of one rank. a's weights between
# ranks 0 and 2, 1 and 3: 8 of 200; b's before that, 8 of 300, for which nothing waits.
same 24 "$(records | wc -l | tr -d ' ')"
same "0>1 0>2 1>0 1>3 2>0 2>3 3>1 3>2" "$(records | awk '{ print $2 ">" $3 }' | sort -u | paste -s -d ' ')"
same "1000000" "$(records | awk '$4 == 1000 { print $1 }' | sort -u)"
# After a's forward all-reduce come 2000 (b) + 20 + 7 (b back) + 10 + 5 (a back) ns.
same "2042000" "$(records | awk '$4 == 200 { m = split($6, w, ","); for (i = 1; i <= m; i++) if (split(w[i], d, "+") == 2) print d[2] }' | sort -u)"
grep -q '; 4 collectives of one rank left out' shown || fail "$(cat shown)"
rm out/*
printf 'HYBRID_TRANSFORMER model_parallel_NPU_group: 3 all_gpus: 4\n0\n' | wrong '^bad:1: 4 ranks do not divide'
printf 'DATA a: 1\n' | wrong '^bad:1: no all_gpus'
printf 'HYBRID_TRANSFORMER all_gpus: 4\n1\na -1 1 NONE 0\n' | wrong '^bad:3: a layer of 5 fields'
printf 'HYBRID_TRANSFORMER all_gpus: 4\n1\na -1 1 NONE 0 1 GOSSIP 5 1 NONE 0 1\n' | wrong "^bad:3: 'GOSSIP' is no collective"
printf 'HYBRID_TRANSFORMER all_gpus: 4\n2\na -1 1 NONE 0 1 NONE 5 1 NONE 0 1\n' | wrong '^bad:3: 1 layers, where the second line says 2'

sentence "what becomes more records than --limit is refused before it fills the temporary folder"
printf '%s\n' 'HYBRID model_parallel_NPU_group: 2048 ep: 1 pp: 1 all_gpus: 2048' 1 'a -1 0 ALLTOALL 100000000 0 NONE 0 0 NONE 0 1' >large.txt
export TMPDIR=/nowhere
refuses 2 '^large.txt: it becomes more than 10000 records' import --limit 10000 -o out/t.gz large.txt
refuses 2 'the temporary folder' import -o out/t.gz large.txt
unset TMPDIR

sentence "NCCL log: one process stands for all, and calls of a stream come one after the other"
cat >one.log <<'X'
node0:17:18 [0] NCCL INFO Bootstrap : Using eth0
node0:17:18 [0] NCCL INFO AllReduce: opCount 0 sendbuff 0x1 recvbuff 0x2 count 100 datatype 7 op 0 root 0 comm 0x55 [nranks=4] stream 0x9
node0:17:18 [0] NCCL INFO Broadcast: opCount 1 sendbuff 0x1 recvbuff 0x2 count 64 datatype 6 op 0 root 1 comm 0x55 [nranks=4] stream 0x9
node0:17:18 [0] NCCL INFO AllGather: opCount 2 sendbuff 0x1 rec
X
import --algorithm ring one.log
grep -q '^27 records, 4 nodes, .* 2784 bytes; 1 lines of calls that are cut or of an unknown datatype left out; 1 collectives that --algorithm does not fit done as auto does them$' shown ||
  fail "$(cat shown)"
same 1 "$(records | awk '$4 == 128 { print $2 }' | head -n 1)"
sed 's/ \[nranks=4\]//' one.log >unsaid.log
rm out/*
refuses 2 '^unsaid.log:2: the log of one process.*--ranks' import -o out/t.gz unsaid.log
import --ranks 4 --algorithm ring unsaid.log
grep -q '^27 records, 4 nodes' shown || fail "$(cat shown)"

sentence "NCCL log: communicators are told apart by what their ranks have in common, and a group's sends and receives run together"
for r in 0 1 2; do
  printf 'h:10%s:1 [%s] NCCL INFO comm 0x%s0 rank %s nranks 3 cudaDev 0 busId 1 commId 0xaa - Init COMPLETE\n' $r $r $r $r
  [ $r = 2 ] || printf 'h:10%s:1 [%s] NCCL INFO comm 0x%s1 rank %s nranks 2 cudaDev 0 busId 1 commId 0xbb - Init COMPLETE\n' $r $r $r $((1 - r))
done >three.log
for r in 0 1 2; do
  call="sendbuff 0x1 recvbuff 0x2 count 8 datatype 1 op 0"
  printf 'h:10%s:1 [%s] NCCL INFO Recv: opCount 5 %s root %s comm 0x%s0 [nranks=3] stream 0x9\n' $r $r "$call" $(((r + 2) % 3)) $r
  printf 'h:10%s:1 [%s] NCCL INFO Send: opCount 5 %s root %s comm 0x%s0 [nranks=3] stream 0x9\n' $r $r "$call" $(((r + 1) % 3)) $r
  [ $r = 2 ] || printf 'h:10%s:1 [%s] NCCL INFO Reduce: opCount 6 %s root 0 comm 0x%s1 [nranks=2] stream 0x9\n' $r $r "sendbuff 0x1 recvbuff 0x2 count 5 datatype 1 op 0" $r
done >>three.log
import three.log
# Rank 0 of 0xbb is node 1: node 0 reduces to it, once its own send and receive are over.
printf '%s\n' '0 0 1 8 -' '0 1 2 8 -' '0 2 0 8 -' '0 0 1 5 0,2' >want
records | awk '{ print $1, $2, $3, $4, $6 }' | cmp - want
# A file of each process, in a folder.
mkdir logs
for r in 0 1 2; do grep "^h:10$r:" three.log >logs/$r.log; done
import logs
records | awk '{ print $1, $2, $3, $4, $6 }' | cmp - want

# object RANK SN BYTES START
object() {
  printf '{"header": {"id": "0x7f", "rank": %s, "n_ranks": 2, "nnodes": 1}, "metadata": {"hostname": "h", "pid": 5%s},\n "coll_perf": {"coll": "AllGather", "coll_sn": %s, "coll_msg_size_bytes": %s, "coll_exec_time_us": 10, "event_trace_ts": {"coll_start_ts": %s}}}\n' \
    "$1" "$1" "$2" "$3" "$4"
}
sentence "NCCL Inspector: the numbers of collectives tell what belongs together and what was lost, the times what is between"
{ object 0 7 100 1000000; object 0 8 50 1000040; object 0 11 50 1000900; } >r0.json
{ object 1 7 100 1000000; object 1 8 50 1000015; object 1 9 50 1000100; } >r1.json
import r0.json r1.json
grep -q '; 2 calls that the ring buffer lost left out; 2 collectives that not all ranks come to left out$' shown || fail "$(cat shown)"
printf '%s\n' '0 0 1 100 -' '0 1 0 100 -' '5000000 1 0 50 0+5000000,1+5000000' '30000000 0 1 50 0+30000000,1+30000000' >want
records | awk '{ print $1, $2, $3, $4, $6 }' | sort -n | awk '{ gsub(/,1\+/, ",1+") } 1' >got
same "$(cut -d ' ' -f 1-4 want)" "$(cut -d ' ' -f 1-4 got)"
same "30000000 5000000" "$(awk '$4 == 50 { n = split($5, w, ","); split(w[1], d, "+"); print d[2] }' got | sort -n -r | paste -s -d ' ')"
rm out/*
mkdir recorded
cp r0.json r1.json recorded
import recorded
same 4 "$(records | wc -l | tr -d ' ')"
rm out/*
object 0 7 100 1 >bad1.json
cat bad1.json bad1.json >bad2.json
refuses 2 '^bad2.json:[0-9]*: coll_sn 7 of rank 0 is there twice' import -o out/t.gz bad2.json
echo '{"coll_perf": {"coll": "AllReduce"}}' | wrong '^bad:1: no header'

sentence "popnet: coordinates are nodes of a mesh as large as they are"
printf '1.5 0 0 2 1 4\n2.5e1 2 1 0 0 1\n3 1 0 1 1 2\n' >p.txt
import --cycle-ps 500 --flit-bytes 16 p.txt
printf '%s\n' '750 0 5 64 0 -' '1500 1 4 32 1 -' '12500 5 0 16 2 -' >want
records | cmp - want
grep -q '3 records, 6 nodes' shown || fail "$(cat shown)"
rm out/*
printf '1 0 0 2 1 4\n1 0 0 2 x 4\n' | wrong "^bad:2: 'x' is not 0 to 255"
printf '1 0 0 2 1 4\n-1 0 0 2 1 4\n' | wrong "^bad:2: '-1' is no time"
printf '1 0 0 2 1 0\n' | wrong '^bad:1: a packet of no flits'

sentence "RapidChiplet: a rate is so many flits in so many cycles, evenly"
printf '{"__tuple__:[0, 2]": 0.25, "__tuple__:[2, 1]": 0.1,\n "__tuple__:[1, 0]": 0}\n' >r.json
import --cycles 20 r.json
printf '%s\n' '2000 0 2 32' '5000 2 1 32' '6000 0 2 32' '10000 0 2 32' '14000 0 2 32' '15000 2 1 32' '18000 0 2 32' >want
records | cut -d ' ' -f 1-4 | cmp - want
rm out/*
printf '{"__tuple__:[0, 2]": -1}' | wrong '^bad:1: "__tuple__:\[0, 2\]": no rate'
printf '{"__tuple__:[0, 2]": 1, "x": 2}' | wrong '^bad:1: "x": a pair of chiplets'

sentence "memory traces: the address says the home, an answer waits for its request and the memory"
printf '0x0 READ 10\n0x1000 WRITE 20\n0x2fff P_MEM_RD 30\n0x3000 BOFF 40\n0x4001 IFETCH 50\n' >m.trc
import --homes 3 --cycle-ps 1000 --memory-ps 15000 m.trc
cat >want <<'X'
10000 0 1 0 8 -
20000 0 2 0 64 -
25000 1 0 1 64 0+15000
30000 0 3 0 8 -
35000 2 0 1 8 1+15000
45000 3 0 1 64 3+15000
50000 0 2 0 8 -
65000 2 0 1 64 6+15000
X
channels | cmp - want
grep -q '; 1 commands that neither read nor write left out$' shown || fail "$(cat shown)"
gzip -k m.trc
import --homes 3 --cycle-ps 1000 --memory-ps 15000 m.trc.gz
channels | cmp - want
printf '3 4096\n1 0 8192\n' >r.trace
import --homes 2 --memory-ps 0 r.trace
printf '%s\n' '3000 0 2 8' '3000 2 0 64' '5000 0 1 8' '5000 1 0 64' '5000 0 1 64' '5000 1 0 8' >want
records | cut -d ' ' -f 1-4 | cmp - want
printf 'LD 0x40\nST 64\n' >l.trace
import --interleave 64 --homes 2 --memory-ps 1 l.trace
printf '%s\n' '0 0 2 8' '1 2 0 64' '1000 0 2 64' '1001 2 0 8' >want
records | cut -d ' ' -f 1-4 | cmp - want
rm out/*
printf '0x0 READ 1\n0x0 READ x\n' | wrong "^bad:2: '0xADDRESS COMMAND CYCLE'"
printf '0x0 READ 4611686018427387904\n' | wrong '^bad:1: cycle 4611686018427387904 gives a time beyond'
printf '3 4096\n3\n' | wrong '^bad:2: no line of a memory trace'
refuses 2 '^--ranks has no effect on a memory capture; leave it out' import --ranks 3 -o out/t.gz m.trc
refuses 2 '^--cycle has\|no option' import --cycle 3 -o out/t.gz m.trc
refuses 2 'no power of two' import --interleave 100 -o out/t.gz m.trc
