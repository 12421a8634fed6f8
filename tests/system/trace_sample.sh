#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_sample.sh OIO SOURCE: the shipped traces are what traces/MANIFEST says.
check=$(cd "$(dirname "$0")" && pwd)/trace_ring.awk
source=$2
. "$(dirname "$0")/trace_shell.sh"

sentence "every shipped trace is in the manifest, with its sha256"
awk '$1 == "name:" { name = $2 } $1 == "sha256:" { print $2 "  " name }' "$source/traces/MANIFEST" >sums
(cd "$source/traces" && sha256sum --check --strict --quiet "$folder/sums")
same "$(cd "$source/traces" && ls | grep -v '^MANIFEST$')" "$(awk '{ print $2 }' sums | sort)"
sentence "the manifest says the command, the version, the date and the machine of each"
for key in command version date machine licence content; do
  same "$(wc -l <sums)" "$(grep -c "^$key: *[^ ]" "$source/traces/MANIFEST")"
done
sentence "the all-reduce reads whole and is the ring of its command"
trace=$source/traces/ring-allreduce-8.oiotrace.gz
gzip -t "$trace"
zcat "$trace" | awk -v W=8 -v R=4 -v B=262144 -v P=4096 -f "$check"
"$oio" trace info --json "$trace" >json
same 3584 "$(jq .records json)"
same "$(zcat "$trace" | tail -1)" "end 3584"
same "$(zcat "$trace" | awk '/^[0-9]/ && ($2 == 3 || $2 == 7) { b += $5 } END { print b }')" "$(jq '.crossing[0].bytes + .crossing[1].bytes' json)"
sentence "the part of hpcc reads whole, and is what its certificate says"
trace=$source/traces/hpcc-4.oiotrace.gz
gzip -t "$trace"
"$oio" trace info --json "$trace" >json
same "6000 4 212653239" "$(jq -r '"\(.records) \(.nodes) \(.bytes)"' json)"
same "6000 212653239" "$(zcat "$trace" | awk '/^[0-9]/ { n++; b += $5 } END { printf "%d %d\n", n, b }')"
same 0 "$(zcat "$trace" | awk '/^[0-9]/ && $7 == "-" { bad += ++n > 4 } END { print bad + 0 }')" # each rank begins once
sentence "no shipped trace is above 150 KB"
same "" "$(find "$source/traces" -type f -size +150k)"
sentence "the example in docs/trace-format.md is a trace"
sed -n '/^    oio-trace 1$/,/^    end /s/^    //p' "$source/docs/trace-format.md" >example
"$oio" trace info --json example | jq -e '.records == 3 and .waits == 1' >/dev/null || fail "the example"
