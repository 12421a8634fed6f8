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

echo "1..$planned passed"
