#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_graphs.sh OIO: the importers of what says what comes after what, GOAL and htsim, on captures written here. What must come out is
# worked out by hand.
. "$(dirname "$0")/trace_shell.sh"

# records: of out/t.gz, without times: source destination bytes id waits
records() { zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $5, $6, $7 }'; }
# wrong PATTERN: the importer refuses stdin with such a line.
wrong() {
  cat >bad
  refuses 2 "$1" import -o out/t.gz bad
}

sentence "GOAL: sends, receives and times become messages, waits and delays"
cat >one.goal <<'X'
// a comment
num_ranks 3 /* another
of two lines */
rank 0 {
  a: calc 100
  b: send 64b to 1 tag 7
  b requires a
  c: recv 32b from 2
  d: calc 50 cpu 1
  d requires c
  d requires b
  e: send 16b to 2 tag 1 cpu 0 nic 0
  e requires d
}
rank 1 {
  a: recv 64b from 0 tag 7
  b: calc 20
  b requires a
  c: send 8b to 2
  c requires b
}
rank 2 {
  s: send 32b to 0
  x: recv 8b from 1
  y: recv 16b from 0 tag 1
  z: send 4b to 1 tag 9
  z irequires y
  y requires x
}
X
"$oio" trace import -o out/t.gz one.goal >shown
# s at 0; b at 100 ns; c 20 ns after b; e 50 ns after s and b, so not before 150 ns; z when y begins, which is after x, which is c's.
records >got
cat >want <<'X'
0 2 0 32 0 -
100000 0 1 64 1 -
120000 1 2 8 2 1+20000
120000 2 1 4 3 2
150000 0 2 16 4 0+50000,1+50000
X
cmp want got
grep -q '5 records, 3 nodes, span 0.150000 us, 124 bytes; 1 sends that no receive matches kept$' shown || fail "$(cat shown)"

sentence "GOAL: tags and order match sends with receives, and what has no partner is counted"
cat >two.goal <<'X'
num_ranks 2
rank 0 {
a: send 1b to 1 tag 1
b: send 2b to 1 tag 2
c: send 3b to 1 tag 1
d: send 9b to 1 tag 5
}
rank 1 {
p: recv 2b from 0 tag 2
q: recv 1b from 0 tag 1
r: recv 3b from 0 tag 1
x: recv 7b from 0 tag 6
s: send 10b to 0
s requires p
t: send 20b to 0
t requires q
u: send 30b to 0
u requires r
}
X
"$oio" trace import -o out/t.gz two.goal >shown
records | awk '$2 == 1 { print $4, $6 }' | sort >got
printf '10 1\n20 0\n30 2\n' | cmp - got
grep -q '; 4 sends that no receive matches kept; 1 receives that no send matches left out$' shown || fail "$(cat shown)"

sentence "GOAL: a million operations one after another are walked, and a cycle is refused by name"
awk 'BEGIN { print "num_ranks 2\nrank 0 {"; for (i = 1; i <= 1000000; i++) { print "l" i ": calc 1"; if (i > 1) print "l" i " requires l" i - 1 }
  print "s: send 5b to 1\ns requires l1000000\n}" }' >deep.goal
"$oio" trace import -o out/t.gz deep.goal >shown
same "1000000000 0 1 5 0 -" "$(records)"
rm out/*
printf 'num_ranks 2\nrank 0 {\na: calc 1\nb: send 1b to 1\na requires b\nb requires a\n}\n' | wrong '^bad: a cycle: line [34] (rank 0) comes after itself, by way of line [34] (rank 0)'
sentence "GOAL: what is wrong is said with its line"
printf 'num_ranks 2\nrank 2 {\n}\n' | wrong '^bad:2: .2. is not a rank below num_ranks'
printf 'num_ranks 2\nrank 0 {\na: send 5 to 1\n}\n' | wrong "^bad:3: '5' is not a size"
printf 'num_ranks 2\nrank 0 {\na: send 5b to 1\na: calc 3\n}\n' | wrong '^bad:4: label a is there twice, first on line 3'
printf 'num_ranks 2\nrank 0 {\na: calc 1\na requires q\n}\n' | wrong '^bad:4: label q of rank 0 is not defined'
printf 'num_ranks 2\nrank 0 {\na: calc 1\n' | wrong '^bad:3: the file ends where'
printf 'num_ranks 2\n/* x' | wrong '^bad:2: a comment has no end'
printf 'num_ranks 2\n\0' | wrong '^bad:2: a NUL byte'
printf 'num_ranks 65537\n' | wrong '^bad:1: '

sentence "htsim: starts are times, triggers are waits"
cat >one.cm <<'X'
Nodes 4
Connections 5
Triggers 2
0->1 id 1 start 0 size 1000 send_done_trigger 1
2->3 id 2 start 5000 size 2000 recv_done_trigger 2
1->2 id 3 trigger 1 size 3000 send_done_trigger 2
3->0 id 4 trigger 2 size 4000
1->0 id 5 trigger 1 size 10
trigger id 1 oneshot
trigger id 2 barrier count 2
X
"$oio" trace import -o out/t.gz one.cm >shown
records >got
cat >want <<'X'
0 0 1 1000 0 -
0 1 2 3000 1 0
0 1 0 10 2 0
5000 2 3 2000 3 -
5000 3 0 4000 4 1,3
X
cmp want got
"$oio" sim --net loop:4 --fidelity event --trace out/t.gz --json out/r.json >shown 2>&1 || fail "$(cat shown)"
rm out/*
sentence "htsim: what is wrong is said with its line"
printf 'Nodes 2\nConnections 2\n0->1 id 1 start 0 size 5\n' | wrong '^bad:3: 1 connections, where the head says 2'
printf 'Nodes 2\nConnections 1\n0->2 id 1 start 0 size 5\n' | wrong '^bad:3: nodes from 0 to 1'
printf 'Nodes 2\nConnections 1\n0->1 id 1 size 5\n' | wrong '^bad:3: a connection with neither start nor trigger'
printf 'Nodes 2\nConnections 1\n0->1 id 1 start 0\n' | wrong '^bad:3: a connection without a size'
printf 'Nodes 2\nConnections 1\n0->1 trigger 3 size 5\n' | wrong '^bad:3: trigger 3 has no line of its own'
printf 'Nodes 2\nConnections 1\n0->1 trigger 3 size 5\ntrigger id 3 oneshot\n' | wrong '^bad:4: trigger 3 is fired by nothing'
printf 'Nodes 2\nConnections 1\n0->1 trigger 3 size 5 send_done_trigger 3\ntrigger id 3 oneshot\n' | wrong '^bad: a cycle: line 3'
printf 'Nodes 2\nConnections 1\n0->1 start 1.5 size 5\n' | wrong '^bad:3: a whole number is expected after .start'
sed 's/count 2/count 3/' one.cm | wrong '^bad:10: trigger 2 is a barrier whose count'
sed 's/barrier count 2/oneshot/' one.cm >oneshot.cm
"$oio" trace import -o out/t.gz oneshot.cm >shown
grep -q '; 1 further causes of a oneshot trigger left out$' shown || fail "$(cat shown)"
