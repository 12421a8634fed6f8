/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/blocks.h"

#include "base/cold.h"
#include "base/memory.h"
#include "base/wide.h"
#include "channel/correction.h"

#include <stdlib.h>
#include <string.h>

#define PS_PER_S 1000000000000u

enum { WORD_BITS = 64 };

static size_t bitmap_words(const struct oio_blocks *b) {
  return (b->data_bits + WORD_BITS - 1) / WORD_BITS;
}

/* The greatest common divisor, so that the products of a long run fit. */
static uint64_t common(uint64_t a, uint64_t b) {
  while (b != 0) {
    const uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static void set_times(struct oio_blocks *b, uint64_t rate_bits_per_s) {
  const uint64_t shared = common(b->symbols, b->data_symbols);
  b->rate_bits_per_s = rate_bits_per_s;
  b->unit_num = (uint64_t)OIO_UNIT_BITS * PS_PER_S * (b->symbols / shared);
  b->unit_den = rate_bits_per_s * (b->data_symbols / shared);
  b->block_num = b->line_bits * PS_PER_S;
  b->flit_ps = oio_wide_divide(OIO_FLIT_UNITS, b->unit_num, b->unit_den, &b->flit_rest);
}

static void look_at_block(struct oio_blocks *b) {
  uint64_t rest;
  b->whole_ps = b->origin_ps + oio_wide_divide(b->block + 1, b->block_num, b->rate_bits_per_s, &rest);
}

/* The zeros that the line begins with, and what is written before it is read: the widest first, behind whole words. */
static size_t line_words(const struct oio_blocks *b) {
  return ((size_t)b->ways * b->symbols * sizeof *b->line + sizeof(uint64_t) - 1) / sizeof(uint64_t);
}

static size_t room_bytes(const struct oio_blocks *b) {
  return (line_words(b) + 2 * bitmap_words(b)) * sizeof(uint64_t) + (size_t)b->ways * b->symbols * sizeof *b->hit +
         b->symbols * (sizeof *b->errors + 2 * sizeof *b->residual);
}

/* All in one, so that of a wire without errors no more than its beginning is touched. */
static bool make_room(struct oio_blocks *b) {
  b->room = malloc(room_bytes(b));
  if (b->room == NULL) return false;
  memset(b->room, 0, line_words(b) * sizeof *b->room);
  b->line = (uint16_t *)(void *)b->room;
  b->seen[0].bitmap = b->room + line_words(b);
  b->seen[1].bitmap = b->seen[0].bitmap + bitmap_words(b);
  b->hit = (uint32_t *)(void *)(b->seen[1].bitmap + bitmap_words(b));
  b->errors = (struct oio_fec_error *)(void *)(b->hit + (size_t)b->ways * b->symbols);
  b->residual = b->errors + b->symbols;
  return true;
}

static bool take_tables(struct oio_blocks *b, const struct oio_fec_code *code, const struct oio_fec *fec) {
  b->fec = fec;
  if (fec == NULL && oio_fec_create(&b->own, code, NULL, NULL) == OIO_OK) b->fec = b->own;
  return b->fec != NULL;
}

bool oio_blocks_create(struct oio_blocks *b, const struct oio_fec_code *code, const struct oio_fec *fec, uint32_t ways,
                       uint64_t rate_bits_per_s) {
  *b = (struct oio_blocks){.ways = ways, .symbols = code->symbols, .data_symbols = code->data_symbols, .symbol_bits = code->symbol_bits};
  b->data_bits = (uint64_t)ways * code->data_symbols * code->symbol_bits;
  b->line_bits = (uint64_t)ways * code->symbols * code->symbol_bits;
  set_times(b, rate_bits_per_s);
  look_at_block(b);
  if (make_room(b) && take_tables(b, code, fec)) return true;
  oio_blocks_destroy(b);
  return false;
}

void oio_blocks_destroy(struct oio_blocks *b) {
  oio_fec_destroy(b->own);
  free(b->room);
  *b = (struct oio_blocks){0};
}

void oio_blocks_memory(const struct oio_blocks *b, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *b);
  oio_memory_add_untouched(memory, room_bytes(b));
  if (b->own != NULL) oio_fec_memory(b->own, memory);
}

void oio_blocks_begin(struct oio_blocks *b, oio_time_ps origin_ps, uint64_t rate_bits_per_s) {
  set_times(b, rate_bits_per_s);
  b->origin_ps = b->end_ps = origin_ps;
  b->end_rest = b->block = b->end_bits = b->next = 0;
  for (unsigned i = 0; i < 2; i++) b->seen[i].wrong = b->seen[i].condemned = false;
  look_at_block(b);
}

oio_time_ps oio_blocks_ps(const struct oio_blocks *b) {
  return b->block_num / b->rate_bits_per_s + 1;
}

/* ---- where a flit stands ---- */

/* The wire has been idle: the stream has gone on to the first unit that begins at start_ps or later. */
OIO_COLD static void go_on(struct oio_blocks *b, oio_time_ps start_ps) {
  uint64_t rest, units = oio_wide_divide(start_ps - b->origin_ps, b->unit_den, b->unit_num, &rest);
  if (rest > 0) units++;
  b->end_ps = b->origin_ps + oio_wide_divide(units, b->unit_num, b->unit_den, &b->end_rest);
  b->block = oio_wide_divide(units, OIO_UNIT_BITS, b->data_bits, &b->end_bits);
  look_at_block(b);
}

struct oio_stand oio_blocks_stand(struct oio_blocks *b, oio_time_ps start_ps) {
  if (start_ps > b->end_ps) go_on(b, start_ps);
  struct oio_stand stand = {.begin_ps = b->end_ps};
  b->end_ps += b->flit_ps;
  b->end_rest += b->flit_rest;
  if (b->end_rest >= b->unit_den) {
    b->end_rest -= b->unit_den;
    b->end_ps++;
  }
  b->end_bits += OIO_FLIT_BITS;
  if (b->end_bits > b->data_bits) {
    b->end_bits -= b->data_bits;
    b->block++;
    look_at_block(b);
  }
  stand.end_ps = b->end_ps;
  stand.whole_ps = b->whole_ps;
  return stand;
}

/* ---- what is wrong in a block ---- */

/* Draws the wrong bits of the line into b->line. Returns how many symbols they are in; b->hit has their places, in order. */
static uint32_t draw(struct oio_blocks *b, struct oio_errors *errors, struct oio_channel_state *counted) {
  uint32_t count = 0;
  uint64_t bit = oio_errors_first(errors);
  for (; bit < b->line_bits; bit = oio_errors_after(errors, bit)) {
    const uint32_t place = (uint32_t)(bit / b->symbol_bits);
    if (b->line[place] == 0) b->hit[count++] = place;
    b->line[place] |= (uint16_t)(1u << bit % b->symbol_bits);
    counted->wrong_bits++;
  }
  oio_errors_leave(errors, bit - b->line_bits);
  return count;
}

/* Which message bits a wrong symbol of a codeword is. */
static void mark(struct oio_blocks *b, struct oio_block *block, uint32_t way, const struct oio_fec_error *error) {
  const uint32_t place = error->symbol * b->ways + way;
  if (place >= b->ways * b->data_symbols) return;
  if (!block->wrong) memset(block->bitmap, 0, bitmap_words(b) * sizeof *block->bitmap);
  block->wrong = true;
  for (unsigned i = 0; i < b->symbol_bits; i++) {
    const uint64_t bit = (uint64_t)place * b->symbol_bits + i;
    block->bitmap[bit / WORD_BITS] |= (uint64_t)(error->value >> i & 1) << bit % WORD_BITS;
  }
}

static void decode_way(struct oio_blocks *b, struct oio_block *block, uint32_t way, uint32_t hit_count, struct oio_channel_state *counted) {
  uint32_t count = 0, left;
  for (uint32_t i = 0; i < hit_count; i++) {
    const uint32_t place = b->hit[i];
    if (place % b->ways == way) b->errors[count++] = (struct oio_fec_error){.symbol = (uint16_t)(place / b->ways), .value = b->line[place]};
  }
  if (count == 0) return;
  block->condemned |= oio_correct(b->mode, b->fec, b->symbols, b->errors, count, b->residual, &left, counted);
  for (uint32_t i = 0; i < left; i++) mark(b, block, way, &b->residual[i]);
}

OIO_COLD static void decode_wrong(struct oio_blocks *b, struct oio_block *block, struct oio_errors *errors,
                                  struct oio_channel_state *counted) {
  const uint32_t hit_count = draw(b, errors, counted);
  for (uint32_t way = 0; way < b->ways; way++) decode_way(b, block, way, hit_count, counted);
  for (uint32_t i = 0; i < hit_count; i++) b->line[b->hit[i]] = 0;
}

static void decode(struct oio_blocks *b, uint64_t number, struct oio_errors *errors, struct oio_channel_state *counted) {
  struct oio_block *block = &b->seen[number % 2];
  block->number = number;
  block->wrong = block->condemned = false;
  counted->codewords += b->ways;
  if (oio_errors_within(errors, b->line_bits)) decode_wrong(b, block, errors, counted);
}

/* The flit has a bit in this block: what is wrong there is wrong in it. False: nothing is. */
static bool flip(const struct oio_blocks *b, const struct oio_block *block, const struct oio_errors *errors, struct oio_wire *wire) {
  /* The flit begins so many bits behind the beginning of the block; before it: negative. */
  const int64_t begin = (int64_t)(b->end_bits + (b->block - block->number) * b->data_bits) - OIO_FLIT_BITS;
  const uint64_t from = begin > 0 ? (uint64_t)begin : 0;
  const uint64_t end = (uint64_t)(begin + OIO_FLIT_BITS), until = end < b->data_bits ? end : b->data_bits;
  bool any = false;
  for (uint64_t bit = from; bit < until; bit++) {
    if ((block->bitmap[bit / WORD_BITS] >> bit % WORD_BITS & 1) == 0) continue;
    oio_errors_flip(errors, wire, (unsigned)((int64_t)bit - begin));
    any = true;
  }
  return any;
}

OIO_COLD static void spoil(const struct oio_blocks *b, uint64_t first, const struct oio_errors *errors, struct oio_wire *wire,
                           struct oio_channel_state *counted) {
  bool wrong = false, condemned = false;
  for (uint64_t number = first; number <= b->block; number++) {
    const struct oio_block *block = &b->seen[number % 2];
    if (block->wrong) wrong |= flip(b, block, errors, wire);
    condemned |= block->condemned;
  }
  if (condemned) oio_errors_condemn(errors, wire);
  counted->condemned_flits += condemned;
  counted->wrong_flits += wrong || condemned;
}

void oio_blocks_decode(struct oio_blocks *b, struct oio_errors *errors, struct oio_wire *wire, struct oio_channel_state *counted) {
  const uint64_t first = b->block - (b->end_bits < OIO_FLIT_BITS);
  if (b->next < first) b->next = first;
  for (; b->next <= b->block; b->next++) decode(b, b->next, errors, counted);
  const struct oio_block *one = &b->seen[first % 2], *other = &b->seen[b->block % 2];
  if (OIO_UNLIKELY(one->wrong || one->condemned || other->wrong || other->condemned)) spoil(b, first, errors, wire, counted);
}

/* ---- saved and loaded ---- */

/* Of the last block what the flits behind the last one will find in it; what is before is over. */
static void keep_block(struct oio_blocks *b, struct oio_block *block, struct oio_checkpoint *c) {
  if (oio_checkpoint_loads(c)) memset(block->bitmap, 0, bitmap_words(b) * sizeof *block->bitmap);
  block->number = b->block;
  OIO_KEEP(c, block->wrong, true);
  OIO_KEEP(c, block->condemned, true);
  for (size_t i = b->end_bits / WORD_BITS; block->wrong && i < bitmap_words(b); i++) OIO_KEEP_ANY(c, block->bitmap[i]);
}

/* More than there are up to the horizon. */
#define BLOCKS_MAX (UINT64_C(1) << 58)

/* Are place and time of the last flit's end those of one point of the line? What is decoded is known by its place alone. */
static bool agrees(const struct oio_blocks *b, oio_time_ps end_ps) {
  const oio_wide bits = (oio_wide)b->block * b->data_bits + b->end_bits, passed = bits / OIO_UNIT_BITS * b->unit_num;
  return bits % OIO_UNIT_BITS == 0 && end_ps >= b->origin_ps && passed / b->unit_den == end_ps - b->origin_ps &&
         passed % b->unit_den == b->end_rest;
}

void oio_blocks_checkpoint(struct oio_blocks *b, oio_time_ps end_ps, struct oio_checkpoint *c) {
  bool decoded = b->next > b->block;
  OIO_KEEP_ANY(c, b->origin_ps);
  OIO_KEEP(c, b->end_rest, b->unit_den - 1);
  OIO_KEEP(c, b->block, BLOCKS_MAX);
  OIO_KEEP(c, b->end_bits, b->data_bits);
  if (!oio_checkpoint_require(c, "b->block", agrees(b, end_ps))) return;
  OIO_KEEP(c, decoded, true);
  struct oio_block *last = &b->seen[b->block % 2], *other = &b->seen[(b->block + 1) % 2];
  if (decoded) keep_block(b, last, c);
  if (!oio_checkpoint_loads(c)) return;
  b->next = b->block + decoded;
  if (!decoded) last->wrong = last->condemned = false;
  other->wrong = other->condemned = false;
  b->end_ps = end_ps;
  look_at_block(b);
}
