/* SPDX-License-Identifier: Apache-2.0 */
/* An input as the numbers it is taken for; behind its end there are zeros. */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct input {
  const uint8_t *at, *end;
};

static inline unsigned byte_of(struct input *in) {
  return in->at < in->end ? *in->at++ : 0;
}

static inline unsigned word_of(struct input *in) {
  const unsigned low = byte_of(in);
  return low | byte_of(in) << 8;
}

/* What a check against a second implementation says: NULL, or what differs. */
static inline void require(const char *what) {
  if (what == NULL) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

#endif
