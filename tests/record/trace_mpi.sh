#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_mpi.sh OIO [RECORD_CASES LATE_CLOCK]: MPI programs whose messages are listed by hand (record_cases.c), recorded as they run.
cases=${2:-} late_clock=${3:-}
[ -n "$cases" ] || { echo "skipped: this build has no recorder (libopenmpi-dev), or no mpirun (openmpi-bin)"; exit 77; }
. "$(dirname "$0")/../system/trace_shell.sh"

# A machine of any size, without a network, and for root too.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl=self,vader
export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_plm_rsh_agent=false TMPDIR="$folder/tmp"
mkdir "$TMPDIR"

# record STATUS RANKS CASE [OPTION...]: into out/t.gz; what it said is in said.
record() {
  want=$1 ranks=$2 name=$3 got=0
  shift 3
  timeout 300 "$oio" trace record "$@" -o out/t.gz mpirun -n "$ranks" "$cases" "$name" >said 2>&1 || got=$?
  [ "$got" = "$want" ] || fail "$name: exit status $got, not $want: $(cat said)"
}
records() { zcat out/t.gz | grep '^[0-9]'; }
# messages: "source destination bytes times", of different nodes and sorted.
messages() { records | awk '$2 != $3 { n[$2 " " $3 " " $5]++ } END { for (m in n) print m, n[m] }' | sort -n; }
# expected: the same of lines "source destination bytes".
expected() { awk '{ n[$0]++ } END { for (m in n) print m, n[m] }' | sort -n; }
says() { grep -q -- "$1" said || fail "'$1' is not said: $(cat said)"; }
says_not() { ! grep -q -- "$1" said || fail "'$1' is said: $(cat said)"; }

sentence "a ring is eleven messages, each behind the one before and a millisecond of its rank"
record 0 4 ring
records | awk '{ split($7, w, "+") } $2 != NR % 4 - 1 + 4 * (NR % 4 == 0) || $3 != NR % 4 || $5 != 100 { bad = 1 }
  NR > 1 && (w[1] != NR - 2 || w[2] < 1000000000) { bad = 1 } END { exit bad || NR != 11 }' || fail "$(zcat out/t.gz)"
says_not partial
says_not "left out"
same "oio-trace 2" "$(zcat out/t.gz | head -1)"
"$oio" sim --net full:4 --trace out/t.gz --fidelity event --quiet || fail "a replay"

sentence "times are those of the clock, also when the processor goes to another program while the recorder looks at it"
timeout 300 "$oio" trace record -o out/t.gz mpirun -n 2 sh -c "LD_PRELOAD=\$LD_PRELOAD:$late_clock exec $cases ring" >said 2>&1 || fail "exit status $?: $(cat said)"
records | awk '{ split($7, w, "+") } NR > 1 && w[2] < 1000000000 { bad = 1 } END { exit bad || NR != 5 }' || fail "$(zcat out/t.gz)"

sentence "a receive of any source and tag is of the message that it got"
record 0 3 wildcard
same "$(printf '%s\n' '1 0 10' '1 0 10' '2 0 20' '2 0 20' '0 1 21' '0 1 31' '0 2 22' '0 2 32' | expected)" "$(messages)"
says_not "matches"
records | awk '$3 == 0 { n[$2]++; id[$2, n[$2]] = $6 }
  $2 == 0 { k = ++a[$3]; if (index("," $7, "," id[$3, k] "+") == 0) bad = 1 } END { exit bad }' || fail "an answer waits for another message: $(records)"

sentence "nonblocking messages end in any order: waitany, waitsome, testsome, testall"
record 0 3 nonblocking
same "$(for r in 0 1 2; do for b in 8 1000 2000 3000 4000; do echo "$r $(((r + 1) % 3)) $b"; done; done | expected)" "$(messages)"
says_not "matches"
says_not "of whose end"
# The synchronous one begins when all four of the rank before have come.
records | awk '$5 != 8 { if ($3 in came) came[$3] = came[$3] " " $6; else came[$3] = $6 } $5 == 8 { n = split(came[$2], id, " ")
  for (i = 1; i <= n; i++) if (index("," $7, "," id[i] "+") == 0) bad = 1; if (n != 4) bad = 1 } END { exit bad }' || fail "$(records)"

sentence "persistent requests, sendrecv, messages to oneself and to nobody, cancelled receives and probes"
record 0 3 other
same "$({ for r in 0 1 2; do n=$(((r + 1) % 3)); printf '%s\n' "$r $n 500" "$r $n 500" "$r $n 1"; done; echo 0 1 256; echo 0 1 128; } | expected)" "$(messages)"
same "3" "$(records | awk '$2 == $3 && $5 == 700' | wc -l)"
says "3 messages of no bytes given one"
says "1 receives that were cancelled left out"
says "1 probes that found a message"
says_not "matches"

sentence "tests and probes that find nothing are counted, each of them, and one that finds ends its message"
record 0 2 asks
says "1000 tests and probes that found nothing"
same "0 1 65 1|0 1 66 1|1 0 1 1|1 0 2 1" "$(messages | paste -sd '|')"
record 0 2 asks-until
same "0 1 77 20" "$(messages)"
says_not "matches"
says_not "of whose end"

sentence "collectives are the messages of the algorithm that is named"
record 0 4 collectives --algorithm ring
same "0 1 14|0 2 2|0 3 2|1 0 2|1 2 13|1 3 1|2 0 2|2 1 1|2 3 13|3 0 14|3 1 1|3 2 1" \
  "$(messages | awk '$3 == 1024 { print $1, $2, $4 }' | paste -sd '|')"
# Of 4096 bytes: a broadcast to all but 1, one to all but 0, and a reduce from three to 1.
same "0 1|1 4|2 2|3 2" "$(records | awk '$5 == 4096 { n[$3]++ } END { for (r in n) print r, n[r] }' | sort | paste -sd '|')"
same 6 "$(records | awk '$5 == 1' | wc -l)"
"$oio" sim --net full:4 --trace out/t.gz --fidelity event --quiet || fail "a replay"

sentence "collectives whose sizes differ by rank are sent from each to each, a scan from rank to rank"
record 0 4 uneven
same "$({ for r in 0 1 2 3; do
  for s in 0 1 2 3; do [ "$r" = "$s" ] || printf '%s\n' "$r $s $((10 * r + 10))" "$r $s $((10 * r + 10))"; done
  [ "$r" = 1 ] || printf '%s\n' "$r 1 $((10 * r + 10))" "1 $r $((10 * r + 10))"
  [ "$r" = 3 ] || echo "$r $((r + 1)) 40"
done; } | expected)" "$(messages)"
says_not "matches"

sentence "ranks of other communicators are those of the world, and messages keep to their communicator"
record 0 4 split
same "$(for r in 2 3; do for b in 111 222 333 50; do echo "$r $((r - 2)) $b"; done; echo "$((r - 2)) $r 5"; done | expected)" "$(messages)"
records | awk '$5 == 333 { whole[$3] = $6 } $5 == 5 { split($7, w, "+"); if ($7 ~ /,/ || w[1] != whole[$2]) bad = 1 } END { exit bad }' || fail "$(records)"

sentence "what is not recorded is counted"
record 0 2 window
same "0 1 6 1" "$(messages)"
says "1 one-sided operations left out"
sentence "a communicator with a process from outside is left out, and what else was recorded is there"
# Processes that are started later are found by TCP, of this machine alone.
OMPI_MCA_btl=self,vader,tcp OMPI_MCA_btl_tcp_if_include=lo
export OMPI_MCA_btl_tcp_if_include
record 0 2 spawn
OMPI_MCA_btl=self,vader
unset OMPI_MCA_btl_tcp_if_include
same "0 1 8 1" "$(messages)"
says "2 spawned programs left out"
says "4 calls on communicators with processes from outside left out"
says_not partial

sentence "a killed program leaves all that was recorded until then, marked partial"
record 1 2 crash
same "0 1 8 2000" "$(messages)"
says_not "matches"
says "partial: 2 of 2 ranks did not come to MPI_Finalize"
says "mpirun ended with status 137; the trace holds what was recorded until then"
zcat out/t.gz | grep -q '^source .*partial' || fail "$(zcat out/t.gz | head -4)"
"$oio" sim --trace out/t.gz --fidelity event --quiet || fail "a replay"
sentence "so does one that aborts, and one that is asked to end"
record 1 2 give-up
same "0 1 48 1" "$(messages)"
rm out/t.gz
"$oio" trace record -o out/t.gz mpirun -n 2 "$cases" waits >said 2>&1 &
recorder=$!
until grep -qs received said; do
  kill -0 "$recorder" 2>/dev/null || fail "it has ended: $(cat said)"
  sleep 0.05
done
kill -TERM "$recorder"
status=0
wait "$recorder" || status=$?
same 1 "$status"
same "0 1 21 1" "$(messages)"

sentence "a send of more than --eager-bytes is over when it has been delivered"
record 0 2 large --keep kept
same "- 0 1" "$(records | awk '{ sub(/\+.*/, "", $7); print $7 }' | paste -sd ' ')"
sentence "whoever starts it may ignore the end of children"
timeout 300 env --ignore-signal=CHLD "$oio" trace record -o out/u.gz mpirun -n 2 "$cases" large >said 2>&1 || fail "exit status $?: $(cat said)"
sentence "what is kept makes the same trace again, and another one with other options"
"$oio" trace import -o out/u.gz kept >said
cmp out/t.gz out/u.gz || fail "another trace"
"$oio" trace import --eager-bytes 8192 -o out/u.gz kept >said
same "- - -" "$(zcat out/u.gz | awk '/^[0-9]/ { print $7 }' | paste -sd ' ')"
sentence "what a wait took beyond the link it was recorded on is its rank's own: a recording of two ranks, written by hand"
# Rank 0 sends 10 bytes at 100 ns; rank 1 has them at 400 and answers 7 ns later. A link of 50 ns and 0.5 GB/s brings them at 170.
mkdir hand
head="oio-record 1\nrank %u\nranks 2\nprogram hand\nhost h\nlibrary l\nbegin_ns 5\n---\n\002\000\000\000\007\002"
printf "$head"'\003\144\005\000\001\000\012\000\001\000\000' 0 | gzip >hand/rank-000000.oiorec
printf "$head"'\004\000\000\000\005\000\220\003\001\001\001\000\000\003\007\000\000\000\000\013\000\001\000\000' 1 | gzip >hand/rank-000001.oiorec
"$oio" trace import -o out/u.gz hand >said
same "0+7000" "$(zcat out/u.gz | awk '$5 == 11 { print $7 }')"
"$oio" trace import --recorded-link 50:0.5 -o out/u.gz hand >said
same "0+237000" "$(zcat out/u.gz | awk '$5 == 11 { print $7 }')"
"$oio" trace import --recorded-link 280:0.5 -o out/u.gz hand >said
same "0+7000" "$(zcat out/u.gz | awk '$5 == 11 { print $7 }')"
sed_rank() { zcat "hand/rank-00000$1.oiorec" | sed "$2" | gzip >two/rank-00000$1.oiorec; }
mkdir two && sed_rank 0 's/^host h$/host g/' && sed_rank 1 's/^//'
rm out/*
refuses 2 "ranks on several machines, whose clocks nothing relates; leave --recorded-link out" import --recorded-link 50:0.5 -o out/t.gz two
"$oio" trace import -o out/t.gz kept >said
sentence "what is no link, and a link of what has none, is refused"
rm out/*
for word in 5 :5 5: 5:x 5:0 -1:5 5:5x 1.5:5 5:inf; do
  refuses 2 "recorded-link '$word' is no NS:GBS" import --recorded-link "$word" -o out/t.gz kept
done
refuses 2 "recorded-link" import --format goal --recorded-link 5:5 -o out/t.gz kept
"$oio" trace import -o out/t.gz kept >said
sentence "a rank's recording may end anywhere, and what is damaged or missing is said in a line"
bytes=$(wc -c <kept/rank-000001.oiorec)
rm out/*
for cut in 12 40 100 $((bytes / 2)) $((bytes - 12)) $((bytes - 1)); do
  rm -rf cut && mkdir cut && cp kept/rank-000000.oiorec cut && head -c "$cut" kept/rank-000001.oiorec >cut/rank-000001.oiorec
  status=0
  "$oio" trace import -o out/t.gz cut >said 2>&1 || status=$?
  [ "$status" = 2 ] && same 1 "$(wc -l <said)"
  [ "$status" = 2 ] || same "0 1 100 1|0 1 5000 1|0 1 6000 1" "$(messages | sort | paste -sd '|')"
done
mkdir one && cp kept/rank-000000.oiorec one
"$oio" trace import -o out/t.gz one >said
says "3 sends that no receive matches kept"
says "1 ranks that left no recording left out"
says "partial: 1 of 2 ranks"
: >one/rank-000001.oiorec # of a rank that was killed as it began
"$oio" trace import -o out/t.gz one >said || fail "an empty stream"
says "1 ranks that left no recording left out"
mkdir none && : >none/rank-000000.oiorec
rm out/*
refuses 2 "^none: no rank-.*.oiorec with anything in it in this folder; name that of a recording$" import --format mpi -o out/t.gz none
"$oio" trace import -o out/t.gz one >said
rm out/*
zcat kept/rank-000001.oiorec | sed 's/^rank 1$/rank 0/' | gzip >one/rank-000001.oiorec
refuses 2 '^one/rank-000001.oiorec: rank 0 is there twice; name the files of one run$' import -o out/t.gz one
zcat kept/rank-000001.oiorec | sed 's/^ranks 2$/ranks 3/' | gzip >one/rank-000001.oiorec
refuses 2 '^one/rank-000001.oiorec: one of 3 ranks, where another is of 2; name the files of one run$' import -o out/t.gz one

sentence "of two programs one after the other the first is recorded, and that is said of the second"
timeout 300 "$oio" trace record -o out/t.gz sh -c "mpirun -n 2 $cases ring; mpirun -n 2 $cases large" >said 2>&1 || fail "exit status $?: $(cat said)"
same 5 "$(records | wc -l)"
says "rank 1: .*an MPI program has been recorded there before; record one at a time; what follows is not recorded"
rm out/*

sentence "what cannot be recorded is refused by name"
record 2 2 threads
says "oio trace record: mpirun: a rank asks for MPI_THREAD_MULTIPLE"
record 2 2 nothing
says "no message between ranks was recorded"
refuses 2 "^oio trace record: true: no rank came to MPI_Init with the recorder" record -o out/t.gz true
refuses 2 "^oio trace record: ./nowhere: No such file or directory$" record -o out/t.gz ./nowhere
refuses 2 "^oio trace record: ./nowhere: No such" record --keep new -o out/t.gz ./nowhere
refuses 2 "no algorithm 'fast'" record --algorithm fast -o out/t.gz ./nowhere
refuses 2 "recorded-link '5' is no NS:GBS" record --recorded-link 5 -o out/t.gz ./nowhere
refuses 2 "^/nowhere/t.gz: cannot be created" record -o /nowhere/t.gz true
refuses 2 "^oio trace record: kept: is there already; name a folder to be made$" record --keep kept -o out/t.gz true
refuses 2 "^oio trace record: --workers is of the ring, which runs without a program; leave it out" record --workers 4 -o out/t.gz true
refuses 2 "^oio trace record: --keep is of a program; name one, behind the options" record --keep new -o out/t.gz
refuses 2 "^oio trace record: standard output is the program's; name a file with -o" record -o - true
mkdir "a b"
cp "$oio" "${oio%/*}/liboio_record.so" "a b"
status=0
"a b/oio" trace record -o out/t.gz true >said 2>&1 || status=$?
same 2 "$status"
says "/a b/liboio_record.so: LD_PRELOAD takes no name with a blank or a colon; have oio in another folder"
[ ! -e new ] || fail "a folder without a recording is left"
same "" "$(ls -d "$TMPDIR"/oio-record-* 2>/dev/null | head -2 | sed '1d')"
