/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk through the state of objects that may repeat themselves. As a look it notes every field that has a part in what happens next:
 * what it is, or how far it is from where it is seen from. Where two looks agree, what happened between them, a period, happens again and
 * again until a field with an end reaches it; and the same walk, moving, carries the state on by so many whole periods.
 */
#ifndef OIO_STRIDE_H
#define OIO_STRIDE_H

#include "oio/base.h"

/* What must hold of a value between two looks. */
enum oio_stride_kind {
  OIO_STRIDE_SAME,    /* it is the same */
  OIO_STRIDE_TIME,    /* a time: OIO_NEVER in both, or a period later */
  OIO_STRIDE_MOMENT,  /* a time that something is counted from: the same, or a period later */
  OIO_STRIDE_COUNT,   /* nothing: no decision follows from it */
  OIO_STRIDE_TOWARDS, /* the same; or it goes on, of the same owner, until the room that it has is used up: both are noted behind it */
  OIO_STRIDE_ROOM,
};

struct oio_stride_look {
  uint64_t *value;
  uint8_t *kind;
  size_t count;
};

/* A direction of a link, by the end that sends: what the fields of both ends and of its flits are seen from. */
struct oio_stride_wire {
  uint32_t modulus;  /* of its sequences */
  uint16_t next_tx;  /* the next sequence */
  uint16_t total;    /* payloads taken from above, modulo 2^16 */
  const void *maker; /* of its payloads */
  uint64_t flits;    /* moving: payload flits that it is carried on by */
};

struct oio_stride {
  struct oio_stride_look *to;         /* noted here; moving: the second look */
  const struct oio_stride_look *from; /* moving: the first one */
  size_t at, size;
  bool moves;
  bool unfit;        /* the state is none that could be carried on, or there is no room to note it */
  uint64_t first_id; /* messages are seen from here */
  uint64_t periods;
  oio_time_ps now_ps, period_ps;
  struct oio_stride_wire *wire; /* by the port that sends */
  /* Notes what a payload that was made there says, beyond its length. */
  void (*look_into)(struct oio_stride *s, const void *maker, const uint8_t *bytes, size_t nbytes);
};

/* The places of a look. False: out of memory. */
bool oio_stride_look_create(struct oio_stride_look *look, size_t size);
void oio_stride_look_destroy(struct oio_stride_look *look);
/* Are they a period of so long apart? most: of periods that may follow, lowered. */
bool oio_stride_agree(const struct oio_stride_look *from, const struct oio_stride_look *to, oio_time_ps period_ps, uint64_t *most);

/* Looking: notes a value. Moving: passes it. */
void oio_stride_note(struct oio_stride *s, enum oio_stride_kind kind, uint64_t value);
static inline void oio_stride_same(struct oio_stride *s, uint64_t value) {
  oio_stride_note(s, OIO_STRIDE_SAME, value);
}
/* The state is fit for it only if this holds. */
static inline void oio_stride_require(struct oio_stride *s, bool holds) {
  s->unfit |= !holds;
}
/* The same of fields that change: moving, they are carried on. */
void oio_stride_time(struct oio_stride *s, oio_time_ps *time_ps);
void oio_stride_moment(struct oio_stride *s, oio_time_ps *time_ps);
void oio_stride_count(struct oio_stride *s, uint64_t *count);
void oio_stride_sum(struct oio_stride *s, struct oio_sum_ps *sum);
void oio_stride_towards(struct oio_stride *s, uint64_t *value, uint64_t room, uint64_t owner);
/* A sequence of a direction, 1..modulus; a limit or total of its payloads. */
void oio_stride_sequence(struct oio_stride *s, uint16_t *sequence, uint32_t wire);
void oio_stride_total(struct oio_stride *s, uint16_t *total, uint32_t wire);

#endif
