/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A stress plan: runs that are drawn, each from the seed of the plan and its own number alone. What may be drawn is a table of knobs for
 * each sort of bench; the knobs belong to kinds, and each run is of one kind, whose knobs it mostly turns, those of others now and then.
 */
#ifndef REGRESS_PLAN_H
#define REGRESS_PLAN_H

#include "oio/waivers.h"

#include <stdbool.h>
#include <stdint.h>

enum { PLAN_SETTINGS_MAX = 48, PLAN_KINDS_MAX = 8, PLAN_FIXED_MAX = 32 };
enum { PLAN_VALUE_BYTES = 128 };

struct plan_setting {
  const char *key; /**< of the table, or of the command line */
  bool wanted;     /**< without it there is no run */
  char value[PLAN_VALUE_BYTES];
};

struct plan_run {
  uint64_t number;
  unsigned kind;
  unsigned count;
  struct plan_setting setting[PLAN_SETTINGS_MAX];
};

struct knob;

/** A sort of bench: what it can be told, and how. */
struct plan_bench {
  const struct knob *knobs;
  unsigned count;
  const char *messages, *seed; /**< the keys of these */
  const char *ports[4];        /**< of the device, as findings name them */
  bool in_one_word;            /**< settings are KEY=VALUE,... behind +set=, not words of their own behind --set */
};

extern const struct plan_bench plan_cosim, plan_new_bench;

struct plan {
  const struct plan_bench *bench;
  uint64_t seed, messages;
  const char *fixed[PLAN_FIXED_MAX]; /**< KEY=VALUE, in every run */
  unsigned fixed_count;
  const char *left_out[PLAN_FIXED_MAX]; /**< keys that no run has */
  unsigned left_out_count;
  struct oio_waivers waivers; /**< in every run; and what was waived in all */
};

/** Kinds of run that there are, and what each is called. */
unsigned plan_kinds(const struct plan_bench *bench);
const char *plan_kind_name(const struct plan_bench *bench, unsigned kind);
/** Whether the bench has a knob of this key. */
bool plan_knows(const struct plan_bench *bench, const char *key);
void plan_draw(const struct plan *plan, uint64_t number, struct plan_run *run);
/** How many messages a run carries, and the same run with as many as said. */
uint64_t plan_messages(const struct plan *plan, const struct plan_run *run);
void plan_set_messages(const struct plan *plan, struct plan_run *run, uint64_t messages);

#endif
