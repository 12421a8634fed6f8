// SPDX-License-Identifier: Apache-2.0
// FDI with beats of 32 bytes, which nobody has: to be refused.
module fdi_link (
  input  wire         lclk,
  input  wire         rst_n,
  input  wire         lp_irdy,
  input  wire         lp_valid,
  input  wire [255:0] lp_data,
  output wire         pl_trdy,
  output wire         pl_valid,
  output wire [255:0] pl_data
);
  assign {pl_trdy, pl_valid, pl_data} = {rst_n && lclk, lp_irdy && lp_valid, lp_data};
endmodule
