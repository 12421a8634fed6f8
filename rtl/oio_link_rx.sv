// SPDX-License-Identifier: Apache-2.0
//
// The receiver: rules R1 to R7 (SPEC section 4), one flit a cycle at most, decided in the cycle in which it is done. What the decision needs of
// the flit's numbers is computed in the cycle before it, early_i, while its CRC is: nothing changes expected, implicit or acked in between,
// for flits that are valid come two cycles apart at least. The transmitter sees an Ack or Nak in the cycle after.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_link_rx #(
  parameter int unsigned SeqBits = 8
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                stopped_i,        // the link has failed

  input  logic                early_i,          // a flit ends in the next cycle
  input  oio_pkg::flit_head_t early_head_i,
  input  logic                done_i,           // a flit has ended
  input  logic                valid_i,          // rule R1
  input  logic                discard_i,        // rule R2
  input  oio_pkg::flit_head_t head_i,
  input  logic                blocked_i,        // the receive buffer has no room for it

  // To and from the transmitter
  input  logic [15:0]         unacked_i,        // how many flits may be acknowledged
  input  logic                justified_i,      // head_i.credit_limit may be (rule R4)
  output logic                take_limit_o,     // it counts
  output logic                ack_o,            // an Ack or Nak of ack_number_o (rule R5), a cycle after the flit
  output logic                nak_o,
  output logic [15:0]         ack_number_o,
  output logic [15:0]         ack_steps_o,      // distance(acked, S)
  output logic [3:0]          echo_o,

  // What became of the flit
  output logic                accepted_o,
  output logic                duplicate_o,
  output logic                asked_o,          // `waiting` becomes yes
  output logic [2:0]          fail_o,
  output logic                invalid_o,
  output logic                ahead_o,
  output logic                asked_crc_o,
  output logic                asked_sequence_o,

  output logic [15:0]         acked_o,
  output logic [15:0]         expected_o,
  output logic [15:0]         last_o,           // the number before it
  output logic [3:0]          round_seen_o,
  output logic                waiting_o,
  output logic                lost_o
);

  localparam logic [15:0] Modulus = 16'((1 << SeqBits) - 1);

  logic [15:0] expected_q, last_q, implicit_q, acked_q, expected_d, last_d, implicit_d, acked_d;
  logic [3:0]  round_seen_q, round_seen_d, echo_q;
  logic        waiting_q, lost_q, waiting_d, lost_d;
  logic        ack_q, nak_q, ack_d, nak_d;

  // Before the flit is known to be valid: S, and the payload flit's own number q.
  /*verilator tracing_off*/
  logic [15:0] number, own, steps;
  logic        early_explicit;
  /*verilator tracing_on*/
  logic [15:0] number_q, own_q, own_next_q, steps_q;
  logic        number_zero_q, own_expected_q, own_ahead_q, nop_last_q, nop_ahead_q;

  assign number         = early_head_i.number & Modulus;  // K0 says nothing where n = 8
  assign early_explicit = early_head_i.command == oio_pkg::CommandExplicit;
  assign own            = early_explicit ? number : implicit_q;
  assign steps          = oio_pkg::number_distance(acked_q, number, Modulus);

  always_ff @(posedge clk_i) begin
    if (early_i) begin
      number_q       <= number;
      number_zero_q  <= number == 16'd0;
      steps_q        <= steps;
      own_q          <= own;
      own_next_q     <= oio_pkg::number_next(own, Modulus);
      own_expected_q <= own == expected_q;
      own_ahead_q    <= oio_pkg::number_ahead(expected_q, own, Modulus);
      nop_last_q     <= number == last_q;
      nop_ahead_q    <= (number == expected_q) || oio_pkg::number_ahead(expected_q, number, Modulus);
    end
  end

  logic is_ack, ack_in_range, is_explicit, ask_crc, ask_sequence;

  assign is_explicit  = head_i.command == oio_pkg::CommandExplicit;
  assign is_ack       = !is_explicit;
  assign ack_in_range = !number_zero_q && (steps_q <= unacked_i);

  always_comb begin
    expected_d    = expected_q;
    last_d        = last_q;
    implicit_d    = implicit_q;
    acked_d       = acked_q;
    round_seen_d  = round_seen_q;
    waiting_d     = waiting_q;
    lost_d        = lost_q;
    take_limit_o  = 1'b0;
    ack_d         = 1'b0;
    nak_d         = 1'b0;
    accepted_o    = 1'b0;
    duplicate_o   = 1'b0;
    fail_o        = oio_pkg::FailedNo;
    invalid_o     = 1'b0;
    ahead_o       = 1'b0;
    ask_crc       = 1'b0;
    ask_sequence  = 1'b0;
    asked_o       = 1'b0;

    if (done_i && !stopped_i) begin
      if (!valid_i) begin  // R1
        invalid_o = 1'b1;
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
          ack_d = is_ack;
          nak_d = head_i.command == oio_pkg::CommandNak;
          if (is_ack) acked_d = number_q;

          if (head_i.protocol == oio_pkg::ProtocolNop) begin  // R6
            if (is_explicit && !number_zero_q) begin
              if (nop_last_q) begin
                lost_d    = 1'b0;
                waiting_d = 1'b0;
              end else if (nop_ahead_q) begin
                ask_sequence = 1'b1;
              end
            end
          end else if (is_explicit && number_zero_q) begin  // R7
            fail_o = oio_pkg::FailedSequenceZero;
          end else if (!is_explicit && lost_q) begin
            ask_sequence = 1'b1;
          end else begin
            lost_d     = 1'b0;
            implicit_d = own_next_q;
            if (own_expected_q) begin
              if (blocked_i) begin
                fail_o = oio_pkg::FailedOverflow;
              end else begin
                accepted_o = 1'b1;
                expected_d = own_next_q;
                last_d     = own_q;
                waiting_d  = 1'b0;
              end
            end else if (own_ahead_q) begin
              ahead_o      = 1'b1;
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

  assign asked_crc_o      = asked_o && ask_crc;
  assign asked_sequence_o = asked_o && ask_sequence;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      expected_q   <= 16'd1;
      last_q       <= Modulus;
      implicit_q   <= 16'd1;
      acked_q      <= Modulus;
      round_seen_q <= '0;
      waiting_q    <= 1'b0;
      lost_q       <= 1'b0;
      ack_q        <= 1'b0;
      nak_q        <= 1'b0;
    end else begin
      ack_q <= ack_d;
      nak_q <= nak_d;
      if (done_i) begin
        expected_q   <= expected_d;
        last_q       <= last_d;
        implicit_q   <= implicit_d;
        acked_q      <= acked_d;
        round_seen_q <= round_seen_d;
        waiting_q    <= waiting_d;
        lost_q       <= lost_d;
      end
`ifndef SYNTHESIS
      assert (!lost_q || !accepted_o || is_explicit) else $error("accepted a flit of unknown sequence");
      assert (expected_q != 16'd0 && implicit_q != 16'd0) else $error("zero is not a sequence number");
      assert (last_q == oio_pkg::number_before(expected_q, Modulus)) else $error("the last accepted is not the one before the expected");
      assert (!ack_q || !early_i || number_q == acked_q) else $error("two flits in the time of one");
`endif
    end
  end

  always_ff @(posedge clk_i) begin
    if (done_i) echo_q <= head_i.echo;
  end

  assign ack_o        = ack_q;
  assign nak_o        = nak_q;
  assign ack_number_o = number_q;
  assign ack_steps_o  = steps_q;
  assign echo_o       = echo_q;
  assign acked_o      = acked_q;
  assign expected_o   = expected_q;
  assign last_o       = last_q;
  assign round_seen_o = round_seen_q;
  assign waiting_o    = waiting_q;
  assign lost_o       = lost_q;

  // For the transmitter and the credit.
  logic unused;
  assign unused = ^{head_i.number, head_i.credit_limit, early_head_i.protocol, early_head_i.round, early_head_i.echo, early_head_i.credit_limit};

endmodule
