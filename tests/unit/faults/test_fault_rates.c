/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events by chance: how many there are against Poisson, their distances against the exponential distribution and against a draw by hand,
 * which parts they hit, which link has its own, that what was drawn reads back as the same, and what is refused.
 */
#define _DEFAULT_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../configured.h"
#include "oio/faults.h"
#include "oio/net.h"
#include "oio/rng.h"
#include "oio/tech.h"

static struct oio_net *net_of(const char *topology, const char *schedule, const char *more, uint64_t seed) {
  char net[80], faults[600], chance[40];
  snprintf(net, sizeof net, "net.topology=%s", topology);
  snprintf(faults, sizeof faults, "faults.schedule=%s", schedule);
  snprintf(chance, sizeof chance, "sim.seed=%llu", (unsigned long long)seed);
  const char *const settings[] = {net, faults, chance, "optical.wavelengths=4", more, NULL};
  const struct oio_config config = configured(settings);
  struct oio_net *made;
  struct oio_error error;
  if (oio_net_create(&made, &config, NULL, &error) != OIO_OK) fail_msg("%s: %s", schedule, error.text);
  return made;
}

/* A draw of 100 events in the mean, of many seeds: sum and sum of squares of the counts; distances below the mean. */
struct counted {
  double sum, squares, near, last;
};

static struct counted count(const char *schedule, const char *more, unsigned seeds, double mean_ps) {
  struct counted c = {0, 0, 0, 0};
  for (unsigned seed = 1; seed <= seeds; seed++) {
    struct oio_net *net = net_of("pair", schedule, more, seed);
    const struct oio_faults *drawn = oio_net_drawn(net);
    const double events = oio_faults_count(drawn);
    double before_ps = 1e6;
    for (uint32_t i = 0; i < oio_faults_count(drawn); i++) {
      const double at_ps = (double)oio_faults_at(drawn, i)->event.at_ps;
      assert_true(at_ps >= before_ps - 1 && at_ps < 101e6);
      c.near += at_ps - before_ps < mean_ps;
      before_ps = at_ps;
    }
    c.sum += events;
    c.squares += events * events;
    oio_net_destroy(net);
  }
  return c;
}

/* Of n seeds with mean m: the sum is n m +- 4 root(n m); the variance m (1 +- 4 root(2 / n)); distances are below their mean as often as
 * 1 - 1/e, here of all that the window holds whole. */
static void expect_poisson(const char *schedule, const char *more, double mean, double mean_ps) {
  enum { SEEDS = 400 };
  const struct counted c = count(schedule, more, SEEDS, mean_ps);
  const double each = c.sum / SEEDS, variance = c.squares / SEEDS - each * each, part = c.near / c.sum;
  if (fabs(c.sum - SEEDS * mean) > 4 * sqrt(SEEDS * mean)) fail_msg("%s: %g events in the mean, wanted %g", schedule, each, mean);
  if (fabs(variance / mean - 1) > 4 * sqrt(2.0 / SEEDS)) fail_msg("%s: variance %g, wanted %g", schedule, variance, mean);
  if (fabs(part - (1 - exp(-1))) > 4 * 0.48 / sqrt(c.sum) + 1 / mean)
    fail_msg("%s: %g of the distances are below their mean, wanted 0.632", schedule, part);
}

static void there_are_as_many_as_poisson_says(void **state) {
  (void)state;
  expect_poisson("from 1us to 101us link 0: down for 1ns, every 1us on average", NULL, 100, 1e6);
  expect_poisson("from 1us to 101us wire 1: loss 0.01 dB, every 4us on average", "optical.bit_error_rate=1e-9", 25, 4e6);
  expect_poisson("from 1us to 101us all: lane any dies, 0.5 per us", "optical.stripe_bits=1", 50, 2e6);
  expect_poisson("from 1us to 101us link 0: up, 5e5 per s", NULL, 50, 2e6);
  expect_poisson("from 1us to 101us link 0: up, 1.8e9 per h", NULL, 50, 2e6);
  expect_poisson("from 1us to 101us link 0: up, 1.5768e13 per year", NULL, 50, 2e6);
}

/* Flaps of a link, and failures of both its ends, in 1e9 hours: what the table of technologies has. */
static void a_technology_has_its_rates(void **state) {
  static const char name[] = "pluggable_800g_dsp";
  (void)state;
  const struct oio_tech *tech = oio_tech_find(name);
  assert_non_null(tech);
  const double flaps = tech->value[OIO_TECH_FLAPS_PER_1E9H].typical, failures = tech->value[OIO_TECH_FAILURES_PER_1E9H].typical;
  const double window_h = 100e-6 / 3600;
  char schedule[160], more[60];
  snprintf(more, sizeof more, "optical.tech=%s", name);
  snprintf(schedule, sizeof schedule, "from 1us to 101us link 0: flap, at the rate of its technology times %.17g",
           50 / (flaps * 1e-9 * window_h));
  expect_poisson(schedule, more, 50, 2e6);
  snprintf(schedule, sizeof schedule, "from 1us to 101us link 0: down, at the rate of its technology times %.17g",
           50 / (2 * failures * 1e-9 * window_h));
  expect_poisson(schedule, more, 50, 2e6);
}

/* By hand: the stream of SPEC.md section 15, and the logarithm of the C library. */
static void expect_draw(const struct oio_faults *drawn, uint64_t rate, uint32_t link, double from_ps, double until_ps, double mean_ps,
                        uint32_t parts) {
  struct oio_rng rng;
  uint32_t i = 0, found = 0;
  oio_rng_seed(&rng, 77, ((uint64_t)1 << 63) + (rate << 32) + 2 * link);
  for (double at_ps = from_ps;;) {
    at_ps += mean_ps * -log(oio_rng_unit(&rng));
    if (at_ps >= until_ps) break;
    const uint32_t part = parts == 0 ? 0 : (uint32_t)((oio_rng_next(&rng) >> 32) * parts / 4294967296u);
    while (i < oio_faults_count(drawn) && (oio_faults_at(drawn, i)->which != link || oio_faults_at(drawn, i)->statement != rate + 1)) i++;
    assert_true(i < oio_faults_count(drawn));
    const struct oio_fault *f = oio_faults_at(drawn, i++);
    assert_int_equal(f->place, OIO_FAULT_LINK);
    if (fabs((double)f->event.at_ps - at_ps) > 1)
      fail_msg("link %u: at %llu ps, wanted %f", link, (unsigned long long)f->event.at_ps, at_ps);
    assert_int_equal(f->event.number, part);
    found++;
  }
  assert_true(found > 0);
}

static void every_link_draws_what_the_specification_says(void **state) {
  (void)state;
  struct oio_net *net = net_of("star:4",
                               "from 0 to 50us class package: down for 1ns, every 1us on average; "
                               "from 5us to 900us all: lane any dies, every 30us on average",
                               "package.stripe_bits=1", 77);
  const struct oio_faults *drawn = oio_net_drawn(net);
  for (uint32_t link = 0; link < 4; link++) {
    expect_draw(drawn, 0, link, 0, 50e6, 1e6, 0);
    expect_draw(drawn, 1, link, 5e6, 900e6, 30e6, 64);
  }
  for (uint32_t i = 1; i < oio_faults_count(drawn); i++)
    assert_true(oio_faults_at(drawn, i - 1)->event.at_ps <= oio_faults_at(drawn, i)->event.at_ps);
  oio_net_destroy(net);
}

/* 16 lanes, 4 fibres, and one laser for each of 4 wavelengths: each as often as the others (chi square, 1 in 1000). */
static void any_part_is_any(void **state) {
  static const struct {
    const char *what;
    unsigned parts;
    double most;
  } rows[] = {{"lane any dies", 16, 37.7}, {"laser any dies", 4, 16.3}, {"fibre any cut", 4, 16.3}};
  (void)state;
  for (unsigned r = 0; r < sizeof rows / sizeof *rows; r++) {
    char schedule[120];
    double hits[16] = {0}, chi_square = 0;
    snprintf(schedule, sizeof schedule, "from 0 to 10ms link 0: %s, every 2us on average", rows[r].what);
    struct oio_net *net = net_of("pair", schedule, "optical.stripe_bits=1", 5);
    const struct oio_faults *drawn = oio_net_drawn(net);
    const double wanted = (double)oio_faults_count(drawn) / rows[r].parts;
    for (uint32_t i = 0; i < oio_faults_count(drawn); i++) {
      assert_true(oio_faults_at(drawn, i)->event.number < rows[r].parts);
      hits[oio_faults_at(drawn, i)->event.number]++;
    }
    for (unsigned p = 0; p < rows[r].parts; p++) chi_square += (hits[p] - wanted) * (hits[p] - wanted) / wanted;
    if (chi_square > rows[r].most) fail_msg("%s: chi square %g of %u parts", rows[r].what, chi_square, rows[r].parts);
    oio_net_destroy(net);
  }
}

/* All kinds of events, given and drawn: what is written reads back as the same. */
static void what_was_drawn_reads_back_as_the_same(void **state) {
  static const char schedule[] =
      "at 1us link 0: loss 0.7 dB over 3us; at 2us all: error rate 1.1e-7; at 3us class package: flap, 2 times every "
      "7us; at 4us wire 3: up; at 5us wire 2: down; from 0 to 20us all: laser any returns, 1 per us; from 0 to 20us wire 1: "
      "loss -0.1 dB, 1 per us; from 0 to 20us link 1: fibre any mended, 1 per us; from 0 to 20us all: down for 5ns, 1 per us; "
      "from 0 to 20us all: flap then error rate 1e-7, 1 per us; at 6us all: lane 3 dies; at 6us all: fibre 1 cut; "
      "at flit 7 wire 1: flip bits 0,100,2000,2047, 3 times every 9 flits; at flit 7 all: burst of 9 bits at 3; at flit 8 all: damage "
      "header; "
      "at 9us all: drop; at flit 9 all: truncate at 5; at flit 1 all: delay 9ns; at 1us all: lose ack; at flit 2 all: lose credit; "
      "at flit 3 all: down for 9ns; from flit 5 to flit 900 link 1: flip bit any, one flit in 30; from 0 to 9us all: drop, 1 per us";
  char path[] = "/tmp/test_fault_rates.XXXXXX", event[OIO_FAULT_TEXT_BYTES];
  struct oio_faults *read;
  struct oio_error error;
  (void)state;
  const char *const settings[] = {"net.topology=star:4",    "package.stripe_bits=1",       "package.relink_ps=1000",
                                  "package.wavelengths=16", "package.bit_error_rate=1e-9", NULL};
  struct oio_config config = configured(settings);
  snprintf(config.faults, sizeof config.faults, "%s", schedule);
  struct oio_net *net;
  if (oio_net_create(&net, &config, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  const struct oio_faults *drawn = oio_net_drawn(net);
  FILE *file = fdopen(mkstemp(path), "w");
  assert_non_null(file);
  for (uint32_t i = 0; i < oio_faults_count(drawn); i++) fprintf(file, "%s\n", oio_fault_text(oio_faults_at(drawn, i), event));
  fclose(file);
  if (oio_faults_read(&read, path, &error) != OIO_OK) fail_msg("%s", error.text);
  assert_true(oio_faults_count(read) > 200);
  assert_int_equal(oio_faults_count(read), oio_faults_count(drawn));
  for (uint32_t i = 0; i < oio_faults_count(read); i++) {
    struct oio_fault one = *oio_faults_at(read, i), other = *oio_faults_at(drawn, i);
    if (one.place != other.place || one.which != other.which || strcmp(one.link_class, other.link_class) != 0 || one.flaps != other.flaps ||
        one.event.at_ps != other.event.at_ps || one.event.what != other.event.what || one.event.returns != other.event.returns ||
        one.event.number != other.event.number || one.event.value != other.event.value || one.event.for_ps != other.event.for_ps ||
        one.event.by_flit != other.event.by_flit || one.event.bits != other.event.bits ||
        memcmp(one.event.bit, other.event.bit, sizeof one.event.bit) != 0)
      fail_msg("event %u, '%s', is another", i, oio_fault_text(&other, event));
  }
  oio_faults_destroy(read);
  oio_net_destroy(net);
  remove(path);
}

static void a_schedule_without_rates_draws_nothing(void **state) {
  (void)state;
  struct oio_net *net = net_of("pair", "at 1us link 0: down for 1ns", NULL, 1);
  assert_null(oio_net_drawn(net));
  oio_net_destroy(net);
}

static void what_is_no_rate_is_refused_with_what_is_wrong(void **state) {
  static const struct {
    const char *schedule, *says;
  } rows[] = {
      {"from 1us link 0: flap, every 1us on average", "behind `from` are two times"},
      {"from 1us to link 0: flap, every 1us on average", "behind `from` are two times"},
      {"from nan to 2us link 0: flap, every 1us on average", "behind `from` are two times"},
      {"from 2us to 2us link 0: flap, every 1us on average", "not later than"},
      {"from 1us to 2us link 0: flap", "behind `from` and what happens is how often"},
      {"from 1us to 2us link 0: flap, 3 times every 1us", "a rate is `every TIME on average`, or"},
      {"from 1us to 2us link 0: flap, every 1us", "a rate is `every TIME on average`"},
      {"from 1us to 2us link 0: flap, every 0us on average", "a rate is `every TIME on average`"},
      {"from 1us to 2us link 0: flap, 0 per us", "R above 0"},
      {"from 1us to 2us link 0: flap, -1 per us", "R above 0"},
      {"from 1us to 2us link 0: flap, nan per us", "R above 0"},
      {"from 1us to 2us link 0: flap, 1 per day", "R above 0"},
      {"from 1us to 2us link 0: flap, at the rate of a technology", "at the rate of its technology"},
      {"from 1us to 2us link 0: flap, at the rate of its technology times 0", "above 0"},
      {"from 1us to 2us link 0: lane 1 dies, at the rate of its technology", "has rates of two things"},
      {"from 1us to 2us link 0: up, at the rate of its technology", "has rates of two things"},
      {"from 1us to 2us link 0: loss 1 dB over 1us, 1 per us", "comes at once"},
      {"at 1us link 0: lane any dies", "have a number, from 0"},
      {"from 0 to 1us link 0: lane dies, 1 per us", "or are `any`"},
      {"from 0 to 1us link 0: down for 1ns, 1 per us twice", "behind its end"},
      {"from 0 to 1us link 4: up, 1 per us", "event 1: there is no link 4; the net has 1"},
      {"from 0 to 1us class row: up, 1 per us", "no link of class row"},
      {"from 0 to 1us all: lane any dies, 1e-9 per s", "set optical.stripe_bits"},
      {"from 0 to 1us all: flap, 1e-9 per s", "set optical.relink_ps"},
      {"from 0 to 1us all: down, at the rate of its technology", "set optical.tech"},
      {"at 1us all: up; from 0 to 5s all: up, 1 per us", "event 2: more than 1048576 events in all are drawn"},
      {"from 0 to 5s all: up, 1e200 per us", "more than 1048576 events in all are drawn"},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *const settings[] = {"net.topology=pair", NULL};
    struct oio_config config = configured(settings);
    struct oio_net *net;
    struct oio_error error = {""};
    snprintf(config.faults, sizeof config.faults, "%s", rows[i].schedule);
    if (oio_net_create(&net, &config, NULL, &error) != OIO_ERR_CONFIG) fail_msg("'%s' is not refused", rows[i].schedule);
    assert_null(net);
    if (strstr(error.text, rows[i].says) == NULL) fail_msg("'%s': '%s' does not say '%s'", rows[i].schedule, error.text, rows[i].says);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(there_are_as_many_as_poisson_says),
      cmocka_unit_test(a_technology_has_its_rates),
      cmocka_unit_test(every_link_draws_what_the_specification_says),
      cmocka_unit_test(any_part_is_any),
      cmocka_unit_test(what_was_drawn_reads_back_as_the_same),
      cmocka_unit_test(a_schedule_without_rates_draws_nothing),
      cmocka_unit_test(what_is_no_rate_is_refused_with_what_is_wrong),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
