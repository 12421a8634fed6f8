/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/errors.h"

#include "base/cold.h"

bool oio_errors_create(struct oio_errors *errors, const struct oio_channel_config *config) {
  *errors = (struct oio_errors){.format = oio_flit_format(config->format), .fidelity = config->fidelity, .gap_bits = OIO_GAP_BITS_MAX};
  oio_rng_seed(&errors->rng, config->seed, config->stream);
  return oio_lanes_create(&errors->lanes, &config->errors, config->stripe_bits, config->lanes);
}

void oio_errors_destroy(struct oio_errors *errors) {
  oio_lanes_destroy(&errors->lanes);
}

void oio_errors_begin(struct oio_errors *errors, uint32_t lanes, const double *rate) {
  errors->gap_bits = oio_lanes_begin(&errors->lanes, &errors->rng, lanes, rate);
  bool any = false;
  for (uint32_t l = 0; l < lanes; l++) any = any || rate[l] > 0;
  errors->flit_bits = any ? OIO_FLIT_BITS : 0;
}

/* In event fidelity what lies behind the touched bytes was never written; a wrong bit there must be the only thing to be seen. It would
 * make nonsense of a reference. */
void oio_errors_write_untouched(const struct oio_errors *errors, struct oio_wire *wire) {
  const struct oio_flit_format *format = errors->format;
  static const uint8_t zeros[OIO_PAYLOAD_BYTES];
  uint8_t touched[OIO_PAYLOAD_BYTES];
  wire->touched_bytes = (uint16_t)(wire->touched_bytes - wire->references * sizeof(uint8_t *));
  wire->references = 0;
  oio_flit_get_payload(format, wire->bytes, touched, wire->touched_bytes);
  oio_flit_put_payload(format, wire->bytes, zeros, OIO_PAYLOAD_BYTES);
  oio_flit_put_payload(format, wire->bytes, touched, wire->touched_bytes);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
}

uint64_t oio_errors_after(struct oio_errors *errors, uint64_t bit) {
  return bit + 1 + oio_lanes_gap(&errors->lanes, &errors->rng);
}

/* What no CRC covers is no payload. */
void oio_errors_flip(const struct oio_errors *errors, struct oio_wire *wire, unsigned bit) {
  const uint32_t syndrome = oio_flit_syndrome(errors->format, bit);
  if (syndrome != 0 && errors->fidelity == OIO_EVENT && wire->touched_bytes < OIO_PAYLOAD_BYTES) oio_errors_write_untouched(errors, wire);
  wire->bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
  wire->syndrome ^= syndrome;
  wire->wrong_bits = (uint16_t)(wire->wrong_bits + (syndrome != 0));
}

OIO_COLD unsigned oio_errors_apply(struct oio_errors *errors, struct oio_wire *wire) {
  unsigned flipped = 0;
  uint64_t bit = errors->gap_bits;
  for (; bit < OIO_FLIT_BITS; bit = oio_errors_after(errors, bit)) {
    oio_errors_flip(errors, wire, (unsigned)bit);
    flipped++;
  }
  errors->gap_bits = bit - OIO_FLIT_BITS;
  return flipped;
}

OIO_COLD void oio_errors_condemn(const struct oio_errors *errors, struct oio_wire *wire) {
  wire->syndrome = UINT32_MAX;
  if (errors->fidelity == OIO_BIT) oio_flit_condemn(errors->format, wire->bytes);
}
