// SPDX-License-Identifier: Apache-2.0
//
// A far end of the plain profile for an adapter of your own: u_far is the model, and u_mine stands where yours goes. Wires take Delay flit
// times, and every Damage-th flit has wrong bits. Each end sends numbered payloads, and what arrives is checked: once, in order, unaltered.
// docs/library.md says how to build it.

module example;
  timeunit 1ns;
  timeprecision 1ps;
  import oio_dpi_plain_pkg::*;

  localparam string Config = "format=3";
  localparam int Delay = 20;
  localparam int Damage = 97;
  localparam int Payloads = 2000;

  bit       clk, rst_n;
  bit       valid     [2];
  flit_t    flit      [2];
  bit       in_valid  [2];
  flit_t    in_flit   [2];
  bit       ready     [2];
  bit [1:0] taken     [2];
  payload_t payload   [2];
  payload_t taken_payload[2];
  int       state     [2];
  int       sent[2], received[2], faults;

  oio_dpi_plain_end #(.Config(Config)) u_far (
    .clk_i(clk), .rst_ni(rst_n), .retrain_i(1'b0), .valid_i(in_valid[0]), .flit_i(in_flit[0]), .valid_o(valid[0]), .flit_o(flit[0]),
    .send_valid_i(sent[0] < Payloads), .send_ready_o(ready[0]), .send_protocol_i(2'd1), .send_payload_i(payload[0]),
    .taken_o(taken[0]), .taken_payload_o(taken_payload[0]), .state_o(state[0]));

  oio_dpi_plain_end #(.Config(Config)) u_mine (
    .clk_i(clk), .rst_ni(rst_n), .retrain_i(1'b0), .valid_i(in_valid[1]), .flit_i(in_flit[1]), .valid_o(valid[1]), .flit_o(flit[1]),
    .send_valid_i(sent[1] < Payloads), .send_ready_o(ready[1]), .send_protocol_i(2'd1), .send_payload_i(payload[1]),
    .taken_o(taken[1]), .taken_payload_o(taken_payload[1]), .state_o(state[1]));

  // Payload n of an end: its number in every 32-bit word, and which end it is.
  function automatic payload_t content(int side, int n);
    payload_t bits = 0;
    for (int w = 0; w < 60; w++) bits[32*w +: 32] = n * 64 + w + (side << 31);
    return bits;
  endfunction

  // The wires.
  for (genvar e = 0; e < 2; e++) begin : g_wire
    bit    line_valid[Delay];
    flit_t line_flit[Delay];
    int    count;
    always @(posedge clk) begin
      line_valid[0] <= valid[e];
      line_flit[0] <= flit[e];
      if (valid[e]) count <= count + 1;
      if (valid[e] && count % Damage == Damage - 1) line_flit[0][count % 2048] <= !flit[e][count % 2048];
      for (int i = 1; i < Delay; i++) begin
        line_valid[i] <= line_valid[i-1];
        line_flit[i] <= line_flit[i-1];
      end
      in_valid[1-e] <= line_valid[Delay-1];
      in_flit[1-e] <= line_flit[Delay-1];
    end
    // What is sent, and what has arrived from the other end.
    assign payload[e] = content(e, sent[e]);
    always @(posedge clk) begin
      if (rst_n && sent[e] < Payloads && ready[e]) sent[e] <= sent[e] + 1;
      if (taken[e][1]) begin
        received[e] <= received[e] + 1;
        if (taken_payload[e][1919:0] != 1920'(content(1 - e, received[e]))) begin
          faults <= faults + 1;
          $display("end %0d: payload %0d is not what was sent", e, received[e]);
        end
      end
    end
  end

  initial begin
    for (int i = 0; i < 20000; i++) begin
      #1 clk = 1;
      rst_n = i > 2;
      #1 clk = 0;
      if (received[0] == Payloads && received[1] == Payloads) break;
    end
    u_far.report();
    u_mine.report();
    if (state[0] != Active || state[1] != Active || faults > 0 || received[0] != Payloads || received[1] != Payloads) $fatal(1, "%0d and %0d of %0d arrived", received[0], received[1], Payloads);
    $display("good: %0d payloads each way", Payloads);
    $finish;
  end

endmodule
