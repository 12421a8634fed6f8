// SPDX-License-Identifier: Apache-2.0
//
// The bench around a device, with pins: bytes in order, byte i in [8*i +: 8], whatever the device calls and packs them. The glue that
// `oio new-bench` writes joins the two. +set=NAME=VALUE,... on the command line wins over Config.

/* verilator lint_off TIMESCALEMOD */  // clocks are all it knows
/* verilator lint_off BLKSEQ */        // a clock is a sequence of calls

module oio_dpi_dut
  import oio_dpi_dut_pkg::*;
#(
  parameter string Config = ""
) (
  input  bit       clk_i,
  input  bit [6:0] pins_i,
  input  beat_t    line_out_i,
  input  beat_t    taken_i,
  output bit [7:0] pins_o,
  output beat_t    line_in_o,
  output beat_t    send_o,
  output int       done_o
);

  /* verilator tracing_off */  // a pointer is another one in each run
  chandle dut;
  /* verilator tracing_on */
  string  said, more;
  beat_t  next_line, next_send;
  int     result;

  initial begin
    pins_o = 8'(1 << Reset);
    if (!$value$plusargs("set=%s", more)) more = "";
    dut = oio_dpi_dut_create({Config, " ", more});
    result = oio_dpi_dut_failed(dut);
    if (result != 0) begin
      said = oio_dpi_dut_error(dut);
      $display("%s", said);
      done_o = 3;
    end
  end

  final begin
    oio_dpi_dut_destroy(dut);
  end

  always @(posedge clk_i) begin
    if (done_o == 0) begin
      next_line = line_in_o;
      next_send = send_o;
      result = oio_dpi_dut_step(dut, int'(pins_i), line_out_i, taken_i, next_line, next_send);
      pins_o <= result[7:0];
      line_in_o <= next_line;
      send_o <= next_send;
      result = oio_dpi_dut_done(dut);
      if (result != 0) begin
        said = oio_dpi_dut_report(dut);
        $display("%s", said);
        done_o <= result;
      end
    end
  end

endmodule
