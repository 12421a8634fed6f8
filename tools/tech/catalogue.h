/* SPDX-License-Identifier: Apache-2.0 */
/* `oio tech list` and `show`: as tables and as JSON. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "oio/tech.h"

#include <stdio.h>

/* What reaches length_m; all where it is 0. */
void catalogue_list(FILE *out, double length_m);
void catalogue_list_json(FILE *out, double length_m);
void catalogue_show(FILE *out, const struct oio_tech *tech);
void catalogue_show_json(FILE *out, const struct oio_tech *tech);

/* For all that shows values with what they rest on. A given value was asked for and rests on nothing. */
enum { CATALOGUE_CITED = UINT8_MAX + 1 };
void catalogue_value(FILE *out, const char *name, const char *unit, const struct oio_tech_value *value, bool given);
void catalogue_json_value(FILE *out, const char *unit, const struct oio_tech_value *value, bool given);
void catalogue_mark(const struct oio_tech_value *value, bool cited[CATALOGUE_CITED]);
void catalogue_sources(FILE *out, const bool cited[CATALOGUE_CITED]);
/* The member "sources", the last of its object. */
void catalogue_json_sources(FILE *out, const bool cited[CATALOGUE_CITED]);
/* Of a text that has no quote and no control character. */
void catalogue_quoted(FILE *out, const char *text);
/* No further than the most that is said of its reach. */
bool catalogue_reaches(const struct oio_tech *tech, double length_m);

#endif
