/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/words.h"

#include <string.h>

static const char between[] = " ,-_";

void oio_words_settle(const char *name, char *settled, size_t settled_nbytes) {
  size_t used = 0;
  while (*name != '\0' && used + 2 < settled_nbytes) {
    const size_t gap = strspn(name, between);
    if (gap > 0 && used > 0 && name[gap] != '\0') settled[used++] = ' ';
    name += gap;
    if (*name != '\0') settled[used++] = *name++;
  }
  settled[used] = '\0';
  if (*name != '\0') settled[0] = '?';
}

void oio_words_join(char *name) {
  char *to = name;
  for (const char *from = name; *from != '\0';) {
    const size_t gap = strspn(from, between);
    if (gap > 0) *to++ = '-';
    from += gap;
    if (gap == 0) *to++ = *from++;
  }
  *to = '\0';
}
