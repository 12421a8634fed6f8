// SPDX-License-Identifier: Apache-2.0
//
// Link credit (SPEC section 5): totals modulo 65536 in both directions, so that a lost flit loses no credit.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_credit (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        in_reset_i,       // straps are loaded

  // What this end may send
  input  logic [15:0] initial_limit_i,  // the peer's receive buffer, static
  input  logic        early_i,          // early_limit_i is that of a flit that will have arrived in the next cycle (rule R4):
  input  logic [15:0] early_limit_i,
  output logic        justified_o,      // it does not go back, and the peer's buffer can justify it ...
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

  // left_q is limit_q - sent_total_q, credit_sent_q what was taken and the buffer: kept, not computed when they are wanted. Straps are loaded in
  // reset: a reset value must be a constant. The limit of a flit is judged as it comes; what is sent in between only makes more of it justified.
  logic [15:0] limit_q, left_q, sent_total_q, credit_sent_q, limit_new_q, rise_q;
  /*verilator tracing_off*/
  logic [15:0] rise, highest_rise, left_taken;  // of what need not be a flit
  /*verilator tracing_on*/
  logic        justified_q;

  assign credit_limit_o = limit_q;
  assign sent_total_o   = sent_total_q;
  assign credit_sent_o  = credit_sent_q;
  assign justified_o    = justified_q;

  // The highest limit that can be justified is the initial one and all that was sent.
  assign rise         = early_limit_i - limit_q;
  assign highest_rise = initial_limit_i - left_q;
  assign left_taken   = left_q + rise_q;
  assign may_send_o   = (left_q != 16'd0) && !left_q[15];

  always_ff @(posedge clk_i) begin
    if (in_reset_i) begin
      limit_q       <= initial_limit_i;
      left_q        <= initial_limit_i;
      credit_sent_q <= buffer_flits_i;
    end else begin
      if (take_i) limit_q <= limit_new_q;
      case ({take_i, sent_i})
        2'b01:   left_q <= left_q - 16'd1;
        2'b10:   left_q <= left_taken;
        2'b11:   left_q <= left_taken - 16'd1;
        default: ;
      endcase
      if (taken_i) credit_sent_q <= credit_sent_q + 16'd1;
    end
    if (early_i) begin
      limit_new_q <= early_limit_i;
      rise_q      <= rise;
      justified_q <= rise <= highest_rise;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sent_total_q <= '0;
    end else begin
      if (sent_i) sent_total_q <= sent_total_q + 16'd1;
`ifndef SYNTHESIS
      assert (!sent_i || may_send_o) else $error("sent without credit");
      assert (!take_i || justified_o) else $error("a credit limit that cannot be is taken");
      assert (in_reset_i || left_q <= initial_limit_i) else $error("more credit than the peer has buffer");
      assert (!take_i || (limit_new_q == limit_q + rise_q && rise_q <= initial_limit_i - left_q)) else $error("another limit is taken than was judged");
      assert (in_reset_i || left_q == limit_q - sent_total_q) else $error("credit left is not the limit less what was sent");
`endif
    end
  end

endmodule
