/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the steps of a match: match.c joins by path, match_pieces.c what one side has in other pieces. */
#ifndef WAVE_MATCH_INTERNAL_H
#define WAVE_MATCH_INTERNAL_H

#include "match.h"

#include <stdlib.h>
#include <string.h>

/* The variables of a side by path: open addressing on the path's hash; variables of one path hang on each other in the order of
 * declaration. */
struct table {
  const struct wave_decl *decl;
  const struct wave_rules *renames; /* of new: paths are those that the renames give; NULL: as declared */
  bool *rename_fits;                /* those that were applied */
  uint32_t *slots;                  /* the first variable of a path, or WAVE_NONE */
  uint32_t *next;                   /* of each variable: the next of the same path */
  uint32_t *last;                   /* of the first: the last */
  uint64_t *hash;                   /* of each variable */
  uint32_t mask;
};

/* A path in memory that grows. */
struct path {
  char *text;
  size_t size, length;
};

/* What a match is made with. */
struct work {
  struct wave_match *match;
  const struct wave_rules *rules;
  struct table golden, fresh; /* fresh: by the paths that the renames give */
  uint32_t *golden_rule;      /* of each variable of golden, or WAVE_NONE */
  uint32_t *golden_left;      /* golden.next without those that are matched */
  uint32_t *twins;            /* of each scope of golden: the scope of new that has the same scopes above it, or WAVE_NONE: not known */
  uint32_t *pair_slots;       /* pairs by both handles and rule */
  uint32_t pair_mask;
  struct path path, room;
};

static inline const struct wave_handle *wave_handle_of(const struct wave_decl *decl, uint32_t var) {
  return &decl->handles[decl->vars[var].handle];
}

static inline bool wave_same_range(const struct wave_var *a, const struct wave_var *b) {
  return a->ranged == b->ranged && (!a->ranged || (a->msb == b->msb && a->lsb == b->lsb));
}

/* --- match.c --- */

/* The path that a variable goes by in a comparison. False: no memory. */
bool wave_table_path(const struct table *table, struct path *path, uint32_t var);
/* The first variable of a path, or WAVE_NONE. */
uint32_t wave_table_first(const struct table *table, const char *path, size_t length, struct path *room);
/* The pair of two handles under a rule, a new one if need be. */
uint32_t wave_pair_for(struct work *work, struct wave_pair wanted);
/* Joins two variables of the same name: as a pair, or as declared otherwise. False: no memory. */
bool wave_join(struct work *work, uint32_t golden, uint32_t fresh);

/* --- match_pieces.c --- */

/* An array with room for one more, grown at powers of two; NULL: no memory. */
void *wave_room_for_more(void *array, uint32_t used, size_t item);
/* The handle of a composite of these pieces, which are copied; WAVE_NONE: no memory. */
uint32_t wave_composite_handle(struct wave_names *names, const struct wave_piece *pieces, uint32_t n);
/* Vectors that one side has whole and the other in pieces. partial: also those of which some bits are in no piece. False: no memory. */
bool wave_join_pieces(struct work *work, bool partial);

#endif
