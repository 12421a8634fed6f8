/* SPDX-License-Identifier: Apache-2.0 */
/* The last value of each handle. The memory is what the declarations ask for; pages that no value touched cost nothing. */
#include "memory.h"
#include "vcd_internal.h"

#include <stdlib.h>

bool vcd_frame_init(struct vcd_frame *frame, const struct wave_decl *decl) {
  uint32_t used = 0;
  frame->n_handles = decl->n_handles;
  frame->form = wave_calloc((size_t)decl->n_handles + 1, 1);
  frame->slot = wave_calloc((size_t)decl->n_handles + 1, sizeof *frame->slot);
  if (frame->form == NULL || frame->slot == NULL) return false;
  for (uint32_t i = 0; i < decl->n_handles; i++) {
    const struct wave_handle *handle = &decl->handles[i];
    frame->slot[i] = handle->kind == WAVE_STRING ? frame->n_strings++ : used;
    if (handle->kind != WAVE_STRING) used += handle->kind == WAVE_REAL ? 8 : handle->width;
  }
  frame->bytes = wave_calloc((size_t)used + 1, 1);
  frame->strings = wave_calloc((size_t)frame->n_strings + 1, sizeof *frame->strings);
  return frame->bytes != NULL && frame->strings != NULL;
}

void vcd_frame_free(struct vcd_frame *frame) {
  for (uint32_t i = 0; i < frame->n_strings && frame->strings != NULL; i++) free(frame->strings[i].bytes);
  free(frame->strings);
  free(frame->bytes);
  free(frame->slot);
  free(frame->form);
  memset(frame, 0, sizeof *frame);
}

void vcd_frame_forget(struct vcd_frame *frame) {
  memset(frame->form, WAVE_UNKNOWN, frame->n_handles);
}

enum { STRINGS_MAX = 256 << 20 };

static bool set_string(struct vcd_frame *frame, struct vcd_string *string, const uint8_t *bytes, size_t size) {
  if (size > string->room) {
    frame->strings_room += size - string->room;
    if (frame->strings_room > STRINGS_MAX) return false;
    uint8_t *moved = wave_realloc(string->bytes, size);
    if (moved == NULL) return false;
    string->bytes = moved;
    string->room = (uint32_t)size;
  }
  if (size > 0) memcpy(string->bytes, bytes, size);
  string->size = (uint32_t)size;
  return true;
}

bool vcd_frame_set(struct vcd_frame *frame, uint32_t handle, enum wave_form form, const uint8_t *bytes, size_t size) {
  frame->form[handle] = (uint8_t)form;
  if (form == WAVE_BYTES) return set_string(frame, &frame->strings[frame->slot[handle]], bytes, size);
  memcpy(frame->bytes + frame->slot[handle], bytes, size);
  return true;
}
