/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/lanes.h"

#include <stdlib.h>

/* ---- one lane ---- */

/* How many failures come before a success of probability p, inverse_ln being 1 / ln(1 - p); 0: it never comes. */
static uint64_t geometric(struct oio_rng *rng, double inverse_ln) {
  if (inverse_ln == 0) return OIO_GAP_BITS_MAX;
  const double gap = oio_ln(oio_rng_unit(rng)) * inverse_ln;
  return gap < (double)OIO_GAP_BITS_MAX ? (uint64_t)gap : OIO_GAP_BITS_MAX;
}

/* Of a probability of 1, whose logarithm there is not: whatever is drawn, nothing comes before it. */
#define AT_ONCE (-1e-9)

static double inverse_ln_of(double p) {
  if (p >= 1) return AT_ONCE;
  return p > 0 ? 1 / oio_ln1m(p) : 0;
}

static void change_state(struct oio_lane *lane, struct oio_rng *rng) {
  lane->bad = !lane->bad;
  lane->stay = 1 + geometric(rng, lane->leave_ln[lane->bad]);
}

/* Is the symbol behind a wrong one wrong too? It is passed, too. */
static bool propagates(struct oio_lane *lane, struct oio_rng *rng) {
  if (lane->kind == OIO_ERRORS_BOTH && lane->stay == 0) change_state(lane, rng);
  if (lane->kind == OIO_ERRORS_BOTH) lane->stay--;
  return oio_rng_unit(rng) <= lane->propagation[lane->bad];
}

/* Right bits or symbols behind a right one, before the next that is wrong, which is passed too. */
static uint64_t gap_of_states(struct oio_lane *lane, struct oio_rng *rng) {
  uint64_t right = 0;
  while (right < OIO_GAP_BITS_MAX) {
    const uint64_t gap = geometric(rng, lane->error_ln[lane->bad]);
    if (gap < lane->stay) {
      lane->stay -= gap + 1;
      return right + gap;
    }
    right += lane->stay;
    change_state(lane, rng);
  }
  return OIO_GAP_BITS_MAX;
}

static uint64_t to_next_run(struct oio_lane *lane, struct oio_rng *rng) {
  return lane->kind == OIO_ERRORS_RUNS ? geometric(rng, lane->error_ln[0]) : gap_of_states(lane, rng);
}

/* Right symbols before the next wrong one. */
static uint64_t right_symbols(struct oio_lane *lane, struct oio_rng *rng) {
  if (!lane->after_wrong) return to_next_run(lane, rng);
  return propagates(lane, rng) ? 0 : 1 + to_next_run(lane, rng);
}

/* Precoded: before the first of a run, and then before the one after its last. */
static uint64_t right_symbols_precoded(struct oio_lane *lane, struct oio_rng *rng) {
  lane->ends_run = !lane->ends_run;
  if (lane->ends_run) return to_next_run(lane, rng);
  uint64_t inside = 0;
  while (propagates(lane, rng)) inside++;
  return inside;
}

static uint64_t gap_of_runs(struct oio_lane *lane, const struct oio_error_process *process, struct oio_rng *rng) {
  const uint32_t bits = process->symbol_bits, left = lane->after_wrong ? bits - 1 - lane->wrong_bit : 0;
  const uint64_t symbols = process->precoded ? right_symbols_precoded(lane, rng) : right_symbols(lane, rng);
  if (symbols >= OIO_GAP_BITS_MAX / 4) return OIO_GAP_BITS_MAX;
  lane->wrong_bit = bits == 1 ? 0 : (uint32_t)(oio_rng_next(rng) >> 63);
  lane->after_wrong = true;
  return left + symbols * bits + lane->wrong_bit;
}

static uint64_t gap_of(struct oio_lane *lane, const struct oio_error_process *process, struct oio_rng *rng) {
  switch (lane->kind) {
  case OIO_ERRORS_INDEPENDENT:
    return geometric(rng, lane->error_ln[0]);
  case OIO_ERRORS_GILBERT:
    return gap_of_states(lane, rng);
  default:
    return gap_of_runs(lane, process, rng);
  }
}

static void begin_runs(struct oio_lane *lane, const struct oio_error_process *process, bool bad, double bit_error_rate) {
  const double share = bit_error_rate * process->symbol_bits; /* of wrong symbols */
  lane->propagation[bad] = process->propagation < share ? share : process->propagation;
  lane->error_ln[bad] = inverse_ln_of(share * (1 - lane->propagation[bad]) / (1 - share));
}

static void begin_states(struct oio_lane *lane, const struct oio_error_process *p, double mean_stay, struct oio_rng *rng) {
  const double leave_bad = 1 / mean_stay, leave_good = leave_bad * p->bad_part / (1 - p->bad_part);
  lane->leave_ln[0] = inverse_ln_of(leave_good);
  lane->leave_ln[1] = inverse_ln_of(leave_bad);
  lane->stay = 1 + geometric(rng, lane->leave_ln[0]);
}

/* A rate that its kind cannot have is that of a dead lane, and independent: of others the condition has seen to it. */
static bool can_have(const struct oio_error_process *process, double bit_error_rate) {
  return bit_error_rate > 0 && oio_channel_check_errors(process, bit_error_rate, NULL) == OIO_OK;
}

static uint64_t begin(struct oio_lane *lane, const struct oio_error_process *p, double bit_error_rate, struct oio_rng *rng) {
  *lane = (struct oio_lane){.error_ln = {inverse_ln_of(bit_error_rate)}};
  if (can_have(p, bit_error_rate)) lane->kind = p->kind;
  switch (lane->kind) {
  case OIO_ERRORS_RUNS:
    begin_runs(lane, p, false, bit_error_rate);
    break;
  case OIO_ERRORS_GILBERT:
    lane->error_ln[0] = inverse_ln_of(oio_good_rate(p, bit_error_rate));
    lane->error_ln[1] = inverse_ln_of(p->bad_rate);
    begin_states(lane, p, p->bad_bits, rng);
    break;
  case OIO_ERRORS_BOTH:
    begin_runs(lane, p, false, oio_good_rate(p, bit_error_rate));
    begin_runs(lane, p, true, p->bad_rate);
    begin_states(lane, p, p->bad_bits > p->symbol_bits ? p->bad_bits / p->symbol_bits : 1, rng);
    break;
  default:
    break;
  }
  return gap_of(lane, p, rng);
}

/* ---- all lanes ---- */

/* The power of two that holds so many. */
static uint32_t leaves_of(uint32_t count) {
  uint32_t leaves = 1;
  while (leaves < count) leaves *= 2;
  return leaves;
}

bool oio_lanes_create(struct oio_lanes *lanes, const struct oio_error_process *process, uint32_t stripe_bits, uint32_t room) {
  *lanes = (struct oio_lanes){.process = *process, .stripe_bits = stripe_bits};
  if (stripe_bits == 0) return true;
  lanes->lane = calloc(room, sizeof *lanes->lane);
  lanes->next = calloc(room, sizeof *lanes->next);
  lanes->least = calloc(2 * leaves_of(room), sizeof *lanes->least);
  return lanes->lane != NULL && lanes->next != NULL && lanes->least != NULL;
}

void oio_lanes_destroy(struct oio_lanes *lanes) {
  free(lanes->lane);
  free(lanes->next);
  free(lanes->least);
}

void oio_lanes_memory(const struct oio_lanes *lanes, uint32_t room, struct oio_memory *memory) {
  if (lanes->stripe_bits == 0) return;
  oio_memory_add(memory, room * sizeof *lanes->lane);
  oio_memory_add(memory, room * sizeof *lanes->next);
  oio_memory_add(memory, 2 * (uint64_t)leaves_of(room) * sizeof *lanes->least);
}

/* Where bit number `bit` of a lane is among the bits of all. */
static uint64_t among_all(const struct oio_lanes *lanes, uint32_t lane, uint64_t bit) {
  const uint64_t stripe = lanes->stripe_bits, turn = bit / stripe;
  if (turn >= OIO_GAP_BITS_MAX / (stripe * lanes->count)) return OIO_GAP_BITS_MAX;
  return (turn * lanes->count + lane) * stripe + bit % stripe;
}

static uint64_t of_lane(const struct oio_lanes *lanes, uint64_t all) {
  const uint64_t stripe = lanes->stripe_bits;
  return all / (stripe * lanes->count) * stripe + all % stripe;
}

/* Of the halves of a node; beyond the lanes in use there is nothing. */
static uint32_t lesser(const struct oio_lanes *lanes, uint32_t node) {
  const uint32_t a = lanes->least[2 * node], b = lanes->least[2 * node + 1];
  return b < lanes->count && lanes->next[b] < lanes->next[a] ? b : a;
}

static void find_wrong(struct oio_lanes *lanes) {
  lanes->leaves = leaves_of(lanes->count);
  for (uint32_t l = 0; l < lanes->leaves; l++) lanes->least[lanes->leaves + l] = l;
  for (uint32_t node = lanes->leaves - 1; node > 0; node--) lanes->least[node] = lesser(lanes, node);
  lanes->wrong = lanes->least[1];
}

/* The same, where the next of this lane alone is another. */
static void find_wrong_again(struct oio_lanes *lanes, uint32_t lane) {
  for (uint32_t node = (lanes->leaves + lane) / 2; node > 0; node /= 2) lanes->least[node] = lesser(lanes, node);
  lanes->wrong = lanes->least[1];
}

uint64_t oio_lanes_begin(struct oio_lanes *lanes, struct oio_rng *rng, uint32_t count, const double *rate) {
  lanes->count = count;
  if (lanes->stripe_bits == 0) return begin(&lanes->line, &lanes->process, rate[0], rng);
  for (uint32_t l = 0; l < count; l++) lanes->next[l] = among_all(lanes, l, begin(&lanes->lane[l], &lanes->process, rate[l], rng));
  find_wrong(lanes);
  return lanes->next[lanes->wrong];
}

uint64_t oio_lanes_gap(struct oio_lanes *lanes, struct oio_rng *rng) {
  if (lanes->stripe_bits == 0) return gap_of(&lanes->line, &lanes->process, rng);
  const uint32_t l = lanes->wrong;
  const uint64_t was = lanes->next[l];
  if (was == OIO_GAP_BITS_MAX) return OIO_GAP_BITS_MAX;
  lanes->next[l] = among_all(lanes, l, of_lane(lanes, was) + 1 + gap_of(&lanes->lane[l], &lanes->process, rng));
  find_wrong_again(lanes, l);
  const uint64_t next = lanes->next[lanes->wrong];
  return next == OIO_GAP_BITS_MAX ? next : next - was - 1;
}

/* ---- saved and loaded ---- */

static void keep_lane(struct oio_lane *lane, const struct oio_error_process *process, struct oio_checkpoint *c) {
  OIO_KEEP(c, lane->after_wrong, true);
  OIO_KEEP(c, lane->ends_run, true);
  OIO_KEEP(c, lane->wrong_bit, process->symbol_bits == 2);
  OIO_KEEP(c, lane->bad, true);
  OIO_KEEP_ANY(c, lane->stay);
}

/* How many lanes there are, and with what rates they began, is known. */
void oio_lanes_checkpoint(struct oio_lanes *lanes, struct oio_checkpoint *c) {
  const bool remembers = lanes->process.kind != OIO_ERRORS_INDEPENDENT;
  if (lanes->stripe_bits == 0) {
    if (remembers) keep_lane(&lanes->line, &lanes->process, c);
    return;
  }
  for (uint32_t l = 0; l < lanes->count; l++) {
    OIO_KEEP(c, lanes->next[l], OIO_GAP_BITS_MAX);
    if (remembers) keep_lane(&lanes->lane[l], &lanes->process, c);
  }
  find_wrong(lanes);
}
