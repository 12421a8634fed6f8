/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which variables of the two files are the same signal. By path, then by range; what one file holds as a vector and the other bit by bit is
 * put together, and bits of one index are compared with each other. Variables that are aliases on both sides are one pair.
 */
#ifndef WAVE_MATCH_H
#define WAVE_MATCH_H

#include "decl.h"
#include "error.h"
#include "rules.h"

/** Some bits of a handle; of a port its states, as 0 1 x z. */
struct wave_piece {
  uint32_t handle;
  uint32_t first, width; /**< from the first bit of the handle on */
  bool reversed;         /**< these bits, the last one first */
};

/** A vector made of pieces of handles, first bit first. */
struct wave_composite {
  struct wave_piece *pieces;
  uint32_t n, width;
  uint32_t next; /**< the next one with the same first handle, or WAVE_NONE */
};

/** One side of all variables: paths, and what is put together. */
struct wave_names {
  const struct wave_decl *decl;
  uint32_t *pair;  /**< of each variable: WAVE_NONE: none */
  uint8_t *fate;   /**< of each variable: enum wave_fate */
  uint32_t *other; /**< of each variable: the matched one of the other side, or WAVE_NONE */
  struct wave_composite *composites;
  uint32_t n_composites;
  uint32_t *composite_of; /**< of each handle: the last composite that begins with it, or WAVE_NONE; NULL: there are none */
};

enum wave_fate {
  WAVE_UNMATCHED,
  WAVE_MATCHED,
  WAVE_EXCLUDED,
  WAVE_OTHER_WIDTH,
  WAVE_OTHER_TYPE,
  WAVE_PIECE,   /**< of a vector that the other side has whole */
  WAVE_PARTIAL, /**< the other side has only some of its bits: these are compared */
  WAVE_REPEAT,  /**< declared before with the same name and handle */
};

/** Whether a variable of this fate is compared, if only in part. */
static inline bool wave_is_compared(uint8_t fate) {
  return fate == WAVE_MATCHED || fate == WAVE_PIECE || fate == WAVE_PARTIAL || fate == WAVE_REPEAT;
}

struct wave_pair {
  uint32_t golden, fresh; /**< a handle, or n_handles + index of a composite */
  uint32_t var, new_var;  /**< the name it goes by: the one furthest up */
  uint32_t rule;          /**< index, or WAVE_NONE */
  uint32_t width;
  uint8_t kind;
};

/** Pairs of variables that only their values tell apart: one path, declared alike (ties.h). */
enum { WAVE_TIE_MOST = 8 };
struct wave_tie {
  uint32_t pairs[WAVE_TIE_MOST];
  uint32_t n;
};

struct wave_match {
  struct wave_names golden, fresh;
  struct wave_pair *pairs;
  uint32_t n_pairs;
  struct wave_tie *ties;
  uint32_t n_ties;
  uint32_t n_by_order; /**< variables of golden that would be in a larger tie */
  uint64_t excluded;
  bool *rule_fits;   /**< of each rule: it is the one for some variable of golden or new */
  bool *rename_fits; /**< of each top and rename: it moves some variable of new */
};

/** A pair's handle on a side: WAVE_GOLDEN 0, WAVE_FRESH 1. */
static inline uint32_t wave_pair_handle(const struct wave_pair *pair, int side) {
  return side == 0 ? pair->golden : pair->fresh;
}

/** The composite that a handle of a pair stands for; NULL: a handle of the file. */
static inline const struct wave_composite *wave_composite_of(const struct wave_names *names, uint32_t handle) {
  return handle < names->decl->n_handles ? NULL : &names->composites[handle - names->decl->n_handles];
}

/** Whether the pair is one handle of each file, of the same number: then equal text with equal ids is equal changes. */
static inline bool wave_pair_straight(const struct wave_match *match, const struct wave_pair *pair) {
  return pair->golden == pair->fresh && pair->golden < match->golden.decl->n_handles && pair->fresh < match->fresh.decl->n_handles;
}

enum wave_status wave_match(struct wave_match *match, const struct wave_decl *golden, const struct wave_decl *fresh,
                            const struct wave_rules *rules, struct wave_error *error);
void wave_match_free(struct wave_match *match);

/** The dotted path of a variable, without its range; returns its length even where it is cut to size. */
size_t wave_path(const struct wave_decl *decl, uint32_t var, char *text, size_t size);
/** With its range, on the heap. */
char *wave_full_path(const struct wave_decl *decl, uint32_t var);
/** Of a scope, on the heap; "" for WAVE_NONE. */
char *wave_full_scope(const struct wave_decl *decl, uint32_t scope);
uint32_t wave_depth(const struct wave_decl *decl, uint32_t var);
/** The variable of a path (range allowed behind it), or WAVE_NONE. */
uint32_t wave_find(const struct wave_decl *decl, const char *path);

#endif
