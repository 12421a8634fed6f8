# SPDX-License-Identifier: Apache-2.0
# The tables of docs/study.md from numbers.csv, each after a line `<!-- table NAME -->`.
# at(PART, COLLECTIVE, RUNG, DIES, BYTES, FIGURE): the number, which must be there.
function at(part, collective, rung, dies, bytes, figure,    key) {
  key = part SUBSEP collective SUBSEP rung SUBSEP dies SUBSEP bytes SUBSEP figure
  if (!(key in value)) { print "tables.awk: no number: " part " " collective " " rung " " dies " " bytes " " figure >"/dev/stderr"; failed = 1; return "?" }
  return value[key]
}
function table(name, heads,    i, rule) {
  print "<!-- table " name " -->"
  print "| " heads " |"
  rule = heads
  gsub(/[^|]+/, "---", rule)
  print "|" rule "|"
}
# A row for each number of dies or bytes, a column for each rung, and how many times the first takes of the last.
function times(part, collective, list, by_dies,    rows, n, i, r, line, dies, bytes) {
  table(part "-" collective, (by_dies ? "dies" : "KiB") " | pluggable | LRO | LPO | CPO | OIO | pluggable / OIO")
  n = split(list, rows, " ")
  for (i = 1; i <= n; i++) {
    dies = by_dies ? rows[i] : 64; bytes = by_dies ? 65536 : rows[i] * 1024
    line = "| " rows[i]
    for (r = 1; r <= 5; r++) line = line " | " at(part, collective, rung[r], dies, bytes, "time_us")
    print line " | " at(part, collective, rung[5], dies, bytes, "gain") " |"
  }
  print ""
}
BEGIN { FS = ","; split("pluggable LRO LPO CPO OIO", short, " ") }
FNR > 1 {
  value[$1, $2, $3, $4, $5, $6] = $7
  if ($1 == "inputs" && $6 == "phy_ns") rung[++rungs] = $3
}
END {
  table("inputs", "rung | technology | PHY, ns | FEC, ns | wrong bits | pJ/bit | lanes | W a link | edge, mm")
  for (r = 1; r <= 5; r++)
    print "| " short[r] " | `" rung[r] "` | " at("inputs", "", rung[r], "", "", "phy_ns") " | " at("inputs", "", rung[r], "", "", "fec_ns") " | " at("inputs", "", rung[r], "", "", "error_rate") " | " at("inputs", "", rung[r], "", "", "energy_pj_per_bit") " | " at("scale", "", rung[r], "", "", "lanes") " | " at("scale", "", rung[r], "", "", "link_watts") " | " at("scale", "", rung[r], "", "", "edge_mm") " |"
  print ""
  times("scale", "all-reduce", "8 16 32 64 128 256 512", 1)
  times("scale", "all-to-all", "8 16 32 64 128 256 512", 1)
  table("path", "rung | all-reduce: latency | bandwidth | queue | all-to-all: latency | bandwidth | queue | own flits | all of it | with automatic buffers")
  for (r = 1; r <= 5; r++) {
    line = "| " short[r]
    for (c = 1; c <= 2; c++) {
      collective = c == 1 ? "all-reduce" : "all-to-all"
      line = line " | " at("scale", collective, rung[r], 512, 65536, "latency_us") " | " at("scale", collective, rung[r], 512, 65536, "bandwidth_us") " | " at("scale", collective, rung[r], 512, 65536, "queue_us")
    }
    print line " | " at("scale", "all-to-all", rung[r], 512, 65536, "own_us") " | " at("scale", "all-to-all", rung[r], 512, 65536, "time_us") " | " at("automatic", "all-to-all", rung[r], 512, 65536, "time_us") " |"
  }
  print ""
  times("size", "all-reduce", "4 16 64 256 1024", 0)
  times("size", "all-to-all", "4 16 64 256 1024", 0)
  table("built", "rung | Gb/s of the line | W a link | edge, mm | all-reduce, 64 KiB | 1024 KiB | all-to-all, 64 KiB | 1024 KiB | energy of the last, uJ a die")
  for (r = 1; r <= 5; r++) {
    line = "| " short[r] " | " at("built", "", rung[r], "", "", "line_gbps") " | " at("built", "", rung[r], "", "", "link_watts") " | " at("built", "", rung[r], "", "", "edge_mm")
    for (c = 1; c <= 2; c++) for (b = 65536; b <= 1048576; b *= 16)
      line = line " | " at("built", c == 1 ? "all-reduce" : "all-to-all", rung[r], 64, b, "time_us")
    print line " | " at("built", "all-to-all", rung[r], 64, 1048576, "energy_uj_per_die") " |"
  }
  print ""
  table("known", "rung | PHY, ns | FEC, ns | all-reduce: all low | typical | all high | all-to-all: all low | typical | all high")
  for (r = 1; r <= 5; r++) {
    line = "| " short[r] " | " at("inputs", "", rung[r], "", "", "phy_ns_low") " to " at("inputs", "", rung[r], "", "", "phy_ns_high") " | " at("inputs", "", rung[r], "", "", "fec_ns_low") " to " at("inputs", "", rung[r], "", "", "fec_ns_high")
    for (c = 1; c <= 2; c++) {
      collective = c == 1 ? "all-reduce" : "all-to-all"
      line = line " | " at("known3", collective, rung[r], 64, 65536, "time_us") " | " at("scale", collective, rung[r], 64, 65536, "time_us") " | " at("known5", collective, rung[r], 64, 65536, "time_us")
    }
    print line " |"
  }
  exit failed
}
