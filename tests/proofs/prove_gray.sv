// SPDX-License-Identifier: Apache-2.0
// oio_gray and the oio_sync in it, between any two clocks: what the other clock reads is never ahead of the counter, never goes back, and four
// edges after the counter stopped it is the counter (the first may read it as it was). A bit that changes is seen in the step of its change as
// it was or as it is, each bit by itself.
module prove_gray #(
  parameter Width = 4
) (
  input logic clk,
  input logic other_clk,
  input logic rst_n,
  input logic other_rst_n,
  input logic up
);
  (* gclk *) logic step;

  logic [Width-1:0] count = '0, count_next, other_count;

  assign count_next = count + (Width)'(up && rst_n);

  oio_gray #(.Width(Width)) dut (
    .clk_i(clk), .rst_ni(rst_n), .count_next_i(count_next), .other_clk_i(other_clk), .other_rst_ni(other_rst_n), .other_count_o(other_count)
  );

  // Resets end once. The counter stays less than all its numbers ahead of what has been read, as a buffer's does: full is not empty.
  logic             started = 1'b0, clk_was = 1'b0, other_clk_was = 1'b0, rst_n_was = 1'b0, other_rst_n_was = 1'b0, up_was = 1'b0;
  logic [Width-1:0] count_was = '0, other_count_was = '0;
  logic [2:0]       still = '0;  // edges of the other clock since the counter went up
  always @(posedge step) begin
    started         <= 1'b1;
    clk_was         <= clk;
    other_clk_was   <= other_clk;
    rst_n_was       <= rst_n;
    other_rst_n_was <= other_rst_n;
    up_was          <= up;
    count_was       <= count;
    other_count_was <= other_count;
    if (count != count_was || !other_rst_n_was) still <= '0;
    else if (other_clk && !other_clk_was && still != '1) still <= still + 3'd1;
  end
  always @(posedge clk) count <= count_next;

  always_comb begin
    if (!started) assume (!rst_n && !other_rst_n);
    if (rst_n_was) assume (rst_n);
    if (other_rst_n_was) assume (other_rst_n);
    if ((Width)'(count - other_count) == '1) assume (!up);
    // What the counter's clock takes has been there before its edge.
    if (started && clk && !clk_was) assume (up == up_was && rst_n == rst_n_was);
  end

  always_comb begin
    if (started) begin
      assert ((Width)'(other_count - other_count_was) <= (Width)'(count - other_count_was));
      if (still >= 3'd4 && count == count_was) assert (other_count == count);
    end
  end
endmodule

// Stands before oio_sync: in the step in which a bit of the word changes, what is read of it is anything.
module unsettled #(
  parameter Width = 1,
  parameter Stages = 2
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  (* gclk *)   logic             step;
  (* anyseq *) logic [Width-1:0] chance;
  logic [Width-1:0] data_was = '0;

  always @(posedge step) data_was <= data_i;

  oio_sync #(.Width(Width), .Stages(Stages)) u_sync (
    .clk_i, .rst_ni, .data_i(data_i ^ ((data_i ^ data_was) & chance)), .data_o
  );
endmodule
