#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `oio net` as a user meets it.
. "$(dirname "$0")/trace_shell.sh"

# declines STATUS PATTERN ARGUMENT...: exit status, one line on standard error, nothing on standard output.
declines() {
  want=$1 pattern=$2
  shift 2
  got=0
  "$oio" net "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio net $*: exit status $got, not $want: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio net $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio net $*: '$(cat stderr)' does not match '$pattern'"
  [ ! -s stdout ] || fail "oio net $*: prints $(cat stdout)"
}
shows() {
  pattern=$1
  shift
  "$oio" net show "$@" >stdout 2>stderr || fail "oio net show $*: exit status $?: $(cat stderr)"
  grep -q -- "$pattern" stdout || fail "oio net show $*: no '$pattern' in $(cat stdout)"
}

sentence "a net is said in a table: parts, routes, cut, deadlock, load"
shows "64 dies, 64 switches, 176 links (64 package, 112 rack)" mesh:8x8
shows "at most 16 links, 7.333 in the mean" mesh:8x8
shows "8 links part dies 0..31" mesh:8x8
shows "deadlock   none: no circle" mesh:8x8
shows "carries 2.032 times.*0.4922 of a link" mesh:8x8 # 2 * 64/63

sentence "a ring without datelines deadlocks, and the circle is named"
got=0
"$oio" net show ring:4 --no-datelines >stdout || got=$?
[ $got = 1 ] || fail "exit status $got, not 1"
grep -q "POSSIBLE: a circle of 4 buffers" stdout || fail "$(cat stdout)"
shows "deadlock   none" ring:4

sentence "the JSON says the same as the table"
"$oio" net show torus:4x4 --json --pattern tornado --route 0:5 | jq -e '.dies == 16 and .links == {package: 16, rack: 32} and .cut_links == 8 and
  .deadlock.verdict == "none" and .routes.all_reachable and .load == 1 and [.route[] | .to] == ["s0", "s1", "s5", "d5"]' >/dev/null ||
  fail "$("$oio" net show torus:4x4 --json --pattern tornado --route 0:5)"

sentence "a drawing is one SVG with each node and link, and is not written for a net that is refused"
shows "net  " star:5 --svg out/star.svg
[ "$(grep -c '<rect x' out/star.svg)" = 5 ] && [ "$(grep -c '<circle' out/star.svg)" = 1 ] || fail "$(cat out/star.svg)"
rm out/star.svg
declines 2 "cannot be written\|no such\|No such" show star:5 --svg missing/star.svg
declines 2 "49995000 links" show full:10000 --svg out/full.svg
[ -z "$(ls out)" ] || fail "left behind: $(ls out)"

sentence "unusable input is one line with the remedy, exit status 2"
declines 2 "no such shape" show cube:3
declines 2 "write mesh" show mesh:4xx4
declines 2 "no pattern 'all'" show ring:4 --pattern all
declines 2 "per-port or shared" show ring:4 --buffers some
declines 2 "two different dies" show ring:4 --route 0:4
declines 2 "dies pass nothing on" show loop:5 --route 0:2
declines 2 "say show" draw ring:4
declines 2 "name one net" show
declines 2 "No such file" show ./missing.net
printf 'oio-net 1\ndie d0 d1\nlink d0 d1 rack\nrouting fast\n' >bad.net
declines 2 "bad.net:4: routing is" show bad.net
head -c 70000000 /dev/zero >zero.net
declines 2 "zero.net:1: " show zero.net
# file LINE PATTERN TEXT: a net file that is refused, at that line.
file() {
  printf 'oio-net 1\n%b' "$3" >wrong.net
  declines 2 "./wrong.net:$1: .*$2" show ./wrong.net
  got=0
  "$oio" sim --net ./wrong.net --generate poisson >stdout 2>stderr || got=$?
  [ $got = 2 ] && [ "$(wc -l <stderr)" = 1 ] && grep -q "./wrong.net:$1: .*$2" stderr || fail "oio sim: $got: $(cat stderr)"
}
file 6 "unknown word 'wibble'; a line begins with" 'die a b\nswitch s\nlink a s package\nlink b s package\nwibble x\n'
file 5 "there is no node 'z'; name it above" 'die a b\nswitch s\nlink a s package\nlink b z package\n'
file 3 "c has 0 links and wants one at least; add" 'die a b\ndie c\nswitch s\nlink a s package\nlink b s package\n'
file 3 "t has 1 links and wants two at least; add" 'die a b\nswitch s t\nlink a s package\nlink b s package\nlink s t rack\n'
file 3 "r has 3 links and wants exactly two; add" 'die a b\nbridge r\nlink a r package\nlink b r package\nlink a r package\n'
file 6 "a link from s to itself; join two nodes" 'die a b\nswitch s\nlink a s package\nlink b s package\nlink s s rack\n'
file 3 "a cannot reach c (dies pass nothing on); join" 'die a b\ndie c d\nswitch s t\nlink a s row\nlink b s row\nlink c t row\nlink d t row\n'
file 2 "a is there already; give the node another name" 'die a b a\nswitch s\n'
file 4 "how many links there are, 1..256" 'die a b\nswitch s\nlink a s package 99999999\n'
file 3 "a die after a bridge or switch; name all dies first" 'switch s\ndie a b\n'
file 4 "1 dies; a net has at least two" 'die a\nswitch s\nlink a s row\n'

sentence "links are of classes of a user's own, with keys in sections of a configuration file; and what that prints reads back"
cat >four.net <<'NET'
oio-net 1
die d0 d1
switch s0 s1
link d0 s0 tray
link d1 s1 tray
link s0 s1 hall
NET
cat >four.cfg <<'CONFIG'
sim.fidelity = event  # full names stand above the first section
[tray]
like = package
length_m = 0.5
[hall]
like = row
length_m = 200
[workload]
generate = poisson
messages = 50
load = 0.001
CONFIG
"$oio" sim --config four.cfg --net ./four.net --json four.json --quiet --csv out/four || fail "exit status $?"
# Idle: flits of 4 ns on three links; 2 x 0.5 m at 7 ns and 200 m at 4.897; two trays of 4 ns, a hall of 10, two switches of 100.
jq -e '.latency_ps.min == 12000 + 7000 + 979400 + 8000 + 10000 + 200000' four.json >/dev/null || fail "$(jq -c .latency_ps four.json)"
[ "$(cut -d, -f1,2 out/four/classes.csv | tr '\n' ' ')" = "class,links tray,2 hall,1 " ] || fail "$(cat out/four/classes.csv)"
rm -r out/four
jq -r '.config | to_entries[] | "\(.key) = \(.value)"' four.json >again.cfg
"$oio" sim --config again.cfg --json again.json --quiet
[ "$(jq -c '[.wire_digest, .config]' four.json)" = "$(jq -c '[.wire_digest, .config]' again.json)" ] || fail "$(diff four.json again.json)"
"$oio" sim --net ./four.net --generate poisson --messages 50 --load 0.001 --fidelity event --set tray.like=package --set hall.like=row \
  --set tray.length_m=0.5 --set hall.length_m=200 --json again.json --quiet --append rows.csv
[ "$(jq -r .wire_digest four.json)" = "$(jq -r .wire_digest again.json)" ] || fail "in sections and by --set differ"
"$oio" sim --config four.cfg --net ./four.net --append rows.csv --quiet || fail "a row of the same classes is not taken"
head -n 1 rows.csv | grep -q ',tray.like,.*,hall.length_m,' || fail "$(head -n 1 rows.csv)"

sentence "a class of a net file that the configuration has not is refused with file and line, the classes there are and the remedy"
lacks() {
  pattern=$1
  shift
  got=0
  "$oio" sim --generate poisson "$@" >stdout 2>stderr || got=$?
  [ $got = 2 ] && [ "$(wc -l <stderr)" = 1 ] && grep -q -- "$pattern" stderr || fail "oio sim $*: $got: $(cat stderr)"
}
lacks "^./four.net:4: no class of links is called tray; use one of package, rack, row, or make it: tray.like=rack" --net ./four.net
lacks "^./four.net:6: no class of links is called hall; use one of package, rack, row, tray, or make it: hall.like=rack" \
  --net ./four.net --set tray.like=row
lacks "columns" --net star:2 --append rows.csv
lacks "hall.like has no effect in this run: it needs a net with such links" --set hall.like=row --set hall.lanes=3
lacks "hall.fec_ways has no effect in this run: it needs a class with error correction (fec=kp4|kr4|ll)" --net star:4 --set hall.like=row \
  --set hall.fec_ways=2
printf 'oio-net 1\ndie a b\nlink a b x.y\n' >dotted.net
lacks "^./dotted.net:3: a link wants a class" --net ./dotted.net
printf '[rak]\nlanes = 3\n' >wrong.cfg
lacks "wrong.cfg:1: there is no section .rak.; did you mean .rack.?" --config wrong.cfg

: >empty.net

sentence "a map that names a die that is not there, and nets beyond all bounds, are refused with what there is"
printf 'oio-trace 1\nnodes 4\n---\n0 0 1 0 64 0 -\nend 1\n' >small.oiotrace
unusable() {
  pattern=$1
  shift
  got=0
  "$oio" sim "$@" >stdout 2>stderr || got=$?
  [ $got = 2 ] && [ "$(wc -l <stderr)" = 1 ] && grep -q -- "$pattern" stderr || fail "oio sim $*: $got: $(cat stderr)"
}
unusable "the map names die 9; there are dies 0 to 3: correct the map" --net star:4 --trace small.oiotrace --set trace.map=0-1:0,2-3:9
unusable "the map leaves out node 2; give each of the 4 nodes a die" --net star:4 --trace small.oiotrace --set trace.map=0-1:0
unusable "49995000 links; a net has at most" --net full:10000 --generate poisson
unusable "^net 'star:65536': the switch s0 has 65536 ports, and a switch at most 4096; use several" --net star:65536 --generate poisson
unusable "^net 'fat-tree:66' has 71874 dies, and a run at most 65536; take a smaller one" --net fat-tree:66 --generate poisson
unusable "^net 'mesh:1000x1000' would have 2000000 nodes" --net mesh:1000x1000 --generate poisson
unusable "^net 'pair:3': write pair, without a number" --net pair:3 --generate poisson
unusable "^net 'ring:12345678901': write ring:N, each number at least 2 and of at most 9 digits" --net ring:12345678901 --generate poisson
awk 'BEGIN { print "oio-net 1"; for (i = 0; i < 5000; i++) print "die d" i; print "switch s"; for (i = 0; i < 5000; i++) print "link d" i " s row" }' >wide.net
unusable "^./wide.net:5002: the switch s has 5000 ports, and a switch at most 4096; use several" --net ./wide.net --generate poisson
unusable "^./empty.net:1: no net file: its first line is 'oio-net 1'" --net ./empty.net --generate poisson

sentence "a net file may have the line ends of another system, and blanks and a comment behind its first line"
printf 'oio-net 1 # a pair\r\ndie a b\r\nlink a b rack\r\n' >ends.net
shows "2 dies, 1 link (1 rack)" ./ends.net

# B = 400 GB/s of messages, of which a flit of 256 bytes has 222: 57.6577 Gb/s on each of 64 lanes. Those of 64 dies were published
# of 64 MiB and 30, 120 and 300 ns; bytes and times here are both a part of that, with 300 whole flits to a chunk, so that it takes less long.
sentence "rings of collectives have the published efficiencies 1 / (1 + alpha n B / S), to a thousandth"
while read -r dies bytes alpha_ps published; do
  "$oio" sim --net loop:$dies --fidelity event --generate all-reduce --set workload.algorithm=ring --set workload.bytes=$bytes --set package.lanes=64 \
    --set package.lane_rate_gbps=57.657657657 --set package.length_m=0 --set package.logic_ps=$alpha_ps --json ring.json --quiet || fail "exit status $?"
  jq -e "2 * ($dies - 1) * $bytes / ($dies * 400e9) * 1e12 / .iteration_ps | . / $published - 1 | fabs < 1e-3" ring.json >/dev/null ||
    fail "$dies dies, $bytes bytes, $alpha_ps ps: $(jq .iteration_ps ring.json) ps an iteration is not an efficiency of $published"
done <<'ROWS'
8 1048576 30000 0.9161
8 1048576 120000 0.7320
8 1048576 300000 0.5220
64 4262400 1905 0.9887
64 4262400 7622 0.9562
64 4262400 19054 0.8973
ROWS

echo "1..$planned passed"
