// SPDX-License-Identifier: Apache-2.0
//
// Counts down to zero and stays there. due_o is "now >= due": high from `cycles` cycles after the start, and before the first start.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_timer (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        start_i,
  input  logic [31:0] cycles_i,
  output logic        due_o
);

  logic [31:0] left_q;
  logic        due_q;  // left_q is zero

  assign due_o = due_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
      due_q  <= 1'b1;
    end else if (start_i) begin
      left_q <= cycles_i;
      due_q  <= cycles_i == 32'd0;
    end else if (!due_q) begin
      left_q <= left_q - 32'd1;
      due_q  <= left_q == 32'd1;
    end
  end

endmodule
