#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_captures.sh OIO SOURCE: the importers on real captures, in the folder OIO_TRACE_CAPTURES, replayed over nets where everything must arrive.
# The oracles read the captures on their own: od and awk, zcat and jq.
if [ -z "${OIO_TRACE_CAPTURES:-}" ]; then
  echo "skipped: OIO_TRACE_CAPTURES names no folder of captures"
  exit 77
fi
captures=$(cd "$OIO_TRACE_CAPTURES" && pwd)
source=$2
. "$(dirname "$0")/trace_shell.sh"

# netrace_lines: stdin is a decompressed capture whose ids rise from 0 in the order of time; prints "P cycle source destination type" and
# "D dependent cause".
netrace_lines() {
  od -An -v -tu1 -w1 | awk '
    function number(count,  value, i) { value = 0; for (i = count - 1; i >= 0; i--) value = value * 256 + byte[at + i]; at += count; return value }
    { byte[NR - 1] = $1 }
    END {
      at = 56; notes = number(4); regions = number(4); at = 72 + notes + 24 * regions
      while (at < NR) {
        cycle = number(8); id = number(4); at += 4; type = number(1); source = number(1); destination = number(1); at++
        count = number(1)
        print "P", cycle, source, destination, type
        while (count-- > 0) print "D", number(4), id
      }
    }'
}

# netrace NAME PACKETS NODES CYCLES
netrace() {
  sentence "$1: every packet and every dependency that od finds is in the trace, and nothing else"
  file=$captures/$1
  "$oio" trace import -o out/t.gz "$file" >shown
  bzcat "$file" >raw
  same "$2" "$(od -An -tu8 -j48 -N8 raw | tr -d ' ')"
  same "$2" "$("$oio" trace info --json out/t.gz | jq .records)"
  same "$3" "$("$oio" trace info --json out/t.gz | jq .nodes)"
  same "$4" "$(od -An -tu8 -j40 -N8 raw | tr -d ' ')"
  netrace_lines <raw >lines
  awk '$1 == "P" { b = index(" 2 3 4 6 16 30 ", " " $5 " ") ? 72 : 8; printf "%d %d %d %d\n", $2 * 500, $3, $4, b }' lines >expected
  zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $5 }' | cmp - expected
  awk '$1 == "D" { print $2, $3 }' lines | sort >expected
  zcat out/t.gz | awk '/^[0-9]/ && $7 != "-" { n = split($7, w, ","); for (i = 1; i <= n; i++) print $6, w[i] }' | sort | cmp - expected
  sentence "$1: with --delivery-ps the delays, and the times of what waits, are those that awk works out"
  "$oio" trace import --delivery-ps 5000 -o out/d.gz "$file" >shown
  zcat out/t.gz | awk '/^[0-9]/ {
      time[$6] = $1; last = 0; count = $7 == "-" ? 0 : split($7, wait, ",")
      if (count == 0) free = $1
      for (i = 1; i <= count; i++) if (time[wait[i]] + 5000 > last) last = time[wait[i]] + 5000
      text = count == 0 ? "-" : ""
      for (i = 1; i <= count; i++) text = text (i > 1 ? "," : "") wait[i] ($1 > last ? "+" $1 - last : "")
      printf "%d %d %s\n", free, $6, text
    }' >expected
  zcat out/d.gz | awk '/^[0-9]/ { print $1, $6, $7 }' | cmp - expected
  rm out/*
}
netrace netrace_blackscholes_64c_short.tra.bz2 81749 64 2325306
netrace netrace_example_64c.tra.bz2 175 64 6820

# tt_npe FOLDER COUNT BYTES
tt_npe() {
  sentence "$1: the $2 fabric writes that jq finds are in the trace, and nothing else"
  jq -r '.[] | select(.type // "" | startswith("FABRIC_")) | "\(.timestamp * 1000) \(.src_device_id) \(.dst_device_id) \(.num_bytes)"' \
    "$captures/$1/all_gather_combined.json" | sort >expected
  same "$2" "$(wc -l <expected)"
  same "$3" "$(awk '{ print $4 }' expected | sort -u)"
  "$oio" trace import -o out/t.gz "$captures/$1/all_gather_combined.json" >/dev/null
  zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $5 }' | sort | cmp - expected
  sentence "$1: the raw captures lead to the same destinations along the topology"
  "$oio" trace import -o out/r.gz "$captures/$1" >/dev/null 2>said
  same "$(jq '.[].type' "$captures/$1"/noc_trace_*.json | grep -c SEMAPHORE_WAIT)" "$(sed 's/.* its \([0-9]*\) SEMAPHORE_WAIT .*/\1/' said)"
  zcat out/r.gz | awk '/^[0-9]/ && $4 == 0 { print $1, $2, $3, $5 }' | sort | cmp - expected
  rm out/*
}
tt_npe tt_npe_t3k_line4 60 1088
tt_npe tt_npe_t3k_ring4 80 32

# counts WHAT RECORDS BYTES WAITS: of out/t.gz.
counts() {
  "$oio" trace info --json out/t.gz | jq -r '"\(.records) \(.bytes) \(.waits)"' >got
  [ "$2 $3 $4" = "$(cat got)" ] || fail "$1: expected $2 records, $3 bytes, $4 waits, got $(cat got)"
}
# delivers NET: out/t.gz over that net: everything arrives.
delivers() {
  "$oio" sim --net "$1" --fidelity event --trace out/t.gz --json run.json >shown 2>&1 || fail "$1: $(tail -n 3 shown)"
  same "$("$oio" trace info --json out/t.gz | jq .records) 0" "$(jq -r '"\(.sent + .local) \(.lost)"' run.json)"
  jq -e '.delivered == .sent and .corrupted == 0 and .duplicated == 0' run.json >/dev/null || fail "$1: $(jq -c '[.delivered, .corrupted]' run.json)"
  rm out/*
}
import() { "$oio" trace import -o out/t.gz "$@" >shown 2>&1; }

for name in netrace_blackscholes_64c_short.tra.bz2 tt_npe_t3k_line4 tt_npe_t3k_ring4/all_gather_combined.json; do
  sentence "$name: all of it is delivered over a link of two dies"
  import "$captures/$name"
  "$oio" sim --fidelity event --trace out/t.gz --json run.json >shown 2>&1 || fail "$(tail -n 3 shown)"
  same "$("$oio" trace info --json out/t.gz | jq .records) 0" "$(jq -r '"\(.delivered + .local) \(.lost)"' run.json)"
  rm out/*
done

# goal NAME NET: awk reads the text, matches by rank and tag, and counts what waits for what.
goal() {
  sentence "$1: messages, bytes and waits are those that awk finds"
  awk '
    $1 == "rank" { rank = $2 }
    $2 == "send" { op = rank "." $1; print "M", op; key = rank ">" $5 "#" $7; sends[key] = sends[key] " " op; bytes += $3 + 0; messages++ }
    $2 == "recv" { op = rank "." $1; print "T", op; key = $5 ">" rank "#" $7; receives[key] = receives[key] " " op }
    $2 == "calc" { print "T", rank "." $1 }
    $2 == "requires" { print "E", rank "." $1 ":", rank "." $3 ":" }
    END {
      for (key in receives) { n = split(receives[key], r, " "); split(sends[key], s, " "); for (i = 1; i <= n; i++) print "E", r[i], s[i] }
      print messages, bytes >"sums"
    }' "$captures/$1" >graph
  import "$captures/$1"
  counts "$1" $(cat sums) "$(awk -f "$source/tests/system/causes.awk" graph)"
  delivers "$2"
}
goal goal_binary_tree_32.goal star:32
goal goal_allreduce_ring_16.goal loop:16

# htsim NAME NET: a flow a line; one that a trigger starts waits for the one that fires it.
htsim() {
  sentence "$1: flows, bytes and triggers are those that awk finds"
  awk '/->/ { flows++; for (i = 2; i < NF; i++) { if ($i == "size") bytes += $(i + 1); waits += $i == "trigger" } }
       END { print flows, bytes, waits + 0 }' "$captures/$1" >sums
  import "$captures/$1"
  counts "$1" $(cat sums)
  delivers "$2"
}
htsim htsim_perm_32n_2MB.cm star:32
htsim htsim_allreduce_ring_16n.cm star:16

decode() { od -An -v -tu1 -w1 "$1" | awk -f "$source/tests/system/chakra_decode.awk"; }

sentence "chakra_ring_allreduce_8npu_1MB: sends, bytes and waits are those that awk finds in the protobuf; the messages are our generator's"
for r in 0 1 2 3 4 5 6 7; do decode "$captures/chakra_ring_allreduce_8npu_1MB/custom_allreduce.$r.et" | sed "s/^/$r /"; done >nodes
awk '
  $2 == "N" { op = $1 "." $3; print ($4 == 5 ? "M" : "T"), op }
  $2 == "N" && $4 == 5 { key = $1 ">" $9; sends[key] = sends[key] " " op; messages++; bytes += $6 }
  $2 == "N" && $4 == 6 { key = $8 ">" $1; receives[key] = receives[key] " " op }
  $2 != "N" { print "E", $1 "." $3, $1 "." $4 }
  END {
    for (key in receives) { n = split(receives[key], r, " "); split(sends[key], s, " "); for (i = 1; i <= n; i++) print "E", r[i], s[i] }
    print messages, bytes >"sums"
  }' nodes >graph
import "$captures/chakra_ring_allreduce_8npu_1MB"
counts ring $(cat sums) "$(awk -f "$source/tests/system/causes.awk" graph)"
zcat out/t.gz | awk '/^[0-9]/ { print $2, $3, $5 }' | sort >got
"$oio" trace generate --net loop:8 --generate all-reduce --set workload.bytes=1048576 --set workload.algorithm=ring -o out/g.gz >shown
zcat out/g.gz | awk '/^[0-9]/ { print $2, $3, $5 }' | sort | cmp - got
rm out/g.gz
delivers loop:8

# collectives FOLDER RANKS NET: of one collective node a rank; a ring's sends of a share each, each but the first of a rank waits for one.
collectives() {
  sentence "$1: what a ring sends is what its definition says"
  for file in "$captures/$1"/*.et; do decode "$file"; done | awk '$1 == "N"' >nodes
  same "$2" "$(wc -l <nodes | tr -d ' ')"
  awk -v n="$2" '{ size = $5; kind = $6 }
    END { steps = kind == 0 ? 2 * (n - 1) : n - 1; print n * steps, n * steps * (kind == 0 ? size / n : size), n * (steps - 1) }' nodes >sums
  import --algorithm ring "$captures/$1"
  counts "$1" $(cat sums)
  delivers "$3"
}
collectives chakra_allreduce_8npu_1MB 8 loop:8
collectives chakra_all_gather_16npu_1MB 16 loop:16

sentence "chakra_pytorch_rank0.et: the kernels' collectives on 8 ranks, and none of their twins"
decode "$captures/chakra_pytorch_rank0.et" >nodes
same "3664 21" "$(awk '$1 == "N" { n++; c += $3 == 7 } END { print n, c }' nodes)"
# A ring's all-reduce: 14 steps of 8 sends; a broadcast over a tree of 8: 7 sends, of which those of the root wait for none.
awk '$1 == "N" && $3 == 7 && $5 != "-" && $9 == 0 {
    if ($6 == 0) { records += 112; bytes += 14 * $5; waits += 104 } else { records += 7; bytes += 7 * $5; waits += 4 } }
  END { print records, bytes, waits }' nodes >sums
# No collective comes after another by data alone.
awk '$1 == "N" { print ($3 == 7 && $5 != "-" && $9 == 0 ? "M" : "T"), $2 } $1 == "D" { print "E", $2, $3 }' nodes |
  awk -f "$source/tests/system/causes.awk" >between
same 0 "$(cat between)"
import --deps data --ranks 8 --algorithm ring "$captures/chakra_pytorch_rank0.et"
counts pytorch $(cat sums)
grep -q "; $(awk '$1 == "C"' nodes | wc -l | awk '{ print $1 * 8 }') control dependencies left out; 112 collectives without a size" shown || fail "$(cat shown)"
delivers star:8
refuses 2 'a cycle: node .* --deps data' import --ranks 8 -o out/t.gz "$captures/chakra_pytorch_rank0.et"
refuses 2 'says no sizes' import -o out/t.gz "$captures/chakra_small_rank0.json"

sentence "simai_microAllReduce.txt: two rings of 8, of which the second waits for all that a rank had of the first"
awk 'NR > 2 { records += 112; bytes += 14 * $5; waits += 104 + (NR > 3) * 112 * 14 } END { print records, bytes, waits }' \
  "$captures/simai_microAllReduce.txt" >sums
import --algorithm ring "$captures/simai_microAllReduce.txt"
counts simai $(cat sums)
delivers loop:8

sentence "dramsim2_mase_art.trc.gz, ramulator2_example_inst.trace: two messages an access, and the answer waits"
zcat "$captures/dramsim2_mase_art.trc.gz" | awk '{ n++ } END { print 2 * n, 72 * n, n }' >sums
import "$captures/dramsim2_mase_art.trc.gz"
counts dramsim2 $(cat sums)
"$oio" sim --fidelity event --trace out/t.gz --json run.json >shown 2>&1 || fail "$(tail -n 3 shown)"
same "$(cut -d ' ' -f 1 sums) 0" "$(jq -r '"\(.delivered) \(.lost)"' run.json)"
rm out/*
awk '{ n += NF - 1 } END { print 2 * n, 72 * n, n }' "$captures/ramulator2_example_inst.trace" >sums
import --homes 3 "$captures/ramulator2_example_inst.trace"
counts ramulator2 $(cat sums)
delivers star:4

sentence "rapidchiplet_traffic_by_chiplet.json: each rate, in flits of 1000 cycles, rounded"
jq -r '[.[] * 1000 + 0.5 | floor] | add | "\(.) \(. * 32) 0"' "$captures/rapidchiplet_traffic_by_chiplet.json" >sums
import "$captures/rapidchiplet_traffic_by_chiplet.json"
counts rapidchiplet $(cat sums)
delivers star:16
