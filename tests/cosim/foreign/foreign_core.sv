// SPDX-License-Identifier: Apache-2.0
//
// A link end of the plain profile, format 3, that shares nothing with the model: section 16 of SPEC.md written down for a clocked device, one flit
// in LineBytes beats, one payload in PayloadBytes beats. Words on the command line plant other people's mistakes: +polynomial=HEX, +push_twice=PAYLOAD,
// +ack_timeout=FLITS, +naks=NUMBER of each that is wanted, +replay_budget=NUMBER, +in_reset.
module foreign_core #(
  parameter int LineBytes = 64,
  parameter int PayloadBytes = 60
) (
  input  bit clk,
  input  bit rst,
  input  bit rx_valid,
  input  bit [8*LineBytes-1:0] rx_data,
  output bit rx_ready,
  output bit tx_valid,
  output bit tx_first,
  output bit tx_last,
  output bit [8*LineBytes-1:0] tx_data,
  input  bit tx_ready,
  input  bit in_valid,
  input  bit [8*PayloadBytes-1:0] in_data,
  output bit in_ready,
  output bit out_valid,
  output bit out_last,
  output bit [8*PayloadBytes-1:0] out_data,
  input  bit out_ready
);

  localparam int LineBeats = 256 / LineBytes, PayloadBeats = 240 / PayloadBytes;
  localparam bit [1:0] Handshake = 0, Active = 1, Dead = 2;
  typedef bit [7:0] seq_t;

  bit [15:0] polynomial;
  int push_twice, ack_timeout, naks, replay_budget;
  bit in_reset;
  initial begin
    if (!$value$plusargs("polynomial=%h", polynomial)) polynomial = 16'h8005;
    if (!$value$plusargs("push_twice=%d", push_twice)) push_twice = 0;
    if (!$value$plusargs("ack_timeout=%d", ack_timeout)) ack_timeout = 375;
    in_reset = $test$plusargs("in_reset") != 0;
    if (!$value$plusargs("naks=%d", naks)) naks = 1;
    if (!$value$plusargs("replay_budget=%d", replay_budget)) replay_budget = 4;
  end

  function automatic seq_t seq_after(seq_t s);
    return s == 255 ? 8'd1 : s + 8'd1;
  endfunction
  function automatic seq_t seq_before(seq_t s);
    return s == 1 ? 8'd255 : s - 8'd1;
  endfunction
  function automatic int steps(seq_t a, seq_t b);
    return (int'(b) + 255 - int'(a)) % 255;
  endfunction

  // 128 bytes, bit 0 of byte 0 first.
  function automatic bit [15:0] crc(bit [1023:0] message);
    bit [15:0] c = 0;
    for (int i = 0; i < 1024; i++) begin
      c = {c[14:0], 1'b0} ^ ((c[15] ^ message[i]) ? polynomial : 16'd0);
    end
    return c;
  endfunction

  bit [2047:0] rx_flit, tx_flit, flit;
  bit [1919:0] in_payload, out_payload;
  bit [1919:0] kept[256];
  bit [1:0] state;
  seq_t next_tx, acked, cursor, expected, previous, q, s;
  bit lost, force_explicit, last_explicit, waiting, resync, nak_ignored, heard_ack, heard_number, want, have;
  bit [1:0] command;
  int naks_due, acks_owed, explicits, hs_acks, rx_beat, tx_beat, in_beat, out_beat, beat, replays, taken;
  longint now, progress;
  bit good, is_explicit, again;

  assign rx_ready = rx_beat != LineBeats - 1 || !out_valid || (out_last && out_ready);
  assign tx_data = tx_flit[8*LineBytes*tx_beat +: 8*LineBytes];
  assign tx_first = tx_valid && tx_beat == 0;
  assign tx_last = tx_valid && tx_beat == LineBeats - 1;
  assign out_data = out_payload[8*PayloadBytes*out_beat +: 8*PayloadBytes];
  assign out_last = out_valid && out_beat == PayloadBeats - 1;

  task automatic ask();
    if (!waiting) naks_due = naks;
    waiting = 1;
  endtask

  task automatic replay();
    cursor = seq_after(acked);
    force_explicit = 1;
    progress = now;
    replays = replays + 1;
    if (replays > replay_budget) state = Dead;
  endtask

  task automatic handshake_over();
    if (state != Handshake || explicits < 9 || hs_acks < 3 || !heard_ack) return;
    state = Active;
    cursor = seq_after(acked);
    force_explicit = 1;
    waiting = 0;
    naks_due = 0;
    progress = now;
  endtask

  task automatic take_ack(bit nak);
    automatic int on = steps(acked, s);
    if (s == 0 || on > steps(seq_after(acked), next_tx)) begin
      state = Dead;
      return;
    end
    if (on > 0) begin
      if (steps(seq_after(acked), cursor) < on) begin
        cursor = seq_after(s);
        force_explicit = 1;
      end
      acked = s;
      replays = 0;
      progress = now;
      nak_ignored = 0;
    end
    if (!nak || state != Active) return;
    if (seq_after(acked) == next_tx) begin
      resync = 1;
      force_explicit = 1;
    end else if (!nak_ignored) begin
      nak_ignored = 1;
      replay();
    end
  endtask

  task automatic take_flit();
    good = crc(rx_flit[1023:0]) == rx_flit[8*252 +: 16] && crc({112'd0, rx_flit[1024 +: 912]}) == rx_flit[8*254 +: 16];
    s = {rx_flit[8*236 +: 4], rx_flit[8*237 +: 4]};
    command = rx_flit[8*237+4 +: 2];
    if (state == Dead) return;
    if (!good) begin
      lost = 1;
      ask();
      return;
    end
    if (rx_flit[8*236 +: 16] == 0 || command == 3) return;
    if (state == Handshake) begin
      if (command != 0) heard_ack = 1;
      else if (s != 0) heard_number = 1;
      handshake_over();
    end
    if (command != 0) take_ack(command == 2);
    if (rx_flit[8*236+6 +: 2] == 0) begin
      if (command == 0 && s != 0) begin
        if (s == seq_before(expected)) begin
          lost = 0;
          waiting = 0;
          naks_due = 0;
          previous = s;
        end else if (state == Active && steps(expected, s) < 127) ask();
      end
      return;
    end
    if (command != 0 && lost) begin
      ask();
      return;
    end
    q = command == 0 ? s : seq_after(previous);
    lost = 0;
    previous = q;
    if (q == expected) begin
      expected = seq_after(q);
      waiting = 0;
      naks_due = 0;
      acks_owed = 2;
      out_payload <= {rx_flit[8*238 +: 32], rx_flit[8*236-1:0]};
      out_valid <= 1;
      out_beat <= 0;
    end else if (steps(expected, q) < 127) ask();
    else acks_owed = 2;
  endtask

  // What goes on the wire, if anything.
  task automatic choose();
    want = 0;
    flit = 0;
    command = 0;
    s = seq_before(next_tx);
    if (state == Handshake) begin
      want = 1;
      if (heard_number && explicits >= 9) begin
        command = 1;
        hs_acks = hs_acks + 1;
      end else explicits = explicits + 1;
      handshake_over();
    end else if (state == Active) begin
      if (seq_after(acked) != next_tx && now - progress >= longint'(ack_timeout)) replay();
      if (state == Dead) return;
      if (cursor == next_tx && have) begin
        kept[next_tx] = in_payload;
        next_tx = seq_after(next_tx);
        taken = taken + 1;
        have = taken == push_twice;
      end
      if (cursor != next_tx) begin
        want = 1;
        is_explicit = force_explicit || (naks_due == 0 && acks_owed == 0) || !last_explicit;
        force_explicit = 0;
        last_explicit = is_explicit;
        s = cursor;
        if (cursor == seq_after(acked)) progress = now;
        flit[8*236-1:0] = kept[cursor][8*236-1:0];
        flit[8*238 +: 32] = kept[cursor][8*236 +: 32];
        flit[8*236+6 +: 2] = 1;
        cursor = seq_after(cursor);
        if (!is_explicit) command = naks_due > 0 ? 2 : 1;
      end else if (resync || naks_due > 0 || acks_owed > 0) begin
        want = 1;
        if (resync) begin
          resync = 0;
          force_explicit = 1;
        end else command = naks_due > 0 ? 2 : 1;
      end
      if (command == 2) begin
        naks_due = naks_due - 1;
        acks_owed = 2;
      end else if (command == 1 && acks_owed > 0) acks_owed = acks_owed - 1;
    end
    if (command != 0) s = seq_before(expected);
    flit[8*236 +: 4] = s[7:4];
    flit[8*237 +: 4] = s[3:0];
    flit[8*237+4 +: 2] = command;
    flit[8*252 +: 16] = crc(flit[1023:0]);
    flit[8*254 +: 16] = crc({112'd0, flit[1024 +: 912]});
  endtask

  always @(posedge clk) begin
    if (rst || in_reset) begin
      state = Handshake;
      {next_tx, cursor, expected, acked, previous} = {8'd1, 8'd1, 8'd1, 8'd255, 8'd255};
      {lost, force_explicit, last_explicit, waiting, resync, nak_ignored, heard_ack, heard_number, have} = 9'b110000000;
      {naks_due, acks_owed, explicits, hs_acks, replays, taken, beat} = 0;
      {now, progress} = 0;
      rx_beat <= 0;
      tx_beat <= 0;
      in_beat = 0;
      out_beat <= 0;
      tx_valid <= 0;
      out_valid <= 0;
      in_ready <= 0;
    end else begin
      beat = beat == LineBeats - 1 ? 0 : beat + 1;
      if (beat == 0) now = now + 1;
      if (out_valid && out_ready) begin
        out_beat <= out_last ? 0 : out_beat + 1;
        out_valid <= !out_last;
      end
      if (in_valid && in_ready) begin
        in_payload[8*PayloadBytes*in_beat +: 8*PayloadBytes] = in_data;
        in_beat = in_beat == PayloadBeats - 1 ? 0 : in_beat + 1;
        have = in_beat == 0;
      end
      if (rx_valid && rx_ready) begin
        rx_flit[8*LineBytes*rx_beat +: 8*LineBytes] = rx_data;
        rx_beat <= rx_beat == LineBeats - 1 ? 0 : rx_beat + 1;
        if (rx_beat == LineBeats - 1) take_flit();
      end
      if (!tx_valid || (tx_ready && tx_last)) begin
        // The window, and a payload that is whole.
        again = have && steps(acked, next_tx) > 127;
        if (again) have = 0;
        choose();
        if (again) have = 1;
        tx_flit <= flit;
        tx_beat <= 0;
        tx_valid <= want;
      end else if (tx_ready) tx_beat <= tx_beat + 1;
      in_ready <= state == Active && !have;
    end
  end

endmodule
