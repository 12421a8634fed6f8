/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside the VCD reader. vcd_header.c reads the declarations, vcd_ids.c finds handles by id, gzip.c supplies text from gzip, vcd_value.c
 * reads unusual values, vcd_frame.c keeps last values, vcd_quick.c and vcd_cook.c cook the body, vcd_ahead.c warms it up, vcd_chain.c holds
 * what they make, vcd.c gives it block by block, vcd_skip.c passes over equal text that vcd_sound.c finds sound, vcd_catch_up.c finds its
 * last values.
 */
#ifndef WAVE_VCD_INTERNAL_H
#define WAVE_VCD_INTERNAL_H

#include "source.h"

#include <string.h>

enum {
  VCD_WINDOW = 4 << 20, /**< text of a block, about; more with very many handles */
  VCD_WINDOW_MAX = 64 << 20,
  VCD_WINDOW_HANDLE = 160,   /**< text of a block for each handle: a step looks at every pair */
  VCD_TIMES = 1 << 16,       /**< ticks of a block at most, for each VCD_WINDOW of its text */
  VCD_TOKEN_MAX = 16 << 20,  /**< bytes of one change or one declaration */
  VCD_ARENA_MAX = 12 << 20,  /**< chain memory kept from block to block, or as much as a block's text */
  VCD_COOKED_SOFT = 8 << 20, /**< widened values of a block, or as much as its text: it ends at the next tick */
  VCD_COOKED_HARD = 256 << 20,
};
#define VCD_BITS_MAX ((uint64_t)1 << 28) /* of all variables */

/** A piece of text. */
struct vcd_span {
  const uint8_t *at;
  size_t size;
};

/** The text in hand: all of a mapped file, or what is inflated of a gzip. */
struct vcd_text {
  const uint8_t *begin, *at, *end;
  bool final;             /**< nothing comes after end */
  uint64_t offset;        /**< of begin in the whole text */
  uint64_t lines;         /**< line ends before begin */
  struct wave_gzip *gzip; /**< NULL for a mapped file */
};

/** gzip.c: inflates a mapped file into a window that slides. NULL: out of memory. */
struct wave_gzip *wave_gzip_open(const uint8_t *bytes, size_t size);
void wave_gzip_close(struct wave_gzip *gzip);
void wave_gzip_rewind(struct wave_gzip *gzip, struct vcd_text *text);
/** More text behind end; what is before at is given up. False: there is no more (final), or too much is held. */
bool wave_gzip_more(struct wave_gzip *gzip, struct vcd_text *text);
/** Why the text ended early, or NULL. */
const char *wave_gzip_damage(const struct wave_gzip *gzip);
double wave_gzip_progress(const struct wave_gzip *gzip);

/** Of a place in the whole text. */
static inline uint64_t vcd_offset(const struct vcd_text *text, const uint8_t *place) {
  return text->offset + (uint64_t)(place - text->begin);
}

/** More text if there can be; false when what is in hand is all. */
static inline bool vcd_more(struct vcd_text *text) {
  return !text->final && wave_gzip_more(text->gzip, text);
}

/** From id texts to handles. */
struct vcd_ids {
  uint8_t *pool; /**< the ids, each ended by a blank, in the order of their handles */
  size_t pool_used, pool_size;
  uint32_t *place; /**< where each handle's id begins in the pool */
  uint32_t count, count_size;
  uint32_t *hash; /**< handle + 1, or 0; size is a power of two */
  uint32_t hash_size;
  uint32_t *table; /**< by key - key_base, WAVE_NONE where no id is; NULL: the ids are not dense */
  uint64_t key_base, key_span;
  bool last_first; /**< the last character is the lowest digit of a key */
};
/** The handle of an id, WAVE_NONE when it is new. */
uint32_t vcd_ids_find(const struct vcd_ids *ids, const uint8_t *id, size_t size);
/** Adds an id that is new: it gets handle number count. False: out of memory. */
bool vcd_ids_add(struct vcd_ids *ids, const uint8_t *id, size_t size);
/** Makes the direct table after the last id. */
void vcd_ids_finish(struct vcd_ids *ids);
void vcd_ids_free(struct vcd_ids *ids);

/** How a handle's usual changes are written. */
enum vcd_class {
  VCD_SCALAR, /**< one bit */
  VCD_SHORT,  /**< 2 to 64 bits */
  VCD_WIDE,   /**< more bits */
  VCD_OTHER,  /**< a real, a string, a port, an event */
  VCD_SKIP,   /**< not wanted */
};

/** A chain under construction. */
struct vcd_chain {
  uint8_t *bytes;
  uint32_t used, size;
  uint32_t place; /**< of the last entry */
  uint32_t last;  /**< offset of the last entry's value; the character itself for VCD_SCALAR */
  uint32_t width;
  uint8_t class; /**< enum vcd_class */
  uint8_t kind;
  uint8_t two;  /**< the last entry is packed */
  uint8_t room; /**< bytes of a packed VCD_SHORT value */
};

struct vcd_string {
  uint8_t *bytes;
  uint32_t size, room;
};

/** The last value of each handle. */
struct vcd_frame {
  uint8_t *form;  /**< enum wave_form of each handle */
  uint32_t *slot; /**< where its value lies in bytes; which string it is */
  uint8_t *bytes;
  struct vcd_string *strings;
  size_t strings_room;
  uint32_t n_strings, n_handles;
};
bool vcd_frame_init(struct vcd_frame *frame, const struct wave_decl *decl);
void vcd_frame_free(struct vcd_frame *frame);
void vcd_frame_forget(struct vcd_frame *frame);
/** False: out of memory. */
bool vcd_frame_set(struct vcd_frame *frame, uint32_t handle, enum wave_form form, const uint8_t *bytes, size_t size);

/** A value in the form that chains and frames have. */
struct vcd_value {
  const uint8_t *bytes;
  uint32_t size;
  uint8_t form;
};

/** Memory of chains: pieces that are given up together. */
struct vcd_arena {
  struct vcd_piece *pieces;
  size_t total;
};

/** What the words of a body stand in; kept from token to token. */
struct vcd_mode {
  bool skipping; /**< a comment, or a keyword that nobody knows, up to its $end */
  bool dumping;  /**< values that hold, not changes: a $dumpvars or the like up to its $end, at most up to the next time */
};

struct vcd {
  struct wave_source source; /* first */
  struct wave_map map;
  struct vcd_text text;
  struct vcd_ids ids;
  struct vcd_frame frame;
  struct vcd_chain *chains;
  struct vcd_arena arena;
  uint32_t *touched; /**< handles with changes in this block */
  uint32_t n_touched;
  uint32_t *owners; /**< handles with chain memory */
  uint32_t n_owners;
  uint64_t *times;
  uint32_t n_times;
  uint64_t body;      /**< offset of the body in the text */
  uint64_t unit;      /**< ticks of one unit of the file's times */
  unsigned digits;    /**< decimal places of those times */
  uint64_t last_time; /**< of the last '#' */
  bool timed;         /**< there was one, or a value before it */
  bool passed;        /**< a block or a skip came before */
  struct vcd_mode mode;
  bool ended;
  size_t cooked; /**< bytes of widened values in this block */
  size_t window; /**< text of a block */
  size_t arena_limit, cooked_limit;
  uint32_t times_limit;            /**< ticks of a block */
  struct wave_scratch value;       /**< for values that are put together */
  struct wave_scratch split;       /**< for a string's or port's text */
  uint64_t fetched;                /**< the text before this place has had its memory asked for */
  uint64_t behind_from, behind_to; /**< text whose values frame lacks; empty: none */
  uint8_t *newer;                  /**< handles whose frame is newer than that text; NULL: none */
};

/** vcd_header.c: reads the declarations; the text is then at the body. */
enum wave_status vcd_read_header(struct vcd *vcd, struct wave_error *error);

/**
 * vcd_value.c: brings the text of a value (without its first letter for b, r, s, p; a scalar is a value of one digit) into the form of the
 * chain's handle. The bytes are in scratch. NULL when good, or what is wrong: nothing is cut to fit.
 */
const char *vcd_value_read(struct wave_scratch *scratch, const struct vcd_chain *chain, uint8_t letter, struct vcd_span text,
                           struct vcd_value *value);

/** One change as text. */
struct vcd_change {
  uint8_t letter;
  struct vcd_span text;
  struct vcd_span id;
};
enum vcd_got {
  VCD_GOT_CHANGE,
  VCD_GOT_TIME,    /**< change.text: what follows '#' */
  VCD_GOT_NOTHING, /**< a keyword, or a word inside of a comment */
  VCD_GOT_END,     /**< the text is over */
  VCD_GOT_MORE,    /**< the text in hand ends in the middle of it */
  VCD_GOT_CUT,     /**< the text is over in the middle of it */
  VCD_GOT_GARBAGE,
};
/** The next change, time or keyword at *at, which moves behind it. */
enum vcd_got vcd_token(const uint8_t **at, const uint8_t *end, bool final, struct vcd_mode *mode, struct vcd_change *change);
/** The number behind '#', in ticks; UINT64_MAX - 1 where it does not fit. NULL when good, or what is wrong. */
const char *vcd_time(const struct vcd *vcd, struct vcd_span text, uint64_t *time);

/** What a text says of time. */
struct vcd_told {
  bool timed;
  uint64_t first, last; /**< ticks */
};
/** vcd_sound.c: whether the text from a token on is whole tokens that cooking would take, to its end. Any thread. */
bool vcd_is_sound(const struct vcd *vcd, const uint8_t *at, const uint8_t *end, struct vcd_told *told);

/** vcd_catch_up.c: reads the text behind the frame for its last values. False: out of memory. */
bool vcd_catch_up(struct vcd *vcd);

/** vcd.c: what it does. */
extern const struct wave_source_ops vcd_ops;
/** vcd_skip.c: passes over text far before a tick, as source.h says of seek. */
void vcd_seek(struct wave_source *source, uint64_t tick);
/** vcd.c: moves to a place of the text whose tick is later than last_time; the values in between are behind. */
bool vcd_pass(struct vcd *vcd, const uint8_t *place, uint64_t last_time);

/** For tests: smaller windows. Before the first block. */
void wave_vcd_set_window(struct wave_source *source, size_t bytes, uint32_t times);

static inline bool vcd_blank(uint8_t c) {
  return c <= ' ';
}

static inline uint64_t vcd_load(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

/** Stores a number, lowest byte first. */
static inline void vcd_store(uint8_t *at, uint64_t word) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  memcpy(at, &word, 8);
}

/** A high bit in the first byte that is 0x20 or lower, and perhaps in bytes after it; bytes from 0x80 on are none. */
static inline uint64_t vcd_blanks(uint64_t word) {
  return (word - 0x2121212121212121u) & ~word & 0x8080808080808080u;
}

/** Seven bits of each byte, close together; most ids have no more than two. */
static inline uint64_t vcd_squeeze(uint64_t word) {
  if (word >> 16 == 0) return (word & 0x7f) | (word & 0x7f00) >> 1;
  word = (word & 0x007f007f007f007fu) | (word & 0x7f007f007f007f00u) >> 1;
  word = (word & 0x00003fff00003fffu) | (word & 0x3fff00003fff0000u) >> 2;
  return (word & 0x000000000fffffffu) | (word & 0x0fffffff00000000u) >> 4;
}

/** The key of an id of up to 8 characters, given with zeros behind it in a word; bits: 8 times its length. */
static inline uint64_t vcd_key(uint64_t id, unsigned bits, bool last_first) {
  return vcd_squeeze(last_first ? __builtin_bswap64(id) >> (-bits & 63) : id);
}

/** Eight digits 0 and 1 as bits, the first in bit 7. */
static inline uint8_t vcd_pack8(uint64_t digits) {
  return (uint8_t)(((digits & 0x0101010101010101u) * 0x8040201008040201u) >> 56);
}

#endif
