/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the entries of a chain one by one. Inline: this is the innermost loop. */
#ifndef WAVE_WALK_H
#define WAVE_WALK_H

#include "source.h"

#include <string.h>

struct wave_walk {
  struct wave_chain chain;
  const uint8_t *mark; /* chain.at when base was counted */
  uint64_t base;       /* unpacked bytes before mark */
  uint64_t place;      /* of the entry last read */
  struct wave_value value;
  uint32_t width;
  uint8_t kind;
  bool damaged;
};

static inline uint64_t wave_walk_offset(const struct wave_walk *walk) {
  return walk->base + (uint64_t)(walk->chain.at - walk->mark);
}

/* offset: unpacked bytes already read; place: of the last entry read. */
static inline bool wave_walk_open(struct wave_walk *walk, const struct wave_source *source, uint32_t handle, struct wave_scratch *scratch,
                                  uint64_t offset, uint64_t place) {
  walk->kind = source->decl.handles[handle].kind;
  walk->width = source->decl.handles[handle].width;
  walk->damaged = false;
  walk->place = place;
  if (!source->ops->chain(source, handle, scratch, &walk->chain) || !wave_chain_skip(&walk->chain, offset)) {
    walk->damaged = true;
    walk->chain = (struct wave_chain){0};
  }
  walk->mark = walk->chain.at;
  walk->base = offset;
  return !walk->damaged;
}

/* Makes sure of n bytes; false when the chain has fewer. */
bool wave_walk_need(struct wave_walk *walk, uint64_t n);

/* The characters of scalar entries: value.bytes points into this. */
extern const uint8_t wave_scalar[10];

/* Reads the next entry into place and value: 1; 0 at the end, -1 where the chain is damaged. */
static inline int wave_walk_next(struct wave_walk *walk) {
  uint64_t head;
  if (walk->chain.end - walk->chain.at < 10 && walk->chain.more && !wave_walk_need(walk, 10)) goto damaged;
  if (walk->chain.at == walk->chain.end) return 0;
  const uint8_t *at = wave_varint(walk->chain.at, walk->chain.end, &head);
  if (at == NULL) goto damaged;
  walk->chain.at = at;
  if (walk->width == 1 && walk->kind != WAVE_PORT) {
    walk->value.form = WAVE_NINE;
    walk->value.size = 1;
    if (head & 1) {
      walk->value.bytes = &wave_scalar[2 + (head >> 1 & 7)];
      walk->place += head >> 4;
    } else {
      walk->value.bytes = &wave_scalar[head >> 1 & 1];
      walk->place += head >> 2;
    }
    return 1;
  }
  walk->place += head >> 1;
  uint64_t size;
  if (walk->kind == WAVE_BITS || walk->kind == WAVE_PORT || walk->kind == WAVE_EVENT) {
    bool nine = head & 1;
    size = nine ? walk->width : (walk->width + 7) / 8;
    walk->value.form = walk->kind == WAVE_PORT ? WAVE_BYTES : nine ? WAVE_NINE : WAVE_TWO;
  } else if (walk->kind == WAVE_REAL) {
    if (!(head & 1)) goto damaged; /* a double packed as bits: no writer does so */
    size = 8;
    walk->value.form = WAVE_DOUBLE;
  } else {
    if (walk->chain.end - walk->chain.at < 10 && walk->chain.more && !wave_walk_need(walk, 10)) goto damaged;
    at = wave_varint(walk->chain.at, walk->chain.end, &size);
    if (head & 1) goto damaged; /* no writer does so */
    if (at == NULL || size > UINT32_MAX) goto damaged;
    walk->chain.at = at;
    walk->value.form = WAVE_BYTES;
  }
  if ((uint64_t)(walk->chain.end - walk->chain.at) < size && !wave_walk_need(walk, size)) goto damaged;
  walk->value.bytes = walk->chain.at;
  walk->value.size = (uint32_t)size;
  walk->chain.at += size;
  return 1;
damaged:
  walk->damaged = true;
  return -1;
}

#endif
