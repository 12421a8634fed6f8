/* SPDX-License-Identifier: Apache-2.0 */
/** SHA-256 (FIPS 180-4), so that a golden's hash can be checked by hand with sha256sum. */
#ifndef WAVE_SHA256_H
#define WAVE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct wave_sha256 {
  uint32_t state[8];
  uint64_t size_bytes;
  uint8_t block[64];
};

void wave_sha256_init(struct wave_sha256 *hash);
void wave_sha256_add(struct wave_sha256 *hash, const void *bytes, size_t size);
/** As 64 hexadecimal digits and NUL. */
void wave_sha256_end(struct wave_sha256 *hash, char text[static 65]);

#endif
