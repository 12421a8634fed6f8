// SPDX-License-Identifier: Apache-2.0
//
// The debug port of a link end, behind one structure: every counter is here, and every output a register, so that leaving it out takes
// nothing from the link. What the link has done shows two cycles later, what it is one.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_debug (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  oio_pkg::link_events_t events_i,
  input  oio_pkg::link_state_t  live_i,   // the counts in it mean nothing
  output oio_pkg::link_state_t  state_o
);

  oio_pkg::link_events_t events_q;
  oio_pkg::link_state_t  live_q;
  logic [31:0] sent_payload_q, sent_nop_q, sent_replayed_q, received_payload_q, received_invalid_q, received_duplicate_q, received_ahead_q,
               asked_crc_q, asked_sequence_q, timeouts_q;

  // Of the live values none needs a reset: they have one where they come from, and reset lasts longer than a clock.
  always_ff @(posedge clk_i) live_q <= live_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      events_q             <= '0;
      sent_payload_q       <= '0;
      sent_nop_q           <= '0;
      sent_replayed_q      <= '0;
      received_payload_q   <= '0;
      received_invalid_q   <= '0;
      received_duplicate_q <= '0;
      received_ahead_q     <= '0;
      asked_crc_q          <= '0;
      asked_sequence_q     <= '0;
      timeouts_q           <= '0;
    end else begin
      events_q <= events_i;
      if (events_q.sent_payload)       sent_payload_q       <= sent_payload_q + 32'd1;
      if (events_q.sent_nop)           sent_nop_q           <= sent_nop_q + 32'd1;
      if (events_q.sent_replayed)      sent_replayed_q      <= sent_replayed_q + 32'd1;
      if (events_q.received_payload)   received_payload_q   <= received_payload_q + 32'd1;
      if (events_q.received_invalid)   received_invalid_q   <= received_invalid_q + 32'd1;
      if (events_q.received_duplicate) received_duplicate_q <= received_duplicate_q + 32'd1;
      if (events_q.received_ahead)     received_ahead_q     <= received_ahead_q + 32'd1;
      if (events_q.asked_crc)          asked_crc_q          <= asked_crc_q + 32'd1;
      if (events_q.asked_sequence)     asked_sequence_q     <= asked_sequence_q + 32'd1;
      if (events_q.timeout)            timeouts_q           <= timeouts_q + 32'd1;
    end
  end

  always_comb begin
    state_o = live_q;
    state_o.sent_payload       = sent_payload_q;
    state_o.sent_nop           = sent_nop_q;
    state_o.sent_replayed      = sent_replayed_q;
    state_o.received_payload   = received_payload_q;
    state_o.received_invalid   = received_invalid_q;
    state_o.received_duplicate = received_duplicate_q;
    state_o.received_ahead     = received_ahead_q;
    state_o.asked_crc          = asked_crc_q;
    state_o.asked_sequence     = asked_sequence_q;
    state_o.timeouts           = timeouts_q;
  end

endmodule
