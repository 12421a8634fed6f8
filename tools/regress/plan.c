/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include "oio/rng.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum draw {
  WORDS,    /* one of those in words, with bars between them */
  WHOLE,    /* low to high, all alike */
  LOG,      /* low to high, all orders of magnitude alike; whole */
  REAL_LOG, /* likewise, not whole */
  SCHEDULE, /* an event or two of a schedule of faults */
};

struct knob {
  const char *kind, *key;
  unsigned percent; /* of the runs of other kinds; 100: of all, and no run is without */
  enum draw draw;
  double low, high;
  const char *words;
  const char *needs; /* it has no effect without that key, or without one of the values behind its = */
};

/* Wrong bits stay rare enough that no CRC is wrong in a way that it does not see: such a run would be BAD with a sound device. */
static const struct knob cosim[] = {
    {"traffic", "workload.generate", 100, WORDS, 0, 0, "saturate|poisson|poisson|burst", NULL},
    {"traffic", "--rtl", 100, WORDS, 0, 0, "near|near|far|both", NULL},
    {"traffic", "workload.load", 90, REAL_LOG, 0.02, 1, NULL, "workload.generate=poisson|burst"},
    {"traffic", "workload.directions", 15, WORDS, 0, 0, "a_to_b|b_to_a", NULL},
    {"traffic", "workload.depth", 15, WHOLE, 1, 64, NULL, "workload.generate=saturate"},
    {"traffic", "workload.message_bytes", 30, WORDS, 0, 0, "0|1|16|100|200|224|225|300|1000|3000", NULL},
    {"traffic", "workload.vcs", 20, WHOLE, 1, 8, NULL, NULL},
    {"traffic", "link.format", 30, WORDS, 0, 0, "3|6", NULL},
    {"windows", "optical.window_flits", 20, LOG, 1, 128, NULL, NULL},
    {"windows", "optical.buffer_flits", 20, LOG, 1, 128, NULL, NULL},
    {"windows", "die_link.window_flits", 20, LOG, 1, 127, NULL, NULL},
    {"windows", "die_link.buffer_flits", 20, LOG, 1, 128, NULL, NULL},
    {"windows", "bridge.buffer_flits", 20, LOG, 1, 64, NULL, NULL},
    {"windows", "vc.buffer_bytes", 5, LOG, 4096, 65536, NULL, NULL},
    {"windows", "link.ack_delay_flits", 20, LOG, 1, 64, NULL, NULL},
    {"errors", "optical.bit_error_rate", 40, REAL_LOG, 1e-6, 3e-4, NULL, NULL},
    {"errors", "die_link.bit_error_rate", 40, REAL_LOG, 1e-6, 3e-4, NULL, NULL},
    {"errors", "optical.errors", 10, WORDS, 0, 0, "nrz:0.5|pam4:0.6", "optical.bit_error_rate"},
    {"errors", "die_link.timeout_flits", 15, LOG, 8, 1000, NULL, NULL},
    {"errors", "optical.timeout_flits", 15, LOG, 100, 4000, NULL, NULL},
    {"errors", "link.replay_limit", 5, WORDS, 0, 0, "1000|65535", NULL},
    {"rates", "optical.length_m", 30, REAL_LOG, 0.1, 60, NULL, NULL},
    {"rates", "optical.lane_rate_gbps", 25, WORDS, 0, 0, "2|8|16|20|25|31.25", NULL},
    {"rates", "die_link.lane_rate_gbps", 20, WORDS, 0, 0, "1|4|5|6.4|7.5", NULL},
    {"rates", "optical.logic_ps", 15, LOG, 1, 100000, NULL, NULL},
    {"rates", "die_link.length_m", 10, REAL_LOG, 0.001, 5, NULL, NULL},
    {"reset", "reset.at_ps", 5, LOG, 50000, 5000000, NULL, NULL},
    {"reset", "reset.hold_ps", 10, LOG, 4000, 1000000, NULL, "reset.at_ps"},
    {"schedule", "faults.schedule", 10, SCHEDULE, 0, 0, NULL, NULL},
};

static const struct knob new_bench[] = {
    {"pins", "ready_percent", 40, WHOLE, 10, 100, NULL, NULL}, {"pins", "valid_percent", 40, WHOLE, 10, 100, NULL, NULL},
    {"wire", "delay_flits", 50, LOG, 1, 60, NULL, NULL},       {"wire", "damage_every", 50, LOG, 5, 1000, NULL, NULL},
    {"far end", "window_flits", 20, LOG, 1, 127, NULL, NULL},  {"far end", "timeout_flits", 10, LOG, 375, 2000, NULL, NULL},
    {"far end", "quiet_acks", 10, WHOLE, 1, 4, NULL, NULL},
};

const struct plan_bench plan_cosim = {cosim,
                                      sizeof cosim / sizeof *cosim,
                                      "workload.messages",
                                      "sim.seed",
                                      {"near die side", "near optical side", "far die side", "far optical side"},
                                      false};
const struct plan_bench plan_new_bench = {new_bench, sizeof new_bench / sizeof *new_bench,     "payloads",
                                          "seed",    {"line.out", "line.in", "send", "taken"}, true};

/* How often a run turns a knob of its own kind. */
enum { OWN_PERCENT = 60 };

unsigned plan_kinds(const struct plan_bench *bench) {
  unsigned kinds = 1;
  for (unsigned i = 1; i < bench->count; i++) kinds += strcmp(bench->knobs[i].kind, bench->knobs[i - 1].kind) != 0;
  return kinds;
}

const char *plan_kind_name(const struct plan_bench *bench, unsigned kind) {
  unsigned i = 0;
  for (; kind > 0; i++) kind -= strcmp(bench->knobs[i].kind, bench->knobs[i + 1].kind) != 0;
  return bench->knobs[i].kind;
}

bool plan_knows(const struct plan_bench *bench, const char *key) {
  for (unsigned i = 0; i < bench->count; i++) {
    if (strcmp(bench->knobs[i].key, key) == 0) return true;
  }
  return strcmp(key, bench->messages) == 0 || strcmp(key, bench->seed) == 0;
}

static uint64_t below(struct oio_rng *rng, uint64_t count) {
  return oio_rng_next(rng) % count;
}

static double between_log(struct oio_rng *rng, double low, double high) {
  return exp(log(low) + oio_rng_unit(rng) * (log(high) - log(low)));
}

static void draw_word(struct oio_rng *rng, const char *words, char *out) {
  unsigned count = 1;
  for (const char *c = words; *c != '\0'; c++) count += *c == '|';
  for (uint64_t skip = below(rng, count); skip > 0; skip--) words = strchr(words, '|') + 1;
  snprintf(out, PLAN_VALUE_BYTES, "%.*s", (int)strcspn(words, "|"), words);
}

/* Wires 2 and 3 are the optical link of two dies with bridges, 0, 1, 4 and 5 their die links. */
static void draw_event(struct oio_rng *rng, char *out, size_t room) {
  static const char *const one_flit[] = {
      "drop",     "damage header", "flip bits 7", "flip bits 100,1900", "burst of 16 bits at 300", "truncate at 512",
      "lose ack", "lose credit",   "delay 40ns"};
  const unsigned wire = (unsigned)below(rng, 6), flit = (unsigned)between_log(rng, 1, 400);
  const char *what = one_flit[below(rng, sizeof one_flit / sizeof *one_flit)];
  switch (below(rng, 4)) {
  case 0:
    snprintf(out, room, "at %uns wire %u: down for %uns", 100 * flit, wire, 1 + (unsigned)between_log(rng, 1, 2000));
    return;
  case 1:
    snprintf(out, room, "at flit %u wire %u: %s", flit, wire, what);
    return;
  case 2:
    snprintf(out, room, "at flit %u wire %u: %s, 20 times every %u flits", flit, wire, what, 2 + (unsigned)below(rng, 40));
    return;
  default:
    snprintf(out, room, "from flit 0 to flit 5000 link %u: flip bit any, one flit in %u", wire / 2, 2 + (unsigned)below(rng, 100));
  }
}

static void draw_value(struct oio_rng *rng, const struct knob *knob, char *out) {
  if (knob->draw == WORDS)
    draw_word(rng, knob->words, out);
  else if (knob->draw == WHOLE)
    snprintf(out, PLAN_VALUE_BYTES, "%.0f", knob->low + (double)below(rng, (uint64_t)(knob->high - knob->low) + 1));
  else if (knob->draw == LOG)
    snprintf(out, PLAN_VALUE_BYTES, "%.0f", floor(between_log(rng, knob->low, knob->high)));
  else if (knob->draw == REAL_LOG)
    snprintf(out, PLAN_VALUE_BYTES, "%.3g", between_log(rng, knob->low, knob->high));
  else
    draw_event(rng, out, PLAN_VALUE_BYTES);
}

static bool is_key_of(const char *setting, const char *key) {
  const size_t nbytes = strlen(key);
  return strncmp(setting, key, nbytes) == 0 && (setting[nbytes] == '=' || setting[nbytes] == '\0');
}

static unsigned place_of(const struct plan_run *run, const char *key) {
  unsigned i = 0;
  while (i < run->count && strcmp(run->setting[i].key, key) != 0) i++;
  return i;
}

/* The value that the run has for a key; NULL: none. */
static const char *value_of(const struct plan *plan, const struct plan_run *run, const char *key) {
  for (unsigned i = 0; i < plan->fixed_count; i++) {
    if (is_key_of(plan->fixed[i], key)) return plan->fixed[i] + strlen(key) + 1;
  }
  const unsigned i = place_of(run, key);
  return i < run->count ? run->setting[i].value : NULL;
}

/* "KEY", or "KEY=WORD|WORD". */
static bool has(const struct plan *plan, const struct plan_run *run, const char *needs) {
  char key[PLAN_VALUE_BYTES];
  snprintf(key, sizeof key, "%.*s", (int)strcspn(needs, "="), needs);
  const char *value = value_of(plan, run, key), *words = strchr(needs, '=');
  for (; value != NULL && words != NULL; words = strchr(words + 1, '|')) {
    const size_t nbytes = strcspn(words + 1, "|");
    if (strlen(value) == nbytes && strncmp(value, words + 1, nbytes) == 0) return true;
  }
  return value != NULL && strchr(needs, '=') == NULL;
}

static bool is_drawn(const struct plan *plan, const char *key) {
  for (unsigned i = 0; i < plan->fixed_count; i++) {
    if (is_key_of(plan->fixed[i], key)) return false;
  }
  for (unsigned i = 0; i < plan->left_out_count; i++) {
    if (strcmp(plan->left_out[i], key) == 0) return false;
  }
  return true;
}

static struct plan_setting *add(struct plan_run *run, const char *key, bool wanted) {
  struct plan_setting *setting = &run->setting[run->count++];
  setting->key = key;
  setting->wanted = wanted;
  return setting;
}

void plan_draw(const struct plan *plan, uint64_t number, struct plan_run *run) {
  const struct plan_bench *bench = plan->bench;
  struct oio_rng rng;
  oio_rng_seed(&rng, plan->seed, number);
  *run = (struct plan_run){.number = number, .kind = (unsigned)(number % plan_kinds(bench))};
  const char *kind = plan_kind_name(bench, run->kind);
  if (is_drawn(plan, bench->messages))
    snprintf(add(run, bench->messages, true)->value, PLAN_VALUE_BYTES, "%.0f",
             floor(between_log(&rng, 0.2, 1) * (double)plan->messages) + 1);
  if (is_drawn(plan, bench->seed)) snprintf(add(run, bench->seed, true)->value, PLAN_VALUE_BYTES, "%" PRIu64, 1 + below(&rng, 1000000));
  for (unsigned i = 0; i < bench->count; i++) {
    const struct knob *knob = &bench->knobs[i];
    const unsigned own = strcmp(knob->kind, kind) == 0 && knob->percent < OWN_PERCENT ? OWN_PERCENT : knob->percent;
    const bool turned = below(&rng, 100) < own;
    char value[PLAN_VALUE_BYTES];
    draw_value(&rng, knob, value); /* even in vain: what one knob does moves no other */
    if (turned && is_drawn(plan, knob->key) && (knob->needs == NULL || has(plan, run, knob->needs)))
      strcpy(add(run, knob->key, knob->percent == 100)->value, value);
  }
}

uint64_t plan_messages(const struct plan *plan, const struct plan_run *run) {
  const unsigned i = place_of(run, plan->bench->messages);
  uint64_t messages = 0;
  if (i < run->count) sscanf(run->setting[i].value, "%" SCNu64, &messages);
  return messages;
}

void plan_set_messages(const struct plan *plan, struct plan_run *run, uint64_t messages) {
  const unsigned i = place_of(run, plan->bench->messages);
  if (i < run->count) snprintf(run->setting[i].value, PLAN_VALUE_BYTES, "%" PRIu64, messages);
}
