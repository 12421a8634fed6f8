// SPDX-License-Identifier: Apache-2.0
//
// A memory with nothing, parity or SECDED behind every 64 bits. What is read wrong and cannot be put right is said, with the word.
// SECDED is Hamming's code over positions 1 to 71, check bits at the powers of two, and the parity of all: one wrong bit is put right, two
// are seen. Parity sees an odd number.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_ram #(
  parameter int unsigned Width = 512,       // a multiple of 64
  parameter int unsigned Words = 1024,
  parameter int unsigned Protection = 0,    // 0: none, 1: parity, 2: SECDED
  localparam int unsigned AddressBits = $clog2(Words)
) (
  input  logic                   write_clk_i,
  input  logic                   write_i,
  input  logic [AddressBits-1:0] write_address_i,
  input  logic [Width-1:0]       write_data_i,

  input  logic                   read_clk_i,
  input  logic                   read_i,
  input  logic [AddressBits-1:0] read_address_i,
  output logic [Width-1:0]       read_data_o,     // holds until the next read, and what is said of it:
  output logic                   corrected_o,     // a bit was wrong and has been put right
  output logic                   bad_o            // it is wrong
);

  localparam int unsigned Lanes = Width / 64;

  // Where data bit i stands among the check bits: the i-th number from 3 on that is no power of two.
  function automatic logic [6:0] position(int unsigned i);
    int unsigned checks;
    checks = (i < 1) ? 3 : (i < 4) ? 4 : (i < 11) ? 5 : (i < 26) ? 6 : (i < 57) ? 7 : 8;
    position = 7'(i + checks);
  endfunction

  function automatic logic [6:0] checks_of(logic [63:0] data);
    checks_of = '0;
    for (int unsigned i = 0; i < 64; i++) checks_of = checks_of ^ (position(i) & {7{data[i]}});
  endfunction

  if (Protection == 0) begin : gen_plain
    oio_ram_array #(.Width(Width), .Words(Words)) u_array (
      .write_clk_i, .write_i, .write_address_i, .write_data_i, .read_clk_i, .read_i, .read_address_i, .read_data_o
    );
    assign corrected_o = 1'b0;
    assign bad_o       = 1'b0;
  end else if (Protection == 1) begin : gen_parity
    logic [Width+Lanes-1:0] written, read;
    logic [Lanes-1:0]       wrong;
    oio_ram_array #(.Width(Width + Lanes), .Words(Words)) u_array (
      .write_clk_i, .write_i, .write_address_i, .write_data_i(written), .read_clk_i, .read_i, .read_address_i, .read_data_o(read)
    );
    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      assign written[65*l+:65]    = {^write_data_i[64*l+:64], write_data_i[64*l+:64]};
      assign read_data_o[64*l+:64] = read[65*l+:64];
      assign wrong[l]             = ^read[65*l+:65];
    end
    assign corrected_o = 1'b0;
    assign bad_o       = wrong != '0;
  end else begin : gen_secded
    logic [72*Lanes-1:0] written, read;
    logic [Lanes-1:0]    one, more;
    oio_ram_array #(.Width(72 * Lanes), .Words(Words)) u_array (
      .write_clk_i, .write_i, .write_address_i, .write_data_i(written), .read_clk_i, .read_i, .read_address_i, .read_data_o(read)
    );
    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      logic [63:0] data, flip;
      logic [6:0]  checks, syndrome;
      logic        odd;
      assign checks           = checks_of(write_data_i[64*l+:64]);
      assign written[72*l+:72] = {^{write_data_i[64*l+:64], checks}, checks, write_data_i[64*l+:64]};
      assign data     = read[72*l+:64];
      assign syndrome = checks_of(data) ^ read[72*l+64+:7];
      assign odd      = ^read[72*l+:72];
      for (genvar i = 0; i < 64; i++) begin : gen_bit
        assign flip[i] = odd && (syndrome == position(i));
      end
      assign read_data_o[64*l+:64] = data ^ flip;
      assign one[l]  = odd && (syndrome <= 7'd71);
      assign more[l] = odd ? (syndrome > 7'd71) : (syndrome != '0);
    end
    assign corrected_o = (one != '0) && (more == '0);
    assign bad_o       = more != '0;
  end

endmodule
