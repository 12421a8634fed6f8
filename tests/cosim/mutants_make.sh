#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies the RTL with all of mutants.txt in it, each behind a test of its number: one build for all of them; and their names, for
# mutant_pins.c. Writes nothing unless every block is whole and fits.
# usage: mutants_make.sh MUTANTS.txt FOLDER_OUT FILE.sv...
set -eu
mutants=$1
out=$2
shift 2
awks=$(dirname "$0")/../mutants
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

files=$(for file in "$@"; do printf '%s ' "${file##*/}"; done)
awk -v heads="rule run" -v files="$files" -f "$awks/blocks.awk" "$mutants" >"$work/names"
sed 's/.*/"&",/' "$work/names" >"$work/oio_mutant_names.h"
rm "$work/names"

cat >"$work/oio_mutant_pkg.sv" <<'SV'
// What is broken in this run: a number of mutants.txt, 0 for nothing.
package oio_mutant_pkg;
  import "DPI-C" function int oio_mutant();
  int chosen = oio_mutant();
endpackage
SV
for file in "$@"; do
  awk -v file="${file##*/}" -v on="(oio_mutant_pkg::chosen == %d)" -f "$awks/place.awk" "$file" "$mutants" >"$work/${file##*/}"
done
# What has not changed is not built again.
for file in "$work"/*; do cmp -s "$file" "$out/${file##*/}" || cp "$file" "$out"; done
