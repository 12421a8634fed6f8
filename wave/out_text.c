/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "window.h"

#include <string.h>

#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define GREEN "\033[1;32m"
#define YELLOW "\033[1;33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

struct text {
  struct wave_out *out;
  const struct wave_report *report;
  size_t columns;
  uint32_t most;
  bool colour;
  const char *command;
  size_t time_columns; /* that the times in the list take */
};

static void paint(const struct text *text, const char *escape) {
  if (text->colour) wave_out_text(text->out, escape);
}

/* Text in lines of at most the terminal's columns, broken at blanks where there are any; later lines begin with `indent` blanks. */
static void wrap(const struct text *text, const char *line, size_t used, size_t indent) {
  struct wave_out *out = text->out;
  for (bool first = true; *line != '\0'; first = false) {
    size_t length = strcspn(line, " ");
    length += length == 0;
    struct wave_out word = {0};
    wave_out_bytes(&word, line, length);
    line += length;
    line += *line == ' ';
    const char *rest = word.bytes != NULL ? word.bytes : "";
    size_t columns = wave_columns(rest);
    if (!first && used + 1 + columns <= text->columns) {
      wave_out_fill(out, ' ', 1);
      used++;
    } else if (!first) {
      wave_out_fill(out, '\n', 1);
      wave_out_fill(out, ' ', indent);
      used = indent;
    }
    while (used + columns > text->columns) { /* one word that is longer than a line */
      const char *from = rest;
      struct wave_out part = {0};
      while (*rest != '\0' && used + wave_columns(part.bytes != NULL ? part.bytes : "") + 2 <= text->columns) {
        from = rest;
        wave_utf8(&rest);
        wave_out_bytes(&part, from, (size_t)(rest - from));
      }
      wave_out_clean(out, part.bytes != NULL ? part.bytes : "");
      wave_out_free(&part);
      wave_out_fill(out, '\n', 1);
      wave_out_fill(out, ' ', indent);
      used = indent;
      columns = wave_columns(rest);
    }
    wave_out_clean(out, rest);
    used += columns;
    out->failed = out->failed || word.failed;
    wave_out_free(&word);
  }
  wave_out_fill(out, '\n', 1);
}

static void wrap_out(const struct text *text, struct wave_out *line, size_t used, size_t indent) {
  if (line->bytes != NULL) wrap(text, line->bytes, used, indent);
  text->out->failed = text->out->failed || line->failed;
  wave_out_free(line);
}

static const char *plural(uint64_t count) {
  return count == 1 ? "" : "s";
}

static void verdict(const struct text *text) {
  const struct wave_report *report = text->report;
  const char *word = wave_verdict_word(report->verdict);
  paint(text, report->verdict == WAVE_SAME ? GREEN : report->verdict == WAVE_DIFFERENT ? RED : YELLOW);
  wave_out_format(text->out, "%s:", word);
  paint(text, PLAIN);
  wave_out_fill(text->out, ' ', 1);
  wrap(text, report->summary, strlen(word) + 2, 2);
}

static void partial(const struct text *text, const struct wave_file *file, const char *side) {
  if (file->partial == NULL) return;
  struct wave_out line = {0};
  wave_out_format(&line, "%s is read in part only: %s", side, file->partial);
  paint(text, YELLOW);
  wave_out_text(text->out, "warning: ");
  paint(text, PLAIN);
  wrap_out(text, &line, 9, 9);
}

/* " at 125 ns (cycle 12 of top.clk)"; nothing for what is only declared differently. */
static void place(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40];
  if (divergence->class == WAVE_CLASS_MISSING || divergence->class == WAVE_CLASS_WIDTH || divergence->class == WAVE_CLASS_TYPE) return;
  wave_out_format(out, " at %s", wave_time_text(report, divergence->at, time));
  if (divergence->cycle < 0) return;
  const bool beat = divergence->class == WAVE_CLASS_BEATS;
  wave_out_format(out, " (%s %lld", beat ? "beat" : "cycle", (long long)divergence->cycle);
  if (!beat && divergence->clock != NULL) wave_out_format(out, " of %s", divergence->clock);
  wave_out_text(out, ")");
}

static void labelled(const struct text *text, const char *label, struct wave_out *line) {
  wave_out_fill(text->out, ' ', 7);
  paint(text, DIM);
  wave_out_text(text->out, label);
  paint(text, PLAIN);
  wrap_out(text, line, 7 + strlen(label), 9);
}

static void aliases(const struct text *text, const struct wave_divergence *divergence) {
  struct wave_out line = {0};
  unsigned shown = 0, more = 0;
  for (char **alias = divergence->aliases; alias != NULL && *alias != NULL; alias++)
    if (shown < 3)
      wave_out_format(&line, "%s%s", shown++ > 0 ? ", " : "", *alias);
    else
      more++;
  if (more > 0) wave_out_format(&line, " and %u more", more);
  if (shown > 0) labelled(text, "also ", &line);
}

static void first_rule(const struct text *text, const struct wave_divergence *divergence) {
  if (divergence->rule < 0 || (uint32_t)divergence->rule >= text->report->n_rules) return;
  const struct wave_rule_count *rule = &text->report->rules[divergence->rule];
  if (rule->text == NULL || strcmp(rule->where, "default") == 0) return;
  struct wave_out line = {0};
  wave_out_format(&line, "%s (%s)", rule->text, rule->where);
  labelled(text, "rule ", &line);
}

static void first_time(const struct text *text, const struct wave_divergence *divergence) {
  struct wave_out line = {0};
  wave_describe_time(&line, text->report, divergence);
  if (line.size > 0)
    labelled(text, "", &line);
  else
    wave_out_free(&line);
}

/* On one line when they fit, else one below the other. */
static void first_values(const struct text *text, const struct wave_divergence *divergence) {
  struct wave_out line = {0}, gap = {0};
  const char *class = wave_class_word(divergence->class);
  const size_t most = text->columns - 34;
  if (divergence->golden_value == NULL && divergence->new_value == NULL) return;
  if (divergence->reason != NULL || divergence->class == WAVE_CLASS_SHORTER) { /* words, not a pair of values */
    wave_out_format(&line, "%s: ", class);
    wave_describe_values(&line, divergence, ", new ", most);
    labelled(text, "", &line);
    return;
  }
  wave_describe_values(&line, divergence, ", new ", most);
  if (7 + strlen(class) + 2 + line.size > text->columns) {
    wave_out_clear(&line);
    wave_out_format(&gap, "\n%*snew    ", (int)(7 + strlen(class) + 2), "");
    wave_describe_values(&line, divergence, gap.bytes != NULL ? gap.bytes : "new ", most);
  }
  wave_out_format(text->out, "%*s%s: ", 7, "", class);
  wave_out_bytes(text->out, line.bytes, line.size);
  wave_out_fill(text->out, '\n', 1);
  wave_out_free(&line);
  wave_out_free(&gap);
}

static void first(const struct text *text) {
  const struct wave_report *report = text->report;
  if (report->n_divergences == 0) return;
  const struct wave_divergence *divergence = &report->divergences[0];
  struct wave_out line = {0};
  wave_out_format(&line, "%s", divergence->path);
  place(&line, report, divergence);
  wave_out_fill(text->out, '\n', 1);
  paint(text, BOLD);
  wave_out_text(text->out, "first: ");
  wrap_out(text, &line, 7, 9);
  paint(text, PLAIN);
  if (wave_is_declared(divergence)) {
    wave_describe(&line, report, divergence, 20);
    labelled(text, "", &line);
  } else {
    first_values(text, divergence);
    first_time(text, divergence);
  }
  if (divergence->new_path != NULL) {
    wave_out_text(&line, divergence->new_path);
    labelled(text, "in new ", &line);
  }
  aliases(text, divergence);
  first_rule(text, divergence);
  if (divergence->detailed) wave_out_fill(text->out, '\n', 1);
  wave_window(text->out, report, divergence, &(struct wave_window_style){(uint32_t)text->columns, "  ", text->colour});
}

/* What a row says after the class: values and how long, or whatever tells most in so many columns. */
static void row_tail(const struct text *text, const struct wave_divergence *divergence, struct wave_out *tail, size_t left) {
  char time[40];
  if (wave_is_declared(divergence)) {
    wave_describe(tail, text->report, divergence, 20);
    return;
  }
  if (wave_is_shifted(divergence)) {
    wave_describe_shift(tail, text->report, divergence);
    return;
  }
  if (divergence->reason != NULL)
    wave_out_text(tail, divergence->reason);
  else if (divergence->golden_value != NULL || divergence->new_value != NULL)
    wave_describe_values(tail, divergence, " / ", left > 26 ? left / 2 - 9 : 4);
  if (divergence->class == WAVE_CLASS_RECORDS || divergence->class == WAVE_CLASS_SHORTER || divergence->kind == WAVE_EVENT) return;
  const char *length =
      divergence->until == WAVE_FOREVER ? "to end" : wave_time_text(text->report, divergence->until - divergence->at, time);
  if (divergence->until > divergence->at && tail->size + 2 + strlen(length) <= left) wave_out_format(tail, "  %s", length);
}

/* One divergence on one line: time, name, class, values, how long. */
static void row(const struct text *text, const struct wave_group *group, const struct wave_divergence *divergence) {
  struct wave_out *out = text->out, tail = {0};
  char time[40];
  const size_t name_columns = text->columns * 3 / 10, left = text->columns - (2 + text->time_columns + 2 + name_columns + 2 + 9);
  const char *class = wave_class_word(divergence->class),
             *when = wave_is_declared(divergence) ? "-" : wave_time_text(text->report, divergence->at, time);
  wave_out_format(out, "  %*s  ", (int)text->time_columns, when);
  const bool more = divergence->class == WAVE_CLASS_MISSING && divergence->scope != NULL; /* than the scope is in the title */
  const char *scope = more ? divergence->scope : group->title;
  const size_t used = wave_out_fit(out, wave_name_in(divergence, scope), name_columns, true);
  wave_out_fill(out, ' ', name_columns - used + 2);
  paint(text, YELLOW);
  wave_out_format(out, "%-8s", class);
  paint(text, PLAIN);
  row_tail(text, divergence, &tail, left);
  const char *words = tail.bytes != NULL ? tail.bytes : "";
  if (strncmp(words, class, strlen(class)) == 0) words += strlen(class) + (words[strlen(class)] == ':');
  wave_out_fill(out, ' ', *words != ' ');
  wave_out_fit(out, words, left, false);
  wave_out_fill(out, '\n', 1);
  wave_out_free(&tail);
}

/* How many rows of its own a group gets: each listed group one, what is left goes to the first ones. */
static uint32_t share(const struct text *text, uint32_t index) {
  const struct wave_report *report = text->report;
  const uint32_t groups = report->n_groups < text->most ? report->n_groups : text->most;
  uint32_t left = text->most - groups;
  for (uint32_t i = 0; i < index; i++) {
    const uint32_t extra = report->groups[i].n > 0 ? report->groups[i].n - 1 : 0;
    left -= extra < left ? extra : left;
  }
  const uint32_t has = report->groups[index].n;
  return has < left + 1 ? has : left + 1;
}

static void group(const struct text *text, uint32_t index) {
  const struct wave_group *one = &text->report->groups[index];
  const uint32_t shown = share(text, index);
  struct wave_out count = {0};
  wave_out_format(&count, "  %u signal%s", (unsigned)one->n, plural(one->n));
  const size_t room = text->columns - count.size;
  paint(text, BOLD);
  wave_out_fit(text->out, one->title, room, true);
  paint(text, PLAIN);
  wave_out_format(text->out, "%s\n", count.bytes != NULL ? count.bytes : "");
  wave_out_free(&count);
  for (uint32_t i = 0; i < shown; i++) row(text, one, &text->report->divergences[one->members[i]]);
  if (shown < one->n) wave_out_format(text->out, "  %*s  and %u more\n", (int)text->time_columns, "", (unsigned)(one->n - shown));
}

static size_t time_columns(const struct text *text) {
  char time[40];
  size_t columns = 1;
  for (uint32_t i = 0; i < text->report->n_divergences; i++) {
    const struct wave_divergence *divergence = &text->report->divergences[i];
    const size_t length = wave_is_declared(divergence) ? 0 : strlen(wave_time_text(text->report, divergence->at, time));
    if (length > columns) columns = length;
  }
  return columns < 24 ? columns : 24;
}

static void groups(const struct text *text) {
  const struct wave_report *report = text->report;
  if (report->n_divergences < 2) return;
  wave_out_text(text->out, "\n");
  uint32_t i = 0;
  for (; i < report->n_groups && i < text->most; i++) group(text, i);
  if (i == report->n_groups) return;
  uint64_t signals = 0;
  uint32_t more = 0;
  for (; i < report->n_groups; i++) {
    if (report->divergences[report->groups[i].members[0]].class == WAVE_CLASS_SHORTER) continue; /* it stands in the first line */
    signals += report->groups[i].n;
    more++;
  }
  if (more == 0) return;
  wave_out_format(text->out, "and %u more scope%s with %llu signal%s\n", (unsigned)more, plural(more), (unsigned long long)signals,
                  plural(signals));
}

static void notes(const struct text *text) {
  if (text->report->n_notes > 0) wave_out_text(text->out, "\n");
  for (uint32_t i = 0; i < text->report->n_notes; i++) {
    wave_out_text(text->out, "note: ");
    wrap(text, text->report->notes[i], 6, 6);
  }
}

static void file_line(const struct text *text, const struct wave_file *file, const char *side) {
  char time[40];
  struct wave_out line = {0};
  wave_out_format(&line, "%s (%s, %llu variable%s, ends at %s)", file->path, file->format, (unsigned long long)file->variables,
                  plural(file->variables), wave_time_text(text->report, file->end, time));
  wave_out_format(text->out, "%-9s ", side);
  wrap_out(text, &line, 10, 10);
}

static void counts(const struct text *text) {
  const struct wave_report *report = text->report;
  char from[40], to[40];
  struct wave_out line = {0};
  wave_out_text(text->out, "\n");
  file_line(text, &report->golden, "golden");
  file_line(text, &report->fresh, "new");
  wave_out_format(&line, "%llu variable%s from %s to %s: ", (unsigned long long)report->compared, plural(report->compared),
                  wave_time_text(report, report->compared_from, from), wave_time_text(report, report->compared_to, to));
  wave_describe_count(&line, report);
  if (report->missing_in_new > 0) wave_out_format(&line, ", %llu missing in new", (unsigned long long)report->missing_in_new);
  if (report->missing_in_golden > 0) wave_out_format(&line, ", %llu missing in golden", (unsigned long long)report->missing_in_golden);
  if (report->excluded > 0) wave_out_format(&line, ", %llu left out by rules", (unsigned long long)report->excluded);
  wave_out_text(text->out, "compared  ");
  wrap_out(text, &line, 10, 10);
}

/* The command that shows more; it is never broken into lines or cut, so that it can be pasted. */
static void zoom(const struct text *text) {
  const struct wave_report *report = text->report;
  if (report->verdict != WAVE_DIFFERENT) return;
  struct wave_out *out = text->out;
  char time[40];
  const struct wave_divergence *divergence = report->n_divergences > 0 ? &report->divergences[0] : NULL;
  wave_out_text(out, "see more  ");
  if (text->command != NULL) {
    wave_out_clean(out, text->command);
  } else {
    wave_out_text(out, "oio wavediff ");
    wave_out_shell(out, report->golden.path);
    wave_out_text(out, " ");
    wave_out_shell(out, report->fresh.path);
  }
  wave_out_text(out, " \\\n         ");
  if (report->n_divergences > text->most) wave_out_format(out, " --max %u", (unsigned)report->n_divergences);
  if (divergence != NULL && divergence->detailed && divergence->window_to > divergence->window_from) {
    wave_time_text(report, 2 * (divergence->window_to - divergence->window_from), time);
    char *blank = strchr(time, ' ');
    if (blank != NULL) memmove(blank, blank + 1, strlen(blank));
    wave_out_format(out, " --around %s", time);
  }
  wave_out_text(out, " --diff-fst diff.fst\n");
}

void wave_text(struct wave_out *out, const struct wave_report *report, const struct wave_text_style *style) {
  const size_t columns = style->columns == 0 ? 80 : style->columns < 60 ? 60 : style->columns;
  struct text text = {out, report, columns, style->most == 0 ? 10 : style->most, style->colour, style->command, 0};
  text.time_columns = time_columns(&text);
  verdict(&text);
  partial(&text, &report->golden, "golden");
  partial(&text, &report->fresh, "new");
  first(&text);
  groups(&text);
  notes(&text);
  counts(&text);
  zoom(&text);
}
