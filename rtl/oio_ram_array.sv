// SPDX-License-Identifier: Apache-2.0
//
// The words of a memory and nothing else: one write and one read port, each with its clock, registered read. A compiled SRAM of the same ports
// takes the place of this file. A read of the address being written gives the old word.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_ram_array #(
  parameter int unsigned Width = 512,
  parameter int unsigned Words = 1024,
  localparam int unsigned AddressBits = $clog2(Words)
) (
  input  logic                   write_clk_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i,

  input  logic                   read_clk_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       read_data_o      // holds until the next read
);

`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_off*/
`endif
  logic [Width-1:0] memory [Words];
`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_on*/
`endif

  always_ff @(posedge write_clk_i) begin
    if (write_i) memory[write_address_i] <= write_data_i;
  end

  always_ff @(posedge read_clk_i) begin
    if (read_i) read_data_o <= memory[read_address_i];
  end

endmodule
