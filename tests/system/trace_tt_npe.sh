#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_tt_npe.sh OIO: the tt-npe importer on captures written here, and an interrupt in the middle of an import.
. "$(dirname "$0")/trace_shell.sh"

mkdir capture
cat >capture/noc_trace_dev0.json <<'X'
[
  {"zone": "KERNEL", "timestamp": 0},
  {"src_device_id": 0, "dst_device_id": 0, "num_bytes": 64, "timestamp": 5, "type": "WRITE_"},
  {"src_device_id": 0, "dst_device_id": 0, "num_bytes": 100, "timestamp": 30, "type": "FABRIC_UNICAST_WRITE",
   "fabric_send": {"eth_chan": 1, "hops": 2}},
  {"src_device_id": 0, "num_bytes": 32, "timestamp": 40, "type": "FABRIC_UNICAST_ATOMIC_INC", "fabric_send": {"eth_chan": 1, "hops": 1}},
  {"src_device_id": 0, "num_bytes": 0, "timestamp": 41, "type": "FABRIC_FLUSH"}
]
X
cat >capture/noc_trace_dev2.json <<'X'
[{"src_device_id": 2, "dst_device_id": 0, "num_bytes": 200, "timestamp": 30, "type": "READ"},
 {"src_device_id": 2, "dst_device_id": 1, "num_bytes": 7, "timestamp": 10, "type": "WRITE_"}]
X
cat >capture/topology.json <<'X'
{"forwarding_channel_pairs": [{"device_id": 1, "channels": [4, 3]}],
 "inter_device_channel_pairs": [{"local_device_id": 1, "local_eth_channel": 3, "remote_device_id": 0, "remote_eth_channel": 1},
                                {"local_device_id": 1, "local_eth_channel": 4, "remote_device_id": 2, "remote_eth_channel": 9}]}
X
echo '[{"src_device_id": 9, "dst_device_id": 8, "num_bytes": 1, "timestamp": 1, "type": "WRITE_"}]' >capture/combined.json

sentence "a folder's raw captures are merged by time, their destinations found along the topology"
"$oio" trace import -o out/t.gz capture >shown
same 2 "$(wc -l <shown)"
cat >expected <<'X'
oio-trace 1
nodes 3
source tt-npe capture, 1000 ps per cycle
---
10000 2 1 0 7 0 -
30000 0 2 0 100 1 -
30000 0 2 1 200 2 -
40000 0 1 2 32 3 -
end 4
X
zcat out/t.gz | cmp - expected
grep -q '3 events between no two nodes left out' shown || fail "$(cat shown)"
rm out/*

sentence "that a capture has no waits is said, and what would need them is refused"
"$oio" trace import -o out/t.gz capture >/dev/null 2>stderr
same 'oio trace import: no waits and no delays: a tt-npe capture records neither, so a replay moves nothing' "$(cat stderr)"
echo '[{"src_device_id": 0, "dst_device_id": 1, "num_bytes": 8, "timestamp": 1, "type": "WRITE_"},
  {"src_device_id": 1, "dst_device_id": 1, "num_bytes": 0, "timestamp": 2, "type": "SEMAPHORE_WAIT"},
  {"src_device_id": 1, "dst_device_id": 1, "num_bytes": 0, "timestamp": 3, "type": "SEMAPHORE_WAIT"}]' >waits.json
"$oio" trace import -o out/t.gz waits.json >/dev/null 2>stderr
same 'oio trace import: no waits and no delays: for what its 2 SEMAPHORE_WAIT are a tt-npe capture does not say, so a replay moves nothing' "$(cat stderr)"
rm out/*
refuses 2 '^--delivery-ps has no effect on a tt-npe capture; leave it out' import --delivery-ps 5 -o out/t.gz capture

sentence "named files, in any order, give the same; without a folder's name too"
"$oio" trace import -o out/a.gz capture/noc_trace_dev0.json capture/noc_trace_dev2.json >/dev/null
(cd capture && "$oio" trace import --vc-by single --cycle-ps 500 -o ../out/b.gz noc_trace_dev2.json noc_trace_dev0.json >/dev/null)
zcat out/a.gz | cmp - expected
same "5000:2:0 15000:0:0 15000:0:0 20000:0:0 " "$(zcat out/b.gz | awk '/^[0-9]/ { printf "%s:%s:%s ", $1, $2, $4 }')"
rm out/*

sentence "a way in the event itself needs no topology"
echo '[{"src_device_id": 3, "num_bytes": 9, "timestamp": 2, "type": "FABRIC_UNICAST_WRITE",
  "fabric_send": {"eth_chan": 1, "hops": 1, "path": [{"device": 3}, {"device": 5}]}}]' >way.json
"$oio" trace import -o out/t.gz way.json >/dev/null
same "2000 3 5 0 9 0 -" "$(zcat out/t.gz | grep '^[0-9]')"
rm out/*

wrong() { # wrong PATTERN: stdin is the file
  cat >bad.json
  refuses 2 "^bad.json:$1.*; " import --format tt-npe -o out/t.gz bad.json
}
event='{"src_device_id": 1, "dst_device_id": 0, "num_bytes": 64, "timestamp": 5, "type": "WRITE_"}'
sentence "bad JSON is refused with its line"
printf '[\n%s,\n{"a": }\n]\n' "$event" | wrong '3: unexpected token'
printf '[\n%s,\n{"a": 1,\n "b"' "$event" | wrong '4: '
printf '[\n%s\n' "$event" | wrong '3: a comma or ]'
printf '[\n%s\n%s]' "$event" "$event" | wrong '3: a comma or ]'
printf '[%s,]' "$event" | wrong '1: an event in braces'
printf '[%s]\n\n[]' "$event" | wrong '3: there is more after'
printf '[1, 2]' | wrong '1: an event in braces'
printf '{"a": 1}' | wrong '1: no JSON array'
printf '[%s,\n {"a": 1, "a": 2}]' "$event" | wrong '2: duplicate object key'
: | wrong '1: no JSON array'
awk 'BEGIN { printf "[{\"a\": "; for (i = 0; i < 100000; i++) printf "["; }' | wrong '1: '
sentence "an event that cannot be used is refused with its line"
printf '[\n%s,\n%s]' "$event" '{"src_device_id": 1, "dst_device_id": 0, "num_bytes": 64, "timestamp": -5, "type": "W"}' | wrong '3: no timestamp'
printf '[\n%s]' '{"src_device_id": 1, "dst_device_id": 0, "num_bytes": 64, "timestamp": 5.5, "type": "W"}' | wrong '2: no timestamp'
printf '[\n%s]' '{"src_device_id": 1, "dst_device_id": 0, "num_bytes": 64, "timestamp": 9223372036854775807, "type": "W"}' | wrong '2: .*beyond 2^62'
printf '[%s]' '{"src_device_id": 1, "dst_device_id": 0, "num_bytes": 1073741825, "timestamp": 1, "type": "W"}' | wrong '1: num_bytes'
printf '[%s]' '{"src_device_id": 1, "dst_device_id": 0, "num_bytes": "9", "timestamp": 1, "type": "W"}' | wrong '1: num_bytes'
printf '[%s]' '{"src_device_id": 65536, "dst_device_id": 0, "num_bytes": 9, "timestamp": 1, "type": "W"}' | wrong '1: .*without src_device_id'
printf '[%s]' '{"src_device_id": 1, "num_bytes": 9, "timestamp": 1, "type": "FABRIC_X"}' | wrong '1: a fabric event without'
printf '[%s]' '{"zone": 1}' >bad.json
refuses 2 '^bad.json: no event crosses devices' import -o out/t.gz bad.json
sentence "a topology that is missing, broken or of another capture is refused"
fabric='{"src_device_id": 0, "num_bytes": 9, "timestamp": 1, "type": "FABRIC_X", "fabric_send": {"eth_chan": 1, "hops": 3}}'
echo "[$fabric]" >bad.json
refuses 2 '^topology.json:1: ' import -o out/t.gz bad.json
printf '{\n"a": }' >topology.json
refuses 2 '^topology.json:2: ' import -o out/t.gz bad.json
echo '{}' >topology.json
refuses 2 '^topology.json:1: no inter_device' import -o out/t.gz bad.json
cp capture/topology.json .
refuses 2 '^bad.json:1: topology.json does not say' import -o out/t.gz bad.json
mkdir nothing
refuses 2 '^nothing: no .json file' import -o out/t.gz nothing

sentence "an interrupt leaves nothing and exits with 130"
awk 'BEGIN { print "["; for (i = 0; i < 800000; i++) printf "{\"src_device_id\": 1, \"dst_device_id\": 0, \"num_bytes\": 64, \"timestamp\": %d, \"type\": \"WRITE_\"},\n", i
             print "{}]" }' >large.json
"$oio" trace import -o out/t.gz large.json >stdout 2>stderr &
# It is awaited: by the program, not by the shell that is to become it.
until [ "$(cat /proc/$!/comm)" = oio ] && grep -q '^SigCgt:.*[2367abef]$' /proc/$!/status; do sleep 0.01; done
kill -INT $!
status=0
wait $! || status=$?
same 130 "$status"
same "" "$(ls out)"
grep -q 'interrupted; nothing was written' stderr || fail "$(cat stderr)"
