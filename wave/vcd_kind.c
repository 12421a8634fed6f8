/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that are declared with no bits: some tools do so with strings, others with real parameters. Their first values tell. */
#include "vcd_header.h"

enum { REACH = 4 << 20 };

void vcd_settle_kinds(struct vcd_header *header) {
  struct vcd *vcd = header->vcd;
  struct wave_decl *decl = &vcd->source.decl;
  const uint8_t *at = vcd->text.at, *end = vcd->text.end;
  struct vcd_mode mode = {0};
  struct vcd_change change;
  enum vcd_got got = VCD_GOT_NOTHING;
  if (end - at > REACH) end = at + REACH;
  while (header->undecided > 0 && got <= VCD_GOT_NOTHING) {
    got = vcd_token(&at, end, false, &mode, &change);
    if (got != VCD_GOT_CHANGE || change.letter != 'r') continue;
    uint32_t handle = vcd_ids_find(&vcd->ids, change.id.at, change.id.size);
    if (handle == WAVE_NONE || decl->handles[handle].kind != WAVE_STRING) continue;
    decl->handles[handle] = (struct wave_handle){.kind = WAVE_REAL, .width = 64};
    header->undecided--;
  }
}
