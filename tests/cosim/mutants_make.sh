#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies the RTL with all of mutants.txt in it, each behind a test of its number: one build for all of them.
# usage: mutants_make.sh MUTANTS.txt FOLDER_OUT FILE.sv...
set -eu
mutants=$1
out=$2
shift 2
mkdir -p "$out"
cat >"$out/oio_mutant_pkg.sv" <<'SV'
// What is broken in this run: a number of mutants.txt, 0 for nothing.
package oio_mutant_pkg;
  import "DPI-C" function int oio_mutant();
  int chosen = oio_mutant();
endpackage
SV
for file in "$@"; do
  awk -v name="${file##*/}" '
    function flush() { # the words of a block are whole now
      if (which != name || old == "") return
      gsub(/ON/, "(oio_mutant_pkg::chosen == " number ")", new)
      at = index(text, old)
      if (at == 0 || index(substr(text, at + 1), old) > 0) {
        print "mutants: " name ": not there once: " old > "/dev/stderr"
        bad = 1
        exit
      }
      text = substr(text, 1, at - 1) new substr(text, at + length(old))
      old = ""
    }
    FILENAME == ARGV[1] { text = text $0 "\n"; next }
    /^mutant / { flush(); number++; old = new = part = ""; next }
    /^file / { which = $2; next }
    /^- / { part = "old"; old = substr($0, 3); next }
    /^\+ / { part = "new"; new = substr($0, 3); next }
    /^$/ { part = ""; next }
    part == "old" { old = old "\n" $0; next }
    part == "new" { new = new "\n" $0; next }
    END { if (bad) exit 1; flush(); printf "%s", text }
  ' "$file" "$mutants" >"$out/${file##*/}"
done
