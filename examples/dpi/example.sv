// SPDX-License-Identifier: Apache-2.0
//
// The model alone behind DPI, its loop in SystemVerilog: two dies, a channel each way (oio_dpi_lane), traffic and checks.
// docs/library.md says how to build it.

module example;
  timeunit 1ns;
  timeprecision 1ps;
  import oio_dpi_pkg::*;

  /*verilator tracing_off*/
  chandle run;
  /*verilator tracing_on*/
  longint unsigned now_ps;

  oio_dpi_lane #(.Port(0)) u_a_to_b ();
  oio_dpi_lane #(.Port(1)) u_b_to_a ();

  function automatic longint unsigned earlier(input longint unsigned a, input longint unsigned b);
    return a < b ? a : b;
  endfunction

  function automatic longint unsigned next_ps();
    longint unsigned next;
    next = oio_dpi_traffic_next_ps(run);
    next = earlier(next, u_a_to_b.next_ps(now_ps));
    next = earlier(next, u_b_to_a.next_ps(now_ps));
    return next > now_ps ? next : now_ps;
  endfunction

  function automatic void deliver(input int side);
    int got;
    do got = oio_dpi_deliver(run, side, now_ps); while (got != 0);
  endfunction

  // One instant: rx, recv, send, tx, side A before side B.
  function automatic void carry_out();
    u_a_to_b.receive(now_ps);
    u_b_to_a.receive(now_ps);
    deliver(0);
    deliver(1);
    oio_dpi_traffic_enter(run, now_ps);
    u_a_to_b.transmit(now_ps);
    u_b_to_a.transmit(now_ps);
  endfunction

  initial begin
    int failed, finished, link_failed, good;
    longint unsigned next;
    string extra, text;
    if ($value$plusargs("set=%s", extra) == 0) extra = "";
    run = oio_dpi_create({"net.topology=pair\nworkload.generate=poisson\nworkload.messages=2000\noptical.bit_error_rate=1e-5\n", extra}, "");
    failed = oio_dpi_failed(run);
    if (failed != 0) begin
      text = oio_dpi_error(run);
      $fatal(1, "%s", text);
    end
    u_a_to_b.attach(run);
    u_b_to_a.attach(run);
    finished = 0;
    link_failed = 0;
    next = next_ps();
    while (next != Never && finished == 0 && link_failed == 0) begin
      #(real'(next - now_ps) / 1000.0);
      now_ps = next;
      carry_out();
      finished = oio_dpi_finished(run);
      link_failed = oio_dpi_link_failed(run);
      next = next_ps();
    end
    text = oio_dpi_report(run, now_ps, 1);
    $write("%s", text);
    good = oio_dpi_good(run, now_ps, 1);
    if (good == 0) $fatal(1, "the run is not good");
    oio_dpi_destroy(run);
    $finish;
  end
endmodule
