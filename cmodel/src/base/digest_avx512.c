/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of bytes once more, for processors with 512-bit vectors: compiled for them (CMakeLists.txt), and xxhash does the rest. */
#include "base/digest.h"

#ifdef OIO_DIGEST_HAVE_AVX512
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t oio_digest_of_avx512(const void *bytes, size_t nbytes) {
  return XXH3_64bits(bytes, nbytes);
}
#endif
