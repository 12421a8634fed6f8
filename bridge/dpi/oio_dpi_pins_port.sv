// SPDX-License-Identifier: Apache-2.0
//
// One port of clocked RTL on the model's channels. What the model shows at an edge is asked for at the edge before, and registered. Before the
// first edge with run_i its bench calls attach() with the port's handle.

/* verilator lint_off TIMESCALEMOD */  // there is no time in here

module oio_dpi_pins_port #(
  parameter int unsigned DataBytes = 64
) (
  input  logic                   clk_i,
  input  logic                   run_i,       // low while the RTL is in reset
  input  longint unsigned        now_ps_i,    // of the edge
  input  longint unsigned        clock_ps_i,
  input  logic                   report_i,    // tell the host the state at this edge
  /* verilator lint_off UNUSEDSIGNAL */      // the monitor counts the rest itself
  input  oio_pkg::link_state_t   state_i,
  /* verilator lint_on UNUSEDSIGNAL */

  // out of the RTL
  input  logic                   valid_i,
  input  logic                   sof_i,
  input  logic [DataBytes*8-1:0] data_i,
  output logic                   ready_o,
  // into the RTL
  output logic                   valid_o,
  output logic                   sof_o,
  output logic [DataBytes*8-1:0] data_o
);
  import oio_dpi_pins_pkg::*;

  /*verilator tracing_off*/
  chandle port;  // a pointer: in waves it would make every run another one
  /*verilator tracing_on*/

  function automatic void attach(input chandle handle);
    port = handle;
  endfunction

  int          shown;
`ifndef OIO_WAVE_PAYLOAD
  /*verilator tracing_off*/
`endif
  /* verilator lint_off UNUSEDSIGNAL */  // the one that is not of DataBytes, and the bit that says nothing
  bit [512:0]  beat;
  bit [1024:0] wide_beat;
  /* verilator lint_on UNUSEDSIGNAL */
  /*verilator tracing_on*/

  // A beat that was not taken stays as it is until it is.
  /*verilator tracing_off*/
  logic                   held, held_sof, told_failed;
  logic [DataBytes*8-1:0] held_data;
  /*verilator tracing_on*/

  always_ff @(posedge clk_i) begin
    held <= run_i && valid_i && !ready_o;
    if (valid_i && !ready_o) begin
      held_sof  <= sof_i;
      held_data <= data_i;
    end
  end

  // DPI calls stand alone, never in an expression; what they return is used at the same edge.
  /* verilator lint_off BLKSEQ */
  always @(posedge clk_i) begin
    if (!run_i) begin
      told_failed <= 1'b0;
      ready_o <= 1'b0;
      valid_o <= 1'b0;
      sof_o   <= 1'b0;
    end else begin
      if (state_i.failed != oio_pkg::FailedNo && !told_failed) begin
        oio_dpi_pins_failed(port, 32'(state_i.failed));
        told_failed <= 1'b1;
      end
      if (held) begin
        if (!valid_i || sof_i != held_sof || data_i != held_data) oio_dpi_pins_moved(port, now_ps_i);
      end
      if (valid_i && ready_o) begin
        if (DataBytes == 64) begin
          oio_dpi_pins_put(port, now_ps_i, sof_i, {1'b0, data_i[511:0]});
        end else begin
          oio_dpi_pins_put_wide(port, now_ps_i, sof_i, 1025'(data_i));
        end
      end
      shown = oio_dpi_pins_next(port, now_ps_i + clock_ps_i);
      ready_o <= (shown & Ready) != 0;
      valid_o <= (shown & Valid) != 0;
      sof_o   <= (shown & Sof) != 0;
      if ((shown & Valid) != 0) begin
        if (DataBytes == 64) begin
          oio_dpi_pins_beat(port, beat);
          data_o[511:0] <= beat[511:0];
        end else begin
          oio_dpi_pins_beat_wide(port, wide_beat);
          data_o <= wide_beat[DataBytes*8-1:0];
        end
      end
    end
    if (report_i) begin
      oio_dpi_pins_state(port, 32'(state_i.next_tx), 32'(state_i.acked), 32'(state_i.expected), 32'(state_i.sent_total),
                         32'(state_i.credit_limit), 32'(state_i.credit_sent), 32'(state_i.round), 32'(state_i.round_seen),
                         32'(state_i.failed), state_i.asked_crc, state_i.asked_sequence, state_i.timeouts, state_i.received_payload);
    end
  end
  /* verilator lint_on BLKSEQ */

endmodule
