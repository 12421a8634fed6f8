#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_record.sh OIO: the recorder; the structure of what it records is derived again by trace_ring.awk.
check=$(cd "$(dirname "$0")" && pwd)/trace_ring.awk
. "$(dirname "$0")/trace_shell.sh"

# ring WORKERS ROUNDS BYTES PIECE
ring() {
  "$oio" trace record --workers "$1" --rounds "$2" --bytes "$3" --piece-bytes "$4" -o out/t.gz >shown
  same 2 "$(wc -l <shown)"
  grep -q "every worker's result is right" shown || fail "$(cat shown)"
  zcat out/t.gz | awk -v W="$1" -v R="$2" -v B="$3" -v P="$4" -f "$check" || fail "ring $*"
}

sentence "what is recorded is the ring, whatever its size"
ring 2 1 8 4
ring 2 3 4096 1000
ring 3 2 12000 1024
ring 8 4 65536 1024
ring 64 2 16384 256
sentence "the default command makes a file that info reads, named after the workers"
(cd out && rm t.gz && "$oio" trace record --map 0-3:0,4-7:1 >/dev/null && "$oio" trace info --json ring-allreduce-8.oiotrace.gz >../json)
same 3584 "$(jq .records json)"
same '0-3:0,4-7:1' "$(jq -r .map json)"
rm out/*
sentence "times are measured: two recordings differ, and the first transfer is at 0"
"$oio" trace record -o out/a.gz >/dev/null
"$oio" trace record -o out/b.gz >/dev/null
same 0 "$(zcat out/a.gz | awk '/^[0-9]/ { print $1; exit }')"
cmp -s out/a.gz out/b.gz && fail "two recordings are the same"
rm out/*
sentence "a map may be of more dies"
"$oio" trace record --workers 4 --dies 3 --map 0:2,1-2:0,3:1 -o out/t.gz >/dev/null
same 'oio-trace 2|nodes 4|dies 3|map 0:2,1-2:0,3:1' "$(zcat out/t.gz | head -4 | paste -sd '|')"
"$oio" sim --net full:3 --trace out/t.gz --fidelity event --quiet || fail "a recording of three dies"
rm out/*
sentence "an output that cannot be written, and a map that does not fit, are refused"
refuses 2 '^/nowhere/t.gz: cannot be created' record -o /nowhere/t.gz
refuses 2 '^/dev/full: cannot be written' record -o /dev/full
refuses 2 '^out/t.gz: the map leaves out node 4' record --map 0-3:0 -o out/t.gz
refuses 2 '^out/t.gz: the map names die 2; there are dies 0 and 1: ' record --map 0-3:0,4-7:2 -o out/t.gz
sentence "an interrupt leaves nothing and exits with 130"
interrupted record --rounds 2000 -o out/t.gz
