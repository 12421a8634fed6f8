#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The memories' parity and SECDED against every one and two wrong bits, and red once a fault is planted.
# usage: ram.sh RTL_FOLDER
set -eu
rtl=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
command -v verilator >/dev/null || { echo "skipped: verilator is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# says NAME RAM [OPTION]: what the bench prints of that file.
says() {
  name=$1 ram=$2
  shift 2
  verilator --binary "$@" -MAKEFLAGS "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0" --Mdir "$work/$name" -o run "$rtl/oio_ram_array.sv" "$ram" "$here/ram_bench.sv" --top-module ram_bench \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  "$work/$name/run" | grep '^protection'
}
# 6 words x 2 lanes x (1 + n + n (n - 1) / 2)
same() { [ "$1" = "$2" ] || { echo "ram.sh: '$2', not '$1'" >&2; exit 1; }; echo "$2"; }
same "protection 2: 31548 cases, 0 faults" "$(says secded "$rtl/oio_ram.sv")"
same "protection 1: 25752 cases, 0 faults" "$(says parity "$rtl/oio_ram.sv" -DPARITY)"
sed 's/(i < 26) ? 6/(i < 25) ? 6/' "$rtl/oio_ram.sv" >"$work/oio_ram.sv"
! cmp -s "$work/oio_ram.sv" "$rtl/oio_ram.sv" || { echo "ram.sh: nothing is planted" >&2; exit 1; }
case $(says planted "$work/oio_ram.sv") in *" 0 faults") echo "ram.sh: a planted fault is not seen" >&2; exit 1 ;; esac
echo "red with two data bits at one position"
