# SPDX-License-Identifier: Apache-2.0
# What a graph's messages wait for, by its definition: "M NAME" a message, "T NAME" a time, "E AFTER BEFORE" what comes after what. Prints how
# many waits there are: for each message the messages that it comes after with none between. What is no name is left out.
$1 == "E" { edges[++edge_count] = $2 " " $3 }
$1 != "E" { kind[$2] = $1; names[++count] = $2 }
END {
  for (i = 1; i <= edge_count; i++) {
    split(edges[i], edge, " ")
    if (!(edge[2] in kind)) continue
    before[edge[1]] = before[edge[1]] " " edge[2]
    after[edge[2]] = after[edge[2]] " " edge[1]
    open[edge[1]]++
  }
  for (i = 1; i <= count; i++) if (!open[names[i]]) queue[++last] = names[i]
  for (i = 1; i <= last; i++) {
    op = queue[i]
    split("", of)
    n = split(before[op], list, " ")
    for (j = 1; j <= n; j++) {
      if (kind[list[j]] == "M") { of[list[j]]; continue }
      m = split(causes[list[j]], part, " ")
      for (k = 1; k <= m; k++) of[part[k]]
    }
    for (cause in of) { causes[op] = causes[op] " " cause; waits += kind[op] == "M" }
    n = split(after[op], list, " ")
    for (j = 1; j <= n; j++) if (--open[list[j]] == 0) queue[++last] = list[j]
  }
  if (last < count) print "a cycle"
  else print waits + 0
}
