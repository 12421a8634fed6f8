/* SPDX-License-Identifier: Apache-2.0 */
/* What a CRC that is wrong could be instead: other people's first mistakes. */
#ifndef OIO_CRC_GUESS_H
#define OIO_CRC_GUESS_H

#include "oio/flit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CRC_GUESS_BYTES = 200 }; /* hold any description */

/* One CRC of a flit: over so many of its bytes, and where it stands. */
struct crc_place {
  size_t from, bytes, at;
};

/* Looks for another CRC-16 that all places of the flit agree with, and says how it differs from that of SPEC.md section 2, as "polynomial
 * 0x1021, no zeros behind the data". False: none is known; where bits are wrong, none is to be expected. */
bool crc_guess(const uint8_t *flit, const struct crc_place *places, size_t count, char *text, size_t size);
/* The same of a flit of the extended profile. */
bool crc_guess_flit(const struct oio_flit_format *format, const uint8_t *flit, char *text, size_t size);

#endif
