/* SPDX-License-Identifier: Apache-2.0 */
/* A decoder of one codeword as a channel has it: what it leaves of the errors, by its mode, and what it counts (SPEC.md section 13). */
#ifndef OIO_CORRECTION_H
#define OIO_CORRECTION_H

#include "oio/channel.h"
#include "oio/fec.h"

#include <string.h>

/* Errors, residual and left as of oio_fec_decode_errors; at least one error. True: what has a bit of this word's block is condemned. */
static inline bool oio_correct(enum oio_fec_mode mode, const struct oio_fec *fec, uint32_t symbols, const struct oio_fec_error *errors,
                               uint32_t count, struct oio_fec_error *residual, uint32_t *left, struct oio_channel_state *counted) {
  struct oio_fec_outcome outcome = oio_fec_decode_errors(fec, symbols, errors, count, residual, left);
  const bool is_word = outcome.verdict == OIO_FEC_MISCORRECTED && outcome.changed_symbols == 0; /* the errors are a codeword */
  if (mode == OIO_FEC_DETECT && !is_word) {
    outcome = (struct oio_fec_outcome){.verdict = OIO_FEC_UNCORRECTABLE};
    memcpy(residual, errors, count * sizeof *errors);
    *left = count;
  }
  counted->corrected_symbols += outcome.changed_symbols;
  counted->uncorrectable_codewords += outcome.verdict == OIO_FEC_UNCORRECTABLE;
  counted->miscorrected_codewords += outcome.verdict == OIO_FEC_MISCORRECTED;
  return outcome.verdict == OIO_FEC_UNCORRECTABLE && mode != OIO_FEC_UNMARKED;
}

#endif
