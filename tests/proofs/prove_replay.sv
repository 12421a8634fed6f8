// SPDX-License-Identifier: Apache-2.0
// oio_replay with a small window between a transmitter and a receiver that keep their side of its contract: the distances it keeps are those of
// its indices, the cursor stays between the oldest flit and the next, and next_tx, oldest and cursor are the numbers that these indices have. The
// assertions are the cell's own; the receiver's `acked` and where the transmitter stands in a flit are made here.
module prove_replay (
  input logic        clk,
  input logic        rst_n,
  input logic [1:0]  sent_kind,
  input logic        sent_beat,
  input logic        in_replayed,
  input logic        ack,
  input logic [15:0] ack_steps,
  input logic        restart
);
  localparam logic [15:0] Modulus = 16'd255;
  localparam int unsigned Window = 3;

  logic [15:0] next_tx, last_tx, cursor, unacked;
  logic        room, replaying, first, jumped, data_ready, corrected, bad;
  logic [1023:0] data;
  logic [15:0] acked;  // the receiver's

  oio_replay #(
    .SeqBits(8), .DataBytes(128), .WindowFlits(Window)
  ) dut (
    .clk_i(clk), .rst_ni(rst_n), .window_i(16'(Window)),
    .sent_kind_i(sent_kind), .sent_beat_i(sent_beat), .in_replayed_i(in_replayed), .new_data_i('0),
    .ack_i(ack), .ack_number_i(ack_number), .ack_steps_i(ack_steps), .restart_i(restart),
    .next_tx_o(next_tx), .last_tx_o(last_tx), .cursor_o(cursor), .unacked_o(unacked), .room_o(room), .replaying_o(replaying),
    .first_o(first), .jumped_o(jumped), .data_ready_o(data_ready), .replayed_data_o(data), .corrected_o(corrected), .bad_o(bad)
  );

  // a + n among 1..255
  function automatic logic [15:0] plus(logic [15:0] a, logic [15:0] n);
    plus = (a + n > Modulus) ? a + n - Modulus : a + n;
  endfunction

  logic [15:0] ack_number;
  assign ack_number = plus(acked, ack_steps);

  always @(posedge clk) begin
    if (!rst_n) acked <= Modulus;
    else if (ack) acked <= ack_number;
  end

  // The contract: SPEC T2, R5.
  always_comb begin
    assume (!ack || ack_steps <= unacked);
    if (sent_beat == 1'b0 && sent_kind == oio_pkg::FlitNew) assume (room && !replaying);
    if (sent_beat == 1'b0 && sent_kind == oio_pkg::FlitReplayed) assume (data_ready);
  end

  // acked is the number before the oldest unacknowledged one; a flit has two beats of one kind.
  logic       second = 1'b0;
  logic [1:0] kind;
  always @(posedge clk) begin
    if (!rst_n) second <= 1'b0;
    else if (sent_kind != oio_pkg::FlitNone) second <= !second;
    if (!second) kind <= sent_kind;
  end
  always_comb begin
    assume (sent_beat == second);
    if (second && sent_kind != oio_pkg::FlitNone) assume (sent_kind == kind);
    assume (in_replayed == (second && kind == oio_pkg::FlitReplayed));
  end
  always @(posedge clk) if (rst_n) assert (acked >= 16'd1 && acked <= Modulus && plus(acked, 16'(unacked)) == last_tx);

  logic started = 1'b0;
  always @(posedge clk) started <= 1'b1;
  always_comb if (!started) assume (!rst_n);

endmodule
