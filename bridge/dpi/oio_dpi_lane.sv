// SPDX-License-Identifier: Apache-2.0
//
// One wire of a net, C to C: from the link end at port Port over its channel to the one at Port^1, its flits on signals on the way. It does what the
// bench calls, at the time the bench passes. One instant: receive() of every wire, then what the dies have got and send, then transmit().

/* verilator lint_off TIMESCALEMOD */  // times are numbers of picoseconds

module oio_dpi_lane
  import oio_dpi_pkg::*;
#(
  parameter int Port = 0
);

  /*verilator tracing_off*/  // pointers: in waves they would make every run another one
  chandle run, channel;
  /*verilator tracing_on*/
  bit present;  // the net has such a port

  // For waves: what the transmitter put on the wire last, what the channel made of it, and how many there were.
  flit_t sent_flit, arrived_flit;
  note_t sent_note, arrived_note;
  int unsigned sent, arrived;

  function automatic void attach(input chandle of_run);
    int ports;
    run = of_run;
    ports = oio_dpi_ports(run);
    present = Port < ports;
    if (present) channel = oio_dpi_wire(run, Port);
  endfunction

  // When something happens here next: an arrival, or a transmission onto a free wire.
  function automatic longint unsigned next_ps(input longint unsigned now_ps);
    longint unsigned arrival_ps, tx_ps, free_ps;
    if (!present) return Never;
    arrival_ps = oio_dpi_channel_arrival_ps(channel);
    tx_ps = oio_dpi_next_tx_ps(run, Port, now_ps);
    if (tx_ps >= arrival_ps) return arrival_ps;
    free_ps = oio_dpi_channel_free_ps(channel);
    if (free_ps > tx_ps) tx_ps = free_ps;
    return tx_ps < arrival_ps ? tx_ps : arrival_ps;
  endfunction

  function automatic void receive(input longint unsigned now_ps);
    longint unsigned arrival_ps;
    if (!present) return;
    arrival_ps = oio_dpi_channel_arrival_ps(channel);
    while (arrival_ps <= now_ps) begin
      oio_dpi_channel_take(channel, arrived_flit, arrived_note);
      arrived = arrived + 1;
      oio_dpi_rx(run, Port ^ 1, now_ps, arrived_flit, arrived_note);
      arrival_ps = oio_dpi_channel_arrival_ps(channel);
    end
  endfunction

  function automatic void transmit(input longint unsigned now_ps);
    longint unsigned free_ps;
    int got;
    if (!present) return;
    free_ps = oio_dpi_channel_free_ps(channel);
    if (free_ps > now_ps) return;
    got = oio_dpi_tx(run, Port, now_ps, sent_flit, sent_note);
    if (got == 0) return;
    sent = sent + 1;
    got = oio_dpi_channel_send(channel, now_ps, sent_flit, sent_note);
    assert (got != 0) else $error("a flit was sent onto a busy wire");
  endfunction

endmodule
