// SPDX-License-Identifier: Apache-2.0
// oio_ram with every one and every two bits of a protected word wrong, data and check bits, in each lane, with random data: SECDED puts one right
// and sees two, parity sees one, and the other lane is as it was written. ram.sh builds it.
module ram_bench;
  timeunit 1ns;
  timeprecision 1ps;
`ifdef PARITY
  localparam int Protection = 1, Bits = 65;
  `define MEMORY dut.gen_parity.u_array.memory
`else
  localparam int Protection = 2, Bits = 72;
  `define MEMORY dut.gen_secded.u_array.memory
`endif

  bit clk, write, read;
  logic [127:0] written, data;
  logic corrected, bad;
  logic [2*Bits-1:0] word, wrong;
  int faults, cases;

  oio_ram #(.Width(128), .Words(4), .Protection(Protection)) dut (
    .write_clk_i(clk), .write_i(write), .write_address_i(2'd1), .write_data_i(written),
    .read_clk_i(clk), .read_i(read), .read_address_i(2'd1), .read_data_o(data), .corrected_o(corrected), .bad_o(bad));

  task automatic tick();
    #1 clk = 1;
    #1 clk = 0;
  endtask

  // Reads the word with these bits wrong: it is as it was written, or bad; the lane without them is right.
  task automatic try_it(int lane, int count);
    bit right, other;
    `MEMORY[1] = word ^ wrong;
    read = 1;
    tick();
    read = 0;
    cases++;
    right = data == written;
    other = lane == 0 ? data[127:64] == written[127:64] : data[63:0] == written[63:0];
    if (count == 0 && !(right && !corrected && !bad)) faults++;
    if (count == 1 && Protection == 2 && !(right && corrected && !bad)) faults++;
    if (count == 1 && Protection == 1 && !(bad && !corrected)) faults++;
    if (count == 2 && Protection == 2 && !(bad && !corrected)) faults++;
    if (!other) faults++;
  endtask

  initial begin
    for (int round = 0; round < 6; round++) begin
      written = {$urandom, $urandom, $urandom, $urandom};
      if (round < 2) written = round == 0 ? '0 : '1;
      write = 1;
      tick();
      write = 0;
      word = `MEMORY[1];
      for (int lane = 0; lane < 2; lane++) begin
        wrong = '0;
        try_it(lane, 0);
        for (int i = 0; i < Bits; i++) begin
          wrong = '0;
          wrong[lane*Bits+i] = 1;
          try_it(lane, 1);
          for (int j = 0; j < i; j++) begin
            wrong = '0;
            wrong[lane*Bits+i] = 1;
            wrong[lane*Bits+j] = 1;
            try_it(lane, 2);
          end
        end
      end
    end
    $display("protection %0d: %0d cases, %0d faults", Protection, cases, faults);
    $finish;
  end
endmodule
