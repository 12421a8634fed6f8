// SPDX-License-Identifier: Apache-2.0
//
// Beats from the wire to checked flits (SPEC sections 1 and 2). Cycle 0: the last beat is on data_i. Cycle 1: it is in a register, the CRC is
// computed, and early_o: the head, not yet checked. Cycle 2: done_o, whether the flit is valid, and its head; the beat itself on its way to
// the receive buffer. Flits that are valid come Beats cycles apart at least; those that are not may end one a cycle.
//
// A flit cut short (by another's first beat, or for good) and a beat that belongs to no flit count as a flit that is not valid: something
// was lost, and the peer must be asked.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_flit_decode #(
  parameter int unsigned DataBytes = 64,  // 64 or 128
  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic [3:0]             format_i,
  input  logic [31:0]            abandon_cycles_i,  // a flit whose next beat takes longer is cut short

  input  logic                   valid_i,
  input  logic                   sof_i,
  input  logic [DataBytes*8-1:0] data_i,

  output logic                   beat_valid_o,
  output logic [BeatBits-1:0]    beat_o,
  output logic [DataBytes*8-1:0] beat_data_o,

  output logic                   early_o,     // a flit ends in the next cycle, if it is whole
  output oio_pkg::flit_head_t    early_head_o,
  output logic                   done_o,      // a flit has ended ...
  output logic                   valid_o,     // ... both CRCs agree ...
  output logic                   discard_o,   // ... rule R2 throws it away
  output oio_pkg::flit_head_t    head_o
);

  localparam int unsigned Bits = DataBytes * 8;
  localparam int unsigned Beats = oio_pkg::FlitBytes / DataBytes;
  localparam int unsigned HalfBeats = Beats / 2;

  // The wire ends in a register, so that nothing but its data travels in its cycle.
  logic in_valid_q, in_sof_q;
`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_off*/
`endif
  logic [Bits-1:0] in_data_q;
`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_on*/
`endif

  always_ff @(posedge clk_i) begin
    in_sof_q <= sof_i;
    if (valid_i) in_data_q <= data_i;
  end

  logic                format3;
  logic [BeatBits-1:0] next_q, beat;
  logic                in_flit, overdue, broken, take;
  logic                second_half, half_begins, half_ends, flit_ends;

  assign format3     = format_i == 4'd3;
  assign in_flit     = next_q != '0;
  assign broken      = in_valid_q ? (in_sof_q == in_flit) : (in_flit && overdue);
  assign take        = in_valid_q && (in_sof_q || in_flit);
  assign beat        = in_sof_q ? '0 : next_q;
  assign second_half = beat >= BeatBits'(HalfBeats);
  assign half_begins = (beat == '0) || (beat == BeatBits'(HalfBeats));
  assign half_ends   = (beat == BeatBits'(HalfBeats - 1)) || flit_ends;
  assign flit_ends   = beat == BeatBits'(Beats - 1);

  oio_timer u_beat_timer (
    .clk_i, .rst_ni,
    .start_i (take),
    .cycles_i(abandon_cycles_i),
    .due_o   (overdue)
  );

  logic [15:0] computed, first_computed_q;  // of the half under way or just ended; of the first half
  /*verilator tracing_off*/
  logic [15:0] computed_next;
  /*verilator tracing_on*/
  logic [15:0] first_received_q, second_received_q;

  oio_crc16 #(
    .DataBytes(DataBytes)
  ) u_crc16 (
    .clk_i,
    .valid_i (take),
    .first_i (half_begins),
    .data_i  (in_data_q),
    .omit2_i (half_ends && !format3),
    .omit14_i(flit_ends && format3),
    .crc_o   (computed),
    .crc_next_o(computed_next)
  );

  logic [15:0] header_q;   // H1 H0
  logic [31:0] control_q;  // K3 K2 K1 K0
  /*verilator tracing_off*/
  logic [15:0] last_header;   // of the beat that is here now, in format 3: payload but at a flit's end
  logic [31:0] last_control;
  /*verilator tracing_on*/

  assign last_header  = in_data_q[Bits-160+:16];
  assign last_control = in_data_q[Bits-144+:32];

`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_off*/
`endif
  logic [Bits-1:0] data_q;
`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_on*/
`endif

  always_ff @(posedge clk_i) begin
    if (take) begin
      data_q    <= in_data_q;
      beat_o    <= beat;
      if (half_begins) first_computed_q <= computed;
      if (format3 ? flit_ends : half_ends && !second_half) first_received_q <= format3 ? in_data_q[Bits-32+:16] : in_data_q[Bits-16+:16];
      if (flit_ends) second_received_q <= in_data_q[Bits-16+:16];
      if (format3) begin
        if (flit_ends) begin
          header_q  <= last_header;
          control_q <= last_control;
        end
      end else begin
        if (beat == '0) header_q <= in_data_q[15:0];
        if (half_ends && !second_half) control_q <= in_data_q[Bits-48+:32];
      end
    end
  end

  logic done_q, broken_q, beat_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_valid_q   <= 1'b0;
      next_q       <= '0;
      done_q       <= 1'b0;
      broken_q     <= 1'b0;
      beat_valid_q <= 1'b0;
    end else begin
      in_valid_q   <= valid_i;
      beat_valid_q <= take;
      broken_q     <= broken;
      done_q       <= broken || (take && flit_ends);
      if (take) next_q <= beat + BeatBits'(1);
      else if (broken) next_q <= '0;
`ifndef SYNTHESIS
      assert (!(broken && take && flit_ends)) else $error("two flits end in one beat");
`endif
    end
  end

  assign beat_valid_o = beat_valid_q;
  assign beat_data_o  = data_q;
  assign done_o       = done_q;
  assign valid_o      = !broken_q && (first_computed_q == first_received_q) && (computed == second_received_q);
  assign discard_o    = ({header_q, control_q[7:0]} == '0) || head_o.protocol[1] || (head_o.command == oio_pkg::CommandReserved);

  // Type and reserved bits of the header mean nothing (but are covered by the CRC).
  /* verilator lint_off UNUSEDSIGNAL */
  /*verilator tracing_off*/
  logic [15:0] early_header;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [31:0] early_control;
  /*verilator tracing_on*/

  assign early_o       = take && flit_ends;
  assign early_header  = format3 ? last_header : header_q;
  assign early_control = format3 ? last_control : control_q;

  always_comb begin
    early_head_o.protocol     = early_header[7:6];
    early_head_o.command      = early_header[13:12];
    early_head_o.number       = {early_control[7:0], early_header[3:0], early_header[11:8]};
    early_head_o.round        = early_control[11:8];
    early_head_o.echo         = early_control[15:12];
    early_head_o.credit_limit = early_control[31:16];
  end

  always_comb begin
    head_o.protocol     = header_q[7:6];
    head_o.command      = header_q[13:12];
    head_o.number       = {control_q[7:0], header_q[3:0], header_q[11:8]};
    head_o.round        = control_q[11:8];
    head_o.echo         = control_q[15:12];
    head_o.credit_limit = control_q[31:16];
  end

  logic unused;
  assign unused = ^computed_next;

endmodule
