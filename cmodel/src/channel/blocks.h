/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line of a channel with error correction (SPEC.md section 13): where in the stream of message bits a flit stands, when the block with
 * its last bit is whole, and what decoding has left wrong in it.
 */
#ifndef OIO_BLOCKS_H
#define OIO_BLOCKS_H

#include "base/checkpoint.h"
#include "channel/errors.h"
#include "oio/channel.h"
#include "oio/fec.h"

enum { OIO_UNIT_BITS = 64, OIO_FLIT_UNITS = OIO_FLIT_BITS / OIO_UNIT_BITS };

/* A block that has been decoded. */
struct oio_block {
  uint64_t number;
  bool wrong;       /* some of its message bits are */
  bool condemned;   /* one of its codewords is uncorrectable */
  uint64_t *bitmap; /* wrong: which */
};

struct oio_blocks {
  const struct oio_fec *fec;
  struct oio_fec *own;    /* fec, where nobody else has it */
  enum oio_fec_mode mode; /* for the channel to set; correct */
  uint32_t ways, symbols, data_symbols, symbol_bits;
  uint64_t data_bits, line_bits;       /* of a block */
  uint64_t unit_num, unit_den;         /* a unit of the stream takes unit_num / unit_den picoseconds */
  uint64_t block_num, rate_bits_per_s; /* a block takes block_num / rate_bits_per_s */
  oio_time_ps origin_ps;               /* block 0 begins */
  oio_time_ps flit_ps;                 /* the flit time is flit_ps + flit_rest / unit_den */
  uint64_t flit_rest;
  /* The end of the last flit: its time, end_ps + end_rest / unit_den; its block, and where in that block, 1 .. data_bits. */
  oio_time_ps end_ps;
  uint64_t end_rest;
  uint64_t block, end_bits;
  oio_time_ps whole_ps;                    /* when that block is whole */
  uint64_t *room;                          /* for all that is pointed to below */
  uint64_t next;                           /* the first block that has not been decoded */
  struct oio_block seen[2];                /* the last two decoded, by their number modulo 2 */
  struct oio_fec_error *errors, *residual; /* of a codeword: room for all its symbols and the t that a decoder adds */
  uint16_t *line;                          /* the wrong symbols of a block, by their place; zeros between two uses */
  uint32_t *hit;                           /* which of them */
};

/* Where a flit stands. */
struct oio_stand {
  oio_time_ps begin_ps, end_ps, whole_ps; /* its slot; the end of its last bit; the block with that is whole */
};

/* code: a row of oio_fec_codes() of which a flit fits into a block. fec: its tables, or NULL: they are made. False: out of memory. */
bool oio_blocks_create(struct oio_blocks *blocks, const struct oio_fec_code *code, const struct oio_fec *fec, uint32_t ways,
                       uint64_t rate_bits_per_s);
void oio_blocks_destroy(struct oio_blocks *blocks);
/* Adds what they take. */
void oio_blocks_memory(const struct oio_blocks *blocks, struct oio_memory *memory);

/* The line begins anew: block 0 at origin_ps, at another rate. */
void oio_blocks_begin(struct oio_blocks *blocks, oio_time_ps origin_ps, uint64_t rate_bits_per_s);

/* How long a block takes, rounded up. */
oio_time_ps oio_blocks_ps(const struct oio_blocks *blocks);

/* The next flit, which may start at start_ps: gives it its place. */
struct oio_stand oio_blocks_stand(struct oio_blocks *blocks, oio_time_ps start_ps);
/* Decodes the blocks of that flit, as far as none has before it, and does to it what they do. */
void oio_blocks_decode(struct oio_blocks *blocks, struct oio_errors *errors, struct oio_wire *wire, struct oio_channel_state *counted);

/* end_ps: when the wire is free. */
void oio_blocks_checkpoint(struct oio_blocks *blocks, oio_time_ps end_ps, struct oio_checkpoint *c);

#endif
