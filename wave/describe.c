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
  if (divergence->kind == WAVE_BITS && divergence->width > 1) wave_out_text(out, wave_hex_hides(divergence) ? "'b" : "'h");
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

/* Where two long texts part, less a few characters: what is before is left out of both, or the same begin would be all that is shown. */
static size_t common_begin(const char *golden, const char *fresh, size_t most) {
  size_t same = 0;
  while (golden[same] != '\0' && golden[same] == fresh[same]) same++;
  if (same + 4 < most) return 0;
  same -= same < most / 4 ? same : most / 4;
  while (same > 0 && ((unsigned char)golden[same] & 0xc0) == 0x80) same--; /* not within a character */
  return same;
}

static void add_part(struct wave_out *out, const char *text, size_t from, size_t most) {
  if (from > 0) wave_out_text(out, "..");
  wave_out_fit(out, text + from, most, false);
}

static void add_both(struct wave_out *out, const struct wave_divergence *divergence, const char *golden, const char *fresh,
                     const char *between, size_t most) {
  if (golden != NULL && fresh != NULL && divergence->kind != WAVE_BITS) {
    const size_t from = common_begin(golden, fresh, most);
    add_part(out, golden, from, most);
    wave_out_text(out, between);
    add_part(out, fresh, from, most);
    return;
  }
  const struct wave_crop crop = golden != NULL && fresh != NULL ? wave_crop(golden, fresh, most) : (struct wave_crop){0};
  add_value(out, divergence, golden, crop, most);
  wave_out_text(out, between);
  add_value(out, divergence, fresh, crop, most);
}

void wave_describe_values(struct wave_out *out, const struct wave_divergence *divergence, const char *between, size_t value_most) {
  if (divergence->kind == WAVE_EVENT) {
    wave_out_text(out, divergence->new_value == NULL ? "only in golden" : divergence->golden_value == NULL ? "only in new" : "in both");
    return;
  }
  if (divergence->class == WAVE_CLASS_SHORTER) {
    const char *value = divergence->new_ends ? divergence->golden_value : divergence->new_value;
    char *text = value != NULL ? wave_full_value(divergence, value) : NULL;
    wave_out_format(out, "%s goes on with ", divergence->new_ends ? "golden" : "new");
    add_value(out, divergence, text, (struct wave_crop){0}, value_most);
    free(text);
    return;
  }
  char *golden = divergence->golden_value != NULL ? wave_full_value(divergence, divergence->golden_value) : NULL;
  char *fresh = divergence->new_value != NULL ? wave_full_value(divergence, divergence->new_value) : NULL;
  if (divergence->reason != NULL) {
    wave_out_text(out, "both ");
    add_value(out, divergence, golden, (struct wave_crop){0}, value_most);
    wave_out_format(out, ", %s", divergence->reason);
  } else {
    if (strstr(between, "new") != NULL) wave_out_text(out, "golden ");
    add_both(out, divergence, golden, fresh, between, value_most);
  }
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

/* "; 3 times, 42 ns in all", of what is compared by a clock "; 3 times, 42 cycles in all". Records and events last for no time. */
static void describe_total(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence,
                           const char *before) {
  static const char *const units[] = {"", "cycle", "beat"};
  char time[40];
  const bool momentary = divergence->class == WAVE_CLASS_RECORDS || divergence->kind == WAVE_EVENT;
  if (divergence->times > 1 || momentary)
    wave_out_format(out, "%s%llu time%s", before, (unsigned long long)divergence->times, divergence->times == 1 ? "" : "s");
  if (momentary || (divergence->times < 2 && divergence->counted == WAVE_IN_TICKS)) return;
  if (divergence->counted == WAVE_IN_TICKS)
    wave_out_format(out, ", %s in all", wave_time_text(report, divergence->total, time));
  else
    wave_out_format(out, "%s%lld %s%s in all", divergence->times > 1 ? ", " : before, (long long)divergence->total,
                    units[divergence->counted], divergence->total == 1 ? "" : "s");
}

void wave_describe_time(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40], length[40];
  if (wave_is_declared(divergence)) return;
  if (divergence->class == WAVE_CLASS_SHORTER) {
    wave_out_format(out, "the first change behind the end of %s", divergence->new_ends ? "new" : "golden");
    return;
  }
  if (divergence->extra_beats) {
    wave_out_format(out, "%lld beat%s more in %s", (long long)divergence->total, divergence->total == 1 ? "" : "s",
                    divergence->new_ends ? "golden" : "new");
    return;
  }
  if (divergence->class == WAVE_CLASS_RECORDS || (divergence->kind == WAVE_EVENT && !wave_is_shifted(divergence))) {
    describe_total(out, report, divergence, "");
    return;
  }
  if (wave_is_shifted(divergence)) {
    wave_out_text(out, "the same changes, ");
    wave_describe_shift(out, report, divergence);
    return;
  }
  if (divergence->until == WAVE_FOREVER) {
    wave_out_text(out, "not equal again before the end");
  } else if (divergence->until <= divergence->at) {
    wave_out_text(out, "once");
  } else {
    wave_time_text(report, divergence->until - divergence->at, length);
    wave_out_format(out, "for %s, equal again at %s", length, wave_time_text(report, divergence->until, time));
  }
  describe_total(out, report, divergence, "; ");
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

void wave_describe_count(struct wave_out *out, const struct wave_report *report) {
  const uint32_t signals = wave_differing_signals(report), otherwise = wave_declared_otherwise(report);
  wave_out_format(out, "%llu differ%s", (unsigned long long)report->different, report->different == 1 ? "s" : "");
  if (signals > 0 && signals < report->different)
    wave_out_format(out, " (names of %u signal%s)", (unsigned)signals, signals == 1 ? "" : "s");
  if (otherwise > 0) wave_out_format(out, ", %u declared otherwise", (unsigned)otherwise);
}

const char *wave_name_in(const struct wave_divergence *divergence, const char *scope) {
  const size_t length = strlen(scope);
  if (length == 0 || strncmp(divergence->path, scope, length) != 0) return divergence->path;
  const char *name = divergence->path + length + (divergence->path[length] == '.');
  const bool below = *name != '\0' && (name > divergence->path + length || *name == '[');
  return below ? name : divergence->path;
}
