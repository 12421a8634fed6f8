// SPDX-License-Identifier: Apache-2.0
// oio_credit: what is left is the limit less what was sent and never more than the peer's buffer; a limit is taken only when it does not go back
// and the buffer can justify it, whatever comes on the wire. The cell's own assertions, and what it tells the peer.
module prove_credit (
  input logic        clk,
  input logic        rst_n,
  input logic        early,
  input logic [15:0] limit,
  input logic        take,
  input logic        sent,
  input logic        taken
);
  (* anyconst *) logic [15:0] initial_limit;
  (* anyconst *) logic [15:0] buffer;

  logic        in_reset = 1'b1;
  logic        justified, may_send;
  logic [15:0] credit_limit, sent_total, credit_sent, taken_total = '0;

  always @(posedge clk) in_reset <= !rst_n;

  oio_credit dut (
    .clk_i(clk), .rst_ni(rst_n), .in_reset_i(in_reset), .initial_limit_i(initial_limit), .early_i(early), .early_limit_i(limit),
    .justified_o(justified), .take_i(take), .sent_i(sent), .may_send_o(may_send), .credit_limit_o(credit_limit),
    .sent_total_o(sent_total), .buffer_flits_i(buffer), .taken_i(taken), .credit_sent_o(credit_sent)
  );

  // A flit is judged in the cycle before it is taken, and flits come two cycles apart; nothing is sent without credit; reset lasts two clocks.
  logic early_q = 1'b0;
  logic [2:0] clocks = '0;
  always @(posedge clk) begin
    early_q <= early && rst_n;
    if (clocks != '1) clocks <= clocks + 3'd1;
    if (!rst_n) taken_total <= '0;
    else if (taken) taken_total <= taken_total + 16'd1;
  end
  always_comb begin
    assume (initial_limit >= 16'd1 && initial_limit <= 16'd32767);
    if (clocks < 3'd3) assume (!rst_n);
    else assume (rst_n);
    if (take) assume (early_q && justified && !early);
    if (early_q) assume (!early);
    if (sent) assume (may_send && !in_reset);
    if (in_reset) assume (!take && !early && !taken);
  end

  always @(posedge clk) if (clocks == 3'd7 && !in_reset) assert (credit_sent == taken_total + buffer);
endmodule
