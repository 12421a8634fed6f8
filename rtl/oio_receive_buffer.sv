// SPDX-License-Identifier: Apache-2.0
//
// Receive buffer: whole flits, written beat by beat as they arrive and kept only when the receiver accepts them (commit_i). The other
// side's transmitter reads it beat by beat; the next beat is always on data_o already.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_receive_buffer #(
  parameter int unsigned DataBytes = 64,
  parameter int unsigned Flits = 64,      // 1..32767
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

  output logic                   available_o,  // at least the rest of one flit is there
  output logic [DataBytes*8-1:0] data_o,       // its next beat
  input  logic                   pop_i,
  output logic                   taken_o       // with the last beat's pop: a place is free
);

  localparam int unsigned SlotBits = (Flits > 1) ? $clog2(Flits) : 1;
  localparam int unsigned LastBeat = oio_pkg::FlitBytes / DataBytes - 1;

  logic [SlotBits:0]          write_slot_q, level;         // one bit more than the address: full is not empty
  logic [SlotBits+BeatBits:0] read_position_q, read_position_d;
  logic                       full, blocked_q, write, written_q;

  assign level = write_slot_q - read_position_q[SlotBits+BeatBits:BeatBits];
  assign full  = 16'(level) == flits_i;
  assign write = write_i && !((write_beat_i == '0) ? full : blocked_q);

  assign blocked_o   = blocked_q;
  assign available_o = level != '0;
  assign taken_o     = pop_i && (read_position_q[BeatBits-1:0] == BeatBits'(LastBeat));

  assign read_position_d = read_position_q + (SlotBits + BeatBits + 1)'(pop_i);

  // A beat written where the read port stands (an empty buffer) is fetched in the next cycle, before its flit can be committed.
  oio_ram #(
    .Width(DataBytes * 8),
    .Words((LastBeat + 1) << SlotBits)
  ) u_ram (
    .clk_i,
    .write_i        (write),
    .write_address_i({write_slot_q[SlotBits-1:0], write_beat_i}),
    .write_data_i,
    .read_i         (pop_i || written_q),
    .read_address_i (read_position_d[SlotBits+BeatBits-1:0]),
    .read_data_o    (data_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_slot_q    <= '0;
      read_position_q <= '0;
      blocked_q       <= 1'b0;
      written_q       <= 1'b0;
    end else begin
      written_q       <= write;
      read_position_q <= read_position_d;
      if (write_i && write_beat_i == '0) blocked_q <= full;
      if (commit_i) write_slot_q <= write_slot_q + (SlotBits + 1)'(1);
`ifndef SYNTHESIS
      assert (level <= (SlotBits + 1)'(Flits)) else $error("more flits than places");
      assert (!commit_i || !blocked_q) else $error("a flit without a place is committed");
      assert (!pop_i || available_o) else $error("read of an empty buffer");
`endif
    end
  end

endmodule
