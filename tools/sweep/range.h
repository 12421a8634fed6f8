/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a key is swept over, as --over says it: KEY=VALUES.
 *
 *     1,2,4                  a list; \, is a comma in a value
 *     0.1:0.9:0.1            LOW:HIGH:STEP, both ends
 *     log:1e-8:1e-4:5        LOW:HIGH:COUNT in equal ratios, both ends
 *     uniform:LOW:HIGH       a random number a sample
 *     log-uniform:LOW:HIGH   the same, its logarithm uniform
 *
 * A key whose value is text has lists alone: it may hold colons. Numbers have units where the key takes them: 1MiB:8MiB:1MiB.
 */
#ifndef SWEEP_RANGE_H
#define SWEEP_RANGE_H

#include "oio/config.h"

enum range_kind { RANGE_LIST = 0, RANGE_LINEAR, RANGE_LOGARITHMIC, RANGE_UNIFORM, RANGE_LOG_UNIFORM };

struct range {
  char key[OIO_CONFIG_KEY_NAME_BYTES];
  const char *text; /**< VALUES, as on the command line but without units: settled, if the key takes whole numbers */
  char *settled;
  enum range_kind kind;
  bool whole;     /**< whole numbers alone */
  bool quoted;    /**< its values are text */
  uint64_t count; /**< of values; 1 of a random one */
  double low, high, step;
  char *words; /**< of a list: one behind the other, each with its end */
  char **word; /**< where each begins */
};

enum { RANGE_VALUE_BYTES = 1100 };
/** More values than can be swept over: then values are not looked at. */
#define RANGE_COUNT_MAX 1e18

/** text is kept, not copied. Every value has been tried where there are at most values_max: config takes each by itself. `where` is the
 * option, for the error line. */
enum oio_status range_read(struct range *range, const struct oio_config *config, const char *where, const char *key, const char *text,
                           uint64_t values_max, struct oio_error *error);
void range_free(struct range *range);
bool range_is_random(const struct range *range);
/** The value of that index, or a random one of that sample, as text; returns out. It depends on nothing else but the seed and the key. */
const char *range_value(const struct range *range, uint64_t index, uint64_t seed, char out[RANGE_VALUE_BYTES]);

#endif
