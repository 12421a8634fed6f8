/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stride.h"

#include <stdlib.h>

bool oio_stride_look_create(struct oio_stride_look *look, size_t size) {
  look->count = 0;
  look->value = malloc(size * sizeof *look->value);
  look->kind = malloc(size);
  return look->value != NULL && look->kind != NULL;
}

void oio_stride_look_destroy(struct oio_stride_look *look) {
  free(look->value);
  free(look->kind);
}

/* periods: that value b, which was a, may go on by, having so much room. */
static uint64_t periods_within(uint64_t a, uint64_t b, uint64_t room) {
  const uint64_t step = b > a ? b - a : a - b;
  return step == 0 ? UINT64_MAX : room / step;
}

bool oio_stride_agree(const struct oio_stride_look *from, const struct oio_stride_look *to, oio_time_ps period_ps, uint64_t *most) {
  if (from->count != to->count) return false;
  const uint64_t *a = from->value, *b = to->value;
  for (size_t i = 0; i < to->count; i++) {
    if (from->kind[i] != to->kind[i]) return false;
    switch ((enum oio_stride_kind)to->kind[i]) {
    case OIO_STRIDE_SAME:
      if (a[i] != b[i]) return false;
      break;
    case OIO_STRIDE_TIME:
      if (b[i] - a[i] != period_ps && (a[i] != OIO_NEVER || b[i] != OIO_NEVER)) return false;
      break;
    case OIO_STRIDE_MOMENT:
      if (b[i] != a[i] && b[i] - a[i] != period_ps) return false;
      break;
    case OIO_STRIDE_TOWARDS: {
      if (a[i] != b[i] && a[i + 2] != b[i + 2]) return false;
      const uint64_t periods = periods_within(a[i], b[i], b[i + 1]);
      if (periods < *most) *most = periods;
      break;
    }
    case OIO_STRIDE_COUNT:
    case OIO_STRIDE_ROOM:
      break;
    }
  }
  return true;
}

/* Moving: what this field, which is the next, has gained from one look to the other. */
static uint64_t gain(struct oio_stride *s) {
  const uint64_t gained = s->to->value[s->at] - s->from->value[s->at];
  s->at++;
  return gained;
}

void oio_stride_note(struct oio_stride *s, enum oio_stride_kind kind, uint64_t value) {
  if (s->moves) {
    s->at++;
    return;
  }
  if (s->at == s->size) {
    s->unfit = true;
    return;
  }
  s->to->value[s->at] = value;
  s->to->kind[s->at++] = (uint8_t)kind;
  s->to->count = s->at;
}

static void carry_on(struct oio_stride *s, enum oio_stride_kind kind, uint64_t *value) {
  if (s->moves) {
    *value += s->periods * gain(s);
  } else {
    oio_stride_note(s, kind, *value);
  }
}

void oio_stride_time(struct oio_stride *s, oio_time_ps *time_ps) {
  carry_on(s, OIO_STRIDE_TIME, time_ps);
}

void oio_stride_moment(struct oio_stride *s, oio_time_ps *time_ps) {
  carry_on(s, OIO_STRIDE_MOMENT, time_ps);
}

void oio_stride_count(struct oio_stride *s, uint64_t *count) {
  carry_on(s, OIO_STRIDE_COUNT, count);
}

/* What it gains is far below 2^64 / OIO_STRIDE_PERIODS_MAX. */
void oio_stride_sum(struct oio_stride *s, struct oio_sum_ps *sum) {
  if (s->moves) {
    oio_sum_add(sum, s->periods * gain(s));
  } else {
    oio_stride_note(s, OIO_STRIDE_COUNT, sum->low);
  }
}

void oio_stride_towards(struct oio_stride *s, uint64_t *value, uint64_t room, uint64_t owner) {
  carry_on(s, OIO_STRIDE_TOWARDS, value);
  oio_stride_note(s, OIO_STRIDE_ROOM, room);
  oio_stride_note(s, OIO_STRIDE_ROOM, owner);
}

void oio_stride_sequence(struct oio_stride *s, uint16_t *sequence, uint32_t wire) {
  const struct oio_stride_wire *w = &s->wire[wire];
  if (s->moves) {
    *sequence = (uint16_t)((*sequence - 1u + w->flits % w->modulus) % w->modulus + 1);
    s->at++;
  } else {
    oio_stride_same(s, (w->next_tx + w->modulus - *sequence) % w->modulus);
  }
}

void oio_stride_total(struct oio_stride *s, uint16_t *total, uint32_t wire) {
  const struct oio_stride_wire *w = &s->wire[wire];
  if (s->moves) {
    *total = (uint16_t)(*total + w->flits);
    s->at++;
  } else {
    oio_stride_same(s, (uint16_t)(w->total - *total));
  }
}
