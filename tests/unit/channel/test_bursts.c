/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors that are not independent (SPEC.md section 10) against what chains of Markov say of them: runs of wrong symbols, with and without
 * precoding, and the two states of Gilbert and Elliott. OIO_SEED is the seed of the channels: every seed must pass at 4.5 sigma.
 */
#define CHANCE_PROGRAM "test_bursts"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/channel.h"
#include "oio/fec_rates.h"

enum { FLITS = 20000, BITS = FLITS * OIO_FLIT_BITS, RUNS_MAX = 12 };

/* All bits of so many flits one behind the other: 1 where one is wrong. */
static uint8_t *wrong_bits(const struct oio_error_process *process, double bit_error_rate, uint64_t *wrong_flits) {
  struct oio_channel_config config = {.format = 3,
                                      .fidelity = OIO_BIT,
                                      .lanes = 1,
                                      .lane_rate_bits_per_s = 1000000000000u,
                                      .bit_error_rate = bit_error_rate,
                                      .errors = *process};
  struct oio_channel *channel;
  struct oio_channel_state counted;
  struct oio_error error;
  config.seed = seed;
  config.stream = 3;
  if (oio_channel_create(&channel, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  uint8_t *bits = malloc(BITS);
  assert_non_null(bits);
  for (unsigned i = 0; i < FLITS; i++) {
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    wire->touched_bytes = OIO_PAYLOAD_BYTES;
    oio_channel_push(channel, oio_channel_free_ps(channel));
    for (unsigned k = 0; k < OIO_FLIT_BITS; k++) bits[i * OIO_FLIT_BITS + k] = wire->bytes[k / 8] >> k % 8 & 1;
    oio_channel_pop(channel);
  }
  oio_channel_get_state(channel, &counted);
  *wrong_flits = counted.wrong_flits;
  oio_channel_destroy(channel);
  return bits;
}

/* `seen` of `count`, of which each is with p; `inflated`: how many times as much as independent ones they vary. */
static void expect_share(const char *what, double seen, double count, double p, double inflated) {
  if (p < 1e-15) assert_true(seen == 0); /* one bit good and one bad in turn: no two are wrong together */
  if (p < 1e-15) return;
  const double sigma = sqrt(p * (1 - p) * inflated / count), off = (seen / count - p) / sigma;
  print_message("  %s: %.5g, must be %.5g, %+.2f sigma\n", what, seen / count, p, off);
  if (!(fabs(off) < 4.5)) FAIL_WITH_REPLAY("%s: %.5g is not %.5g", what, seen / count, p);
}

/* Runs of wrong symbols: a of the wrong are followed by another, so that run lengths are geometric and errors come in the old number. */
static void expect_runs(uint32_t symbol_bits, double a, double bit_error_rate) {
  const struct oio_error_process process = {.kind = OIO_ERRORS_RUNS, .symbol_bits = symbol_bits, .propagation = a};
  uint64_t wrong_flits, wrong = 0, high = 0, longer[RUNS_MAX] = {0}, run = 0;
  uint8_t *bits = wrong_bits(&process, bit_error_rate, &wrong_flits);
  print_message("%u bits a symbol, propagation %g, %g:\n", symbol_bits, a, bit_error_rate);
  for (unsigned i = 0; i < BITS; i += symbol_bits) {
    const unsigned ones = symbol_bits == 1 ? bits[i] : bits[i] + bits[i + 1];
    assert_true(ones <= 1); /* a wrong symbol has one wrong bit */
    wrong += ones;
    high += symbol_bits == 2 && bits[i + 1] == 1;
    run = ones ? run + 1 : 0;
    if (run > 0 && run <= RUNS_MAX) longer[run - 1]++;
  }
  free(bits);
  const double share = bit_error_rate * symbol_bits;
  expect_share("wrong symbols", (double)wrong, (double)BITS / symbol_bits, share, (1 + a) / (1 - a));
  if (symbol_bits == 2) expect_share("their second bit", (double)high, (double)wrong, 0.5, 1);
  for (unsigned k = 1; k < RUNS_MAX && longer[k - 1] > 200; k++)
    expect_share("run goes on", (double)longer[k], (double)longer[k - 1], a, 1);
}

static void wrong_symbols_come_in_runs_of_geometric_length_and_not_more_often(void **state) {
  (void)state;
  expect_runs(2, 0.75, 1e-3);
  expect_runs(2, 0.5, 2e-3);
  expect_runs(1, 0.5, 1e-3);
  expect_runs(2, 0.1, 0.05); /* the share of wrong symbols: independent */
  expect_runs(1, 0.9, 1e-4);
}

/* e is wrong where the symbol or the one before it was, not both: twice a run, its length apart. */
static void precoding_leaves_the_two_ends_of_a_run(void **state) {
  static const double propagations[] = {0.75, 0.3, 0};
  (void)state;
  for (unsigned i = 0; i < 3; i++) {
    const double a = propagations[i] > 0.004 ? propagations[i] : 0.004, bit_error_rate = 2e-3, share = 2 * bit_error_rate;
    const struct oio_error_process process = {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = propagations[i], .precoded = true};
    uint64_t wrong_flits, ends = 0, longer[RUNS_MAX] = {0}, begun = 0;
    uint8_t *bits = wrong_bits(&process, bit_error_rate, &wrong_flits);
    print_message("propagation %g, precoded:\n", propagations[i]);
    for (unsigned s = 0; s < BITS / 2; s++) {
      if (bits[2 * s] + bits[2 * s + 1] == 0) continue;
      assert_int_equal(bits[2 * s] + bits[2 * s + 1], 1);
      if (ends++ % 2 == 0) begun = s;
      for (unsigned k = 0; ends % 2 == 0 && k < s - begun && k < RUNS_MAX; k++) longer[k]++;
    }
    free(bits);
    /* As many runs as there are without: a run for each symbol that is wrong behind a right one. */
    expect_share("runs", (double)(ends / 2), BITS / 2.0, share * (1 - a), 1);
    for (unsigned k = 1; k < RUNS_MAX && longer[k - 1] > 200; k++)
      expect_share("run goes on", (double)longer[k], (double)longer[k - 1], a, 1);
  }
}

/* The clean flits of two states: all 2048 bits right, wherever the first of them finds the chain. */
static double clean(double bad_part, double bad_bits, double good_rate, double bad_rate) {
  const double leave_bad = 1 / bad_bits, leave_good = leave_bad * bad_part / (1 - bad_part);
  double good = 1 - bad_part, bad = bad_part;
  for (unsigned i = 0; i < OIO_FLIT_BITS; i++) {
    const double g = good * (1 - good_rate), b = bad * (1 - bad_rate);
    good = g * (1 - leave_good) + b * leave_bad;
    bad = g * leave_good + b * (1 - leave_bad);
  }
  return good + bad;
}

static void two_states_have_the_mean_that_is_asked_for_and_flits_as_clean_as_their_chain_says(void **state) {
  /* The first is the published one: 0.001 and 0.1, from good to bad 0.01, back 0.1: 0.01 in the mean. */
  static const struct {
    double rate, bad_rate, bad_part, bad_bits;
  } rows[] = {{0.01, 0.1, 1.0 / 11, 10}, {1e-3, 0.5, 1e-3, 100}, {2e-4, 0.05, 2e-3, 3000}, {0.01, 0.02, 0.5, 1}};
  (void)state;
  const double published = (1 - 1.0 / 11) * 1e-3 + 0.1 / 11;
  assert_true(fabs(published - 0.01) < 1e-15);
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct oio_error_process process = {
        .kind = OIO_ERRORS_GILBERT, .bad_rate = rows[i].bad_rate, .bad_part = rows[i].bad_part, .bad_bits = rows[i].bad_bits};
    const double good_rate = (rows[i].rate - rows[i].bad_part * rows[i].bad_rate) / (1 - rows[i].bad_part);
    uint64_t wrong_flits, wrong = 0, together = 0;
    uint8_t *bits = wrong_bits(&process, rows[i].rate, &wrong_flits);
    for (unsigned k = 0; k < BITS; k++) {
      wrong += bits[k];
      together += k > 0 && bits[k] && bits[k - 1];
    }
    free(bits);
    print_message("%g in the mean, %g in %g of the bits, %g long:\n", rows[i].rate, rows[i].bad_rate, rows[i].bad_part, rows[i].bad_bits);
    /* Two bits k apart are in the bad state together more often than by chance with the k-th power of this. */
    const double r = 1 - 1 / rows[i].bad_bits * (1 + rows[i].bad_part / (1 - rows[i].bad_part)), more = rows[i].bad_rate - good_rate;
    const double covariance = rows[i].bad_part * (1 - rows[i].bad_part) * more * more;
    const double inflated = 1 + 2 * covariance * r / (1 - r) / (rows[i].rate * (1 - rows[i].rate));
    expect_share("wrong bits", (double)wrong, BITS, rows[i].rate, inflated);
    expect_share("two in a row", (double)together, BITS - 1, rows[i].rate * rows[i].rate + covariance * r, 4 * inflated);
    expect_share("wrong flits", (double)wrong_flits, FLITS, 1 - clean(rows[i].bad_part, rows[i].bad_bits, good_rate, rows[i].bad_rate),
                 rows[i].bad_bits > 1000 ? 4 : 1);
  }
}

/* Runs whose rate is that of a state, as a chain of four: state and whether the symbol is wrong. */
struct chain {
  double leave[2], begins[2], goes_on[2]; /* of a symbol of the state: wrong behind a right one, behind a wrong one */
};

static struct chain chain_of(const struct oio_error_process *p, double bit_error_rate) {
  const double bits = p->symbol_bits, rate[2] = {(bit_error_rate - p->bad_part * p->bad_rate) / (1 - p->bad_part), p->bad_rate};
  struct chain c;
  c.leave[1] = bits / p->bad_bits;
  c.leave[0] = c.leave[1] * p->bad_part / (1 - p->bad_part);
  for (unsigned s = 0; s < 2; s++) {
    const double share = rate[s] * bits;
    c.goes_on[s] = p->propagation > share ? p->propagation : share;
    c.begins[s] = share * (1 - c.goes_on[s]) / (1 - share);
  }
  return c;
}

/* at[s][w] a symbol on. */
static void go(const struct chain *c, double at[2][2]) {
  double next[2][2] = {{0, 0}, {0, 0}};
  for (unsigned s = 0; s < 2; s++) {
    for (unsigned w = 0; w < 2; w++) {
      const double from_here = at[s][w] * (1 - c->leave[s]), from_there = at[!s][w] * c->leave[!s];
      const double wrong = w == 1 ? c->goes_on[s] : c->begins[s];
      next[s][1] += (from_here + from_there) * wrong;
      next[s][0] += (from_here + from_there) * (1 - wrong);
    }
  }
  memcpy(at, next, sizeof next);
}

static void expect_runs_in_states(const struct oio_error_process *process, double bit_error_rate) {
  const struct chain c = chain_of(process, bit_error_rate);
  const unsigned symbols = BITS / process->symbol_bits, apart = 40;
  double at[2][2] = {{1 - process->bad_part, 0}, {process->bad_part, 0}}, inflated = 1, far = 0;
  for (unsigned i = 0; i < 200; i++) go(&c, at);
  const double wrong = at[0][1] + at[1][1];
  double behind[2][2] = {{0, at[0][1]}, {0, at[1][1]}}; /* which begin at a wrong one */
  double runs = 0;
  for (unsigned k = 1; k < 20 * process->bad_bits + 100; k++) {
    go(&c, behind);
    const double both = behind[0][1] + behind[1][1];
    if (k == 1) runs = wrong - both;
    if (k == apart) far = both;
    inflated += 2 * (both - wrong * wrong) / (wrong * (1 - wrong));
  }
  uint64_t wrong_flits, seen = 0, begun = 0, together = 0;
  uint8_t *bits = wrong_bits(process, bit_error_rate, &wrong_flits), *w = calloc(symbols, 1);
  assert_non_null(w);
  for (unsigned i = 0; i < symbols; i++) {
    w[i] = process->symbol_bits == 1 ? bits[i] : (uint8_t)(bits[2 * i] + bits[2 * i + 1]);
    assert_true(w[i] <= 1);
    if (process->precoded && i > 0) w[i] ^= w[i - 1]; /* back to what the decision was */
    seen += w[i];
    begun += w[i] == 1 && (i == 0 || w[i - 1] == 0);
    together += i >= apart && w[i] && w[i - apart];
  }
  free(bits);
  free(w);
  print_message("%g in the mean, %g in %g, %g long, propagation %g%s:\n", bit_error_rate, process->bad_rate, process->bad_part,
                process->bad_bits, process->propagation, process->precoded ? ", precoded" : "");
  assert_true(fabs(wrong / (bit_error_rate * process->symbol_bits) - 1) < 0.1); /* but for runs that outlast a state */
  expect_share("wrong symbols", (double)seen, symbols, wrong, inflated);
  expect_share("runs", (double)begun, symbols, runs, inflated);
  expect_share("two wrong, so far apart", (double)together, symbols - apart, far, 4 * inflated);
}

static void runs_in_two_states_are_those_of_their_chain(void **state) {
  (void)state;
  const struct {
    double rate;
    struct oio_error_process process;
  } rows[] = {
      {2e-3, {OIO_ERRORS_BOTH, .symbol_bits = 2, .propagation = 0.75, .bad_rate = 0.1, .bad_part = 5e-3, .bad_bits = 600}},
      {2e-3,
       {OIO_ERRORS_BOTH, .symbol_bits = 2, .propagation = 0.6, .precoded = true, .bad_rate = 0.05, .bad_part = 0.02, .bad_bits = 400}},
      {2e-2, {OIO_ERRORS_BOTH, .symbol_bits = 2, .propagation = 0.3, .bad_rate = 0.1, .bad_part = 0.15, .bad_bits = 120}},
      {2e-2, {OIO_ERRORS_BOTH, .symbol_bits = 2, .propagation = 0.3, .precoded = true, .bad_rate = 0.1, .bad_part = 0.15, .bad_bits = 120}},
      {2e-3, {OIO_ERRORS_BOTH, .symbol_bits = 1, .propagation = 0.5, .bad_rate = 0.2, .bad_part = 1e-3, .bad_bits = 2000}},
      {2e-2, {OIO_ERRORS_BOTH, .symbol_bits = 1, .propagation = 0.3, .bad_rate = 0.2, .bad_part = 0.05, .bad_bits = 60}},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) expect_runs_in_states(&rows[i].process, rows[i].rate);
}

/* Of a channel with error correction: words that more than t errors hit, against the closed form of section 12. */
static void expect_lost_words(const char *code, uint32_t ways, double a, double bit_error_rate, bool precoded, unsigned flits) {
  const struct oio_channel_config config = {.format = 3,
                                            .fidelity = OIO_EVENT,
                                            .lanes = 1,
                                            .lane_rate_bits_per_s = 1000000000000u,
                                            .bit_error_rate = bit_error_rate,
                                            .errors = {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = a, .precoded = precoded},
                                            .fec = code,
                                            .fec_ways = ways,
                                            .seed = seed,
                                            .stream = 5};
  const struct oio_fec_bursts bursts = {.bit_error_rate = bit_error_rate, .propagation = a, .ways = ways, .precoded = precoded};
  const double lost = oio_fec_burst_loss(oio_fec_code_named(code), &bursts);
  struct oio_channel *channel;
  struct oio_channel_state counted;
  struct oio_error error;
  if (oio_channel_create(&channel, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  for (unsigned i = 0; i < flits; i++) {
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    oio_channel_push(channel, oio_channel_free_ps(channel));
    oio_channel_pop(channel);
  }
  oio_channel_get_state(channel, &counted);
  oio_channel_destroy(channel);
  print_message("%s, %u ways, propagation %g, %g%s:\n", code, ways, a, bit_error_rate, precoded ? ", precoded" : "");
  /* Words of one block are lost together, more often than by chance, when runs are long. */
  expect_share("words lost", (double)(counted.uncorrectable_codewords + counted.miscorrected_codewords), (double)counted.codewords, lost,
               ways);
}

static void words_are_lost_to_runs_as_often_as_the_closed_form_says(void **state) {
  (void)state;
  expect_lost_words("kp4", 1, 0.75, 2e-3, false, 100000);
  expect_lost_words("kp4", 2, 0.75, 2e-3, false, 100000);
  expect_lost_words("kp4", 4, 0.5, 2.5e-3, false, 100000);
  expect_lost_words("kp4", 1, 0.75, 2.5e-3, true, 100000);
  expect_lost_words("kr4", 1, 0.5, 8e-4, false, 100000);
  expect_lost_words("ll", 2, 0, 1.5e-3, true, 100000);
}

static void a_process_out_of_range_is_refused(void **state) {
  (void)state;
  static const struct {
    double bit_error_rate;
    struct oio_error_process process;
  } rows[] = {
      {0.001, {.kind = OIO_ERROR_KINDS}},
      {0.001, {.kind = OIO_ERRORS_RUNS, .propagation = 0.5}},
      {0.001, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 3, .propagation = 0.5}},
      {0.001, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = 1}},
      {0.001, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = -0.1}},
      {0.001, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = (double)NAN}},
      {0.4, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2}},
      {0.001, {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.6, .bad_part = 0.001, .bad_bits = 10}},
      {0.001, {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.1, .bad_part = 0, .bad_bits = 10}},
      {0.001, {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.001, .bad_part = 0.6, .bad_bits = 10}},
      {0.001, {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.1, .bad_part = 0.001, .bad_bits = 0.9}},
      {0.001, {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.1, .bad_part = 0.02, .bad_bits = 10}}, /* more than there are in all */
      {0.25, {.kind = OIO_ERRORS_BOTH, .symbol_bits = 2, .propagation = 0.5, .bad_part = 0.5, .bad_bits = 10}}, /* 1/2 in the good state */
      {0.4, {.kind = OIO_ERRORS_BOTH, .symbol_bits = 1, .propagation = 0.5, .bad_part = 0.5, .bad_bits = 10}},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_channel *channel;
    struct oio_error error;
    const struct oio_channel_config config = {.format = 3,
                                              .fidelity = OIO_BIT,
                                              .lanes = 1,
                                              .lane_rate_bits_per_s = 1000000000000u,
                                              .bit_error_rate = rows[i].bit_error_rate,
                                              .errors = rows[i].process};
    if (oio_channel_create(&channel, &config, &error) != OIO_ERR_CONFIG) fail_msg("row %u is not refused", i);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wrong_symbols_come_in_runs_of_geometric_length_and_not_more_often),
      cmocka_unit_test(precoding_leaves_the_two_ends_of_a_run),
      cmocka_unit_test(two_states_have_the_mean_that_is_asked_for_and_flits_as_clean_as_their_chain_says),
      cmocka_unit_test(runs_in_two_states_are_those_of_their_chain),
      cmocka_unit_test(words_are_lost_to_runs_as_often_as_the_closed_form_says),
      cmocka_unit_test(a_process_out_of_range_is_refused),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
