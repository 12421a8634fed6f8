/* SPDX-License-Identifier: Apache-2.0 */
/** A failure trace from the field as a table (docs/faults.md): time,link,what,repair. */
#ifndef FAULTS_FIELD_H
#define FAULTS_FIELD_H

#include "oio/base.h"
#include "outage.h"

enum { FIELD_WORD_BYTES = 32, FIELD_NS_MAX_S = 1000000000 };

struct field {
  struct outages outages;
  uint64_t rows;
  uint64_t links;   /**< one more than the largest number in any row */
  uint64_t end_ns;  /**< the last time that a row names, repair too */
  uint64_t unknown; /**< rows of another kind than down and slow, which are left out; the first of them: */
  char unknown_word[FIELD_WORD_BYTES];
};

/** Seconds, such as 12, 0.5 or 3.25, as nanoseconds; what is behind those is cut off. False: it is none, or above 10^9. */
bool field_seconds(const char *text, uint64_t *ns);
/** Reads all rows. OIO_ERR_IO, OIO_ERR_FORMAT, OIO_ERR_NOMEM: error says where and what. In any case the caller frees outages.at. */
enum oio_status field_read(struct field *field, const char *path, struct oio_error *error);

#endif
