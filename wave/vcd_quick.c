/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quick path: what simulators write all day (0 and 1, one change a line, known ids). At anything else it stops in front of it.
 */
#include "vcd_chain.h"
#include "vcd_cook.h"
#include "vcd_scan.h"

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
  for (; size > width; size--) {
    if (*digits++ != '0') return NULL;
  }
  if (!vcd_chain_room(vcd, handle, (size_t)bytes + VCD_ENTRY_MAX)) return NULL;
  vcd_touch(vcd, handle);
  struct vcd_chain *chain = &vcd->chains[handle];
  uint8_t *to = vcd_put_step(chain->bytes + chain->used, (uint64_t)(pen.place - chain->place) << 1);
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

/* A time: STEP_GO when it is taken, STEP_BLOCK at the block's end, STEP_MORE when it is for the careful path. */
static enum vcd_step quick_tick(struct vcd *vcd, const struct vcd_limits *limits, const uint8_t **at) {
  uint64_t time;
  const uint8_t *end;
  if (!vcd_quick_time(vcd, *at, &time, &end) || time < vcd->last_time || time > vcd->source.last_allowed) return STEP_MORE;
  if (time > vcd->last_time) {
    if (vcd_block_is_full(vcd, limits, *at, time)) return STEP_BLOCK;
    vcd_begin_tick(vcd, time);
  }
  vcd->mode.dumping = false;
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
  if (size > width && digits << (64 - (size - width)) != 0) return false;   /* more than zeros in front */
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
static inline __attribute__((always_inline)) enum vcd_step quick(struct vcd *vcd, const struct vcd_limits *limits, const uint8_t *limit,
                                                                 bool last_first) {
  const uint8_t *at = vcd->text.at, *next;
  struct pen pen = take_pen(vcd);
  enum vcd_step step = STEP_GO;
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

static enum vcd_step quick_first_low(struct vcd *vcd, const struct vcd_limits *limits, const uint8_t *limit) {
  return quick(vcd, limits, limit, false);
}
static enum vcd_step quick_last_low(struct vcd *vcd, const struct vcd_limits *limits, const uint8_t *limit) {
  return quick(vcd, limits, limit, true);
}

enum vcd_step vcd_quick(struct vcd *vcd, const struct vcd_limits *limits) {
  const uint8_t *limit = vcd->text.end - VCD_MARGIN, *end;
  enum vcd_step step;
  do {
    end = vcd_fetch_ahead(vcd, limit);
    step = vcd->ids.last_first ? quick_last_low(vcd, limits, end) : quick_first_low(vcd, limits, end);
  } while (step == STEP_GO && vcd->text.at >= end && end < limit);
  return step;
}
