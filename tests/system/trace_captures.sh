#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_captures.sh OIO: the importers on real captures, in the folder OIO_TRACE_CAPTURES: netrace's two examples and tt-npe's line and ring.
# The oracles read the captures on their own: od and awk, and jq.
if [ -z "${OIO_TRACE_CAPTURES:-}" ]; then
  echo "skipped: OIO_TRACE_CAPTURES names no folder of captures"
  exit 77
fi
captures=$(cd "$OIO_TRACE_CAPTURES" && pwd)
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
