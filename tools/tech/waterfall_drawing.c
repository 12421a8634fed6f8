/* SPDX-License-Identifier: Apache-2.0 */
/* A link budget as a drawing: a row a step, from the level before it to the level behind it. */
#include "waterfall.h"

#include <math.h>

enum { WIDE = 960, ROW = 26, TOP = 84, NAMES = 360, RIGHT = 150, FOOT = 70 };

struct chart {
  FILE *out;
  struct waterfall_scale scale;
};

static double x_of(const struct chart *c, double dbm) {
  const double part = (dbm - c->scale.low_dbm) / (c->scale.high_dbm - c->scale.low_dbm);
  return NAMES + fmax(0, part) * (WIDE - NAMES - RIGHT);
}

static void text(const struct chart *c, double x, double y, const char *style, const char *words) {
  fprintf(c->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, style, words);
}

static void bar(const struct chart *c, unsigned row, double from_dbm, double to_dbm, const char *style) {
  const double a = x_of(c, fmin(from_dbm, to_dbm)), b = x_of(c, fmax(from_dbm, to_dbm));
  fprintf(c->out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"%s\"/>\n", a, TOP + (int)row * ROW, fmax(1, b - a),
          ROW - 8, style);
}

static void name_row(const struct chart *c, unsigned row, const char *name, bool assumed) {
  text(c, NAMES - 12, TOP + row * ROW + 14, assumed ? "name assumed" : "name", name);
}

static void say_row(const struct chart *c, unsigned row, double dbm, double value, const char *unit) {
  char words[48];
  snprintf(words, sizeof words, "%.2f %s", value, unit);
  text(c, x_of(c, dbm) + 6, TOP + row * ROW + 14, "value", words);
}

static void draw_axis(const struct chart *c, unsigned rows) {
  const double span = c->scale.high_dbm - c->scale.low_dbm, every = span > 40 ? 10 : span > 20 ? 5 : 2;
  for (double dbm = ceil(c->scale.low_dbm / every) * every; dbm <= c->scale.high_dbm; dbm += every) {
    char words[32];
    fprintf(c->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"grid\"/>\n", x_of(c, dbm), TOP - 8, x_of(c, dbm),
            TOP + (int)rows * ROW);
    snprintf(words, sizeof words, "%.0f", dbm);
    text(c, x_of(c, dbm), TOP - 12, "tick", words);
  }
  text(c, WIDE - RIGHT + 24, TOP - 12, "value", "dBm");
}

static void draw_steps(const struct chart *c, const struct oio_budget *b, const struct waterfall *w) {
  for (unsigned i = 0; i < b->steps; i++) {
    const struct oio_budget_step *step = &b->step[i];
    const double before = i > 0 ? step->level_dbm - step->change_db : c->scale.low_dbm;
    bar(c, i, isfinite(before) ? before : c->scale.high_dbm, step->level_dbm, i == 0 ? "start" : step->penalty ? "penalty" : "loss");
    name_row(c, i, oio_part_help_of(step->part)->help, waterfall_assumes(w, step->part));
    say_row(c, i, i > 0 && isfinite(before) ? fmax(before, step->level_dbm) : step->level_dbm, i > 0 ? step->change_db : step->level_dbm,
            i > 0 ? "dB" : "dBm");
  }
}

void waterfall_draw(FILE *out, const struct waterfall *w) {
  const struct oio_budget *b = &w->typical;
  const struct chart c = {out, waterfall_scale(w)};
  const unsigned rows = b->steps + 2;
  const int high = TOP + (int)rows * ROW + FOOT;
  const double left_dbm = b->oma_dbm - b->penalty_db;
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
          "<style>text{font-family:sans-serif;font-size:12px;fill:#22384d}.title{font-size:16px;font-weight:bold}.name{text-anchor:end}"
          ".assumed{font-style:italic;fill:#7a8793}.tick{text-anchor:middle}.start{fill:#22384d}.loss{fill:#2f6fb2}.penalty{fill:#b5651d}"
          ".margin{fill:#4f8a4b}.lack{fill:#d0342c}.grid{stroke:#dde3e8}.want{stroke:#d0342c;stroke-dasharray:5 4}</style>\n"
          "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
          WIDE, high, WIDE, high);
  fprintf(out, "<text x=\"20\" y=\"30\" class=\"title\">%s, %.6g m, %s</text>\n", w->tech->name, w->length_m, waterfall_modulation(w));
  fprintf(out, "<text x=\"20\" y=\"50\">%s</text>\n", w->tech->title);
  draw_axis(&c, rows);
  draw_steps(&c, b, w);
  bar(&c, b->steps, c.scale.low_dbm, b->sensitivity_dbm, "start");
  name_row(&c, b->steps, "sensitivity", false);
  say_row(&c, b->steps, b->sensitivity_dbm, b->sensitivity_dbm, "dBm");
  bar(&c, b->steps + 1, b->sensitivity_dbm, isfinite(left_dbm) ? left_dbm : c.scale.low_dbm, b->margin_db < 0 ? "lack" : "margin");
  name_row(&c, b->steps + 1, "margin", false);
  say_row(&c, b->steps + 1, isfinite(left_dbm) ? fmax(left_dbm, b->sensitivity_dbm) : b->sensitivity_dbm, b->margin_db, "dB");
  fprintf(out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"want\"/>\n", x_of(&c, b->sensitivity_dbm), TOP - 8,
          x_of(&c, b->sensitivity_dbm), TOP + (int)rows * ROW);
  fprintf(out, "<text x=\"20\" y=\"%d\">Q is %.4g in the worst eye, %.4g is asked for: %.3g of the bits may be wrong before FEC.</text>\n",
          high - 40, b->q, b->q_target, b->target);
  fprintf(out, "<text x=\"20\" y=\"%d\" class=\"assumed\">In grey: assumed. Blue takes light, brown closes the eye.</text>\n", high - 20);
  fprintf(out, "</svg>\n");
}
