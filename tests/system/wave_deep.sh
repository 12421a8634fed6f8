#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wave_deep.sh OIO: scopes nested as deep as a file likes take memory as the file's size does: 20,000 paths in full are 1.2 GB.
. "$(dirname "$0")/trace_shell.sh"

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
