/* SPDX-License-Identifier: Apache-2.0 */
#include "chart.h"

#include "scale.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
  WIDE = 960,
  HIGH = 560,
  LEFT = 84,
  TOP = 56,
  BOTTOM = 500,
  RIGHT = 24,
  LEGEND = 230,
  LEGEND_ROW = 20,
  SLANTED_BOTTOM = 430,
  NAME_LETTERS = 30,
  BESIDE = 14
};

/* Told apart by people who do not see red or green, too; then dashes. */
static const char *const colours[] = {"#2f6fb2", "#d55e00", "#4f8a4b", "#8a4f86", "#b5881d", "#22384d", "#56b4e9", "#b04a5a"};
enum { COLOURS = sizeof colours / sizeof colours[0] };
static const char *const dashes[] = {"", " stroke-dasharray=\"7 4\"", " stroke-dasharray=\"2 3\"", " stroke-dasharray=\"9 3 2 3\""};
enum { DASHES = sizeof dashes / sizeof dashes[0] };

struct chart {
  FILE *out;
  const struct series_set *set;
  struct scale x, y;
  double right, bottom; /* of the field */
  bool scattered, spread;
};

/* Over a word the lines stand side by side. */
static double aside(const struct chart *c, unsigned index) {
  const double slot = (c->right - LEFT) / (double)c->set->words, step = fmin(BESIDE, 0.8 * slot / c->set->count);
  return c->set->worded ? (index - (c->set->count - 1) / 2.0) * step : 0;
}

static double across(const struct chart *c, double x) {
  if (c->set->worded) return LEFT + (x + 0.5) / (double)c->set->words * (c->right - LEFT);
  return LEFT + scale_at(&c->x, x) * (c->right - LEFT);
}

static double up(const struct chart *c, double y) {
  return c->bottom - scale_at(&c->y, y) * (c->bottom - TOP);
}

/* At most so many letters, and what XML does not take as it is. */
static void put_text(FILE *out, const char *text, unsigned letters) {
  for (unsigned i = 0; text[i] != '\0'; i++) {
    if (i == letters) {
      fputs("…", out);
      return;
    }
    if (text[i] == '&')
      fputs("&amp;", out);
    else if (text[i] == '<')
      fputs("&lt;", out);
    else if (text[i] == '>')
      fputs("&gt;", out);
    else
      putc(text[i], out);
  }
}

static void put_number(FILE *out, double value) {
  char text[40];
  snprintf(text, sizeof text, fabs(value) >= 1e6 || (value != 0 && fabs(value) < 1e-3) ? "%.0e" : "%.6g", value);
  char *exponent = strpbrk(text, "e"); /* 1e-06 is 1e-6 */
  while (exponent != NULL && (exponent[1] == '-' || exponent[1] == '+') && exponent[2] == '0')
    memmove(exponent + 2, exponent + 3, strlen(exponent + 2));
  fputs(text, out);
}

static void put_name(FILE *out, const char *name) {
  double of;
  const char *unit = series_unit(name, &of);
  put_text(out, name, 60);
  if (*unit != '\0') fprintf(out, ", %s", unit);
}

/* What a short name of a figure means. */
static const char *meaning(const char *name) {
  static const char *const names[][2] = {{"min", "shortest latency"}, {"mean", "mean latency"},  {"p50", "median latency"},
                                         {"p99", "p99 latency"},      {"p999", "p99.9 latency"}, {"max", "longest latency"},
                                         {"goodput", "goodput"}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(names[i][0], name) == 0) return names[i][1];
  }
  return name;
}

static void put_figures(const struct chart *c, bool unit) {
  double of;
  const struct series_query *query = &c->set->query;
  for (unsigned f = 0; f < query->figures; f++) {
    fputs(f == 0 ? "" : ", ", c->out);
    put_text(c->out, meaning(query->y[f]), 60);
  }
  if (unit && *series_unit(query->y[0], &of) != '\0') fprintf(c->out, ", %s", series_unit(query->y[0], &of));
}

static void draw_y_axis(const struct chart *c) {
  for (unsigned i = 0; i < c->y.ticks; i++) {
    const double y = up(c, c->y.tick[i]);
    fprintf(c->out, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/><text x=\"%d\" y=\"%.1f\" class=\"left\">", LEFT,
            y, c->right, y, LEFT - 8, y + 4);
    put_number(c->out, c->y.tick[i]);
    fputs("</text>\n", c->out);
  }
  fprintf(c->out, "<text transform=\"translate(20 %.1f) rotate(-90)\" class=\"middle\">", (TOP + c->bottom) / 2);
  put_figures(c, true);
  fputs("</text>\n", c->out);
}

static void draw_words(const struct chart *c) {
  for (uint64_t i = 0; i < c->set->words; i++) {
    const double x = across(c, (double)i);
    fprintf(c->out, "<text transform=\"translate(%.1f %.1f) rotate(-28)\" class=\"left\">", x + 6, c->bottom + 16);
    put_text(c->out, c->set->word[i][0] != '\0' ? c->set->word[i] : "(none)", NAME_LETTERS);
    fputs("</text>\n", c->out);
  }
}

static void draw_x_axis(const struct chart *c) {
  for (unsigned i = 0; i < c->x.ticks && !c->set->worded; i++) {
    const double x = across(c, c->x.tick[i]);
    fprintf(c->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/><text x=\"%.1f\" y=\"%.1f\" class=\"middle\">", x,
            TOP, x, c->bottom, x, c->bottom + 18);
    put_number(c->out, c->x.tick[i]);
    fputs("</text>\n", c->out);
  }
  if (c->set->worded) draw_words(c);
  fprintf(c->out, "<text x=\"%.1f\" y=\"%d\" class=\"middle\">", (LEFT + c->right) / 2, HIGH - 14);
  put_name(c->out, c->set->measured ? meaning(c->set->query.x) : c->set->query.x);
  fputs("</text>\n", c->out);
}

static void draw_bar(const struct chart *c, const struct mark *mark, double x, const char *colour) {
  const double low = mark->y.mean - mark->y.within, high = mark->y.mean + mark->y.within;
  if (mark->y.within <= 0) return;
  const double bottom = up(c, fmax(low, c->y.low)), top = up(c, fmin(high, c->y.high));
  fprintf(c->out, "<path d=\"M%.1f %.1fV%.1fM%.1f %.1fh8M%.1f %.1fh8\" stroke=\"%s\" stroke-opacity=\"0.6\" fill=\"none\"/>\n", x, bottom,
          top, x - 4, bottom, x - 4, top, colour);
}

static void draw_series(const struct chart *c, unsigned index) {
  const struct series *series = &c->set->series[index];
  const char *colour = colours[index % COLOURS], *dash = dashes[index / COLOURS % DASHES];
  if (!c->scattered && !c->set->worded && series->marks > 1) {
    fprintf(c->out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s points=\"", colour, dash);
    for (uint64_t m = 0; m < series->marks; m++)
      fprintf(c->out, "%s%.1f,%.1f", m == 0 ? "" : " ", across(c, series->mark[m].x), up(c, series->mark[m].y.mean));
    fputs("\"/>\n", c->out);
  }
  for (uint64_t m = 0; m < series->marks; m++) {
    const double x = across(c, series->mark[m].x) + aside(c, index);
    draw_bar(c, &series->mark[m], x, colour);
    fprintf(c->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, up(c, series->mark[m].y.mean), colour);
  }
}

static void draw_legend(const struct chart *c) {
  const struct series_set *set = c->set;
  const double x = c->right + 20;
  if (set->query.by == NULL && set->count < 2) return;
  if (set->query.by != NULL) {
    fprintf(c->out, "<text x=\"%.1f\" y=\"%d\" class=\"by\">", x, TOP);
    put_name(c->out, set->query.by);
    fputs("</text>\n", c->out);
  }
  for (unsigned i = 0; i < set->count; i++) {
    const int y = TOP + (int)(i + 1) * LEGEND_ROW;
    fprintf(c->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"%s/><text x=\"%.1f\" y=\"%d\">", x,
            y, x + 22, y, colours[i % COLOURS], dashes[i / COLOURS % DASHES], x + 30, y + 4);
    put_text(c->out, set->series[i].name, NAME_LETTERS);
    fputs("</text>\n", c->out);
  }
}

static void draw_title(const struct chart *c, const char *title) {
  fprintf(c->out, "<text x=\"%d\" y=\"30\" class=\"title\">", LEFT);
  if (title != NULL) {
    put_text(c->out, title, 100);
  } else {
    put_figures(c, false);
    fputs(" over ", c->out);
    put_text(c->out, c->set->measured ? meaning(c->set->query.x) : c->set->query.x, 60);
  }
  fputs("</text>\n", c->out);
  if (c->spread)
    fprintf(c->out, "<text x=\"%.1f\" y=\"30\" class=\"left\">means of several seeds, bars: 95 %% confidence</text>\n",
            (double)(WIDE - RIGHT));
}

/* From the lowest to the highest of all that is drawn. */
static void measure(struct chart *c) {
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  for (unsigned i = 0; i < c->set->count; i++) {
    for (uint64_t m = 0; m < c->set->series[i].marks; m++) {
      const struct mark *mark = &c->set->series[i].mark[m];
      const double below = mark->y.mean - mark->y.within, above = mark->y.mean + mark->y.within;
      low[0] = fmin(low[0], mark->x);
      high[0] = fmax(high[0], mark->x);
      low[1] = fmin(low[1], c->set->query.log_y && below <= 0 ? mark->y.mean : below);
      high[1] = fmax(high[1], above);
      c->spread = c->spread || mark->y.within > 0;
    }
  }
  scale_make(&c->x, low[0], high[0], c->set->query.log_x && !c->set->worded);
  scale_make(&c->y, low[1], high[1], c->set->query.log_y);
}

void chart_draw(FILE *out, const struct series_set *set, const char *title, bool scattered) {
  struct chart c = {.out = out, .set = set, .scattered = scattered, .bottom = set->worded ? SLANTED_BOTTOM : BOTTOM};
  c.right = WIDE - RIGHT - (set->query.by != NULL || set->count > 1 ? LEGEND : 0);
  measure(&c);
  const int rows = TOP + (int)(set->count + 2) * LEGEND_ROW, high = rows > HIGH ? rows : HIGH;
  fprintf(out,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
          "<style>text{font-family:sans-serif;font-size:12px;fill:#22384d}.title{font-size:16px;font-weight:bold}.left{text-anchor:end}"
          ".middle{text-anchor:middle}.by{font-weight:bold}.grid{stroke:#dde3e8}</style>\n"
          "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
          WIDE, high, WIDE, high);
  draw_title(&c, title);
  draw_y_axis(&c);
  draw_x_axis(&c);
  fprintf(out, "<path d=\"M%d %dV%.1fH%.1f\" fill=\"none\" stroke=\"#7a8793\"/>\n", LEFT, TOP, c.bottom, c.right);
  for (unsigned i = 0; i < set->count; i++) draw_series(&c, i);
  draw_legend(&c);
  fputs("</svg>\n", out);
}

/* Quotes in a name are doubled. */
static void list_name(FILE *out, const char *name) {
  putc('"', out);
  for (; *name != '\0'; name++) {
    if (*name == '"') putc('"', out);
    putc(*name, out);
  }
  putc('"', out);
}

void chart_list(FILE *out, const struct series_set *set) {
  fputs("series,x,y,within,runs\n", out);
  for (unsigned i = 0; i < set->count; i++) {
    const struct series *series = &set->series[i];
    for (uint64_t m = 0; m < series->marks; m++) {
      const struct mark *mark = &series->mark[m];
      list_name(out, series->name[0] != '\0' ? series->name : set->query.y[0]);
      putc(',', out);
      if (set->worded)
        list_name(out, set->word[(uint64_t)mark->x]);
      else
        fprintf(out, "%.15g", mark->x);
      fprintf(out, ",%.15g,%.15g,%" PRIu64 "\n", mark->y.mean, mark->y.within, mark->runs);
    }
  }
}
