/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collectives as records. Two oracles that share nothing with the generator: the records are carried out as data movement, each block a set
 * of the ranks that have contributed, where a send knows only what its waits guarantee; and on an ideal net (a message holds its port for
 * its bytes, and arrives alpha later) they take what the textbook says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "traffic/step.h"

enum { RECORDS = 20000, BLOCKS = 64, PS_A_BYTE = 10, ALPHA_PS = 30000, LOCAL_PS = 2000 };

struct entry {
  struct oio_record record;
  struct oio_piece piece;
  uint64_t data[BLOCKS]; /* of each block: who has contributed */
  oio_time_ps done_ps;
};

/* A collective, and the step that it is alone in. */
struct one {
  enum oio_collective_kind kind;
  enum oio_algorithm algorithm;
  uint32_t dies, group, stride;
  uint64_t bytes, chunk_bytes, iterations;
  oio_time_ps compute_ps, local_ps;
  double overlap;
};

static struct entry *all;
static uint64_t count;
static struct oio_step step;
static struct oio_collective collective;

static void forget(void) {
  for (uint64_t i = 0; i < count; i++) {
    free((void *)all[i].record.waits);
    free((void *)all[i].record.delays_ps);
  }
  count = 0;
}

static enum oio_status start(const struct one *one, struct oio_error *error) {
  static struct oio_step_config config;
  config = (struct oio_step_config){.dies = one->dies, .count = 1, .iterations = one->iterations, .local_ps = one->local_ps};
  config.items[0].kind = OIO_STEP_COLLECTIVE;
  config.items[0].collective =
      (struct oio_collective_config){one->kind, one->algorithm, one->dies, one->group, one->stride, one->bytes, one->chunk_bytes, false};
  return oio_step_start_one(&step, &config, one->compute_ps, one->overlap, error);
}

static void generate(const struct one *config) {
  struct oio_error error = {""};
  forget();
  if (start(config, &error) != OIO_OK) fail_msg("%s", error.text);
  collective = step.part[step.part[0].kind == OIO_STEP_JOIN].collective;
  struct oio_record record;
  struct oio_piece piece;
  while (oio_step_next(&step, &record, &piece)) {
    assert_true(count < RECORDS);
    assert_int_equal(record.id, count);
    assert_true(record.bytes > 0 && record.source < config->dies && record.destination < config->dies);
    struct entry *e = &all[count++];
    const size_t waits = record.waits_count;
    *e = (struct entry){.record = record, .piece = piece};
    e->record.waits = memcpy(malloc(waits * 8 + 8), record.waits, waits * 8);
    e->record.delays_ps = memcpy(malloc(waits * 8 + 8), record.delays_ps, waits * 8);
    for (size_t i = 0; i < waits; i++) assert_true(record.waits[i] < record.id && (i == 0 || record.waits[i - 1] < record.waits[i]));
  }
}

/* ---- data movement ---- */

static uint8_t *before; /* before[i * count + j]: j has been delivered when i enters */

static void close_waits(void) {
  before = calloc(count, count);
  for (uint64_t i = 0; i < count; i++) {
    for (uint32_t w = 0; w < all[i].record.waits_count; w++) {
      const uint64_t j = all[i].record.waits[w];
      before[i * count + j] = 1;
      for (uint64_t k = 0; k < j; k++) before[i * count + k] |= before[j * count + k];
    }
  }
}

static uint32_t rank_of(uint32_t die) {
  return die / collective.config.stride % collective.config.group;
}

/* What a rank has of a block when nothing has arrived. */
static uint64_t own(uint32_t rank, uint32_t block) {
  switch (collective.config.kind) {
  case OIO_ALL_REDUCE:
  case OIO_REDUCE_SCATTER:
    return UINT64_C(1) << rank;
  case OIO_ALL_GATHER:
    return block == rank ? UINT64_C(1) << rank : 0;
  case OIO_BROADCAST:
    return rank == 0;
  case OIO_ALL_TO_ALL:
    return UINT64_C(1) << rank;
  }
  return 0;
}

/* What a die has of a block of a chunk, by those deliveries that `counts` (a row of before) has; NULL: by all. */
static uint64_t value_at(uint32_t die, uint64_t chunk, uint32_t block, const uint8_t *counts, uint64_t from, uint64_t to) {
  uint64_t value = own(rank_of(die), block);
  for (uint64_t j = from; j < to; j++) {
    const struct entry *e = &all[j];
    if (!e->piece.sends || e->record.destination != die || e->piece.chunk != chunk || (counts != NULL && !counts[j])) continue;
    if (block < e->piece.first_block || block >= e->piece.first_block + e->piece.blocks) continue;
    if (e->piece.reduces) assert_int_equal(value & e->data[block], 0); /* nothing is added twice */
    value = e->piece.reduces ? value | e->data[block] : e->data[block];
  }
  return value;
}

static void expect_end(uint32_t die, uint64_t chunk, uint64_t from, uint64_t to) {
  const uint32_t n = collective.config.group, rank = rank_of(die);
  const uint64_t everyone = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
  uint32_t whole = 0;
  for (uint32_t block = 0; block < n; block++) {
    const uint64_t value = value_at(die, chunk, block, NULL, from, to);
    whole += value == everyone;
    if (collective.config.kind == OIO_ALL_REDUCE) assert_int_equal(value, everyone);
    if (collective.config.kind == OIO_ALL_GATHER) assert_int_equal(value, UINT64_C(1) << block);
    if (collective.config.kind == OIO_BROADCAST) assert_int_equal(value, 1);
  }
  if (collective.config.kind == OIO_REDUCE_SCATTER) assert_int_equal(whole, 1);
  if (collective.config.kind != OIO_ALL_TO_ALL) return;
  uint64_t got = UINT64_C(1) << rank;
  for (uint64_t j = from; j < to; j++) {
    const struct entry *e = &all[j];
    if (!e->piece.sends || e->record.destination != die || e->piece.chunk != chunk) continue;
    assert_int_equal(e->piece.first_block, rank);
    got += UINT64_C(1) << rank_of(e->record.source);
  }
  assert_int_equal(got, everyone);
}

/* Carries out one iteration: [from, to) are its records. */
static void move_data(uint64_t from, uint64_t to) {
  uint64_t carried = 0;
  for (uint64_t i = from; i < to; i++) {
    struct entry *e = &all[i];
    if (!e->piece.sends) continue;
    carried += e->record.bytes;
    assert_true(e->record.source != e->record.destination);
    for (uint32_t block = e->piece.first_block; block < e->piece.first_block + e->piece.blocks; block++) {
      e->data[block] = value_at(e->record.source, e->piece.chunk, block, before + i * count, from, to);
      assert_int_not_equal(e->data[block], 0);
    }
  }
  for (uint32_t die = 0; die < collective.config.dies; die++) {
    for (uint64_t chunk = 0; chunk < collective.chunks; chunk++) expect_end(die, chunk, from, to);
  }
  /* Every rank sends the bus factor's part of the buffer, to a byte a block, where each sends alike. */
  const bool alike = collective.wide == collective.config.group;
  const double due = oio_collective_bus_factor(collective.config.kind, collective.config.group) * (double)collective.config.bytes;
  if (alike && collective.config.bytes % ((uint64_t)collective.config.group * collective.chunks) == 0)
    assert_int_equal(carried, (uint64_t)(due * collective.config.dies + 0.5));
}

/* What an iteration begins with at a die has behind it all that moved data there in the one before. */
static void expect_iterations_apart(uint64_t per_iteration) {
  for (uint64_t i = per_iteration; i < count; i++) {
    const struct entry *e = &all[i];
    if (!e->piece.sends) continue;
    for (uint64_t j = i / per_iteration * per_iteration - per_iteration; j < i / per_iteration * per_iteration; j++) {
      if (all[j].record.destination != e->record.source) continue;
      /* On a ring what comes from one die comes in order: the last stands for all. */
      bool covered = before[i * count + j];
      for (uint64_t k = j + 1; k < i && !covered; k++)
        covered = before[i * count + k] && all[k].record.source == all[j].record.source && all[k].record.destination == e->record.source;
      assert_true(covered);
    }
  }
}

static void every_algorithm_ends_with_every_contribution_where_it_belongs_and_sends_nothing_before_it_can_be_known(void **state) {
  (void)state;
  static const struct {
    enum oio_collective_kind kind;
    enum oio_algorithm algorithm;
  } cases[] = {{OIO_ALL_REDUCE, OIO_RING},
               {OIO_ALL_REDUCE, OIO_HALVING_DOUBLING},
               {OIO_ALL_REDUCE, OIO_TREE},
               {OIO_ALL_REDUCE, OIO_DIRECT_EXCHANGE},
               {OIO_ALL_GATHER, OIO_RING},
               {OIO_ALL_GATHER, OIO_HALVING_DOUBLING},
               {OIO_ALL_GATHER, OIO_DIRECT_EXCHANGE},
               {OIO_REDUCE_SCATTER, OIO_RING},
               {OIO_REDUCE_SCATTER, OIO_HALVING_DOUBLING},
               {OIO_REDUCE_SCATTER, OIO_DIRECT_EXCHANGE},
               {OIO_ALL_TO_ALL, OIO_DIRECT_EXCHANGE},
               {OIO_BROADCAST, OIO_RING},
               {OIO_BROADCAST, OIO_TREE},
               {OIO_BROADCAST, OIO_DIRECT_EXCHANGE}};
  static const uint32_t groups[] = {2, 3, 4, 5, 8, 13, 16};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
      const uint32_t n = groups[g], stride = g % 2 + 1, times = n <= 5 ? 3 : 1;
      if (cases[i].algorithm == OIO_HALVING_DOUBLING && (n & (n - 1)) != 0) continue;
      const struct one config = {.kind = cases[i].kind,
                                 .algorithm = cases[i].algorithm,
                                 .dies = n * stride * (n < 8 ? 2 : 1),
                                 .group = n,
                                 .stride = stride,
                                 .bytes = n * 101 + g % 3,
                                 .chunk_bytes = n < 8 ? n * 40 : 0,
                                 .iterations = times,
                                 .local_ps = LOCAL_PS};
      generate(&config);
      close_waits();
      for (uint64_t k = 0; k < times; k++) move_data(k * count / times, (k + 1) * count / times);
      if (cases[i].kind != OIO_BROADCAST) expect_iterations_apart(count / times);
      free(before);
    }
  }
}

/* ---- time on an ideal net ---- */

static oio_time_ps entry_of(const struct entry *e) {
  oio_time_ps entry_ps = e->record.time_ps;
  for (uint32_t i = 0; i < e->record.waits_count; i++) {
    const oio_time_ps done_ps = all[e->record.waits[i]].done_ps;
    if (done_ps == OIO_NEVER) return OIO_NEVER;
    if (done_ps + e->record.delays_ps[i] > entry_ps) entry_ps = done_ps + e->record.delays_ps[i];
  }
  return entry_ps;
}

/* A port a die, or one for each die it sends to. Returns when the last is there. */
static oio_time_ps carry_out(const struct one *config, bool port_a_pair) {
  generate(config);
  static oio_time_ps free_ps[128 * 128];
  memset(free_ps, 0, sizeof free_ps);
  for (uint64_t i = 0; i < count; i++) all[i].done_ps = OIO_NEVER;
  oio_time_ps last_ps = 0;
  uint64_t first = 0;
  for (uint64_t left = count; left > 0; left--) {
    uint64_t best = count;
    oio_time_ps best_ps = OIO_NEVER;
    while (all[first].done_ps != OIO_NEVER) first++;
    for (uint64_t i = first, seen = 0; i < count && seen < 4096; i++) {
      if (all[i].done_ps != OIO_NEVER) continue;
      seen++;
      const oio_time_ps entry_ps = entry_of(&all[i]);
      if (entry_ps < best_ps) {
        best_ps = entry_ps;
        best = i;
      }
    }
    assert_true(best < count);
    struct entry *e = &all[best];
    if (e->piece.sends) {
      oio_time_ps *port = &free_ps[e->record.source * 128 + (port_a_pair ? e->record.destination : 0)];
      *port = (*port > best_ps ? *port : best_ps) + e->record.bytes * PS_A_BYTE;
      e->done_ps = *port + ALPHA_PS;
    } else {
      e->done_ps = best_ps + LOCAL_PS;
    }
    if (e->done_ps > last_ps) last_ps = e->done_ps;
  }
  return last_ps;
}

static struct one alone(enum oio_collective_kind kind, enum oio_algorithm algorithm, uint32_t n, uint64_t bytes) {
  return (struct one){.kind = kind, .algorithm = algorithm, .dies = n, .bytes = bytes, .iterations = 1, .local_ps = LOCAL_PS};
}

static void a_ring_all_reduce_takes_twice_n_less_one_times_alpha_and_its_part_of_the_buffer(void **state) {
  (void)state;
  static const uint32_t sizes[] = {2, 3, 4, 8, 64};
  for (size_t i = 0; i < 5; i++) {
    const uint64_t n = sizes[i], part = 1000;
    const struct one config = alone(OIO_ALL_REDUCE, OIO_RING, sizes[i], n * part);
    assert_int_equal(carry_out(&config, false), 2 * (n - 1) * (ALPHA_PS + part * PS_A_BYTE));
  }
}

static void the_other_algorithms_take_what_their_closed_forms_say(void **state) {
  (void)state;
  const uint64_t n = 8, part = 1000, all_bytes_ps = n * part * PS_A_BYTE, part_ps = part * PS_A_BYTE;
  const struct {
    enum oio_collective_kind kind;
    enum oio_algorithm algorithm;
    bool port_a_pair;
    uint64_t due_ps;
  } cases[] = {{OIO_REDUCE_SCATTER, OIO_RING, false, (n - 1) * (ALPHA_PS + part_ps)},
               {OIO_ALL_GATHER, OIO_RING, false, (n - 1) * (ALPHA_PS + part_ps)},
               {OIO_ALL_REDUCE, OIO_HALVING_DOUBLING, false, 2 * 3 * ALPHA_PS + 2 * (n - 1) * part_ps},
               {OIO_ALL_GATHER, OIO_HALVING_DOUBLING, false, 3 * ALPHA_PS + (n - 1) * part_ps},
               {OIO_ALL_TO_ALL, OIO_DIRECT_EXCHANGE, true, ALPHA_PS + part_ps},
               {OIO_ALL_TO_ALL, OIO_DIRECT_EXCHANGE, false, ALPHA_PS + (n - 1) * part_ps},
               {OIO_ALL_REDUCE, OIO_DIRECT_EXCHANGE, true, 2 * (ALPHA_PS + part_ps)},
               {OIO_BROADCAST, OIO_TREE, false, 3 * (ALPHA_PS + all_bytes_ps)},
               {OIO_BROADCAST, OIO_RING, false, (n - 1) * (ALPHA_PS + all_bytes_ps)},
               {OIO_BROADCAST, OIO_DIRECT_EXCHANGE, false, ALPHA_PS + (n - 1) * all_bytes_ps},
               {OIO_ALL_REDUCE, OIO_TREE, false, 6 * (ALPHA_PS + all_bytes_ps)}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct one config = alone(cases[i].kind, cases[i].algorithm, (uint32_t)n, n * part);
    const oio_time_ps took_ps = carry_out(&config, cases[i].port_a_pair);
    if (took_ps != cases[i].due_ps)
      fail_msg("case %zu: %llu ps, due %llu", i, (unsigned long long)took_ps, (unsigned long long)cases[i].due_ps);
  }
}

/* A chain of n dies and k chunks, each of t: the last has gone through when the first has and k - 1 more have followed. */
static void chunks_follow_each_other_down_a_chain(void **state) {
  (void)state;
  struct one config = alone(OIO_BROADCAST, OIO_RING, 5, 50000);
  config.chunk_bytes = 5000;
  assert_int_equal(carry_out(&config, false), 4 * (ALPHA_PS + 5000 * PS_A_BYTE) + 9 * 5000 * PS_A_BYTE);
}

static void a_step_takes_its_compute_and_what_of_the_collective_does_not_fit_beside_it(void **state) {
  (void)state;
  const uint64_t n = 4, part = 1000, comm_ps = 2 * (n - 1) * (ALPHA_PS + part * PS_A_BYTE);
  static const struct {
    uint64_t compute_ps;
    double overlap;
  } cases[] = {{1000000, 0}, {1000000, 1}, {100000, 1}, {300000, 0.5}, {400000, 0.25}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct one config = alone(OIO_ALL_REDUCE, OIO_RING, (uint32_t)n, n * part);
    config.iterations = 5;
    config.compute_ps = cases[i].compute_ps;
    config.overlap = cases[i].overlap;
    const uint64_t lead_ps = (uint64_t)((1 - cases[i].overlap) * (double)config.compute_ps);
    const uint64_t sent_ps = (lead_ps > LOCAL_PS ? lead_ps : LOCAL_PS) + comm_ps;
    const uint64_t step_ps = sent_ps > config.compute_ps ? sent_ps : config.compute_ps;
    const oio_time_ps took_ps = carry_out(&config, false);
    if (took_ps != 5 * step_ps) fail_msg("case %zu: %llu ps, due %llu", i, (unsigned long long)took_ps, (unsigned long long)(5 * step_ps));
  }
}

static void bus_factors_are_those_of_the_tests_of_nccl(void **state) {
  (void)state;
  assert_true(oio_collective_bus_factor(OIO_ALL_REDUCE, 8) == 1.75);
  assert_true(oio_collective_bus_factor(OIO_ALL_GATHER, 8) == 0.875);
  assert_true(oio_collective_bus_factor(OIO_REDUCE_SCATTER, 4) == 0.75);
  assert_true(oio_collective_bus_factor(OIO_ALL_TO_ALL, 2) == 0.5);
  assert_true(oio_collective_bus_factor(OIO_BROADCAST, 8) == 1);
}

static void expect_refusal(struct one config, const char *words) {
  struct oio_error error = {""};
  assert_int_equal(start(&config, &error), OIO_ERR_CONFIG);
  if (strstr(error.text, words) == NULL) fail_msg("'%s' does not say '%s'", error.text, words);
}

static void what_cannot_be_done_is_refused_with_the_remedy(void **state) {
  (void)state;
  struct one config = alone(OIO_ALL_REDUCE, OIO_RING, 8, 4096);
  config.group = 3;
  expect_refusal(config, "8 dies do not divide into groups of 3, 1 apart");
  config.group = 1;
  expect_refusal(config, "workload.group (2 or more)");
  expect_refusal(alone(OIO_ALL_REDUCE, OIO_HALVING_DOUBLING, 6, 4096), "needs a group of 2, 4, 8");
  expect_refusal(alone(OIO_BROADCAST, OIO_HALVING_DOUBLING, 8, 4096),
                 "workload.algorithm=halving-doubling does no broadcast; use ring, tree or");
  expect_refusal(alone(OIO_ALL_TO_ALL, OIO_RING, 8, 4096), "use direct");
  expect_refusal(alone(OIO_ALL_GATHER, OIO_TREE, 8, 4096), "does no all-gather");
  expect_refusal(alone(OIO_ALL_REDUCE, OIO_RING, 8, 7), "raise workload.bytes");
  expect_refusal(alone(OIO_ALL_REDUCE, OIO_RING, 8, UINT64_C(1) << 31), "set workload.chunk_bytes below");
  config = alone(OIO_ALL_REDUCE, OIO_RING, 8, 5000 * 8);
  config.chunk_bytes = 8;
  config.iterations = 2;
  expect_refusal(config, "raise workload.chunk_bytes");
  config = alone(OIO_ALL_REDUCE, OIO_RING, 8, 4096);
  config.compute_ps = 2 * LOCAL_PS - 1;
  expect_refusal(config, "lower die.local_ps");
}

static int make_room(void **state) {
  (void)state;
  all = calloc(RECORDS, sizeof *all);
  return all == NULL;
}

static int leave(void **state) {
  (void)state;
  forget();
  free(all);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_algorithm_ends_with_every_contribution_where_it_belongs_and_sends_nothing_before_it_can_be_known),
      cmocka_unit_test(a_ring_all_reduce_takes_twice_n_less_one_times_alpha_and_its_part_of_the_buffer),
      cmocka_unit_test(the_other_algorithms_take_what_their_closed_forms_say),
      cmocka_unit_test(chunks_follow_each_other_down_a_chain),
      cmocka_unit_test(a_step_takes_its_compute_and_what_of_the_collective_does_not_fit_beside_it),
      cmocka_unit_test(bus_factors_are_those_of_the_tests_of_nccl),
      cmocka_unit_test(what_cannot_be_done_is_refused_with_the_remedy),
  };
  return cmocka_run_group_tests_name("collective", tests, make_room, leave);
}
