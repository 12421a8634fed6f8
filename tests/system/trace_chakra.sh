#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_chakra.sh OIO SOURCE: the importer of Chakra execution traces, on captures that an encoder in awk writes here. What must come out is
# worked out by hand, is a closed form, or is what `oio trace generate` makes.
. "$(dirname "$0")/trace_shell.sh"
encoder=$2/tests/system/chakra_encode.awk

# rank NAME: stdin, nodes in text, becomes NAME.
rank() { printf "$(LC_ALL=C awk -f "$encoder")" >"$1"; }
records() { zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $5, $6, $7 }'; }
# canonical FILE: the messages with those that they wait for, each named by its source and its number there: equal for equal traffic.
canonical() {
  zcat "$1" | awk '/^[0-9]/ {
    name[$6] = $2 "." $3 "." count[$2, $3]++
    n = $7 == "-" ? 0 : split($7, wait, ",")
    delete of
    for (i = 1; i <= n; i++) { split(wait[i], part, "+"); of[i] = name[part[1]] "+" part[2] }
    for (i = 2; i <= n; i++) for (j = i; j > 1 && of[j] < of[j - 1]; j--) { t = of[j]; of[j] = of[j - 1]; of[j - 1] = t }
    text = name[$6] " " $4 " " $5
    for (i = 1; i <= n; i++) text = text " " of[i]
    print text
  }' | sort
}

sentence "sends and receives are matched across the files of the ranks, and compute nodes are delays"
mkdir two
rank two/x.0.et <<'X'
0 4 3 - -
1 5 0 - 0 comm_size=4096 comm_dst=1 comm_tag=5
2 6 0 - 1 comm_size=64 comm_src=1 comm_tag=6
3 4 2 2 -
4 5 0 3 - comm_size=128 comm_dst=1 comm_tag=5
X
rank two/x.1.et <<'X'
10 6 0 - - comm_size=4096 comm_src=0 comm_tag=5
11 4 1 - 10
12 5 0 - 11 comm_size=64 comm_dst=0 comm_tag=6
13 6 0 - 12,99 comm_size=128 comm_src=0 comm_tag=5
X
"$oio" trace import -o out/t.gz two >shown
records >got
printf '%s\n' '3000000 0 1 4096 0 -' '4000000 1 0 64 1 0+1000000' '6000000 0 1 128 2 0+2000000,1+2000000' | cmp - got
grep -q '; 1 dependencies on nodes that are not in the file left out$' shown || fail "$(cat shown)"

sentence "a Chakra trace is known whatever the length of its first message is: that of a brace, a bracket, white space"
mkdir lengths
cp two/x.1.et lengths
for length in 9 10 13 32 35 47 91 123; do
  { printf "$(printf '\\%03o\\012\\%03o' $length $((length - 2)))0.0.4%0$((length - 7))d" 0; tail -c +9 two/x.0.et; } >lengths/x.0.et
  "$oio" trace import -o out/t.gz lengths/x.0.et lengths/x.1.et >shown
  records | cmp - got
done

sentence "a ring all-reduce of eight ranks is that of oio trace generate, message by message"
mkdir ring
for r in 0 1 2 3 4 5 6 7; do printf '0 7 99 - - is_cpu_op=0 comm_type=0 comm_size=1048576\n' | rank ring/r.$r.et; done
"$oio" trace import --algorithm ring -o out/t.gz ring >shown
"$oio" trace generate --net loop:8 --generate all-reduce --set workload.bytes=1048576 --set workload.algorithm=ring -o out/g.gz >shown
canonical out/t.gz >got
canonical out/g.gz | cmp - got
same 112 "$(wc -l <got | tr -d ' ')"
for kind in 2:all-gather:8388608 7:reduce-scatter:1048576 6:all-to-all:1048576 5:broadcast:1048576; do
  type=${kind%%:*} rest=${kind#*:}
  for r in 0 1 2 3 4 5 6 7; do printf '0 7 99 - - is_cpu_op=0 comm_type=%s comm_size=1048576\n' "$type" | rank ring/r.$r.et; done
  "$oio" trace import -o out/t.gz ring >shown
  "$oio" trace generate --net star:8 --generate "${rest%%:*}" --set workload.bytes="${rest#*:}" -o out/g.gz >shown
  canonical out/t.gz >got
  canonical out/g.gz | cmp - got
done

sentence "its time is 2(n-1)(alpha + S/(n B)) within 0.1 %, alpha and B from single messages"
for r in 0 1 2 3 4 5 6 7; do printf '0 7 99 - - is_cpu_op=0 comm_type=0 comm_size=1048576\n' | rank ring/r.$r.et; done
"$oio" trace import --algorithm ring -o out/t.gz ring >shown
for bytes in 65536 262144; do
  printf 'oio-trace 1\nnodes 8\n---\n0 0 1 0 %s 0 -\nend 1\n' $bytes >single.$bytes
  "$oio" sim --net loop:8 --fidelity event --trace single.$bytes --json single.json >shown
  jq '.latency_ps.max // .latency_ps.maximum' single.json >took.$bytes
done
"$oio" sim --net loop:8 --fidelity event --trace out/t.gz --json run.json >shown
same '112 0' "$(jq -r '"\(.delivered) \(.lost)"' run.json)"
jq -n --argjson small "$(cat took.65536)" --argjson large "$(cat took.262144)" \
  --slurpfile run run.json '
  (($large - $small) / (262144 - 65536)) as $ps_a_byte | ($small - 65536 * $ps_a_byte) as $alpha
  | (14 * ($alpha + 1048576 / 8 * $ps_a_byte)) as $form
  | ($run[0].critical_path_ps | add) as $took
  | {$form, $took, off: (($took - $form) / $form)}' >against
jq -e '.off < 0.001 and .off > -0.001' against >/dev/null || fail "$(cat against)"

sentence "one file stands for all ranks, what the CPU says twice is counted once"
rank one.et <<'X'
1 4 10 - -
2 7 5 - 1 is_cpu_op=1 comm_type=0 comm_size=800
3 7 7 - 2 is_cpu_op=0 comm_type=0 comm_size=800
4 7 7 - 3 is_cpu_op=0
X
rm out/*
refuses 2 '^one.et: the file of one rank; .*--ranks' import -o out/t.gz one.et
"$oio" trace import --ranks 4 --algorithm ring -o out/t.gz one.et >shown
grep -q '^24 records, 4 nodes, .* 4800 bytes; 4 collectives without a size and kind taken as times; 4 collectives of the CPU, twins of a kernel taken as times$' shown ||
  fail "$(cat shown)"
same "15000000" "$(records | awk '{ print $1 }' | sort -u)"

sentence "process groups are collectives of their own, and what not all of a group come to is counted"
mkdir groups
for r in 0 1 2 3; do
  other=$((r / 2))
  { printf '1 7 0 - - comm_type=0 comm_size=400 pg_name="g%s"\n' $other; [ $r = 3 ] || printf '2 7 0 - 1 comm_type=0 comm_size=800 pg_name="all"\n'
    [ $r = 0 ] && printf '3 7 0 - 2 comm_type=0 comm_size=800 pg_name="all"\n'; true; } | rank groups/g.$r.et
done
"$oio" trace import --algorithm ring -o out/t.gz groups >shown
grep -q '; 1 collectives that not all ranks come to left out$' shown || fail "$(cat shown)"
# Two rings of two, 2 x 1 sends a rank; one of the three that all of "all" come to, 2 x 2 sends a rank.
same 20 "$(records | wc -l | tr -d ' ')"
same 8 "$(records | awk '$4 == 200' | wc -l | tr -d ' ')"
rm out/*

sentence "twenty thousand nodes one behind the other are walked; a cycle is refused by its names"
awk 'BEGIN { for (i = 1; i <= 20000; i++) print i, 4, 1, "-", (i > 1 ? i - 1 : "-"); print "20001 7 0 - 20000 comm_type=0 comm_size=80" }' | rank deep.et
"$oio" trace import --ranks 2 --algorithm ring -o out/t.gz deep.et >shown
same 20000000000 "$(records | awk '{ print $1 }' | sort -u)"
rm out/*
printf '1 4 1 2 -\n2 4 1 - 1\n3 7 0 - 2 comm_type=0 comm_size=80\n' | rank cycle.et
refuses 2 '^cycle.et: a cycle: node [12] "n[12]" (rank 0) comes after itself, by way of node [12] "n[12]" (rank 0); .*--deps data' import --ranks 2 -o out/t.gz cycle.et
"$oio" trace import --deps data --ranks 2 -o out/t.gz cycle.et >shown
grep -q '; 2 control dependencies left out' shown || fail "$(cat shown)"
rm out/*

sentence "what is wrong is said in one line"
head -c 30 one.et >cut.et
refuses 2 '^cut.et: byte [0-9]*: the file ends inside a node' import --ranks 2 -o out/t.gz cut.et
printf '\007\012\0050.0.4\377\377\377\377\017' >huge.et
refuses 2 '^huge.et: byte [0-9]*: a node of more than 16 MiB' import --ranks 2 -o out/t.gz huge.et
printf '1 5 0 - - comm_size=5 comm_dst=1\n' | rank send.et
refuses 2 '^send.et: node 1 of the file: a send or receive, and one file cannot stand' import --ranks 2 -o out/t.gz send.et
printf '1 7 0 - - comm_size=5 comm_type=10\n' | rank kind.et
refuses 2 '^kind.et: node 1 of the file: a comm_type' import --ranks 2 -o out/t.gz kind.et
printf '1 4 0 - -\n1 4 0 - -\n' | rank twice.et
refuses 2 '^twice.et: node 2 of the file: its id is there twice' import --ranks 2 -o out/t.gz twice.et
mv groups/g.1.et groups/g.7.et
refuses 2 'g.2.et: the file of rank 1 is missing' import -o out/t.gz groups
echo '{"workload_graph": []}' >small.json
refuses 2 '^small.json: Chakra.s JSON says no sizes' import -o out/t.gz small.json
