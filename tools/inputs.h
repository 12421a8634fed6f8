/* SPDX-License-Identifier: Apache-2.0 */
/** A digest of the bytes of the files that a run reads: by it one knows whether they are the same as of another run. */
#ifndef INPUTS_H
#define INPUTS_H

#include "oio/config.h"

#define INPUTS_BEGIN UINT64_C(0xcbf29ce484222325)

/**
 * Files that were added already: one is read again when its size or one of its times is another, or when it was so new that its times may
 * not tell.
 */
struct inputs_known {
  struct inputs_file *file;
  size_t files, room;
  uint64_t reads; /**< files that were read */
};
void inputs_known_free(struct inputs_known *known);

/** Adds a file. OIO_ERR_IO: it cannot be read, or not twice. known: NULL, it is read in any case. */
enum oio_status inputs_add_file(uint64_t *digest, const char *path, struct inputs_known *known, struct oio_error *error);
/** How many keys there are whose value may be the name of a file, and the name of one. */
unsigned inputs_keys(void);
const char *inputs_key(unsigned index);
/** Adds the file that such a key names with this value, if it names one; looks whether it, or what else the value says, makes sense. */
enum oio_status inputs_add_value(uint64_t *digest, unsigned index, const char *value, struct inputs_known *known, struct oio_error *error);
/** The same of the value that it has in a configuration. */
enum oio_status inputs_add_key(uint64_t *digest, unsigned index, const struct oio_config *config, struct inputs_known *known,
                               struct oio_error *error);

#endif
