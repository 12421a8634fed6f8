#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# digests.sh OIO SOURCE COMMAND...: COMMAND, which is `oio sim` and `oio net` on another processor, and OIO find the same to the last digit: wire and
# decision digests, latencies, counts, routes. A host of tests/cosim/digest.sh like any other, and then what is apart. On a difference, the two commands.
set -u
oio=$1 source=$2
shift 2
other=("$@")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bad=0

# Without gzip, which not every build has. It stays where the test runs, for a replay.
trace=$PWD/ring-allreduce-8.oiotrace
zcat "$source/traces/ring-allreduce-8.oiotrace.gz" >"$folder/trace" && mv "$folder/trace" "$trace" || exit 1
host=$folder/other
printf '#!/bin/sh\nexec %s sim "$@"\n' "${other[*]}" >"$host"
chmod +x "$host"
"$source/tests/cosim/digest.sh" "$trace" "$oio" "$host" >"$folder/said" 2>"$folder/said_apart" || bad=1
[ $bad -eq 0 ] || cat "$folder/said_apart"
sed "s|$host|${other[*]} sim|g" "$folder/said"

# exact ARGUMENT...: the results of a run, text for text.
exact() {
  local timed='"\(host\|wall_s\|cpu_s\|flit_hops_per_cpu_s\)":'
  "$oio" sim "$@" --quiet --json - | grep -v "$timed" >"$folder/here"
  "${other[@]}" sim "$@" --quiet --json - | grep -v "$timed" >"$folder/there"
  grep -q '"wire_digest": ' "$folder/here" && cmp "$folder/here" "$folder/there" && return
  echo "results differ; replay: $oio sim $*; ${other[*]} sim $*"
  bad=1
}
# Messages so far apart that the last digit of the logarithm between them, and of their sum, is some picoseconds.
for kind in poisson burst; do
  for seed in 1 2 3; do
    exact --generate $kind --seed $seed --load 0.00001 --messages 2000 --fidelity event --set optical.lanes=1 --set optical.lane_rate_gbps=0.001
  done
done

# paper ARGUMENT...: of a net on paper, what is printed for programs and the drawing, byte for byte.
paper() {
  "$oio" net show "$@" --json --svg "$folder/here.svg" >"$folder/here" 2>&1
  local status=$?
  "${other[@]}" net show "$@" --json --svg "$folder/there.svg" >"$folder/there" 2>&1
  [ $? -eq $status ] && [ $status -lt 2 ] && cmp "$folder/here" "$folder/there" && cmp "$folder/here.svg" "$folder/there.svg" && return
  echo "nets differ; replay: $oio net show $* --json; ${other[*]} net show $* --json"
  bad=1
}
for net in pair full:5 loop:7 star:9 ring:8 mesh:4x3 torus:4x3x3 fat-tree:4 leaf-spine:4,3,2; do
  for pattern in uniform hot-spot; do paper --pattern $pattern --no-datelines --route 0:1 $net; done
done

[ $bad -eq 0 ]
