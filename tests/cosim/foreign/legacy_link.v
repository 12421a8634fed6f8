// SPDX-License-Identifier: Apache-2.0
// Verilog of the old kind: RESET is high, names in capitals, and 32-bit words with the first at the top and its first byte at its top, on the line alone.
module LEGACY_LINK (CLOCK, RESET, LINK_DOUT, LINK_DOUT_VALID, LINK_DIN, LINK_DIN_VALID, LINK_DIN_READY,
                    HOST_WDATA, HOST_WDATA_VALID, HOST_WDATA_READY, HOST_RDATA, HOST_RDATA_VALID, HOST_RDATA_READY);
  input CLOCK, RESET, LINK_DIN_VALID, HOST_WDATA_VALID, HOST_RDATA_READY;
  input [511:0] LINK_DIN;
  input [479:0] HOST_WDATA;
  output [511:0] LINK_DOUT;
  output [479:0] HOST_RDATA;
  output LINK_DOUT_VALID, LINK_DIN_READY, HOST_WDATA_READY, HOST_RDATA_VALID;
  wire [511:0] rx, tx;
  genvar i;
  generate
    for (i = 0; i < 64; i = i + 1) begin : g_turn
      assign rx[8*i +: 8] = LINK_DIN[8*(63-i) +: 8];
      assign LINK_DOUT[8*(63-i) +: 8] = tx[8*i +: 8];
    end
  endgenerate
  foreign_core u_core (
    .clk(CLOCK), .rst(RESET), .rx_valid(LINK_DIN_VALID), .rx_data(rx), .rx_ready(LINK_DIN_READY),
    .tx_valid(LINK_DOUT_VALID), .tx_first(), .tx_last(), .tx_data(tx), .tx_ready(1'b1),
    .in_valid(HOST_WDATA_VALID), .in_data(HOST_WDATA), .in_ready(HOST_WDATA_READY),
    .out_valid(HOST_RDATA_VALID), .out_last(), .out_data(HOST_RDATA), .out_ready(HOST_RDATA_READY));
endmodule
