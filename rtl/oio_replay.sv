// SPDX-License-Identifier: Apache-2.0
//
// Replay buffer: the flits from acked to next_tx, and the cursor that walks them (SPEC sections 3 and 4). Flits are counted by an index
// that grows by one a flit, whose low bits address the buffer; sequence numbers, which skip zero, are kept beside.
// In one cycle what is sent comes before what is received: sent, then acknowledged, then restarted.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_replay #(
  parameter int unsigned SeqBits = 8,
  parameter int unsigned DataBytes = 64,
  parameter int unsigned WindowFlits = 127,  // 1..127 with 8 sequence bits, 1..32767 with 16
  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [15:0]            window_i,        // static: 1..WindowFlits

  // Beats taken by the encoder
  input  logic [1:0]             sent_kind_i,     // of the beat taken now; FlitNone: none is
  input  logic [BeatBits-1:0]    sent_beat_i,
  input  logic                   in_replayed_i,   // between the first and the last beat of a replayed flit
  input  logic [DataBytes*8-1:0] new_data_i,      // the beat if FlitNew

  // Rule R5 and T7
  input  logic                   ack_i,
  input  logic [15:0]            ack_number_i,    // S, in acked .. the last one sent
  input  logic [15:0]            ack_steps_i,     // distance(acked, S)
  input  logic                   restart_i,       // cursor = next(acked)

  output logic [15:0]            next_tx_o,
  output logic [15:0]            acked_o,
  output logic [15:0]            cursor_o,
  output logic [15:0]            unacked_o,       // flits unacknowledged
  output logic                   room_o,          // fewer than the window are
  output logic                   replaying_o,     // cursor != next_tx
  output logic                   first_o,         // the flit at the cursor is the first unacknowledged one, or will be when sent
  output logic                   jumped_o,        // an acknowledgement moves the cursor now

  output logic                   data_ready_o,    // replayed_data_o is the first beat of the flit at the cursor
  output logic [DataBytes*8-1:0] replayed_data_o
);

  localparam logic [15:0] Modulus = 16'((1 << SeqBits) - 1);
  localparam int unsigned SlotBits = (WindowFlits > 1) ? $clog2(WindowFlits) : 1;
  localparam int unsigned Beats = oio_pkg::FlitBytes / DataBytes;

  logic [15:0]       next_tx_q, acked_q, cursor_q, next_tx_d, acked_d, cursor_d;
  logic [SlotBits:0] tail_q, head_q, at_q, tail_d, head_d, at_d;  // indices of next_tx, next(acked), cursor
  logic [SlotBits:0] unacked, passed;
  logic              begins, sent_new, sent_replayed;

  assign begins        = sent_beat_i == '0;
  assign sent_new      = begins && (sent_kind_i == oio_pkg::FlitNew);
  assign sent_replayed = begins && (sent_kind_i == oio_pkg::FlitReplayed);

  assign unacked     = tail_q - head_q;
  assign next_tx_o   = next_tx_q;
  assign acked_o     = acked_q;
  assign cursor_o    = cursor_q;
  assign unacked_o   = 16'(unacked);
  assign room_o      = unacked_o < window_i;
  assign replaying_o = at_q != tail_q;
  assign first_o     = at_q == head_q;

  always_comb begin
    next_tx_d = next_tx_q;
    tail_d    = tail_q;
    acked_d   = acked_q;
    head_d    = head_q;
    cursor_d  = cursor_q;
    at_d      = at_q;
    jumped_o  = 1'b0;

    if (sent_new) begin
      next_tx_d = oio_pkg::number_next(next_tx_q, Modulus);
      tail_d    = tail_q + (SlotBits + 1)'(1);
    end
    if (sent_new || sent_replayed) begin
      cursor_d = oio_pkg::number_next(cursor_q, Modulus);
      at_d     = at_q + (SlotBits + 1)'(1);
    end
    passed = at_d - head_q;
    if (ack_i) begin
      acked_d = ack_number_i;
      head_d  = head_q + (SlotBits + 1)'(ack_steps_i);
      if (passed < (SlotBits + 1)'(ack_steps_i)) begin
        cursor_d = oio_pkg::number_next(ack_number_i, Modulus);
        at_d     = head_d;
        jumped_o = 1'b1;
      end
    end
    if (restart_i) begin
      cursor_d = oio_pkg::number_next(acked_d, Modulus);
      at_d     = head_d;
    end
  end

  // The read port: the next beat of a replayed flit as the one before is taken; else the first beat at the cursor, ahead of need.
  logic                      write, read_next, read_first;
  logic [SlotBits-1:0]       sending_q, sending, write_slot;
  logic [SlotBits:0]         fetched_at_q;
  logic                      fetched_q, sent_last;
  logic [SlotBits+BeatBits-1:0] read_address;

  assign sent_last  = sent_beat_i == BeatBits'(Beats - 1);
  assign sending    = begins ? at_q[SlotBits-1:0] : sending_q;
  assign write      = sent_kind_i == oio_pkg::FlitNew;
  assign write_slot = begins ? tail_q[SlotBits-1:0] : tail_q[SlotBits-1:0] - SlotBits'(1);  // the tail moved on at its first beat

  assign data_ready_o = fetched_q && replaying_o && (fetched_at_q == at_q);
  assign read_next    = (sent_kind_i == oio_pkg::FlitReplayed) && !sent_last;
  assign read_first   = replaying_o && !data_ready_o && !read_next &&
                        (!in_replayed_i || (sent_kind_i == oio_pkg::FlitReplayed));
  assign read_address = read_next ? {sending, sent_beat_i + BeatBits'(1)} : {at_q[SlotBits-1:0], BeatBits'(0)};

  oio_ram #(
    .Width(DataBytes * 8),
    .Words(Beats << SlotBits)
  ) u_ram (
    .clk_i,
    .write_i        (write),
    .write_address_i({write_slot, sent_beat_i}),
    .write_data_i   (new_data_i),
    .read_i         (read_next || read_first),
    .read_address_i (read_address),
    .read_data_o    (replayed_data_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_tx_q    <= 16'd1;
      acked_q      <= Modulus;
      cursor_q     <= 16'd1;
      tail_q       <= '0;
      head_q       <= '0;
      at_q         <= '0;
      sending_q    <= '0;
      fetched_q    <= 1'b0;
      fetched_at_q <= '0;
    end else begin
      next_tx_q <= next_tx_d;
      acked_q   <= acked_d;
      cursor_q  <= cursor_d;
      tail_q    <= tail_d;
      head_q    <= head_d;
      at_q      <= at_d;
      sending_q <= sending;
      // What was fetched is forgotten as soon as the cursor is elsewhere: the same index comes round again with other data.
      fetched_q <= read_first || (data_ready_o && !read_next);
      if (read_first) fetched_at_q <= at_q;
`ifndef SYNTHESIS
      assert (unacked <= (SlotBits + 1)'(WindowFlits)) else $error("more unacknowledged flits than the window");
      assert (at_q - head_q <= unacked) else $error("cursor outside acked .. next_tx");
      assert (!ack_i || ack_steps_i <= unacked_o) else $error("acknowledged what was not sent");
      assert (!sent_new || (room_o && !replaying_o)) else $error("new flit without room or during a replay");
      assert (!sent_replayed || data_ready_o) else $error("replayed flit before its data");
`endif
    end
  end

endmodule
