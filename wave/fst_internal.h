/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the two halves of the FST reader: fst_header.c (blocks, geometry, hierarchy) and fst.c (value changes). */
#ifndef WAVE_FST_INTERNAL_H
#define WAVE_FST_INTERNAL_H

#include "source.h"

enum {
  FST_HEADER = 0,
  FST_CHANGES = 1,
  FST_BLACKOUT = 2,
  FST_GEOMETRY = 3,
  FST_HIERARCHY = 4,
  FST_CHANGES_ALIAS = 5,
  FST_HIERARCHY_LZ4 = 6,
  FST_HIERARCHY_LZ4_TWICE = 7,
  FST_CHANGES_ALIAS_2 = 8,
  FST_GZIP = 254,
  FST_UNFINISHED = 255,
};

/* A block in the file: at its first byte after the length. */
struct fst_block {
  uint64_t at, size;
  uint8_t type;
};

struct fst {
  struct wave_source source;
  struct wave_map map;   /* the file */
  struct wave_map plain; /* what was in its gzip wrapper; or the same as map */
  bool wrapped;
  struct fst_block *blocks; /* those with value changes */
  uint32_t n_blocks, blocks_size;
  uint32_t next_block;
  uint64_t last_time;                 /* times never go back */
  uint64_t told_handles, told_blocks; /* by the header */

  /* The current block. */
  const struct fst_block *block;
  uint8_t pack;
  const uint8_t *chains; /* chain offsets count from here */
  const uint8_t *frame_packed;
  uint64_t frame_packed_size, frame_size, frame_handles;
  uint8_t *frame;         /* NULL until loaded */
  uint64_t *frame_places; /* of each handle in a frame; one more at the end */
  uint64_t *chain_at;     /* 0: none */
  uint32_t *chain_size;
  uint32_t chain_handles;
  uint64_t end;
  bool last_piece; /* what follows is beyond last_allowed */
  uint64_t *times;
  uint64_t places, place; /* in the table; the next one to give */
  uint64_t time;
  struct wave_scratch times_scratch;
  struct wave_chain times_chain; /* the unpacked table */
};

/* A place in bytes with an end; reading past it sets bad. */
struct fst_bytes {
  const uint8_t *at, *end;
  bool bad;
};
uint64_t fst_get_u64(struct fst_bytes *bytes);
uint64_t fst_get_varint(struct fst_bytes *bytes);

/* Finds the blocks and reads the declarations. */
enum wave_status fst_read_header(struct fst *fst, const char *path, struct wave_error *error);
/* Says why the rest of the file cannot be used. */
void fst_partial(struct fst *fst, uint64_t at, const char *what);

#endif
