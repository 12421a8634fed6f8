// SPDX-License-Identifier: Apache-2.0
//
// What this end owes the peer and when a NOP must bring it if no payload flit does (SPEC rules T5 and T6): Acks, credits, Naks.
// In one cycle what is sent comes before what is received: an Ack owed anew is not paid by a flit begun in that cycle.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_owed (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [31:0] ack_delay_cycles_i,
  input  logic [31:0] nak_repeat_cycles_i,

  input  logic        accepted_i,    // a payload flit was accepted: an Ack is owed
  input  logic        ack_now_i,     // a duplicate was discarded, or a Nak is answered: an Ack is owed, due now
  input  logic        taken_i,       // a flit has left the receive buffer: a credit is owed
  input  logic        waiting_i,     // a retry is asked for
  input  logic        asked_i,       // ... from now on

  input  logic        sent_i,        // a flit begins; it pays the owed credit
  input  logic        sent_ack_i,    // it carries an Ack or a Nak
  input  logic        sent_nak_i,    // it carries a Nak

  output logic        ack_wanted_o,
  output logic        nop_due_o
);

  logic ack_owed_q, credit_owed_q;
  logic ack_starts, credit_starts;
  logic ack_due, credit_due, nak_due;

  assign ack_starts    = accepted_i && (!ack_owed_q || sent_ack_i);
  assign credit_starts = taken_i && (!credit_owed_q || sent_i);

  oio_timer u_ack_timer (
    .clk_i, .rst_ni,
    .start_i (ack_starts || ack_now_i),
    .cycles_i(ack_now_i ? 32'd0 : ack_delay_cycles_i),
    .due_o   (ack_due)
  );

  oio_timer u_credit_timer (
    .clk_i, .rst_ni,
    .start_i (credit_starts),
    .cycles_i(ack_delay_cycles_i),
    .due_o   (credit_due)
  );

  oio_timer u_nak_timer (
    .clk_i, .rst_ni,
    .start_i (asked_i || sent_nak_i),
    .cycles_i(asked_i ? 32'd0 : nak_repeat_cycles_i),
    .due_o   (nak_due)
  );

  assign ack_wanted_o = ack_owed_q || waiting_i;
  assign nop_due_o    = (waiting_i && nak_due) || (ack_owed_q && ack_due) || (credit_owed_q && credit_due);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ack_owed_q    <= 1'b0;
      credit_owed_q <= 1'b0;
    end else begin
      if (accepted_i || ack_now_i) ack_owed_q <= 1'b1;
      else if (sent_ack_i) ack_owed_q <= 1'b0;
      if (taken_i) credit_owed_q <= 1'b1;
      else if (sent_i) credit_owed_q <= 1'b0;
`ifndef SYNTHESIS
      assert (sent_i || !sent_ack_i) else $error("an Ack without a flit");
      assert (sent_ack_i || !sent_nak_i) else $error("a Nak pays an Ack");
`endif
    end
  end

endmodule
