// SPDX-License-Identifier: Apache-2.0
//
// CRC-16 of one beat (SPEC section 2): x^16 + x^15 + x^2 + 1, bit 0 of byte 0 first, as one XOR tree a CRC bit. Combinational.
//
// Bit i of a beat of n bits is the coefficient of x^(n-1-i) and adds x^(n-1-i+16) mod P to the CRC. What the beats before left in
// the register is moved on by n bits, which is the same as adding it to the first 16 bits of this beat.

module oio_crc16 #(
  parameter int unsigned DataBytes = 64  // >= 15
) (
  input  logic                   valid_i,      // low: crc_o is zero, and a simulator has nothing to compute
  input  logic [15:0]            crc_i,        // of the beats before; zero at the first beat of a message
  input  logic [DataBytes*8-1:0] data_i,
  input  logic                   omit2_i,      // take the last 2 bytes as zero: not covered
  input  logic                   omit14_i,     // take the last 14 bytes as zero
  output logic [15:0]            crc_o
);

  localparam int unsigned Bits = DataBytes * 8;
  localparam int unsigned TailBits = 14 * 8;

  // Which bits of a beat bit k of the CRC is the sum of.
  function automatic logic [Bits-1:0] mask(logic [3:0] k);
    logic [15:0] power;
    power = 16'h8005;  // x^16 mod P: what the last bit adds
    for (int unsigned i = 0; i < Bits; i++) begin
      mask[Bits-1-i] = power[k];
      power = {power[14:0], 1'b0} ^ (power[15] ? 16'h8005 : 16'h0000);
    end
  endfunction

  logic [TailBits-1:0] tail;

  always_comb begin
    tail = data_i[Bits-1-:TailBits];
    if (omit14_i) tail = '0;
    else if (omit2_i) tail[TailBits-1-:16] = '0;
  end

  for (genvar k = 0; k < 16; k++) begin : gen_bit
    localparam logic [Bits-1:0] Mask = mask(4'(k));
    localparam logic [Bits-1:0] BodyMask = {{TailBits{1'b0}}, Mask[Bits-TailBits-1:0]};
    localparam logic [TailBits-1:0] TailMask = Mask[Bits-1-:TailBits];

    logic [15:0] moved;
    for (genvar i = 0; i < 16; i++) begin : gen_moved
      assign moved[i] = crc_i[15-i] & Mask[i];
    end

    assign crc_o[k] = valid_i ? (^(data_i & BodyMask)) ^ (^(tail & TailMask)) ^ (^moved) : 1'b0;
  end

endmodule
