/* SPDX-License-Identifier: Apache-2.0 */
/** `--waive`, `--waivers` and `--severity`, and what a report says of findings that are waived. */
#ifndef WAIVED_H
#define WAIVED_H

#include "oio/waivers.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An option of a command: 0: it is none of the three; 1: it is taken; -1: it cannot be, and error says why. */
int waived_option(struct oio_waivers *waivers, const char *name, const char *value, struct oio_error *error);
/** A line for each rule and port, and for each waiver that nothing has matched, all of which begin with `begin`. */
void waived_print(FILE *out, const char *begin, const struct oio_waivers *waivers);
/** A JSON array of the same. */
void waived_put_json(FILE *out, const struct oio_waivers *waivers);

#ifdef __cplusplus
}
#endif
#endif
