# SPDX-License-Identifier: Apache-2.0
# Reads a file of mutants and prints the name of each block, if every one is whole; else one line says which is not.
#
# A block is `mutant NAME`, the lines that `heads` names, `file FILE`, words behind `- ` and others behind `+ `, which more lines may follow.
# What is broken stands in one place: the words are there once. ON, in those that stand there instead, is true in the runs of this mutant.
# usage: awk -v heads="rule run" -v files="FILE FILE..." -f blocks.awk MUTANTS.txt
function refuse(text) {
  print FILENAME ":" FNR ": " text > "/dev/stderr"
  bad = 1
  exit 1
}
function finish(  i) {
  if (name == "") return
  for (i = 1; i <= count; i++) if (!(head[i] in given)) old = ""
  if (file == "" || old == "" || new == "") refuse(name ": a block has the lines mutant, " listed ", file, - and +")
  if (new !~ /(^|[^A-Za-z0-9_])ON($|[^A-Za-z0-9_])/) refuse(name ": what stands there instead does not say ON: it would be in every run")
  names = names name "\n"
}
BEGIN {
  count = split(heads, head, " ")
  for (i = 1; i <= count; i++) {
    is_head[head[i]] = 1
    listed = listed (i > 1 ? ", " : "") head[i]
  }
}
$1 == "mutant" {
  finish()
  name = $2; file = old = new = part = ""
  split("", given)
  if (name in seen) refuse(name ": there are two of that name")
  seen[name] = 1
  next
}
$1 in is_head && part == "" && NF > 1 { given[$1] = 1; next }
$1 == "file" && part == "" {
  file = $2
  if (!index(" " files " ", " " file " ")) refuse(name ": there is no file " file)
  next
}
/^- / { part = "old"; old = $0; next }
/^\+ / { part = "new"; new = $0; next }
/^#/ || /^$/ { part = ""; next }
part == "old" { old = old "\n" $0; next }
part == "new" { new = new "\n" $0; next }
{ refuse("a block has the lines mutant, " listed ", file, - and +; this is none of them") }
END {
  if (bad) exit 1
  finish()
  printf "%s", names
}
