#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bridge as one file of plain Verilog, by way of Yosys, for tools that do not take its SystemVerilog: Icarus 11 has no typed parameters in
# packages. Straps and debug ports become vectors, the first field of oio_pkg's structure at the left. Assertions are left out.
# usage: to_verilog.sh FILE_OUT.v [PARAMETER=VALUE]...      parameters of oio_bridge: DataBytes=128
set -eu
out=$1
shift
rtl=$(cd "$(dirname "$0")" && pwd)
script=
for file in $(grep '^oio_' "$rtl/oio_rtl.f"); do script="$script read_verilog -sv $rtl/$file;"; done
for parameter in "$@"; do script="$script chparam -set ${parameter%%=*} ${parameter#*=} oio_bridge;"; done
# Processes that remain would be written in SystemVerilog.
exec "${YOSYS:-yosys}" -q -p "$script hierarchy -top oio_bridge -check; proc; opt_clean; write_verilog -noattr $out"
