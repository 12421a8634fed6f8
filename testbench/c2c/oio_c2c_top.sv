// SPDX-License-Identifier: Apache-2.0
//
// C to C: the whole path is the C model behind DPI, and the loop that moves time is here. Simulation time goes from one event to the next: the C++
// main sets it to next_ps_o and toggles tick_i, and the bench carries out that instant.
//
//   +oio_config=TEXT   lines of key=value        +oio_trace=FILE   recorded traffic

module oio_c2c_top
  import oio_dpi_pkg::*;
(
  input  bit              tick_i,     // either edge: an instant at next_ps_o
  input  bit              look_i,     // either edge: refresh results_o and fraction_o
  output longint unsigned next_ps_o,
  output bit              over_o,     // nothing more to do
  output bit              unusable_o, // a call failed, and its error has been shown
  output results_t        results_o,
  output real             fraction_o
);

  /*verilator tracing_off*/
  chandle run;
  /*verilator tracing_on*/
  longint unsigned now_ps, reset_ps, resume_ps;

  oio_dpi_lane #(.Link(0), .Direction(0)) u_link0_a ();
  oio_dpi_lane #(.Link(0), .Direction(1)) u_link0_b ();
  oio_dpi_lane #(.Link(1), .Direction(0)) u_link1_a ();
  oio_dpi_lane #(.Link(1), .Direction(1)) u_link1_b ();
  oio_dpi_lane #(.Link(2), .Direction(0)) u_link2_a ();
  oio_dpi_lane #(.Link(2), .Direction(1)) u_link2_b ();

  function automatic longint unsigned earlier(input longint unsigned a, input longint unsigned b);
    return a < b ? a : b;
  endfunction

  function automatic void attach();
    u_link0_a.attach(run);
    u_link0_b.attach(run);
    u_link1_a.attach(run);
    u_link1_b.attach(run);
    u_link2_a.attach(run);
    u_link2_b.attach(run);
    reset_ps = oio_dpi_reset_at_ps(run);
  endfunction

  function automatic longint unsigned least_next_ps();
    longint unsigned next_ps;
    if (resume_ps != Never) return resume_ps;
    next_ps = oio_dpi_traffic_next_ps(run);
    next_ps = earlier(next_ps, reset_ps);
    next_ps = earlier(next_ps, u_link0_a.next_ps(now_ps));
    next_ps = earlier(next_ps, u_link0_b.next_ps(now_ps));
    next_ps = earlier(next_ps, u_link1_a.next_ps(now_ps));
    next_ps = earlier(next_ps, u_link1_b.next_ps(now_ps));
    next_ps = earlier(next_ps, u_link2_a.next_ps(now_ps));
    next_ps = earlier(next_ps, u_link2_b.next_ps(now_ps));
    return next_ps > now_ps ? next_ps : now_ps;
  endfunction

  function automatic void take_down();
    longint unsigned hold_ps;
    hold_ps = oio_dpi_reset_hold_ps(run);
    oio_dpi_reset(run, now_ps);
    reset_ps = Never;
    resume_ps = now_ps + hold_ps;
  endfunction

  function automatic void receive();
    u_link0_a.receive(now_ps);
    u_link0_b.receive(now_ps);
    u_link1_a.receive(now_ps);
    u_link1_b.receive(now_ps);
    u_link2_a.receive(now_ps);
    u_link2_b.receive(now_ps);
  endfunction

  function automatic void deliver(input int side);
    int got;
    do got = oio_dpi_deliver(run, side, now_ps); while (got != 0);
  endfunction

  // From left to right, side A before B: what a bridge passes on in this instant is settled by this order.
  function automatic void transmit();
    u_link0_a.transmit(now_ps);
    u_link0_b.transmit(now_ps);
    u_link1_a.transmit(now_ps);
    u_link1_b.transmit(now_ps);
    u_link2_a.transmit(now_ps);
    u_link2_b.transmit(now_ps);
  endfunction

  // One instant: rx, recv, send, tx. The instant of a reset holds nothing else.
  function automatic void carry_out();
    if (now_ps >= reset_ps) begin
      take_down();
      return;
    end
    resume_ps = Never;
    receive();
    deliver(0);
    deliver(1);
    oio_dpi_traffic_enter(run, now_ps);
    transmit();
  endfunction

  function automatic void show_error();
    string text;
    text = oio_dpi_error(run);
    $fdisplay(32'h8000_0002, "%s", text);
    unusable_o = 1;
    over_o = 1;
  endfunction

  function automatic void look_ahead();
    int failed, finished, link_failed;
    failed = oio_dpi_failed(run);
    if (failed != 0) begin
      show_error();
      return;
    end
    next_ps_o = least_next_ps();
    finished = oio_dpi_finished(run);
    link_failed = oio_dpi_link_failed(run);
    if (next_ps_o == Never || finished != 0 || link_failed != 0) over_o = 1;
  endfunction

  initial begin
    string config_text, trace;
    int failed;
    if ($value$plusargs("oio_config=%s", config_text) == 0) config_text = "";
    if ($value$plusargs("oio_trace=%s", trace) == 0) trace = "";
    run = oio_dpi_create(config_text, trace);
    reset_ps = Never;
    resume_ps = Never;
    failed = oio_dpi_failed(run);
    if (failed == 0) attach();
    look_ahead();
  end

  always @(posedge tick_i or negedge tick_i) begin
    now_ps = next_ps_o;
    carry_out();
    look_ahead();
  end

  always @(posedge look_i or negedge look_i) begin
    if (!unusable_o) begin
      oio_dpi_results(run, now_ps, next_ps_o == Never ? 1 : 0, results_o);
      fraction_o = oio_dpi_fraction(run);
    end
  end

  final oio_dpi_destroy(run);

endmodule
