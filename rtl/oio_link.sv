// SPDX-License-Identifier: Apache-2.0
//
// One end of a link: framing, CRC, credit and replay (SPEC sections 1 to 5). Payloads travel inside as the beats of their flit.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_link #(
  parameter int unsigned SeqBits = 8,        // 8 die side, 16 optical side
  parameter int unsigned DataBytes = 64,     // 64 or 128
  parameter int unsigned WindowFlits = 127,  // replay buffer
  parameter int unsigned BufferFlits = 64    // receive buffer
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  oio_pkg::link_config_t  config_i,

  // Wire in: no back-pressure
  input  logic                   wire_valid_i,
  input  logic                   wire_sof_i,
  input  logic [DataBytes*8-1:0] wire_data_i,

  // Wire out
  output logic                   wire_valid_o,
  output logic                   wire_sof_o,
  output logic [DataBytes*8-1:0] wire_data_o,
  input  logic                   wire_ready_i,

  // Payloads to send: available_i says that a whole one is there; a beat moves with send_pop_o
  input  logic                   send_available_i,
  input  logic [DataBytes*8-1:0] send_data_i,
  output logic                   send_pop_o,

  // Payloads received, likewise
  output logic                   recv_available_o,
  output logic [DataBytes*8-1:0] recv_data_o,
  input  logic                   recv_pop_i,

  output oio_pkg::link_state_t   state_o
);

  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes);

  // Straps come from a register, so that nothing but registers depends on them. Reset lasts a clock at least.
  oio_pkg::link_config_t config_q;

  always_ff @(posedge clk_i) config_q <= config_i;

  // A failed link sends nothing, accepts nothing and says why.
  logic [2:0] failed_q, rx_fail, tx_fail;
  logic       stopped;

  assign stopped = failed_q != oio_pkg::FailedNo;

  // Sizes in use: the straps', within the parameters'
  logic [15:0] window, buffer;

  assign window = (config_q.window_flits == 16'd0) ? 16'(WindowFlits) : config_q.window_flits;
  assign buffer = (config_q.buffer_flits == 16'd0) ? 16'(BufferFlits) : config_q.buffer_flits;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      failed_q <= oio_pkg::FailedNo;
    end else if (!stopped) begin
      failed_q <= (rx_fail != oio_pkg::FailedNo) ? rx_fail : tx_fail;
    end
  end

  // Receive: decode, decide, buffer

  logic                   beat_valid;
  logic [BeatBits-1:0]    beat;
  logic [DataBytes*8-1:0] beat_data;
  logic                   done, valid, discard, blocked;
  oio_pkg::flit_head_t    received_head;
  logic                   justified, take_limit, ack, nak, nak_answered, accepted, duplicate, asked, waiting, taken;
  logic [15:0]            ack_number, ack_steps, expected, acked, unacked, credit_sent;
  logic [3:0]             round_seen;

  oio_flit_decode #(
    .DataBytes(DataBytes)
  ) u_flit_decode (
    .clk_i, .rst_ni,
    .format_i        (config_q.format),
    .abandon_cycles_i(config_q.nak_repeat_cycles),
    .valid_i         (wire_valid_i),
    .sof_i           (wire_sof_i),
    .data_i          (wire_data_i),
    .beat_valid_o    (beat_valid),
    .beat_o          (beat),
    .beat_data_o     (beat_data),
    .done_o          (done),
    .valid_o         (valid),
    .discard_o       (discard),
    .head_o          (received_head)
  );

  oio_link_rx #(
    .SeqBits(SeqBits)
  ) u_link_rx (
    .clk_i, .rst_ni,
    .stopped_i           (stopped),
    .done_i              (done),
    .valid_i             (valid),
    .discard_i           (discard),
    .head_i              (received_head),
    .blocked_i           (blocked),
    .acked_i             (acked),
    .unacked_i           (unacked),
    .justified_i         (justified),
    .take_limit_o        (take_limit),
    .ack_o               (ack),
    .nak_o               (nak),
    .ack_number_o        (ack_number),
    .ack_steps_o         (ack_steps),
    .accepted_o          (accepted),
    .duplicate_o         (duplicate),
    .asked_o             (asked),
    .fail_o              (rx_fail),
    .expected_o          (expected),
    .round_seen_o        (round_seen),
    .waiting_o           (waiting),
    .lost_o              (state_o.lost),
    .received_payload_o  (state_o.received_payload),
    .received_invalid_o  (state_o.received_invalid),
    .received_duplicate_o(state_o.received_duplicate),
    .received_ahead_o    (state_o.received_ahead),
    .asked_crc_o         (state_o.asked_crc),
    .asked_sequence_o    (state_o.asked_sequence)
  );

  oio_receive_buffer #(
    .DataBytes(DataBytes),
    .Flits    (BufferFlits)
  ) u_receive_buffer (
    .clk_i, .rst_ni,
    .flits_i     (buffer),
    .write_i     (beat_valid),
    .write_beat_i(beat),
    .write_data_i(beat_data),
    .commit_i    (accepted),
    .blocked_o   (blocked),
    .available_o (recv_available_o),
    .data_o      (recv_data_o),
    .pop_i       (recv_pop_i),
    .taken_o     (taken)
  );

  // Send: choose, encode

  logic                   may_send, ack_wanted, nop_due;
  logic                   sent, sent_new, sent_ack, sent_nak;
  logic [1:0]             kind;
  logic [BeatBits-1:0]    sent_beat;
  oio_pkg::flit_head_t    sent_head;
  logic [DataBytes*8-1:0] replayed_data;
  logic                   encode_ready;

  oio_credit u_credit (
    .clk_i, .rst_ni,
    .initial_limit_i(config_q.credit_limit),
    .limit_i        (received_head.credit_limit),
    .justified_o    (justified),
    .take_i         (take_limit),
    .sent_i         (sent_new),
    .may_send_o     (may_send),
    .credit_limit_o (state_o.credit_limit),
    .sent_total_o   (state_o.sent_total),
    .buffer_flits_i (buffer),
    .taken_i        (taken),
    .credit_sent_o  (credit_sent)
  );

  oio_owed u_owed (
    .clk_i, .rst_ni,
    .ack_delay_cycles_i (config_q.ack_delay_cycles),
    .nak_repeat_cycles_i(config_q.nak_repeat_cycles),
    .accepted_i         (accepted),
    .ack_now_i          (duplicate || nak_answered),
    .taken_i            (taken),
    .waiting_i          (waiting),
    .asked_i            (asked),
    .sent_i             (sent),
    .sent_ack_i         (sent_ack),
    .sent_nak_i         (sent_nak),
    .ack_wanted_o       (ack_wanted),
    .nop_due_o          (nop_due)
  );

  oio_link_tx #(
    .SeqBits    (SeqBits),
    .DataBytes  (DataBytes),
    .WindowFlits(WindowFlits)
  ) u_link_tx (
    .clk_i, .rst_ni,
    .stopped_i          (stopped),
    .timeout_cycles_i   (config_q.timeout_cycles),
    .nak_repeat_cycles_i(config_q.nak_repeat_cycles),
    .replay_limit_i     (config_q.replay_limit),
    .window_i           (window),
    .available_i        (send_available_i),
    .new_data_i         (send_data_i),
    .pop_o              (send_pop_o),
    .ack_i              (ack),
    .nak_i              (nak),
    .ack_number_i       (ack_number),
    .ack_steps_i        (ack_steps),
    .echo_i             (received_head.echo),
    .may_send_i         (may_send),
    .ack_wanted_i       (ack_wanted),
    .nop_due_i          (nop_due),
    .waiting_i          (waiting),
    .expected_i         (expected),
    .round_seen_i       (round_seen),
    .credit_sent_i      (credit_sent),
    .ready_i            (encode_ready),
    .kind_o             (kind),
    .beat_o             (sent_beat),
    .head_o             (sent_head),
    .replayed_data_o    (replayed_data),
    .sent_o             (sent),
    .sent_new_o         (sent_new),
    .sent_ack_o         (sent_ack),
    .sent_nak_o         (sent_nak),
    .nak_answered_o     (nak_answered),
    .fail_o             (tx_fail),
    .next_tx_o          (state_o.next_tx),
    .acked_o            (acked),
    .unacked_o          (unacked),
    .round_o            (state_o.round),
    .sent_payload_o     (state_o.sent_payload),
    .sent_nop_o         (state_o.sent_nop),
    .sent_replayed_o    (state_o.sent_replayed),
    .timeouts_o         (state_o.timeouts)
  );

  oio_flit_encode #(
    .DataBytes(DataBytes)
  ) u_flit_encode (
    .clk_i, .rst_ni,
    .format_i       (config_q.format),
    .kind_i         (kind),
    .beat_i         (sent_beat),
    .head_i         (sent_head),
    .new_data_i     (send_data_i),
    .replayed_data_i(replayed_data),
    .ready_o        (encode_ready),
    .valid_o        (wire_valid_o),
    .sof_o          (wire_sof_o),
    .data_o         (wire_data_o),
    .ready_i        (wire_ready_i)
  );

  assign state_o.acked       = acked;
  assign state_o.expected    = expected;
  assign state_o.credit_sent = credit_sent;
  assign state_o.round_seen  = round_seen;
  assign state_o.failed      = failed_q;
  assign state_o.waiting     = waiting;

endmodule
