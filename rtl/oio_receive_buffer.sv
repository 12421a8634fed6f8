// SPDX-License-Identifier: Apache-2.0
//
// Receive buffer: whole flits, written beat by beat as they arrive and kept only when the receiver accepts them (commit_i). The other
// side's transmitter reads it beat by beat; the next beat is always on data_o already. With Crossing the reader has a clock of its own: the
// places written and read cross as Gray-coded counts of whole flits, and nothing else does. A place counts as taken when the writer knows it.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_receive_buffer #(
  parameter int unsigned DataBytes = 64,
  parameter int unsigned Flits = 64,      // 1..32767
  parameter bit          Crossing = 1'b0,
  parameter int unsigned Protection = 0,  // of the memory: 0 none, 1 parity, 2 SECDED
  localparam int unsigned BeatBits = $clog2(oio_pkg::FlitBytes / DataBytes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [15:0]            flits_i,      // places in use, static: 1..Flits

  input  logic                   write_i,
  input  logic [BeatBits-1:0]    write_beat_i,
  input  logic [DataBytes*8-1:0] write_data_i,
  input  logic                   commit_i,     // the flit written last (its last beat now or before) is accepted
  output logic                   blocked_o,    // that flit found no room
  output logic                   taken_o,      // a place is free again

  input  logic                   read_clk_i,   // without Crossing: the same
  input  logic                   read_rst_ni,
  output logic                   available_o,  // at least the rest of one flit is there
  output logic [DataBytes*8-1:0] data_o,       // its next beat
  output logic                   corrected_o,  // what the memory says of it
  output logic                   bad_o,
  input  logic                   pop_i
);

  localparam int unsigned SlotBits = (Flits > 1) ? $clog2(Flits) : 1;
  localparam int unsigned LastBeat = oio_pkg::FlitBytes / DataBytes - 1;

  logic [SlotBits:0]          write_slot_q, write_slot_d, taken_slot, level;  // one bit more than the address: full is not empty
  logic [SlotBits+BeatBits:0] read_position_q, read_position_d;
  logic                       full, blocked_q, write, read, pop_last;

  assign level = write_slot_q - taken_slot;
  assign full  = 16'(level) == flits_i;
  assign write = write_i && !((write_beat_i == '0) ? full : blocked_q);

  assign blocked_o    = blocked_q;
  assign write_slot_d = write_slot_q + (SlotBits + 1)'(commit_i);
  assign pop_last     = pop_i && (read_position_q[BeatBits-1:0] == BeatBits'(LastBeat));

  assign read_position_d = read_position_q + (SlotBits + BeatBits + 1)'(pop_i);

  oio_ram #(
    .Width(DataBytes * 8),
    .Words((LastBeat + 1) << SlotBits),
    .Protection(Protection)
  ) u_ram (
    .write_clk_i    (clk_i),
    .write_i        (write),
    .write_address_i({write_slot_q[SlotBits-1:0], write_beat_i}),
    .write_data_i,
    .read_clk_i,
    .read_i         (read),
    .read_address_i (read_position_d[SlotBits+BeatBits-1:0]),
    .read_data_o    (data_o),
    .corrected_o,
    .bad_o
  );

  if (Crossing) begin : gen_crossing
    logic [SlotBits:0] written_slot, read_slot_seen, taken_slot_q;
    logic              fetched_q, more;

    oio_gray #(
      .Width(SlotBits + 1)
    ) u_written (
      .clk_i, .rst_ni,
      .count_next_i (write_slot_d),
      .other_clk_i  (read_clk_i),
      .other_rst_ni (read_rst_ni),
      .other_count_o(written_slot)
    );

    oio_gray #(
      .Width(SlotBits + 1)
    ) u_read (
      .clk_i        (read_clk_i),
      .rst_ni       (read_rst_ni),
      .count_next_i (read_position_d[SlotBits+BeatBits:BeatBits]),
      .other_clk_i  (clk_i),
      .other_rst_ni (rst_ni),
      .other_count_o(read_slot_seen)
    );

    // A flit is available once its first beat has been read.
    assign more        = read_position_d[SlotBits+BeatBits:BeatBits] != written_slot;
    assign read        = pop_i || (!fetched_q && more);
    assign available_o = fetched_q;

    always_ff @(posedge read_clk_i or negedge read_rst_ni) begin
      if (!read_rst_ni) fetched_q <= 1'b0;
      else if (pop_last || !fetched_q) fetched_q <= more;
    end

    // Credit goes back one flit a cycle.
    assign taken_slot = taken_slot_q;
    assign taken_o    = taken_slot_q != read_slot_seen;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) taken_slot_q <= '0;
      else taken_slot_q <= taken_slot_q + (SlotBits + 1)'(taken_o);
    end
  end else begin : gen_one_clock
    // A beat written where the read port stands (an empty buffer) is fetched in the next cycle, before its flit can be committed.
    logic written_q;

    assign taken_slot  = read_position_q[SlotBits+BeatBits:BeatBits];
    assign taken_o     = pop_last;
    assign read        = pop_i || written_q;
    assign available_o = taken_slot != write_slot_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) written_q <= 1'b0;
      else written_q <= write;
    end
  end

  always_ff @(posedge read_clk_i or negedge read_rst_ni) begin
    if (!read_rst_ni) begin
      read_position_q <= '0;
    end else begin
      read_position_q <= read_position_d;
`ifndef SYNTHESIS
      assert (!pop_i || available_o) else $error("read of an empty buffer");
`endif
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_slot_q <= '0;
      blocked_q    <= 1'b0;
    end else begin
      if (write_i && write_beat_i == '0) blocked_q <= full;
      write_slot_q <= write_slot_d;
`ifndef SYNTHESIS
      assert (level <= (SlotBits + 1)'(Flits)) else $error("more flits than places");
      assert (!commit_i || !blocked_q) else $error("a flit without a place is committed");
`endif
    end
  end

endmodule
