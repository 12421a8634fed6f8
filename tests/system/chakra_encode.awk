# SPDX-License-Identifier: Apache-2.0
# Chakra nodes from text, as escapes for printf: an encoder of its own, by the protobuf specification. A line: ID TYPE DURATION CONTROL DATA
# NAME=VALUE...; CONTROL, DATA: ids with commas or -; a VALUE is a number (int64), or a text in quotes.
function escape(byte) { count++; return sprintf("\\%03o", byte) }
function varint(value,  text) {
  while (value >= 128) { text = text escape(value % 128 + 128); value = int(value / 128) }
  return text escape(value)
}
function text_of(text,  i, out) { for (i = 1; i <= length(text); i++) out = out escape(ordinal[substr(text, i, 1)]); return out }
# sized FIELD BODY: the escapes of BODY are 4 characters each.
function sized(field, body) { return varint(field * 8 + 2) varint(length(body) / 4) body }
function packed(field, list,  n, ids, i, body) {
  if (list == "-") return ""
  n = split(list, ids, ",")
  for (i = 1; i <= n; i++) body = body varint(ids[i])
  return sized(field, body)
}
BEGIN {
  for (i = 32; i < 127; i++) ordinal[sprintf("%c", i)] = i
  head = sized(1, text_of("0.0.4"))
  printf "%s%s", varint(length(head) / 4), head
}
{
  node = ""
  if ($1 != 0) node = varint(8) varint($1)
  node = node sized(2, text_of("n" $1)) varint(24) varint($2) packed(4, $4) packed(5, $5)
  if ($3 != 0) node = node varint(56) varint($3)
  for (i = 6; i <= NF; i++) {
    split($i, pair, "=")
    attribute = sized(1, text_of(pair[1]))
    if (pair[2] ~ /^"/) attribute = attribute sized(29, text_of(substr(pair[2], 2, length(pair[2]) - 2)))
    else attribute = attribute varint(9 * 8) varint(pair[2])
    node = node sized(10, attribute)
  }
  printf "%s%s", varint(length(node) / 4), node
}
