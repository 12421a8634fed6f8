#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every port that the SDC names is one of oio_bridge_clocks, every port has a line, and the cells that it names are in the RTL.
# usage: sdc.sh RTL_FOLDER
set -eu
sdc=$1/oio_bridge_clocks.sdc
top=$1/oio_bridge_clocks.sv
failed=0
named=$(grep -v '^#' "$sdc" | grep -o 'get_ports [^]]*\(\[\*\][^]]*\)*' | sed 's/get_ports//; s/[{}*]//g; s/\[\]//g' | tr ' ' '\n' | grep . | sort -u)
ports=$(sed -n '/^) (/,/^);/p' "$top" | grep -E '^ *(input|output)' | sed 's,//.*,,; s/,//; s/ *$//; s/.* //' | sort)
for port in $named; do
  echo "$ports" | grep -qx "$port" || { echo "sdc.sh: the SDC names $port, which $top has not" >&2; failed=1; }
done
for port in $ports; do
  echo "$named" | grep -qx "$port" || { echo "sdc.sh: port $port has no line in the SDC" >&2; failed=1; }
done
for cell in $(grep -v '^#' "$sdc" | grep -o 'get_cells -hierarchical [^]]*' | sed 's/.* //' | tr '*' '\n' | grep . | sort -u); do
  grep -q "\b$cell\b" "$1"/oio_*.sv || { echo "sdc.sh: the SDC names cells $cell, which the RTL has not" >&2; failed=1; }
done
exit $failed
