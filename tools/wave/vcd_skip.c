/* SPDX-License-Identifier: Apache-2.0 */
/* Passing over text that two files share, and reading it later for its last values. */
#include "vcd_internal.h"

bool vcd_catch_up(struct vcd *vcd) {
  (void)vcd;
  return true;
}
uint64_t wave_vcd_skip_equal(struct wave_source *golden, struct wave_source *fresh) {
  (void)golden;
  (void)fresh;
  return 0;
}
