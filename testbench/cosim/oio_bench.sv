// SPDX-License-Identifier: Apache-2.0
//
// A bridge between two ports of the model. The host drives clock, reset and time; a run has one of these or two.

module oio_bench #(
  parameter int unsigned DataBytes = 64,
  parameter int unsigned OpticalWindowFlits = 8192,
  parameter int unsigned OpticalBufferFlits = 8192,
  parameter int unsigned DieBufferFlits = 1024
) (
  input logic            clk_i,
  input logic            rst_ni,
  input logic            run_i,     // the ports move flits; low with rst_ni
  input longint unsigned now_ps_i,
  input longint unsigned clock_ps_i,
  input logic            report_i,

  input logic [3:0]      format_i,
  input int unsigned     die_timeout_i, die_nak_repeat_i, optical_timeout_i, optical_nak_repeat_i,  // cycles
  input int unsigned     die_ack_delay_i, optical_ack_delay_i,                                      // cycles
  input shortint unsigned replay_limit_i,
  input shortint unsigned die_window_i, die_buffer_i, die_peer_buffer_i,                            // flits
  input shortint unsigned optical_window_i, optical_buffer_i, optical_peer_buffer_i
);

  oio_pkg::link_config_t die_config, optical_config;
  oio_pkg::link_state_t  die_state, optical_state;

  // Registered, so that a change of an input of the bench is not a change of the bridge's logic: inputs are looked at in every evaluation.
  always_ff @(posedge clk_i) begin
    die_config.format             <= format_i;
    die_config.timeout_cycles     <= die_timeout_i;
    die_config.nak_repeat_cycles  <= die_nak_repeat_i;
    die_config.ack_delay_cycles   <= die_ack_delay_i;
    die_config.replay_limit       <= replay_limit_i;
    die_config.window_flits       <= die_window_i;
    die_config.buffer_flits       <= die_buffer_i;
    die_config.credit_limit       <= die_peer_buffer_i;
    optical_config.format            <= format_i;
    optical_config.timeout_cycles    <= optical_timeout_i;
    optical_config.nak_repeat_cycles <= optical_nak_repeat_i;
    optical_config.ack_delay_cycles  <= optical_ack_delay_i;
    optical_config.replay_limit      <= replay_limit_i;
    optical_config.window_flits      <= optical_window_i;
    optical_config.buffer_flits      <= optical_buffer_i;
    optical_config.credit_limit      <= optical_peer_buffer_i;
  end

  logic                   die_in_valid, die_in_sof, die_out_valid, die_out_sof, die_out_ready;
  logic                   optical_in_valid, optical_in_sof, optical_out_valid, optical_out_sof, optical_out_ready;
  logic [DataBytes*8-1:0] die_in_data, die_out_data, optical_in_data, optical_out_data;

  oio_dpi_pins_port #(.DataBytes(DataBytes)) u_die_port (
    .clk_i, .run_i, .now_ps_i, .clock_ps_i, .report_i,
    .state_i(die_state),
    .valid_i(die_out_valid), .sof_i(die_out_sof), .data_i(die_out_data), .ready_o(die_out_ready),
    .valid_o(die_in_valid), .sof_o(die_in_sof), .data_o(die_in_data)
  );

  oio_dpi_pins_port #(.DataBytes(DataBytes)) u_optical_port (
    .clk_i, .run_i, .now_ps_i, .clock_ps_i, .report_i,
    .state_i(optical_state),
    .valid_i(optical_out_valid), .sof_i(optical_out_sof), .data_i(optical_out_data), .ready_o(optical_out_ready),
    .valid_o(optical_in_valid), .sof_o(optical_in_sof), .data_o(optical_in_data)
  );

  // The ports that the host has bound to this instance.
  import "DPI-C" context function chandle oio_bench_port(input int port);

  function automatic void attach();
    chandle die_port, optical_port;
    die_port = oio_bench_port(0);
    optical_port = oio_bench_port(1);
    u_die_port.attach(die_port);
    u_optical_port.attach(optical_port);
  endfunction

  initial attach();

  oio_bridge #(
    .DataBytes         (DataBytes),
    .DieWindowFlits    (127),
    .OpticalWindowFlits(OpticalWindowFlits),
    .DieBufferFlits    (DieBufferFlits),
    .OpticalBufferFlits(OpticalBufferFlits)
  ) u_bridge (
    .clk_i, .rst_ni,
    .die_config_i    (die_config),
    .optical_config_i(optical_config),
    .die_valid_i     (die_in_valid),
    .die_sof_i       (die_in_sof),
    .die_data_i      (die_in_data),
    .die_valid_o     (die_out_valid),
    .die_sof_o       (die_out_sof),
    .die_data_o      (die_out_data),
    .die_ready_i     (die_out_ready),
    .optical_valid_i (optical_in_valid),
    .optical_sof_i   (optical_in_sof),
    .optical_data_i  (optical_in_data),
    .optical_valid_o (optical_out_valid),
    .optical_sof_o   (optical_out_sof),
    .optical_data_o  (optical_out_data),
    .optical_ready_i (optical_out_ready),
    .die_state_o     (die_state),
    .optical_state_o (optical_state)
  );

endmodule
