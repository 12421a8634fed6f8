#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proofs of the RTL's cells with yosys-smtbmc and z3: invariants by k-induction (they hold for the first DEPTH cycles after reset, and from any
# DEPTH cycles in which they hold they hold in the next), crossings by ABC's property directed reachability (no depth at all), and each of them
# red once a fault is planted in the cell.
# usage: proofs.sh RTL_FOLDER [NAME]...     NAME: replay credit crc16 gray
set -eu
rtl=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
shift
for tool in yosys yosys-smtbmc z3; do command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# cells FILE...: copies without the texts of assertions, which Yosys does not read.
cells() {
  mkdir -p "$work/rtl"
  for file in "$@"; do sed 's/ else \$error(.*);/;/' "$rtl/$file" >"$work/rtl/$file"; done
}
# model TOP [YOSYS_PASS]...: $work/TOP.smt2 of the cells there and TOP.sv; with width, for so many DataBytes.
width=
model() {
  top=$1
  shift
  passes="async2sync; dffunmap"
  [ $# -eq 0 ] || passes="$*"
  yosys -q -p "read_verilog -formal -sv $work/rtl/oio_pkg.sv; read_verilog -formal -sv $(ls "$work"/rtl/*.sv | grep -v oio_pkg | tr '\n' ' ') $here/$top.sv
    ${width:+chparam -set DataBytes $width $top;} prep -flatten -top $top; memory_map; opt -full; $passes; opt_clean; write_smt2 -wires $work/$top.smt2" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
}
bounded() { yosys-smtbmc -s z3 --unroll -t "$2" "$work/$1.smt2" >"$work/said" 2>&1; }
induction() { yosys-smtbmc -s z3 --unroll -i -t "$2" "$work/$1.smt2" >"$work/said" 2>&1; }
# holds NAME TOP DEPTH: both.
holds() {
  bounded "$2" "$3" || { cat "$work/said" >&2; echo "proofs.sh: $1 does not hold in $3 cycles after reset" >&2; exit 1; }
  induction "$2" "$3" || { cat "$work/said" >&2; echo "proofs.sh: $1 does not hold by induction of depth $3" >&2; exit 1; }
  echo "$1: proved, k-induction of depth $3"
}
# planted NAME TOP DEPTH FILE OLD NEW: with NEW for OLD in FILE it does not hold, after reset or, with how=induction, by induction.
how=bounded
planted() {
  grep -qF -- "$5" "$work/rtl/$4" || { echo "proofs.sh: $4 has no '$5'" >&2; exit 1; }
  cp "$work/rtl/$4" "$work/whole"
  awk -v old="$5" -v new="$6" '{ at = index($0, old); if (at) $0 = substr($0, 1, at - 1) new substr($0, at + length(old)); print }' "$work/whole" >"$work/rtl/$4"
  model "$2"
  if $how "$2" "$3"; then echo "proofs.sh: $1: '$6' in $4 is not seen" >&2; exit 1; fi
  grep -qE "Assert failed|Status: FAILED" "$work/said" || { cat "$work/said" >&2; exit 1; }
  echo "$1: red with '$6' in $4"
  cp "$work/whole" "$work/rtl/$4"
}

replay() {
  cells oio_pkg.sv oio_replay.sv
  # The memory says anything: no decision reads it.
  cat >"$work/rtl/oio_ram.sv" <<'SV'
module oio_ram #(parameter Width = 1, parameter Words = 2, parameter Protection = 0, localparam AddressBits = $clog2(Words)) (
  input logic write_clk_i, input logic write_i, input logic [AddressBits-1:0] write_address_i, input logic [Width-1:0] write_data_i,
  input logic read_clk_i, input logic read_i, input logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0] read_data_o, output logic corrected_o, output logic bad_o);
  assign read_data_o = '0;
  assign corrected_o = 1'b0;
  assign bad_o = 1'b0;
endmodule
SV
  model prove_replay
  holds replay prove_replay 4
  how=induction
  planted replay prove_replay 4 oio_replay.sv "unacked_o < window_i" "unacked_o <= window_i"
  planted replay prove_replay 4 oio_replay.sv "(unacked_q - steps) + (SlotBits + 1)'(1)" "(unacked_q - steps)"
  how=bounded
}
credit() {
  cells oio_pkg.sv oio_credit.sv
  model prove_credit
  holds credit prove_credit 6
  planted credit prove_credit 10 oio_credit.sv "rise <= highest_rise" "rise <= highest_rise + 16'd1"
  planted credit prove_credit 10 oio_credit.sv "left_taken - 16'd1" "left_taken"
}
# linear FIRST OMIT2 OMIT14: with these, oio_crc16 of $width bytes is exclusive ors, some hundreds of them, and nothing else.
linear() {
  cat >"$work/constant.sv" <<SV
module constant(input clk_i, input [$((8 * width - 1)):0] data_i, output [15:0] crc_o, output [15:0] crc_next_o);
  oio_crc16 #(.DataBytes($width)) dut (.clk_i, .valid_i(1'b1), .first_i(1'b$1), .data_i, .omit2_i(1'b$2), .omit14_i(1'b$3), .crc_o, .crc_next_o);
endmodule
SV
  yosys -q -p "read_verilog -sv $work/rtl/oio_crc16.sv $work/constant.sv; hierarchy -top constant; proc; flatten; opt; simplemap; opt
    select -assert-min 500 t:\$_XOR_; select -assert-none t:* t:\$_XOR_ t:\$_DFF_P_ %u %d" >"$work/said" 2>&1
}
crc16() {
  cells oio_pkg.sv oio_crc16.sv
  for width in 64 128; do
    for constants in "0 0 0" "0 0 1" "0 1 0" "0 1 1" "1 0 0" "1 0 1" "1 1 0" "1 1 1"; do
      linear $constants || { cat "$work/said" >&2; echo "proofs.sh: oio_crc16 of $width bytes is not linear" >&2; exit 1; }
    done
    model prove_crc16
    bounded prove_crc16 1 || { cat "$work/said" >&2; echo "proofs.sh: oio_crc16 of $width bytes is not the polynomial's" >&2; exit 1; }
    echo "crc16: $width bytes, equal to the polynomial for every single bit, and linear: for every message"
  done
  planted crc16 prove_crc16 1 oio_crc16.sv "joined = b ^ {a[15], x" "joined = b ^ {a[14], x"
  width=64
  planted crc16 prove_crc16 1 oio_crc16.sv "{d1[15:0], d0[63:16]}" "{d1[15:0], d0[63:17], 1'b0}"
  sed 's/\^ d2 ^ d3 ^/^ (d2 \& d3) ^/' "$rtl/oio_crc16.sv" >"$work/rtl/oio_crc16.sv"
  ! cmp -s "$rtl/oio_crc16.sv" "$work/rtl/oio_crc16.sv" || { echo "proofs.sh: oio_crc16.sv has no '^ d2 ^ d3 ^'" >&2; exit 1; }
  if linear 0 0 0; then echo "proofs.sh: crc16: an and in oio_crc16.sv is not seen" >&2; exit 1; fi
  grep -q "Assertion failed" "$work/said" || { cat "$work/said" >&2; exit 1; }
  echo "crc16: red with an and in oio_crc16.sv"
  width=
}
# reached TOP: a cycle in which an assertion of it fails, of its $work/TOP.aig, can be reached.
reached() {
  yosys-abc -c "read_aiger $work/$1.aig; fold; pdr" >"$work/said" 2>&1
  ! grep -q "Property proved" "$work/said" || return 1
  grep -q "was asserted in frame" "$work/said" || { cat "$work/said" >&2; echo "proofs.sh: $1 is neither proved nor refuted" >&2; exit 1; }
}
# crossing TOP: its $work/TOP.aig, with clocks that are inputs. What oio_gray sends across is unsettled as it changes.
crossing() {
  sed -i 's/^  oio_sync #(/  unsettled #(/' "$work/rtl/oio_gray.sv"
  yosys -q -p "read_verilog -formal -sv $work/rtl/oio_sync.sv $work/rtl/oio_gray.sv $here/$1.sv; prep -flatten -top $1; clk2fflogic; dffunmap; opt -full
    setundef -anyseq; techmap; aigmap; opt_clean; write_aiger -zinit $work/$1.aig" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
}
# torn FILE OLD NEW: with NEW for OLD in FILE the crossing is not one.
torn() {
  cells oio_gray.sv oio_sync.sv
  grep -qF -- "$2" "$work/rtl/$1" || { echo "proofs.sh: $1 has no '$2'" >&2; exit 1; }
  awk -v old="$2" -v new="$3" '{ at = index($0, old); if (at) $0 = substr($0, 1, at - 1) new substr($0, at + length(old)); print }' "$rtl/$1" |
    sed 's/ else \$error(.*);/;/' >"$work/rtl/$1"
  crossing prove_gray
  reached prove_gray || { echo "proofs.sh: gray: '$3' in $1 is not seen" >&2; exit 1; }
  echo "gray: red with '$3' in $1"
}
gray() {
  command -v yosys-abc >/dev/null || { echo "skipped: yosys-abc is not installed"; exit 77; }
  cells oio_gray.sv oio_sync.sv
  crossing prove_gray
  if reached prove_gray; then cat "$work/said" >&2; echo "proofs.sh: gray: a count is lost or torn on its way" >&2; exit 1; fi
  echo "gray: proved for every time, and clocks of any ratio and phase"
  torn oio_gray.sv "gray_q <= count_next_i ^ (count_next_i >> 1)" "gray_q <= count_next_i"
  torn oio_gray.sv "other_gray >> i" "other_gray >> (i + 1)"
  torn oio_sync.sv "data_o = stage_q[(Stages-1)*Width+:Width]" "data_o = {stage_q[(Stages-1)*Width+1+:Width-1], stage_q[0]}"
}
[ $# -gt 0 ] || set -- replay credit crc16 gray
for name in "$@"; do $name; done
