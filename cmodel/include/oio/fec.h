/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Forward error correction (SPEC.md section 12): Reed-Solomon codes, encoded and decoded bit by bit or by their errors alone, and the
 * inner Hamming code.
 *
 * A symbol is a uint16_t, in wire order. A block is `block_symbols` symbols of `ways` interleaved codewords: symbol i is of codeword
 * i % ways, its symbol i / ways, and the last ways * (n - k) symbols are parity. Preconditions wherever a block is: ways is 1..4, there is
 * data for each codeword, no codeword has more than n symbols, and each symbol is below 2^symbol_bits. One codeword alone is a block of one
 * way.
 */
#ifndef OIO_FEC_H
#define OIO_FEC_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_FEC_MAX_WAYS = 4, OIO_FEC_MAX_PARITY = 32, OIO_FEC_MAX_SYMBOL_BITS = 10 };

/** A row of the table of codes. */
struct oio_fec_code {
  const char *name;            /**< "kp4", "kr4", ... */
  uint16_t field;              /**< primitive polynomial of the field, bit i of x^i: 0x409 is x^10 + x^3 + 1 */
  uint8_t symbol_bits;         /**< 3..10: the degree of `field` */
  uint8_t correctable_symbols; /**< t, (n - k) / 2 at most; 0: errors are detected only */
  uint16_t symbols;            /**< n, 2^symbol_bits - 1 at most; codewords may be shorter */
  uint16_t data_symbols;       /**< k, n - 32 .. n - 1 */
};

/** The codes of SPEC.md section 12; *count receives their number. */
const struct oio_fec_code *oio_fec_codes(size_t *count);
/** The row of that name, or NULL. */
const struct oio_fec_code *oio_fec_code_named(const char *name);

/** A code made ready: its tables. Nothing changes in it after it is made: any number of threads may use one. */
struct oio_fec;

/** Any code within the limits above, of the table or not. `kernel` is one of oio_fec_kernel(), NULL for the best. All compute the same.
 *  OIO_ERR_CONFIG: there is no such code or kernel; OIO_ERR_NOMEM. */
enum oio_status oio_fec_create(struct oio_fec **fec, const struct oio_fec_code *code, const char *kernel, struct oio_error *error);
void oio_fec_destroy(struct oio_fec *fec);
/** Adds what it takes. */
void oio_fec_memory(const struct oio_fec *fec, struct oio_memory *memory);
const struct oio_fec_code *oio_fec_code_of(const struct oio_fec *fec);
/** The kernels that this processor has, best first: the name of number `index`, NULL after the last. */
const char *oio_fec_kernel(size_t index);

/** The symbols of codeword `way` of a block. */
static inline uint32_t oio_fec_symbols_of(uint32_t block_symbols, uint32_t ways, uint32_t way) {
  return (block_symbols - way + ways - 1) / ways;
}

/** `count` symbols out of bytes in wire order: bit 0 of byte 0 is bit 0 of the first. Reads ceil(count * symbol_bits / 8) bytes. */
void oio_fec_from_bytes(const struct oio_fec *fec, const uint8_t *bytes, uint32_t count, uint16_t *symbols);
/** And back. What the last byte has behind the last symbol becomes 0. */
void oio_fec_to_bytes(const struct oio_fec *fec, const uint16_t *symbols, uint32_t count, uint8_t *bytes);

/** Fills in the parity of a block. */
void oio_fec_encode(const struct oio_fec *fec, uint16_t *block, uint32_t block_symbols, uint32_t ways);
/** Which words of a block are no codewords: bit c of the result is of word c. */
uint32_t oio_fec_check(const struct oio_fec *fec, const uint16_t *block, uint32_t block_symbols, uint32_t ways);

enum oio_fec_verdict {
  OIO_FEC_CLEAN,         /**< a codeword, as it came */
  OIO_FEC_CORRECTED,     /**< made a codeword by changing t symbols at most */
  OIO_FEC_UNCORRECTABLE, /**< no codeword is near: left as it came */
  OIO_FEC_MISCORRECTED,  /**< to the receiver clean or corrected, but not what was sent. Only for those who know what was */
};

struct oio_fec_outcome {
  enum oio_fec_verdict verdict;
  uint32_t changed_symbols; /**< by the decoder */
};

/** Decodes each word of a block in place; outcomes[c] tells of word c. Never OIO_FEC_MISCORRECTED: a receiver cannot know. */
void oio_fec_decode(const struct oio_fec *fec, uint16_t *block, uint32_t block_symbols, uint32_t ways, struct oio_fec_outcome *outcomes);

/** A wrong symbol: which one of its codeword, and received XOR sent, not 0. */
struct oio_fec_error {
  uint16_t symbol;
  uint16_t value;
};

/**
 * What oio_fec_decode makes of any codeword of `symbols` symbols that these `count` errors have hit: decoding is linear. Up to t errors it
 * takes no time, then some that grows with their number and hardly with the length of the codeword.
 *
 * Preconditions: n - k < symbols <= n; `errors` are in ascending order of symbols, each symbol once and below `symbols`, each value of the
 * field and not 0.
 *
 * `residual` has room for count + t and receives the *residual_count errors that are left, in ascending order: none for OIO_FEC_CLEAN and
 * OIO_FEC_CORRECTED, `errors` for OIO_FEC_UNCORRECTABLE, those of another codeword for OIO_FEC_MISCORRECTED. May not overlap `errors`.
 */
struct oio_fec_outcome oio_fec_decode_errors(const struct oio_fec *fec, uint32_t symbols, const struct oio_fec_error *errors,
                                             uint32_t count, struct oio_fec_error *residual, uint32_t *residual_count);

/** The inner Hamming(128,120) code, hard decision. Bit i of a word is bit i % 64 of word[i / 64]. Fills in the parity, bits 120..127. */
void oio_hamming_encode(uint64_t word[2]);
/** Decodes in place. By linearity, of an error pattern it leaves the residual. */
enum oio_fec_verdict oio_hamming_decode(uint64_t word[2]);

#ifdef __cplusplus
}
#endif
#endif
