// SPDX-License-Identifier: Apache-2.0
//
// Replay buffer: the flits from acked to next_tx, and the cursor that walks them (SPEC sections 3 and 4). Flits are counted by an index
// that grows by one a flit, whose low bits address the buffer; sequence numbers, which skip zero, are kept beside.
// In one cycle what is sent comes before what is received: sent, then acknowledged, then restarted. How far the indices are apart is kept
// beside them, so that no decision waits for a difference.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_replay #(
  parameter int unsigned SeqBits = 8,
  parameter int unsigned DataBytes = 64,
  parameter int unsigned WindowFlits = 127,  // 1..127 with 8 sequence bits, 1..32767 with 16
  parameter int unsigned Protection = 0,     // of the memory: 0 none, 1 parity, 2 SECDED
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
  output logic [15:0]            last_tx_o,       // the number before it
  output logic [15:0]            cursor_o,
  output logic [15:0]            unacked_o,       // flits unacknowledged
  output logic                   room_o,          // fewer than the window are
  output logic                   replaying_o,     // cursor != next_tx
  output logic                   first_o,         // the flit at the cursor is the first unacknowledged one, or will be when sent
  output logic                   jumped_o,        // an acknowledgement moves the cursor now

  output logic                   data_ready_o,    // replayed_data_o is the first beat of the flit at the cursor
  output logic [DataBytes*8-1:0] replayed_data_o,
  output logic                   corrected_o,     // what the memory says of it
  output logic                   bad_o
);

  localparam logic [15:0] Modulus = 16'((1 << SeqBits) - 1);
  localparam int unsigned SlotBits = (WindowFlits > 1) ? $clog2(WindowFlits) : 1;
  localparam int unsigned Beats = oio_pkg::FlitBytes / DataBytes;

  logic [15:0] next_tx_q, last_tx_q, oldest_q, cursor_q, next_tx_d, oldest_d, cursor_d;  // oldest = next(acked)
  logic [SlotBits:0] tail_q, head_q, at_q, tail_d, head_d, at_d;                               // indices of next_tx, oldest, cursor
  logic [SlotBits:0] unacked_q, passed_q, unacked_d, passed_d;                                 // tail - head, at - head
  logic [SlotBits:0] steps;
  logic        begins, sent_new, sent_replayed, sent_any, passes;

  assign begins        = sent_beat_i == '0;
  assign sent_new      = begins && (sent_kind_i == oio_pkg::FlitNew);
  assign sent_replayed = begins && (sent_kind_i == oio_pkg::FlitReplayed);
  assign sent_any      = sent_new || sent_replayed;
  assign steps         = (SlotBits + 1)'(ack_steps_i);

  assign next_tx_o   = next_tx_q;
  assign last_tx_o   = last_tx_q;
  assign cursor_o    = cursor_q;
  assign unacked_o   = 16'(unacked_q);
  assign room_o      = unacked_o < window_i;
  assign replaying_o = at_q != tail_q;
  assign first_o     = passed_q == '0;

  // Does the acknowledgement go beyond the cursor, where that is once this cycle's flit is sent?
  assign passes   = sent_any ? (passed_q + (SlotBits + 1)'(1) < steps) : (passed_q < steps);
  assign jumped_o = ack_i && passes;

  always_comb begin
    next_tx_d = next_tx_q;
    tail_d    = tail_q;
    oldest_d  = oldest_q;
    head_d    = head_q;
    cursor_d  = cursor_q;
    at_d      = at_q;

    if (sent_new) begin
      next_tx_d = oio_pkg::number_next(next_tx_q, Modulus);
      tail_d    = tail_q + (SlotBits + 1)'(1);
    end
    if (sent_any) begin
      cursor_d = oio_pkg::number_next(cursor_q, Modulus);
      at_d     = at_q + (SlotBits + 1)'(1);
    end
    if (ack_i) begin
      oldest_d = oio_pkg::number_next(ack_number_i, Modulus);
      head_d   = head_q + steps;
    end
    if (jumped_o || restart_i) begin
      cursor_d = oldest_d;
      at_d     = head_d;
    end

    case ({ack_i, sent_new})
      2'b01:   unacked_d = unacked_q + (SlotBits + 1)'(1);
      2'b10:   unacked_d = unacked_q - steps;
      2'b11:   unacked_d = (unacked_q - steps) + (SlotBits + 1)'(1);
      default: unacked_d = unacked_q;
    endcase
    case ({ack_i, sent_any})
      2'b01:   passed_d = passed_q + (SlotBits + 1)'(1);
      2'b10:   passed_d = passed_q - steps;
      2'b11:   passed_d = (passed_q - steps) + (SlotBits + 1)'(1);
      default: passed_d = passed_q;
    endcase
    if (jumped_o || restart_i) passed_d = '0;
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
    .Words(Beats << SlotBits),
    .Protection(Protection)
  ) u_ram (
    .write_clk_i    (clk_i),
    .write_i        (write),
    .write_address_i({write_slot, sent_beat_i}),
    .write_data_i   (new_data_i),
    .read_clk_i     (clk_i),
    .read_i         (read_next || read_first),
    .read_address_i (read_address),
    .read_data_o    (replayed_data_o),
    .corrected_o,
    .bad_o
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_tx_q    <= 16'd1;
      last_tx_q    <= Modulus;
      oldest_q     <= 16'd1;
      cursor_q     <= 16'd1;
      unacked_q    <= '0;
      passed_q     <= '0;
      tail_q       <= '0;
      head_q       <= '0;
      at_q         <= '0;
      sending_q    <= '0;
      fetched_q    <= 1'b0;
      fetched_at_q <= '0;
    end else begin
      next_tx_q <= next_tx_d;
      if (sent_new) last_tx_q <= next_tx_q;
      oldest_q  <= oldest_d;
      unacked_q <= unacked_d;
      passed_q  <= passed_d;
      cursor_q  <= cursor_d;
      tail_q    <= tail_d;
      head_q    <= head_d;
      at_q      <= at_d;
      sending_q <= sending;
      // What was fetched is forgotten as soon as the cursor is elsewhere: the same index comes round again with other data.
      fetched_q <= read_first || (data_ready_o && !read_next);
      if (read_first) fetched_at_q <= at_q;
`ifndef SYNTHESIS
      assert (unacked_q == tail_q - head_q && passed_q == at_q - head_q) else $error("distances that are none");
      assert (unacked_q <= (SlotBits + 1)'(WindowFlits)) else $error("more unacknowledged flits than the window");
      assert (passed_q <= unacked_q) else $error("cursor outside acked .. next_tx");
      assert (oio_pkg::number_distance(oldest_q, next_tx_q, Modulus) == 16'(unacked_q)) else $error("next_tx is not the number of its index");
      assert (oio_pkg::number_distance(oldest_q, cursor_q, Modulus) == 16'(passed_q)) else $error("the cursor is not the number of its index");
      assert (oio_pkg::number_next(last_tx_q, Modulus) == next_tx_q) else $error("last_tx is not the one before next_tx");
      assert (next_tx_q != '0 && oldest_q != '0 && cursor_q != '0) else $error("zero is not a sequence number");
      assert (((next_tx_q | oldest_q | cursor_q) & ~Modulus) == '0) else $error("a sequence number beyond the modulus");
      assert (!ack_i || ack_steps_i <= unacked_o) else $error("acknowledged what was not sent");
      assert (!sent_new || (room_o && !replaying_o)) else $error("new flit without room or during a replay");
      assert (!sent_replayed || data_ready_o) else $error("replayed flit before its data");
`endif
    end
  end

endmodule
