// SPDX-License-Identifier: Apache-2.0
//
// C to C: the whole net is the C model behind DPI, and the loop that moves time is here. Simulation time goes from one event to the next: the C++
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

  // The wires of the net: wire p leads from port p to port p^1.
  /*verilator tracing_off*/
  chandle wire_of[];
  /*verilator tracing_on*/
  int ports, dies;
  flit_t flit;
  note_t note;

  function automatic longint unsigned earlier(input longint unsigned a, input longint unsigned b);
    return a < b ? a : b;
  endfunction

  function automatic void attach();
    ports = oio_dpi_ports(run);
    dies = oio_dpi_dies(run);
    wire_of = new[ports];
    for (int p = 0; p < ports; p++) wire_of[p] = oio_dpi_wire(run, p);
    reset_ps = oio_dpi_reset_at_ps(run);
  endfunction

  // When something happens next on a wire: an arrival, or a transmission onto a free wire.
  function automatic longint unsigned wire_next_ps(input int p);
    longint unsigned arrival_ps, tx_ps, free_ps;
    arrival_ps = oio_dpi_channel_arrival_ps(wire_of[p]);
    tx_ps = oio_dpi_next_tx_ps(run, p, now_ps);
    if (tx_ps >= arrival_ps) return arrival_ps;
    free_ps = oio_dpi_channel_free_ps(wire_of[p]);
    if (free_ps > tx_ps) tx_ps = free_ps;
    return earlier(tx_ps, arrival_ps);
  endfunction

  function automatic longint unsigned least_next_ps();
    longint unsigned next_ps;
    if (resume_ps != Never) return resume_ps;
    next_ps = oio_dpi_traffic_next_ps(run);
    next_ps = earlier(next_ps, reset_ps);
    for (int p = 0; p < ports; p++) next_ps = earlier(next_ps, wire_next_ps(p));
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
    longint unsigned arrival_ps;
    for (int p = 0; p < ports; p++) begin
      arrival_ps = oio_dpi_channel_arrival_ps(wire_of[p]);
      while (arrival_ps <= now_ps) begin
        oio_dpi_channel_take(wire_of[p], flit, note);
        oio_dpi_rx(run, p ^ 1, now_ps, flit, note);
        arrival_ps = oio_dpi_channel_arrival_ps(wire_of[p]);
      end
    end
  endfunction

  function automatic void deliver();
    int got;
    for (int d = 0; d < dies; d++) do got = oio_dpi_deliver(run, d, now_ps); while (got != 0);
  endfunction

  // In the order of ports: what a bridge or switch passes on in this instant is settled by it.
  function automatic void transmit();
    longint unsigned free_ps;
    int got;
    for (int p = 0; p < ports; p++) begin
      free_ps = oio_dpi_channel_free_ps(wire_of[p]);
      if (free_ps > now_ps) continue;
      got = oio_dpi_tx(run, p, now_ps, flit, note);
      if (got == 0) continue;
      got = oio_dpi_channel_send(wire_of[p], now_ps, flit, note);
      assert (got != 0) else $error("a flit was sent onto a busy wire");
    end
  endfunction

  // One instant: rx, recv, send, tx, and what has room after that. The instant of a reset of all holds nothing else; one of a part comes between recv and send.
  function automatic void carry_out();
    int part;
    part = oio_dpi_reset_is_of_part(run);
    if (now_ps >= reset_ps && part == 0) begin
      take_down();
      return;
    end
    resume_ps = Never;
    receive();
    deliver();
    if (now_ps >= reset_ps) begin
      oio_dpi_reset(run, now_ps);
      reset_ps = Never;
    end
    oio_dpi_traffic_enter(run, now_ps);
    transmit();
    oio_dpi_traffic_after_tx(run, now_ps);
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
