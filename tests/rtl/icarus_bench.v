// SPDX-License-Identifier: Apache-2.0
//
// What comes out of the optical side when flits go in at the die side, a line of hex a flit as `oio flit` has it; plain Verilog, for Icarus.
// +flits=FILE has lines of hex, one a flit; +count=N of them.
`timescale 1ns / 1ps
module icarus_bench;
  reg           clk, rst_n, valid, sof;
  reg  [511:0]  beat;
  wire          die_valid, die_sof, optical_valid, optical_sof;
  wire [511:0]  die_data, optical_data;
  // window, buffer, format, timeout, nak_repeat, ack_delay, replay_limit, credit_limit
  wire [163:0]  config_bits = {16'd0, 16'd0, 4'd3, 32'd100000, 32'd1000, 32'd64, 16'd255, 16'd8};

  oio_bridge u_bridge (
    .clk_i(clk), .rst_ni(rst_n), .die_config_i(config_bits), .optical_config_i(config_bits),
    .die_valid_i(valid), .die_sof_i(sof), .die_data_i(beat),
    .die_valid_o(die_valid), .die_sof_o(die_sof), .die_data_o(die_data), .die_ready_i(1'b1),
    .optical_valid_i(1'b0), .optical_sof_i(1'b0), .optical_data_i(512'd0),
    .optical_valid_o(optical_valid), .optical_sof_o(optical_sof), .optical_data_o(optical_data), .optical_ready_i(1'b1),
    .die_state_o(), .optical_state_o());

  // Byte 0 of a flit stands first in its line, and in the low bits of the first beat.
  reg [2047:0] flits [0:15];
  reg [1023:0] name;
  integer      count, flit, part, i, place;

  always #0.5 clk = !clk;

  task show(input [511:0] data);
    for (i = 0; i < 64; i = i + 1) $write("%h", data[8 * i +: 8]);
  endtask

  // The wire's name in front, and a line's end once the flit is whole.
  always @(posedge clk) if (rst_n && optical_valid) begin
    if (optical_sof) begin
      $write("optical ");
      place = 0;
    end
    show(optical_data);
    place = place + 1;
    if (place == 4) $write("\n");
  end

  initial begin
    clk = 0; rst_n = 0; valid = 0; sof = 0; beat = 0; place = 0;
    if (!$value$plusargs("flits=%s", name) || !$value$plusargs("count=%d", count)) $finish;
    $readmemh(name, flits, 0, count - 1);
    repeat (3) @(negedge clk);
    rst_n = 1;
    for (flit = 0; flit < count; flit = flit + 1) begin
      for (part = 0; part < 4; part = part + 1) begin
        @(negedge clk);
        valid = 1;
        sof = part == 0;
        for (i = 0; i < 64; i = i + 1) beat[8 * i +: 8] = flits[flit][2047 - 8 * (64 * part + i) -: 8];
      end
    end
    @(negedge clk);
    valid = 0;
    repeat (100) @(negedge clk);
    $finish;
  end
endmodule
