/* SPDX-License-Identifier: Apache-2.0 */
/* What is not known: values drawn from low to high, and each by itself at its ends. */
#include "comparison.h"
#include "oio/rng.h"

#include <stdlib.h>
#include <string.h>

/* What latency and energy rest on and is not the same everywhere; the error rate of the row comes first. Then what edge and failures rest
 * on and no run is needed for. */
static const enum oio_tech_quantity varied[] = {
    OIO_TECH_PHY_NS,          OIO_TECH_FEC_NS,    OIO_TECH_FLIGHT_NS_PER_M,       OIO_TECH_LINK_PJ_PER_BIT,
    OIO_TECH_HOST_PJ_PER_BIT, OIO_TECH_RATE_GBPS, OIO_TECH_SHORELINE_GBPS_PER_MM, OIO_TECH_FAILURES_PER_1E9H,
    OIO_TECH_FLAPS_PER_1E9H};
enum { VARIED = SWINGS_MAX, DRAWN = 1 + sizeof varied / sizeof varied[0] };

static enum oio_tech_quantity varied_of(const struct row *row, unsigned index) {
  return index == 0 ? errors_quantity(row->errors) : varied[index - 1];
}

enum measure band_measure(enum band band) {
  static const enum measure measures[] = {MEASURE_P50, MEASURE_P99, MEASURE_PJ_PER_BIT, MEASURE_EDGE, MEASURE_FAILURES, MEASURE_FLAPS};
  return measures[band];
}

const struct row *first_row(const struct comparison *comparison, size_t candidate) {
  const struct row *row = comparison->rows;
  while (row->candidate != &comparison->candidates[candidate]) row++;
  return row;
}

/* A triangle from low over typical to high; of what spans decades, in its logarithm. */
static double draw(const struct oio_tech_value *value, struct oio_rng *rng) {
  const double unit = oio_rng_unit(rng);
  if (!(value->low < value->high)) return value->typical;
  const bool decades = value->low > 0 && value->high / value->low >= 10;
  const double low = decades ? log(value->low) : value->low, high = decades ? log(value->high) : value->high;
  const double top = decades ? log(value->typical) : value->typical, part = (top - low) / (high - low);
  const double at = unit < part ? low + sqrt(unit * (high - low) * (top - low)) : high - sqrt((1 - unit) * (high - low) * (high - top));
  return decades ? exp(at) : at;
}

static void draw_row(struct row *row, struct oio_rng *rng) {
  for (unsigned i = 0; i < DRAWN; i++) {
    const enum oio_tech_quantity quantity = varied_of(row, i);
    row_set(row, quantity, draw(&row->candidate->tech->value[quantity], rng));
  }
}

/* Samples, then each value at both ends. */
static size_t rows_of_one(const struct comparison *comparison) {
  return comparison->samples + 2 * VARIED;
}

static void make_rows(const struct comparison *comparison, size_t candidate, struct row *rows) {
  const struct row *first = first_row(comparison, candidate);
  for (uint64_t i = 0; i < comparison->samples; i++) {
    struct oio_rng rng;
    oio_rng_seed(&rng, comparison->config.seed, oio_mix64(candidate) + i);
    row_begin(&rows[i], first->candidate, first->errors);
    draw_row(&rows[i], &rng);
  }
  for (unsigned i = 0; i < 2 * VARIED; i++) {
    struct row *row = &rows[comparison->samples + i];
    row_begin(row, first->candidate, first->errors);
    const enum oio_tech_quantity quantity = varied_of(row, i / 2);
    const struct oio_tech_value *value = &first->candidate->tech->value[quantity];
    row_set(row, quantity, i % 2 == 0 ? value->low : value->high);
  }
}

static int compare_numbers(const void *a, const void *b) {
  const double one = *(const double *)a, other = *(const double *)b;
  return (one > other) - (one < other);
}

static void band_of(struct spread *spread, enum band band, const struct row *rows, size_t samples, double *room) {
  size_t count = 0;
  for (size_t i = 0; i < samples; i++) {
    const double value = rows[i].ran.measure[band_measure(band)];
    if (ran_good(&rows[i].ran) && isfinite(value)) room[count++] = value;
  }
  spread->low[band] = spread->high[band] = NAN;
  if (count == 0) return;
  qsort(room, count, sizeof *room, compare_numbers);
  spread->low[band] = room[(size_t)(0.05 * (double)(count - 1) + 0.5)];
  spread->high[band] = room[(size_t)(0.95 * (double)(count - 1) + 0.5)];
}

static double width_of(const double ends[2]) {
  return isfinite(ends[1] - ends[0]) ? fabs(ends[1] - ends[0]) : INFINITY;
}

static int compare_swings(const void *a, const void *b) {
  const struct swing *one = a, *other = b;
  const double p99 = width_of(other->p99_ns) - width_of(one->p99_ns), energy = width_of(other->pj_per_bit) - width_of(one->pj_per_bit);
  if (width_of(other->p99_ns) != width_of(one->p99_ns)) return (p99 > 0) - (p99 < 0);
  return (energy > 0) - (energy < 0);
}

/* rows: two of each value. One that does not vary, or moves nothing, is left out. */
static void swings_of(struct spread *spread, const struct row *rows) {
  for (unsigned i = 0; i < VARIED; i++) {
    struct swing swing = {.quantity = varied_of(rows, i)};
    const struct oio_tech_value *value = &rows->candidate->tech->value[swing.quantity];
    for (unsigned end = 0; end < 2; end++) {
      const struct row *row = &rows[2 * i + end];
      swing.at[end] = end == 0 ? value->low : value->high;
      swing.p99_ns[end] = ran_good(&row->ran) ? row->ran.measure[MEASURE_P99] : NAN;
      swing.pj_per_bit[end] = row->ran.measure[MEASURE_PJ_PER_BIT];
    }
    if (width_of(swing.p99_ns) > 0 || width_of(swing.pj_per_bit) > 0) spread->swing[spread->swings++] = swing;
  }
  qsort(spread->swing, spread->swings, sizeof *spread->swing, compare_swings);
}

double spread_share(const struct comparison *comparison, enum oio_tech_quantity quantity, enum band band) {
  double sum = 0;
  for (size_t c = 0; c < comparison->candidate_count; c++) {
    const struct spread *spread = &comparison->spreads[c];
    const double typical = first_row(comparison, c)->ran.measure[band_measure(band)];
    for (unsigned i = 0; i < spread->swings; i++) {
      const struct swing *swing = &spread->swing[i];
      const double width = width_of(band == BAND_ENERGY ? swing->pj_per_bit : swing->p99_ns);
      if (swing->quantity == quantity && isfinite(width) && typical > 0) sum += width / typical;
    }
  }
  return sum > 0 ? sum / (double)comparison->candidate_count : NAN;
}

enum oio_status spreads_run(struct comparison *comparison, struct oio_error *error) {
  const size_t each = rows_of_one(comparison), count = each * comparison->candidate_count;
  struct row *rows = calloc(count + 1, sizeof *rows);
  double *room = calloc(comparison->samples + 1, sizeof *room);
  comparison->spreads = calloc(comparison->candidate_count + 1, sizeof *comparison->spreads);
  enum oio_status status = OIO_OK;
  if (rows == NULL || room == NULL || comparison->spreads == NULL)
    status =
        oio_error_set(error, OIO_ERR_NOMEM, "out of memory for %llu samples; lower --samples", (unsigned long long)comparison->samples);
  for (size_t c = 0; c < comparison->candidate_count && status == OIO_OK; c++) make_rows(comparison, c, &rows[c * each]);
  if (status == OIO_OK) status = rows_run(comparison, rows, count, error);
  for (size_t c = 0; c < comparison->candidate_count && status == OIO_OK; c++) {
    for (unsigned band = 0; band < BANDS; band++)
      band_of(&comparison->spreads[c], (enum band)band, &rows[c * each], comparison->samples, room);
    swings_of(&comparison->spreads[c], &rows[c * each + comparison->samples]);
  }
  free(rows);
  free(room);
  return status;
}
