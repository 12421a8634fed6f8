#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trace_wave.sh OIO: messages from the pins of a wave: one written by hand, whose messages are worked out by hand, and a simulation of Icarus
# Verilog, which prints what its own program takes, as VCD and as FST.
. "$(dirname "$0")/trace_shell.sh"

# messages: of out/t.gz: time source destination vc bytes
messages() { zcat out/t.gz | awk '/^[0-9]/ { print $1, $2, $3, $4, $5 }'; }
import() { "$oio" trace import -o out/t.gz "$@" >shown; }

# A clock of 10 ns with edges at 5, 15, ... ns; bus is {ready, valid, last, vc[2:0]}.
cat >hand.vcd <<'X'
$timescale 100ps $end
$scope module top $end
$var wire 1 c clk $end
$var wire 1 r rst_n $end
$var wire 6 b bus [5:0] $end
$var wire 4 k keep [3:0] $end
$var wire 32 d data [31:0] $end
$upscope $end
$enddefinitions $end
#0
0c
0r
b011000 b
b1111 k
b0 d
#50
1c
#60
1r
#100
0c
#150
1c
#160
b110010 b
#200
0c
#250
1c
#260
b111111 b
b0011 k
#300
0c
#350
1c
b001000 b
#400
0c
#450
1c
#460
bx11000 b
#500
0c
#550
1c
#560
b111001 b
b1111 k
#600
0c
#650
1c
#660
b110000 b
#700
0c
#750
1c
#800
X
cat >hand.pins <<'X'
clock top.clk
reset top.rst_n low      # no transfer in reset
port 0 1
valid top.bus[4]
ready top.bus[5]
last top.bus[3]
vc top.bus[2:0]
data top.data
keep top.keep
X

sentence "a beat waits from 15 ns, is taken with 4 bytes at 25 ns, the last with 2 at 35 ns: one message of 6 bytes from 15 ns on"
import --pins hand.pins hand.vcd
# At 55 ns ready is unknown: no transfer. At 65 ns a message of one beat and VC 1; at 75 ns one begins that has no end.
same "15000 0 1 2 6
65000 0 1 1 4" "$(messages)"
grep -q '1 messages whose last beat is not in the wave left out; 1 edges at which valid or ready is unknown taken for no transfer; 1 edges at which a beat waited' shown ||
  fail "$(cat shown)"

sentence "an EVCD of the same has the same messages: its ports are what their states say (IEEE 1364, 18.4.3.1), driven from outside or from inside"
# to_evcd LOW HIGH UNKNOWN
to_evcd() {
  awk -v low="$1" -v high="$2" -v unknown="$3" '
    function states(bits) { gsub(/0/, low, bits); gsub(/1/, high, bits); gsub(/x/, unknown, bits); return bits }
    $1 == "$var" { name[$4] = "<" ports++; width[$4] = $3; strong[$4] = sprintf("%" $3 "s", ""); gsub(/ /, 6, strong[$4])
      print "$var port", ($6 == "$end" ? 1 : $6), name[$4], $5, "$end"; next }
    /^[01x][a-z]$/ { id = substr($0, 2); print "p" states(substr($0, 1, 1)), 6, 6, name[id]; next }
    /^b/ { bits = substr($1, 2); while (length(bits) < width[$2]) bits = "0" bits; print "p" states(bits), strong[$2], strong[$2], name[$2]; next }
    { print }' hand.vcd
}
import --pins hand.pins hand.vcd
messages >of_vcd
for states in "D U N" "L H X"; do
  to_evcd $states >hand.evcd
  grep -q '^\$var port' hand.evcd || fail "$(cat hand.evcd)"
  import --pins hand.pins hand.evcd
  same "$(cat of_vcd)" "$(messages)"
done
rm out/t.gz
sed 's/bus\[4\]/bus[6]/' hand.pins >evcd.pins
refuses 2 "^evcd.pins:4: 'top.bus\[6\]' has not these bits" import -o out/t.gz --pins evcd.pins hand.evcd

sentence "at the other edge, without last and keep, each beat is a message of the width of data"
sed 's/^clock top.clk/& falling/; /^last/d; /^keep/d' hand.pins >fall.pins
import --pins fall.pins hand.vcd
same "10000 0 1 2 4
30000 0 1 7 4
60000 0 1 1 4
70000 0 1 0 4" "$(messages)"

sentence "a signal says where a message goes; femtoseconds are rounded"
sed 's/^vc .*/destination top.bus[2:0]/; s/^port 0 1/port 8 0/' hand.pins >to.pins
sed 's/timescale 100ps/timescale 100fs/' hand.vcd >fs.vcd
import --pins to.pins --dies 9 --map 0:0,1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8 fs.vcd
same "15 8 2 0 6
65 8 1 0 4" "$(messages)"
rm out/*

sentence "what does not fit is refused in one line"
# pins PATTERN: the map on stdin is refused.
pins() {
  cat >bad.pins
  refuses 2 "$1" import -o out/t.gz --pins bad.pins hand.vcd
}
refuses 2 'say it with --pins FILE' import -o out/t.gz hand.vcd
refuses 2 'no-file' import -o out/t.gz --pins no-file hand.vcd
pins '^bad.pins:1: a port before its clock' <<'X'
port 0 1
X
pins '^bad.pins: no port' </dev/null
sed '/^valid/d' hand.pins | pins '^bad.pins:3: this port has no `valid`'
sed '/^data/d' hand.pins | pins '^bad.pins:3: this port has neither `data` nor `bytes`'
sed 's/top.clk/clk/' hand.pins | pins "^bad.pins:1: 'clk' is not in the wave; is it top.clk?"
sed 's/bus\[4\]/bus[6]/' hand.pins | pins "^bad.pins:4: 'top.bus\[6\]' has not these bits"
sed 's/bus\[4\]/bus/' hand.pins | pins "^bad.pins:4: 'top.bus' is more than one bit"
sed 's/^ready/redy/' hand.pins | pins "^bad.pins:5: 'redy' is none of clock"
sed 's/^port 0 1/port 0 0/' hand.pins | pins '^bad.pins:3: a port is `port FROM TO`'
sed 's/^clock top.clk/clock top.rst_n falling/' hand.pins | pins 'no edge of `clock` top.rst_n'
sed 's/^vc .*/vc top.bus/' hand.pins | pins 'at 25000 ps: the port of bad.pins:3: `vc` is unknown or above 7'
refuses 2 'has no effect on a wave capture' import -o out/t.gz --pins hand.pins --ranks 2 hand.vcd

sentence "a wave that is cut gives what is before"
head -n 40 hand.vcd >cut.vcd
import --pins hand.pins cut.vcd
same "15000 0 1 2 6" "$(messages)"

if ! command -v iverilog >/dev/null; then
  echo "skipped: iverilog is not installed"
  exit 0
fi
sentence "two streams in clocks of their own under Icarus Verilog: what its program prints is what the wave says, VCD and FST"
cat >bench.v <<'X'
`timescale 1ns / 1ps
module stream #(parameter SEED = 1, FROM = 0, TO = 1) (input clk, input rst_n);
  reg valid = 0, last = 0, ready = 0;
  reg [3:0] keep = 15;
  reg [2:0] vc = 0, vc_of = 0;
  integer seed = SEED, bytes = 0, i;
  reg open = 0, seen = 0;
  real since, began;
  always @(posedge clk) begin
    if (rst_n && valid && !seen) begin since = $realtime; seen = 1; end
    if (rst_n && valid && ready) begin
      if (!open) begin began = since; vc_of = vc; bytes = 0; end
      open = !last; seen = 0;
      for (i = 0; i < 4; i = i + 1) bytes = bytes + keep[i];
      if (last) $display("%0d %0d %0d %0d %0d", $rtoi(began * 1000 + 0.5), FROM, TO, vc_of, bytes);
    end
    if (rst_n && (!valid || ready)) begin
      valid <= ($random(seed) & 3) != 0;
      last <= ($random(seed) & 3) == 0;
      keep <= ($random(seed) & 3) != 0 ? 15 : 1;
      vc <= $random(seed);
    end
    ready <= $random(seed);
  end
endmodule
module bench;
  reg a = 0, b = 0, rst_n = 0;
  always #1.25 a = !a;
  always #1.7 b = !b;
  stream #(1, 0, 1) there (a, rst_n);
  stream #(2, 1, 0) back (b, rst_n);
  initial begin $dumpfile("dump"); $dumpvars; #20.1 rst_n = 1; #20000 $finish; end
endmodule
X
iverilog -g2005 -o bench bench.v
for port in 'there a 0 1' 'back b 1 0'; do
  set -- $port
  printf 'clock bench.%s\nreset bench.rst_n low\nport %s %s\n' "$2" "$3" "$4"
  for pin in valid ready last keep vc; do echo "$pin bench.$1.$pin"; done
  echo 'bytes 4'
done >bench.pins
for form in -vcd -fst; do
  vvp -n bench $form | grep -v '[^0-9 ]' | sort -k 1n,1 -k 2n,2 >expected
  import --pins bench.pins "dump.${form#-}"
  messages | sort -k 1n,1 -k 2n,2 >got
  [ "$(wc -l <expected)" -gt 1000 ] || fail "only $(wc -l <expected) messages"
  cmp expected got || fail "$form"
done
"$oio" sim --fidelity event --trace out/t.gz --quiet
