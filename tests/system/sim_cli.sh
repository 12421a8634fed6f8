# SPDX-License-Identifier: Apache-2.0
# `oio sim` as a user meets it: usage and input errors in one line, results whole or not there, interrupts, the schema of the JSON.
. "$(dirname "$0")/trace_shell.sh"
source=$2
sample=$source/traces/ring-allreduce-8.oiotrace.gz

# declines STATUS PATTERN ARGUMENT...: as refuses, for any command.
declines() {
  want=$1 pattern=$2
  shift 2
  got=0
  "$oio" "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || fail "oio $*: exit status $got, not $want: $(cat stderr)"
  [ "$(wc -l <stderr)" = 1 ] || fail "oio $*: not one line: $(cat stderr)"
  grep -q -- "$pattern" stderr || fail "oio $*: '$(cat stderr)' does not match '$pattern'"
  [ -z "$(ls out)" ] || fail "oio $*: left behind: $(ls out)"
}

few="--generate poisson --messages 2000"

sentence "an unknown command, option or key is one line with the remedy, exit status 2"
declines 2 "no command 'simm'.*--help" simm
declines 2 "no option --flit.*--help" sim --flit 3
declines 2 "did you mean optical.bit_error_rate" sim $few --set optical.bit_error=1e-6 --json out/r.json
declines 2 "no key 'foo'; .oio sim --help" sim $few --set foo=1
for near in load:workload.load messages:workload.messages net.topolgy:net.topology optcal.length_m:optical.length_m seed:sim.seed; do
  declines 2 "no key '${near%:*}'; did you mean ${near#*:}?" sim $few --set ${near%:*}=1
done
declines 2 "the key channel.length_m is called optical.length_m now; use that" sim $few --set channel.length_m=3
declines 2 "^oio sim: --flits is called --messages now; use that" sim --generate poisson --flits 3
declines 2 "net 'direct': there is no such shape; .oio net --help. lists them" sim $few --net direct
declines 2 "is not KEY=VALUE" sim $few --set optical.length_m
declines 2 "nothing to send" sim --json out/r.json
declines 2 "do not go together" sim $few --trace "$sample" --json out/r.json

sentence "a value out of range names the range"
declines 2 "optical.bit_error_rate=0.6 is out of range; use 0..0.5" sim $few --set optical.bit_error_rate=0.6
declines 2 "optical.window_flits=40000.*0..32767" sim $few --set optical.window_flits=40000
declines 2 "optical.window_flits=-1" sim $few --set optical.window_flits=-1
declines 2 "workload.load=2.*0.000001..1" sim --generate poisson --load 2
declines 2 "sim.fidelity=half.*event|bit" sim $few --fidelity half

sentence "what is no number is not called out of range"
for value in abc 0,5 5x nan ""; do declines 2 "workload.load=$value is no number; use 0.000001..1" sim --generate poisson --load "$value"; done
declines 2 "optical.lanes=two is no number; use 1..1024" sim $few --set optical.lanes=two
declines 2 "optical.lanes=1.5 is no whole number; use 1..1024" sim $few --set optical.lanes=1.5
declines 2 "sim.seed=99999999999999999999 is out of range" sim $few --seed 99999999999999999999
declines 2 "sim.fidelity=half is none of its words; use event|bit" sim $few --fidelity half

sentence "sizes and times with units are the numbers that coreutils and awk make of them, on the command line and in a file"
# told FILE: the results without the time that they took.
told() { sed '/"wall_s"/d; /"cpu_s"/d; /per_cpu_s"/d; /per_s"/d' "$1"; }
collective="--net full:4 --generate all-reduce --fidelity event --quiet"
plain="--set workload.bytes=$(numfmt --from=iec-i 1.5Mi) --set workload.compute_ps=$(awk 'BEGIN { printf "%.0f", 1.5e-6 / 1e-12 }')"
"$oio" sim $collective $plain --json plain.json
"$oio" sim $collective --set workload.bytes=1.5MiB --set workload.compute_ps=1.5us --json units.json
printf '[workload]\nbytes = 1536KiB\ncompute_ps = 1500ns\n' >units.cfg
"$oio" sim $collective --config units.cfg --json file.json
told plain.json >plain.txt
[ "$(wc -l <plain.txt)" -gt 30 ] || fail "$(cat plain.txt)"
for other in units file; do told $other.json | cmp - plain.txt || fail "$other"; done
declines 2 "workload.bytes=8MB has a unit that is none of KiB, MiB, GiB; use 1..140737488355328 bytes" sim $collective --set workload.bytes=8MB
declines 2 "workload.bytes=0.3KiB is no whole number of bytes; use" sim $collective --set workload.bytes=0.3KiB
declines 2 "workload.compute_ps=1KiB has a unit that is none of ps, ns, us, ms, s; use" sim $collective --set workload.compute_ps=1KiB
printf 'reset.at_ps = 0.5ps\n' >units.cfg
declines 2 "units.cfg:1: reset.at_ps=0.5ps is no whole number of ps; use" sim $collective --config units.cfg

sentence "a text that is too long is refused whole, wherever it stands; nothing behind an end is dropped"
gap=$(printf '%1100s' "")
late="at 1us link 0: down for 1us;$gap at 2us link 0: explodes"
printf 'faults.schedule = %s\n' "$late" >long.cfg
declines 2 "^oio sim: --faults: 'faults.schedule=at 1us.*' is too long; use at most 1199 bytes, and a file where" sim $few --faults "$late$gap"
declines 2 "at 1us.* is too long; use" sim $few --faults "$late"
declines 2 "at 1us.* is too long; use" sim $few --set "faults.schedule=$late"
declines 2 "long.cfg:1: .*at 1us.* is too long; use" sim $few --config long.cfg

sentence "a schedule in a pipe is for one run; for more it is to be a file, and no run goes on without its events"
echo "at 1us all: down for 1us" | "$oio" sim $few --faults /dev/stdin --json out/r.json >stdout 2>stderr || fail "one run: $(cat stderr)"
same 6 "$(jq .faults.events out/r.json)"
rm out/r.json
echo "at 1us all: down for 1us" | declines 2 "/dev/stdin: there is nothing in it" sim $few --repeat 2 --json out/r.json --faults /dev/stdin
echo "at 1us all: down for 1us" |
  declines 2 "/dev/stdin: there is nothing in it" compare --generate poisson --offer 300 --messages 20 --length 5 --only OIO --faults /dev/stdin

sentence "a configuration file's errors name file and line; the command line wins over it"
printf '# a comment\noptical.length_m = 20\n\noptical.lanes = many\n' >bad.cfg
declines 2 "bad.cfg:4: optical.lanes=many is no number" sim $few --config bad.cfg
printf 'optical.length_m = 20 # metres\nsim.seed=9\n' >good.cfg
"$oio" sim --set optical.length_m=30 $few --config good.cfg --json config.json --quiet
same '30 9' "$(jq -r '"\(.config["optical.length_m"]) \(.seed)"' config.json)"
declines 2 "missing.cfg: No such file" sim $few --config missing.cfg

sentence "what the command line sets in vain is refused, with what it needs; a file's keys and those that matter are not"
# in_vain OPTION KEY NEEDED ARGUMENT...
in_vain() {
  expected="$1: $2 has no effect in this run: it needs $3"
  shift 3
  declines 2 "^$expected; leave it out, or add that" sim --json out/r.json "$@"
}
generate="--generate saturate|poisson|burst"
in_vain --messages workload.messages "$generate" --trace "$sample" --messages 5 --load 0.1
in_vain --set workload.directions "--generate saturate|poisson|burst and a net of two dies" --net star:4 --generate poisson --set workload.directions=a_to_b
in_vain --set workload.pattern "--generate saturate|poisson|burst and a net of many dies" --generate poisson --set workload.pattern=tornado
for key in workload.message_bytes=72 workload.vcs=2; do
  in_vain --set ${key%=*} "$generate" --trace "$sample" --set $key
done
in_vain --load workload.load "--generate poisson|burst" --generate saturate --load 0.01
in_vain --set workload.load "--generate poisson|burst" --generate saturate --set " workload.load =0.01"
in_vain --set workload.burst_messages "--generate burst" $few --set workload.burst_messages=4
in_vain --set workload.depth "--generate saturate" $few --set workload.depth=4
in_vain --set trace.loop "--trace FILE" $few --set trace.loop=open
in_vain --set die.local_ps "--trace FILE, or a collective" $few --set die.local_ps=5
in_vain --set workload.bytes "--generate all-reduce or another collective" $few --set workload.bytes=5
in_vain --set workload.step "--generate step" $few --set workload.step=compute:1us
in_vain --set workload.bytes "--generate all-reduce or another collective" --net star:4 --generate step --set workload.step=compute:1us --set workload.bytes=5
declines 2 "'compute:1' is no item; write compute:TIME" sim --net star:6 --generate step --set workload.step=compute:1
declines 2 "workload.step: 6 dies do not divide into groups of 4, 1 apart; choose group" sim --net star:6 --generate step --set workload.step=all-reduce:4:4KiB
declines 2 "do not divide into groups of 4" sim --net star:6 --generate all-reduce --set workload.group=4
declines 2 "the net has no way there" sim --net loop:4 --generate all-to-all
declines 2 "routes\|circle\|no such shape" sim --net cube:3 --generate all-reduce
for key in die_link.bit_error_rate=0.1 die_link.lanes=8 die_link.window_flits=9 bridge.buffer_flits=9; do
  in_vain --set ${key%=*} "--net bridged" $few --net pair --set $key
done
for key in package.lanes=8 rack.length_m=5 row.bit_error_rate=0.1; do in_vain --set ${key%=*} "a net with such links" $few --set $key; done
in_vain --set reset.hold_ps "reset.at_ps above 0" $few --set reset.hold_ps=5
"$oio" sim $few --net pair --json first.json --quiet
jq -r '.config | to_entries[] | "\(.key) = \(.value)"' first.json >echoed.cfg
"$oio" sim --config echoed.cfg --json again.json --quiet
same "$(jq -r .wire_digest first.json)" "$(jq -r .wire_digest again.json)"
"$oio" sim --trace "$sample" --set die.local_ps=5 --set trace.loop=open --net pair --quiet
"$oio" sim --generate burst --load 0.3 --messages 200 --set workload.burst_messages=4 --set die_link.lanes=32 --set reset.hold_ps=5 --set reset.at_ps=100 --quiet

sentence "a reset that never came is noted, in the JSON too, also when nothing is printed"
"$oio" sim --generate poisson --messages 200 --set reset.at_ps=1000000000000 >stdout
for quiet in "" --quiet; do
  "$oio" sim --generate poisson --messages 200 --set reset.at_ps=1000000000000 --json - $quiet >stdout.json
  same "reset_not_met: $(sed -n 's/^note *//p' stdout)" "$(jq -r '.notes[] | "\(.code): \(.text)"' stdout.json)"
done
grep -q "^note .*the traffic ended before reset.at_ps=1000000000000: no reset met it" stdout || fail "$(cat stdout)"
"$oio" sim $few --set reset.at_ps=100000 >stdout
if grep -q "^note " stdout; then fail "$(cat stdout)"; fi

sentence "what moves error rates where there are none has no effect, and that is said"
declines 2 "optical.walk has no effect in this run: it needs a class with errors" sim $few --set optical.walk=0.3
declines 2 "optical.lane_spread has no effect in this run: it needs a class with stripes" sim $few --set optical.stripe_bits=1 --set optical.lane_spread=0.3
declines 2 "optical.tech_errors has no effect in this run: it needs a class with a technology" sim $few --set optical.tech_errors=on
printf 'optical.walk = 0.3\n' >walk.cfg
"$oio" sim $few --config walk.cfg >stdout
grep -q "^note .*optical.walk does nothing: there are no errors whose rate it could move; set optical.bit_error_rate$" stdout || fail "$(cat stdout)"
"$oio" sim $few --set optical.walk=0.3 --set optical.bit_error_rate=1e-9 --quiet || fail "$?"

sentence "a schedule that no flit met is noted, one that a flit met is not"
"$oio" sim $few --faults 'at 5s link 1: down' >stdout
grep -q "^note .*no flit met an event of faults.schedule" stdout || fail "$(cat stdout)"
"$oio" sim $few --faults 'at 0ps link 1: down for 1ns' >stdout
if grep -q "^note " stdout; then fail "$(cat stdout)"; fi

sentence "events by chance are those of the seed, are in the results, and make the same run again as a file"
chance='from 0 to 9us link 1: down for 50ns, every 1us on average; at 2us link 1: loss 0.1 dB over 64ps; from 0 to 9us all: flap, 1 per us'
drawn="$few --set optical.bit_error_rate=1e-7 --set optical.relink_ps=2000 --set die_link.bit_error_rate=1e-9 --set die_link.relink_ps=300"
for seed in 1 1 2; do
  "$oio" sim $drawn --seed $seed --faults "$chance" --json r$seed.json >stdout
  grep -q "^faults drawn   a schedule of $(jq '.faults.drawn | length' r$seed.json) events, by the seed" stdout || fail "$(cat stdout)"
  jq -c .faults.drawn r$seed.json >>schedules
done
same 2 "$(sort -u schedules | wc -l)"
jq -e '.faults.drawn | length > 80' r1.json >/dev/null || fail "$(jq -c .faults r1.json)"
jq -r '.faults.drawn[]' r1.json >drawn.faults
"$oio" sim $drawn --faults drawn.faults --json again.json --quiet
figures='[.wire_digest, .decision_digest, .latency_ps, (.faults | del(.drawn))]'
same "$(jq -c "$figures" r1.json)" "$(jq -c "$figures" again.json)"
same '[]' "$(jq -c .faults.drawn again.json)"
declines 2 "event 1: behind .from. are two times" sim $few --faults 'from 1us link 1: down, 1 per us'
declines 2 "event 1: more than 1048576 events in all are drawn; lower its rate" sim $few --faults 'from 0 to 1s link 1: up, 1000 per us' --json out/r.json

sentence "a trace that cannot be used is one line with file and line, and leaves no results"
zcat "$sample" >plain
head -c 20000 "$sample" >cut.gz
declines 2 "cut.gz.*" sim --trace cut.gz --json out/r.json --set trace.loop=open
sed 's/oio-trace 1/oio-trace 3/' plain >version
declines 2 "version:1:.*version 3; this program reads 1 and 2" sim --trace version --json out/r.json
printf 'oio-trace 2\nnodes 4\ndies 4\n---\n0 0 1 0 64 0 -\n0 1 2 0 64 1 0+4611686018427387903\nend 2\n' >four
declines 2 "the trace is of 4 dies, and the net has 2; use a net of 4, or place its nodes by trace.map" sim --trace four --json out/r.json
declines 2 "record 1: trace.time_scale makes its time or a delay 2^62 ps or more; lower it" \
  sim --trace four --net full:4 --set trace.time_scale=1.000001 --json out/r.json
declines 2 "trace.time_scale=1.0000.* is not in whole millionths; round it to six decimals" \
  sim --trace four --net full:4 --set trace.time_scale=1.0000005 --json out/r.json
head -n 8 plain >unsorted && sed -n '7p' plain | sed 's/^[0-9]*/0/' >>unsorted
declines 2 "unsorted:9:" sim --trace unsorted --json out/r.json
{ printf '\000\001\002\003' && cat "$sample"; } >corrupt.gz
declines 2 "corrupt.gz" sim --trace corrupt.gz --json out/r.json
declines 2 "No such file" sim --trace missing.gz --json out/r.json
sed 's/^nodes .*/nodes 4/; /^map/d' plain >beyond
declines 2 "beyond:[0-9]*:.*node" sim --trace beyond --json out/r.json
declines 2 "node 9" sim --trace "$sample" --set trace.map=0-3:0,4-9:1 --json out/r.json
declines 2 "die 2" sim --trace "$sample" --set trace.map=0-3:0,4-7:2 --json out/r.json

sentence "an output that cannot be written is said, exit status 2, and nothing is left"
declines 2 "nowhere/r.json: cannot be written.*another place" sim $few --json nowhere/r.json
declines 2 "/dev/full: cannot be written: No space left" sim $few --json /dev/full --quiet

sentence "a full disk behind standard output is one line and exit status 2, whatever printed there"
flit=$("$oio" flit encode)
for words in "sim $few --json full.json" "sim --help" "cosim --help" "trace --help" "trace info $sample" "flit encode" "flit decode $flit" \
  "flit --help" "wavediff --help" "wave --help" --help --version; do
  got=0
  "$oio" $words >/dev/full 2>stderr || got=$?
  same "2 1" "$got $(wc -l <stderr)"
  grep -qE "output.*(No space left|cannot be written)" stderr || fail "oio $words: $(cat stderr)"
done
jq -e '.sent == 2000' full.json >/dev/null || fail "the results are not written"

sentence "an output that is also an input, or another output, is refused, and both stay as they are"
zcat "$sample" >mine && cp mine copy && ln copy linked && ln -s copy pointed
for json in copy ./copy linked pointed; do
  declines 2 "--trace copy: that is the file of --json too.*name another" sim --trace copy --json $json
  cmp -s mine copy || fail "the trace was overwritten"
done
declines 2 "--json good.cfg: that is the file of --config too" sim $few --json good.cfg --config good.cfg
got=0
"$oio" sim $few --json both.json >both.json 2>stderr || got=$?
same 2 "$got"
grep -q "standard output goes to that file too; add --quiet" stderr || fail "$(cat stderr)"

sentence "results given a symbolic link go to what it points to, also when that is not there yet"
mkdir elsewhere
for to in elsewhere/r.json "$folder/elsewhere/q.json"; do
  ln -sf "$to" pointer && rm -f "$to"
  for turn in new old; do "$oio" sim $few --json pointer --quiet; done
  [ -L pointer ] && jq -e '.sent > 0' "$to" >/dev/null || fail "$(ls -l pointer elsewhere)"
done
same "q.json r.json" "$(ls elsewhere | paste -s -d ' ')"

sentence "what cannot be written is found before the run; a file that can, in a folder that cannot, is written in place"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  ordinary="setpriv --reuid=65534 --regid=65534 --clear-groups"
  chmod a+rx "$folder"
elif [ "$(id -u)" != 0 ]; then
  ordinary=
else
  ordinary=none
  echo "not looked at: a user without rights cannot be had"
fi
if [ "$ordinary" != none ] && $ordinary "$oio" --version >/dev/null 2>&1; then
  mkdir -p shut && echo old >shut/open.json && chmod 666 shut/open.json && echo old >shut/locked.json
  chmod 444 shut/locked.json && chmod 555 shut
  $ordinary "$oio" sim $few --json shut/open.json --quiet 2>stderr || fail "$(cat stderr)"
  jq -e '.sent == 2000' shut/open.json >/dev/null || fail "$(cat shut/open.json)"
  for name in locked new; do
    got=0
    timeout 10 $ordinary "$oio" sim --generate saturate --messages 100000000 --json shut/$name.json --quiet 2>stderr || got=$?
    same 2 "$got"
    same "shut/$name.json: cannot be written: Permission denied; choose another place" "$(cat stderr)"
  done
  same "locked.json open.json" "$(ls shut | paste -s -d ' ')"
  chmod 755 shut
fi

sentence "the results have every key of the schema, of its type, and no other"
"$oio" sim $few --set optical.bit_error_rate=1e-5 --json r.json >stdout 2>stderr
[ ! -s stderr ] || fail "something on stderr although it is no terminal: $(cat stderr)"
# conforms FILE
conforms() {
  jq -e --slurpfile schema "$source/docs/results.schema.json" --slurpfile wavediff "$source/docs/wavediff.schema.json" \
    -f "$source/tests/system/schema.jq" "$1" >/dev/null || fail "$1 does not conform to docs/results.schema.json"
  same "" "$(jq -r --slurpfile schema "$source/docs/results.schema.json" '($schema[0].properties | keys) - keys | .[]' "$1")"
}
conforms r.json

sentence "a file name is in the results as it is, where it is UTF-8, and else byte by byte"
umlaut=$(printf 'tr\303\251-\342\202\254-\360\237\230\200.gz') other=$(printf 'caf\351-\355\240\200-\300\257.gz')
cp "$sample" "$umlaut" && cp "$sample" "$other"
"$oio" sim --trace "$umlaut" --json name.json --quiet
same "$umlaut" "$(jq -r .workload name.json)"
"$oio" sim --trace "$other" --json name.json --quiet
grep -qF 'caf\u00e9-\u00ed\u00a0\u0080-\u00c0\u00af.gz' name.json || fail "$(grep workload name.json)"

sentence "the parts of the latency add up to its mean, and every message is accounted for"
jq -e '((.latency_parts_ps | add) - .latency_ps.mean | fabs) < 0.01 and .sent == .delivered and .lost + .outstanding == 0' r.json >/dev/null ||
  fail "$(cat r.json)"

sentence "the same seed gives the same bits on the wire, another seed others"
for seed in 1 2; do
  for run in a b; do "$oio" sim $few --seed $seed --set optical.bit_error_rate=1e-5 --json $seed$run.json --quiet >stdout; done
  [ ! -s stdout ] || fail "--quiet prints"
  same "$(jq -r .wire_digest ${seed}a.json)" "$(jq -r .wire_digest ${seed}b.json)"
done
[ "$(jq -r .wire_digest 1a.json)" != "$(jq -r .wire_digest 2a.json)" ] || fail "two seeds, one digest"
same "$(jq -r .wire_digest r.json)" "$(jq -r .wire_digest 1a.json)"

sentence "both fidelities decide alike on every flit"
"$oio" sim $few --fidelity event --set optical.bit_error_rate=1e-5 --json event.json --quiet
same "$(jq -r .decision_digest r.json)" "$(jq -r .decision_digest event.json)"

sentence "an interrupt ends cleanly with the results so far, marked partial"
"$oio" sim --generate saturate --messages 1000000000 --json partial.json >stdout 2>stderr &
run=$!
sleep 1
kill -INT $run
got=0
wait $run || got=$?
same 130 "$got"
jq -e '.partial and .delivered > 0 and .lost == 0' partial.json >/dev/null || fail "partial.json"
grep -q "PARTIAL" stdout || fail "$(cat stdout)"

sentence "--json - is standard output, which then holds JSON alone, from every host; no file of that name is made or meant"
"$oio" sim $few --json file.json --quiet
echo kept >-
for quiet in "" --quiet; do
  "$oio" sim $few --json - $quiet >printed.json 2>stderr
  same "$(jq -c 'del(.wall_s, .cpu_s, .flit_hops_per_cpu_s)' file.json)" "$(jq -c 'del(.wall_s, .cpu_s, .flit_hops_per_cpu_s)' printed.json)"
  [ ! -s stderr ] || fail "$(cat stderr)"
done
same kept "$(cat ./-)"
"$oio" sim $few --json - >>-
rm ./-
got=0
"$oio" sim --generate saturate --messages 100 --set optical.timeout_flits=1 --json - >printed.json 2>stderr || got=$?
same "1 1" "$got $(wc -l <stderr)"
grep -q "^the run is BAD: a link failed[^;]*$" stderr || fail "$(cat stderr)"
jq -e '.failure != ""' printed.json >/dev/null || fail "$(cat printed.json)"
got=0
"$oio" sim $few --json - >/dev/full 2>stderr || got=$?
same "2 standard output: cannot be written: No space left on device; free space there" "$got $(cat stderr)"
if [ -x "$(dirname "$oio")/oio-cosim" ]; then
  "$oio" cosim --generate poisson --messages 20 --json - >printed.json
  same 20 "$(jq .sent printed.json)"
fi

sentence "a trace of which nothing is carried says so, and what decides it"
{ printf 'oio-trace 1\nnodes 4\nmap 0-3:0\n---\n0 0 1 0 8 0 -\n0 2 3 0 8 1 0\nend 2\n'; } >inside
"$oio" sim --trace inside >stdout
grep -q "^note .*nothing was carried: every message stays inside a die; trace.map" stdout || fail "$(cat stdout)"
"$oio" sim --trace inside --set trace.map=0-1:0,2:1,3:0 >stdout
if grep -q "^note " stdout; then fail "$(cat stdout)"; fi

sentence "where nothing was delivered there is no latency"
got=0
"$oio" sim --generate saturate --messages 100 --set optical.bit_error_rate=0.4 --set link.replay_limit=1 >stdout || got=$?
same 1 "$got"
grep -q "^latency ns     none: nothing was delivered" stdout || fail "$(cat stdout)"

sentence "what a reset ended is counted too"
"$oio" sim --generate poisson --load 0.3 --messages 3000 --set optical.bit_error_rate=1e-4 --set reset.at_ps=20000000 --json r.json --quiet
jq -e '.lost > 0 and .flits.payload >= 3 * .delivered' r.json >/dev/null || fail "$(jq -c '[.delivered, .flits]' r.json)"

sentence "the parts add up to the mean, however long all waited"
"$oio" sim --generate poisson --load 1 --messages 300000 --set die_link.lanes=1 --set die_link.lane_rate_gbps=0.001 --fidelity event \
  --set trace.lookahead_records=16777216 --json r.json --quiet
jq -e '.latency_ps.mean * .delivered > pow(2; 64) and ((.latency_parts_ps | add) / .latency_ps.mean - 1 | fabs) < 1e-9' r.json >/dev/null ||
  fail "$(jq -c '[.latency_ps, .latency_parts_ps]' r.json)"

sentence "a run that goes beyond all time ends with a line, exit status 2"
got=0
"$oio" sim --generate poisson --messages 10 --set optical.timeout_flits=10000000 --set optical.nak_repeat_flits=10000000 --set link.replay_limit=65535 \
  --set optical.bit_error_rate=0.5 --set optical.lanes=1 --set optical.lane_rate_gbps=0.001 --json never.json --quiet 2>stderr || got=$?
same 2 "$got"
grep -q "simulated time passes 2^63 ps" stderr || fail "$(cat stderr)"
[ ! -e never.json ] || fail "a result is left behind"

sentence "a link that fails says so, exit status 1"
got=0
"$oio" sim --generate saturate --messages 100000 --set optical.bit_error_rate=0.01 --set link.replay_limit=3 --json failed.json --quiet 2>stderr || got=$?
same 1 "$got"
jq -e '.failure | test("replay limit")' failed.json >/dev/null || fail "$(jq .failure failed.json)"

sentence "with --quiet a run that shows a fault is one line: what, and where the results are"
same 1 "$(wc -l <stderr)"
grep -q "the run is BAD: a link failed: .*replay limit.*; its results are in failed.json" stderr || fail "$(cat stderr)"
declines 1 "the run is BAD.*a link failed" sim --generate saturate --messages 100 --set optical.timeout_flits=1 --quiet
[ ! -s stdout ] || fail "--quiet prints"

sentence "a flit made by hand is the one that the specification describes, and a wrong bit is seen"
flit=$("$oio" flit encode --sequence 5 --command ack --credit 258 --payload 0a0b)
same 512 "${#flit}"
same 0a0b "$(echo "$flit" | cut -c1-4)"
same 4015000002010000 "$(echo "$flit" | cut -c473-488)"
echo "$flit" | "$oio" flit decode | grep -q "^crc       valid" || fail "not valid"
got=0
"$oio" flit decode "1${flit#?}" >stdout || got=$?
same 1 "$got"
declines 2 "512 hex digits" flit decode 00
declines 2 "a NOP carries no payload" flit encode --nop --payload 01
declines 2 "a NOP carries no payload" flit encode --payload 01 --nop
declines 2 "oio flit: --sequence is 0 to 65535, not '65536'" flit encode --sequence 65536
declines 2 "oio flit: --command is explicit, ack or nak, not 'nack'" flit encode --command nack
declines 2 "there is no option '--sequenc'" flit encode --sequenc 1
printf '%s\0behind' "$flit" >nul
declines 2 "NUL byte" flit decode <nul
declines 2 "standard input cannot be read: Is a directory" flit decode <out

sentence "of a flit that rule R2 discards the fields are shown as they are"
# fields FLIT: protocol, command, sequence, round, echo and credit that decode shows.
fields() {
  "$oio" flit decode "$1" >stdout || true
  awk '/^(protocol|command|sequence|round|echo|credit) / { $1 = ""; printf "%s;", $0 }' stdout
}
# The header is bytes 236 and 237 of the flit in format 3, the control bytes 238 to 241: SPEC sections 1 and 2.
with_head() { printf '%0472d%s%028d' 0 "$1" 0; }
same " nop, discarded (rule R2); explicit; 0; 10; 5; 513;" "$(fields "$(with_head 0000005a0102)")"
same " reserved 10, discarded (rule R2); explicit; 4660; 15; 0; 0;" "$(fields "$(with_head 8304120f0000)")"
same " payload, discarded (rule R2); reserved; 4660; 1; 2; 65535;" "$(fields "$(with_head 43341221ffff)")"
same " payload; ack; 4660; 1; 2; 65535;" "$(fields "$(with_head 43141221ffff)")"

echo "1..$planned passed"
