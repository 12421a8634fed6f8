// SPDX-License-Identifier: Apache-2.0
//
// One end of a link: framing, CRC, credit and replay (SPEC sections 1 to 5). Payloads travel inside as the beats of their flit.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_link #(
  parameter int unsigned SeqBits = 8,        // 8 die side, 16 optical side
  parameter int unsigned DataBytes = 64,     // 64 or 128
  parameter int unsigned WindowFlits = 127,  // replay buffer
  parameter int unsigned BufferFlits = 64,   // receive buffer
  parameter bit          Crossing = 1'b0,    // payloads received are read with recv_clk_i, which is another clock
  parameter int unsigned Protection = 0      // of the memories: 0 none, 1 parity, 2 SECDED
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  oio_pkg::link_config_t  config_i,         // sampled in reset

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
  input  logic                   send_bad_i,       // the memory that it comes from says so
  output logic                   send_pop_o,

  // Payloads received, likewise, in their reader's clock: without Crossing clk_i and rst_ni again
  input  logic                   recv_clk_i,
  input  logic                   recv_rst_ni,
  output logic                   recv_available_o,
  output logic [DataBytes*8-1:0] recv_data_o,
  output logic                   recv_bad_o,
  input  logic                   recv_pop_i,

  output oio_pkg::link_state_t   state_o
);

  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes);

  // Straps are sampled in reset, which lasts four clocks at least: straps, what is made of them, what starts from that. In the first cycle out of
  // reset in_reset_q still stands, and nothing can have happened yet.
  logic                  in_reset_q;
  oio_pkg::link_config_t config_q;
  logic [15:0]           window, buffer;  // in use: the straps', within the parameters'

  assign window = config_q.window_flits;
  assign buffer = config_q.buffer_flits;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) in_reset_q <= 1'b1;
    else in_reset_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (in_reset_q) begin
      config_q <= config_i;
      if (config_i.window_flits == 16'd0) config_q.window_flits <= 16'(WindowFlits);
      if (config_i.buffer_flits == 16'd0) config_q.buffer_flits <= 16'(BufferFlits);
    end
  end

  // A failed link sends nothing, accepts nothing and says why.
  logic [2:0] failed_q, rx_fail, tx_fail;
  logic       stopped;

  assign stopped = failed_q != oio_pkg::FailedNo;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      failed_q <= oio_pkg::FailedNo;
    end else if (!stopped) begin
      failed_q <= (rx_fail != oio_pkg::FailedNo) ? rx_fail : tx_fail;
    end
  end

  // Receive: decode, decide, buffer

  logic                   recv_corrected;
  logic                   beat_valid;
  logic [BeatBits-1:0]    beat;
  logic [DataBytes*8-1:0] beat_data;
  logic                   done, valid, discard, blocked;
  oio_pkg::flit_head_t    received_head, early_head;
  logic                   early;
  logic                   justified, take_limit, ack, nak, nak_answered, accepted, duplicate, asked, waiting, lost, taken;
  logic [15:0]            ack_number, ack_steps, expected, last, acked, unacked, credit_sent;
  logic [3:0]             round_seen, echo;
  oio_pkg::link_events_t  events;
  oio_pkg::link_state_t   live;

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
    .early_o         (early),
    .early_head_o    (early_head),
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
    .early_i             (early),
    .early_head_i        (early_head),
    .done_i              (done),
    .valid_i             (valid),
    .discard_i           (discard),
    .head_i              (received_head),
    .blocked_i           (blocked),
    .unacked_i           (unacked),
    .justified_i         (justified),
    .take_limit_o        (take_limit),
    .ack_o               (ack),
    .nak_o               (nak),
    .ack_number_o        (ack_number),
    .ack_steps_o         (ack_steps),
    .echo_o              (echo),
    .accepted_o          (accepted),
    .duplicate_o         (duplicate),
    .asked_o             (asked),
    .fail_o              (rx_fail),
    .invalid_o           (events.received_invalid),
    .ahead_o             (events.received_ahead),
    .asked_crc_o         (events.asked_crc),
    .asked_sequence_o    (events.asked_sequence),
    .acked_o             (acked),
    .expected_o          (expected),
    .last_o              (last),
    .round_seen_o        (round_seen),
    .waiting_o           (waiting),
    .lost_o              (lost)
  );

  oio_receive_buffer #(
    .DataBytes(DataBytes),
    .Flits    (BufferFlits),
    .Crossing (Crossing),
    .Protection(Protection)
  ) u_receive_buffer (
    .clk_i, .rst_ni,
    .flits_i     (buffer),
    .write_i     (beat_valid),
    .write_beat_i(beat),
    .write_data_i(beat_data),
    .commit_i    (accepted),
    .blocked_o   (blocked),
    .taken_o     (taken),
    .read_clk_i  (recv_clk_i),
    .read_rst_ni (recv_rst_ni),
    .available_o (recv_available_o),
    .data_o      (recv_data_o),
    .corrected_o (recv_corrected),
    .bad_o       (recv_bad_o),
    .pop_i       (recv_pop_i)
  );

  // Send: choose, encode

  logic                   may_send, ack_wanted, nop_due;
  logic                   sent, sent_new, sent_ack, sent_nak;
  logic [1:0]             kind;
  logic [BeatBits-1:0]    sent_beat;
  oio_pkg::flit_head_t    sent_head;
  logic [DataBytes*8-1:0] replayed_data;
  logic                   encode_ready, bad;

  oio_credit u_credit (
    .clk_i, .rst_ni,
    .in_reset_i     (in_reset_q),
    .initial_limit_i(config_q.credit_limit),
    .early_i        (early),
    .early_limit_i  (early_head.credit_limit),
    .justified_o    (justified),
    .take_i         (take_limit),
    .sent_i         (sent_new),
    .may_send_o     (may_send),
    .credit_limit_o (live.credit_limit),
    .sent_total_o   (live.sent_total),
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
    .WindowFlits(WindowFlits),
    .Protection (Protection)
  ) u_link_tx (
    .clk_i, .rst_ni,
    .stopped_i          (stopped),
    .timeout_cycles_i   (config_q.timeout_cycles),
    .nak_repeat_cycles_i(config_q.nak_repeat_cycles),
    .replay_limit_i     (config_q.replay_limit),
    .window_i           (window),
    .available_i        (send_available_i),
    .new_data_i         (send_data_i),
    .new_bad_i          (send_bad_i),
    .pop_o              (send_pop_o),
    .ack_i              (ack),
    .nak_i              (nak),
    .ack_number_i       (ack_number),
    .ack_steps_i        (ack_steps),
    .echo_i             (echo),
    .may_send_i         (may_send),
    .ack_wanted_i       (ack_wanted),
    .nop_due_i          (nop_due),
    .waiting_i          (waiting),
    .last_i             (last),
    .round_seen_i       (round_seen),
    .credit_sent_i      (credit_sent),
    .ready_i            (encode_ready),
    .kind_o             (kind),
    .beat_o             (sent_beat),
    .head_o             (sent_head),
    .replayed_data_o    (replayed_data),
    .bad_o              (bad),
    .sent_o             (sent),
    .sent_new_o         (sent_new),
    .sent_ack_o         (sent_ack),
    .sent_nak_o         (sent_nak),
    .nak_answered_o     (nak_answered),
    .sent_nop_o         (events.sent_nop),
    .sent_replayed_o    (events.sent_replayed),
    .timed_out_o        (events.timeout),
    .fail_o             (tx_fail),
    .next_tx_o          (live.next_tx),
    .unacked_o          (unacked),
    .round_o            (live.round)
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
    .bad_i          (bad),
    .ready_o        (encode_ready),
    .valid_o        (wire_valid_o),
    .sof_o          (wire_sof_o),
    .data_o         (wire_data_o),
    .ready_i        (wire_ready_i)
  );

  assign events.sent_payload       = sent_new;
  assign events.received_payload   = accepted;
  assign events.received_duplicate = duplicate;

  assign live.acked              = acked;
  assign live.expected           = expected;
  assign live.credit_sent        = credit_sent;
  assign live.round_seen         = round_seen;
  assign live.failed             = failed_q;
  assign live.waiting            = waiting;
  assign live.lost               = lost;
  assign live.sent_payload       = '0;
  assign live.sent_nop           = '0;
  assign live.sent_replayed      = '0;
  assign live.received_payload   = '0;
  assign live.received_invalid   = '0;
  assign live.received_duplicate = '0;
  assign live.received_ahead     = '0;
  assign live.asked_crc          = '0;
  assign live.asked_sequence     = '0;
  assign live.timeouts           = '0;

  oio_debug u_debug (
    .clk_i, .rst_ni,
    .events_i(events),
    .live_i  (live),
    .state_o
  );

  // What a memory has put right needs nothing done.
  logic unused;
  assign unused = recv_corrected;

endmodule
