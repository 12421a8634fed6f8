// SPDX-License-Identifier: Apache-2.0
// oio_crc16 folds a beat as the polynomial says, x^16 + x^15 + x^2 + 1, bit 0 of byte 0 first (SPEC section 2), for every register and beat with one bit
// and for none. proofs.sh shows that the cell is nothing but exclusive ors of these bits; so it is linear, as the polynomial is, and equal for every
// register and beat: for every message, beat after beat.
module prove_crc16 #(
  parameter int unsigned DataBytes = 64
) (
  input logic clk,
  input logic first,
  input logic omit2,
  input logic omit14
);
  localparam int unsigned Bits = DataBytes * 8;

  (* anyconst *) logic [10:0] place;  // of the bit that is one: beat, then register; beyond, none
  logic [Bits+15:0] hot;
  logic [Bits-1:0]  data;
  logic [15:0]      next, crc;

  assign hot  = (Bits + 16)'(1) << place;
  assign data = hot[Bits-1:0];


  oio_crc16 #(.DataBytes(DataBytes)) dut (
    .clk_i(clk), .valid_i(1'b1), .first_i(first), .data_i(data), .omit2_i(omit2), .omit14_i(omit14), .crc_o(crc), .crc_next_o(next)
  );

  // Bit by bit.
  function automatic logic [15:0] polynomial(logic [15:0] register, logic [Bits-1:0] beat);
    logic bit_out;
    polynomial = register;
    for (int i = 0; i < Bits; i++) begin
      bit_out    = polynomial[15] ^ beat[i];
      polynomial = {polynomial[14:0], 1'b0} ^ (bit_out ? 16'h8005 : 16'h0);
    end
  endfunction

  logic [Bits-1:0] covered;
  always_comb begin
    covered = data;
    if (omit2) covered[Bits-1-:16] = '0;
    if (omit14) covered[Bits-1-:112] = '0;
    assume (crc == hot[Bits+:16]);
    assert (next == polynomial(first ? 16'd0 : crc, covered));
  end
endmodule
