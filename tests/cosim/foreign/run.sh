#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Devices of other people's making under `oio new-bench`: sound ones are good, planted mistakes are named with rule, time and port, and what cannot
# be brought in is refused with the port's name.
# usage: run.sh OIO SOURCE_FOLDER LIBRARIES_FOR_THE_LINKER      exit status 77: skipped
set -u
oio=$1 here=$2/tests/cosim/foreign dpi=$2/bridge/dpi libraries=$3
command -v verilator >/dev/null || { echo "skipped: verilator is not installed"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
sentence() { echo "- $*"; }
fail() { echo "FAILED: $*" >&2; failed=1; }

# build FOLDER
build() {
  make -s -C "$1" build/bench OIO="$oio" OIO_DPI="$dpi" OIO_LIBS="$libraries" OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O0 >said 2>&1 ||
    { cat said "$1/build.log" >&2; fail "$1 is not built"; }
}
# says STATUS PATTERN COMMAND...
says() {
  wanted=$1 pattern=$2
  shift 2
  "$@" >said 2>&1
  got=$?
  [ $got = "$wanted" ] || fail "$*: exit status $got, not $wanted: $(cat said)"
  grep -qE -e "$pattern" said || fail "$*: says nothing like '$pattern': $(cat said)"
}

sentence "a raw flit device, its map guessed, is good"
says 0 'make -C flit run' "$oio" new-bench flit --top flit_link --bytes 64 --sources "$here/foreign_core.sv" "$here/flit_link.sv"
build flit
says 0 '^bench: good: 2000 payloads each way' flit/build/bench
says 0 '^bench: good: 2000 payloads each way' flit/build/bench +set=seed=7,delay_flits=40
says 2 'handshake_limit=128: a round trip of 160 flit times' flit/build/bench +set=handshake_limit=128,delay_flits=80

sentence "a wrong polynomial is named at the first flit"
says 1 'at [0-9.]+ ns .*rule section 2: port line.out \(phy_tx_flit\): flit 1 .*polynomial 0x1021' flit/build/bench +polynomial=1021

sentence "a flit pushed twice is named"
says 1 'rule PR6, once and in order: .*payload 39 .*arrives again' flit/build/bench +push_twice=40

sentence "a timeout shorter than the round trip is named"
says 1 'rule PT2: .*payload 1 again 30 flit times after progress' flit/build/bench +ack_timeout=30

sentence "a flit that is answered by many Naks is named at the second, and a device that has spent its replays ends BAD"
says 1 'rule PR1: .*Nak 2 of sequence 53 where 1 were' flit/build/bench +naks=16
says 1 'rule PT6: .*replay limit|rule section 16, watchdog' flit/build/bench +replay_budget=0

sentence "what is waived is counted and told, and the run goes on; what ends a run cannot be waived"
says 0 '^bench: 1 finding waived: PR6, once and in order at line.out$' flit/build/bench +push_twice=40 +set=waive=PR6-once-and-in-order
says 0 '^bench: [0-9]+ findings waived: PT2 at line.out: its timer is short$' flit/build/bench +ack_timeout=30 "+set=waivers=$here/known.txt"
grep -q '^bench: waiver of PT5 at line.in: nothing has matched it; take it away$' said || fail "$(cat said)"
grep -q '^bench: good: 2000 payloads each way' said || fail "$(cat said)"
says 0 '^bench: [0-9]+ findings waived: PR1 at line.out$' flit/build/bench +naks=16 +set=waive=PR1@line.out
says 1 'rule PR1: .*Nak 2 of sequence 53' flit/build/bench +naks=16 +set=waive=PR1@taken
says 1 'rule PT6: .*replay limit|rule section 16, watchdog' flit/build/bench +replay_budget=0 +set=waive=PT6,waive=section-16-watchdog
says 0 '^bench: [0-9]+ findings warned of: PR1 at line.out$' flit/build/bench +naks=16 +set=severity=PR1@line.out=warning
says 1 'rule PR1: .*Nak 2 of sequence 53' flit/build/bench +naks=16 +set=severity=PR1@line.out=warning,strict=1
says 2 "^bench: severity=PR1 names none" flit/build/bench +set=severity=PR1
says 2 "^bench: there is no rule 'PT99' to waive; did you mean PT1\?" flit/build/bench +set=waive=PT99
says 2 "^bench: there is no port 'line.ou' at which to waive rule PT5; did you mean 'line.out'\?\$" flit/build/bench +set=waive=PT5@line.ou
says 2 '^bench: none: No such file or directory; check the name' flit/build/bench +set=waivers=none

sentence "byte streams with last, a struct and an array among the ports, and beats that pause"
says 0 'make -C axis run' "$oio" new-bench axis --top axis_link --sources "$here/axis_link_pkg.sv" "$here/foreign_core.sv" "$here/axis_link.sv"
build axis
says 0 '^bench: good: 2000 payloads each way' axis/build/bench
for seed in 1 2 3 4 5 6; do
  set="seed=$seed,payloads=400,ready_percent=$((30 + 10 * seed)),valid_percent=$((95 - 10 * seed)),delay_flits=$((7 * seed)),damage_every=$((5 + 9 * seed))"
  says 0 '^bench: good: 400 payloads each way' axis/build/bench "+set=$set"
done
says 2 "there is no setting 'sed'" axis/build/bench +set=sed=1
says 2 'seed is a number' axis/build/bench +set=seed=x

sentence "old Verilog, its reset high, its words and bytes from the top: one line of the map each"
says 0 'make -C legacy run' "$oio" new-bench legacy --top LEGACY_LINK --sources "$here/foreign_core.sv" "$here/legacy_link.v"
printf 'line.out.packing 32 words-down bytes-down\nline.in.packing bytes-down\n' >>legacy/port.map
build legacy
says 0 '^bench: good: 2000 payloads each way' legacy/build/bench
says 1 'rule PR6, once' legacy/build/bench +push_twice=7

sentence "FDI with beats of 32 bytes is refused with the port"
says 2 'port lp_data of fdi_link has 32 bytes: .*NBYTES' "$oio" new-bench fdi --top fdi_link --sources "$here/fdi_link.sv"

sentence "a map that does not fit is refused with the pin"
cp -R flit wrong
wrong() { # PATTERN EDIT
  sed "$2" flit/port.map >wrong/port.map
  says 2 "$1" "$oio" new-bench wrong
}
wrong "line.out.valid: the top flit_link has no port 'phy_vld'" 's/phy_tx_vld/phy_vld/'
wrong 'clock: which input' 's/^clock .*/clock -/'
wrong 'line.in.data: port phy_tx_flit is no input' 's/phy_rx_flit/phy_tx_flit/'
wrong 'send.valid: port usr_wr_data has 480 bits: it is to have one' 's/usr_wr_vld/usr_wr_data/'
wrong 'port.map:2: .* is no line of a port map' '2s/.*/tpo flit_link/'
says 2 'port phy_tx_flit has 64 bytes, not the 128' "$oio" new-bench narrow --top flit_link --bytes 128 --sources "$here/foreign_core.sv" "$here/flit_link.sv"
says 2 'verilator does not take the sources of none' "$oio" new-bench none --top none --sources "$here/flit_link.sv"

sentence "a device that never leaves reset is named with the reset"
says 1 'rule PT1: port line.out \(phy_tx_flit\): no flit has come in [0-9]+ flit times since reset \(core_rst_n\)' flit/build/bench +in_reset

sentence "a top of 2,000 ports is a bench like any other, and what nothing drives is 0"
{
  echo "module many (input core_clk, core_rst_n, phy_tx_rdy, phy_rx_vld, phy_rx_sof, usr_wr_vld, output phy_tx_vld, phy_tx_sof, usr_wr_rdy, usr_rd_vld,"
  echo "  output [511:0] phy_tx_flit, input [511:0] phy_rx_flit, input [479:0] usr_wr_data, output [479:0] usr_rd_data"
  i=0
  while [ $i -lt 1986 ]; do echo "  , input [$((i % 40)):0] spare_$i"; i=$((i + 1)); done
  echo "); flit_link u_link (.*); endmodule"
} >many.sv
says 0 'make -C many run' "$oio" new-bench many --top many --bytes 64 --sources "$here/foreign_core.sv" "$here/flit_link.sv" many.sv
[ "$(grep -c "spare_.*('0)" many/bench.sv)" = 1986 ] || fail "the spare inputs of 2,000 ports are not 0"
build many
says 0 '^bench: good: 2000 payloads each way' many/build/bench
exit $failed
