/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of schedules: what each event says, worked out by hand, what is refused and with which words, and which wires of a net have
 * what of it, seen by what they do.
 */
#define _DEFAULT_SOURCE
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

static struct oio_faults *faults_of(const char *schedule) {
  struct oio_faults *faults;
  struct oio_error error;
  if (oio_faults_read(&faults, schedule, &error) != OIO_OK) fail_msg("%s: %s", schedule, error.text);
  return faults;
}

/* A schedule of one event, which is this. */
static void expect(const char *schedule, enum oio_fault_place place, uint32_t which, const struct oio_channel_event *event) {
  struct oio_faults *faults = faults_of(schedule);
  assert_int_equal(oio_faults_count(faults), 1);
  const struct oio_fault *f = oio_faults_at(faults, 0);
  if (f->place != place || f->which != which || f->event.at_ps != event->at_ps || f->event.what != event->what ||
      f->event.returns != event->returns || f->event.number != event->number || f->event.value != event->value ||
      f->event.for_ps != event->for_ps || f->event.by_flit != event->by_flit || f->event.bits != event->bits ||
      memcmp(f->event.bit, event->bit, sizeof event->bit) != 0)
    fail_msg("%s: is something else", schedule);
  oio_faults_destroy(faults);
}

#define EVENT(...) (&(const struct oio_channel_event){__VA_ARGS__})

static void each_event_says_what_it_says(void **state) {
  (void)state;
  expect("at 0ps all: lane 3 dies", OIO_FAULT_ALL, 0, EVENT(.what = OIO_EVENT_LANE, .number = 3));
  expect("at 20us link 7: lane 3 returns", OIO_FAULT_LINK, 7,
         EVENT(.at_ps = 20000000, .what = OIO_EVENT_LANE, .number = 3, .returns = true));
  expect(" at  1.5ns wire 12 :laser 0 dies ", OIO_FAULT_WIRE, 12, EVENT(.at_ps = 1500, .what = OIO_EVENT_LASER));
  expect("at 2ms link 0: fibre 4 cut", OIO_FAULT_LINK, 0, EVENT(.at_ps = 2000000000, .what = OIO_EVENT_FIBRE, .number = 4));
  expect("at 0.5s link 0: fibre 4 mended", OIO_FAULT_LINK, 0,
         EVENT(.at_ps = 500000000000, .what = OIO_EVENT_FIBRE, .number = 4, .returns = true));
  expect("at 1ps link 0: error rate 1e-8", OIO_FAULT_LINK, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_RATE, .value = 1e-8));
  expect("at 1ps link 0: loss 1.5 dB", OIO_FAULT_LINK, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_LOSS, .value = 1.5));
  expect("at 1ps link 0: loss -1.5dB", OIO_FAULT_LINK, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_LOSS, .value = -1.5));
  expect("at 1ps link 0: down", OIO_FAULT_LINK, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_DOWN, .for_ps = OIO_NEVER));
  expect("at 1ps link 0: down for 3us", OIO_FAULT_LINK, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_DOWN, .for_ps = 3000000));
  expect("at 1ps link 0: up", OIO_FAULT_LINK, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_DOWN, .returns = true));
}

static void what_happens_to_one_flit_says_which_and_what(void **state) {
  (void)state;
  expect("at flit 7 wire 3: drop", OIO_FAULT_WIRE, 3, EVENT(.at_ps = 7, .by_flit = true, .what = OIO_EVENT_DROP));
  expect("at 7ps link 3: drop", OIO_FAULT_LINK, 3, EVENT(.at_ps = 7, .what = OIO_EVENT_DROP));
  expect("at flit 0 all: flip bits 3,17,2047", OIO_FAULT_ALL, 0,
         EVENT(.by_flit = true, .what = OIO_EVENT_FLIP, .bits = 3, .bit = {3, 17, 2047}));
  expect("at flit 0 all: flip bit 5, 1 times every 9 flits", OIO_FAULT_ALL, 0,
         EVENT(.by_flit = true, .what = OIO_EVENT_FLIP, .bits = 1, .bit = {5}));
  expect("at flit 123456789012 all: flip bits 1,2,3,4,5,6,7,8, 1 times every 100 flits", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 123456789012, .by_flit = true, .what = OIO_EVENT_FLIP, .bits = 8, .bit = {1, 2, 3, 4, 5, 6, 7, 8}));
  expect("at flit 1 all: burst of 9 bits at 2039", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_BURST, .number = 2039, .bit = {9}));
  expect("at flit 1 all: damage header", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_HEADER));
  expect("at flit 1 all: truncate at 100", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_TRUNCATE, .number = 100));
  expect("at flit 1 all: delay 1.5ns", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_DELAY, .for_ps = 1500));
  expect("at flit 1 all: lose ack", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_LOSE_ACK));
  expect("at 1ps all: lose credit", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_LOSE_CREDIT));
  expect("at flit 1 all: duplicate", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_DUPLICATE));
  expect("at 1ps all: swap", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .what = OIO_EVENT_SWAP));
  expect("at flit 1 all: forge sequence 65535", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_FORGE, .bit = {OIO_FORGED_SEQUENCE}, .number = 65535));
  expect("at flit 1 all: forge credit by -3, 1 times every 9 flits", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_FORGE, .bit = {OIO_FORGED_CREDIT}, .returns = true, .number = 65533));
  expect("at flit 1 all: forge round by 3", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_FORGE, .bit = {OIO_FORGED_ROUND}, .returns = true, .number = 3));
  expect("at flit 1 all: forge command nak", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_FORGE, .bit = {OIO_FORGED_COMMAND}, .number = 2));
  expect("at flit 1 all: forge command 3", OIO_FAULT_ALL, 0,
         EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_FORGE, .bit = {OIO_FORGED_COMMAND}, .number = 3));
  expect("at flit 1 all: lane 3 stuck at 1", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_LANE, .number = 3));
  expect("at flit 1 all: down for 3ns", OIO_FAULT_ALL, 0, EVENT(.at_ps = 1, .by_flit = true, .what = OIO_EVENT_DOWN, .for_ps = 3000));
}

static void what_has_a_flit_comes_behind_what_has_a_time(void **state) {
  static const struct {
    uint64_t at;
    bool by_flit;
  } rows[] = {{5, false}, {8, false}, {2, true}, {4, true}, {6, true}, {7, true}};
  (void)state;
  struct oio_faults *faults =
      faults_of("at flit 7 all: drop; at 8ps all: drop; at flit 2 all: drop, 3 times every 2 flits; at 5ps all: down");
  assert_int_equal(oio_faults_count(faults), 6);
  for (unsigned i = 0; i < 6; i++) {
    assert_int_equal(oio_faults_at(faults, i)->event.at_ps, rows[i].at);
    assert_int_equal(oio_faults_at(faults, i)->event.by_flit, rows[i].by_flit);
  }
  oio_faults_destroy(faults);
}

static void events_are_put_in_the_order_of_their_times_and_those_of_one_time_stay(void **state) {
  static const uint64_t times[] = {1, 1, 5, 6, 11, 16, 5000};
  static const uint32_t numbers[] = {1, 2, 0, 3, 3, 3, 9};
  (void)state;
  struct oio_faults *faults =
      faults_of("at 5ns all: lane 9 dies; at 5ps all: lane 0 dies; at 1ps all: lane 1 dies; at 1ps all: lane 2 dies;"
                "at 6ps all: lane 3 dies, 3 times every 5ps;");
  assert_int_equal(oio_faults_count(faults), 7);
  for (unsigned i = 0; i < 7; i++) {
    assert_int_equal(oio_faults_at(faults, i)->event.at_ps, times[i]);
    assert_int_equal(oio_faults_at(faults, i)->event.number, numbers[i]);
  }
  oio_faults_destroy(faults);
}

static void a_loss_over_a_time_comes_in_64_equal_steps(void **state) {
  (void)state;
  struct oio_faults *faults = faults_of("at 1us all: loss 3.2 dB over 640ps");
  assert_int_equal(oio_faults_count(faults), 64);
  for (unsigned i = 0; i < 64; i++) {
    assert_int_equal(oio_faults_at(faults, i)->event.at_ps, 1000000 + 10 * i);
    assert_true(oio_faults_at(faults, i)->event.value == 3.2 / 64);
  }
  oio_faults_destroy(faults);
}

static void a_wire_that_comes_up_again_may_be_worse(void **state) {
  (void)state;
  struct oio_faults *faults =
      faults_of("at 1us link 3: flap then error rate 1e-8; at 2us wire 1: down for 5ns then error rate 0.25, 2 times every 1us");
  static const struct {
    uint64_t at_ps, for_ps;
    double rate;
  } rows[] = {{1000000, 0, 1e-8}, {2000000, 5000, 0.25}, {3000000, 5000, 0.25}};
  assert_int_equal(oio_faults_count(faults), 6);
  for (unsigned i = 0; i < 3; i++) {
    const struct oio_fault *down = oio_faults_at(faults, 2 * i), *rate = oio_faults_at(faults, 2 * i + 1);
    assert_int_equal(down->event.what, OIO_EVENT_DOWN);
    assert_int_equal(down->flaps, i == 0);
    if (i > 0) assert_int_equal(down->event.for_ps, rows[i].for_ps);
    assert_int_equal(rate->event.what, OIO_EVENT_RATE);
    assert_false(rate->flaps);
    assert_true(rate->event.value == rows[i].rate && down->event.at_ps == rows[i].at_ps && rate->event.at_ps == rows[i].at_ps);
    assert_int_equal(rate->which, down->which);
  }
  oio_faults_destroy(faults);
}

static void what_is_no_event_is_refused_with_what_is_wrong(void **state) {
  static const struct {
    const char *schedule, *says;
  } rows[] = {
      {"at 20 link 0: flap", "event 1: an event begins with `at` and a time"},
      {"at -1us link 0: flap", "begins with `at` and a time"},
      {"at 1us link 0: flap; after 2us", "event 2: an event begins with `at`"},
      {"at 1e30s link 0: flap", "begins with `at` and a time"},
      {"at 0x10us link 0: flap", "begins with `at` and a time"},
      {"at 1us: flap", "behind the time is `link N:`"},
      {"at 1us link: flap", "behind the time is `link N:`"},
      {"at 1us link 4 flap", "behind the time is `link N:`"},
      {"at 1us link 5000000000: flap", "behind the time is `link N:`"},
      {"at 1us class : flap", "behind the time is `link N:`"},
      {"at 1us class a-name-that-is-longer-than-a-class-can-have: flap", "behind the time is `link N:`"},
      {"at 1us all: lane dies", "have a number"},
      {"at 1us all: lane 3 is dead", "`dies` or `returns`"},
      {"at 1us all: fibre 3 dies", "`cut` or `mended`"},
      {"at 1us all: error rate 0.6", "0 to 0.5"},
      {"at 1us all: error rate nan", "`error rate` is a number"},
      {"at 1us all: error rate -1e-3", "`error rate` is a number"},
      {"at 1us all: loss 3", "in dB"},
      {"at 1us all: loss 300 dB", "-100 to 100 dB"},
      {"at 1us all: loss 3 dB over 10", "`over` a time"},
      {"at 1us all: flap then lane 3 dies", "behind `then` is `error rate R`"},
      {"at 1us all: flap then error rate 0.6", "0 to 0.5"},
      {"at 1us all: lane 3 dies then error rate 1e-3", "behind its end"},
      {"at 1us all: down for ever", "down `for` a time"},
      {"at 1us all: flap, twice", "repeats are"},
      {"at 1us all: flap, 0 times every 1us", "repeats are"},
      {"at 1us all: flap, 3 times every 0ps", "repeats are"},
      {"at 1us all: flap, 2000000 times every 1us", "more than 1048576 events"},
      {"at 1us all: flap, 1000000 times every 1000s", "beyond 2^63 ps"},
      {"at 1us all: flap now", "behind its end"},
      {"at 1us all: explodes", "what happens is one of"},
      {"at 1us all: lane 1 dies and lane 2 dies and lane 3 dies and lane 4 dies and lane 5 dies and lane 6 dies and lane 7 dies",
       "too long"},
      {"at flit all: drop", "behind `flit` is its number"},
      {"at flit 1.5 all: drop", "behind `flit` is its number"},
      {"at flit 1 all: flip bits", "up to 8 bits"},
      {"at flit 1 all: flip bits 2048", "up to 8 bits"},
      {"at flit 1 all: flip bits 1,2,3,4,5,6,7,8,9", "up to 8 bits"},
      {"at flit 1 all: flip bit any", "up to 8 bits"},
      {"at flit 1 all: flip bits 5,5", "each bit once"},
      {"at 1us all: flip bits 0,1,2,3,4,5,6,0", "each bit once"},
      {"from flit 5 to flit 9 all: flip bits 3,2047,3, one flit in 9", "each bit once"},
      {"at flit 1 all: burst of 10 bits at 2039", "within the 2048"},
      {"at flit 1 all: burst of 0 bits at 3", "within the 2048"},
      {"at flit 1 all: truncate at 2048", "first bit that is missing"},
      {"at flit 1 all: delay 2ms", "1ms at most"},
      {"at flit 1 all: lose heart", "`ack` or `credit`"},
      {"at flit 1 all: damage payload", "`header`"},
      {"at flit 1 all: lane 3 stuck at 2", "stuck at 0"},
      {"at flit 1 all: error rate 0.1", "have a time, not a flit"},
      {"at flit 1 all: down for 1ns then error rate 0.1", "have a time, not a flit"},
      {"at flit 1 all: warms 3 K", "have a time, not a flit"},
      {"at flit 1 all: drop, 3 times every 1us", "every M flits"},
      {"at 1us all: drop, 3 times every 5 flits", "every TIME"},
      {"from flit 5 to flit 5 all: drop, one flit in 9", "not later"},
      {"from flit 5 to 9us all: drop, one flit in 9", "two flits"},
      {"from flit 5 to flit 9 all: drop, every 1us on average", "one flit in N"},
      {"from flit 5 to flit 9 all: drop, one flit in 0.5", "one flit in N"},
      {"no/such/file", "no/such/file: No such file or directory"},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_faults *faults;
    struct oio_error error = {""};
    if (oio_faults_read(&faults, rows[i].schedule, &error) == OIO_OK) fail_msg("'%s' is not refused", rows[i].schedule);
    assert_null(faults);
    if (strstr(error.text, rows[i].says) == NULL) fail_msg("'%s': '%s' does not say '%s'", rows[i].schedule, error.text, rows[i].says);
  }
}

static void a_file_has_an_event_a_line_and_is_named_with_the_line(void **state) {
  char path[] = "/tmp/test_faults.XXXXXX", where[OIO_FAULT_WHERE_BYTES], wanted[80];
  struct oio_faults *faults;
  struct oio_error error;
  (void)state;
  FILE *file = fdopen(mkstemp(path), "w");
  assert_non_null(file);
  fputs("# a bad day\n\nat 2us link 0: flap # and so on\nat 1us link 1: down", file);
  fclose(file);
  faults = faults_of(path);
  assert_int_equal(oio_faults_count(faults), 2);
  assert_true(oio_faults_at(faults, 1)->flaps);
  snprintf(wanted, sizeof wanted, "%s:3", path);
  assert_string_equal(oio_faults_where(faults, oio_faults_at(faults, 1), where), wanted);
  oio_faults_destroy(faults);
  file = fopen(path, "a");
  fputs("\nat 3us link 1: sinks\n", file);
  fclose(file);
  assert_int_equal(oio_faults_read(&faults, path, &error), OIO_ERR_CONFIG);
  snprintf(wanted, sizeof wanted, "%s:5: what happens is one of", path);
  if (strstr(error.text, wanted) != error.text) fail_msg("%s", error.text);
  fclose(fopen(path, "w"));
  assert_int_equal(oio_faults_read(&faults, path, &error), OIO_ERR_IO);
  if (strstr(error.text, "nothing in it") == NULL) fail_msg("%s", error.text);
  file = fopen(path, "w");
  fputs("# nothing happens\n", file);
  fclose(file);
  faults = faults_of(path);
  assert_int_equal(oio_faults_count(faults), 0);
  oio_faults_destroy(faults);
  remove(path);
}

/* Which wires of the net are down at the time: a bit each. Each is asked by a flit that starts then. */
static uint64_t dark_wires(const char *net_name, const char *schedule, oio_time_ps at_ps) {
  char topology[80], faults[400];
  snprintf(topology, sizeof topology, "net.topology=%s", net_name);
  snprintf(faults, sizeof faults, "faults.schedule=%s", schedule);
  const char *const settings[] = {topology, faults, "package.relink_ps=1000", NULL};
  const struct oio_config config = configured(settings);
  struct oio_net *net;
  struct oio_error error;
  uint64_t dark = 0;
  if (oio_net_create(&net, &config, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    static const struct oio_wire none;
    struct oio_channel *wire = oio_net_wire(net, p);
    assert_int_equal(oio_channel_send(wire, at_ps, &none), OIO_OK);
    dark |= (uint64_t)oio_channel_is_dark(wire, at_ps) << p;
  }
  oio_net_destroy(net);
  return dark;
}

/* bridged: links 0 and 2 are die links, 1 the optical one. */
static void a_place_is_its_wires(void **state) {
  (void)state;
  assert_int_equal(dark_wires("bridged", "at 1us link 1: down", 1000000), 0x0C);
  assert_int_equal(dark_wires("bridged", "at 1us link 1: down", 999999), 0);
  assert_int_equal(dark_wires("bridged", "at 1us wire 4: down", 1000000), 0x10);
  assert_int_equal(dark_wires("bridged", "at 1us class optical: down", 1000000), 0x0C);
  assert_int_equal(dark_wires("bridged", "at 1us class die_link: down", 1000000), 0x33);
  assert_int_equal(dark_wires("pair", "at 1us class optical: down", 1000000), 0x03);
  assert_int_equal(dark_wires("bridged", "at 1us all: down", 1000000), 0x3F);
  assert_int_equal(dark_wires("star:3", "at 1us link 2: flap", 1000999), 0x30);
  assert_int_equal(dark_wires("star:3", "at 1us link 2: flap", 1001000), 0);
  assert_int_equal(dark_wires("star:3", "at 1us link 2: flap, 3 times every 1us", 3000500), 0x30);
}

static void the_last_laser_is_the_last_that_feeds_a_lane(void **state) {
  static const struct {
    const char *wavelengths, *laser_fibres;
    unsigned lasers; /* of 16 lanes */
  } rows[] = {{"optical.wavelengths=1", "optical.laser_fibres=0", 1},  {"optical.wavelengths=64", "optical.laser_fibres=0", 16},
              {"optical.wavelengths=8", "optical.laser_fibres=1", 16}, {"optical.wavelengths=8", "optical.laser_fibres=2", 8},
              {"optical.wavelengths=5", "optical.laser_fibres=3", 6},  {"optical.wavelengths=64", "optical.laser_fibres=9", 16}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (unsigned beyond = 0; beyond < 2; beyond++) {
      char schedule[80];
      snprintf(schedule, sizeof schedule, "faults.schedule=at 1us link 0: laser %u dies", rows[i].lasers - 1 + beyond);
      const char *const settings[] = {
          "net.topology=pair", "optical.stripe_bits=1", rows[i].wavelengths, rows[i].laser_fibres, schedule, NULL};
      const struct oio_config config = configured(settings);
      struct oio_net *net;
      struct oio_error error = {""};
      assert_int_equal(oio_net_create(&net, &config, NULL, &error), beyond == 0 ? OIO_OK : OIO_ERR_CONFIG);
      oio_net_destroy(net);
    }
  }
}

static void what_the_net_has_not_is_refused(void **state) {
  static const struct {
    const char *net, *schedule, *says;
  } rows[] = {
      {"net.topology=pair", "faults.schedule=at 1us link 1: down", "event 1: there is no link 1; the net has 1"},
      {"net.topology=bridged", "faults.schedule=at 1us wire 6: down", "there is no wire 6; the net has 6"},
      {"net.topology=ring:4", "faults.schedule=at 1us link 4294967294: down", "there is no link 4294967294"},
      {"net.topology=ring:4", "faults.schedule=at 1us class optical: down", "no link of class optical"},
      {"net.topology=pair", "faults.schedule=at 1us all: flap", "set optical.relink_ps"},
      {"net.topology=pair", "faults.schedule=at 1us all: lane 3 dies", "set optical.stripe_bits"},
      {"net.topology=pair", "faults.schedule=at 1us all: loss 3 dB; at 2us all: error rate 1e-3", "set optical.bit_error_rate"},
      {"net.topology=mesh:4x4", "faults.schedule=at 1us all: up, 1000000 times every 1us",
       "event 1: more than 16777216 events of all wires"},
      {"optical.errors=pam4:0.5", "faults.schedule=at 1us link 1: error rate 0.38", "event 1: errors of class optical, pam4:0.5, cannot"},
      {"optical.stripe_bits=1", "faults.schedule=at 1us link 1: lane 18 dies",
       "no number 18: a link of class optical has 18 lanes with spares, 5 fibres"},
      {"optical.stripe_bits=1", "faults.schedule=at 1us link 1: fibre 5 cut", "no number 5"},
      /* Two fibres of 4 a laser: 8 lasers feed lanes 0 .. 15, two more lanes 16 and 17, the last fibre's. */
      {"optical.stripe_bits=1", "faults.schedule=at 1us link 1: laser 10 dies", "no number 10: a link of class optical has 18 lanes"},
      {"optical.stripe_bits=1", "faults.schedule=at 1us link 1: laser 12 dies", "10 lasers"},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *const settings[] = {
        rows[i].net, rows[i].schedule, i < 9 ? "sim.seed=1" : "optical.spare_lanes=2", "optical.wavelengths=4", "optical.laser_fibres=2",
        NULL};
    const struct oio_config config = configured(settings);
    struct oio_net *net;
    struct oio_error error = {""};
    if (oio_net_create(&net, &config, NULL, &error) != OIO_ERR_CONFIG) fail_msg("'%s' is not refused", rows[i].schedule);
    assert_null(net);
    if (strstr(error.text, rows[i].says) == NULL) fail_msg("'%s': '%s' does not say '%s'", rows[i].schedule, error.text, rows[i].says);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_event_says_what_it_says),
      cmocka_unit_test(what_happens_to_one_flit_says_which_and_what),
      cmocka_unit_test(what_has_a_flit_comes_behind_what_has_a_time),
      cmocka_unit_test(events_are_put_in_the_order_of_their_times_and_those_of_one_time_stay),
      cmocka_unit_test(a_loss_over_a_time_comes_in_64_equal_steps),
      cmocka_unit_test(a_wire_that_comes_up_again_may_be_worse),
      cmocka_unit_test(what_is_no_event_is_refused_with_what_is_wrong),
      cmocka_unit_test(a_file_has_an_event_a_line_and_is_named_with_the_line),
      cmocka_unit_test(a_place_is_its_wires),
      cmocka_unit_test(the_last_laser_is_the_last_that_feeds_a_lane),
      cmocka_unit_test(what_the_net_has_not_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
