// SPDX-License-Identifier: Apache-2.0
// The example behind DPI with everything in it drawn.
module waves;
  timeunit 1ns;
  timeprecision 1ps;
  example u_example ();
  initial begin
    string file;
    if ($value$plusargs("waves=%s", file) != 0) begin
      $dumpfile(file);
      $dumpvars;
    end
  end
endmodule
