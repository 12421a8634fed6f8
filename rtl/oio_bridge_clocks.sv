// SPDX-License-Identifier: Apache-2.0
//
// oio_bridge with a clock a side: each link in its own, and between them the receive buffers, written in one clock and read in the other. All
// that crosses is Gray-coded counts of flits, and the memories' words, which the counts say are there. Reset comes from no clock, is released
// by each side's own, and takes both sides: counts that cross start together.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_bridge_clocks #(
  parameter int unsigned DataBytes = 64,             // 64 or 128
  parameter int unsigned DieWindowFlits = 127,       // replay buffer of the die-side transmitter: 1..127
  parameter int unsigned OpticalWindowFlits = 1024,  // replay buffer of the optical-side transmitter: 1..32767
  parameter int unsigned DieBufferFlits = 64,        // receive buffer of the die side: 1..32767
  parameter int unsigned OpticalBufferFlits = 1024,  // receive buffer of the optical side: 1..32767
  parameter int unsigned Protection = 0              // of the memories: 0 none, 1 parity, 2 SECDED
) (
  input  logic                   die_clk_i,
  input  logic                   optical_clk_i,
  input  logic                   rst_ni,            // asynchronous, active low, for four of the slower clock
  input  oio_pkg::link_config_t  die_config_i,      // sampled in reset; durations are in cycles of their side's clock
  input  oio_pkg::link_config_t  optical_config_i,

  // Each side's wires and state are in its clock. Wires in: no back-pressure. A flit is 256 / DataBytes beats, sof marks the first; gaps between beats are allowed.
  input  logic                   die_valid_i,
  input  logic                   die_sof_i,
  input  logic [DataBytes*8-1:0] die_data_i,        // byte i is [8*i+:8]
  input  logic                   optical_valid_i,
  input  logic                   optical_sof_i,
  input  logic [DataBytes*8-1:0] optical_data_i,

  // Wires out: a beat moves when valid and ready, and stays until then.
  output logic                   die_valid_o,
  output logic                   die_sof_o,
  output logic [DataBytes*8-1:0] die_data_o,
  input  logic                   die_ready_i,
  output logic                   optical_valid_o,
  output logic                   optical_sof_o,
  output logic [DataBytes*8-1:0] optical_data_o,
  input  logic                   optical_ready_i,

  output oio_pkg::link_state_t   die_state_o,
  output oio_pkg::link_state_t   optical_state_o
);

  logic                   outward_available, outward_pop;  // die to optical
  logic                   inward_available, inward_pop;    // optical to die
  logic [DataBytes*8-1:0] outward_data, inward_data;
  logic                   outward_bad, inward_bad;

  logic die_rst_n, optical_rst_n;

  oio_reset_sync u_die_reset (
    .clk_i (die_clk_i),
    .rst_ni,
    .rst_no(die_rst_n)
  );

  oio_reset_sync u_optical_reset (
    .clk_i (optical_clk_i),
    .rst_ni,
    .rst_no(optical_rst_n)
  );

  oio_link #(
    .SeqBits    (8),
    .DataBytes  (DataBytes),
    .WindowFlits(DieWindowFlits),
    .BufferFlits(DieBufferFlits),
    .Crossing   (1'b1),
    .Protection (Protection)
  ) u_die_link (
    .clk_i           (die_clk_i),
    .rst_ni          (die_rst_n),
    .config_i        (die_config_i),
    .wire_valid_i    (die_valid_i),
    .wire_sof_i      (die_sof_i),
    .wire_data_i     (die_data_i),
    .wire_valid_o    (die_valid_o),
    .wire_sof_o      (die_sof_o),
    .wire_data_o     (die_data_o),
    .wire_ready_i    (die_ready_i),
    .send_available_i(inward_available),
    .send_data_i     (inward_data),
    .send_bad_i      (inward_bad),
    .send_pop_o      (inward_pop),
    .recv_clk_i      (optical_clk_i),
    .recv_rst_ni     (optical_rst_n),
    .recv_available_o(outward_available),
    .recv_data_o     (outward_data),
    .recv_bad_o      (outward_bad),
    .recv_pop_i      (outward_pop),
    .state_o         (die_state_o)
  );

  oio_link #(
    .SeqBits    (16),
    .DataBytes  (DataBytes),
    .WindowFlits(OpticalWindowFlits),
    .BufferFlits(OpticalBufferFlits),
    .Crossing   (1'b1),
    .Protection (Protection)
  ) u_optical_link (
    .clk_i           (optical_clk_i),
    .rst_ni          (optical_rst_n),
    .config_i        (optical_config_i),
    .wire_valid_i    (optical_valid_i),
    .wire_sof_i      (optical_sof_i),
    .wire_data_i     (optical_data_i),
    .wire_valid_o    (optical_valid_o),
    .wire_sof_o      (optical_sof_o),
    .wire_data_o     (optical_data_o),
    .wire_ready_i    (optical_ready_i),
    .send_available_i(outward_available),
    .send_data_i     (outward_data),
    .send_bad_i      (outward_bad),
    .send_pop_o      (outward_pop),
    .recv_clk_i      (die_clk_i),
    .recv_rst_ni     (die_rst_n),
    .recv_available_o(inward_available),
    .recv_data_o     (inward_data),
    .recv_bad_o      (inward_bad),
    .recv_pop_i      (inward_pop),
    .state_o         (optical_state_o)
  );

endmodule
