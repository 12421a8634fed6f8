/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"
#include "memory.h"

#include "expr.h"
#include "reading.h"

#include <stdlib.h>
#include <string.h>

/* The samples of one side: edges of the clock, for a channel only those with a beat. */
static bool make_samples(const struct wave_reading *reading, int side, const struct wave_policy *policy, int64_t offset,
                         struct wave_axis *axis) {
  const struct wave_history *clock = wave_reading_history(reading, side, policy->clock);
  struct wave_spans conditions[3] = {{.all = true}, {.all = true}, {.all = true}};
  bool good = true;
  if (policy->valid != NULL) {
    conditions[0].all = false;
    good = wave_spans_of_one(wave_reading_history(reading, side, policy->valid), &conditions[0]);
  }
  if (good && policy->ready != NULL) {
    conditions[1].all = false;
    good = wave_spans_of_one(wave_reading_history(reading, side, policy->ready), &conditions[1]);
  }
  if (good && axis->beats && policy->when != NULL) {
    conditions[2].all = false;
    good = wave_spans_of_expr(reading, side, policy->when, &conditions[2]);
  }
  axis->samples[side] = wave_malloc((clock->n + 1) * sizeof *axis->samples[side]);
  good = good && axis->samples[side] != NULL;
  for (size_t i = 1; good && i < clock->n; i++) {
    if (!wave_is_edge(clock, i, policy->edge)) continue;
    int64_t sample = wave_plus(clock->times[i], offset), look = axis->inclusive ? sample : sample - 1;
    if (wave_spans_hold(&conditions[0], look) && wave_spans_hold(&conditions[1], look) && wave_spans_hold(&conditions[2], look)) {
      axis->samples[side][axis->n[side]++] = sample;
    }
  }
  for (int i = 0; i < 3; i++) free(conditions[i].at);
  return good;
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Rules that sample alike share an axis. */
static uint32_t find_axis(const struct wave_rules *rules, const struct wave_plan *plan, uint32_t rule) {
  const struct wave_policy *policy = &rules->rules[rule].policy;
  for (uint32_t i = 0; i < rule; i++) {
    const struct wave_policy *other = &rules->rules[i].policy;
    if (other->clock != NULL && same_text(other->clock, policy->clock) && same_text(other->valid, policy->valid) &&
        same_text(other->ready, policy->ready) && other->edge == policy->edge && other->offset_given == policy->offset_given &&
        other->offset.value == policy->offset.value && other->offset.exponent == policy->offset.exponent &&
        (policy->valid == NULL || (policy->when == NULL && other->when == NULL))) {
      return plan->policies[i].axis;
    }
  }
  return 0;
}

static enum wave_status span_to_ticks(const struct wave_span *span, const struct wave_rule *rule, const struct wave_plan *plan,
                                      int64_t *ticks, struct wave_error *error) {
  *ticks = 0;
  if (span->value == 0) return WAVE_OK;
  if (span->unit == WAVE_TICKS) { /* of golden */
    if (!__builtin_mul_overflow(span->value, plan->ticks[WAVE_GOLDEN].mul, ticks)) return WAVE_OK;
  } else if (span->unit != WAVE_CYCLES && wave_span_ticks(span, plan->exponent, ticks)) {
    return WAVE_OK;
  }
  return wave_fail(error, "rule '%s': a time in it is no whole number of the files' ticks (1e%d s)", rule->text, plan->exponent);
}

static enum wave_status make_axis(const struct wave_reading *reading, struct wave_plan *plan, uint32_t index, struct wave_error *error) {
  const struct wave_rule *rule = &reading->rules->rules[index];
  const struct wave_policy *policy = &rule->policy;
  struct wave_policy_plan *own = &plan->policies[index];
  int64_t offset;
  if (policy->clock == NULL) return WAVE_OK;
  own->axis = find_axis(reading->rules, plan, index);
  if (own->axis != 0) return WAVE_OK;
  if (span_to_ticks(&policy->offset, rule, plan, &offset, error) != WAVE_OK) return WAVE_ERROR;
  struct wave_axis *axis = &plan->axes[plan->n_axes];
  *axis = (struct wave_axis){
      .sampled = true, .inclusive = policy->offset_given, .beats = policy->valid != NULL || policy->ready != NULL, .clock = policy->clock};
  own->axis = plan->n_axes++;
  for (int side = 0; side < 2; side++) {
    if (!make_samples(reading, side, policy, offset, axis)) return wave_fail(error, "out of memory for the edges of %s", policy->clock);
  }
  axis->alike = axis->n[0] == axis->n[1] && memcmp(axis->samples[0], axis->samples[1], axis->n[0] * sizeof *axis->samples[0]) == 0;
  return WAVE_OK;
}

/* The window and the time until which everything is ignored, in common ticks. */
static enum wave_status common_window(const struct wave_reading *reading, const struct wave_plan *plan, int64_t *from, int64_t *to,
                                      struct wave_error *error) {
  const struct wave_rules *rules = reading->rules;
  struct wave_rule global = {.text = "window or ignore"};
  int64_t ticks;
  *from = INT64_MIN;
  *to = INT64_MAX;
  if (rules->from_given && span_to_ticks(&rules->from, &global, plan, from, error) != WAVE_OK) return WAVE_ERROR;
  if (rules->to_given && span_to_ticks(&rules->to, &global, plan, to, error) != WAVE_OK) return WAVE_ERROR;
  if (rules->ignore_until_given && rules->ignore_until.unit == WAVE_CYCLES && rules->ignore_until.value > 0) {
    for (int side = 0; side < 2; side++) {
      const struct wave_history *clock = wave_reading_history(reading, side, rules->ignore_clock);
      int64_t left = rules->ignore_until.value;
      ticks = INT64_MAX;
      for (size_t i = 1; i < clock->n && ticks == INT64_MAX; i++) {
        if (wave_is_edge(clock, i, WAVE_RISING) && --left == 0) ticks = clock->times[i];
      }
      if (ticks > *from) *from = ticks;
    }
  } else if (rules->ignore_until_given && rules->ignore_until.unit != WAVE_CYCLES) {
    if (span_to_ticks(&rules->ignore_until, &global, plan, &ticks, error) != WAVE_OK) return WAVE_ERROR;
    if (ticks > *from) *from = ticks;
  }
  for (int side = 0; side < 2 && rules->ignore_until_true != NULL; side++) {
    struct wave_spans spans = {0};
    if (!wave_spans_of_expr(reading, side, rules->ignore_until_true, &spans)) return wave_fail(error, "out of memory");
    ticks = spans.n > 0 ? spans.at[0] : INT64_MAX;
    free(spans.at);
    if (ticks > *from) *from = ticks;
  }
  return WAVE_OK;
}

/* Where a difference of a rule's signals counts, on the rule's axis. */
static bool make_mask(const struct wave_reading *reading, const struct wave_axis *axis, const struct wave_expr *when, int64_t from,
                      int64_t to, struct wave_spans *mask) {
  struct wave_spans while_true = {.all = true};
  *mask = (struct wave_spans){0};
  if (when != NULL && !axis->beats) {
    while_true.all = false;
    if (!wave_spans_of_expr(reading, WAVE_GOLDEN, when, &while_true)) return false;
  }
  bool good = true;
  if (axis->sampled && while_true.all) {
    mask->all = from == INT64_MIN && to == INT64_MAX;
    int64_t first = (int64_t)wave_samples_until(axis, WAVE_GOLDEN, from, false);
    if (!mask->all) good = wave_spans_add(mask, first, to == INT64_MAX ? to : (int64_t)wave_samples_until(axis, WAVE_GOLDEN, to, false));
  } else if (axis->sampled) {
    for (size_t i = 0; good && i < axis->n[0]; i++) {
      int64_t sample = axis->samples[0][i];
      if (sample < from || sample >= to || !wave_spans_hold(&while_true, axis->inclusive ? sample : sample - 1)) continue;
      good = wave_spans_add(mask, (int64_t)i, (int64_t)i + 1);
    }
  } else if (while_true.all) {
    mask->all = from == INT64_MIN && to == INT64_MAX;
    if (!mask->all) good = wave_spans_add(mask, from, to);
  } else {
    for (size_t i = 0; good && i < while_true.n; i++) {
      int64_t begin = while_true.at[2 * i] > from ? while_true.at[2 * i] : from,
              end = while_true.at[2 * i + 1] < to ? while_true.at[2 * i + 1] : to;
      good = wave_spans_add(mask, begin, end);
    }
  }
  free(while_true.at);
  return good;
}

static enum wave_status make_policy(const struct wave_reading *reading, struct wave_plan *plan, uint32_t index, int64_t from, int64_t to,
                                    struct wave_error *error) {
  struct wave_policy_plan *own = &plan->policies[index];
  const struct wave_rules *rules = reading->rules;
  const struct wave_rule *rule = index < rules->n_rules ? &rules->rules[index] : NULL;
  own->strict = rules->strict;
  own->equality.relative = reading->digits;
  own->equality.strength = rules->ignore_strength;
  own->exact = reading->digits == 0 && !rules->ignore_strength;
  struct wave_rule global = {.text = "ignore glitches"};
  if (span_to_ticks(&rules->glitch, &global, plan, &own->glitch, error) != WAVE_OK) return WAVE_ERROR;
  if (rule != NULL) {
    const struct wave_policy *policy = &rule->policy;
    own->equality.x = policy->x;
    own->equality.z = policy->z;
    own->equality.strength = policy->strength || rules->ignore_strength;
    own->equality.absolute = policy->absolute;
    if (policy->relative > own->equality.relative) own->equality.relative = policy->relative;
    own->tolerant = policy->tolerant;
    own->exact = own->exact && !policy->strength && policy->x == WAVE_X_EXACT && policy->z == WAVE_X_EXACT && policy->absolute == 0 &&
                 policy->relative == 0;
    if (span_to_ticks(&policy->lead, rule, plan, &own->lead, error) != WAVE_OK) return WAVE_ERROR;
    if (span_to_ticks(&policy->trail, rule, plan, &own->trail, error) != WAVE_OK) return WAVE_ERROR;
    if (make_axis(reading, plan, index, error) != WAVE_OK) return WAVE_ERROR;
  }
  own->mask = plan->n_masks;
  if (!make_mask(reading, &plan->axes[own->axis], rule == NULL ? NULL : rule->policy.when, from, to, &plan->masks[plan->n_masks])) {
    return wave_fail(error, "out of memory");
  }
  plan->n_masks++;
  return WAVE_OK;
}

static int64_t power_of_ten(int exponent) {
  int64_t power = 1;
  while (exponent-- > 0) power = power > INT64_MAX / 10 ? INT64_MAX : power * 10;
  return power;
}

/* One tick of the common axis is the finer of both files'; a file that does not say its unit takes the other's. What does not fit the axis
 * is beyond the last tick that the files may have. */
static enum wave_status make_ticks(struct wave_plan *plan, struct wave_source *sources[2], const struct wave_rules *rules,
                                   struct wave_error *error) {
  const struct wave_decl *decl[2] = {&sources[0]->decl, &sources[1]->decl};
  int exponent[2];
  int64_t units[2] = {1, 1};
  for (int side = 0; side < 2; side++) {
    const struct wave_decl *own = decl[side], *other = decl[!side];
    exponent[side] = own->timescale_exponent;
    if (own->timescale_known) continue;
    /* FST has no decimal places: what was converted to it counts in the finest of them, tick by tick. */
    const int places = strstr(sources[!side]->format, "FST") != NULL ? 0 : (int)own->unit_places;
    exponent[side] = (other->timescale_known ? other->timescale_exponent + (int)other->unit_places : -9) - places;
    if (other->timescale_known && other->unit_mantissa > 0) units[side] = other->unit_mantissa;
  }
  plan->exponent = exponent[0] < exponent[1] ? exponent[0] : exponent[1];
  for (int side = 0; side < 2; side++) {
    int64_t mul = power_of_ten(exponent[side] - plan->exponent);
    if (__builtin_mul_overflow(mul, units[side], &mul)) mul = INT64_MAX;
    plan->ticks[side] = (struct wave_ticks){
        .zero = decl[side]->timezero, .mul = mul, .num = 1, .den = decl[side]->tick_divisor > 1 ? decl[side]->tick_divisor : 1};
  }
  if (rules->scale_den != 0) {
    plan->ticks[1].num = rules->scale_num;
    if (__builtin_mul_overflow(plan->ticks[1].den, rules->scale_den, &plan->ticks[1].den))
      return wave_fail(error, "the scale is too large");
  }
  struct wave_rule global = {.text = "shift"};
  if (span_to_ticks(&rules->shift, &global, plan, &plan->ticks[1].shift, error) != WAVE_OK) return WAVE_ERROR;
  plan->same_ticks = memcmp(&plan->ticks[0], &plan->ticks[1], sizeof plan->ticks[0]) == 0;
  for (int side = 0; side < 2; side++) {
    if (!wave_ticks_bound(&plan->ticks[side]))
      return wave_fail(error, "%s: its time 0 is out of 2^63 ticks of 1e%d s; look at $timezero, shift and scale", sources[side]->name,
                       plan->exponent);
    sources[side]->last_allowed = plan->ticks[side].last;
  }
  return WAVE_OK;
}

enum wave_status wave_plan_make(struct wave_plan *plan, struct wave_source *sources[2], const struct wave_match *match,
                                const struct wave_rules *rules, bool brief, struct wave_error *error) {
  struct wave_reading reading = {.match = match, .rules = rules, .brief = brief, .decl = {&sources[0]->decl, &sources[1]->decl}};
  int64_t from, to;
  bool text[2] = {strstr(sources[0]->format, "VCD") != NULL, strstr(sources[1]->format, "VCD") != NULL};
  if (text[0] != text[1] && !rules->strict) reading.digits = 5e-16;
  *plan = (struct wave_plan){.n_axes = 1, .n_policies = rules->n_rules + 1};
  plan->axes = wave_calloc(rules->n_rules + 1, sizeof *plan->axes);
  plan->masks = wave_calloc(rules->n_rules + 1, sizeof *plan->masks);
  plan->policies = wave_calloc(rules->n_rules + 1, sizeof *plan->policies);
  enum wave_status status =
      plan->axes == NULL || plan->masks == NULL || plan->policies == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  if (status == WAVE_OK) status = make_ticks(plan, sources, rules, error);
  if (status == WAVE_OK && !wave_reading_names(&reading, error)) status = WAVE_ERROR;
  if (status == WAVE_OK) status = wave_reading_histories(&reading, sources, plan->ticks, error);
  if (status == WAVE_OK) plan->axes[0].alike = true;
  if (status == WAVE_OK) status = common_window(&reading, plan, &from, &to, error);
  for (uint32_t i = 0; status == WAVE_OK && i < plan->n_policies; i++) status = make_policy(&reading, plan, i, from, to, error);
  wave_reading_free(&reading);
  if (status != WAVE_OK) wave_plan_free(plan);
  return status;
}

void wave_plan_free(struct wave_plan *plan) {
  for (uint32_t i = 0; plan->axes != NULL && i < plan->n_axes; i++) {
    free(plan->axes[i].samples[0]);
    free(plan->axes[i].samples[1]);
  }
  for (uint32_t i = 0; plan->masks != NULL && i < plan->n_masks; i++) free(plan->masks[i].at);
  free(plan->axes);
  free(plan->masks);
  free(plan->policies);
  *plan = (struct wave_plan){0};
}

const struct wave_policy_plan *wave_policy_of(const struct wave_plan *plan, const struct wave_pair *pair) {
  return &plan->policies[pair->rule == WAVE_NONE ? plan->n_policies - 1 : pair->rule];
}

bool wave_something_compared(const struct wave_plan *plan, const struct wave_match *match, int64_t begin, int64_t end) {
  for (uint32_t i = 0; i < match->n_pairs; i++) {
    const struct wave_policy_plan *policy = wave_policy_of(plan, &match->pairs[i]);
    const struct wave_axis *axis = &plan->axes[policy->axis];
    int64_t from = begin, to = end, first, length;
    if (axis->sampled) {
      from = 0;
      to = (int64_t)(axis->n[0] < axis->n[1] ? axis->n[0] : axis->n[1]);
    }
    if (wave_clip(&plan->masks[policy->mask], from, to, &first, &length)) return true;
  }
  return false;
}
