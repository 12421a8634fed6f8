/* SPDX-License-Identifier: Apache-2.0 */
/* How near a word that is none is to one that there is. */
#ifndef OIO_SPELLING_H
#define OIO_SPELLING_H

enum { OIO_SPELLING_BYTES = 63 }; /* of a word that there is, at most */

/* The fewest letters to be put in, left out or changed that make name the beginning of other; what is left of other costs nothing. */
unsigned oio_spelling_distance(const char *name, const char *other);

#endif
