// SPDX-License-Identifier: Apache-2.0
//
// The receiver: rules R1 to R7 (SPEC section 4), one flit a cycle at most, decided in the cycle in which it is done.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_link_rx #(
  parameter int unsigned SeqBits = 8
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                stopped_i,        // the link has failed

  input  logic                done_i,           // a flit has ended
  input  logic                valid_i,          // rule R1
  input  logic                discard_i,        // rule R2
  input  oio_pkg::flit_head_t head_i,
  input  logic                blocked_i,        // the receive buffer has no room for it

  // To and from the transmitter
  input  logic [15:0]         acked_i,
  input  logic [15:0]         unacked_i,        // how many flits may be acknowledged
  input  logic                justified_i,      // head_i.credit_limit may be (rule R4)
  output logic                take_limit_o,     // it counts
  output logic                ack_o,            // an Ack or Nak of ack_number_o (rule R5)
  output logic                nak_o,
  output logic [15:0]         ack_number_o,
  output logic [15:0]         ack_steps_o,      // distance(acked, S)

  // What became of the flit
  output logic                accepted_o,
  output logic                duplicate_o,
  output logic                asked_o,          // `waiting` becomes yes
  output logic [2:0]          fail_o,

  output logic [15:0]         expected_o,
  output logic [3:0]          round_seen_o,
  output logic                waiting_o,
  output logic                lost_o,
  output logic [31:0]         received_payload_o,
  output logic [31:0]         received_invalid_o,
  output logic [31:0]         received_duplicate_o,
  output logic [31:0]         received_ahead_o,
  output logic [31:0]         asked_crc_o,
  output logic [31:0]         asked_sequence_o
);

  localparam logic [15:0] Modulus = 16'((1 << SeqBits) - 1);

  logic [15:0] expected_q, previous_q, expected_d, previous_d;
  logic [3:0]  round_seen_q, round_seen_d;
  logic        waiting_q, lost_q, waiting_d, lost_d;

  logic [15:0] number, own;  // S; the payload flit's own number q
  logic        is_ack, ack_in_range, is_explicit;
  logic        invalid, ahead, ask_crc, ask_sequence;

  assign number       = head_i.number & Modulus;  // K0 says nothing where n = 8
  assign is_explicit  = head_i.command == oio_pkg::CommandExplicit;
  assign is_ack       = !is_explicit;
  assign ack_number_o = number;
  assign ack_steps_o  = oio_pkg::number_distance(acked_i, number, Modulus);
  assign ack_in_range = (number != 16'd0) && (ack_steps_o <= unacked_i);
  assign own          = is_explicit ? number : oio_pkg::number_next(previous_q, Modulus);

  always_comb begin
    expected_d    = expected_q;
    previous_d    = previous_q;
    round_seen_d  = round_seen_q;
    waiting_d     = waiting_q;
    lost_d        = lost_q;
    take_limit_o  = 1'b0;
    ack_o         = 1'b0;
    nak_o         = 1'b0;
    accepted_o    = 1'b0;
    duplicate_o   = 1'b0;
    fail_o        = oio_pkg::FailedNo;
    invalid       = 1'b0;
    ahead         = 1'b0;
    ask_crc       = 1'b0;
    ask_sequence  = 1'b0;
    asked_o       = 1'b0;

    if (done_i && !stopped_i) begin
      if (!valid_i) begin  // R1
        invalid = 1'b1;
        lost_d  = 1'b1;
        ask_crc = 1'b1;
      end else if (!discard_i) begin  // R2
        if (head_i.round != round_seen_q) begin  // R3
          round_seen_d = head_i.round;
          waiting_d    = 1'b0;
        end
        take_limit_o = justified_i;  // R4

        if (!justified_i) begin
          fail_o = oio_pkg::FailedCreditRange;
        end else if (is_ack && !ack_in_range) begin  // R5
          fail_o = oio_pkg::FailedAckRange;
        end else begin
          ack_o = is_ack;
          nak_o = head_i.command == oio_pkg::CommandNak;

          if (head_i.protocol == oio_pkg::ProtocolNop) begin  // R6
            if (is_explicit && number != 16'd0) begin
              if (number == oio_pkg::number_before(expected_q, Modulus)) begin
                lost_d    = 1'b0;
                waiting_d = 1'b0;
              end else if (number == expected_q || oio_pkg::number_ahead(expected_q, number, Modulus)) begin
                ask_sequence = 1'b1;
              end
            end
          end else if (is_explicit && number == 16'd0) begin  // R7
            fail_o = oio_pkg::FailedSequenceZero;
          end else if (!is_explicit && lost_q) begin
            ask_sequence = 1'b1;
          end else begin
            lost_d     = 1'b0;
            previous_d = own;
            if (own == expected_q) begin
              if (blocked_i) begin
                fail_o = oio_pkg::FailedOverflow;
              end else begin
                accepted_o = 1'b1;
                expected_d = oio_pkg::number_next(own, Modulus);
                waiting_d  = 1'b0;
              end
            end else if (oio_pkg::number_ahead(expected_q, own, Modulus)) begin
              ahead        = 1'b1;
              ask_sequence = 1'b1;
            end else begin
              duplicate_o = 1'b1;
            end
          end
        end
      end

      // Ask: only once until the answer has come.
      asked_o = (ask_crc || ask_sequence) && !waiting_d;
      if (ask_crc || ask_sequence) waiting_d = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      expected_q           <= 16'd1;
      previous_q           <= Modulus;
      round_seen_q         <= '0;
      waiting_q            <= 1'b0;
      lost_q               <= 1'b0;
      received_payload_o   <= '0;
      received_invalid_o   <= '0;
      received_duplicate_o <= '0;
      received_ahead_o     <= '0;
      asked_crc_o          <= '0;
      asked_sequence_o     <= '0;
    end else if (done_i) begin
      expected_q           <= expected_d;
      previous_q           <= previous_d;
      round_seen_q         <= round_seen_d;
      waiting_q            <= waiting_d;
      lost_q               <= lost_d;
      received_payload_o   <= received_payload_o + 32'(accepted_o);
      received_invalid_o   <= received_invalid_o + 32'(invalid);
      received_duplicate_o <= received_duplicate_o + 32'(duplicate_o);
      received_ahead_o     <= received_ahead_o + 32'(ahead);
      asked_crc_o          <= asked_crc_o + 32'(asked_o && ask_crc);
      asked_sequence_o     <= asked_sequence_o + 32'(asked_o && ask_sequence);
`ifndef SYNTHESIS
      assert (!lost_q || !accepted_o || is_explicit) else $error("accepted a flit of unknown sequence");
      assert (expected_q != 16'd0 && previous_q != 16'd0) else $error("zero is not a sequence number");
`endif
    end
  end

  assign expected_o   = expected_q;
  assign round_seen_o = round_seen_q;
  assign waiting_o    = waiting_q;
  assign lost_o       = lost_q;

  // For the transmitter and the credit.
  logic unused;
  assign unused = ^{head_i.echo, head_i.credit_limit};

endmodule
