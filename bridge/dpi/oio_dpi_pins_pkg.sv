// SPDX-License-Identifier: Apache-2.0
//
// One port of clocked RTL on the model's channels: oio/pins.h, call by call.

package oio_dpi_pins_pkg;

  // Bits of oio_dpi_pins_next.
  localparam int Ready = 1;
  localparam int Valid = 2;
  localparam int Sof = 4;

  // The port that the host has bound to the calling scope.
  import "DPI-C" context function chandle oio_dpi_pins_attach();

  import "DPI-C" function int oio_dpi_pins_next(input chandle port, input longint unsigned edge_ps);
  // A beat of 64 bytes, or `wide`: of 128, and one bit that says nothing. Verilator masks the last word of what it copies, which must not
  // be one of the beat's: compilers copy an odd number of words in vectors that overlap, and those wait for the stores before them.
  import "DPI-C" function void oio_dpi_pins_beat(input chandle port, output bit [512:0] beat);
  import "DPI-C" function void oio_dpi_pins_beat_wide(input chandle port, output bit [1024:0] beat);
  import "DPI-C" function void oio_dpi_pins_put(input chandle port, input longint unsigned now_ps, input bit sof, input bit [512:0] beat);
  import "DPI-C" function void oio_dpi_pins_put_wide(input chandle port, input longint unsigned now_ps, input bit sof,
                                                     input bit [1024:0] beat);

  // The link end has failed, and why: at once, not only when the host asks for the debug port.
  import "DPI-C" function void oio_dpi_pins_failed(input chandle port, input int unsigned failed);
  // A beat that was shown while not ready is not the one shown now.
  import "DPI-C" function void oio_dpi_pins_moved(input chandle port, input longint unsigned now_ps);

  // The debug port of the link end, for the host to compare.
  import "DPI-C" function void oio_dpi_pins_state(
    input chandle port, input int unsigned next_tx, input int unsigned acked, input int unsigned expected, input int unsigned sent_total,
    input int unsigned credit_limit, input int unsigned credit_sent, input int unsigned round, input int unsigned round_seen,
    input int unsigned failed, input int unsigned asked_crc, input int unsigned asked_sequence, input int unsigned timeouts,
    input int unsigned received_payload);

endpackage
