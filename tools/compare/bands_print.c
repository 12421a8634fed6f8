/* SPDX-License-Identifier: Apache-2.0 */
#include "bands_print.h"

#include "json_text.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SHOWN = 2, WIDTH = 158 };

static const char *quantity_name(enum oio_tech_quantity quantity) {
  return oio_tech_quantity_help_of(quantity)->name;
}

static void print_band(FILE *out, const struct spread *spread, enum band band, int digits) {
  char text[40];
  snprintf(text, sizeof text, "%.*f .. %.*f", digits, spread->low[band], digits, spread->high[band]);
  fprintf(out, " %19s", text);
}

/* Of what has no digits behind the point in common, and may not be there. */
static void print_short(FILE *out, const struct spread *spread, enum band band) {
  char text[40] = "-";
  if (isfinite(spread->low[band])) snprintf(text, sizeof text, "%.3g .. %.3g", spread->low[band], spread->high[band]);
  fprintf(out, " %19s", text);
}

/* "phy_ns 20..200: 293.0..473.0", or what moves only energy, so. */
static int format_swing(char *text, size_t nbytes, const struct swing *swing) {
  const char *name = quantity_name(swing->quantity);
  if (!isfinite(swing->p99_ns[0]) || !isfinite(swing->p99_ns[1]))
    return snprintf(text, nbytes, "%s %.3g..%.3g: not good at an end", name, swing->at[0], swing->at[1]);
  if (swing->p99_ns[0] == swing->p99_ns[1])
    return snprintf(text, nbytes, "%s %.3g..%.3g: %.4g..%.4g pJ/b", name, swing->at[0], swing->at[1], swing->pj_per_bit[0],
                    swing->pj_per_bit[1]);
  return snprintf(text, nbytes, "%s %.3g..%.3g: %.5g..%.5g ns", name, swing->at[0], swing->at[1], swing->p99_ns[0], swing->p99_ns[1]);
}

static void print_swings(FILE *out, const struct spread *spread, int column) {
  for (unsigned i = 0; i < spread->swings && i < SHOWN; i++) {
    char text[120];
    const int length = format_swing(text, sizeof text, &spread->swing[i]);
    if (column + length + 2 > WIDTH) break;
    column += fprintf(out, "%s%s", i == 0 ? "  " : "; ", text);
  }
  fprintf(out, "\n");
}

struct share {
  enum oio_tech_quantity quantity;
  double part;
};

static int larger_first(const void *a, const void *b) {
  const struct share *one = a, *other = b;
  return (other->part > one->part) - (other->part < one->part);
}

/* What moves a figure, most first; returns how many. */
static unsigned shares_of(const struct comparison *comparison, enum band band, struct share shares[OIO_TECH_QUANTITIES]) {
  unsigned count = 0;
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    const double part = spread_share(comparison, (enum oio_tech_quantity)q, band);
    if (isfinite(part)) shares[count++] = (struct share){(enum oio_tech_quantity)q, part};
  }
  qsort(shares, count, sizeof *shares, larger_first);
  return count;
}

static void print_shares(FILE *out, const struct comparison *comparison, enum band band, const char *figure) {
  struct share shares[OIO_TECH_QUANTITIES];
  const unsigned count = shares_of(comparison, band, shares);
  fprintf(out, "What moves %s most, low to high, as a part of it, in the mean over technologies:", figure);
  for (unsigned i = 0; i < count; i++)
    fprintf(out, "%s %s %.3g %%", i > 0 ? "," : "", quantity_name(shares[i].quantity), 100 * shares[i].part);
  fprintf(out, "%s\n", count > 0 ? "" : " nothing");
}

void bands_table(FILE *out, const struct comparison *comparison) {
  fprintf(out,
          "\nBands: 5 and 95 of 100 of %" PRIu64 " samples; values drawn from low over typical to high, at the first error rate of each\n",
          comparison->samples);
  fprintf(out, "%-31s %19s %19s %19s  moved most by (low..high of the value: of p99, else of energy)\n", "technology", "p50, ns", "p99, ns",
          "energy, pJ/b");
  for (size_t c = 0; c < comparison->candidate_count; c++) {
    const struct spread *spread = &comparison->spreads[c];
    fprintf(out, "%-31s", comparison->candidates[c].tech->name);
    for (unsigned band = BAND_P50; band <= BAND_ENERGY; band++) print_band(out, spread, (enum band)band, band == BAND_ENERGY ? 2 : 1);
    print_swings(out, spread, 92);
  }
  fprintf(out, "%-31s %19s %19s %19s\n", "", "edge, mm", "fails/year", "flaps/year");
  for (size_t c = 0; c < comparison->candidate_count; c++) {
    fprintf(out, "%-31s", comparison->candidates[c].tech->name);
    for (unsigned band = BAND_EDGE; band < BANDS; band++) print_short(out, &comparison->spreads[c], (enum band)band);
    fprintf(out, "\n");
  }
  print_shares(out, comparison, BAND_P99, "p99");
  print_shares(out, comparison, BAND_ENERGY, "energy");
}

static void pair_json(FILE *out, const char *name, const double ends[2]) {
  fprintf(out, "\"%s\": [", name);
  for (unsigned end = 0; end < 2; end++) {
    fputs(end > 0 ? ", " : "", out);
    json_number(out, ends[end]);
  }
  fprintf(out, "]");
}

void bands_json(FILE *out, const struct comparison *comparison, size_t candidate) {
  const struct spread *spread = &comparison->spreads[candidate];
  fprintf(out, "      \"bands\": {");
  for (unsigned band = 0; band < BANDS; band++) {
    if (band > 0) fprintf(out, ", ");
    pair_json(out, measure_help_of(band_measure((enum band)band))->name, (const double[2]){spread->low[band], spread->high[band]});
  }
  fprintf(out, "},\n      \"tornado\": [");
  for (unsigned i = 0; i < spread->swings; i++) {
    const struct swing *swing = &spread->swing[i];
    fprintf(out, "%s\n        {\"input\": \"%s\", ", i > 0 ? "," : "", quantity_name(swing->quantity));
    pair_json(out, "at", swing->at);
    fprintf(out, ", ");
    pair_json(out, "latency_p99_ns", swing->p99_ns);
    fprintf(out, ", ");
    pair_json(out, "energy_pj_per_bit", swing->pj_per_bit);
    fprintf(out, "}");
  }
  fprintf(out, "],\n");
}

void bands_json_all(FILE *out, const struct comparison *comparison) {
  const char *between = "";
  fprintf(out, "  \"tornado\": [");
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    const double p99 = spread_share(comparison, (enum oio_tech_quantity)q, BAND_P99),
                 energy = spread_share(comparison, (enum oio_tech_quantity)q, BAND_ENERGY);
    if (!isfinite(p99) && !isfinite(energy)) continue;
    fprintf(out, "%s\n    {\"input\": \"%s\", \"latency_p99_share\": %.9g, \"energy_share\": %.9g}", between,
            quantity_name((enum oio_tech_quantity)q), isfinite(p99) ? p99 : 0, isfinite(energy) ? energy : 0);
    between = ",";
  }
  fprintf(out, "],\n");
}
