#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_netrace.sh OIO: the netrace importer on captures made byte by byte here.
. "$(dirname "$0")/trace_shell.sh"

good() {
  netrace_header 8 4
  netrace_packet 10 5 1 0 7 7
  netrace_packet 12 6 27 3 4 8 7
  netrace_packet 12 7 2 7 0 99
  netrace_packet 20 8 6 1 2
}

sentence "packets come out with upstream waits, ids from 0, and bytes and channel by type"
good | bzip2 >good.tra.bz2
"$oio" trace import --map 0-3:0,4-7:1 -o out/t.gz good.tra.bz2 >shown
same 2 "$(wc -l <shown)"
grep -q '^4 records, 8 nodes, span 0.005000 us, 160 bytes; 1 dependents beyond the end left out$' shown || fail "$(cat shown)"
cat >expected <<'X'
oio-trace 1
nodes 8
map 0-3:0,4-7:1
source netrace made by hand, 500 ps per cycle
---
5000 0 7 0 8 0 -
6000 3 4 3 8 1 -
6000 7 0 1 72 2 0,1
10000 1 2 2 72 3 1
end 4
X
zcat out/t.gz | cmp - expected
"$oio" trace info out/t.gz >/dev/null
rm out/*

sentence "when packets were delivered is not in the capture: without --delivery-ps there are no delays, and that is said"
"$oio" trace import -o out/t.gz good.tra.bz2 >/dev/null 2>stderr
same 'oio trace import: no delays: netrace does not say when a packet was delivered; give --delivery-ps' "$(cat stderr)"
sentence "with --delivery-ps what is left of a gap is the delay, and a packet that waits may come as early as the last that does not"
"$oio" trace import --delivery-ps 300 --dies 4 --map 0-3:3,4-7:0 -o out/t.gz good.tra.bz2 >/dev/null 2>stderr
same 'oio trace import: 1 of 4 messages entered within --delivery-ps after what they wait for, and have no delay' "$(cat stderr)"
# 2 waits for 6,000 + 300 at 6,000 already; 3 waits for it too, and enters at 10,000: 3,700 after.
cat >expected <<'X'
oio-trace 2
nodes 8
dies 4
map 0-3:3,4-7:0
source netrace made by hand, 500 ps per cycle
---
5000 0 7 0 8 0 -
6000 3 4 3 8 1 -
6000 7 0 1 72 2 0,1
6000 1 2 2 72 3 1+3700
end 4
X
zcat out/t.gz | cmp - expected
rm out/*
sentence "a link that takes what was said gives the recorded times; another keeps the delays of 41,930 ps"
{ netrace_header 8 3; netrace_packet 100 0 1 0 1 1; netrace_packet 200 1 1 1 2 2; netrace_packet 300 2 1 2 3; } | bzip2 >chain.tra.bz2
"$oio" trace import --delivery-ps 8070 -o out/t.gz chain.tra.bz2 >/dev/null
ends() { "$oio" sim --net full:8 --trace out/t.gz --json - "$@" | jq .sim_time_ps; }
same $((150000 + 8070)) "$(ends)"
same $((50000 + 3 * 78000 + 2 * 41930)) "$(ends --set package.length_m=10)"
same $((50000 + 3 * 8000 + 2 * 41930)) "$(ends --set package.length_m=0)"
rm out/*

sentence "every message type has its size and channel"
for row in 1:8:0 2:72:1 3:72:1 4:72:0 5:8:1 6:72:2 13:8:0 14:8:1 15:8:0 16:72:1 25:8:1 27:8:3 28:8:4 29:8:3 30:72:4; do
  { netrace_header 8 1; netrace_packet 0 0 "${row%%:*}" 0 1; } | bzip2 >t.tra.bz2
  "$oio" trace import -o out/t.gz t.tra.bz2 >/dev/null
  same "$row" "$(zcat out/t.gz | awk -v type="${row%%:*}" '/^[0-9]/ { print type ":" $5 ":" $4 }')"
done
rm out/*

sentence "the cycle and a single channel can be asked for, and the name is derived"
cp good.tra.bz2 out/ && cd out && "$oio" trace import --format netrace --cycle-ps 1000 --vc-by single good.tra.bz2 >/dev/null && cd ..
same "10000 0 12000 0 12000 0 20000 0 " "$(zcat out/good.oiotrace.gz | awk '/^[0-9]/ { printf "%s %s ", $1, $4 }')"
rm out/*

sentence "packets out of order are sorted, equal cycles in the order of the file"
{ netrace_header 8 3; netrace_packet 9 2 1 2 0; netrace_packet 5 0 1 0 0 2; netrace_packet 9 1 1 1 0; } | bzip2 >t.tra.bz2
"$oio" trace import -o out/t.gz t.tra.bz2 >/dev/null
same "0:- 2:0 1:- " "$(zcat out/t.gz | awk '/^[0-9]/ { printf "%s:%s ", $2, $7 }')"
rm out/*

wrong() { # wrong PATTERN: stdin is the capture before bzip2
  bzip2 >bad.tra.bz2
  refuses 2 "^bad.tra.bz2: $1.*; " import -o out/t.gz bad.tra.bz2
}
sentence "an invalid type names its record"
{ netrace_header 8 2; netrace_packet 0 0 1 0 1; netrace_packet 0 1 7 0 1; } | wrong 'record 2 .*type 7 is not'
{ netrace_header 8 1; netrace_packet 0 0 31 0 1; } | wrong 'record 1 .*type 31 is not'
sentence "a node beyond the header's names its record"
{ netrace_header 8 1; netrace_packet 0 0 1 0 8; } | wrong 'record 1 .*node 8 is beyond'
sentence "fewer packets than the header says, or more, are refused"
{ netrace_header 8 2; netrace_packet 0 0 1 0 1; } | wrong 'byte 119 .*ends inside a record'
{ netrace_header 8 1; netrace_packet 0 0 1 0 1; printf x; } | wrong 'byte 120 .*more records than'
{ netrace_header 8 1; netrace_packet 0 0 1 0 1 5 6 | head -c 24; } | wrong 'byte 122 .*inside a record.s dependents'
netrace_header 8 1 | head -c 30 | wrong 'byte 30 .*inside the header'
netrace_header 8 1 | head -c 80 | wrong 'byte 80 .*inside the table of regions'
sentence "a wrong magic, version or no nodes is refused"
{ printf 'XXXX'; head -c 200 /dev/zero; } | wrong 'byte 72 .*no netrace header'
{ netrace_header 8 0 | head -c 6; printf '\000\100'; head -c 90 /dev/zero; } | wrong 'byte 72 .*not netrace version 1.0'
netrace_header 0 0 | wrong 'byte 72 .*0 nodes'
sentence "dependents that cannot be are refused"
{ netrace_header 8 2; netrace_packet 5 0 1 0 1 1; netrace_packet 4 1 1 0 1; } | wrong 'record 2 waits for record 1'
{ netrace_header 8 1; netrace_packet 5 0 1 0 1 0; } | wrong 'record 1 waits for record 1'
{ netrace_header 8 2; netrace_packet 5 0 1 0 1 1; netrace_packet 6 2 1 0 1; } | wrong 'record 1: its dependent packet 1 is not in the file'
{ netrace_header 8 2; netrace_packet 5 3 1 0 1; netrace_packet 6 3 1 0 1; } | wrong 'record 2: packet id 3 is there twice'
sentence "a time beyond 2^62 ps is refused"
{ netrace_header 8 1; netrace_packet 9223372036854775807 0 1 0 1; } | wrong 'record 1 .*beyond 2^62 ps'
sentence "damaged bzip2 data is refused: cut anywhere, or with bytes behind it"
size=$(wc -c <good.tra.bz2)
cut=3
while [ "$cut" -lt "$size" ]; do
  head -c "$cut" good.tra.bz2 >bad.tra.bz2
  refuses 2 '^bad.tra.bz2: ' import --format netrace -o out/t.gz bad.tra.bz2
  cut=$((cut + 7))
done
{ cat good.tra.bz2; printf x; } >bad.tra.bz2
refuses 2 'bytes after the end of the bzip2 data' import -o out/t.gz bad.tra.bz2
{ head -c 60 good.tra.bz2; printf '\125\125'; tail -c +63 good.tra.bz2; } >bad.tra.bz2
refuses 2 'bzip2 data is damaged' import -o out/t.gz bad.tra.bz2
sentence "what is neither format is refused, and so is a second netrace file"
echo 'VCD file' >x
refuses 2 '^x: byte 0: a capture of none of the formats that can be read (.*netrace' import -o out/t.gz x
: >empty
refuses 2 '^empty: byte 0: a capture of none' import -o out/t.gz empty
refuses 2 '^/nowhere: cannot be opened' import -o out/t.gz /nowhere
refuses 2 'a second netrace file' import -o out/t.gz good.tra.bz2 good.tra.bz2
sentence "a map that does not fit is refused"
refuses 2 'the map leaves out node 4' import --map 0-3:0 -o out/t.gz good.tra.bz2
refuses 2 'the map names die 2' import --map 0-7:2 -o out/t.gz good.tra.bz2
sentence "an output that cannot be written is named, with exit status 2"
refuses 2 '^/nowhere/t.gz: cannot be created: No such file' import -o /nowhere/t.gz good.tra.bz2
refuses 2 '^/dev/full: cannot be written: No space left' import -o /dev/full good.tra.bz2
