/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A file that appears whole or not at all: it is written under another name beside its own and renamed at the end. /dev/stdout, and
 * what is no regular file (a pipe), is written to directly and never replaced. Behind a symbolic link it is the link's target that is
 * replaced.
 *
 * The other name is NAME.PID-N.part, and its writer holds a lock on it. Where a writer was killed the lock is gone: the next one of the
 * same NAME removes what is left, and leaves alone what others are writing.
 */
#ifndef OIO_WHOLE_H
#define OIO_WHOLE_H

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oio_whole {
  FILE *file;  /**< open for reading and writing; for writing only where direct */
  char *final; /**< with links followed; NULL when direct */
  char *temporary;
  bool direct;
  bool lasting; /**< for the writer to set: the name comes only after the bytes have reached the disk */
};

/* Each that fails returns false with the reason in errno, and leaves nothing behind and nothing to release. */

bool oio_whole_begin(struct oio_whole *whole, const char *path);
/** Gives the file its name. Whether or not it succeeds, whole is done with. */
bool oio_whole_end(struct oio_whole *whole);
/** Leaves nothing behind; also where nothing was begun. */
void oio_whole_abandon(struct oio_whole *whole);
/** What to do about it when writing fails for this reason, as part of a sentence. */
const char *oio_whole_remedy(int cause);

#ifdef __cplusplus
}
#endif
#endif
