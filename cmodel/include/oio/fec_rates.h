/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What forward error correction leaves (SPEC.md section 12), in closed form: to about 1e-10 relative, however rare, down to 1e-300.
 * The same results on every machine.
 */
#ifndef OIO_FEC_RATES_H
#define OIO_FEC_RATES_H

#include "oio/fec.h"

#ifdef __cplusplus
extern "C" {
#endif

/** That any of `count` is wrong, each by itself with probability p: 1 - (1 - p)^count. Precondition: 0 <= p <= 1, here and below. */
double oio_fec_any_wrong(uint32_t count, double p);
/** That more than t of `count` are wrong. Of a codeword with its t, and p that of a symbol: that it is lost. */
double oio_fec_more_wrong(uint32_t count, uint32_t t, double p);
/** The share of `count` that is wrong, where it counts only if more than t are: the symbol error rate behind a decoder. */
double oio_fec_share_wrong(uint32_t count, uint32_t t, double p);

/** That a whole codeword of `code` is lost, at so many wrong bits of all, independent. */
double oio_fec_word_loss(const struct oio_fec_code *code, double bit_error_rate);
/** The bit error rate behind the decoder, as lost codewords stay as they came. */
double oio_fec_bit_errors_left(const struct oio_fec_code *code, double bit_error_rate);
/** That any codeword of a block is lost; the block as in oio/fec.h. */
double oio_fec_block_loss(const struct oio_fec_code *code, uint32_t block_symbols, uint32_t ways, double bit_error_rate);
/** That an Ethernet frame of 64 bytes at the least gap is lost, where a lost codeword takes with it every frame that a block of `ways`
 * codewords has part of. A frame is 84 bytes on the line, with 257 bits for 256: 674.6; a block has 10 k * ways. */
double oio_fec_frame_loss(const struct oio_fec_code *code, uint32_t ways, double bit_error_rate);

/** Errors of a PAM4 link whose equaliser feeds decisions back. */
struct oio_fec_bursts {
  double bit_error_rate; /**< held, whatever else: 0..0.375. Half of the symbol error rate: a wrong PAM4 symbol has one wrong bit */
  double propagation; /**< that an error follows an error: 0..1, below 1. Where less than the symbol error rate: errors are independent */
  uint32_t ways;      /**< codewords interleaved: 1..4 */
  bool precoded;      /**< 1 / (1 + D): wrong are the first symbol of a run of errors and the one after its last */
};
/** That a whole codeword is lost. Precondition: a symbol of the code is a whole number of PAM4 symbols. */
double oio_fec_burst_loss(const struct oio_fec_code *code, const struct oio_fec_bursts *bursts);

#ifdef __cplusplus
}
#endif
#endif
