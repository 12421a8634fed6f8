#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Yosys reads the RTL, finds every module, and has no combinational loop, undriven or doubly driven net to report.
# usage: yosys.sh YOSYS DATA_BYTES FILE...
yosys=$1
width=$2
shift 2
reads=
for file in "$@"; do reads="$reads read_verilog -sv $file;"; done
exec "$yosys" -q -p "$reads chparam -set DataBytes $width oio_bridge; hierarchy -top oio_bridge -check; proc; check -assert"
