// SPDX-License-Identifier: Apache-2.0
//
// RTL in the place of a bridge of the model: a bench, which holds dies, channels, the other bridge and the traffic, and the ports of the RTL on its
// channels (oio/pins.h, call by call; oio_dpi_pins_port.sv makes the calls). The testbench moves time: for every clock edge
//
//   oio_dpi_bench_advance(bench, edge_ps);  clk = 1;  ...  clk = 0;
//
// where edge_ps grows by oio_dpi_bench_clock_ps. examples/rtl is a whole one.
//
// With Verilator 5.006 call these as statements of their own (`x = oio_dpi_...(...);`), never inside a condition. Keep chandles out of waves
// (`/*verilator tracing_off*/`): they are pointers, and would make every run another one.

/* verilator lint_off TIMESCALEMOD */  // there is no time in here
/* verilator lint_off UNUSEDPARAM */   // a bench needs some of it

package oio_dpi_pins_pkg;

  // config: lines of "key=value"; trace: a file, or "" where config has workload.generate. rtl: 1 the near bridge (at die A), 2 the far one, 3 both.
  // logic_cycles: from the last beat in to the first beat out of idle RTL, for the parts of the latency. Never null but for want of memory; when
  // oio_dpi_bench_failed says so, only oio_dpi_bench_error and oio_dpi_bench_destroy are allowed.
  import "DPI-C" function chandle oio_dpi_bench_create(input string config_text, input string trace, input int rtl,
                                                       input int unsigned logic_cycles);
  import "DPI-C" function void oio_dpi_bench_destroy(input chandle bench);
  // 1: a call has failed, and oio_dpi_bench_error has the line to show. The testbench decides to stop.
  import "DPI-C" function int oio_dpi_bench_failed(input chandle bench);
  import "DPI-C" function string oio_dpi_bench_error(input chandle bench);

  // rtl.clock_ps; the handle for oio_dpi_pins_port.attach of a side (0 near, 1 far) and port (0 die, 1 optical), null where there is no RTL; and what
  // the RTL is to be told: a field of oio_pkg::link_config_t by its name.
  import "DPI-C" function longint unsigned oio_dpi_bench_clock_ps(input chandle bench);
  import "DPI-C" function chandle oio_dpi_bench_port(input chandle bench, input int side, input int port);
  import "DPI-C" function int unsigned oio_dpi_bench_strap(input chandle bench, input int port, input string name);

  // Everything that the model does up to the edge now_ps, which comes next. in_reset: the RTL is to be held in reset at this edge (reset.at_ps).
  // over: the traffic is finished, a link has failed, or nothing comes out any more; go on for the last Acks to arrive.
  import "DPI-C" function void oio_dpi_bench_advance(input chandle bench, input longint unsigned now_ps);
  import "DPI-C" function int oio_dpi_bench_in_reset(input chandle bench);
  import "DPI-C" function int oio_dpi_bench_over(input chandle bench);

  // The next rule that the RTL broke, a line; "": no more of them. good, 1: the run is over, nothing was lost, duplicated, reordered or corrupted, no
  // link has failed and no rule was broken. report: the table for people.
  import "DPI-C" function string oio_dpi_bench_finding(input chandle bench);
  import "DPI-C" function int oio_dpi_bench_good(input chandle bench);
  import "DPI-C" function string oio_dpi_bench_report(input chandle bench);

  // Bits of oio_dpi_pins_next.
  localparam int Ready = 1;
  localparam int Valid = 2;
  localparam int Sof = 4;

  import "DPI-C" function int oio_dpi_pins_next(input chandle port, input longint unsigned edge_ps);
  // A beat of 64 bytes, or `wide`: of 128, and one bit that says nothing. Verilator masks the last word of what it copies, which must not
  // be one of the beat's: compilers copy an odd number of words in vectors that overlap, and those wait for the stores before them.
  import "DPI-C" function void oio_dpi_pins_beat(input chandle port, output bit [512:0] beat);
  import "DPI-C" function void oio_dpi_pins_beat_wide(input chandle port, output bit [1024:0] beat);
  import "DPI-C" function void oio_dpi_pins_put(input chandle port, input longint unsigned now_ps, input bit sof, input bit [512:0] beat);
  import "DPI-C" function void oio_dpi_pins_put_wide(input chandle port, input longint unsigned now_ps, input bit sof,
                                                     input bit [1024:0] beat);

  // The link end has failed, and why: at once, not only when the host asks for the debug port.
  import "DPI-C" function void oio_dpi_pins_failed(input chandle port, input int unsigned failed);
  // A beat that was shown while not ready is not the one shown now.
  import "DPI-C" function void oio_dpi_pins_moved(input chandle port, input longint unsigned now_ps);

  // The debug port of the link end, for the host to compare.
  import "DPI-C" function void oio_dpi_pins_state(
    input chandle port, input int unsigned next_tx, input int unsigned acked, input int unsigned expected, input int unsigned sent_total,
    input int unsigned credit_limit, input int unsigned credit_sent, input int unsigned round, input int unsigned round_seen,
    input int unsigned failed, input int unsigned asked_crc, input int unsigned asked_sequence, input int unsigned timeouts,
    input int unsigned received_payload);

endpackage
