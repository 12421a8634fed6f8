/* SPDX-License-Identifier: Apache-2.0 */
#include "json_memory.h"

#include <jansson.h>
#include <stdlib.h>

static bool lacked; /* jansson's allocator is one for the program, and so is this */

static void *allocate(size_t bytes) {
  void *got = malloc(bytes);
  if (got == NULL && bytes > 0) lacked = true;
  return got;
}

void json_memory_watch(void) {
  lacked = false;
  json_set_alloc_funcs(allocate, free);
}

bool json_memory_lacked(void) {
  return lacked;
}
