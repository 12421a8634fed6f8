// SPDX-License-Identifier: Apache-2.0
// A raw flit adapter: own names, reset low, beats of 64 bytes with start of flit.
module flit_link (
  input  wire         core_clk,
  input  wire         core_rst_n,
  output wire         phy_tx_vld,
  output wire         phy_tx_sof,
  output wire [511:0] phy_tx_flit,
  input  wire         phy_tx_rdy,
  input  wire         phy_rx_vld,
  input  wire         phy_rx_sof,
  input  wire [511:0] phy_rx_flit,
  input  wire         usr_wr_vld,
  input  wire [479:0] usr_wr_data,
  output wire         usr_wr_rdy,
  output wire         usr_rd_vld,
  output wire [479:0] usr_rd_data
);
  foreign_core u_core (
    .clk(core_clk), .rst(!core_rst_n), .rx_valid(phy_rx_vld), .rx_data(phy_rx_flit), .rx_ready(),
    .tx_valid(phy_tx_vld), .tx_first(phy_tx_sof), .tx_last(), .tx_data(phy_tx_flit), .tx_ready(phy_tx_rdy),
    .in_valid(usr_wr_vld), .in_data(usr_wr_data), .in_ready(usr_wr_rdy),
    .out_valid(usr_rd_vld), .out_last(), .out_data(usr_rd_data), .out_ready(1'b1));
  wire unused = phy_rx_sof;
endmodule
