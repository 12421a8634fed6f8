// SPDX-License-Identifier: Apache-2.0
//
// A word into another clock by way of Stages flops. One bit, or a Gray-coded counter of which one bit changes at a time: any other word would
// arrive in pieces. The SDC bounds the way into the first flop.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_sync #(
  parameter int unsigned Width = 1,
  parameter int unsigned Stages = 2   // 2 or more
) (
  input  logic             clk_i,     // of the word that comes out
  input  logic             rst_ni,
  input  logic [Width-1:0] data_i,    // a flop of the other clock
  output logic [Width-1:0] data_o
);

  logic [Stages*Width-1:0] stage_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stage_q <= '0;
    else stage_q <= {stage_q[(Stages-1)*Width-1:0], data_i};
  end

  assign data_o = stage_q[(Stages-1)*Width+:Width];

endmodule
