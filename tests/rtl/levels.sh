#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two-input gates on the longest way from a flop or a pin to a flop or a pin: Yosys maps the flattened design, parameters as they stand, to
# two-input gates for depth; an inverter counts as one too. Memories stay outside: their ports are where ways begin and end. With oio_bridge
# as the top, every output must be a flop. Fails above BOUND and names both ends of the way.
# usage: levels.sh YOSYS RTL_FOLDER BOUND [TOP]
set -eu
yosys=$1 rtl=$2 bound=$3 top=${4:-oio_bridge}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
reads=
for file in $(grep '^oio_' "$rtl/oio_rtl.f"); do
  case $file in
    oio_ram_array.sv) reads="$reads read_verilog -lib -sv $rtl/$file;" ;;
    *) reads="$reads read_verilog -sv $rtl/$file;" ;;
  esac
done
printf '%s\n' strash ifraig 'if -g -K 6' strash dch 'map -B 0.9' topo >"$work/depth.abc"
outputs=
[ "$top" != oio_bridge ] || outputs='select -assert-none o:* %ci1 c:* %i t:$_DFF_* %d;'
"$yosys" -q -p "$reads hierarchy -top $top -check; proc; flatten; opt; alumacc; opt; techmap; opt
  dfflegalize -cell \$_DFF_P_ x -cell \$_DFF_PN?_ x; opt_clean
  abc -script $work/depth.abc -g AND,NAND,OR,NOR,XOR,XNOR; opt_clean; delete t:*oio_ram_array
  $outputs
  tee -o $work/longest ltp -noff" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
levels=$(sed -n 's/^Longest topological path in .*(length=\([0-9]*\)).*/\1/p' "$work/longest")
[ -n "$levels" ] || { echo "levels.sh: Yosys names no way through $top" >&2; exit 1; }
from=$(sed -n 's/^ *0: *\(.*\)/\1/p' "$work/longest" | head -n 1)
to=$(sed -n "s/^ *ff: *\(.*\) (via.*/\1/p" "$work/longest" | tail -n 1)
[ -n "$to" ] || to=$(sed -n "s/^ *$levels: *\(.*\) (via.*/\1/p" "$work/longest")
echo "$top: $levels two-input levels, from $from to $to"
[ "$levels" -le "$bound" ] || { echo "levels.sh: more than $bound levels from $from to $to: register what lies between" >&2; exit 1; }
