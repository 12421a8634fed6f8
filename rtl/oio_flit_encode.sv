// SPDX-License-Identifier: Apache-2.0
//
// Payloads to beats on the wire (SPEC sections 1 and 2). A payload comes as the beats of the flit in which it was received: both sides
// of a bridge use one format, so its bytes are where they belong, and only what is not payload is written here.
//
// Cycle 0: a beat is taken, merged with the head. Cycle 1: its CRC, which goes into the output register with it. Cycle 2: on the wire. A beat
// that is not taken from the wire holds the one before it, and the next waits in a spare place: ready_o comes from a register, not from ready_i.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_flit_encode #(
  parameter int unsigned DataBytes = 64,  // 64 or 128
  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic [3:0]             format_i,

  input  logic [1:0]             kind_i,           // FlitNone: no beat now
  input  logic [BeatBits-1:0]    beat_i,
  input  oio_pkg::flit_head_t    head_i,           // the same for all beats of a flit
  input  logic [DataBytes*8-1:0] new_data_i,       // the beat if FlitNew
  input  logic [DataBytes*8-1:0] replayed_data_i,  // the beat if FlitReplayed
  input  logic                   bad_i,            // the beat is not what it was: its flit's CRC is made wrong
  output logic                   ready_o,

  output logic                   valid_o,
  output logic                   sof_o,
  output logic [DataBytes*8-1:0] data_o,
  input  logic                   ready_i
);

  localparam int unsigned Bits = DataBytes * 8;
  localparam int unsigned Beats = oio_pkg::FlitBytes / DataBytes;
  localparam int unsigned HalfBeats = Beats / 2;

  logic                format3;
  logic                merged_valid_q, spare_valid_q, valid_q, sof_q;
  logic [BeatBits-1:0] merged_beat_q, spare_beat_q;
  logic                merged_bad_q, spare_bad_q, bad_q, bad;
  logic                out_free, take, move, to_spare;

  assign format3  = format_i == 4'd3;
  assign ready_o  = !spare_valid_q;
  assign take     = (kind_i != oio_pkg::FlitNone) && ready_o;
  assign out_free = !valid_q || ready_i;
  assign move     = merged_valid_q && out_free;
  assign to_spare = merged_valid_q && !out_free;

  // Head, control, and zeros where the CRCs and the reserved bytes are.
  function automatic logic [Bits-1:0] merge(logic [Bits-1:0] data, logic [BeatBits-1:0] beat, logic is_format3,
                                            logic [15:0] header, logic [31:0] control);
    merge = data;
    if (is_format3) begin
      if (beat == BeatBits'(Beats - 1)) merge[Bits-160+:160] = {112'd0, control, header};
    end else begin
      if (beat == '0) merge[15:0] = header;
      if (beat == BeatBits'(HalfBeats - 1)) merge[Bits-48+:48] = {16'd0, control};
      if (beat == BeatBits'(Beats - 1)) merge[Bits-96+:96] = '0;
    end
  endfunction

  logic [15:0] header;   // H1 H0
  logic [31:0] control;  // K3 K2 K1 K0

  assign header  = oio_pkg::header_bytes(head_i.protocol, head_i.command, head_i.number[7:0]);
  assign control = oio_pkg::control_bytes(head_i.number[15:8], head_i.round, head_i.echo, head_i.credit_limit);

`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_off*/
`endif
  logic [Bits-1:0] merged_q, spare_q, data_q;
`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_on*/
`endif

  always_ff @(posedge clk_i) begin
    if (take && to_spare) begin
      spare_beat_q <= beat_i;
      spare_bad_q  <= bad_i;
      case (kind_i)
        oio_pkg::FlitNew:      spare_q <= merge(new_data_i, beat_i, format3, header, control);
        oio_pkg::FlitReplayed: spare_q <= merge(replayed_data_i, beat_i, format3, header, control);
        default:               spare_q <= merge('0, beat_i, format3, header, control);
      endcase
    end
    if (spare_valid_q) begin
      if (out_free) begin
        merged_beat_q <= spare_beat_q;
        merged_bad_q  <= spare_bad_q;
        merged_q      <= spare_q;
      end
    end else if (take && !to_spare) begin
      merged_beat_q <= beat_i;
      merged_bad_q  <= bad_i;
      case (kind_i)
        oio_pkg::FlitNew:      merged_q <= merge(new_data_i, beat_i, format3, header, control);
        oio_pkg::FlitReplayed: merged_q <= merge(replayed_data_i, beat_i, format3, header, control);
        default:               merged_q <= merge('0, beat_i, format3, header, control);
      endcase
    end
  end

  logic        merged_half_begins, merged_flit_ends, merged_half_ends;
  logic [15:0] crc, crc_next, first_crc_q;  // of the half whose beat is on the wire, is merged; of the first half

  assign merged_half_begins = (merged_beat_q == '0) || (merged_beat_q == BeatBits'(HalfBeats));
  assign merged_flit_ends   = merged_beat_q == BeatBits'(Beats - 1);
  assign merged_half_ends   = merged_flit_ends || (merged_beat_q == BeatBits'(HalfBeats - 1));

  oio_crc16 #(
    .DataBytes(DataBytes)
  ) u_crc16 (
    .clk_i,
    .valid_i   (move),
    .first_i   (merged_half_begins),
    .data_i    (merged_q),
    .omit2_i   (1'b0),  // what is not covered is zero already
    .omit14_i  (1'b0),
    .crc_o     (crc),
    .crc_next_o(crc_next)
  );

  logic [15:0] first_crc;

  assign bad       = merged_bad_q || (bad_q && merged_beat_q != '0);
  assign first_crc = merged_half_begins ? crc : first_crc_q;

  always_ff @(posedge clk_i) begin
    if (move) begin
      data_q <= merged_q;
      if (format3 ? merged_flit_ends : merged_half_ends) data_q[Bits-16+:16] <= crc_next ^ {16{bad}};
      if (format3 && merged_flit_ends) data_q[Bits-32+:16] <= first_crc;
      first_crc_q <= first_crc;
      bad_q       <= bad;
    end
  end

  assign data_o = data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      merged_valid_q <= 1'b0;
      spare_valid_q  <= 1'b0;
      valid_q        <= 1'b0;
      sof_q          <= 1'b0;
    end else begin
      if (out_free || !merged_valid_q) merged_valid_q <= spare_valid_q || take;
      spare_valid_q <= to_spare && (spare_valid_q || take);
      if (out_free) begin
        valid_q <= merged_valid_q;
        sof_q   <= merged_valid_q && (merged_beat_q == '0);
      end
`ifndef SYNTHESIS
      assert (!spare_valid_q || merged_valid_q) else $error("a spare beat without one before it");
`endif
    end
  end

  assign valid_o = valid_q;
  assign sof_o   = sof_q;

endmodule
