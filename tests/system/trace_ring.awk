# SPDX-License-Identifier: Apache-2.0
# Checks that a trace is a ring all-reduce of W workers, R rounds, B bytes each, pieces of P bytes: who sends what to whom, on which channel,
# and what each transfer waits for, and in version 2 how long after the last of them it is, derived here from the order in which each worker sends.
/^oio-trace / { version = $2 }
BEGIN { steps = 2 * (W - 1); chunk = B / W; pieces = int((chunk + P - 1) / P); last = chunk - (pieces - 1) * P }
/^[0-9]/ {
  w = $2; k = sent[w]++
  piece = k % pieces; step = int(k / pieces) % steps; round = int(k / pieces / steps)
  before = (w + W - 1) % W
  waits = "-"
  if (step > 0) waits = id[before, k - pieces]
  else if (round > 0) {
    a = id[before, ((round - 1) * steps + W - 1) * pieces + piece]; b = id[before, round * steps * pieces - 1]
    waits = a == b ? a : a < b ? a "," b : b "," a
  }
  count = waits == "-" ? 0 : split(waits, each, ",")
  if (version == 2 && count > 0) {
    # Of small numbers below 2^53: a ring does not take hours.
    thought = $1 - time[each[count]]
    for (i = 1; i <= count; i++) if ($1 - time[each[i]] < thought) thought = $1 - time[each[i]]
    if (thought > 0) { waits = ""; for (i = 1; i <= count; i++) waits = waits (i > 1 ? "," : "") each[i] "+" sprintf("%.0f", thought) }
  }
  if ($3 != (w + 1) % W) wrong("goes to " $3)
  if ($4 != (step < W - 1 ? 0 : 1)) wrong("is on channel " $4)
  if ($5 != (piece < pieces - 1 ? P : last)) wrong("has " $5 " bytes")
  if ($7 != waits) wrong("waits for " $7 ", not " waits)
  for (i = 1; i <= count; i++) if (time[each[i]] + 0 > $1 + 0) wrong("is earlier than what it waits for")
  id[w, k] = $6; time[$6] = $1
}
function wrong(what) { print "record " $6 " " what; faults++; exit }
END {
  if (faults) exit 1
  for (w = 0; w < W; w++) if (sent[w] != R * steps * pieces) { print "worker " w " sends " sent[w] " times"; exit 1 }
}
