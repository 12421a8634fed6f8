# SPDX-License-Identifier: Apache-2.0
# inputs.txt and listed.txt of make.sh become numbers.csv: one number a line, rounded as docs/study.md quotes it.
function put(part, collective, rung, dies, bytes, figure, value) {
  print part "," collective "," rung "," dies "," bytes "," figure "," value
}
# What a die's flits of an all-to-all take to leave it: a flit is for one other die.
function own_us(dies, bytes,    flits) {
  flits = int((bytes / dies + method["payload_bytes"] - 1) / method["payload_bytes"])
  return sprintf("%.2f", (dies - 1) * flits * 8 * method["flit_bytes"] / method["line_gbps"] / 1000)
}
function us(ps) { return sprintf("%.2f", ps / 1e6) }
# What a link takes that is lit at RATE in both directions, and the edge of a chip for it.
function cost(part, rung, lanes, density,    line) {
  line = lanes * (rung ~ /^oio/ ? 32 : 212.5)
  put(part, "", rung, "", "", "lanes", lanes)
  put(part, "", rung, "", "", "line_gbps", line)
  put(part, "", rung, "", "", "link_watts", sprintf("%.1f", watts_of_link[part, rung]))
  put(part, "", rung, "", "", "edge_mm", sprintf("%.1f", line / density))
}
BEGIN { print "# SPDX-License-Identifier: Apache-2.0\npart,collective,rung,dies,bytes,figure,value" }
FNR == 1 { file++ }
$1 == "method" { method[$2] = $3; put("method", "", "", "", "", $2, $3); next }
file == 1 {
  low[$2, $3] = $4; typical[$2, $3] = $5; high[$2, $3] = $6
  if (!($2 in seen)) { seen[$2] = 1; rung[++rungs] = $2 }
  next
}
$2 == "package.tech" || $3 == "runs" || $3 == "run" { next }
$6 != "good" { print "numbers.awk: a run is not good: " $0 >"/dev/stderr"; failed = 1; exit 1 }
{
  part = $1; key = part SUBSEP $3 SUBSEP $4 SUBSEP $5
  order[++runs] = part SUBSEP $2 SUBSEP $3 SUBSEP $4 SUBSEP $5
  time[key, $2] = $7; latency[key, $2] = $8; bandwidth[key, $2] = $9; queue[key, $2] = $10; watts[key, $2] = $11; lanes[part, $2] = $12; buffer[part, $2] = $13
  links = $4 == 8 ? 8 : 2 * $4
  watts_of_link[part, $2] = $11 / links
}
END {
  if (failed) exit 1
  for (r = 1; r <= rungs; r++) {
    name = rung[r]
    if (r > 1) before[name] = rung[r - 1]
    put("inputs", "", name, "", "", "phy_ns", typical[name, "phy_ns"])
    put("inputs", "", name, "", "", "fec_ns", typical[name, "fec_ns"])
    for (end = 1; end <= 2; end++) {
      put("inputs", "", name, "", "", "phy_ns_" (end == 1 ? "low" : "high"), end == 1 ? low[name, "phy_ns"] : high[name, "phy_ns"])
      put("inputs", "", name, "", "", "fec_ns_" (end == 1 ? "low" : "high"), end == 1 ? low[name, "fec_ns"] : high[name, "fec_ns"])
    }
    put("inputs", "", name, "", "", "error_rate", (name SUBSEP "observed_error_rate") in typical ? typical[name, "observed_error_rate"] : typical[name, "limit_error_rate"])
    energy = typical[name, "link_pj_per_bit"] + typical[name, "host_pj_per_bit"]
    put("inputs", "", name, "", "", "energy_pj_per_bit", sprintf("%.1f", energy))
    cost("scale", name, lanes["scale", name], typical[name, "shoreline_gbps_per_mm"])
    if (("automatic", name) in buffer) put("automatic", "", name, "", "", "leaf_buffer_flits", buffer["automatic", name])
    if (("built", name) in lanes) cost("built", name, lanes["built", name], typical[name, "shoreline_gbps_per_mm"])
  }
  for (i = 1; i <= runs; i++) {
    split(order[i], is, SUBSEP)
    part = is[1]; name = is[2]; key = part SUBSEP is[3] SUBSEP is[4] SUBSEP is[5]
    put(part, is[3], name, is[4], is[5], "time_us", us(time[key, name]))
    put(part, is[3], name, is[4], is[5], "gain", sprintf("%.2f", time[key, rung[1]] / time[key, name]))
    if (part == "scale") {
      put(part, is[3], name, is[4], is[5], "others", is[4] - 1)
      if (is[3] == "all-to-all") put(part, is[3], name, is[4], is[5], "own_us", own_us(is[4], is[5]))
      if (name in before) put(part, is[3], name, is[4], is[5], "less_us", us(time[key, before[name]] - time[key, name]))
      put(part, is[3], name, is[4], is[5], "latency_us", us(latency[key, name]))
      put(part, is[3], name, is[4], is[5], "bandwidth_us", us(bandwidth[key, name]))
      put(part, is[3], name, is[4], is[5], "queue_us", us(queue[key, name]))
    }
    if (part == "automatic") put(part, is[3], name, is[4], is[5], "more_us", us(time[key, name] - time["scale", is[3], is[4], is[5], name]))
    if (part == "built") put(part, is[3], name, is[4], is[5], "energy_uj_per_die", sprintf("%.1f", watts[key, name] * time[key, name] / 1e6 / is[4]))
  }
}
