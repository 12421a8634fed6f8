/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in order, whatever order they were in: how often each value stands there is counted before and after. */
#include "base/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_sort"
#include "chance.h"

enum { MOST = 400, VALUES = 300 };

static void count_values(const uint32_t *numbers, uint32_t count, uint32_t *counts) {
  memset(counts, 0, VALUES * sizeof *counts);
  for (uint32_t i = 0; i < count; i++) counts[numbers[i]]++;
}

static void any_numbers_are_put_in_order(void **state) {
  (void)state;
  for (unsigned round = 0; round < 3000; round++) {
    uint64_t stream = chance_stream(round);
    uint32_t numbers[MOST], before[VALUES], after[VALUES];
    const uint32_t count = (uint32_t)chance_below(&stream, MOST + 1);
    const uint32_t swaps = chance_below(&stream, 3) == 0 ? MOST : (uint32_t)chance_below(&stream, 8);
    for (uint32_t i = 0; i < count; i++) numbers[i] = i * VALUES / (count + 1); /* in order */
    for (uint32_t i = 0; i < swaps && count > 0; i++) {
      const uint64_t a = chance_below(&stream, count), b = chance_below(&stream, count);
      const uint32_t number = numbers[a];
      numbers[a] = numbers[b];
      numbers[b] = number;
    }
    count_values(numbers, count, before);
    oio_sort_numbers(numbers, count);
    count_values(numbers, count, after);
    if (memcmp(before, after, sizeof before) != 0) FAIL_WITH_REPLAY("round %u: other numbers than before", round);
    for (uint32_t i = 1; i < count; i++) {
      if (numbers[i - 1] > numbers[i]) FAIL_WITH_REPLAY("round %u: number %u of %u is out of order", round, i, count);
    }
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {cmocka_unit_test(any_numbers_are_put_in_order)};
  return cmocka_run_group_tests_name("sort", tests, NULL, NULL);
}
