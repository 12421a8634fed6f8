/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of terms that are all positive, each from the one before by a ratio, from the largest on: nothing cancels and nothing underflows. */
#include "oio/fec_rates.h"

#include <string.h>

#include "base/precondition.h"
#include "oio/rng.h"

/* e^x for x <= 0 from IEEE operations alone; 0 where it would be no normal number. */
static double power_of_e(double x) {
  if (x < -708.0) return 0.0;
  const int exponent = (int)(x * 1.4426950408889634 - 0.5);
  const double rest =
      x - exponent * 0x1.62e42fefa38p-1 - exponent * 0x1.ef35793c7673p-45; /* ln 2 in two parts: the first product is exact */
  double sum = 1.0;
  for (int i = 18; i > 0; i--) sum = 1.0 + sum * rest / i;
  const uint64_t bits = (uint64_t)(1023 + exponent) << 52;
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  return sum * scale;
}

double oio_fec_any_wrong(uint32_t count, double p) {
  OIO_PRECONDITION(p >= 0 && p <= 1);
  /* Of two groups: a or b = a + b - ab. */
  double any = 0.0;
  for (double group = p; count != 0; count >>= 1, group += group * (1.0 - group))
    if (count & 1u) any += group * (1.0 - any);
  return any;
}

/* That exactly i of `count` are wrong. 0 < p < 1. */
static double exactly(uint32_t count, uint32_t i, double p) {
  double ln = i * oio_ln(p) + (count - i) * oio_ln1m(p);
  for (uint32_t j = 1; j <= i; j++) ln += oio_ln((double)(count - i + j) / j);
  return power_of_e(ln < 0 ? ln : 0);
}

/* The sum of exactly(i) over all i > t, each times i / count if `weighted`. Outward from the largest term, until they stop to count. */
static double tail(uint32_t count, uint32_t t, double p, bool weighted) {
  const double odds = p / (1.0 - p), enough = 1e-18;
  const uint32_t likely = (uint32_t)(p * count), from = likely > t ? likely : t + 1;
  double sum = 0.0, term = 1.0;
  for (uint32_t i = from; i <= count && term > enough; i++) {
    sum += weighted ? term * i / count : term;
    term *= odds * (count - i) / (i + 1.0);
  }
  term = 1.0;
  for (uint32_t i = from; i > t + 1 && term > enough; i--) {
    term *= i / (odds * (count - i + 1.0));
    sum += weighted ? term * (i - 1) / count : term;
  }
  sum *= exactly(count, from, p);
  return sum < 1.0 ? sum : 1.0;
}

double oio_fec_more_wrong(uint32_t count, uint32_t t, double p) {
  OIO_PRECONDITION(p >= 0 && p <= 1);
  if (p <= 0 || t >= count) return 0.0;
  return p < 1 ? tail(count, t, p, false) : 1.0;
}

double oio_fec_share_wrong(uint32_t count, uint32_t t, double p) {
  OIO_PRECONDITION(p >= 0 && p <= 1);
  if (p <= 0 || t >= count) return 0.0;
  return p < 1 ? tail(count, t, p, true) : 1.0;
}

double oio_fec_word_loss(const struct oio_fec_code *code, double bit_error_rate) {
  return oio_fec_block_loss(code, code->symbols, 1, bit_error_rate);
}

double oio_fec_bit_errors_left(const struct oio_fec_code *code, double bit_error_rate) {
  const double symbol = oio_fec_any_wrong(code->symbol_bits, bit_error_rate);
  if (symbol <= 0) return 0.0;
  return oio_fec_share_wrong(code->symbols, code->correctable_symbols, symbol) * bit_error_rate / symbol;
}

double oio_fec_block_loss(const struct oio_fec_code *code, uint32_t block_symbols, uint32_t ways, double bit_error_rate) {
  const double symbol = oio_fec_any_wrong(code->symbol_bits, bit_error_rate);
  double any = 0.0;
  for (uint32_t way = 0; way < ways; way++)
    any += oio_fec_more_wrong(oio_fec_symbols_of(block_symbols, ways, way), code->correctable_symbols, symbol) * (1.0 - any);
  return any;
}

double oio_fec_frame_loss(const struct oio_fec_code *code, uint32_t ways, double bit_error_rate) {
  const double frames = ways * (double)code->data_symbols * code->symbol_bits / 674.6;
  return ways * oio_fec_word_loss(code, bit_error_rate) * (1.0 + frames) / frames;
}

/* ---- bursts ---- */

/* Two states between PAM4 symbols: was the last one wrong (before precoding)? chain[from][wrong][to]: over the symbols of one symbol of the
 * code, with or without an error, and over those of the other codewords up to the next. */
struct chain {
  double step[2][2];
  double over[2][2][2];
};

/* Over one PAM4 symbol; `wrong` is remembered where the symbol is of our codeword. */
static void step(const struct chain *chain, double at[2][2], bool ours, bool precoded) {
  double next[2][2] = {{0}};
  for (int wrong = 0; wrong < 2; wrong++)
    for (int from = 0; from < 2; from++)
      for (int to = 0; to < 2; to++) {
        const int error = precoded ? from ^ to : to;
        next[wrong | (ours ? error : 0)][to] += at[wrong][from] * chain->step[from][to];
      }
  memcpy(at, next, sizeof next);
}

static void fill_chain(struct chain *chain, const struct oio_fec_code *code, const struct oio_fec_bursts *bursts, double start,
                       double follow) {
  const uint32_t symbols = code->symbol_bits / 2u;
  const double steps[2][2] = {{1.0 - start, start}, {1.0 - follow, follow}};
  memcpy(chain->step, steps, sizeof steps);
  for (int from = 0; from < 2; from++) {
    double at[2][2] = {{0}};
    at[0][from] = 1.0;
    for (uint32_t i = 0; i < symbols * bursts->ways; i++) step(chain, at, i < symbols, bursts->precoded);
    memcpy(chain->over[from], at, sizeof at);
  }
}

double oio_fec_burst_loss(const struct oio_fec_code *code, const struct oio_fec_bursts *bursts) {
  OIO_PRECONDITION(code->symbol_bits % 2 == 0 && bursts->ways >= 1 && bursts->ways <= OIO_FEC_MAX_WAYS);
  OIO_PRECONDITION(bursts->bit_error_rate >= 0 && bursts->bit_error_rate <= 0.375 && bursts->propagation >= 0 && bursts->propagation < 1);
  const double wrong_symbols = 2.0 * bursts->bit_error_rate;
  const double follow = bursts->propagation > wrong_symbols ? bursts->propagation : wrong_symbols;
  const double start = wrong_symbols * (1.0 - follow) / (1.0 - wrong_symbols);
  const uint32_t t = code->correctable_symbols;
  struct chain chain;
  fill_chain(&chain, code, bursts, start, follow);
  /* by_count[i]: i symbols were wrong so far, in either state; what goes beyond t is lost for good. */
  double by_count[OIO_FEC_MAX_PARITY / 2 + 1][2] = {{1.0 - wrong_symbols, wrong_symbols}}, lost = 0.0;
  for (uint32_t symbol = 0; symbol < code->symbols; symbol++) {
    for (uint32_t count = t + 1; count-- > 0;) {
      const double here[2] = {by_count[count][0], by_count[count][1]};
      for (int to = 0; to < 2; to++) {
        const double more = here[0] * chain.over[0][1][to] + here[1] * chain.over[1][1][to];
        by_count[count][to] = here[0] * chain.over[0][0][to] + here[1] * chain.over[1][0][to];
        if (count < t)
          by_count[count + 1][to] += more;
        else
          lost += more;
      }
    }
  }
  return lost < 1.0 ? lost : 1.0;
}
