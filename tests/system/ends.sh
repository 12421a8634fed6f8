# SPDX-License-Identifier: Apache-2.0
# However a run ends, its results are there and say what they are, or an error of one line does; and what a killed run left goes with the next.
. "$(dirname "$0")/trace_shell.sh"
source=$2
bin=$(dirname "$oio")
long="--generate saturate --messages 1000000000"
few="--generate poisson --messages 200"

# await COMMAND...: until it succeeds; half a minute is a hang.
await() {
  for _ in $(seq 300); do
    if "$@"; then return; fi
    sleep 0.1
  done
  fail "waited in vain for: $*"
}
is_there() { [ -s "$1" ]; }
# started COMMAND...: in the background as $run, with the signals that a shell's background job would ignore.
started() {
  rm -f stdout
  "$@" >stdout 2>stderr &
  run=$!
  await is_there stdout
}
# ended STATUS: $run ends so.
ended() {
  got=0
  wait $run || got=$?
  same "$1" "$got"
}

sentence "a signal that asks a run to end leaves the results so far, marked partial, and with --quiet names them"
hosts=sim
[ -x "$bin/oio-cosim" ] && hosts="sim cosim"
for host in $hosts; do
  for signal in INT TERM HUP XCPU; do
    rm -f partial.json
    started "$oio" $host $long --json partial.json
    kill -$signal $run
    ended 130
    jq -e '.partial and .lost == 0' partial.json >/dev/null || fail "$host, SIG$signal: partial.json"
    grep -q "PARTIAL" stdout || fail "$(cat stdout)"
    [ ! -s stderr ] || fail "$(cat stderr)"
  done
done
catches_hangup() { grep -q '^SigCgt:.*[13579bdf]$' /proc/$run/status; }
"$oio" sim $long --json partial.json --quiet 2>stderr &
run=$!
await catches_hangup
kill -HUP $run
ended 130
same "the run is PARTIAL: interrupted, so far; its results are in partial.json" "$(cat stderr)"
"$oio" sim $long --json - >partial.json 2>stderr &
run=$!
await catches_hangup
kill -HUP $run
ended 130
same "the run is PARTIAL: interrupted, so far" "$(cat stderr)"
jq -e .partial partial.json >/dev/null || fail "partial.json"

sentence "under nohup a hang-up is no signal to end"
# ticks: of the processor, that $run has had; 0 when it is gone.
ticks() { awk '{ print $14 }' /proc/$run/stat 2>/dev/null || echo 0; }
goes_on() { [ "$(ticks)" -gt $((before + 10)) ]; }
(
  trap '' HUP
  started "$oio" sim $long --json nohup.json
  kill -HUP $run
  before=$(ticks)
  await goes_on
  kill -INT $run
  ended 130
)
jq -e .partial nohup.json >/dev/null || fail nohup.json

sentence "a limit of the file size is an output that cannot be written, and the other results are there"
# limited BLOCKS ARGUMENT...: with files of at most so many times 512 bytes; what it prints goes through a pipe, which has no limit.
limited() {
  blocks=$1
  shift
  rm -f limited.json
  (
    ulimit -f "$blocks"
    "$oio" "$@" 2>stderr || echo "status $?"
  ) | cat >stdout
}
limited 1 sim $few --json limited.json
grep -q "limited.json: cannot be written: File too large" stderr || fail "$(cat stderr)"
same 1 "$(wc -l <stderr)"
grep -q "^result  *good" stdout || fail "$(cat stdout)"
grep -q "^status 2" stdout || fail "$(cat stdout)"
[ ! -e limited.json ] || fail "half a result: $(ls -l limited.json)"
if [ -x "$bin/oio-cosim-fst" ]; then
  for kind in fst vcd; do
    [ -x "$bin/oio-cosim-$kind" ] || continue
    limited 40 cosim --generate saturate --messages 2000 --set results.detail=off --json limited.json --waves w.$kind
    grep -q "^status 2" stdout || fail "$(cat stdout)"
    grep -q "w.$kind: cannot be written whole" stderr || fail "$(cat stderr)"
    jq -e '.delivered == 2000' limited.json >/dev/null || fail "$kind: limited.json"
    [ ! -e w.$kind ] || fail "half a wave file"
  done
fi

sentence "where the reader of standard output has gone a command ends as others do, and its files are written"
# reader_gone ARGUMENT...: prints into a pipe that is closed; the status is that of SIGPIPE, and nothing is said.
reader_gone() {
  rm -f closed got
  { await is_there closed; got=0; "$oio" "$@" 2>stderr || got=$?; echo $got >got; } | { exec <&-; echo closed >closed; }
  same "141 " "$(cat got) $(cat stderr)"
}
for host in $hosts; do
  rm -f gone.json
  reader_gone $host --generate poisson --messages 3000 --json gone.json
  jq -e '.sent == 3000' gone.json >/dev/null || fail "gone.json"
done
printf '$timescale 1ns $end\n$scope module t $end\n$var wire 1 ! v $end\n$upscope $end\n$enddefinitions $end\n#0\n0!\n#5\n1!\n' >a.vcd
sed 's/#5/#6/' a.vcd >b.vcd
reader_gone wavediff a.vcd b.vcd --json gone.w.json
jq -e '.verdict == "different"' gone.w.json >/dev/null || fail gone.w.json

sentence "what a killed run left beside its output goes with the next run of that output; what another is writing stays"
# parts: those that lie in out/.
parts() { (cd out && ls) | grep 'part$' || true; }
part_is_there() { [ -n "$(parts)" ]; }
"$oio" trace record --workers 64 --rounds 3000 --bytes 1048576 -o out/killed.gz &
run=$!
await part_is_there
kill -KILL $run
wait $run 2>/dev/null || true
left=$(parts)
case $left in killed.gz.$run-0.part) ;; *) fail "$left" ;; esac
for other in killed.gz.gz.77-0.part killed.gz.77-0.partial killed.gz.77.part xkilled.gz.77-0.part killed.gz.a-0.part; do : >out/$other; done
flock -F out/killed.gz.88-1.part sh -c 'echo held >held; exec sleep 60' &
holder=$!
await is_there held
"$oio" trace record --workers 2 --rounds 1 --bytes 64 -o out/killed.gz >stdout
same "killed.gz killed.gz.77-0.partial killed.gz.77.part killed.gz.88-1.part killed.gz.a-0.part killed.gz.gz.77-0.part xkilled.gz.77-0.part" \
  "$(ls out | LC_ALL=C sort | paste -s -d ' ')"
kill $holder
rm -f out/*
# gone_after FILE COMMAND...: a dead part of out/FILE goes with the command.
gone_after() {
  file=$1
  shift
  echo dead >"out/$file.4194305-0.part"
  "$@" >stdout 2>stderr || [ $? = 1 ] || fail "$*: $(cat stderr)"
  [ -s "out/$file" ] || fail "$*: wrote nothing"
  same "" "$(parts)"
}
gone_after r.json "$oio" sim $few --json out/r.json
gone_after w.json "$oio" wavediff a.vcd b.vcd --json out/w.json
gone_after w.html "$oio" wavediff a.vcd b.vcd --html out/w.html
gone_after d.fst "$oio" wavediff a.vcd b.vcd --diff-fst out/d.fst
for file in g.fst g.golden; do echo dead >out/$file.kept.4194305-0.part; done
"$oio" wave bless a.vcd --as out/g >stdout
same "" "$(parts)"
ln -s out/r.json linked.json
gone_after r.json "$oio" sim $few --json linked.json

sentence "-o - is standard output, and goes on where that is"
for to in - /dev/stdout; do
  echo before >all
  "$oio" trace record --workers 2 --rounds 1 --bytes 64 -o $to >>all 2>summary
  same before "$(head -n 1 all)"
  tail -n +2 all >trace.gz
  "$oio" trace info trace.gz | grep -q "^records" || fail "no trace on standard output"
  grep -q "^/dev/stdout: ring all-reduce" summary || fail "$(cat summary)"
done
[ ! -e ./- ] || fail "a file named -"

echo "1..$planned passed"
