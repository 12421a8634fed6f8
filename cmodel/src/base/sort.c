/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"

#include <stdlib.h>

static int by_number(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

void oio_sort_numbers(uint32_t *numbers, uint32_t count) {
  uint32_t steps = 2 * count;
  for (uint32_t i = 1; i < count; i++) {
    const uint32_t number = numbers[i];
    uint32_t at = i;
    for (; at > 0 && numbers[at - 1] > number && steps > 0; at--, steps--) numbers[at] = numbers[at - 1];
    numbers[at] = number;
    if (steps == 0) break;
  }
  if (steps == 0) qsort(numbers, count, sizeof *numbers, by_number);
}
