// SPDX-License-Identifier: Apache-2.0
// Byte streams with last: 128-byte beats on the line, payloads in 30 bytes, reset low, a struct and an array among the ports.
module axis_link
  import axis_link_pkg::*;
(
  input  wire           aclk,
  input  wire           aresetn,
  input  settings_t     cfg,
  input  wire [7:0]     lane_map [4],
  output wire           m_axis_line_tvalid,
  input  wire           m_axis_line_tready,
  output wire [1023:0]  m_axis_line_tdata,
  output wire           m_axis_line_tlast,
  input  wire           s_axis_line_tvalid,
  output wire           s_axis_line_tready,
  input  wire [1023:0]  s_axis_line_tdata,
  input  wire           s_axis_line_tlast,
  input  wire           s_axis_host_tvalid,
  output wire           s_axis_host_tready,
  input  wire [0:239]   s_axis_host_tdata,
  input  wire           s_axis_host_tlast,
  output wire           m_axis_host_tvalid,
  input  wire           m_axis_host_tready,
  output wire [0:239]   m_axis_host_tdata,
  output wire           m_axis_host_tlast
);
  foreign_core #(.LineBytes(128), .PayloadBytes(30)) u_core (
    .clk(aclk), .rst(!aresetn), .rx_valid(s_axis_line_tvalid), .rx_data(s_axis_line_tdata), .rx_ready(s_axis_line_tready),
    .tx_valid(m_axis_line_tvalid), .tx_first(), .tx_last(m_axis_line_tlast), .tx_data(m_axis_line_tdata), .tx_ready(m_axis_line_tready),
    .in_valid(s_axis_host_tvalid), .in_data(s_axis_host_tdata), .in_ready(s_axis_host_tready),
    .out_valid(m_axis_host_tvalid), .out_last(m_axis_host_tlast), .out_data(m_axis_host_tdata), .out_ready(m_axis_host_tready));
endmodule
