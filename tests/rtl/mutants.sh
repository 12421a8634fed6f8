#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The mutation score of the RTL's cells: Yosys draws mutants of receiver, transmitter, replay, credit, what is owed, timers, decoder and receive
# buffer, all of them in one netlist behind a number. The bridge tests run on each, the short ones first; of what passes those it is tried to
# prove that nothing can see it (equivalent.sh), and then come the long tests. What survives is listed with the line that it is in, and why
# (survivors.txt). Fails below 95 % of those that are not equivalent, and when one survives without a reason.
# usage: mutants.sh FOLDER [COUNT [SEED [PART]]]      FOLDER: where it builds, and the results are; PART: only every so many of those
# that survivors.txt does not name, by the day (or OIO_SEED); the score is not judged
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rtl=$(cd "$here/../../rtl" && pwd)
folder=$1 count=${2:-240} seed=${3:-1} part=${4:-1}
for tool in yosys yosys-abc verilator; do command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }; done
mkdir -p "$folder"
cd "$folder"
home=$PWD
day=$(($(date +%s) / 86400))
which=${OIO_SEED:-$day}
[ "$part" = 1 ] || echo "seed $which: every ${part}th of $count; again with OIO_SEED=$which tests/rtl/mutants.sh FOLDER $count $seed $part"

reads=
for file in $(grep '^oio_' "$rtl/oio_rtl.f"); do reads="$reads read_verilog -sv $file;"; done
sizes="-set DieWindowFlits 3 -set OpticalWindowFlits 5 -set DieBufferFlits 3 -set OpticalBufferFlits 2"
whole="$reads chparam $sizes oio_bridge; hierarchy -top oio_bridge -check; proc; flatten; opt; rename -top oio_bridge; write_rtlil $home/whole.il"
cells='c:*u_link_rx* c:*u_link_tx* c:*u_credit* c:*u_owed* c:*u_receive_buffer* c:*u_flit_decode.* %u %u %u %u %u c:*u_crc16* c:*u_ram* %u %d'
(cd "$rtl" && yosys -q -p "$whole; select -set judged $cells; mutate -list $count -seed $seed -o $home/list @judged") >said 2>&1 || { cat said >&2; exit 1; }
# A part is of those that the tests are known to kill.
awk -F ' :: ' -v part="$part" -v which="$which" '
  FILENAME != "list" { known[++reasons] = "mutate " $1 " "; next }
  /^mutate/ {
    n++
    for (i = 1; part > 1 && i <= reasons; i++) if (index($0 " ", known[i]) == 1) next
    if (kept++ % part == which % part) print n " " $0
  }' "$here/survivors.txt" list >drawn
sed 's/^\([0-9]*\) mutate /mutate -ctrl mutant 16 \1 /' drawn >chosen
# A choice of one is made of gates: of two at once Verilog would take the first, gates take both.
yosys -q -p "read_rtlil whole.il; script chosen; techmap t:\$pmux; opt_clean; write_verilog -noattr bridge.v" >said 2>&1 || { cat said >&2; exit 1; }
tests=
for test in bridge_main bridge_test credit_test receiver_test replay_test rules_test sides_test traffic_test; do tests="$tests $here/$test.cpp"; done
verilator --cc --exe --build -j 2 -O3 -MAKEFLAGS OPT_FAST=-O2 -Wno-fatal -Wno-lint -Wno-style --x-initial unique --top-module oio_bridge \
  --prefix Voio_bridge --Mdir built -o bench bridge.v $tests \
  -CFLAGS "-O1 -DMUTANTS -DDATA_BYTES=64 -DDIE_WINDOW=3 -DOPTICAL_WINDOW=5 -DDIE_BUFFER=3 -DOPTICAL_BUFFER=2" >said 2>&1 || { tail -n 20 said >&2; exit 1; }

# judge MUTANT SECONDS: killed, equivalent or alive. What takes ten times as long as the bridge as it is, and two minutes, gets nowhere.
cat >judge <<SH
kill_by() {
  OIO_MUTANT=\$mutant timeout \$seconds built/bench "\$@" >said.\$mutant 2>&1 && return 1
  echo "\$mutant killed \$(sed -n 's|^built/bench ||p' said.\$mutant | tail -n 1)"
  rm -f said.\$mutant
  exit 0
}
proved() {
  sh "$here/equivalent.sh" whole.il "\$(sed -n "s/^\$mutant //p" drawn)" "\$@" >said.\$mutant 2>&1 || return 0
  echo "\$mutant \$(tail -n 1 said.\$mutant)"
  rm -f said.\$mutant
  exit 0
}
mutant=\$1 seconds=\$2 wrap=numbers_wrap_without_losing_a_payload
kill_by 3 1 ^long_durations_are_kept_to_the_cycle
kill_by 6 1 a_flit_crosses_with_the_documented_latency
[ $part != 1 ] || { kill_by 6 1 ^long_durations_are_kept_to_the_cycle; proved own; }
for test in every_payload_crosses_one_bridge_once_and_in_order_over_bad_wires a_link_fails_after_just_as_many_replays_as_it_may_make \
  a_long_run_is_counted_to_the_flit long_durations_are_kept_to_the_cycle numbers_of_every_bit_are_received_and_sent_again; do
  kill_by 3 1 \$test
done
kill_by 6 1 ^long_durations_are_kept_to_the_cycle
proved
kill_by 3 1 -\$wrap
kill_by 3 1 \$wrap
[ $part != 1 ] || kill_by 6 1 -\$wrap
rm -f said.\$mutant
echo "\$mutant alive"
SH
began=$(date +%s)
sound() { OIO_MUTANT=0 built/bench "$@" >said 2>&1; }
unsound() { cat said >&2; echo "mutants.sh: the bridge tests fail without a mutant" >&2; exit 1; }
sound 3 1 ^long_durations_are_kept_to_the_cycle || unsound
limit=$((10 * ($(date +%s) - began) + 120))
[ "$part" != 1 ] || { sound 3 1 && sound 6 1; } || unsound
cut -d ' ' -f 1 drawn | xargs -P 2 -I MUTANT sh judge MUTANT $limit >verdicts

killed=$(grep -c ' killed' verdicts || true)
equivalent=$(grep -c ' equivalent' verdicts || true)
total=$(wc -l <verdicts)
unexplained=0
sort -n verdicts >sorted
while read -r mutant verdict; do
  case $verdict in killed*) continue ;; esac
  line=$(sed -n "s/^$mutant mutate //p" drawn)
  line=${line%% -src*}
  reason=$(LINE=$line awk -F ' :: ' 'index(ENVIRON["LINE"] " ", $1 " ") == 1 { print $2; exit }' "$here/survivors.txt")
  case $verdict in alive) [ -n "$reason" ] || unexplained=$((unexplained + 1)) ;; esac
  case $verdict in equivalent*) reason=${reason:-proved} ;; esac
  echo "survivor: $line :: $verdict: ${reason:-no reason is given}"
done <sorted
score=$((1000 * killed / (total > equivalent ? total - equivalent : 1)))
echo "mutants: $total, killed $killed, equivalent $equivalent, alive $((total - killed - equivalent)), score $score of 1000"
[ $unexplained = 0 ] || { echo "mutants.sh: $unexplained survive without a reason: strengthen the bridge tests, or say in survivors.txt why none can see it" >&2; exit 1; }
[ "$part" != 1 ] || [ $score -ge 950 ]
