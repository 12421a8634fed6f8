// SPDX-License-Identifier: Apache-2.0
//
// RTL between the channels of the model, with nothing but SystemVerilog: the near bridge is RTL (oio_bridge; put your own in its place), the dies,
// channels, the far bridge, the traffic and the checks are liboio_dpi. docs/library.md says how to build it.

module example;
  timeunit 1ns;
  timeprecision 1ps;
  import oio_dpi_pins_pkg::*;

  localparam int DataBytes = 64;
  localparam int LogicCycles = 4;

  bit              clk, rst_n, run;
  longint unsigned now_ps, clock_ps;

  oio_pkg::link_config_t  die_config, optical_config;
  oio_pkg::link_state_t   die_state, optical_state;
  logic                   die_in_valid, die_in_sof, die_out_valid, die_out_sof, die_out_ready;
  logic                   optical_in_valid, optical_in_sof, optical_out_valid, optical_out_sof, optical_out_ready;
  logic [DataBytes*8-1:0] die_in_data, die_out_data, optical_in_data, optical_out_data;

  oio_dpi_pins_port #(.DataBytes(DataBytes)) u_die_port (
    .clk_i(clk), .run_i(run), .now_ps_i(now_ps), .clock_ps_i(clock_ps), .report_i(1'b1), .state_i(die_state),
    .valid_i(die_out_valid), .sof_i(die_out_sof), .data_i(die_out_data), .ready_o(die_out_ready),
    .valid_o(die_in_valid), .sof_o(die_in_sof), .data_o(die_in_data));

  oio_dpi_pins_port #(.DataBytes(DataBytes)) u_optical_port (
    .clk_i(clk), .run_i(run), .now_ps_i(now_ps), .clock_ps_i(clock_ps), .report_i(1'b1), .state_i(optical_state),
    .valid_i(optical_out_valid), .sof_i(optical_out_sof), .data_i(optical_out_data), .ready_o(optical_out_ready),
    .valid_o(optical_in_valid), .sof_o(optical_in_sof), .data_o(optical_in_data));

  // report_i: the debug port is read at every edge; for speed, only at those before a reset and before the report.
  // As deep as the windows and buffers that the configuration asks for, or deeper.
  oio_bridge #(
    .DataBytes(DataBytes), .DieWindowFlits(127), .OpticalWindowFlits(8192), .DieBufferFlits(1024), .OpticalBufferFlits(8192)
  ) u_bridge (
    .clk_i(clk), .rst_ni(rst_n), .die_config_i(die_config), .optical_config_i(optical_config),
    .die_valid_i(die_in_valid), .die_sof_i(die_in_sof), .die_data_i(die_in_data),
    .die_valid_o(die_out_valid), .die_sof_o(die_out_sof), .die_data_o(die_out_data), .die_ready_i(die_out_ready),
    .optical_valid_i(optical_in_valid), .optical_sof_i(optical_in_sof), .optical_data_i(optical_in_data),
    .optical_valid_o(optical_out_valid), .optical_sof_o(optical_out_sof), .optical_data_o(optical_out_data),
    .optical_ready_i(optical_out_ready), .die_state_o(die_state), .optical_state_o(optical_state));

  /*verilator tracing_off*/
  chandle bench;
  /*verilator tracing_on*/

  function automatic int unsigned strap(input int port, input string name);
    int unsigned value;
    value = oio_dpi_bench_strap(bench, port, name);
    return value;
  endfunction

  function automatic oio_pkg::link_config_t straps(input int port);
    straps.window_flits      = 16'(strap(port, "window_flits"));
    straps.buffer_flits      = 16'(strap(port, "buffer_flits"));
    straps.format            = 4'(strap(port, "format"));
    straps.timeout_cycles    = strap(port, "timeout_cycles");
    straps.nak_repeat_cycles = strap(port, "nak_repeat_cycles");
    straps.ack_delay_cycles  = strap(port, "ack_delay_cycles");
    straps.replay_limit      = 16'(strap(port, "replay_limit"));
    straps.credit_limit      = 16'(strap(port, "credit_limit"));
  endfunction

  function automatic void attach();
    chandle die_port, optical_port;
    die_port = oio_dpi_bench_port(bench, 0, 0);
    optical_port = oio_dpi_bench_port(bench, 0, 1);
    u_die_port.attach(die_port);
    u_optical_port.attach(optical_port);
  endfunction

  // The half of a clock period in ns.
  real half;

  // One rising edge, with the model at its time.
  task automatic cycle();
    int held;
    now_ps = now_ps + clock_ps;
    oio_dpi_bench_advance(bench, now_ps);
    held = oio_dpi_bench_in_reset(bench);
    rst_n = held == 0;
    run = held == 0;
    #(half) clk = 1;
    #(half) clk = 0;
  endtask

  task automatic show();
    int good;
    string text;
    text = oio_dpi_bench_finding(bench);
    while (text != "") begin
      $display("%s", text);
      text = oio_dpi_bench_finding(bench);
    end
    text = oio_dpi_bench_report(bench);
    $write("%s", text);
    good = oio_dpi_bench_good(bench);
    if (good == 0) $fatal(1, "the run is not good");
  endtask

  initial begin
    int failed, over;
    string extra, text;
    if ($value$plusargs("set=%s", extra) == 0) extra = "";
    bench = oio_dpi_bench_create({"workload.generate=poisson\nworkload.messages=2000\nworkload.load=0.3\noptical.bit_error_rate=1e-5\n", extra}, "",
                                 1, LogicCycles);
    failed = oio_dpi_bench_failed(bench);
    if (failed != 0) begin
      text = oio_dpi_bench_error(bench);
      $fatal(1, "%s", text);
    end
    attach();
    clock_ps = oio_dpi_bench_clock_ps(bench);
    half = real'(clock_ps) / 2000.0;
    die_config = straps(0);
    optical_config = straps(1);
    repeat (4) begin  // in reset, before the model's time begins
      #(half) clk = 1;
      #(half) clk = 0;
    end
    over = 0;
    while (over == 0 && now_ps < 64'd1_000_000_000) begin
      cycle();
      over = oio_dpi_bench_over(bench);
    end
    repeat (400) cycle();  // the last Acks and credits
    show();
    oio_dpi_bench_destroy(bench);
    $finish;
  end
endmodule
