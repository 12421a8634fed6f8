// SPDX-License-Identifier: Apache-2.0
//
// A counter that goes up by one at most, read in another clock: Gray code, two flops, and back. What is read is some cycles old and never
// ahead, so that a place is used, and a flit read, late rather than early.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_gray #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,         // of the counter
  input  logic             rst_ni,
  input  logic [Width-1:0] count_next_i,  // what it is after this edge
  input  logic             other_clk_i,
  input  logic             other_rst_ni,
  output logic [Width-1:0] other_count_o
);

  logic [Width-1:0] gray_q, other_gray, other_count_q, binary;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) gray_q <= '0;
    else gray_q <= count_next_i ^ (count_next_i >> 1);
  end

  oio_sync #(
    .Width(Width)
  ) u_sync (
    .clk_i (other_clk_i),
    .rst_ni(other_rst_ni),
    .data_i(gray_q),
    .data_o(other_gray)
  );

  for (genvar i = 0; i < Width; i++) begin : gen_binary
    assign binary[i] = ^(other_gray >> i);
  end

  always_ff @(posedge other_clk_i or negedge other_rst_ni) begin
    if (!other_rst_ni) other_count_q <= '0;
    else other_count_q <= binary;
  end

  assign other_count_o = other_count_q;

`ifndef SYNTHESIS
  always_ff @(posedge clk_i) begin
    assert (!rst_ni || $onehot0(gray_q ^ (count_next_i ^ (count_next_i >> 1)))) else $error("a counter that jumps cannot cross");
  end
`endif

endmodule
