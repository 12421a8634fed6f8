/* SPDX-License-Identifier: Apache-2.0 */
/** Text and results in the compact JSON of lines; words for a shell. */
#ifndef QUOTED_H
#define QUOTED_H

#include "oio/histogram.h"

#include <stdbool.h>
#include <stdio.h>

/** Text in quotes. */
void quoted_put(FILE *out, const char *text);
/** As text or an attribute of XML. */
void quoted_put_xml(FILE *out, const char *text);
/** As a word for a shell; in_make: that stands in a makefile. */
void quoted_put_word(FILE *out, const char *text, bool in_make);
/** A JSON object without blanks between its parts, and without those of its members that are named; the last name is NULL. Everything else
 * is as it was, digit by digit. */
void quoted_put_compact(FILE *out, const char *object, const char *const *left_out);
/** The member `latency` of a line, with the comma before it. */
void quoted_put_latency(FILE *out, const struct oio_histogram *latency);

#endif
