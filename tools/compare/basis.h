/* SPDX-License-Identifier: Apache-2.0 */
/* Which values a result of a comparison rests on, and which of them are assumed. */
#ifndef COMPARE_BASIS_H
#define COMPARE_BASIS_H

#include "oio/tech.h"

enum result { RESULT_LATENCY = 0, RESULT_ENERGY, RESULT_ERRORS, RESULT_EDGE, RESULT_FAILURES, RESULTS };

const char *result_name(enum result result);
/* Does the result of this technology rest on the value? The error rate: on both, of which each row has one. */
bool result_rests_on(enum result result, enum oio_tech_quantity quantity);
bool result_assumed(const struct oio_tech *tech, enum result result, enum oio_tech_quantity quantity);

#endif
