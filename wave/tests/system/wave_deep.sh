#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wave_deep.sh OIO: scopes nested as deep as a file likes take memory as the file's size does: 20,000 paths in full are 1.2 GB.
. "$(dirname "$0")/../../../tests/system/trace_shell.sh"

# deep COUNT TIME: so many scopes, one in the other, with a wire in the innermost that rises then.
deep() {
  awk -v n="$1" -v at="$2" 'BEGIN {
    print "$timescale 1ns $end"
    for (i = 0; i < n; i++) print "$scope module s" i " $end"
    print "$var wire 1 ! v $end"
    for (i = 0; i < n; i++) print "$upscope $end"
    print "$enddefinitions $end\n#0\n0!\n#" at "\n1!\n#20"
  }'
}
# within KIB COMMAND...: it has so much address space, and its exit status is in $got.
within() {
  kib=$1 got=0
  shift
  (ulimit -v "$kib" && exec "$@") >stdout 2>stderr || got=$?
}

deep 20000 10 >a.vcd
deep 20000 11 >b.vcd

sentence "twenty thousand scopes in each other are compared in 200 MB, and every report of them is small"
within 200000 "$oio" wavediff --threads 1 --json out/a.json --html out/a.html --diff-fst out/a.fst a.vcd b.vcd
same 1 "$got"
grep -q '^DIFFERENT: 1 of 1 variable, every edge 1 ns later from 10 ns on' stdout || fail "$(head -c 300 stdout)"
[ "$(cat out/a.json out/a.html | wc -c)" -lt 4000000 ] || fail "the reports have $(cat out/a.json out/a.html | wc -c) bytes"
same 256 "$(grep -c '"compared_below": 1' out/a.json)"

sentence "an FST nested as deep is read, and is what its VCD is"
"$oio" wave bless a.vcd --as out/deep >stdout 2>&1 || fail "$(head -c 300 stdout)"
within 200000 "$oio" wavediff --threads 1 a.vcd out/deep.fst
[ "$got" = 0 ] || fail "exit status $got: $(head -c 300 stdout stderr)"
grep -q '^SAME: 1 variable is equal' stdout || fail "$(head -c 300 stdout)"

# tree PATH...: a vector v in the scopes of each path, "a/b" being one in the other, whose value goes by the path's first letter.
tree() {
  printf '$timescale 1ns $end\n'
  id=0
  for path; do
    id=$((id + 1))
    up=$(echo "$path" | tr '/' '\n' | sed 's/.*/$upscope $end/')
    echo "$path" | tr '/' '\n' | sed 's/.*/$scope module & $end/'
    printf '$var wire 4 %s v $end\n%s\n' "$id" "$up"
  done
  printf '$enddefinitions $end\n#0\n'
  id=0
  for path; do # the value is the path's: what is paired by anything else differs
    id=$((id + 1))
    case $path in a*) echo "b1 $id" ;; b*) echo "b10 $id" ;; c*) echo "b11 $id" ;; *) echo "b100 $id" ;; esac
  done
  printf '#10\n'
}

sentence "names are paired by their whole paths, in whatever order and pieces the scopes are written"
tree a/s/t b/s/t c/s/t d/s/t >a.vcd
tree d/s/t b.s/t c/s.t a/s/t >b.vcd
within 200000 "$oio" wavediff --threads 1 a.vcd b.vcd
[ "$got" = 0 ] || fail "exit status $got: $(head -c 300 stdout stderr)"
grep -q '^SAME: 4 variables are equal' stdout || fail "$(head -c 300 stdout)"
tree s/t b/s/t >b.vcd
"$oio" wavediff a.vcd b.vcd >stdout 2>&1 && fail "a path is taken for its end: $(head -c 300 stdout)"
grep -q '^DIFFERENT: 4 variables are in one file only, 1 is equal' stdout || fail "$(head -c 300 stdout)"
