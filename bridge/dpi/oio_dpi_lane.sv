// SPDX-License-Identifier: Apache-2.0
//
// One direction of one link, C to C: from a transmitting end over a channel to a receiving end, its flits on signals on the way. It does what the
// bench calls, at the time the bench passes. One instant: receive() of every lane, then what the dies have got and send, then transmit().

/* verilator lint_off TIMESCALEMOD */  // times are numbers of picoseconds

module oio_dpi_lane
  import oio_dpi_pkg::*;
#(
  parameter int Link = 0,
  parameter int Direction = 0
);

  // Handles; an end is a die or a side of a bridge. All null where the topology has no such link.
  /*verilator tracing_off*/  // pointers: in waves they would make every run another one
  chandle channel, from_die, from_bridge, to_die, to_bridge;
  /*verilator tracing_on*/
  int bridge_side;
  bit present;

  // For waves: what the transmitter put on the wire last, what the channel made of it, and how many there were.
  flit_t sent_flit, arrived_flit;
  note_t sent_note, arrived_note;
  int unsigned sent, arrived;

  // Places from left to right: die A is 0, die B is `links`, the bridges stand between.
  function automatic void attach(input chandle run);
    int links, from_place, to_place;
    links = oio_dpi_links(run);
    present = Link < links;
    if (!present) return;
    from_place = Link + Direction;
    to_place = Link + 1 - Direction;
    bridge_side = Link == links / 2 ? 1 : 0;
    channel = oio_dpi_channel(run, Link, Direction);
    if (from_place == 0 || from_place == links) from_die = oio_dpi_die(run, Direction);
    else from_bridge = oio_dpi_bridge(run, from_place - 1);
    if (to_place == 0 || to_place == links) to_die = oio_dpi_die(run, 1 - Direction);
    else to_bridge = oio_dpi_bridge(run, to_place - 1);
  endfunction

  // When something happens here next: an arrival, or a transmission onto a free wire.
  function automatic longint unsigned next_ps(input longint unsigned now_ps);
    longint unsigned arrival_ps, tx_ps, free_ps;
    if (!present) return Never;
    arrival_ps = oio_dpi_channel_arrival_ps(channel);
    if (from_die != null) tx_ps = oio_dpi_die_next_tx_ps(from_die, now_ps);
    else tx_ps = oio_dpi_bridge_next_tx_ps(from_bridge, bridge_side, now_ps);
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
      if (to_die != null) oio_dpi_die_rx(to_die, now_ps, arrived_flit, arrived_note);
      else oio_dpi_bridge_rx(to_bridge, bridge_side, now_ps, arrived_flit, arrived_note);
      arrival_ps = oio_dpi_channel_arrival_ps(channel);
    end
  endfunction

  function automatic void transmit(input longint unsigned now_ps);
    longint unsigned free_ps;
    int got;
    if (!present) return;
    free_ps = oio_dpi_channel_free_ps(channel);
    if (free_ps > now_ps) return;
    if (from_die != null) got = oio_dpi_die_tx(from_die, now_ps, sent_flit, sent_note);
    else got = oio_dpi_bridge_tx(from_bridge, bridge_side, now_ps, sent_flit, sent_note);
    if (got == 0) return;
    sent = sent + 1;
    got = oio_dpi_channel_send(channel, now_ps, sent_flit, sent_note);
    assert (got != 0) else $error("a flit was sent onto a busy wire");
  endfunction

endmodule
