#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the Verilator configuration that leaves wide payload out of the waves: every line that declares
# something as wide as the datapath, heads of what need not be a flit, and the packed straps and debug ports, whose fields are in the waves one
# by one anyway.
# usage: payload_lines.sh FILE.sv... >payload.vlt
echo '`verilator_config'
for file in "$@"; do
  awk -v file="$file" '/\[(DataBytes\*8|Bits|Width)-1:0\]/ && /logic|bit/ || /link_(state|config|events)_t|early_(head|limit)/ { printf "tracing_off -file \"%s\" -lines %d\n", file, FNR }' "$file"
done
