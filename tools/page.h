/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A text made by fprintf, in memory: whole or not there. (What open_memstream makes has a gap where memory was short for a moment, and says
 * nothing of it.)
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stdio.h>

struct page {
  FILE *out; /**< to write to */
  char *bytes;
  size_t used, size;
  bool short_of_memory;
};

/** False: there is no memory, and nothing to end. The page stays where it is until its end. */
bool page_begin(struct page *page);
/** The text for the caller to free, "" where nothing was written, or NULL: memory ran out on the way. */
char *page_end(struct page *page);

#endif
