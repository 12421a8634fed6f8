/* SPDX-License-Identifier: Apache-2.0 */
#include "report/steady.h"

#include "base/root.h"

enum { BATCHES_MIN = 10, ABOVE_MIN = 5 };

static double mean_of(const double *values, uint32_t count) {
  double sum = 0;
  for (uint32_t i = 0; i < count; i++) sum += values[i];
  return count == 0 ? 0 : sum / count;
}

static double squares_of(const double *values, uint32_t count) {
  const double mean = mean_of(values, count);
  double squares = 0;
  for (uint32_t i = 0; i < count; i++) squares += (values[i] - mean) * (values[i] - mean);
  return squares;
}

/* Of neighbours, -1..1. */
static double correlation_of(const double *values, uint32_t count) {
  const double mean = mean_of(values, count), squares = squares_of(values, count);
  double products = 0;
  for (uint32_t i = 0; i + 1 < count; i++) products += (values[i] - mean) * (values[i + 1] - mean);
  return squares > 0 ? products / squares : 0;
}

static enum oio_steadiness judge(const struct oio_steady *s, const double *means) {
  const uint32_t half = s->batches / 2, rest = s->batches - half;
  const double apart = s->second_half_ps - s->first_half_ps, size = apart < 0 ? -apart : apart;
  if (s->batches < BATCHES_MIN) return OIO_TOO_FEW;
  const double variance = squares_of(means, half) / (half - 1) / half + squares_of(means + half, rest) / (rest - 1) / rest;
  if (size > 3 * oio_root(variance) && size > s->mean.mean / 100) return OIO_DRIFTING;
  return s->correlation > 2 / oio_root(s->batches) ? OIO_CORRELATED : OIO_STEADY;
}

/* parts: one in so many is above the quantile. */
static void estimate_quantile(struct oio_estimate *estimate, const struct oio_batches *batches, double q, uint64_t parts) {
  double values[OIO_BATCHES];
  *estimate = (struct oio_estimate){0};
  if (batches->each < ABOVE_MIN * parts) return;
  for (uint32_t i = 0; i < batches->count; i++) values[i] = (double)oio_spread_quantile(&batches->batch[i], q);
  oio_estimate_of(estimate, values, batches->count);
}

void oio_steady(struct oio_steady *steady, const struct oio_batches *batches) {
  double means[OIO_BATCHES] = {0};
  const uint32_t count = batches->count, half = count / 2;
  for (uint32_t i = 0; i < count; i++) means[i] = oio_spread_mean(&batches->batch[i]);
  *steady = (struct oio_steady){.batches = count,
                                .each = batches->each,
                                .first_half_ps = mean_of(means, half),
                                .second_half_ps = mean_of(means + half, count - half),
                                .correlation = correlation_of(means, count)};
  oio_estimate_of(&steady->mean, means, count);
  estimate_quantile(&steady->p50, batches, 0.5, 2);
  estimate_quantile(&steady->p99, batches, 0.99, 100);
  estimate_quantile(&steady->p999, batches, 0.999, 1000);
  steady->verdict = judge(steady, means);
}

const char *oio_steady_word(enum oio_steadiness verdict) {
  static const char *const words[] = {"too_few", "drifting", "correlated", "steady"};
  return words[verdict];
}
