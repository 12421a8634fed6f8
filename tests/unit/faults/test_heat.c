/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rings and heat: how far off they are on a ramp and behind it, against the differential equation of their heaters solved by small steps,
 * what that costs in wrong bits against the closed form, which technologies have rings, and what is refused.
 */
#define CHANCE_PROGRAM "test_heat"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../chance.h"
#include "../configured.h"
#include "net/net_state.h"
#include "oio/tech.h"

static struct oio_net *net_of(const char *const *settings, struct oio_config *config) {
  struct oio_net *net;
  struct oio_error error;
  *config = configured(settings);
  if (oio_net_create(&net, config, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  return net;
}

/* Halves of the width that the events of wire 0 up to this time add up to. */
static double off_at(const struct oio_net *net, const struct oio_config *config, double at_ps) {
  struct oio_channel_config channel;
  double off = 0;
  oio_net_wire_config(net, config, 0, &channel);
  for (uint32_t i = 0; i < channel.event_count; i++) {
    assert_true(i == 0 || channel.events[i].at_ps >= channel.events[i - 1].at_ps);
    if (channel.events[i].what == OIO_EVENT_DETUNE && (double)channel.events[i].at_ps <= at_ps) off += channel.events[i].value;
  }
  return off;
}

/* dh/dt = dT/dt - h / lock by steps of a hundredth of a microsecond, of two ramps: 3 K over 64 us from 10 us on, -1 K over 128 us from 50
 * us on. */
static double h_at(double at_us, double lock_us) {
  const double step_us = 0.01;
  double h = 0;
  for (double t = 0; t < at_us; t += step_us) {
    const double rate = (t >= 10 && t < 74 ? 3.0 / 64 : 0) - (t >= 50 && t < 178 ? 1.0 / 128 : 0);
    h += step_us * (rate - (lock_us > 0 ? h / lock_us : 0));
  }
  return h;
}

static void heaters_stay_behind_a_ramp_and_make_it_up(void **state) {
  static const struct {
    const char *lock;
    double lock_us;
  } rows[] = {{"optical.ring_lock_ps=0", 0}, {"optical.ring_lock_ps=16000000", 16}, {"optical.ring_lock_ps=2000000000", 2000}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *const settings[] = {"net.topology=pair",
                                    "optical.bit_error_rate=1e-9",
                                    "optical.ring_pm_per_k=80",
                                    "optical.ring_width_pm=160",
                                    rows[i].lock,
                                    "faults.schedule=at 10us link 0: warms 3 K over 64us; at 50us link 0: cools 1K over 128us",
                                    NULL};
    struct oio_config config;
    struct oio_net *net = net_of(settings, &config);
    for (double at_us = 5; at_us < 300; at_us += 12) {
      const double seen = off_at(net, &config, at_us * 1e6), wanted = 2 * h_at(at_us, rows[i].lock_us) * 80 / 160;
      /* A step is there from its beginning on: 2 us of a ramp at most, or an eighth of the lock. */
      const double slack = 3.0 / 64 * 2 + 1.0 / 128 * 2 + (rows[i].lock_us > 0 ? fabs(wanted) / 8 : 0) + 1e-3;
      if (fabs(seen - wanted) > slack) fail_msg("%s, at %g us: %g off, wanted %g", rows[i].lock, at_us, seen, wanted);
    }
    /* A whole ramp, to the last digit: 2 K stay where nothing follows, 0 where 8 times the lock has gone. */
    if (i < 2) assert_true(fabs(off_at(net, &config, 400e6) - (i == 0 ? 2 : 0)) < 1e-12);
    oio_net_destroy(net);
  }
}

/* Wrong bits of so many flits that start behind the heat, in shares of all. */
static double wrong_share(struct oio_net *net, unsigned flits) {
  struct oio_channel *channel = oio_net_wire(net, 0);
  uint64_t wrong = 0;
  for (unsigned f = 0; f < flits; f++) {
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    wire->touched_bytes = OIO_PAYLOAD_BYTES;
    oio_channel_push(channel, oio_channel_free_ps(channel) > 2000000 ? oio_channel_free_ps(channel) : 2000000);
    const uint8_t *bytes = oio_channel_peek(channel)->bytes;
    for (unsigned b = 0; b < OIO_FLIT_BITS; b++) wrong += bytes[b / 8] >> b % 8 & 1;
    oio_channel_pop(channel);
  }
  return (double)wrong / flits / OIO_FLIT_BITS;
}

static double q_of(double rate) {
  double low = 0, high = 10;
  for (unsigned i = 0; i < 100; i++) *(0.5 * erfc((low + high) / 2 / sqrt(2)) > rate ? &low : &high) = (low + high) / 2;
  return low;
}

/* 0.5 K of 80 pm/K on a ring of 100 pm: y = 0.8, which costs 2.15 dB. */
static void a_ring_that_is_off_costs_what_its_line_says(void **state) {
  char chance[40];
  struct oio_config config;
  enum { FLITS = 4000 };
  (void)state;
  snprintf(chance, sizeof chance, "sim.seed=%llu", (unsigned long long)seed);
  const char *const settings[] = {"net.topology=pair",
                                  "optical.bit_error_rate=1e-4",
                                  "optical.ring_pm_per_k=80",
                                  "optical.ring_width_pm=100",
                                  chance,
                                  "faults.schedule=at 1us link 0: warms 0.5 K",
                                  NULL};
  struct oio_net *net = net_of(settings, &config);
  const double y = 2 * 0.5 * 80 / 100, p = 0.5 * erfc(q_of(1e-4) / (1 + y * y) / sqrt(2));
  const double off = (wrong_share(net, FLITS) - p) / sqrt(p / FLITS / OIO_FLIT_BITS);
  if (!(fabs(off) < 4.5)) FAIL_WITH_REPLAY("%+.2f sigma from %g", off, p);
  oio_net_destroy(net);
}

static void technologies_with_rings_bring_them(void **state) {
  unsigned with = 0, without = 0;
  (void)state;
  for (unsigned i = 0; oio_tech_at(i) != NULL; i++) {
    const struct oio_tech *tech = oio_tech_at(i);
    char setting[80];
    snprintf(setting, sizeof setting, "optical.tech=%s", tech->name);
    const char *const settings[] = {setting, "optical.length_m=0", NULL};
    const struct oio_config config = configured(settings);
    const struct oio_link_class *of = &config.classes[OIO_CLASS_OPTICAL];
    assert_int_equal(of->ring_pm_per_k > 0, oio_tech_has_rings(tech));
    assert_int_equal(of->ring_lock_ps > 0, oio_tech_has_rings(tech));
    *(oio_tech_has_rings(tech) ? &with : &without) += 1;
    const bool electrical = tech->rung >= OIO_RUNG_COPPER, pluggable = tech->rung <= OIO_RUNG_MICROLED;
    if (electrical || pluggable) assert_false(oio_tech_has_rings(tech));
  }
  assert_true(with >= 6 && without >= 20);
  const char *const own[] = {"optical.ring_pm_per_k=90", "optical.tech=oio_teraphy_gen2_32g", NULL};
  assert_true(configured(own).classes[OIO_CLASS_OPTICAL].ring_pm_per_k == 90);
}

static void what_cannot_be_is_refused(void **state) {
  static const struct {
    const char *schedule, *key, *says;
  } rows[] = {
      {"at 1us all: warms 3 K", "optical.bit_error_rate=1e-9", "set optical.ring_pm_per_k"},
      {"at 1us all: warms 3 K", "optical.ring_pm_per_k=80", "set optical.bit_error_rate"},
      {"at 1us all: warms", "sim.seed=1", "by a number of K"},
      {"at 1us all: warms 3 C", "sim.seed=1", "by a number of K"},
      {"at 1us all: warms -3 K", "sim.seed=1", "by a number of K"},
      {"at 1us all: warms nan K", "sim.seed=1", "by a number of K"},
      {"at 1us all: cools 1001 K", "sim.seed=1", "1000 K at most"},
      {"at 1us all: cools 1 K over 2", "sim.seed=1", "`over` a time"},
      {"at 1us all: cools 1 K over 2000s", "sim.seed=1", "`over` a time"},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *const settings[] = {"net.topology=pair", rows[i].key, NULL};
    struct oio_config config = configured(settings);
    struct oio_net *net;
    struct oio_error error = {""};
    snprintf(config.faults, sizeof config.faults, "%s", rows[i].schedule);
    if (oio_net_create(&net, &config, NULL, &error) != OIO_ERR_CONFIG) fail_msg("'%s' is not refused", rows[i].schedule);
    if (strstr(error.text, rows[i].says) == NULL) fail_msg("'%s': '%s' does not say '%s'", rows[i].schedule, error.text, rows[i].says);
  }
}

/* The hottest that can be written, of the narrowest line. */
static void what_keys_and_schedules_take_a_net_takes(void **state) {
  (void)state;
  const char *const settings[] = {"net.topology=pair", "optical.bit_error_rate=1e-9", "optical.ring_pm_per_k=1000",
                                  "optical.ring_width_pm=1", NULL};
  struct oio_config config = configured(settings);
  struct oio_net *net;
  struct oio_error error = {""};
  strcpy(config.faults, "at 1us all: warms 1000 K; at 2us all: cools 1000 K");
  if (oio_net_create(&net, &config, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  oio_net_destroy(net);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heaters_stay_behind_a_ramp_and_make_it_up), cmocka_unit_test(a_ring_that_is_off_costs_what_its_line_says),
      cmocka_unit_test(technologies_with_rings_bring_them),        cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(what_keys_and_schedules_take_a_net_takes),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
