/* SPDX-License-Identifier: Apache-2.0 */
/* Waits that say nothing more are taken out: whatever the net takes for each message, none enters sooner or later for it. */
#include "oio/rng.h"
#include "trace/causes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MESSAGES = 300, CAUSES_MOST = 12, NETS = 20 };

struct list {
  struct cause causes[CAUSES_MOST];
  size_t count;
};

struct reduced {
  struct messages messages;
  struct spill first_wait;
  struct list before[MESSAGES], after[MESSAGES];
};

static void begin(struct reduced *reduced) {
  *reduced = (struct reduced){.first_wait.size = sizeof(uint32_t)};
  assert_non_null(spill_push(&reduced->first_wait));
}

static void end(struct reduced *reduced) {
  messages_free(&reduced->messages);
  spill_free(&reduced->first_wait);
}

/* The next message, which waits for what is left of `list`. */
static void add(struct reduced *reduced, const struct list *list) {
  const uint32_t number = (uint32_t)reduced->messages.count;
  const struct message message = {.bytes = 1};
  struct oio_error error;
  struct list *after = &reduced->after[number];
  reduced->before[number] = *after = *list;
  after->count = causes_reduce(after->causes, after->count, &reduced->messages, &reduced->first_wait);
  assert_int_equal(messages_add(&reduced->messages, &message, &error), OIO_OK);
  for (size_t i = 0; i < after->count; i++)
    assert_int_equal(messages_add_delay(&reduced->messages, number, after->causes[i].message, after->causes[i].delay_ps, &error), OIO_OK);
  uint32_t *first = spill_push(&reduced->first_wait);
  assert_non_null(first);
  *first = (uint32_t)reduced->messages.waits_count;
}

static oio_time_ps enters(const struct list *list, const oio_time_ps *delivered) {
  oio_time_ps at = 0;
  for (size_t i = 0; i < list->count; i++) {
    const oio_time_ps ready = delivered[list->causes[i].message] + list->causes[i].delay_ps;
    if (ready > at) at = ready;
  }
  return at;
}

static void compare(const struct reduced *reduced, struct oio_rng *rng) {
  oio_time_ps delivered[MESSAGES];
  for (size_t i = 0; i < reduced->messages.count; i++) {
    const oio_time_ps at = enters(&reduced->before[i], delivered);
    assert_int_equal(enters(&reduced->after[i], delivered), at);
    delivered[i] = at + oio_rng_next(rng) % 50;
  }
}

static void test_no_net_tells_the_difference(void **state) {
  (void)state;
  static struct reduced reduced;
  struct oio_rng rng;
  const char *given = getenv("OIO_SEED");
  const uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 7;
  size_t before = 0;
  oio_rng_seed(&rng, seed, 0);
  print_message("OIO_SEED=%llu test_causes\n", (unsigned long long)seed);
  begin(&reduced);
  for (uint32_t number = 0; number < MESSAGES; number++) {
    struct list list = {0};
    for (uint32_t earlier = number > 30 ? number - 30 : 0; earlier < number && list.count < CAUSES_MOST; earlier++)
      if (oio_rng_next(&rng) % 3 == 0) list.causes[list.count++] = (struct cause){.message = earlier, .delay_ps = oio_rng_next(&rng) % 20};
    before += list.count;
    add(&reduced, &list);
  }
  assert_true(reduced.messages.waits_count < before * 3 / 4);
  for (int net = 0; net < NETS; net++) compare(&reduced, &rng);
  end(&reduced);
}

/* Rank 0 asks, rank 1 answers after 3 ps, rank 0 asks again after 5. What rank 0 has waited for before, the last answer had to wait for
 * too. */
static void test_a_ping_pong_waits_for_the_last_alone(void **state) {
  (void)state;
  static struct reduced reduced;
  begin(&reduced);
  struct list list = {0};
  add(&reduced, &list);
  for (uint32_t number = 1; number < MESSAGES; number++) {
    const oio_time_ps delay_ps = number % 2 == 1 ? 3 : 5;
    list = (struct list){.causes = {{.message = number - 1, .delay_ps = delay_ps}}, .count = 1};
    if (number > 2) {
      list.causes[1] = list.causes[0];
      list.causes[0] = (struct cause){.message = number - 3, .delay_ps = 8 + delay_ps};
      list.count = 2;
    }
    add(&reduced, &list);
    assert_int_equal(reduced.after[number].count, 1);
    assert_int_equal(reduced.after[number].causes[0].message, number - 1);
  }
  end(&reduced);
}

/* A picosecond more than the way round, and it must be kept. */
static void test_a_longer_delay_is_kept(void **state) {
  (void)state;
  static struct reduced reduced;
  begin(&reduced);
  add(&reduced, &(struct list){0});
  add(&reduced, &(struct list){.causes = {{.message = 0, .delay_ps = 3}}, .count = 1});
  add(&reduced, &(struct list){.causes = {{.message = 0, .delay_ps = 7}, {.message = 1, .delay_ps = 4}}, .count = 2});
  assert_int_equal(reduced.after[2].count, 1);
  add(&reduced, &(struct list){.causes = {{.message = 0, .delay_ps = 8}, {.message = 1, .delay_ps = 4}}, .count = 2});
  assert_int_equal(reduced.after[3].count, 2);
  end(&reduced);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_net_tells_the_difference),
      cmocka_unit_test(test_a_ping_pong_waits_for_the_last_alone),
      cmocka_unit_test(test_a_longer_delay_is_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
