/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of deliveries, against lists of them. */
#define CHANCE_PROGRAM "test_detail"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chance.h"
#include "traffic/detail.h"

static int rising(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void quantiles_of_a_spread_are_the_sorted_values_to_one_part_in_64(void **state) {
  (void)state;
  enum { VALUES = 5003 };
  static uint64_t values[VALUES];
  uint64_t stream = chance_stream(1);
  for (unsigned bits = 1; bits <= 40; bits++) {
    struct oio_spread *s = calloc(2, sizeof *s);
    assert_int_equal(oio_spread_quantile(s, 0.5), 0);
    long double sum = 0;
    for (unsigned i = 0; i < VALUES; i++) {
      values[i] = chance(&stream) >> (64 - bits);
      sum += (long double)values[i];
      oio_spread_add(&s[i % 3 == 0], values[i], oio_spread_bucket(values[i]));
    }
    oio_spread_move(&s[0], &s[1]); /* two halves are as good as the whole */
    assert_int_equal(s[1].count, 0);
    qsort(values, VALUES, sizeof values[0], rising);
    assert_true(s->count == VALUES && s->min == values[0] && s->max == values[VALUES - 1]);
    assert_true(fabsl((long double)oio_spread_mean(s) - sum / VALUES) <= 1e-12L * sum / VALUES);
    for (unsigned k = 0; k <= 1000; k++) {
      const uint64_t rank = ((uint64_t)k * VALUES + 999) / 1000;
      const uint64_t exact = values[rank == 0 ? 0 : rank - 1], ours = oio_spread_quantile(s, k / 1000.0);
      if (ours < exact || ours - exact > exact / 64)
        FAIL_WITH_REPLAY("%u bits, quantile %u/1000: %llu, exactly %llu", bits, k, (unsigned long long)ours, (unsigned long long)exact);
    }
    for (unsigned i = 0; i < OIO_SPREAD_BUCKETS; i++) assert_int_equal(s[1].buckets[i], 0);
    free(s);
  }
}

static void times_above_a_second_are_one_bucket_and_the_greatest_is_exact(void **state) {
  (void)state;
  struct oio_spread *s = calloc(1, sizeof *s);
  const uint64_t values[] = {5, (uint64_t)1 << 40, (uint64_t)3 << 50};
  for (unsigned i = 0; i < 3; i++) oio_spread_add(s, values[i], oio_spread_bucket(values[i]));
  assert_int_equal(oio_spread_quantile(s, 0.3), 5);
  assert_int_equal(oio_spread_quantile(s, 0.6), (uint64_t)3 << 50);
  assert_int_equal(s->min, 5);
  free(s);
}

/* Four intervals of 100 ps: at 90, 190 (entered at 50), 310, 399. Then one at 450 (entered at 120): intervals become two of 200, and it is
 * in the third; then at 1700 (entered at 1650): of 800, the third. */
static void intervals_double_and_lose_nothing(void **state) {
  (void)state;
  struct oio_timeline t;
  assert_true(oio_timeline_create(&t, 100, 4));
  oio_timeline_add(&t, 10, 90, 7);
  oio_timeline_add(&t, 50, 190, 11);
  oio_timeline_add(&t, 300, 310, 13);
  oio_timeline_add(&t, 201, 399, 17);
  assert_int_equal(t.each_ps, 100);
  assert_int_equal(t.at, 3);
  const struct oio_interval *i = t.interval;
  assert_true(i[0].entered == 2 && i[0].entered_bytes == 18 && i[0].delivered == 1 && i[0].delivered_bytes == 7 && i[0].latency_ps == 80);
  assert_true(i[1].entered == 0 && i[1].delivered == 1 && i[1].delivered_bytes == 11 && i[1].latency_max_ps == 140);
  assert_true(i[2].entered == 1 && i[2].entered_bytes == 17 && i[2].delivered == 0);
  assert_true(i[3].entered == 1 && i[3].delivered == 2 && i[3].latency_ps == 208 && i[3].latency_max_ps == 198);
  oio_timeline_add(&t, 120, 450, 19);
  assert_int_equal(t.each_ps, 200);
  assert_int_equal(t.at, 2);
  assert_true(i[0].entered == 3 && i[0].entered_bytes == 37 && i[0].delivered == 2 && i[0].delivered_bytes == 18 &&
              i[0].latency_max_ps == 140);
  assert_true(i[1].entered == 2 && i[1].delivered == 2 && i[1].delivered_bytes == 30 && i[1].latency_ps == 208);
  assert_true(i[2].entered == 0 && i[2].delivered == 1 && i[2].delivered_bytes == 19 && i[2].latency_max_ps == 330);
  oio_timeline_add(&t, 1650, 1700, 23);
  assert_int_equal(t.each_ps, 800);
  assert_int_equal(t.at, 2);
  assert_true(i[0].entered == 5 && i[0].entered_bytes == 67 && i[0].delivered == 5 && i[0].latency_ps == 758 && i[0].latency_max_ps == 330);
  assert_true(i[1].entered == 0 && i[1].delivered == 0 && i[2].entered == 1 && i[2].delivered_bytes == 23 && i[3].entered == 0);
  oio_timeline_destroy(&t);
}

static void a_delivery_is_counted_for_its_vc_its_pair_and_its_receiver_once(void **state) {
  (void)state;
  struct oio_detail *d;
  assert_true(oio_detail_create(&d, 3, 2, 50));
  assert_int_equal(oio_detail_make_pair(d, 0, 1), 0);
  assert_int_equal(oio_detail_make_pair(d, 2, 1), 1);
  assert_int_equal(oio_detail_make_pair(d, 1, 2), OIO_NONE); /* two at most */
  assert_int_equal(d->pairs_left_out, 1);
  const struct oio_delivery deliveries[] = {
      {.entry_ps = 10, .now_ps = 30, .bytes = 1, .destination = 1, .pair = 0, .vc = 0, .measured = false},
      {.entry_ps = 20, .now_ps = 60, .bytes = 2, .destination = 1, .pair = 0, .vc = 3, .measured = true},
      {.entry_ps = 30, .now_ps = 90, .bytes = 4, .destination = 1, .pair = 1, .vc = 3, .measured = true},
      {.entry_ps = 30, .now_ps = 91, .bytes = 8, .destination = 2, .pair = OIO_NONE, .vc = 7, .measured = true},
  };
  for (unsigned i = 0; i < 4; i++) oio_detail_add(d, &deliveries[i]);
  assert_int_equal(d->vc[0].count, 0);
  assert_true(d->vc[3].count == 2 && d->vc[3].min == 40 && d->vc[3].max == 60 && d->vc[7].count == 1 && d->vc[7].min == 61);
  assert_true(d->pair[0].source == 0 && d->pair[0].destination == 1 && d->pair[0].spread.count == 1 && d->pair[0].spread.min == 40);
  assert_true(d->pair[1].source == 2 && d->pair[1].spread.count == 1 && d->pair[1].spread.min == 60);
  assert_true(d->die[0].count == 0 && d->die[1].count == 2 && d->die[2].count == 1 && d->die[2].max == 61);
  assert_int_equal(d->batches.batch[0].count, 3);
  assert_true(d->timeline.interval[0].delivered_bytes == 1 && d->timeline.interval[1].delivered_bytes == 14 &&
              d->timeline.interval[0].entered == 4);
  oio_detail_destroy(d);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quantiles_of_a_spread_are_the_sorted_values_to_one_part_in_64),
      cmocka_unit_test(times_above_a_second_are_one_bucket_and_the_greatest_is_exact),
      cmocka_unit_test(intervals_double_and_lose_nothing),
      cmocka_unit_test(a_delivery_is_counted_for_its_vc_its_pair_and_its_receiver_once),
  };
  return cmocka_run_group_tests_name("detail", tests, NULL, NULL);
}
