/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "page.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 4096 };

/* With room for the end of the text. */
static ssize_t add(void *cookie, const char *bytes, size_t nbytes) {
  struct page *page = cookie;
  if (page->used + nbytes >= page->size) {
    const size_t size = 2 * (page->used + nbytes) + FIRST_BYTES;
    char *more = page->short_of_memory ? NULL : realloc(page->bytes, size);
    if (more == NULL) {
      page->short_of_memory = true;
      return 0;
    }
    page->bytes = more;
    page->size = size;
  }
  memcpy(page->bytes + page->used, bytes, nbytes);
  page->used += nbytes;
  return (ssize_t)nbytes;
}

bool page_begin(struct page *page) {
  *page = (struct page){.out = NULL};
  page->out = fopencookie(page, "w", (cookie_io_functions_t){.write = add});
  return page->out != NULL;
}

char *page_end(struct page *page) {
  if (fclose(page->out) != 0 || page->short_of_memory) {
    free(page->bytes);
    return NULL;
  }
  if (page->bytes == NULL) return calloc(1, 1); /* nothing was written */
  page->bytes[page->used] = '\0';
  return page->bytes;
}
