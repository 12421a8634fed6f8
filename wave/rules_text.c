/* SPDX-License-Identifier: Apache-2.0 */
/* Rules in their normal form. */
#include "expr.h"
#include "report.h"
#include "rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
  char *bytes;
  size_t size, length; /* length: of the whole text, more than fits perhaps */
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
put(struct text *text, const char *format, ...) {
  const size_t used = text->length < text->size ? text->length : text->size;
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(text->size > used ? text->bytes + used : NULL, text->size - used, format, arguments);
  va_end(arguments);
  if (length > 0) text->length += (size_t)length;
}

static void put_path(struct text *text, const char *path) {
  const bool quoted = strpbrk(path, " #,:=(") != NULL;
  put(text, quoted ? "\"%s\"" : "%s", path);
}

static void put_span(struct text *text, const struct wave_span *span) {
  char bytes[64];
  wave_span_text(span, bytes, sizeof bytes);
  put(text, "%s", bytes);
}

/* The shortest decimal that reads back the same. */
static void put_real(struct text *text, const char *option, double real) {
  char bytes[40];
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(bytes, sizeof bytes, "%.*g", digits, real);
    if (strtod(bytes, NULL) == real) break;
  }
  put(text, " %s=%s", option, bytes);
}

static void put_clock(struct text *text, const struct wave_policy *policy) {
  static const char *const edges[] = {"rising", "falling", "both"};
  if (policy->clock == NULL) return;
  put(text, " clock=");
  put_path(text, policy->clock);
  if (policy->edge != WAVE_RISING) put(text, " edge=%s", edges[policy->edge]);
  if (!policy->offset_given) return;
  put(text, " offset=");
  put_span(text, &policy->offset);
}

static void put_tolerance(struct text *text, const struct wave_policy *policy) {
  if (!policy->tolerant) return;
  put(text, " lead=");
  put_span(text, &policy->lead);
  put(text, " trail=");
  put_span(text, &policy->trail);
}

static void put_values(struct text *text, const struct wave_policy *policy) {
  static const char *const wildcards[] = {"exact", "golden", "new", "any"};
  if (policy->when != NULL) put(text, " when=(%s)", wave_expr_text(policy->when));
  if (policy->x != WAVE_X_EXACT) put(text, " x=%s", wildcards[policy->x]);
  if (policy->z != WAVE_X_EXACT) put(text, " z=%s", wildcards[policy->z]);
  if (policy->absolute != 0) put_real(text, "abs", policy->absolute);
  if (policy->relative != 0) put_real(text, "rel", policy->relative);
  if (policy->strength) put(text, " strength");
}

static void put_channel(struct text *text, const struct wave_rule *rule) {
  put(text, " valid=");
  put_path(text, rule->policy.valid);
  if (rule->policy.ready != NULL) {
    put(text, " ready=");
    put_path(text, rule->policy.ready);
  }
  for (char **glob = rule->globs; *glob != NULL; glob++) {
    put(text, glob == rule->globs ? " data=" : ",");
    put_path(text, *glob);
  }
}

size_t wave_rule_text(const struct wave_rule *rule, char *text, size_t size) {
  struct text out = {text, size, 0}, options = {0};
  const bool channel = rule->action == WAVE_CHANNEL;
  put(&out, "%s", channel ? "channel " : rule->action == WAVE_EXCLUDE ? "exclude" : rule->include ? "include" : "compare");
  if (channel) put_path(&out, rule->name);
  for (char **glob = rule->globs; !channel && *glob != NULL; glob++) {
    put(&out, " ");
    put_path(&out, *glob);
  }
  for (struct text *to = &options; to != NULL; to = to == &options ? &out : NULL) {
    if (to == &out && options.length == 0) break;
    if (to == &out) put(to, " :");
    put_clock(to, &rule->policy);
    if (channel) put_channel(to, rule);
    put_tolerance(to, &rule->policy);
    put_values(to, &rule->policy);
  }
  return out.length;
}

size_t wave_waiver_text(const struct wave_waiver *waiver, char *text, size_t size) {
  struct text out = {text, size, 0};
  const char *before = " class=";
  put(&out, "waive");
  for (char **glob = waiver->fits.globs; *glob != NULL; glob++) {
    put(&out, " ");
    put_path(&out, *glob);
  }
  put(&out, " : until=%04d-%02d-%02d", waiver->until / 10000, waiver->until / 100 % 100, waiver->until % 100);
  for (unsigned class = 0; waiver->classes >> class != 0; class ++) {
    if (!(waiver->classes >> class & 1)) continue;
    put(&out, "%s%s", before, wave_class_word((enum wave_class) class));
    before = ",";
  }
  put(&out, " because=\"%s\"", waiver->reason);
  return out.length;
}

static void put_window(struct text *out, const struct wave_rules *rules) {
  if (!rules->from_given && !rules->to_given) return;
  put(out, "window ");
  if (rules->from_given) put_span(out, &rules->from);
  put(out, "..");
  if (rules->to_given) put_span(out, &rules->to);
  put(out, "\n");
}

static void put_ignore(struct text *out, const struct wave_rules *rules) {
  if (rules->ignore_until_true != NULL) put(out, "ignore until %s\n", wave_expr_text(rules->ignore_until_true));
  if (!rules->ignore_until_given) return;
  put(out, "ignore until ");
  put_span(out, &rules->ignore_until);
  if (rules->ignore_clock != NULL) {
    put(out, " of ");
    put_path(out, rules->ignore_clock);
  }
  put(out, "\n");
}

static void put_glitch(struct text *out, const struct wave_rules *rules) {
  if (rules->glitch.value == 0) return;
  put(out, "ignore glitches shorter than ");
  put_span(out, &rules->glitch);
  put(out, "\n");
}

static void put_units(struct text *out, const struct wave_rules *rules) {
  static const char *const sides[2] = {"golden", "new"};
  for (int side = 0; side < 2; side++) {
    if (!rules->unit_given[side]) continue;
    static const int64_t ones[3] = {1, 10, 100};
    const int above = (rules->unit_exponent[side] + 18) % 3; /* attoseconds are the least unit */
    const struct wave_span unit = {ones[above], rules->unit_exponent[side] - above, WAVE_SECONDS};
    put(out, "timescale %s ", sides[side]);
    put_span(out, &unit);
    put(out, "\n");
  }
}

static void put_renames(struct text *out, const struct wave_rules *rules) {
  for (uint32_t i = 0; i < rules->n_renames; i++) {
    put(out, "rename ");
    put_path(out, rules->renames[i].to);
    put(out, " = ");
    put_path(out, rules->renames[i].from);
    put(out, "\n");
  }
}

size_t wave_rules_text(const struct wave_rules *rules, char *text, size_t size) {
  static const char *const missing[] = {"", "missing ignore\n", "missing-in-golden ignore\n", "missing-in-new ignore\n"};
  struct text out = {text, size, 0};
  if (size > 0) text[0] = '\0';
  put_window(&out, rules);
  if (rules->trim) put(&out, "trim\n");
  if (rules->shift.value != 0) {
    put(&out, "shift ");
    put_span(&out, &rules->shift);
    put(&out, "\n");
  }
  if (rules->scale_num != rules->scale_den) put(&out, "scale %" PRId64 "/%" PRId64 "\n", rules->scale_num, rules->scale_den);
  put(&out, "%s", missing[rules->missing]);
  put_ignore(&out, rules);
  if (rules->ignore_strength) put(&out, "ignore strength\n");
  put_glitch(&out, rules);
  put_units(&out, rules);
  if (rules->strict) put(&out, "strict\n");
  put_renames(&out, rules);
  return out.length;
}
