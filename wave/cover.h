/* SPDX-License-Identifier: Apache-2.0 */
/** Which of several files, the parts of a run, have the variables of one: by path and declaration, without reading a value. */
#ifndef WAVE_COVER_H
#define WAVE_COVER_H

#include "rules.h"
#include "source.h"

struct wave_cover {
  struct wave_source *golden;
  uint32_t n_parts;
  uint32_t *of_var;    /**< of each variable of golden: how many parts have it; WAVE_NONE: rules leave it out */
  uint32_t *variables; /**< of each scope of golden, the last for none: variables that count */
  uint32_t *of_scope;  /**< of each scope and part: how many of these the part has */
  uint64_t in_one, in_several, in_none;
};

/** Matches the declarations of golden with those of each part. Free it whatever this returns. */
enum wave_status wave_cover_make(struct wave_cover *cover, const char *golden, const char *const *parts, uint32_t n,
                                 const struct wave_rules *rules, struct wave_error *error);
void wave_cover_free(struct wave_cover *cover);

#endif
