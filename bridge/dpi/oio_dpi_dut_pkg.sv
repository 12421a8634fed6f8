// SPDX-License-Identifier: Apache-2.0
//
// A bench around a device of the plain profile (cmodel/SPEC.md section 16): imports of oio_dpi_dut.h, call by call. A call is a clock.

/* verilator lint_off TIMESCALEMOD */  // clocks are all it knows
/* verilator lint_off UNUSEDPARAM */   // a bench needs some of it

package oio_dpi_dut_pkg;

  typedef bit [2047:0] beat_t;

  // Pins from the device, and pins to it.
  localparam int LineOutValid = 0, LineOutSof = 1, LineOutLast = 2, LineInReady = 3, SendReady = 4, TakenValid = 5, TakenLast = 6;
  localparam int Reset = 0, LineOutReady = 1, LineInValid = 2, LineInSof = 3, LineInLast = 4, SendValid = 5, SendLast = 6, TakenReady = 7;

  // config: words "name=value" as in a port map, blanks or commas between them, the later wins. When oio_dpi_dut_failed says so, only oio_dpi_dut_error and oio_dpi_dut_destroy are allowed.
  import "DPI-C" function chandle oio_dpi_dut_create(input string config_text);
  import "DPI-C" function void oio_dpi_dut_destroy(input chandle dut);
  import "DPI-C" function int oio_dpi_dut_failed(input chandle dut);
  import "DPI-C" function string oio_dpi_dut_error(input chandle dut);
  // A clock: what the device showed before it; returns what it is shown after it.
  import "DPI-C" function int oio_dpi_dut_step(
    input chandle dut, input int pins, input beat_t line_out, input beat_t taken, inout beat_t line_in, inout beat_t send);
  // 0: it goes on; 1: all has arrived; 2: there is a finding.
  import "DPI-C" function int oio_dpi_dut_done(input chandle dut);
  // The result in a line, or the first finding.
  import "DPI-C" function string oio_dpi_dut_report(input chandle dut);

endpackage
