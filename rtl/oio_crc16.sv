// SPDX-License-Identifier: Apache-2.0
//
// CRC-16 of a message that comes beat by beat (SPEC section 2): x^16 + x^15 + x^2 + 1, bit 0 of byte 0 first.
//
// P is (x + 1) Q with Q = x^15 + x + 1. Modulo Q, x^16n is x^2n + x^n for every power of two n: the first half of 32 n bits is added to the
// second twice, and what is moved out of it, 2 n bits, once more. Modulo x + 1 a message is its parity. The two together are the CRC.
// Bit i of n bits is the coefficient of x^(n-1-i). What the beats before left in the register is added to the first 16 bits of this beat.
// A simulator works through it only when there is a beat.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_crc16 #(
  parameter int unsigned DataBytes = 64  // 64 or 128
) (
  input  logic                   clk_i,

  input  logic                   valid_i,
  input  logic                   first_i,   // the first beat of a message
  input  logic [DataBytes*8-1:0] data_i,
  input  logic                   omit2_i,   // take the last 2 bytes of the beat as zero: they are not covered
  input  logic                   omit14_i,  // take the last 14 bytes as zero

  output logic [15:0]            crc_o,     // of the message up to the beat before this cycle
  output logic [15:0]            crc_next_o // ... and with the beat of this cycle
);

  localparam int unsigned Bits = DataBytes * 8;

  // 64 bytes modulo x + 1 and modulo Q, in words of 64 bits: a simulator has such words, and puts wider variables into memory.
  function automatic logic [15:0] rest(logic [63:0] d0, logic [63:0] d1, logic [63:0] d2, logic [63:0] d3,
                                       logic [63:0] d4, logic [63:0] d5, logic [63:0] d6, logic [63:0] d7);
    logic [63:0] a0, a1, a2, a3, b0, b1, c;
    logic [31:0] e, out32;
    logic [15:0] f, out16;
    logic [7:0]  out8;
    logic [3:0]  out4;
    logic [1:0]  out2;
    out32 = d0[31:0] ^ {d0[15:0], 16'd0};
    a0 = d4 ^ {d1[31:0], d0[63:32]} ^ {d1[15:0], d0[63:16]};
    a1 = d5 ^ {d2[31:0], d1[63:32]} ^ {d2[15:0], d1[63:16]};
    a2 = d6 ^ {d3[31:0], d2[63:32]} ^ {d3[15:0], d2[63:16]};
    a3 = d7 ^ {32'd0, d3[63:32]} ^ {16'd0, d3[63:16]} ^ {16'd0, out32, 16'd0} ^ {32'd0, out32};
    out16 = a0[15:0] ^ {a0[7:0], 8'd0};
    b0 = a2 ^ {a1[15:0], a0[63:16]} ^ {a1[7:0], a0[63:8]};
    b1 = a3 ^ {16'd0, a1[63:16]} ^ {8'd0, a1[63:8]} ^ {8'd0, out16, 40'd0} ^ {16'd0, out16, 32'd0};
    out8 = b0[7:0] ^ {b0[3:0], 4'd0};
    c = b1 ^ {8'd0, b0[63:8]} ^ {4'd0, b0[63:4]} ^ {4'd0, out8, 52'd0} ^ {8'd0, out8, 48'd0};
    out4 = c[3:0] ^ {c[1:0], 2'd0};
    e = c[63:32] ^ {4'd0, c[31:4]} ^ {2'd0, c[31:2]} ^ {2'd0, out4, 26'd0} ^ {4'd0, out4, 24'd0};
    out2 = e[1:0] ^ {e[0], 1'd0};
    f = e[31:16] ^ {2'd0, e[15:2]} ^ {1'd0, e[15:1]} ^ {1'd0, out2, 13'd0} ^ {2'd0, out2, 12'd0};
    rest = {^(d0 ^ d1 ^ d2 ^ d3 ^ d4 ^ d5 ^ d6 ^ d7), f[15:1] ^ {f[0], f[0], 13'd0}};
  endfunction

  // Times x, and times x^6, modulo Q: with bit 0 for x^14, as rest() has it.
  function automatic logic [14:0] times_x(logic [14:0] a);
    times_x = {1'b0, a[14:1]} ^ {a[0], a[0], 13'd0};
  endfunction
  function automatic logic [14:0] times_x6(logic [14:0] a);
    times_x6 = {6'd0, a[14:6]} ^ {a[5:0], 9'd0} ^ {1'b0, a[5:0], 8'd0};
  endfunction

  function automatic logic [15:0] reversed(logic [15:0] a);
    reversed = {a[7:0], a[15:8]};
    reversed = {reversed[11:8], reversed[15:12], reversed[3:0], reversed[7:4]};
    reversed = ((reversed >> 2) & 16'h3333) | ((reversed & 16'h3333) << 2);
    reversed = ((reversed >> 1) & 16'h5555) | ((reversed & 16'h5555) << 1);
  endfunction

  // The CRC is that of the message times x^16, which is x^2 + x modulo Q.
  function automatic logic [15:0] crc_of(logic [15:0] message);
    logic [14:0] r;
    r = times_x(message[14:0]) ^ times_x(times_x(message[14:0]));
    crc_of = reversed({r, 1'b0}) ^ ((message[15] ^ (^r)) ? 16'h8003 : 16'd0);
  endfunction

  // The rests of two times 64 bytes, one after the other: x^512 is x^8 + x^2.
  function automatic logic [15:0] joined(logic [15:0] a, logic [15:0] b);
    logic [14:0] x;
    x = times_x(times_x(a[14:0]));
    joined = b ^ {a[15], x ^ times_x6(x)};
  endfunction

  // The words of a beat that hold more than its bytes, or less.
  function automatic logic [63:0] first_word(logic [63:0] word, logic first, logic [15:0] crc);
    first_word = word ^ {48'd0, first ? 16'd0 : reversed(crc)};
  endfunction
  function automatic logic [63:0] last_word(logic [63:0] word, logic omit2, logic omit8);
    last_word = omit8 ? 64'd0 : {omit2 ? 16'd0 : word[63:48], word[47:0]};
  endfunction
  function automatic logic [63:0] last_word_but_one(logic [63:0] word, logic omit6);
    last_word_but_one = {omit6 ? 48'd0 : word[63:16], word[15:0]};
  endfunction

  logic [15:0] crc_q, crc_d;

  if (Bits == 512) begin : gen_64
    always_comb begin
      crc_d = crc_q;
      if (valid_i) begin
        crc_d = crc_of(rest(first_word(data_i[63:0], first_i, crc_q), data_i[127:64], data_i[191:128], data_i[255:192],
                             data_i[319:256], data_i[383:320], last_word_but_one(data_i[447:384], omit14_i),
                             last_word(data_i[511:448], omit2_i, omit14_i)));
      end
    end
  end else begin : gen_128
    always_comb begin
      crc_d = crc_q;
      if (valid_i) begin
        crc_d = crc_of(joined(rest(first_word(data_i[63:0], first_i, crc_q), data_i[127:64], data_i[191:128], data_i[255:192],
                                  data_i[319:256], data_i[383:320], data_i[447:384], data_i[511:448]),
                             rest(data_i[575:512], data_i[639:576], data_i[703:640], data_i[767:704],
                                  data_i[831:768], data_i[895:832], last_word_but_one(data_i[959:896], omit14_i),
                                  last_word(data_i[1023:960], omit2_i, omit14_i))));
      end
    end
  end

  always_ff @(posedge clk_i) crc_q <= crc_d;

  assign crc_o      = crc_q;
  assign crc_next_o = crc_d;

endmodule
