/* SPDX-License-Identifier: Apache-2.0 */
/* How long links are down by their events, against a walk over every picosecond of a short time, which knows nothing of intervals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/outages.h"

enum { TIME_PS = 300, LINKS = 3, EVENTS_MAX = 8 };

struct wire {
  struct oio_channel_event event[EVENTS_MAX];
  uint32_t count;
};

/* xorshift64* */
static uint64_t next(uint64_t *random, uint64_t below) {
  *random ^= *random >> 12;
  *random ^= *random << 25;
  *random ^= *random >> 27;
  return (*random * UINT64_C(0x2545f4914f6cdd1d) >> 33) % below;
}

static int by_time(const void *a, const void *b) {
  const struct oio_channel_event *x = a, *y = b;
  return x->at_ps < y->at_ps ? -1 : x->at_ps > y->at_ps;
}

/* At most one event a picosecond: which of two comes first is told elsewhere. */
static void draw(uint64_t *random, struct wire *wire) {
  bool taken[TIME_PS + 100] = {false};
  wire->count = (uint32_t)next(random, EVENTS_MAX + 1);
  for (uint32_t i = 0; i < wire->count; i++) {
    struct oio_channel_event *event = &wire->event[i];
    *event = (struct oio_channel_event){.what = OIO_EVENT_DOWN, .at_ps = next(random, TIME_PS + 100)};
    while (taken[event->at_ps]) event->at_ps = (event->at_ps + 1) % (TIME_PS + 100);
    taken[event->at_ps] = true;
    event->for_ps = next(random, 8) == 0 ? OIO_NEVER : next(random, 60);
    if (next(random, 4) == 0) event->returns = true;
    if (next(random, 6) == 0) event->what = OIO_EVENT_DROP;
  }
  qsort(wire->event, wire->count, sizeof *wire->event, by_time);
}

/* Whether it is down in each picosecond, as an event after the other says. */
static void walk(const struct wire *wire, bool *down) {
  for (uint32_t i = 0; i < wire->count; i++) {
    const struct oio_channel_event *event = &wire->event[i];
    if (event->what != OIO_EVENT_DOWN) continue;
    for (uint64_t t = event->at_ps; t < TIME_PS; t++) {
      if (event->returns)
        down[t] = false;
      else if (event->for_ps == OIO_NEVER || t - event->at_ps < event->for_ps)
        down[t] = true;
    }
  }
}

static void links_are_down_as_long_as_a_walk_over_each_picosecond_says(void **state) {
  uint64_t random = 14;
  (void)state;
  for (int round = 0; round < 5000; round++) {
    struct wire wire[2 * LINKS];
    struct oio_outages outages = {.at = NULL};
    uint64_t of_links = 0, of_any = 0, end_ps = next(&random, TIME_PS + 1);
    bool down[2 * LINKS][TIME_PS] = {{false}};
    for (int w = 0; w < 2 * LINKS; w++) {
      draw(&random, &wire[w]);
      walk(&wire[w], down[w]);
    }
    for (uint64_t t = 0; t < end_ps; t++) {
      bool any = false;
      for (int l = 0; l < LINKS; l++) {
        of_links += down[2 * l][t] || down[2 * l + 1][t];
        any = any || down[2 * l][t] || down[2 * l + 1][t];
      }
      of_any += any;
    }
    for (int l = 0; l < LINKS; l++) {
      const struct oio_channel_event *event[2] = {wire[2 * l].event, wire[2 * l + 1].event};
      assert_true(oio_outages_add_link(&outages, (uint32_t)l, event, (const uint32_t[]){wire[2 * l].count, wire[2 * l + 1].count}));
    }
    assert_true(oio_outages_settle(&outages));
    for (size_t i = 0; i < outages.of_links; i++) {
      const struct oio_outage *dark = &outages.at[i];
      for (uint64_t t = dark->from_ps; t < dark->to_ps && t < TIME_PS; t++)
        assert_true(down[2 * dark->link][t] || down[2 * dark->link + 1][t]);
    }
    if (oio_outages_of_links_ps(&outages, end_ps) != of_links || oio_outages_of_any_ps(&outages, end_ps) != of_any)
      fail_msg("round %d: %llu ps of links, %llu of any, not %llu and %llu", round,
               (unsigned long long)oio_outages_of_links_ps(&outages, end_ps), (unsigned long long)oio_outages_of_any_ps(&outages, end_ps),
               (unsigned long long)of_links, (unsigned long long)of_any);
    assert_false(outages.by_flit);
    free(outages.at);
  }
}

static void when_one_goes_down_with_a_flit_is_not_known(void **state) {
  const struct oio_channel_event flit = {.what = OIO_EVENT_DOWN, .by_flit = true, .at_ps = 4, .for_ps = 100};
  const struct oio_channel_event *event[2] = {&flit, NULL};
  struct oio_outages outages = {.at = NULL};
  (void)state;
  assert_true(oio_outages_add_link(&outages, 0, event, (const uint32_t[]){1, 0}));
  assert_true(oio_outages_settle(&outages));
  assert_true(outages.by_flit);
  assert_int_equal(oio_outages_of_links_ps(&outages, 1000), 0);
  free(outages.at);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(links_are_down_as_long_as_a_walk_over_each_picosecond_says),
      cmocka_unit_test(when_one_goes_down_with_a_flit_is_not_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
