/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error correction flit by flit (SPEC.md section 13, *flit*): three codewords of a flit's own bytes, whose parity goes where six of its
 * reserved bytes would. It decodes the errors of a flit alone.
 */
#ifndef OIO_FLIT_CODE_H
#define OIO_FLIT_CODE_H

#include "channel/errors.h"
#include "oio/channel.h"
#include "oio/fec.h"

enum { OIO_FLIT_CODEWORDS = 3 };

/* Is its error correction that of each flit by itself? Else it is in blocks, or there is none. */
bool oio_fec_is_of_a_flit(const struct oio_channel_config *config);

struct oio_flit_code {
  const struct oio_fec *fec;
  struct oio_fec *own; /* fec, where nobody else has it */
  enum oio_fec_mode mode;
  uint32_t left_out; /* the first of the bytes that are not sent */
};

/* fec: the tables of the code *flit*, or NULL: they are made. False: out of memory. */
bool oio_flit_code_create(struct oio_flit_code *code, const struct oio_flit_format *format, const struct oio_fec *fec,
                          enum oio_fec_mode mode);
void oio_flit_code_destroy(struct oio_flit_code *code);
void oio_flit_code_memory(const struct oio_flit_code *code, struct oio_memory *memory);

/* There is a wrong bit among the next 2048: draws those, and does to the flit what the decoder leaves of them. */
void oio_flit_code_decode(const struct oio_flit_code *code, struct oio_errors *errors, struct oio_wire *wire,
                          struct oio_channel_state *counted);

#endif
