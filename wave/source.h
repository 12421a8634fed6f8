/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A waveform file, read block by block. A block is a span of time with the value of every handle at its begin (the frame) and a chain of
 * changes for each handle (chain.h). FST files are made of such blocks; VCD text is cooked into them, some megabytes at a time.
 *
 * Nothing here trusts the file: every length is checked against the bytes that are there, memory is bounded by what a reader keeps of one
 * block.
 */
#ifndef WAVE_SOURCE_H
#define WAVE_SOURCE_H

#include "chain.h"
#include "decl.h"
#include "error.h"

struct wave_unpacker;

/** Growing memory of one thread, for chains that have to be unpacked. */
struct wave_scratch {
  uint8_t *bytes;
  size_t size;
  struct wave_unpacker *unpacker;
};
/** At least size bytes, or NULL; what it held is lost. */
uint8_t *wave_scratch_reserve(struct wave_scratch *scratch, size_t size);
void wave_scratch_free(struct wave_scratch *scratch);

/** A chain being read: at .. end are unpacked bytes; more: wave_chain_more() gives further ones behind them. */
struct wave_chain {
  const uint8_t *at, *end;
  bool more;
  struct wave_unpacker *unpacker;
};
/** At least 64 KiB behind what is unused, or all that is left. False when the chain is damaged. */
bool wave_chain_more(struct wave_chain *chain);
/** Passes over so many unpacked bytes. False when there are fewer. */
bool wave_chain_skip(struct wave_chain *chain, uint64_t bytes);

/** A chain as it lies in the file: equal pack, unpacked size and bytes mean equal chains; unequal ones prove nothing. size 0: no changes.
 */
struct wave_packed {
  const uint8_t *bytes;
  uint32_t size;
  uint64_t unpacked;
  uint8_t pack; /**< '4', 'F', 'Z', or 0 for stored */
};

/** A block, or the part of one that is read at a time: of a block with very many times, the time table comes in pieces. */
struct wave_block {
  uint64_t begin, end;   /**< ticks: the frame holds from begin; changes are at begin <= t <= end */
  const uint64_t *times; /**< ticks of the places in the time table, rising; equal neighbours are allowed */
  uint32_t n_times;
  uint64_t first_place;       /**< of times[0] in the table that the chains count by */
  bool opens, closes;         /**< the first piece of its block (only this has a frame); the last one */
  const uint8_t *times_bytes; /**< the whole table as it lies in the file, or NULL: equal bytes are equal tables */
  size_t times_size;
};

struct wave_source {
  const struct wave_source_ops *ops;
  struct wave_decl decl;
  struct wave_block block;       /**< the current one, after next() gave WAVE_OK */
  const char *format;            /**< "VCD", "EVCD", "FST", with ", gzip" behind it where so */
  char *name;                    /**< as the user wrote it */
  uint64_t bytes;                /**< size of the file */
  uint64_t begin_hint, end_hint; /**< ticks of the whole run as far as the header tells; end_hint 0 when unknown */
  uint64_t last_tick;            /**< the last tick that next() gave or a skip passed over; VCD only */
  uint64_t last_allowed;         /**< later ticks have no place on the axis of the comparison: the file is used up to there (partial) */
  double progress;               /**< 0..1, how far next() has come */
  bool partial; /**< set when the file ends in the middle or is damaged: blocks given so far are whole; why tells the place */
  struct wave_error why;
  struct wave_error remark; /**< what else a reader of the verdict should know; "": nothing */
};

struct wave_source_ops {
  /**
   * Moves to the next block. until: a block that is cooked from text should end at this tick at the latest when it can (UINT64_MAX: no
   * wish). WAVE_OK, WAVE_END (also where a damaged file's whole part ends: look at partial), or WAVE_ERROR when nothing at all can be used.
   */
  enum wave_status (*next)(struct wave_source *source, uint64_t until, struct wave_error *error);
  /** A tick near which the next block ends if left alone: a wish to hand to the other side's next(). UINT64_MAX when unknown. */
  uint64_t (*peek)(struct wave_source *source);
  /** The handle's chain as it lies there. Any thread. */
  void (*packed)(const struct wave_source *source, uint32_t handle, struct wave_packed *packed);
  /** Opens the handle's chain, all of the block, whatever piece of it is current. Any thread, each with its own scratch. False: damaged. */
  bool (*chain)(const struct wave_source *source, uint32_t handle, struct wave_scratch *scratch, struct wave_chain *chain);
  /** The current block's frame as it lies there; NULL for formats that have none in the file. */
  void (*packed_frame)(const struct wave_source *source, struct wave_packed *packed);
  /** Makes frame() ready for the current block: one thread, before it. False when it is damaged. */
  bool (*load_frame)(struct wave_source *source);
  /** The value at the block's begin. Any thread; the bytes hold until next(). */
  void (*frame)(const struct wave_source *source, uint32_t handle, struct wave_value *value);
  /** Before the first block: passes over what is far before a tick, where that is cheap. The first block's frame gives what holds there. */
  void (*seek)(struct wave_source *source, uint64_t tick);
  /** Back to before the first block. */
  enum wave_status (*rewind)(struct wave_source *source, struct wave_error *error);
  void (*close)(struct wave_source *source);
  /**
   * Only these handles matter from now on (one byte each, not 0; NULL: all): others may be given without changes. Kept by reference. May be
   * NULL.
   */
  void (*want)(struct wave_source *source, const uint8_t *wanted);
};

/** Why a file is not used behind last_allowed. */
extern const char wave_too_late[];

/** Opens by content, not by name: VCD, EVCD, FST, each also inside gzip. Reads the declarations. */
enum wave_status wave_open(struct wave_source **source, const char *path, struct wave_error *error);
void wave_close(struct wave_source *source);

/**
 * Both sources are VCD text whose declarations are the same, in bytes or in ids and order, neither has begun a block that differs, and the
 * text from here on is equal up to some '#': moves both there without cooking, and returns how many bytes were passed over (0: none). The
 * next block's frame still gives the true values.
 */
uint64_t wave_vcd_skip_equal(struct wave_source *golden, struct wave_source *fresh);

/** What the openers share: a file mapped into memory, read-only. */
struct wave_map {
  const uint8_t *bytes;
  size_t size;
};
enum wave_status wave_map_open(struct wave_map *map, const char *path, struct wave_error *error);
/* Unpacks what zstd or xz has packed: the map is then of what was in it. Cut or damaged data, and what unpacks to far more than it may,
 * fail. */
enum wave_status wave_map_unpack(struct wave_map *map, const char *path, struct wave_error *error);
void wave_map_close(struct wave_map *map);

/** Sets last_allowed to what fits int64 with the file's own time zero. */
void wave_allow_int64(struct wave_source *source);

/* The openers of each format; they take over the map when they succeed. */
enum wave_status wave_open_fst(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error);
enum wave_status wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error);

#endif
