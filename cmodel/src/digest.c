/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t oio_digest_add(uint64_t digest, uint64_t time_ps, const void *bytes, size_t nbytes) {
  return oio_digest_add_word(digest, time_ps, XXH3_64bits(bytes, nbytes));
}
