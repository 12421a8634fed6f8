// SPDX-License-Identifier: Apache-2.0
//
// A link end of the plain profile (cmodel/SPEC.md section 16) from SystemVerilog: imports of oio_dpi_plain.h, call by call. Time is a count of flit
// times. An adapter of one's own is at the other end; flits and payloads are bits, byte i in [8*i +: 8], from bit 0 on.
//
// With Verilator 5.006 call these as statements of their own (`x = oio_dpi_plain_...(...);`), never inside a condition.

/* verilator lint_off TIMESCALEMOD */  // times are numbers of flit times
/* verilator lint_off UNUSEDPARAM */   // a bench needs some of it

package oio_dpi_plain_pkg;

  typedef bit [2047:0] flit_t;
  typedef bit [2015:0] payload_t;

  // What oio_dpi_plain_state returns.
  localparam int Handshake = 0, Active = 1, Retrain = 2, Error = 3;

  // config: words "name=number" (format, window_flits, timeout_flits, replay_limit, handshake_limit, handshake_explicits, handshake_acks,
  // quiet_acks); what is not said has the usual value. When oio_dpi_plain_failed says so, only oio_dpi_plain_error, the line to show, and
  // oio_dpi_plain_destroy are allowed.
  import "DPI-C" function chandle oio_dpi_plain_create(input string config_text);
  import "DPI-C" function void oio_dpi_plain_destroy(input chandle plain);
  import "DPI-C" function int oio_dpi_plain_failed(input chandle plain);
  import "DPI-C" function string oio_dpi_plain_error(input chandle plain);
  // As it was made; and: the link has been trained again, and nothing is lost.
  import "DPI-C" function void oio_dpi_plain_reset(input chandle plain);
  import "DPI-C" function void oio_dpi_plain_reenter(input chandle plain, input longint unsigned now);

  import "DPI-C" function int oio_dpi_plain_flit_bytes(input chandle plain);
  import "DPI-C" function int oio_dpi_plain_payload_bytes(input chandle plain);
  import "DPI-C" function int oio_dpi_plain_can_send(input chandle plain);
  // A payload of protocol 1..3. 0: it is not taken (not active, the window is full, one waits, or a field does not fit).
  import "DPI-C" function int oio_dpi_plain_send(
    input chandle plain, input int protocol, input int stack_number, input int marker, input int kind, input payload_t payload);
  // The wire is free. 0: it stays quiet, and flit is left as it was.
  import "DPI-C" function int oio_dpi_plain_tx(input chandle plain, input longint unsigned now, inout flit_t flit);
  // A flit has arrived. Returns [0] the first half of a payload is handed on, [1] the second, [3:2] its protocol, [4] stack, [5] marker, [7:6] type;
  // 0: nothing is handed on, and payload is left as it was.
  import "DPI-C" function int oio_dpi_plain_rx(
    input chandle plain, input longint unsigned now, input flit_t flit, inout payload_t payload);
  import "DPI-C" function int oio_dpi_plain_state(input chandle plain);
  // State, numbers and counts, in a line.
  import "DPI-C" function string oio_dpi_plain_report(input chandle plain);

endpackage
