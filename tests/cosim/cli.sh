# SPDX-License-Identifier: Apache-2.0
# `oio cosim` as a user meets it: its waves and its results are those of this run, each where it was asked for, and one hides no other.
. "$(dirname "$0")/../system/trace_shell.sh"
source=$2
few="--generate poisson --messages 100"

# ends STATUS ARGUMENT...: `oio cosim` ends with that exit status; stdout and stderr are kept.
ends() {
  want=$1
  shift
  got=0
  "$oio" cosim "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio cosim $*: exit status $got, not $want: $(cat stderr)"
}
# says PATTERN: stderr is one line, which matches.
says() {
  same 1 "$(wc -l <stderr)"
  grep -q -- "$1" stderr || fail "'$(cat stderr)' does not match '$1'"
}

sentence "waves that an earlier run left are never shown as this one's"
ends 0 $few --waves out/w.fst --quiet
ends 2 --generate saturate --messages 100 --seed 9 --waves out/w.fst --wave-window 100000000: --json out/w.json
says "out/w.fst: not written: the run ended before the window"
grep -q "^result  *good" stdout || fail "$(cat stdout)"
if grep -q "^waves" stdout; then fail "waves are announced"; fi
jq -e '.delivered == 100' out/w.json >/dev/null || fail "the results are not written"
same w.json "$(ls out)"

sentence "a run refused before it begins leaves them"
echo old >out/w.fst
ends 2 $few --waves out/w.fst --set optical.window_flits=9000
same old "$(cat out/w.fst)"

sentence "waves given a symbolic link go to what it points to"
mkdir elsewhere && ln -s ../elsewhere/w.fst out/pointer.fst && echo old >elsewhere/w.fst
ends 0 $few --waves out/pointer.fst --quiet
[ -L out/pointer.fst ] && [ "$(stat -c %s elsewhere/w.fst)" -gt 1000 ] || fail "$(ls -l out elsewhere)"

sentence "a window that was not reached hides no verdict and no results"
ends 1 $few --set optical.bit_error_rate=0.5 --set link.replay_limit=3 --waves out/q.fst --wave-window 900000: --json p.json
says "out/q.fst: not written"
grep -q "^result  *BAD: a link failed" stdout || fail "$(cat stdout)"
jq -e '.failure | test("replay limit")' p.json >/dev/null || fail "p.json"
ends 1 $few --set optical.bit_error_rate=0.5 --set link.replay_limit=3 --waves out/q.fst --wave-window 900000: --quiet
same 2 "$(wc -l <stderr)"
grep -q "the run is BAD: a link failed" stderr || fail "$(cat stderr)"

sentence "nor an interrupt"
"$oio" cosim --generate saturate --messages 100000000 --waves out/i.fst --wave-window 900000000: --json i.json --quiet 2>stderr &
run=$!
sleep 2
kill -INT $run
got=0
wait $run || got=$?
same 130 "$got"
# Two things are to be told: where the results of the run so far are, and that there are no waves.
same 2 "$(wc -l <stderr)"
grep -q "PARTIAL: interrupted, so far; its results are in i.json" stderr || fail "$(cat stderr)"
grep -q "out/i.fst: not written" stderr || fail "$(cat stderr)"
jq -e '.partial' i.json >/dev/null || fail "i.json"

sentence "waves and results in one file are refused"
ends 2 $few --json out/s.fst --waves out/../out/s.fst
says "--json out/s.fst: that is the file of --waves too.*name another"
[ ! -e out/s.fst ] || fail "out/s.fst was made"

sentence "a build of the bench, called by itself, serves what it was built for and names the door for the rest"
bench=$(dirname "$oio")/oio-cosim
# build STATUS PROGRAM ARGUMENT...: as ends, of that program.
build() {
  want=$1
  shift
  got=0
  "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat stderr)"
}
build 0 "$bench" $few --quiet
build 2 "$bench" $few --waves out/d.fst --wave-window 100:200
says "oio-cosim is the build of the bench for other options; call .oio cosim., which takes oio-cosim-fst for these"
build 2 "$bench" $few --rtl none
says "which takes oio-c2c for these"
build 2 "$bench" $few --set rtl.datapath_bytes=128
says "which takes oio-cosim-128 for these"
build 2 "$bench" $few --waves out/d.ghw
says "must end in .vcd or .fst"
build 0 "$bench-fst" $few --quiet
build 0 "$bench-fst" $few --waves out/d.fst --wave-window 100:200 --quiet
[ -s out/d.fst ] || fail "no waves"
build 2 "$bench-fst" $few --waves out/d.vcd
says "which takes oio-cosim-vcd for these"
[ ! -e out/d.vcd ] || fail "out/d.vcd was made"

sentence "waves of a clock that has no half are refused"
ends 2 $few --waves out/x.fst --set rtl.clock_ps=1
says "rtl.clock_ps of 2 or more"

if [ -x "$(dirname "$oio")/oio-c2c" ]; then
  sentence "a bench without RTL draws no waves of it"
  build 2 "$(dirname "$oio")/oio-c2c" $few --waves out/c.fst
  says "no RTL to draw waves of"

  sentence "a trace from a pipe is replayed by RTL, and refused in one line where it would be read twice"
  sample=$source/traces/ring-allreduce-8.oiotrace.gz
  zcat "$sample" | ends 0 --trace /dev/stdin --set trace.loop=open --json piped.json --quiet
  jq -e '.sent > 0 and .delivered == .sent' piped.json >/dev/null || fail "$(jq -c . piped.json)"
  zcat "$sample" | { ends 2 --rtl none --trace /dev/stdin; says "/dev/stdin: a pipe can be read only once.*give it as a file"; }
  ends 0 --rtl none --trace /dev/stdin --quiet <"$sample"
fi

echo "1..$planned passed"
