/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a waveform file declares: scopes, variables, and the handles that hold values. Several variables may share a handle (aliases).
 * Names are canonical: no leading backslash, no trailing blanks; a range `[msb:lsb]` at the end is split off; trailing indices `(3)` or `
 * [3]` are written `[3]`. A name is never split at a dot.
 */
#ifndef WAVE_DECL_H
#define WAVE_DECL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAVE_NONE UINT32_MAX
/** Bits of a variable at most: what is claimed beyond that is taken for damage. */
#define WAVE_WIDTH_MAX ((uint32_t)1 << 20)

enum wave_kind {
  WAVE_BITS,   /**< two-, four- or nine-valued, width >= 1 */
  WAVE_REAL,   /**< an IEEE 754 double */
  WAVE_STRING, /**< any bytes */
  WAVE_EVENT,  /**< happens at a time, has no state */
  WAVE_PORT,   /**< an EVCD port: "value strengths strengths" as width characters, taken as they are */
};

struct wave_scope {
  uint32_t parent; /**< WAVE_NONE at the top */
  uint32_t name;   /**< offset into names */
  uint8_t type;    /**< as the FST format numbers scope types */
};

struct wave_var {
  uint32_t scope; /**< WAVE_NONE when it stands outside of any scope */
  uint32_t name;
  uint32_t handle; /**< from 0 */
  int32_t msb, lsb;
  bool ranged;       /**< a range was declared */
  uint8_t type;      /**< as the FST format numbers variable types */
  uint8_t direction; /**< as the FST format numbers directions */
};

struct wave_handle {
  uint32_t width; /**< bits; 64 for a real, 0 for a string, 1 for an event, the characters of a port (3 * bits + 2) */
  uint8_t kind;   /**< enum wave_kind */
};

/** The bits of a handle that is a vector of bits, an event or a port; 0 for others. */
static inline uint32_t wave_bits_of(const struct wave_handle *handle) {
  if (handle->kind == WAVE_PORT) return handle->width < 2 ? 0 : (handle->width - 2) / 3;
  return handle->kind == WAVE_BITS || handle->kind == WAVE_EVENT ? handle->width : 0;
}

struct wave_decl {
  struct wave_scope *scopes;
  struct wave_var *vars;
  struct wave_handle *handles;
  char *names; /**< NUL-terminated texts, one after the other */
  size_t names_used, names_size;
  uint32_t n_scopes, n_vars, n_handles;
  uint32_t scopes_size, vars_size, handles_size;
  int timescale_exponent; /**< one tick is 10^this seconds */
  bool timescale_known;
  uint32_t unit_mantissa; /**< the file counts time in units of so many times a power of ten seconds; 0 is 1 */
  uint32_t unit_places;   /**< and has so many decimal places of them: a tick is that part of the power of ten */
  uint32_t tick_divisor;  /**< times in ticks are divided by this; 0 is 1 */
  int64_t timezero;       /**< ticks to add to every time */
};

void wave_decl_init(struct wave_decl *decl);
void wave_decl_free(struct wave_decl *decl);
/** Each returns the new index, or WAVE_NONE when memory or the index range ran out, or a handle is wider than WAVE_WIDTH_MAX. A scope that
 * the parent has already (same name) is reused. */
uint32_t wave_decl_scope(struct wave_decl *decl, uint32_t parent, uint8_t type, const char *name, size_t length);
uint32_t wave_decl_handle(struct wave_decl *decl, enum wave_kind kind, uint32_t width);
uint32_t wave_decl_var(struct wave_decl *decl, uint32_t scope, uint8_t type, uint8_t direction, const char *name, size_t length,
                       uint32_t handle);
/** The unit that the file counts in is 10^exponent seconds, whatever the file says. */
void wave_decl_set_unit(struct wave_decl *decl, int exponent);
/** What is known to be of this type, e.g. "wire"; WAVE_NONE for no such word. VCD's words are these. */
uint8_t wave_type_of_word(const char *word, size_t length);
#define WAVE_TYPE_UNKNOWN 255
enum wave_kind wave_kind_of_type(uint8_t type, uint32_t width);

#endif
