/* SPDX-License-Identifier: Apache-2.0 */
/* Names of several words: a run of blanks, commas, `-` and `_` parts them, whichever it is. */
#ifndef OIO_WORDS_H
#define OIO_WORDS_H

#include <stddef.h>

/* With one blank for each run of what may stand between words; '?' before what does not fit. */
void oio_words_settle(const char *name, char *settled, size_t settled_nbytes);
/* In place: as one word, '-' between its parts. */
void oio_words_join(char *name);

#endif
