// SPDX-License-Identifier: Apache-2.0
//
// Reset into a clock: asserted at once, released by the clock's own edges.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_reset_sync (
  input  logic clk_i,
  input  logic rst_ni,   // of no clock
  output logic rst_no
);

  logic [1:0] released_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) released_q <= '0;
    else released_q <= {released_q[0], 1'b1};
  end

  assign rst_no = released_q[1];

endmodule
