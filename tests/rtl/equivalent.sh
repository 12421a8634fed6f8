#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Is a mutant of the bridge the same as the bridge? The cell that it is in is cut out of the netlist, with and without it, and abc proves (pdr: an
# invariant, no bound of depth) that no inputs and no resets after the first ever make an output differ; if they may, the same with more of the
# link around it. Flops without a reset begin alike. Ends with `equivalent in CELLS`, or with `differs` and exit 1, where nothing was proved.
# usage: equivalent.sh NETLIST 'MUTATE COMMAND' [own]      NETLIST: the flat bridge, RTLIL; own: no more than its cell is tried
set -eu
netlist=$1 mutation=$2 limit=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
side=die
case $mutation in *'flatten\u_optical'*) side=optical ;; esac
printf '%s\n' "$mutation" | sed 's/ -src .*//; s/ -wire .*//; s/-module oio_bridge/-module gold/' >"$work/mutation"
path=$(sed 's/.*_link\.\\\(.*\)\.\$.*/\1/; s/\\//g' "$work/mutation")

# proved CELL...: cut out with all the flops that they drive and those flops' enables; memories and CRC stay outside.
proved() {
  selection=
  for cell in "$@"; do selection="$selection c:*u_${side}_link.*${cell}.* w:u_${side}_link.*${cell}.* %ci1:+[Q] %u ${selection:+%u}"; done
  cat >"$work/script.ys" <<YS
read_rtlil $netlist
memory_collect
splitnets
select -set cut $selection w:* %d c:*u_ram* %d c:*u_crc16* %d
select -set cut @cut @cut %ci6:+[EN,Y,A,B,S] c:\$auto* %i %u
submod -name gold @cut
hierarchy -top gold
rename -top gold
opt_clean
write_rtlil $work/gold.il
script $work/mutation
rename gold gate
async2sync
write_rtlil $work/gate.il
design -reset
read_rtlil $work/gold.il
async2sync
read_rtlil $work/gate.il
miter -equiv -make_assert -flatten gold gate miter
hierarchy -top miter
opt_expr
opt_merge
opt_clean
sim -clock in_clk_i -resetn in_rst_ni -rstlen 2 -n 4 -zinit -w
dffunmap
simplemap
techmap
dffunmap
opt_expr
opt_clean
setundef -init -zero
setundef -zero
aigmap
opt_clean
delete -output miter/w:trigger
write_aiger -zinit $work/miter.aig
YS
  yosys -q "$work/script.ys" >"$work/said" 2>&1 || return 1
  timeout 60 yosys-abc -c "read_aiger $work/miter.aig; fold; strash; scorr; pdr -T 10" >"$work/said" 2>&1 || return 1
  grep -q '^Property proved' "$work/said"
}

first=${path%%.*} last=${path##*.}
for cells in "$last" "$first" "u_flit_decode u_link_rx" "u_link_rx u_link_tx" "u_link_rx u_link_tx u_flit_decode u_credit u_owed u_receive_buffer"; do
  proved $cells && { echo "equivalent in $cells"; exit 0; }
  [ "$limit" != own ] || break
done
echo differs
exit 1
