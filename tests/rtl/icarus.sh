# SPDX-License-Identifier: Apache-2.0
# The bridge in Icarus, by way of Yosys: what `oio flit encode` makes goes in at the die side, and `oio flit decode` reads what comes out of the
# optical side. With a beat spoilt, the flit and what is behind it stay behind (rule R1).
# usage: icarus.sh OIO SOURCE YOSYS IVERILOG VVP
. "$(dirname "$0")/../system/trace_shell.sh"
source=$2 YOSYS=$3 iverilog=$4 vvp=$5
export YOSYS

sentence "Yosys writes Verilog that Icarus reads without a word"
"$source/rtl/to_verilog.sh" bridge.v DieWindowFlits=8 OpticalWindowFlits=8 DieBufferFlits=8 OpticalBufferFlits=8
"$iverilog" -g2005 -Wall -Wno-timescale -o bench -s icarus_bench "$source/tests/rtl/icarus_bench.v" bridge.v >said 2>&1 || fail "$(head -n 20 said)"

sentence "five flits come out whole, in order, with sequences and CRCs of the other link"
for n in 1 2 3 4 5; do "$oio" flit encode --sequence $n --credit 8 --payload "0a0b0c0d$n$n"; done >flits
"$vvp" bench +flits=flits +count=5 | sed -n 's/^optical //p' >optical
same 5 "$(wc -l <optical)"
n=0
while read -r flit; do
  n=$((n + 1))
  "$oio" flit decode "$flit" >decoded || fail "flit $n: $(cat decoded)"
  grep -q "0a0b0c0d$n$n" decoded || fail "flit $n: $(cat decoded)"
  grep -q "^sequence  *$n$" decoded || fail "flit $n has another sequence: $(cat decoded)"
done <optical

sentence "a wrong bit stops its flit there, and those behind it"
sed '3s/0a0b/0a0a/' flits >spoilt
"$vvp" bench +flits=spoilt +count=5 | sed -n 's/^optical //p' >optical
same 2 "$(wc -l <optical)"

echo "1..$planned passed"
