/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk through the state of an object, which saves it or loads it: the walk names every field once, so what is saved and what is loaded
 * cannot differ. A field is as many bytes, the lowest first, as it has in memory. What follows from other fields is not among them.
 *
 * The first thing that is wrong ends the work: what is loaded after it is left as it was, so a walk needs no checks of its own, and every
 * count that a loop goes by is one that the object can have.
 */
#ifndef OIO_CHECKPOINT_H
#define OIO_CHECKPOINT_H

#include "oio/base.h"

enum oio_checkpoint_wrong {
  OIO_CHECKPOINT_GOOD = 0,
  OIO_CHECKPOINT_ENDS,       /* loading: there are no more bytes; saving: there is no more room */
  OIO_CHECKPOINT_OTHER,      /* loading: what is configured differs */
  OIO_CHECKPOINT_OTHER_REAL, /* the same of a double: here and there are its bits */
  OIO_CHECKPOINT_IMPOSSIBLE, /* loading: no object can have this value */
  OIO_CHECKPOINT_BROUGHT,    /* saving: a pointer to bytes that are the host's */
};

struct oio_checkpoint {
  const uint8_t *in; /* loading: from here; NULL: saving */
  uint8_t *out;      /* saving: to here; NULL: it is measured only */
  size_t nbytes, at;
  bool with_pointers; /* they are saved as they are, for the same process */

  const char *object; /* whose fields these are: "die"; and its number */
  uint32_t number;
  enum oio_checkpoint_wrong wrong;
  const char *field;    /* that is wrong */
  uint64_t here, there; /* its values */
};

static inline bool oio_checkpoint_loads(const struct oio_checkpoint *c) {
  return c->in != NULL;
}

/* An integer of 1, 2, 4 or 8 bytes, a bool or an enum; loaded if it is most or less. */
void oio_checkpoint_field(struct oio_checkpoint *c, const char *name, void *field, size_t nbytes, uint64_t most);
void oio_checkpoint_bytes(struct oio_checkpoint *c, const char *name, uint8_t *bytes, size_t nbytes);
/* A pointer to bytes that a host has brought: NULL, unless pointers are saved. */
void oio_checkpoint_brought(struct oio_checkpoint *c, const uint8_t **bytes);
/* What must be the same where it is loaded. */
void oio_checkpoint_same(struct oio_checkpoint *c, const char *name, uint64_t value);
void oio_checkpoint_same_real(struct oio_checkpoint *c, const char *name, double value);
/* Loading: no object can be in a state in which this does not hold. False: it does not, or something was wrong before. */
bool oio_checkpoint_require(struct oio_checkpoint *c, const char *name, bool holds);

#define OIO_KEEP(c, field, most) oio_checkpoint_field((c), #field, &(field), sizeof(field), (most))
#define OIO_KEEP_ANY(c, field) OIO_KEEP(c, field, UINT64_MAX)

#endif
