# SPDX-License-Identifier: Apache-2.0
# A reader of its own of Chakra traces, by the protobuf specification, from `od -An -v -tu1 -w1`: a line "N id type duration size kind
# source destination cpu" a node, "-" for what it does not say, and a line "C id dependency" or "D id dependency" each.
function varint(  value, scale) {
  scale = 1
  while (byte[at] >= 128) { value += (byte[at++] - 128) * scale; scale *= 128 }
  return value + byte[at++] * scale
}
function skip(wire) {
  if (wire == 0) varint()
  else if (wire == 1) at += 8
  else if (wire == 5) at += 4
  else { wire = varint(); at += wire }
}
function attribute(end,  key, name, value, length_of, i) {
  value = "-"
  while (at < end) {
    key = varint()
    if (key == 10) {
      name = ""
      for (length_of = varint(); length_of > 0; length_of--) name = name sprintf("%c", byte[at++])
    } else if (key % 8 == 0) value = varint()
    else skip(key % 8)
  }
  if (name in of) of[name] = value
}
function ids(end, kind) { while (at < end) edges[++edge_count] = kind " " varint() }
function node(end,  key, wire, field, id, type, duration, size, i) {
  id = type = duration = edge_count = 0
  split("", of)
  of["comm_size"] = of["comm_type"] = of["comm_src"] = of["comm_dst"] = of["is_cpu_op"] = "-"
  while (at < end) {
    key = varint(); wire = key % 8; field = (key - wire) / 8
    if (field == 1) id = varint()
    else if (field == 3) type = varint()
    else if (field == 7) duration = varint()
    else if (field == 4 || field == 5) {
      if (wire == 0) edges[++edge_count] = (field == 4 ? "C" : "D") " " varint()
      else { size = varint(); ids(at + size, field == 4 ? "C" : "D") }
    } else if (field == 10) { size = varint(); attribute(at + size) }
    else skip(wire)
  }
  print "N", id, type, duration, of["comm_size"], of["comm_type"], of["comm_src"], of["comm_dst"], of["is_cpu_op"]
  for (i = 1; i <= edge_count; i++) { split(edges[i], edge, " "); print edge[1], id, edge[2] }
}
{ byte[NR - 1] = $1 }
END {
  at = 0; size = varint(); at += size
  while (at < NR) { size = varint(); node(at + size) }
}
