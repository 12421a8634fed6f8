/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t digest_of(const void *bytes, size_t nbytes) {
#ifdef OIO_DIGEST_HAVE_AVX512
  if (__builtin_cpu_supports("avx512f")) return oio_digest_of_avx512(bytes, nbytes);
#endif
  return XXH3_64bits(bytes, nbytes);
}

uint64_t oio_digest_add(uint64_t digest, uint64_t time_ps, const void *bytes, size_t nbytes) {
  return oio_digest_add_word(digest, time_ps, digest_of(bytes, nbytes));
}
