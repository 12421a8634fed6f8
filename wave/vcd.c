/* SPDX-License-Identifier: Apache-2.0 */
/* A VCD file as a row of blocks. */
#define _DEFAULT_SOURCE
#include "memory.h"
#include "vcd_chain.h"
#include "vcd_cook.h"

#include <stdlib.h>
#include <sys/mman.h>

static struct vcd *vcd_of(struct wave_source *source) {
  return (struct vcd *)source;
}
static const struct vcd *const_vcd_of(const struct wave_source *source) {
  return (const struct vcd *)source;
}

static double progress_of(const struct vcd *vcd) {
  if (vcd->text.gzip != NULL) return wave_gzip_progress(vcd->text.gzip);
  return vcd->map.size > 0 ? (double)(vcd->text.at - vcd->text.begin) / (double)vcd->map.size : 1;
}

static enum wave_status next_block(struct wave_source *source, uint64_t until, struct wave_error *error) {
  struct vcd *vcd = vcd_of(source);
  if (!vcd_chains_keep_last(vcd)) return wave_fail(error, "%s: out of memory for its last values", source->name);
  vcd_chains_clear(vcd);
  uint64_t begin = vcd->passed ? vcd->last_time + 1 : 0;
  bool wish = !vcd->passed || until >= begin;
  vcd->n_times = 0;
  if (!vcd->ended) vcd_cook_block(vcd, wish ? until : UINT64_MAX);
  source->progress = progress_of(vcd);
  if (vcd->n_times == 0) return WAVE_END;
  source->block = (struct wave_block){.begin = vcd->passed ? begin : vcd->times[0],
                                      .end = vcd->times[vcd->n_times - 1],
                                      .times = vcd->times,
                                      .n_times = vcd->n_times,
                                      .opens = true,
                                      .closes = true};
  vcd->last_time = source->last_tick = source->block.end;
  vcd->passed = true;
  return WAVE_OK;
}

bool vcd_pass(struct vcd *vcd, const uint8_t *place, uint64_t last_time) {
  if (vcd->newer == NULL) vcd->newer = wave_malloc((size_t)vcd->source.decl.n_handles + 1);
  if (vcd->newer == NULL || !vcd_chains_keep_last(vcd)) return false;
  vcd_chains_clear(vcd);
  memset(vcd->newer, 0, vcd->source.decl.n_handles);
  if (vcd->behind_from == vcd->behind_to) vcd->behind_from = vcd_offset(&vcd->text, vcd->text.at);
  vcd->behind_to = vcd_offset(&vcd->text, place);
  vcd->text.at = place;
  vcd->last_time = vcd->source.last_tick = last_time;
  vcd->timed = vcd->passed = true;
  vcd->mode = (struct vcd_mode){0};
  vcd->n_times = 0;
  vcd->source.progress = progress_of(vcd);
  return true;
}

static uint64_t peek_block(struct wave_source *source) {
  const struct vcd *vcd = vcd_of(source);
  const uint8_t *at = vcd->text.at, *end = vcd->text.end;
  uint64_t time;
  if ((size_t)(end - at) <= vcd->window + VCD_MARGIN) return UINT64_MAX;
  at += vcd->window;
  end -= VCD_MARGIN;
  while ((at = memchr(at, '#', (size_t)(end - at))) != NULL) {
    const uint8_t *behind;
    /* Only at the begin of a line: an id may have the same form. */
    if (at[-1] == '\n' && vcd_quick_time(vcd, at, &time, &behind) && time > vcd->last_time) return time - 1;
    at++;
  }
  return UINT64_MAX;
}

static void packed_chain(const struct wave_source *source, uint32_t handle, struct wave_packed *packed) {
  const struct vcd_chain *chain = &const_vcd_of(source)->chains[handle];
  *packed = (struct wave_packed){.bytes = chain->bytes, .size = chain->used, .unpacked = chain->used};
}

static bool plain_chain(const struct wave_source *source, uint32_t handle, struct wave_scratch *scratch, struct wave_chain *opened) {
  const struct vcd_chain *chain = &const_vcd_of(source)->chains[handle];
  (void)scratch;
  *opened = (struct wave_chain){.at = chain->bytes, .end = chain->bytes + chain->used};
  return true;
}

static bool load_frame(struct wave_source *source) {
  struct vcd *vcd = vcd_of(source);
  return vcd->behind_from == vcd->behind_to || vcd_catch_up(vcd);
}

static void frame_value(const struct wave_source *source, uint32_t handle, struct wave_value *value) {
  const struct vcd_frame *frame = &const_vcd_of(source)->frame;
  /* An event has no state. */
  uint8_t form = source->decl.handles[handle].kind == WAVE_EVENT ? WAVE_UNKNOWN : frame->form[handle];
  *value = (struct wave_value){.form = form};
  if (form == WAVE_UNKNOWN) return;
  if (form == WAVE_BYTES) {
    value->bytes = frame->strings[frame->slot[handle]].bytes;
    value->size = frame->strings[frame->slot[handle]].size;
    return;
  }
  uint32_t width = source->decl.handles[handle].width;
  value->bytes = frame->bytes + frame->slot[handle];
  value->size = form == WAVE_TWO ? (width + 7) / 8 : form == WAVE_DOUBLE ? 8 : width;
}

static enum wave_status rewind_source(struct wave_source *source, struct wave_error *error) {
  struct vcd *vcd = vcd_of(source);
  struct vcd_text *text = &vcd->text;
  vcd_chains_clear(vcd);
  vcd_frame_forget(&vcd->frame);
  vcd->behind_from = vcd->behind_to = 0;
  vcd->timed = vcd->passed = vcd->ended = false;
  vcd->mode = (struct vcd_mode){.dumping = true};
  vcd->last_time = 0;
  vcd->n_times = 0;
  source->partial = false;
  source->last_tick = 0;
  source->progress = 0;
  if (text->gzip == NULL) {
    text->at = text->begin + vcd->body;
    return WAVE_OK;
  }
  wave_gzip_rewind(text->gzip, text);
  while (vcd_offset(text, text->end) < vcd->body) {
    text->at = text->end;
    if (!vcd_more(text) && text->final) return wave_fail(error, "%s: cannot be read a second time", source->name);
  }
  text->at = text->begin + (vcd->body - text->offset);
  return WAVE_OK;
}

static enum vcd_class class_of(const struct vcd_chain *chain) {
  if (chain->kind != WAVE_BITS) return VCD_OTHER;
  if (chain->width == 1) return VCD_SCALAR;
  return chain->width <= 64 ? VCD_SHORT : VCD_WIDE;
}

static void want(struct wave_source *source, const uint8_t *wanted) {
  struct vcd *vcd = vcd_of(source);
  for (uint32_t i = 0; i < source->decl.n_handles; i++)
    vcd->chains[i].class = wanted != NULL && !wanted[i] ? VCD_SKIP : (uint8_t)class_of(&vcd->chains[i]);
}

static void close_source(struct wave_source *source) {
  struct vcd *vcd = vcd_of(source);
  wave_gzip_close(vcd->text.gzip);
  vcd_arena_free(&vcd->arena);
  vcd_frame_free(&vcd->frame);
  vcd_ids_free(&vcd->ids);
  wave_scratch_free(&vcd->value);
  wave_decl_free(&source->decl);
  free(vcd->chains);
  free(vcd->touched);
  free(vcd->owners);
  free(vcd->times);
  free(vcd->newer);
  free(source->name);
  wave_map_close(&vcd->map);
  free(vcd);
}

const struct wave_source_ops vcd_ops = {
    .next = next_block,
    .peek = peek_block,
    .packed = packed_chain,
    .chain = plain_chain,
    .load_frame = load_frame,
    .frame = frame_value,
    .seek = vcd_seek,
    .rewind = rewind_source,
    .close = close_source,
    .want = want,
};

static size_t larger(size_t one, size_t other) {
  return one > other ? one : other;
}

/* How much goes into a block. Each is looked at once for every pair: the more of them there are, the more must lie between. */
static void set_limits(struct vcd *vcd) {
  size_t wanted = (size_t)vcd->source.decl.n_handles * VCD_WINDOW_HANDLE;
  vcd->window = larger(VCD_WINDOW, wanted < VCD_WINDOW_MAX ? wanted : VCD_WINDOW_MAX);
  vcd->times_limit = (uint32_t)(vcd->window / VCD_WINDOW * VCD_TIMES);
  vcd->arena_limit = larger(VCD_ARENA_MAX, vcd->window);
  vcd->cooked_limit = larger(VCD_COOKED_SOFT, vcd->window);
}

static bool make_chains(struct vcd *vcd) {
  const struct wave_decl *decl = &vcd->source.decl;
  size_t count = (size_t)decl->n_handles + 1;
  vcd->chains = wave_calloc(count, sizeof *vcd->chains);
  vcd->touched = wave_malloc(count * sizeof *vcd->touched);
  vcd->owners = wave_malloc(count * sizeof *vcd->owners);
  vcd->times = wave_malloc(vcd->times_limit * sizeof *vcd->times);
  if (vcd->chains == NULL || vcd->touched == NULL || vcd->owners == NULL || vcd->times == NULL) return false;
  for (uint32_t i = 0; i < decl->n_handles; i++) {
    struct vcd_chain *chain = &vcd->chains[i];
    chain->width = decl->handles[i].width;
    chain->kind = decl->handles[i].kind;
    chain->class = (uint8_t)class_of(chain);
    chain->room = (uint8_t)(chain->width <= 64 ? (chain->width + 7) / 8 : 0);
  }
  return vcd_frame_init(&vcd->frame, decl);
}

enum { HINT_REACH = 64 << 20 }; /* how far a hint is looked for */

/* Whether a time begins here, as it seems. */
static bool time_at(const struct vcd *vcd, const uint8_t *at, uint64_t *time) {
  struct vcd_change change;
  struct vcd_mode mode = {0};
  if (*at != '#' || at == vcd->text.begin || !vcd_blank(at[-1])) return false;
  return vcd_token(&at, vcd->text.end, vcd->text.final, &mode, &change) == VCD_GOT_TIME && vcd_time(vcd, change.text, time) == NULL;
}

/* The first time of the body and the last, as far as they are easily found. */
static void find_hints(struct vcd *vcd) {
  const struct vcd_text *text = &vcd->text;
  struct wave_source *source = &vcd->source;
  size_t left = (size_t)(text->end - text->at), reach = left < HINT_REACH ? left : HINT_REACH;
  for (const uint8_t *at = text->at; at < text->at + reach && !time_at(vcd, at, &source->begin_hint); at++) {
  }
  if (text->gzip != NULL) return;
  for (const uint8_t *at = text->end; at > text->end - reach && !time_at(vcd, at - 1, &source->end_hint); at--) {
  }
}

static bool open_text(struct vcd *vcd, const struct wave_map *map) {
  const uint8_t *bytes = map->bytes;
  if (map->size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
    struct wave_gzip *gzip = wave_gzip_open(bytes, map->size);
    if (gzip == NULL) return false;
    wave_gzip_rewind(gzip, &vcd->text);
    return true;
  }
  vcd->text = (struct vcd_text){.begin = bytes, .at = bytes, .end = bytes + map->size, .final = true};
  madvise((void *)(uintptr_t)bytes, map->size, MADV_SEQUENTIAL);
  return true;
}

enum wave_status wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error) {
  struct vcd *vcd = wave_calloc(1, sizeof *vcd);
  if (vcd == NULL) return wave_fail(error, "%s: out of memory", path);
  size_t size = strlen(path) + 1;
  vcd->source.ops = &vcd_ops;
  vcd->source.bytes = map->size;
  wave_decl_init(&vcd->source.decl);
  vcd->source.name = wave_malloc(size);
  enum wave_status status = WAVE_ERROR;
  if (vcd->source.name == NULL || !open_text(vcd, map)) {
    wave_fail(error, "%s: out of memory", path);
  } else {
    memcpy(vcd->source.name, path, size);
    status = vcd_read_header(vcd, error);
  }
  if (status == WAVE_OK) {
    vcd->body = vcd_offset(&vcd->text, vcd->text.at);
    vcd->mode.dumping = true;
    vcd_ids_finish(&vcd->ids);
    set_limits(vcd);
    if (!make_chains(vcd)) status = wave_fail(error, "%s: out of memory for its variables", path);
  }
  if (status != WAVE_OK) {
    close_source(&vcd->source); /* the map stays with the caller */
    return status;
  }
  wave_allow_int64(&vcd->source);
  find_hints(vcd);
  vcd->map = *map;
  *map = (struct wave_map){0};
  *source = &vcd->source;
  return WAVE_OK;
}

void wave_vcd_set_window(struct wave_source *source, size_t bytes, uint32_t times) {
  struct vcd *vcd = vcd_of(source);
  vcd->window = bytes;
  if (times < vcd->times_limit) vcd->times_limit = times;
}
