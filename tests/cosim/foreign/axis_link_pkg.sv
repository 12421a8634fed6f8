// SPDX-License-Identifier: Apache-2.0
package axis_link_pkg;
  typedef struct packed {
    logic [3:0] mode;
    logic       scramble;
  } settings_t;
endpackage
