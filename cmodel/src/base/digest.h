/* SPDX-License-Identifier: Apache-2.0 */
/* A 64-bit digest of what was on a wire and when. XXH3 does the work (header only, no run-time dependency); it is not cryptographic. */
#ifndef OIO_DIGEST_H
#define OIO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define OIO_DIGEST_HAVE_AVX512 1
/* The digest of bytes alone, the same on any processor; this one needs AVX-512F. */
uint64_t oio_digest_of_avx512(const void *bytes, size_t nbytes);
#endif

/* The digest after the event "these bytes at this time". */
uint64_t oio_digest_add(uint64_t digest, uint64_t time_ps, const void *bytes, size_t nbytes);

/* The same of one word: a multiplication each for time and word, each followed by what brings the high bits down again. */
static inline uint64_t oio_digest_add_word(uint64_t digest, uint64_t time_ps, uint64_t word) {
  digest = (digest ^ time_ps) * 0x9FB21C651E98DF25u;
  digest = ((digest ^ digest >> 35) ^ word) * 0xD6E8FEB86659FD93u;
  return digest ^ digest >> 32;
}

#endif
