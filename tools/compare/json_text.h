/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <stdio.h>

/* Any text, as a string; also in a script element of a page. */
void json_quoted(FILE *out, const char *text);
/* NAN and what is infinite is null. */
void json_number(FILE *out, double value);

#endif
