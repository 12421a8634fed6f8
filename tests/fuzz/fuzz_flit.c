/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flit codec against anything: the first byte chooses the format, whether CRC bytes are made to fit (bit 1) and how many bits are then
 * flipped; the rest, extended with zeros, is the flit. A flit is valid exactly when the bitwise CRC agrees, its head is what SPEC.md says,
 * and sealing it makes it what the bitwise program makes.
 */
#include "../unit/spec_flit.h"
#include "fuzz.h"

#include "oio/flit.h"

#include <stdio.h>
#include <stdlib.h>

static void require(bool right, const char *what) {
  if (right) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  if (index >= 6) return 0;
  data[0] = (uint8_t)index;
  for (unsigned i = 0; i < 256; i++) data[1 + i] = (uint8_t)(i * (index + 1));
  return 257;
}

static void check_head(const struct oio_flit_format *format, unsigned number, const uint8_t *flit) {
  struct oio_flit_head head;
  const bool kept = oio_flit_get_head(format, flit, &head);
  require(kept != spec_discarded(number, flit), "rule R2");
  if (!kept) return;
  const struct spec_head h = spec_get_head(number, flit);
  require(head.protocol == h.protocol && head.command == h.command && head.sequence == h.s && head.round == h.round &&
              head.echo == h.echo && head.credit_limit == h.credit,
          "a field is misread");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t flit[256] = {0}, payload[236], again[256], expected[256];
  const unsigned kind = size > 0 ? data[0] : 0, number = kind & 1 ? 6 : 3;
  const struct oio_flit_format *format = oio_flit_format(number);
  for (size_t i = 1; i < size && i <= 256; i++) flit[i - 1] = data[i];
  if (kind & 2) spec_seal(number, flit);
  for (unsigned i = 0; i < kind >> 4 && 257 + 2 * i + 1 < size; i++) {
    const unsigned bit = (data[257 + 2 * i] | (unsigned)data[258 + 2 * i] << 8) % 2048;
    flit[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  require(oio_flit_valid(format, flit) == spec_valid(number, flit), "valid, or not, unlike the bitwise CRC");
  check_head(format, number, flit);

  oio_flit_get_payload(format, flit, payload, sizeof payload);
  for (unsigned i = 0; i < 236; i++) require(payload[i] == flit[spec_payload_at(number, i)], "a payload byte is misplaced");
  memcpy(again, flit, sizeof again);
  oio_flit_put_payload(format, again, payload, sizeof payload);
  require(memcmp(again, flit, sizeof again) == 0, "a payload put back is not the same");

  memcpy(expected, flit, sizeof expected);
  memset(expected + (number == 3 ? 242 : 244), 0, 10);
  spec_seal(number, expected);
  oio_flit_seal(format, again);
  require(memcmp(again, expected, sizeof again) == 0, "sealed unlike the bitwise program");
  return 0;
}
