/* SPDX-License-Identifier: Apache-2.0 */
/**
 * CRC-16 of the UCIe-style form (SPEC.md section 2): polynomial 0x8005, 128-byte message, zero-extended.
 */
#ifndef OIO_CRC16_H
#define OIO_CRC16_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OIO_CRC16_MESSAGE_BYTES 128

/** The CRC of in_nbytes bytes, zero-extended to 128. Any alignment. Precondition: there are 128 at most. */
uint16_t oio_crc16(const void *in, size_t in_nbytes);

/** The CRCs of two whole 128-byte messages that lie one behind the other (256 bytes at `in`): [15:0] first, [31:16] second.
 *  The form in which the flit codec calls it; the fastest kernel this processor has is picked at the first call. */
uint32_t oio_crc16_pair(const void *in);

/** The same of what `keep` leaves of the last 16 bytes of either, as two little-endian words: the rest of them counts as zeros. */
uint32_t oio_crc16_pair_masked(const void *in, const uint64_t keep[4]);

/** The CRC contribution of message bit `bit` (bit 0 of byte 0 is 0; precondition: below 1024) alone. CRC is linear: the CRC of an error
 * pattern is the XOR of these over its wrong bits. */
uint16_t oio_crc16_bit(unsigned bit);

/** One kernel of oio_crc16_pair_masked. All compute the same function; tests and benchmarks compare them. */
struct oio_crc16_kernel {
  const char *name;                                            /**< "portable", "vpclmul", ... */
  bool (*supported)(void);                                     /**< does this processor have what it needs */
  uint32_t (*pair)(const uint8_t *in, const uint64_t keep[4]); /**< as oio_crc16_pair_masked */
};

/** The kernels compiled in, best first; *count receives their number. */
const struct oio_crc16_kernel *oio_crc16_kernels(size_t *count);

#ifdef __cplusplus
}
#endif
#endif
