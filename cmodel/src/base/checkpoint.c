/* SPDX-License-Identifier: Apache-2.0 */
#include "base/checkpoint.h"

#include "base/little_endian.h"

static void refuse(struct oio_checkpoint *c, enum oio_checkpoint_wrong wrong, const char *field, uint64_t here, uint64_t there) {
  if (c->wrong != OIO_CHECKPOINT_GOOD) return;
  c->wrong = wrong;
  c->field = field;
  c->here = here;
  c->there = there;
}

static uint64_t get(const void *field, size_t nbytes) {
  uint8_t byte;
  uint16_t half;
  uint32_t word;
  uint64_t whole;
  switch (nbytes) {
  case 1:
    memcpy(&byte, field, nbytes);
    return byte;
  case 2:
    memcpy(&half, field, nbytes);
    return half;
  case 4:
    memcpy(&word, field, nbytes);
    return word;
  default:
    memcpy(&whole, field, nbytes);
    return whole;
  }
}

static void put(void *field, size_t nbytes, uint64_t value) {
  const uint8_t byte = (uint8_t)value;
  const uint16_t half = (uint16_t)value;
  const uint32_t word = (uint32_t)value;
  switch (nbytes) {
  case 1:
    memcpy(field, &byte, nbytes);
    return;
  case 2:
    memcpy(field, &half, nbytes);
    return;
  case 4:
    memcpy(field, &word, nbytes);
    return;
  default:
    memcpy(field, &value, nbytes);
  }
}

/* Are there so many bytes more, and nothing wrong? */
static bool goes_on(struct oio_checkpoint *c, size_t nbytes) {
  const bool measures = c->in == NULL && c->out == NULL;
  if (!measures && nbytes > c->nbytes - c->at) refuse(c, OIO_CHECKPOINT_ENDS, "", 0, 0);
  return c->wrong == OIO_CHECKPOINT_GOOD;
}

void oio_checkpoint_bytes(struct oio_checkpoint *c, const char *name, uint8_t *bytes, size_t nbytes) {
  (void)name;
  if (!goes_on(c, nbytes)) return;
  if (c->in != NULL) {
    memcpy(bytes, c->in + c->at, nbytes);
  } else if (c->out != NULL) {
    memcpy(c->out + c->at, bytes, nbytes);
  }
  c->at += nbytes;
}

void oio_checkpoint_field(struct oio_checkpoint *c, const char *name, void *field, size_t nbytes, uint64_t most) {
  uint8_t bytes[8] = {0};
  if (c->in == NULL) oio_store_le64(bytes, get(field, nbytes));
  oio_checkpoint_bytes(c, name, bytes, nbytes);
  if (c->in == NULL || c->wrong != OIO_CHECKPOINT_GOOD) return;
  const uint64_t value = oio_load_le64(bytes);
  if (value > most) {
    refuse(c, OIO_CHECKPOINT_IMPOSSIBLE, name, most, value);
  } else {
    put(field, nbytes, value);
  }
}

void oio_checkpoint_brought(struct oio_checkpoint *c, const uint8_t **bytes) {
  uint8_t pointer[sizeof *bytes];
  if (c->with_pointers) {
    memcpy(pointer, bytes, sizeof pointer);
    oio_checkpoint_bytes(c, "", pointer, sizeof pointer);
    memcpy(bytes, pointer, sizeof pointer);
  } else if (c->in != NULL) {
    *bytes = NULL;
  } else if (*bytes != NULL) {
    refuse(c, OIO_CHECKPOINT_BROUGHT, "", 0, 0);
  }
}

static void same(struct oio_checkpoint *c, enum oio_checkpoint_wrong wrong, const char *name, uint64_t value) {
  uint64_t there = value;
  oio_checkpoint_field(c, name, &there, sizeof there, UINT64_MAX);
  if (there != value) refuse(c, wrong, name, value, there);
}

void oio_checkpoint_same(struct oio_checkpoint *c, const char *name, uint64_t value) {
  same(c, OIO_CHECKPOINT_OTHER, name, value);
}

void oio_checkpoint_same_real(struct oio_checkpoint *c, const char *name, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  same(c, OIO_CHECKPOINT_OTHER_REAL, name, bits);
}

bool oio_checkpoint_require(struct oio_checkpoint *c, const char *name, bool holds) {
  if (c->in != NULL && !holds) refuse(c, OIO_CHECKPOINT_IMPOSSIBLE, name, 0, 0);
  return c->wrong == OIO_CHECKPOINT_GOOD;
}
