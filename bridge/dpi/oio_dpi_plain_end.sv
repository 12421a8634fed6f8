// SPDX-License-Identifier: Apache-2.0
//
// A far end of the plain profile with pins: a clock is a flit time. Its configuration is fixed when it leaves reset; what is wrong with it is said,
// and ends the simulation. A payload is taken at a clock with send_valid_i and send_ready_o.

/* verilator lint_off TIMESCALEMOD */  // clocks are all it knows
/* verilator lint_off BLKSEQ */        // an instant is a sequence of calls

module oio_dpi_plain_end
  import oio_dpi_plain_pkg::*;
#(
  parameter string Config = ""
) (
  input  bit       clk_i,
  input  bit       rst_ni,
  input  bit       retrain_i,     // the link has been trained again
  input  bit       valid_i,
  input  flit_t    flit_i,
  output bit       valid_o,
  output flit_t    flit_o,
  input  bit       send_valid_i,
  output bit       send_ready_o,
  input  bit [1:0] send_protocol_i,
  input  payload_t send_payload_i,
  output bit [1:0] taken_o,       // halves of taken_payload_o that are handed on
  output payload_t taken_payload_o,
  output int       state_o
);

  /* verilator tracing_off */  // a pointer is another one in each run
  chandle          plain;
  /* verilator tracing_on */
  longint unsigned now;
  string           said;
  flit_t           next_flit;
  payload_t        next_payload;
  int              result;

  initial begin
    plain = oio_dpi_plain_create(Config);
    result = oio_dpi_plain_failed(plain);
    if (result != 0) begin
      said = oio_dpi_plain_error(plain);
      $display("%m: %s", said);
      $fatal(1, "no link end");
    end
  end

  final begin
    oio_dpi_plain_destroy(plain);
  end

  function automatic void report();
    said = oio_dpi_plain_report(plain);
    $display("%m: %s", said);
  endfunction

  // What stands in registers for one clock is worked out here, call by call.
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      oio_dpi_plain_reset(plain);
      now <= 0;
      valid_o <= 0;
      taken_o <= 0;
      send_ready_o <= 0;
      state_o <= Handshake;
    end else begin
      if (retrain_i) oio_dpi_plain_reenter(plain, now);
      next_payload = taken_payload_o;
      result = 0;
      if (valid_i) result = oio_dpi_plain_rx(plain, now, flit_i, next_payload);
      taken_o <= result[1:0];
      taken_payload_o <= next_payload;
      if (send_valid_i && send_ready_o) result = oio_dpi_plain_send(plain, int'(send_protocol_i), 0, 0, 0, send_payload_i);
      next_flit = flit_o;
      result = oio_dpi_plain_tx(plain, now, next_flit);
      valid_o <= result != 0;
      flit_o <= next_flit;
      result = oio_dpi_plain_can_send(plain);
      send_ready_o <= result != 0;
      result = oio_dpi_plain_state(plain);
      state_o <= result;
      now <= now + 1;
    end
  end

endmodule
