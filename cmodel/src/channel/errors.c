/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/errors.h"

#include "base/cold.h"

#include <string.h>

/* Gaps beyond this are all alike: no run is that long. */
#define GAP_BITS_MAX ((uint64_t)1 << 62)

/* How many failures come before a success of probability p, inverse_ln being 1 / ln(1 - p); 0: it never comes. */
static uint64_t geometric(struct oio_errors *errors, double inverse_ln) {
  if (inverse_ln == 0) return GAP_BITS_MAX;
  const double gap = oio_ln(oio_rng_unit(&errors->rng)) * inverse_ln;
  return gap < (double)GAP_BITS_MAX ? (uint64_t)gap : GAP_BITS_MAX;
}

static double inverse_ln_of(double p) {
  return p > 0 ? 1 / oio_ln1m(p) : 0;
}

static bool propagates(struct oio_errors *e) {
  return oio_rng_unit(&e->rng) <= e->process.propagation;
}

/* Right symbols before the next wrong one. */
static uint64_t right_symbols(struct oio_errors *e) {
  if (!e->after_wrong) return geometric(e, e->inverse_ln);
  return propagates(e) ? 0 : 1 + geometric(e, e->inverse_ln);
}

/* Precoded: before the first of a run, and then before the one after its last. */
static uint64_t right_symbols_precoded(struct oio_errors *e) {
  e->ends_run = !e->ends_run;
  if (e->ends_run) return geometric(e, e->inverse_ln);
  uint64_t inside = 0;
  while (propagates(e)) inside++;
  return inside;
}

static uint64_t gap_of_runs(struct oio_errors *e) {
  const uint32_t bits = e->process.symbol_bits, left = e->after_wrong ? bits - 1 - e->wrong_bit : 0;
  const uint64_t symbols = e->process.precoded ? right_symbols_precoded(e) : right_symbols(e);
  if (symbols >= GAP_BITS_MAX / 4) return GAP_BITS_MAX;
  e->wrong_bit = bits == 1 ? 0 : (uint32_t)(oio_rng_next(&e->rng) >> 63);
  e->after_wrong = true;
  return left + symbols * bits + e->wrong_bit;
}

static uint64_t gap_of_states(struct oio_errors *e) {
  uint64_t right = 0;
  while (right < GAP_BITS_MAX) {
    const uint64_t gap = geometric(e, e->error_ln[e->bad]);
    if (gap < e->stay_bits) {
      e->stay_bits -= gap + 1;
      return right + gap;
    }
    right += e->stay_bits;
    e->bad = !e->bad;
    e->stay_bits = 1 + geometric(e, e->leave_ln[e->bad]);
  }
  return GAP_BITS_MAX;
}

static uint64_t draw_gap(struct oio_errors *errors) {
  if (errors->process.kind == OIO_ERRORS_RUNS) return gap_of_runs(errors);
  if (errors->process.kind == OIO_ERRORS_GILBERT) return gap_of_states(errors);
  return geometric(errors, errors->inverse_ln);
}

static void start_runs(struct oio_errors *e, double bit_error_rate) {
  const double share = bit_error_rate * e->process.symbol_bits; /* of wrong symbols */
  if (e->process.propagation < share) e->process.propagation = share;
  e->inverse_ln = inverse_ln_of(share * (1 - e->process.propagation) / (1 - share));
}

/* Of a probability of 1, whose logarithm there is not: whatever is drawn, nothing comes before it. */
#define AT_ONCE (-1e-9)

static void start_states(struct oio_errors *e, double bit_error_rate) {
  const struct oio_error_process *p = &e->process;
  const double leave_bad = 1 / p->bad_bits, leave_good = leave_bad * p->bad_part / (1 - p->bad_part);
  e->error_ln[0] = inverse_ln_of((bit_error_rate - p->bad_part * p->bad_rate) / (1 - p->bad_part));
  e->error_ln[1] = inverse_ln_of(p->bad_rate);
  e->leave_ln[0] = leave_good < 1 ? inverse_ln_of(leave_good) : AT_ONCE;
  e->leave_ln[1] = leave_bad < 1 ? inverse_ln_of(leave_bad) : AT_ONCE;
  e->stay_bits = 1 + geometric(e, e->leave_ln[0]);
}

void oio_errors_start(struct oio_errors *errors, const struct oio_channel_config *config) {
  const bool any = config->bit_error_rate > 0;
  *errors = (struct oio_errors){.format = oio_flit_format(config->format), .fidelity = config->fidelity, .process = config->errors};
  errors->inverse_ln = inverse_ln_of(config->bit_error_rate);
  errors->flit_bits = any ? OIO_FLIT_BITS : 0;
  oio_rng_seed(&errors->rng, config->seed, config->stream);
  if (!any) errors->process.kind = OIO_ERRORS_INDEPENDENT;
  if (errors->process.kind == OIO_ERRORS_RUNS) start_runs(errors, config->bit_error_rate);
  if (errors->process.kind == OIO_ERRORS_GILBERT) start_states(errors, config->bit_error_rate);
  errors->gap_bits = draw_gap(errors);
}

/* In event fidelity what lies behind the touched bytes was never written; a wrong bit there must be the only thing to be seen. It would
 * make nonsense of a reference. */
static void clear_untouched(const struct oio_flit_format *format, struct oio_wire *wire) {
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
  return bit + 1 + draw_gap(errors);
}

/* What no CRC covers is no payload. */
void oio_errors_flip(const struct oio_errors *errors, struct oio_wire *wire, unsigned bit) {
  const uint32_t syndrome = oio_flit_syndrome(errors->format, bit);
  if (syndrome != 0 && errors->fidelity == OIO_EVENT && wire->touched_bytes < OIO_PAYLOAD_BYTES) clear_untouched(errors->format, wire);
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
