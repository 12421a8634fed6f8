// SPDX-License-Identifier: Apache-2.0
//
// Types of the link and arithmetic on its sequence numbers: cmodel/SPEC.md sections 0, 1, 3 and 4.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

package oio_pkg;

  // A module linted alone uses only some of these.
  /* verilator lint_off UNUSEDPARAM */

  localparam int unsigned FlitBytes = 256;

  // Straps: sampled in reset. Durations are in cycles of the link's clock.
  typedef struct packed {
    logic [15:0] window_flits;       // unacknowledged flits at most; 0: all that the replay buffer holds
    logic [15:0] buffer_flits;       // receive buffer that the peer is told of; 0: all of it
    logic [3:0]  format;             // 3 or 6
    logic [31:0] timeout_cycles;     // replay after so long without progress
    logic [31:0] nak_repeat_cycles;  // a Nak is repeated, and a stale one honoured, after this
    logic [31:0] ack_delay_cycles;   // how long an Ack or a credit may wait for a flit to ride on
    logic [15:0] replay_limit;       // replays without progress before the link fails
    logic [15:0] credit_limit;       // the peer's receive buffer in flits: initial credit limit
  } link_config_t;

  // Why a link has failed (link_state_t.failed).
  localparam logic [2:0] FailedNo = 3'd0;
  localparam logic [2:0] FailedReplayLimit = 3'd1;
  localparam logic [2:0] FailedAckRange = 3'd2;
  localparam logic [2:0] FailedSequenceZero = 3'd3;
  localparam logic [2:0] FailedOverflow = 3'd4;
  localparam logic [2:0] FailedCreditRange = 3'd5;
  localparam logic [2:0] FailedMemory = 3'd7;  // a payload to be sent was read wrong, and could not be put right

  // Debug port of one link end: protocol state, and counts since reset, a cycle and two late.
  typedef struct packed {
    logic [15:0] next_tx;
    logic [15:0] acked;
    logic [15:0] expected;
    logic [15:0] sent_total;
    logic [15:0] credit_limit;
    logic [15:0] credit_sent;         // the limit this end sends: taken total + buffer
    logic [3:0]  round;
    logic [3:0]  round_seen;
    logic [2:0]  failed;
    logic        waiting;
    logic        lost;
    logic [31:0] sent_payload;        // payload flits put on the wire for the first time
    logic [31:0] sent_nop;
    logic [31:0] sent_replayed;       // payload flits put on the wire again
    logic [31:0] received_payload;    // accepted
    logic [31:0] received_invalid;    // rule R1
    logic [31:0] received_duplicate;
    logic [31:0] received_ahead;
    logic [31:0] asked_crc;
    logic [31:0] asked_sequence;
    logic [31:0] timeouts;
  } link_state_t;

  // What happens at a link end in a cycle: oio_debug counts it.
  typedef struct packed {
    logic sent_payload;
    logic sent_nop;
    logic sent_replayed;
    logic received_payload;
    logic received_invalid;
    logic received_duplicate;
    logic received_ahead;
    logic asked_crc;
    logic asked_sequence;
    logic timeout;
  } link_events_t;

  // Header and control fields of a flit.
  localparam logic [1:0] ProtocolNop = 2'b00;
  localparam logic [1:0] ProtocolPayload = 2'b01;
  localparam logic [1:0] CommandExplicit = 2'b00;
  localparam logic [1:0] CommandAck = 2'b01;
  localparam logic [1:0] CommandNak = 2'b10;
  localparam logic [1:0] CommandReserved = 2'b11;

  typedef struct packed {
    logic [1:0]  protocol;
    logic [1:0]  command;
    logic [15:0] number;        // S
    logic [3:0]  round;
    logic [3:0]  echo;
    logic [15:0] credit_limit;
  } flit_head_t;

  // What the transmitter puts on the wire.
  localparam logic [1:0] FlitNone = 2'd0;
  localparam logic [1:0] FlitNop = 2'd1;
  localparam logic [1:0] FlitNew = 2'd2;       // a payload from above
  localparam logic [1:0] FlitReplayed = 2'd3;  // a payload from the replay buffer

  /* verilator lint_on UNUSEDPARAM */

  // H1 H0
  function automatic logic [15:0] header_bytes(logic [1:0] protocol, logic [1:0] command, logic [7:0] number);
    header_bytes = {2'b00, command, number[3:0], protocol, 2'b00, number[7:4]};
  endfunction

  // K3 K2 K1 K0
  function automatic logic [31:0] control_bytes(logic [7:0] number_high, logic [3:0] round, logic [3:0] echo, logic [15:0] credit_limit);
    control_bytes = {credit_limit, echo, round, number_high};
  endfunction

  // Sequence numbers run 1..modulus, modulus = 2^n - 1 (SPEC section 0).
  function automatic logic [15:0] number_next(logic [15:0] number, logic [15:0] modulus);
    number_next = (number == modulus) ? 16'd1 : number + 16'd1;
  endfunction

  function automatic logic [15:0] number_before(logic [15:0] number, logic [15:0] modulus);
    number_before = (number == 16'd1) ? modulus : number - 16'd1;
  endfunction

  // How many `next` lead from a to b, 0..modulus-1. Both in 1..modulus. Both differences are there before it is known which one counts:
  // modulus is 2^n - 1, so that adding it is taking one away in n bits.
  function automatic logic [15:0] number_distance(logic [15:0] a, logic [15:0] b, logic [15:0] modulus);
    number_distance = (b >= a) ? b - a : (b + ~a) & modulus;
  endfunction

  // Is b ahead of a?
  function automatic logic number_ahead(logic [15:0] a, logic [15:0] b, logic [15:0] modulus);
    logic [15:0] steps;
    steps = number_distance(a, b, modulus);
    number_ahead = (steps != 16'd0) && (steps <= (modulus >> 1));
  endfunction

endpackage
