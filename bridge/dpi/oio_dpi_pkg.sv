// SPDX-License-Identifier: Apache-2.0
//
// The model from SystemVerilog: imports of oio_dpi.h, call by call. A bench makes a run, takes the handles of its parts, moves time itself and
// moves flits between ports and wires as bits; at one instant its order is rx, recv, send, tx, each at ports or dies in their order.
//
// With Verilator 5.006 call these as statements of their own (`x = oio_dpi_...(...);`), never inside a condition.

/* verilator lint_off TIMESCALEMOD */  // times are numbers of picoseconds
/* verilator lint_off UNUSEDPARAM */   // a bench needs some of it

package oio_dpi_pkg;

  // A flit is its 256 bytes, byte i in [8*i +: 8], and what the model notes about it (opaque: pass it on with the flit).
  typedef bit [2047:0] flit_t;
  typedef bit [575:0] note_t;
  // struct oio_results, opaque: for a C++ main to report.
  typedef bit [65535:0] results_t;

  localparam longint unsigned Never = 64'hffff_ffff_ffff_ffff;

  // A run: a net and its traffic. config: lines of "key=value"; trace: a file, or "" where config has workload.generate: one of the two. Never
  // null but for want of memory; when oio_dpi_failed says so, only oio_dpi_error and oio_dpi_destroy are allowed.
  import "DPI-C" function chandle oio_dpi_create(input string config_text, input string trace);
  import "DPI-C" function void oio_dpi_destroy(input chandle run);
  // 1: a call has failed, and oio_dpi_error has the line to show. The bench decides to stop.
  import "DPI-C" function int oio_dpi_failed(input chandle run);
  import "DPI-C" function string oio_dpi_error(input chandle run);

  // The parts of a run. Ports 2l and 2l+1 are the ends of link l, and wire p leads from port p to port p^1; nodes are numbered dies first
  // (`oio net show`). null: there is none, or it is of another kind.
  import "DPI-C" function int oio_dpi_ports(input chandle run);
  import "DPI-C" function int oio_dpi_dies(input chandle run);
  import "DPI-C" function chandle oio_dpi_die(input chandle run, input int node);
  import "DPI-C" function chandle oio_dpi_bridge(input chandle run, input int node);
  import "DPI-C" function chandle oio_dpi_wire(input chandle run, input int port);

  // When the net is to be taken down (Never: not at all) and for how long; and to do so.
  import "DPI-C" function longint unsigned oio_dpi_reset_at_ps(input chandle run);
  import "DPI-C" function longint unsigned oio_dpi_reset_hold_ps(input chandle run);
  import "DPI-C" function int oio_dpi_reset_is_of_part(input chandle run);
  import "DPI-C" function void oio_dpi_reset(input chandle run, input longint unsigned now_ps);

  // Traffic: when a message could next enter; let it enter; hand one received segment of a die to the scoreboard (0: there was none).
  import "DPI-C" function longint unsigned oio_dpi_traffic_next_ps(input chandle run);
  import "DPI-C" function void oio_dpi_traffic_enter(input chandle run, input longint unsigned now_ps);
  import "DPI-C" function void oio_dpi_traffic_after_tx(input chandle run, input longint unsigned now_ps);
  import "DPI-C" function int oio_dpi_deliver(input chandle run, input int die, input longint unsigned now_ps);
  import "DPI-C" function int oio_dpi_finished(input chandle run);

  // The link end at a port, whatever its node is. tx returns 0 when there is nothing to send, and then leaves flit and note as they were.
  import "DPI-C" function int oio_dpi_tx(
    input chandle run, input int port, input longint unsigned now_ps, inout flit_t flit, inout note_t note);
  import "DPI-C" function void oio_dpi_rx(
    input chandle run, input int port, input longint unsigned now_ps, input flit_t flit, input note_t note);
  import "DPI-C" function longint unsigned oio_dpi_next_tx_ps(input chandle run, input int port, input longint unsigned now_ps);

  // The same of a die by its handle. tx returns 0 when there is nothing to send, and then leaves flit and note as they were.
  import "DPI-C" function int oio_dpi_die_tx(input chandle die, input longint unsigned now_ps, inout flit_t flit, inout note_t note);
  import "DPI-C" function void oio_dpi_die_rx(input chandle die, input longint unsigned now_ps, input flit_t flit, input note_t note);
  import "DPI-C" function longint unsigned oio_dpi_die_next_tx_ps(input chandle die, input longint unsigned now_ps);

  // A bridge's two link ends. side: 0 towards the die, 1 towards the fibre.
  import "DPI-C" function int oio_dpi_bridge_tx(
    input chandle bridge, input int side, input longint unsigned now_ps, inout flit_t flit, inout note_t note);
  import "DPI-C" function void oio_dpi_bridge_rx(
    input chandle bridge, input int side, input longint unsigned now_ps, input flit_t flit, input note_t note);
  import "DPI-C" function longint unsigned oio_dpi_bridge_next_tx_ps(input chandle bridge, input int side, input longint unsigned now_ps);

  // One direction of a channel. send: 0, and the flit is lost, where the wire is not free yet or arrivals were left on the channel. take: the oldest flit in flight, which must be there (arrival is not Never).
  import "DPI-C" function longint unsigned oio_dpi_channel_free_ps(input chandle channel);
  import "DPI-C" function int oio_dpi_channel_send(input chandle channel, input longint unsigned now_ps, input flit_t flit, input note_t note);
  import "DPI-C" function longint unsigned oio_dpi_channel_arrival_ps(input chandle channel);
  import "DPI-C" function void oio_dpi_channel_take(input chandle channel, output flit_t flit, output note_t note);

  // What the run has shown so far. link_failed: a link end has, or flits move and nothing gets on: the run is over. over: nothing more can
  // happen by itself.
  import "DPI-C" function int oio_dpi_link_failed(input chandle run);
  import "DPI-C" function longint unsigned oio_dpi_wire_digest(input chandle run);
  import "DPI-C" function void oio_dpi_results(input chandle run, input longint unsigned now_ps, input int over, output results_t results);
  // 1: nothing was lost, duplicated, reordered or corrupted, and no link has failed; and the table for people, lines of text.
  import "DPI-C" function int oio_dpi_good(input chandle run, input longint unsigned now_ps, input int over);
  import "DPI-C" function string oio_dpi_report(input chandle run, input longint unsigned now_ps, input int over);
  import "DPI-C" function real oio_dpi_fraction(input chandle run);

endpackage
