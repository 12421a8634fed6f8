# SPDX-License-Identifier: Apache-2.0
# Prints a file with all of its mutants in it, each where its words stand in the file as it is. ON becomes `on`, with the number of the block
# for %d. The blocks are whole: blocks.awk.
# usage: awk -v file=NAME -v on="(chosen == %d)" -f place.awk FILE MUTANTS.txt
function refuse(text) {
  print "mutants: " name ": " file ": " text > "/dev/stderr"
  bad = 1
  exit 1
}
# ON as a word of its own.
function switched(text,  out, before) {
  while (match(text, /ON/)) {
    before = substr(text, 1, RSTART - 1)
    if (before !~ /[A-Za-z0-9_]$/ && substr(text, RSTART + 2) !~ /^[A-Za-z0-9_]/) {
      out = out before sprintf(on, number)
    } else {
      out = out before "ON"
    }
    text = substr(text, RSTART + 2)
  }
  return out text
}
# The words of a block are whole.
function finish(  at, i) {
  if (which != file || old == "") return
  at = index(text, old)
  if (at == 0 || index(substr(text, at + 1), old) > 0) refuse("not there once: " old)
  for (i in from) if (at < to[i] && at + length(old) > from[i]) refuse("the words of " owner[i] " too: " old)
  from[number] = at; to[number] = at + length(old); word[number] = switched(new); owner[number] = name
  old = ""
}
FILENAME == ARGV[1] { text = text $0 "\n"; next }
/^mutant / { finish(); name = $2; number++; old = new = part = ""; next }
part == "" && /^file / { which = $2; next }
/^- / { part = "old"; old = substr($0, 3); next }
/^\+ / { part = "new"; new = substr($0, 3); next }
/^$/ { part = ""; next }
part == "old" { old = old "\n" $0; next }
part == "new" { new = new "\n" $0; next }
END {
  if (bad) exit 1
  finish()
  for (at = 1; at <= length(text); at = to[place]) { # from one place to the next
    place = 0
    for (i in from) if (from[i] >= at && (!place || from[i] < from[place])) place = i
    if (!place) break
    printf "%s%s", substr(text, at, from[place] - at), word[place]
  }
  printf "%s", substr(text, at)
}
