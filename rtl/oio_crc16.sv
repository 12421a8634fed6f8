// SPDX-License-Identifier: Apache-2.0
//
// CRC-16 of a message that comes beat by beat (SPEC section 2): x^16 + x^15 + x^2 + 1, bit 0 of byte 0 first, as one XOR tree a CRC bit.
//
// Bit i of a beat of n bits is the coefficient of x^(n-1-i) and adds x^(n-1-i+16) mod P to the CRC. What the beats before left in
// the register is moved on by n bits, which is the same as adding it to the first 16 bits of this beat.
// The trees end in the register itself, not in a wire, so that a simulator works through them only when there is a beat.

module oio_crc16 #(
  parameter int unsigned DataBytes = 64  // >= 16
) (
  input  logic                   clk_i,

  input  logic                   valid_i,
  input  logic                   first_i,   // the first beat of a message
  input  logic [DataBytes*8-1:0] data_i,
  input  logic                   omit2_i,   // take the last 2 bytes of the beat as zero: they are not covered
  input  logic                   omit14_i,  // take the last 14 bytes as zero

  output logic [15:0]            crc_o      // of the message up to the beat before this cycle
);

  localparam int unsigned Bits = DataBytes * 8;

  // Which bits of a beat bit k of the CRC is the sum of.
  function automatic logic [Bits-1:0] mask(logic [3:0] k);
    logic [15:0] power;
    power = 16'h8005;  // x^16 mod P: what the last bit adds
    for (int unsigned i = 0; i < Bits; i++) begin
      mask[Bits-1-i] = power[k];
      power = {power[14:0], 1'b0} ^ (power[15] ? 16'h8005 : 16'h0000);
    end
  endfunction

  logic [15:0] crc_q;

  for (genvar k = 0; k < 16; k++) begin : gen_bit
    localparam logic [Bits-1:0] Mask = mask(4'(k));
    localparam logic [Bits-1:0] BodyMask = {112'd0, Mask[Bits-113:0]};
    // The first 16 bits' part, as the register stands: its high bit goes with the first bit.
    localparam logic [15:0] MovedMask = {Mask[0], Mask[1], Mask[2], Mask[3], Mask[4], Mask[5], Mask[6], Mask[7],
                                         Mask[8], Mask[9], Mask[10], Mask[11], Mask[12], Mask[13], Mask[14], Mask[15]};

    always_ff @(posedge clk_i) begin
      if (valid_i) begin
        crc_q[k] <= (^(data_i & BodyMask)) ^
                    (omit14_i ? 1'b0 : ^(data_i[Bits-112+:96] & Mask[Bits-112+:96])) ^
                    ((omit14_i || omit2_i) ? 1'b0 : ^(data_i[Bits-16+:16] & Mask[Bits-16+:16])) ^
                    (first_i ? 1'b0 : ^(crc_q & MovedMask));
      end
    end
  end

  assign crc_o = crc_q;

endmodule
