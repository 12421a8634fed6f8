/* SPDX-License-Identifier: Apache-2.0 */
/* The words that all outputs share. */
#include "output.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

const char *wave_verdict_word(enum wave_verdict verdict) {
  switch (verdict) {
  case WAVE_SAME:
    return "SAME";
  case WAVE_DIFFERENT:
    return "DIFFERENT";
  case WAVE_UNUSABLE:
    return "UNUSABLE";
  case WAVE_NOTHING:
    return "NOTHING COMPARED";
  }
  return "UNUSABLE";
}

static void add_value(struct wave_out *out, const struct wave_divergence *divergence, const char *text, struct wave_crop crop,
                      size_t most) {
  if (text == NULL) {
    wave_out_text(out, "nothing");
    return;
  }
  if (divergence->kind == WAVE_BITS && divergence->width > 1) wave_out_text(out, "'h");
  if (divergence->kind != WAVE_BITS || crop.length != strlen(text)) {
    wave_out_fit(out, text, most, false);
    return;
  }
  struct wave_out shown = {0};
  if (crop.from > 0) wave_out_text(&shown, "..");
  wave_out_bytes(&shown, text + crop.from, crop.to - crop.from);
  if (crop.to < crop.length) wave_out_text(&shown, "..");
  wave_out_fit(out, shown.bytes != NULL ? shown.bytes : "", most + 4, false);
  out->failed = out->failed || shown.failed;
  wave_out_free(&shown);
}

void wave_describe_values(struct wave_out *out, const struct wave_divergence *divergence, const char *between, size_t value_most) {
  char *golden = divergence->golden_value != NULL ? wave_full_value(divergence, divergence->golden_value) : NULL;
  char *fresh = divergence->new_value != NULL ? wave_full_value(divergence, divergence->new_value) : NULL;
  struct wave_crop crop = {0};
  if (golden != NULL && fresh != NULL) crop = wave_crop(golden, fresh, value_most);
  const bool words = strstr(between, "new") != NULL;
  if (words) wave_out_text(out, "golden ");
  add_value(out, divergence, golden, crop, value_most);
  wave_out_text(out, between);
  add_value(out, divergence, fresh, crop, value_most);
  free(golden);
  free(fresh);
}

static const char *kind_word(enum wave_kind kind) {
  static const char *const words[] = {"bits", "real", "string", "event", "port"};
  return words[kind];
}

static void describe_declared(struct wave_out *out, const struct wave_divergence *divergence) {
  if (divergence->class == WAVE_CLASS_MISSING)
    wave_out_text(out, divergence->missing_in_new ? "missing in new" : "missing in golden");
  else if (divergence->class == WAVE_CLASS_WIDTH)
    wave_out_format(out, "golden %u bits, new %u", (unsigned)divergence->width, (unsigned)divergence->new_width);
  else
    wave_out_format(out, "golden %s, new %s", kind_word(divergence->kind), kind_word(divergence->new_kind));
}

/* "2 ns later", "3 cycles earlier". */
void wave_describe_shift(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40];
  const int64_t shift = divergence->shift, cycles = divergence->cycles_late;
  const bool earlier = divergence->class == WAVE_CLASS_LATENCY && cycles != 0 ? cycles < 0 : shift < 0;
  if (divergence->class == WAVE_CLASS_LATENCY)
    wave_out_format(out, "%lld cycle%s %s", (long long)(cycles < 0 ? -cycles : cycles), cycles == 1 || cycles == -1 ? "" : "s",
                    earlier ? "earlier" : "later");
  else
    wave_out_format(out, "%s %s", wave_time_text(report, shift < 0 ? -shift : shift, time), earlier ? "earlier" : "later");
}

void wave_describe_time(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40], length[40];
  if (wave_is_declared(divergence)) return;
  if (wave_is_shifted(divergence)) {
    wave_out_text(out, "the same changes, ");
    wave_describe_shift(out, report, divergence);
  } else if (divergence->until == WAVE_FOREVER) {
    wave_out_text(out, "not equal again before the end");
  } else if (divergence->until <= divergence->at) {
    wave_out_text(out, "once");
  } else {
    wave_time_text(report, divergence->until - divergence->at, length);
    wave_out_format(out, "for %s, equal again at %s", length, wave_time_text(report, divergence->until, time));
  }
  if (divergence->times > 1)
    wave_out_format(out, "; %llu times, %s in all", (unsigned long long)divergence->times, wave_time_text(report, divergence->total, time));
}

void wave_describe(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence, size_t value_most) {
  if (divergence->class != WAVE_CLASS_MISSING) wave_out_format(out, "%s: ", wave_class_word(divergence->class));
  if (wave_is_declared(divergence)) {
    describe_declared(out, divergence);
    return;
  }
  if (divergence->golden_value != NULL || divergence->new_value != NULL) {
    wave_describe_values(out, divergence, ", new ", value_most);
    wave_out_text(out, ", ");
  }
  wave_describe_time(out, report, divergence);
}

const char *wave_name_in(const struct wave_divergence *divergence, const char *scope) {
  const size_t length = strlen(scope);
  if (length == 0 || strncmp(divergence->path, scope, length) != 0) return divergence->path;
  const char *name = divergence->path + length + (divergence->path[length] == '.');
  const bool below = *name != '\0' && (name > divergence->path + length || *name == '[');
  return below ? name : divergence->path;
}
