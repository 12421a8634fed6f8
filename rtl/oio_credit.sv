// SPDX-License-Identifier: Apache-2.0
//
// Link credit (SPEC section 5): totals modulo 65536 in both directions, so that a lost flit loses no credit.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_credit (
  input  logic        clk_i,
  input  logic        rst_ni,

  // What this end may send
  input  logic [15:0] initial_limit_i,  // the peer's receive buffer, static
  input  logic [15:0] limit_i,          // of a flit that has arrived (rule R4) ...
  output logic        justified_o,      // ... it does not go back, and the peer's buffer can justify it ...
  input  logic        take_i,           // ... and it is taken
  input  logic        sent_i,           // a new payload flit is sent
  output logic        may_send_o,
  output logic [15:0] credit_limit_o,
  output logic [15:0] sent_total_o,

  // What the peer may send
  input  logic [15:0] buffer_flits_i,   // this end's receive buffer, static: 1..32767
  input  logic        taken_i,          // a payload flit has left the receive buffer
  output logic [15:0] credit_sent_o     // the limit that every flit carries
);

  // The limit is kept as its rise over the initial one: a reset value must be a constant.
  logic [15:0] risen_q, sent_total_q, taken_total_q;
  logic [15:0] left, rise, highest_rise;

  assign credit_limit_o = initial_limit_i + risen_q;
  assign sent_total_o   = sent_total_q;
  assign credit_sent_o  = taken_total_q + buffer_flits_i;

  assign left       = credit_limit_o - sent_total_q;
  // The highest limit that can be justified is the initial one and all that was sent.
  assign rise         = limit_i - credit_limit_o;
  assign highest_rise = sent_total_q - risen_q;
  assign justified_o  = rise <= highest_rise;
  assign may_send_o = (left != 16'd0) && !left[15];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      risen_q       <= '0;
      sent_total_q  <= '0;
      taken_total_q <= '0;
    end else begin
      if (take_i) risen_q <= risen_q + rise;
      if (sent_i) sent_total_q <= sent_total_q + 16'd1;
      if (taken_i) taken_total_q <= taken_total_q + 16'd1;
`ifndef SYNTHESIS
      assert (!sent_i || may_send_o) else $error("sent without credit");
      assert (!take_i || justified_o) else $error("a credit limit that cannot be is taken");
`endif
    end
  end

endmodule
