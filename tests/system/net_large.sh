#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nets as large as they may be.
. "$(dirname "$0")/trace_shell.sh"

sentence "a net of 65,536 dies and 5,120 switches runs, and delivers"
"$oio" sim --net fat-tree:64 --fidelity event --generate poisson --messages 100 --json big.json >stdout || fail "exit status $?"
jq -e '.delivered == 100' big.json >/dev/null || fail "$(cat big.json)"

sentence "where there is less memory than it may come to want, the table says so"
if [ "$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)" -lt 50000000 ]; then
  grep -q '^memory         [67][.0-9]* GB, and up to [45][.0-9]* GB when all buffers are in use; there are [0-9.]* GB' stdout || fail "$(cat stdout)"
fi
"$oio" sim --net star:8 --fidelity event --generate poisson --messages 100 >stdout
if grep '^memory' stdout; then fail "a small net"; fi

sentence "a net for which there is too little memory is refused before it is made, with what it wants, what there is and the remedy"
# wants KILOBYTES PATTERN NET
wants() {
  got=0
  (ulimit -v "$1" && "$oio" sim --net "$3" --fidelity event --generate poisson --messages 100 --json out/r.json >stdout 2>stderr) || got=$?
  [ $got = 2 ] && [ "$(wc -l <stderr)" = 1 ] && [ ! -s stdout ] && [ -z "$(ls out)" ] && grep -q -- "$2" stderr ||
    fail "$3 within $1 kB: exit status $got: $(cat stdout stderr)"
}
wants 3000000 "^net 'fat-tree:64' wants [67][.0-9]* GB of memory, and up to [0-9.]* GB when .* there are [23][.0-9]* GB (ulimit -v): use fewer dies or" fat-tree:64
wants 1000000 "^net 'full:1000' wants" full:1000
"$oio" net show fat-tree:64 --pattern neighbour >stdout || fail "exit status $?"
grep -q '^memory     [67][.0-9]* GB to run it, and up to' stdout || fail "$(cat stdout)"
"$oio" net show mesh:8x8 --json | jq -e '.memory_bytes | .least > 5e6 and .most > .least' >/dev/null || fail "$("$oio" net show mesh:8x8 --json)"

echo "1..$planned passed"
