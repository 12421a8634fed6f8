#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies the RTL with all of mutants.txt in it, each behind a test of its number: one build for all of them; and their names, for
# mutant_pins.c. Writes nothing unless every block is whole and fits.
# usage: mutants_make.sh MUTANTS.txt FOLDER_OUT FILE.sv...
set -eu
mutants=$1
out=$2
shift 2
mkdir -p "$out"
work=$(mktemp -d)
export work
trap 'rm -rf "$work"' EXIT

# Blocks: what each must have, and a file that is among those given.
awk -v mutants="$mutants" -v files=" $(for file in "$@"; do printf '%s ' "${file##*/}"; done)" '
  function refuse(text) {
    print mutants ":" FNR ": " text > "/dev/stderr"
    bad = 1
    exit 1
  }
  function finish() {
    if (name == "") return
    if (rule == "" || run == "" || file == "" || old == "" || new == "") refuse(name ": a block has the lines mutant, rule, run, file, - and +")
    if (new !~ /(^|[^A-Za-z0-9_])ON($|[^A-Za-z0-9_])/) refuse(name ": what stands there instead does not say ON: it would be in every run")
  }
  /^mutant / {
    finish()
    name = $2; rule = run = file = old = new = ""; part = ""
    if (name in seen) refuse(name ": there are two of that name")
    seen[name] = 1
    print "\"" name "\"," > (ENVIRON["work"] "/oio_mutant_names.h")
    next
  }
  /^rule / { rule = $0; next }
  /^run / { run = $0; next }
  /^file / { file = $2; if (!index(files, " " file " ")) refuse(name ": there is no file " file " in the RTL"); next }
  /^- / { part = "old"; old = $0; next }
  /^\+ / { part = "new"; new = $0; next }
  /^#/ || /^$/ { part = ""; next }
  part == "old" { old = old "\n" $0; next }
  part == "new" { new = new "\n" $0; next }
  { refuse("a block has the lines mutant, rule, run, file, - and +; this is none of them") }
  END { if (bad) exit 1; finish() }
' "$mutants"

cat >"$work/oio_mutant_pkg.sv" <<'SV'
// What is broken in this run: a number of mutants.txt, 0 for nothing.
package oio_mutant_pkg;
  import "DPI-C" function int oio_mutant();
  int chosen = oio_mutant();
endpackage
SV
for file in "$@"; do
  awk -v file="${file##*/}" '
    function refuse(text) {
      print "mutants: " name ": " file ": " text > "/dev/stderr"
      bad = 1
      exit 1
    }
    # The words of a block are whole: where they stand in the file as it is.
    function finish(  i) {
      if (which != file || old == "") return
      at = index(text, old)
      if (at == 0 || index(substr(text, at + 1), old) > 0) refuse("not there once: " old)
      for (i in from) if (at < to[i] && at + length(old) > from[i]) refuse("the words of " owner[i] " too: " old)
      gsub(/ON/, "(oio_mutant_pkg::chosen == " number ")", new)
      from[number] = at; to[number] = at + length(old); word[number] = new; owner[number] = name
      old = ""
    }
    FILENAME == ARGV[1] { text = text $0 "\n"; next }
    /^mutant / { finish(); name = $2; number++; old = new = part = ""; next }
    /^file / { which = $2; next }
    /^- / { part = "old"; old = substr($0, 3); next }
    /^\+ / { part = "new"; new = substr($0, 3); next }
    /^$/ { part = ""; next }
    part == "old" { old = old "\n" $0; next }
    part == "new" { new = new "\n" $0; next }
    END {
      if (bad) exit 1
      finish()
      for (at = 1; at <= length(text); ) { # from one place to the next
        next_place = 0
        for (i in from) if (from[i] >= at && (!next_place || from[i] < from[next_place])) next_place = i
        if (!next_place) break
        printf "%s%s", substr(text, at, from[next_place] - at), word[next_place]
        at = to[next_place]
      }
      printf "%s", substr(text, at)
    }
  ' "$file" "$mutants" >"$work/${file##*/}"
done
# What has not changed is not built again.
for file in "$work"/*; do cmp -s "$file" "$out/${file##*/}" || cp "$file" "$out"; done
