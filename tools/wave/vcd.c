/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VCD text cooked into blocks. The quick path takes what simulators write all day (0 and 1, one change a line, known ids); at anything else
 * it stops in front of it, and the careful path takes one token with every check.
 */
#define _DEFAULT_SOURCE
#include "vcd_chain.h"
#include "vcd_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { MARGIN = 192 }; /* bytes that the quick path may look at behind its place */

enum step { STEP_GO, STEP_BLOCK, STEP_MORE, STEP_END, STEP_STOP };

static struct vcd *vcd_of(struct wave_source *source) {
  return (struct vcd *)source;
}
static const struct vcd *const_vcd_of(const struct wave_source *source) {
  return (const struct vcd *)source;
}

/* The file's whole part ends here; the tick that is not whole goes. */
static enum step stop(struct vcd *vcd, const uint8_t *place, const char *what, bool tick_is_whole) {
  const struct vcd_text *text = &vcd->text;
  uint64_t line = text->lines + 1, byte = text->offset + (uint64_t)(place - text->begin);
  for (const uint8_t *at = text->begin; (at = memchr(at, '\n', (size_t)(place - at))) != NULL; at++) line++;
  vcd->source.partial = true;
  vcd->ended = true;
  wave_fail(&vcd->source.why, "%s: line %llu, byte %llu: %s; what follows is not used", vcd->source.name, (unsigned long long)line,
            (unsigned long long)byte, what);
  if (!tick_is_whole && vcd->n_times > 0) vcd_chains_drop(vcd, --vcd->n_times);
  return STEP_STOP;
}

static void begin_tick(struct vcd *vcd, uint64_t time) {
  vcd->times[vcd->n_times++] = time;
  vcd->last_time = time;
  vcd->timed = true;
}

struct limits {
  const uint8_t *window; /* a block ends at the first tick from here on */
  uint64_t until;
};

/* Whether a new tick at this place goes into the next block. */
static bool block_is_full(const struct vcd *vcd, const struct limits *limits, const uint8_t *place, uint64_t time) {
  return vcd->n_times > 0 &&
         (place >= limits->window || time > limits->until || vcd->n_times >= vcd->times_limit || vcd->cooked > VCD_COOKED_SOFT);
}

static enum step take_time(struct vcd *vcd, const struct limits *limits, const uint8_t *place, struct vcd_span digits) {
  uint64_t time;
  const char *wrong = vcd_time(vcd, digits, &time);
  if (wrong != NULL) return stop(vcd, place, wrong, false);
  if (vcd->timed && time < vcd->last_time) return stop(vcd, place, "time goes backwards", true);
  if (vcd->timed && time == vcd->last_time && vcd->n_times > 0) return STEP_GO;
  if (block_is_full(vcd, limits, place, time)) return STEP_BLOCK;
  begin_tick(vcd, time);
  return STEP_GO;
}

static void put_scalar(struct vcd_chain *chain, uint64_t step, uint8_t digit) {
  uint64_t head = step << 2 | (uint64_t)(digit & 1) << 1;
  if ((digit | 1) != '1') head = step << 4 | (uint64_t)(strchr(WAVE_CODES, digit) - WAVE_CODES) << 1 | 1;
  chain->used = (uint32_t)(wave_put_varint(chain->bytes + chain->used, head) - chain->bytes);
  chain->last = digit;
}

static void put_value(struct vcd_chain *chain, uint64_t step, const struct vcd_value *value) {
  bool two = value->form == WAVE_TWO;
  uint8_t *at = wave_put_varint(chain->bytes + chain->used, step << 1 | (!two && value->form != WAVE_BYTES));
  chain->last = (uint32_t)(at - chain->bytes);
  chain->two = two;
  if (value->form == WAVE_BYTES) at = wave_put_varint(at, value->size);
  if (value->size > 0) memcpy(at, value->bytes, value->size);
  chain->used = (uint32_t)(at + value->size - chain->bytes);
}

/* Appends any value to a handle's chain. False: no memory. */
static bool append(struct vcd *vcd, uint32_t handle, const struct vcd_value *value) {
  if (!vcd_chain_room(vcd, handle, (size_t)value->size + VCD_ENTRY_MAX)) return false;
  vcd_touch(vcd, handle);
  struct vcd_chain *chain = &vcd->chains[handle];
  uint32_t place = vcd->n_times - 1;
  uint64_t step = place - chain->place;
  chain->place = place;
  vcd->cooked += value->size;
  if (chain->width == 1 && (chain->kind == WAVE_BITS || chain->kind == WAVE_EVENT))
    put_scalar(chain, step, value->form == WAVE_TWO ? (uint8_t)('0' + (value->bytes[0] >> 7)) : value->bytes[0]);
  else
    put_value(chain, step, value);
  return true;
}

static enum step take_change(struct vcd *vcd, const uint8_t *place, const struct vcd_change *change) {
  struct vcd_value value;
  uint32_t handle = vcd_ids_find(&vcd->ids, change->id.at, change->id.size);
  if (vcd->n_times == 0) begin_tick(vcd, 0);
  if (handle == WAVE_NONE) return stop(vcd, place, "a value for an id that no $var declares", false);
  if (vcd->chains[handle].class == VCD_SKIP) return STEP_GO;
  const char *wrong = vcd_value_read(vcd, handle, change->letter, change->text, &value);
  if (wrong != NULL) return stop(vcd, place, wrong, false);
  if (vcd->cooked > VCD_COOKED_HARD) return stop(vcd, place, "one tick takes more than 256 MB", false);
  return append(vcd, handle, &value) ? STEP_GO : stop(vcd, place, "out of memory", false);
}

static enum step at_end(struct vcd *vcd, const uint8_t *place) {
  const char *damage = wave_gzip_damage(vcd->text.gzip);
  if (damage != NULL) return stop(vcd, place, damage, false);
  if (vcd->skipping) return stop(vcd, place, "the file ends inside of a comment", false);
  vcd->ended = true;
  return STEP_END;
}

/* One token, with every check. */
static enum step take_token(struct vcd *vcd, const struct limits *limits) {
  struct vcd_text *text = &vcd->text;
  struct vcd_change change;
  const uint8_t *at = text->at;
  enum vcd_got got = vcd_token(&at, text->end, text->final, &vcd->skipping, &change);
  const uint8_t *place = text->at;
  while (place < text->end && vcd_blank(*place)) place++;
  enum step step = STEP_GO;
  switch (got) {
  case VCD_GOT_TIME:
    step = take_time(vcd, limits, place, change.text);
    break;
  case VCD_GOT_CHANGE:
    step = take_change(vcd, place, &change);
    break;
  case VCD_GOT_NOTHING:
    break;
  case VCD_GOT_END:
    return at_end(vcd, place);
  case VCD_GOT_MORE:
    text->at = place;
    return STEP_MORE;
  case VCD_GOT_CUT: {
    const char *damage = wave_gzip_damage(text->gzip);
    return stop(vcd, place, damage != NULL ? damage : "the file ends in the middle of a change", false);
  }
  case VCD_GOT_GARBAGE:
    return stop(vcd, place, "this is no change, time or keyword", false);
  }
  text->at = step == STEP_BLOCK ? place : at;
  return step;
}

/* Turns the bits of each byte around. */
static inline uint64_t reverse_in_bytes(uint64_t word) {
  word = (word >> 1 & 0x5555555555555555u) | (word & 0x5555555555555555u) << 1;
  word = (word >> 2 & 0x3333333333333333u) | (word & 0x3333333333333333u) << 2;
  return (word >> 4 & 0x0f0f0f0f0f0f0f0fu) | (word & 0x0f0f0f0f0f0f0f0fu) << 4;
}

/* What the quick path needs all the time, in registers. */
struct pen {
  struct vcd_chain *chains;
  uint32_t *touched; /* the next free place */
  uint32_t place;    /* of the tick in the time table */
  const uint32_t *table;
  uint64_t key_base, key_span;
};

static inline struct pen take_pen(const struct vcd *vcd) {
  return (struct pen){.chains = vcd->chains,
                      .touched = vcd->touched + vcd->n_touched,
                      .place = vcd->n_times - 1,
                      .table = vcd->ids.table,
                      .key_base = vcd->ids.key_base,
                      .key_span = vcd->ids.key_span};
}

static inline void put_pen_down(struct vcd *vcd, const struct pen *pen) {
  vcd->n_touched = (uint32_t)(pen->touched - vcd->touched);
}

/* The handle of the id at a place, and where it ends; WAVE_NONE when the quick path cannot tell. */
static inline uint32_t quick_id(const struct pen *pen, bool last_first, const uint8_t *at, const uint8_t **end) {
  uint64_t word = vcd_load(at), blanks = vcd_blanks(word);
  if (blanks == 0) return WAVE_NONE;
  unsigned bits = (unsigned)__builtin_ctzll(blanks) & ~7u;
  uint64_t id = word & (((uint64_t)1 << bits) - 1);
  uint64_t key = vcd_key(id, bits, last_first) - pen->key_base;
  if ((id & 0x8080808080808080u) != 0 || key >= pen->key_span) return WAVE_NONE; /* no id: its key is below all */
  *end = at + bits / 8;
  return pen->table[key];
}

/* Packs size digits at the end of a value of width bits, size <= width. At most 8 bytes beyond the value are written. */
static void pack_wide(uint8_t *to, uint32_t width, const uint8_t *digits, uint32_t size) {
  uint32_t bit = width - size;
  memset(to, 0, bit / 8 + 1);
  to += bit / 8;
  bit %= 8;
  uint32_t carry = 0;
  for (uint32_t i = 0; i < size; i += 8) {
    uint64_t text = vcd_load(digits + i);
    if (size - i < 8) text &= ((uint64_t)1 << 8 * (size - i)) - 1;
    uint32_t byte = (uint32_t)vcd_pack8(text) << (8 - bit);
    *to++ = (uint8_t)(carry | byte >> 8);
    carry = byte & 0xff;
  }
  *to = (uint8_t)carry;
}

/* A vector of more than 64 bits, or of more than 64 digits. Returns the place after its id; NULL: not for the quick path. */
static __attribute__((noinline)) const uint8_t *quick_wide(struct vcd *vcd, const uint8_t *at, const uint8_t *limit, bool last_first) {
  const struct pen pen = take_pen(vcd);
  const uint8_t *digits = at + 1, *next = digits;
  uint64_t others, bits;
  for (;; next += 64) {
    if (next >= limit) return NULL;
    look_at_64(next, &others, &bits);
    if (others != 0) break;
  }
  next += __builtin_ctzll(others);
  uint32_t size = (uint32_t)(next - digits);
  if (*next != ' ' || size == 0) return NULL;
  uint32_t handle = quick_id(&pen, last_first, next + 1, &next);
  if (handle == WAVE_NONE) return NULL;
  if (vcd->chains[handle].class != VCD_WIDE) return vcd->chains[handle].class == VCD_SKIP ? next : NULL;
  uint32_t width = vcd->chains[handle].width, bytes = (width + 7) / 8;
  if (!vcd_chain_room(vcd, handle, (size_t)bytes + VCD_ENTRY_MAX)) return NULL;
  vcd_touch(vcd, handle);
  struct vcd_chain *chain = &vcd->chains[handle];
  uint8_t *to = vcd_put_step(chain->bytes + chain->used, (uint64_t)(pen.place - chain->place) << 1);
  if (size > width) {
    digits += size - width;
    size = width;
  }
  pack_wide(to, width, digits, size);
  chain->place = pen.place;
  chain->last = (uint32_t)(to - chain->bytes);
  chain->two = 1;
  chain->used = chain->last + bytes;
  vcd->cooked += bytes;
  return next;
}

/* What a first character means to the quick path. */
enum { OTHER, SCALAR, VECTOR, TIME, BLANK };
struct meaning {
  uint8_t what;
  uint8_t shift; /* of the step in a scalar's entry */
  uint8_t low;   /* the rest of that entry */
  uint8_t digit; /* in lower case */
};
#define CODE(code, letter)                                                                                                                 \
  { SCALAR, 4, (code) << 1 | 1, letter }
static const struct meaning meanings[256] = {
    ['0'] = {SCALAR, 2, 0, '0'}, ['1'] = {SCALAR, 2, 2, '1'}, ['x'] = CODE(0, 'x'),     ['X'] = CODE(0, 'x'),   ['z'] = CODE(1, 'z'),
    ['Z'] = CODE(1, 'z'),        ['h'] = CODE(2, 'h'),        ['H'] = CODE(2, 'h'),     ['u'] = CODE(3, 'u'),   ['U'] = CODE(3, 'u'),
    ['w'] = CODE(4, 'w'),        ['W'] = CODE(4, 'w'),        ['l'] = CODE(5, 'l'),     ['L'] = CODE(5, 'l'),   ['-'] = CODE(6, '-'),
    ['?'] = CODE(7, '?'),        ['b'] = {.what = VECTOR},    ['B'] = {.what = VECTOR}, ['#'] = {.what = TIME}, [' '] = {.what = BLANK},
    ['\n'] = {.what = BLANK},    ['\r'] = {.what = BLANK},    ['\t'] = {.what = BLANK},
};

/* The time at a '#', and where it ends. False: not for the quick path. */
static inline bool quick_time(const struct vcd *vcd, const uint8_t *at, uint64_t *time, const uint8_t **end) {
  uint64_t sum = 0;
  const uint8_t *digit = at + 1;
  for (; *digit >= '0' && *digit <= '9' && digit - at < 19; digit++) sum = sum * 10 + (uint64_t)(*digit - '0');
  if (digit == at + 1 || !vcd_blank(*digit) || __builtin_mul_overflow(sum, vcd->unit, time)) return false;
  *end = digit;
  return true;
}

/* A time: STEP_GO when it is taken, STEP_BLOCK at the block's end, STEP_MORE when it is for the careful path. */
static enum step quick_tick(struct vcd *vcd, const struct limits *limits, const uint8_t **at) {
  uint64_t time;
  const uint8_t *end;
  if (!quick_time(vcd, *at, &time, &end) || time < vcd->last_time) return STEP_MORE;
  if (time > vcd->last_time) {
    if (block_is_full(vcd, limits, *at, time)) return STEP_BLOCK;
    begin_tick(vcd, time);
  }
  *at = end;
  return STEP_GO;
}

/* Makes sure of room for a short entry, and notes that the handle has changes. */
static inline bool quick_room(struct vcd *vcd, struct pen *pen, uint32_t handle) {
  const struct vcd_chain *chain = &pen->chains[handle];
  if (__builtin_expect(chain->used + VCD_ENTRY_MAX > chain->size, 0) && !vcd_chain_grow(vcd, handle, VCD_ENTRY_MAX)) return false;
  *pen->touched = handle;
  pen->touched += chain->used == 0;
  return true;
}

/* Appends a scalar's change. False: not for the quick path. */
static inline bool quick_scalar(struct vcd *vcd, struct pen *pen, uint32_t handle, struct meaning meaning) {
  struct vcd_chain *chain = &pen->chains[handle];
  if (chain->class != VCD_SCALAR || !quick_room(vcd, pen, handle)) return chain->class == VCD_SKIP;
  uint64_t head = (uint64_t)(pen->place - chain->place) << meaning.shift | meaning.low;
  uint32_t used = chain->used;
  chain->place = pen->place;
  chain->last = meaning.digit;
  uint8_t *at = chain->bytes + used;
  chain->used = used + (uint32_t)(vcd_put_step(at, head) - at);
  return true;
}

/* Appends a vector's change: size digits, the first is bit 0; 1 <= size <= 64. False: not for the quick path. */
static inline bool quick_short(struct vcd *vcd, struct pen *pen, uint32_t handle, uint64_t digits, unsigned size) {
  struct vcd_chain *chain = &pen->chains[handle];
  if (chain->class != VCD_SHORT || !quick_room(vcd, pen, handle)) return chain->class == VCD_SKIP;
  uint8_t *bytes = chain->bytes;
  uint32_t room = chain->room, width = chain->width;
  uint64_t value = reverse_in_bytes(digits << (64 - size) >> (64 - width)); /* the last digit is bit width - 1 */
  uint8_t *to = vcd_put_step(bytes + chain->used, (uint64_t)(pen->place - chain->place) << 1);
  uint32_t last = (uint32_t)(to - bytes);
  chain->place = pen->place;
  chain->two = 1;
  chain->last = last;
  chain->used = last + room;
  vcd_store(to, value);
  return true;
}

/* A vector's change at a place. Returns the place after it; NULL: not for the quick path. */
static inline __attribute__((always_inline)) const uint8_t *quick_vector(struct vcd *vcd, struct pen *pen, const uint8_t *at,
                                                                         const uint8_t *limit, bool last_first) {
  uint64_t others, digits;
  const uint8_t *next;
  look_at_64(at + 1, &others, &digits);
  unsigned size = others != 0 ? (unsigned)__builtin_ctzll(others) : 64;
  if (size > 0 && at[1 + size] == ' ') {
    uint32_t handle = quick_id(pen, last_first, at + 2 + size, &next);
    if (handle == WAVE_NONE) return NULL;
    if (quick_short(vcd, pen, handle, digits, size)) return next;
  }
  put_pen_down(vcd, pen);
  next = quick_wide(vcd, at, limit, last_first);
  *pen = take_pen(vcd);
  return next;
}

/* Takes changes and times until the block is full (STEP_BLOCK) or something else is at the text's place (STEP_GO). */
static inline __attribute__((always_inline)) enum step quick(struct vcd *vcd, const struct limits *limits, const uint8_t *limit,
                                                             bool last_first) {
  const uint8_t *at = vcd->text.at, *next;
  struct pen pen = take_pen(vcd);
  enum step step = STEP_GO;
  while (at < limit) {
    const struct meaning meaning = meanings[*at];
    if (meaning.what == SCALAR) {
      uint32_t handle = quick_id(&pen, last_first, at + 1, &next);
      if (handle == WAVE_NONE || !quick_scalar(vcd, &pen, handle, meaning)) break;
    } else if (meaning.what == VECTOR) {
      next = quick_vector(vcd, &pen, at, limit, last_first);
      if (next == NULL) break;
    } else if (meaning.what == BLANK) {
      at++;
      continue;
    } else if (meaning.what == TIME) {
      step = quick_tick(vcd, limits, &at);
      if (step != STEP_GO) break;
      pen.place = vcd->n_times - 1;
      continue;
    } else {
      break;
    }
    at = next + 1;
  }
  put_pen_down(vcd, &pen);
  vcd->text.at = at;
  return step == STEP_BLOCK ? STEP_BLOCK : STEP_GO;
}

static enum step quick_first_low(struct vcd *vcd, const struct limits *limits, const uint8_t *limit) {
  return quick(vcd, limits, limit, false);
}
static enum step quick_last_low(struct vcd *vcd, const struct limits *limits, const uint8_t *limit) {
  return quick(vcd, limits, limit, true);
}

/* Cooks from the text's place to the end of a block, or of the text in hand. */
static enum step cook(struct vcd *vcd, const struct limits *limits) {
  struct vcd_text *text = &vcd->text;
  enum step step = STEP_GO;
  while (step == STEP_GO) {
    bool long_enough = text->end - text->at > MARGIN;
    if (long_enough && vcd->n_times > 0 && !vcd->skipping) {
      const uint8_t *limit = text->end - MARGIN;
      step = vcd->ids.last_first ? quick_last_low(vcd, limits, limit) : quick_first_low(vcd, limits, limit);
    }
    if (step == STEP_GO) step = take_token(vcd, limits);
  }
  return step;
}

static uint64_t offset_of(const struct vcd_text *text, const uint8_t *place) {
  return text->offset + (uint64_t)(place - text->begin);
}

/* Cooks a block, through as much text as it takes. */
static void cook_block(struct vcd *vcd, uint64_t until) {
  struct vcd_text *text = &vcd->text;
  /* A wish may make the block twice as long, so that blocks of two files can end together. */
  uint64_t end = offset_of(text, text->at) + (until == UINT64_MAX ? vcd->window : 2 * vcd->window);
  while (!vcd->ended) {
    uint64_t held_end = offset_of(text, text->end);
    struct limits limits = {.window = end > held_end ? text->end : text->begin + (end > text->offset ? end - text->offset : 0),
                            .until = until};
    if (cook(vcd, &limits) != STEP_MORE) return;
    if (!vcd_more(text) && !text->final) stop(vcd, text->at, "one change takes more than 64 MB of text", false);
  }
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
  if (!vcd->ended) cook_block(vcd, wish ? until : UINT64_MAX);
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
  if (vcd->newer == NULL) vcd->newer = malloc((size_t)vcd->source.decl.n_handles + 1);
  if (vcd->newer == NULL || !vcd_chains_keep_last(vcd)) return false;
  vcd_chains_clear(vcd);
  memset(vcd->newer, 0, vcd->source.decl.n_handles);
  if (vcd->behind_from == vcd->behind_to) vcd->behind_from = offset_of(&vcd->text, vcd->text.at);
  vcd->behind_to = offset_of(&vcd->text, place);
  vcd->text.at = place;
  vcd->last_time = vcd->source.last_tick = last_time;
  vcd->timed = vcd->passed = true;
  vcd->n_times = 0;
  vcd->source.progress = progress_of(vcd);
  return true;
}

static uint64_t peek_block(struct wave_source *source) {
  const struct vcd *vcd = vcd_of(source);
  const uint8_t *at = vcd->text.at, *end = vcd->text.end;
  uint64_t time;
  if ((size_t)(end - at) <= vcd->window + MARGIN) return UINT64_MAX;
  at += vcd->window;
  end -= MARGIN;
  while ((at = memchr(at, '#', (size_t)(end - at))) != NULL) {
    const uint8_t *behind;
    /* Only at the begin of a line: an id may have the same form. */
    if (at[-1] == '\n' && quick_time(vcd, at, &time, &behind) && time > vcd->last_time) return time - 1;
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
  uint8_t form = frame->form[handle];
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
  vcd->timed = vcd->passed = vcd->skipping = vcd->ended = false;
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
  while (offset_of(text, text->end) < vcd->body) {
    text->at = text->end;
    if (!vcd_more(text) && text->final) return wave_fail(error, "%s: cannot be read a second time", source->name);
  }
  text->at = text->begin + (vcd->body - text->offset);
  return WAVE_OK;
}

static enum vcd_class class_of(const struct vcd_chain *chain) {
  if (chain->kind == WAVE_EVENT) return VCD_SCALAR;
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

static bool make_chains(struct vcd *vcd) {
  const struct wave_decl *decl = &vcd->source.decl;
  size_t count = (size_t)decl->n_handles + 1;
  vcd->chains = calloc(count, sizeof *vcd->chains);
  vcd->touched = malloc(count * sizeof *vcd->touched);
  vcd->owners = malloc(count * sizeof *vcd->owners);
  vcd->times = malloc(VCD_TIMES * sizeof *vcd->times);
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
  bool skipping = false;
  if (*at != '#' || at == vcd->text.begin || !vcd_blank(at[-1])) return false;
  return vcd_token(&at, vcd->text.end, vcd->text.final, &skipping, &change) == VCD_GOT_TIME && vcd_time(vcd, change.text, time) == NULL;
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
  struct vcd *vcd = calloc(1, sizeof *vcd);
  if (vcd == NULL) return wave_fail(error, "%s: out of memory", path);
  size_t size = strlen(path) + 1;
  vcd->source.ops = &vcd_ops;
  vcd->source.bytes = map->size;
  vcd->window = VCD_WINDOW;
  vcd->times_limit = VCD_TIMES;
  wave_decl_init(&vcd->source.decl);
  vcd->source.name = malloc(size);
  enum wave_status status = WAVE_ERROR;
  if (vcd->source.name == NULL || !open_text(vcd, map)) {
    wave_fail(error, "%s: out of memory", path);
  } else {
    memcpy(vcd->source.name, path, size);
    status = vcd_read_header(vcd, error);
  }
  if (status == WAVE_OK) {
    vcd->body = offset_of(&vcd->text, vcd->text.at);
    vcd_ids_finish(&vcd->ids);
    if (!make_chains(vcd)) status = wave_fail(error, "%s: out of memory for its variables", path);
  }
  if (status != WAVE_OK) {
    close_source(&vcd->source); /* the map stays with the caller */
    return status;
  }
  find_hints(vcd);
  vcd->map = *map;
  *map = (struct wave_map){0};
  *source = &vcd->source;
  return WAVE_OK;
}

void wave_vcd_set_window(struct wave_source *source, size_t bytes, uint32_t times) {
  vcd_of(source)->window = bytes;
  vcd_of(source)->times_limit = times < VCD_TIMES ? times : VCD_TIMES;
}
