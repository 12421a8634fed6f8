// SPDX-License-Identifier: Apache-2.0
//
// The transmitter: rules T1 to T7 and the Ack and Nak half of R5 (SPEC sections 3 and 4). It chooses once a flit, in the cycle in which
// the encoder takes the flit's first beat; a payload is accepted from above in that same cycle, so none ever waits unsent.
// In one cycle what is sent comes before what is received.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_link_tx #(
  parameter int unsigned SeqBits = 8,
  parameter int unsigned DataBytes = 64,
  parameter int unsigned WindowFlits = 127,
  parameter int unsigned Protection = 0,               // of the replay buffer's memory
  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   stopped_i,           // the link has failed
  input  logic [31:0]            timeout_cycles_i,
  input  logic [31:0]            nak_repeat_cycles_i,
  input  logic [15:0]            replay_limit_i,
  input  logic [15:0]            window_i,            // static: 1..WindowFlits

  // Payloads from above, beat by beat
  input  logic                   available_i,
  input  logic [DataBytes*8-1:0] new_data_i,
  input  logic                   new_bad_i,           // the memory that it comes from says so
  output logic                   pop_o,

  // Received (rule R5), a cycle after the flit
  input  logic                   ack_i,
  input  logic                   nak_i,
  input  logic [15:0]            ack_number_i,
  input  logic [15:0]            ack_steps_i,
  input  logic [3:0]             echo_i,

  // What a head is made of, and what is to be sent
  input  logic                   may_send_i,          // the peer has credit left
  input  logic                   ack_wanted_i,
  input  logic                   nop_due_i,
  input  logic                   waiting_i,
  input  logic [15:0]            last_i,              // the payload flit accepted last
  input  logic [3:0]             round_seen_i,
  input  logic [15:0]            credit_sent_i,

  // To the encoder
  input  logic                   ready_i,
  output logic [1:0]             kind_o,
  output logic [BeatBits-1:0]    beat_o,
  output oio_pkg::flit_head_t    head_o,
  output logic [DataBytes*8-1:0] replayed_data_o,
  output logic                   bad_o,               // the beat is: its flit must not be taken for whole

  // What begins in this cycle
  output logic                   sent_o,
  output logic                   sent_new_o,
  output logic                   sent_ack_o,
  output logic                   sent_nak_o,
  output logic                   nak_answered_o,      // a Nak has arrived that is not ignored
  output logic                   sent_nop_o,
  output logic                   sent_replayed_o,
  output logic                   timed_out_o,
  output logic [2:0]             fail_o,

  output logic [15:0]            next_tx_o,
  output logic [15:0]            unacked_o,
  output logic [3:0]             round_o
);

  logic [BeatBits-1:0] beat_q;
  logic [1:0]          kind_q, choice, sent_kind;
  oio_pkg::flit_head_t head_q, head;
  logic                replayed_bad, corrected;
  logic                begins, room, replaying, first, jumped, data_ready;
  logic [15:0]         cursor, last_tx;

  logic [3:0]  round_q, round_d;
  logic [15:0] replays_q, replays_d;
  logic        resync_q, resync_d, force_explicit_q, force_explicit_d, last_explicit_q, last_explicit_d;

  logic progress_due, repeat_due, timed_out, restart, sent_payload;
  logic nak_current, nothing_unacked, progress, replays_spent;

  assign begins = beat_q == '0;

  // T1. An acknowledgement that arrives now may be the progress that was missed: look again in the next cycle.
  assign timed_out = begins && ready_i && !stopped_i && !ack_i && progress_due && (unacked_o != 16'd0);

  // T2, T5
  always_comb begin
    choice = oio_pkg::FlitNone;
    if (!stopped_i && !timed_out) begin
      if (replaying) begin
        if (data_ready) choice = oio_pkg::FlitReplayed;
      end else if (available_i && may_send_i && room) begin
        choice = oio_pkg::FlitNew;
      end else if (resync_q || nop_due_i) begin
        choice = oio_pkg::FlitNop;
      end
    end
  end

  // T3, T4
  always_comb begin
    head.protocol     = oio_pkg::ProtocolPayload;
    head.command      = waiting_i ? oio_pkg::CommandNak : oio_pkg::CommandAck;
    head.round        = round_q;
    head.echo         = round_seen_i;
    head.credit_limit = credit_sent_i;
    if (choice == oio_pkg::FlitNop) begin
      head.protocol = oio_pkg::ProtocolNop;
      if (resync_q) head.command = oio_pkg::CommandExplicit;
    end else if (force_explicit_q || !ack_wanted_i || !last_explicit_q) begin
      head.command = oio_pkg::CommandExplicit;
    end
    if (head.command != oio_pkg::CommandExplicit) begin
      head.number = last_i;
    end else if (choice == oio_pkg::FlitNop) begin
      head.number = last_tx;
    end else begin
      head.number = cursor;
    end
  end

  assign kind_o = begins ? choice : kind_q;
  assign head_o = begins ? head : head_q;
  assign beat_o = beat_q;
  assign bad_o  = (kind_o == oio_pkg::FlitNew && new_bad_i) || (kind_o == oio_pkg::FlitReplayed && replayed_bad);

  assign sent_kind    = ready_i ? kind_o : oio_pkg::FlitNone;
  assign pop_o        = sent_kind == oio_pkg::FlitNew;
  assign sent_o       = begins && (sent_kind != oio_pkg::FlitNone);
  assign sent_payload = sent_o && (choice != oio_pkg::FlitNop);
  assign sent_new_o   = sent_o && (choice == oio_pkg::FlitNew);
  assign sent_ack_o   = sent_o && (head.command != oio_pkg::CommandExplicit);
  assign sent_nop_o      = sent_o && (choice == oio_pkg::FlitNop);
  assign sent_replayed_o = sent_o && (choice == oio_pkg::FlitReplayed);
  assign timed_out_o     = timed_out;
  assign sent_nak_o   = sent_o && (head.command == oio_pkg::CommandNak);

  assign round_o = round_q;

  // R5, T7
  assign nak_current     = echo_i == round_q;
  assign nothing_unacked = ack_steps_i == unacked_o;
  assign nak_answered_o  = nak_i && (nothing_unacked || nak_current || repeat_due);
  assign restart         = timed_out || (nak_answered_o && !nothing_unacked);

  assign progress        = ack_i && (ack_steps_i != 16'd0);
  assign replays_spent   = progress ? (replay_limit_i == 16'd0) : (replays_q >= replay_limit_i);

  always_comb begin
    round_d          = round_q;
    replays_d        = replays_q;
    resync_d         = resync_q;
    force_explicit_d = force_explicit_q;
    last_explicit_d  = last_explicit_q;
    fail_o           = oio_pkg::FailedNo;

    if (sent_payload) begin
      force_explicit_d = 1'b0;
      last_explicit_d  = head.command == oio_pkg::CommandExplicit;
    end
    if (sent_o && choice == oio_pkg::FlitNop && resync_q) begin
      resync_d = 1'b0;
      // The peer may have counted on from a duplicate: the next payload flit must say its number.
      force_explicit_d = 1'b1;
    end

    if (progress) replays_d = '0;
    // The payload flit sent last is not the one before the cursor any more.
    if (jumped) force_explicit_d = 1'b1;
    if (nak_i && nothing_unacked) begin
      resync_d         = 1'b1;
      force_explicit_d = 1'b1;  // a new payload may go out before the NOP
      if (nak_current) round_d = round_q + 4'd1;
    end
    if (restart) begin
      round_d          = round_q + 4'd1;
      force_explicit_d = 1'b1;
      if (replays_spent) fail_o = oio_pkg::FailedReplayLimit;
      else replays_d = progress ? 16'd1 : replays_q + 16'd1;
    end
    if (bad_o && ready_i) fail_o = oio_pkg::FailedMemory;
  end

  // What the memory has put right needs nothing done.
  logic unused;
  assign unused = corrected;

  oio_timer u_progress_timer (
    .clk_i, .rst_ni,
    .start_i ((sent_payload && first) || progress || restart),
    .cycles_i(timeout_cycles_i),
    .due_o   (progress_due)
  );

  oio_timer u_repeat_timer (
    .clk_i, .rst_ni,
    .start_i (restart),
    .cycles_i(nak_repeat_cycles_i),
    .due_o   (repeat_due)
  );

  oio_replay #(
    .SeqBits    (SeqBits),
    .DataBytes  (DataBytes),
    .WindowFlits(WindowFlits),
    .Protection (Protection)
  ) u_replay (
    .clk_i, .rst_ni, .window_i,
    .sent_kind_i  (sent_kind),
    .sent_beat_i  (beat_q),
    .in_replayed_i(!begins && (kind_q == oio_pkg::FlitReplayed)),
    .new_data_i,
    .ack_i,
    .ack_number_i,
    .ack_steps_i,
    .restart_i    (restart),
    .next_tx_o,
    .last_tx_o    (last_tx),
    .cursor_o     (cursor),
    .unacked_o,
    .room_o       (room),
    .replaying_o  (replaying),
    .first_o      (first),
    .jumped_o     (jumped),
    .data_ready_o (data_ready),
    .replayed_data_o,
    .corrected_o  (corrected),
    .bad_o        (replayed_bad)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q           <= '0;
      kind_q           <= oio_pkg::FlitNone;
      head_q           <= '0;
      round_q          <= '0;
      replays_q        <= '0;
      resync_q         <= 1'b0;
      force_explicit_q <= 1'b1;
      last_explicit_q  <= 1'b0;
    end else begin
      if (sent_kind != oio_pkg::FlitNone) beat_q <= beat_q + BeatBits'(1);
      round_q          <= round_d;
      replays_q        <= replays_d;
      resync_q         <= resync_d;
      force_explicit_q <= force_explicit_d;
      last_explicit_q  <= last_explicit_d;
      if (sent_o) begin
        kind_q <= choice;
        head_q <= head;
      end
`ifndef SYNTHESIS
      assert (begins || kind_q != oio_pkg::FlitNone) else $error("a beat of no flit");
      assert (!pop_o || available_i) else $error("a payload that is not there");
`endif
    end
  end

endmodule
