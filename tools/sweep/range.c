/* SPDX-License-Identifier: Apache-2.0 */
#include "range.h"

#include "oio/rng.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  enum range_kind kind;
} named[] = {{"log:", RANGE_LOGARITHMIC}, {"uniform:", RANGE_UNIFORM}, {"log-uniform:", RANGE_LOG_UNIFORM}};

bool range_is_random(const struct range *range) {
  return range->kind == RANGE_UNIFORM || range->kind == RANGE_LOG_UNIFORM;
}

void range_free(struct range *range) {
  free(range->words);
  free(range->word);
  free(range->settled);
  range->settled = NULL;
  range->words = NULL;
  range->word = NULL;
}

/* Cuts the text at commas, and takes the backslash from those that are of a value. */
static bool read_list(struct range *range) {
  const char *from = range->text;
  range->kind = RANGE_LIST;
  range->words = malloc(strlen(from) + 1);
  range->word = malloc((strlen(from) + 1) * sizeof *range->word);
  if (range->words == NULL || range->word == NULL) return false;
  char *to = range->words;
  range->word[0] = to;
  range->count = 1;
  for (; *from != '\0'; from++) {
    if (*from == ',') {
      *to++ = '\0';
      range->word[range->count++] = to;
      continue;
    }
    if (from[0] == '\\' && from[1] == ',') from++;
    *to++ = *from;
  }
  *to = '\0';
  return true;
}

/* So many numbers with colons between them, and nothing else. */
static bool read_numbers(const char *text, unsigned count, double *numbers) {
  for (unsigned i = 0; i < count; i++) {
    char *behind;
    numbers[i] = strtod(text, &behind);
    if (behind == text || !isfinite(numbers[i]) || *behind != (i + 1 < count ? ':' : '\0')) return false;
    text = behind + 1;
  }
  return true;
}

static enum oio_status refuse(const struct range *range, const char *where, const char *what, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_CONFIG, "%s %s=%.80s: %s", where, range->key, range->text, what);
}

static enum oio_status read_steps(struct range *range, const char *where, struct oio_error *error) {
  double numbers[3];
  if (!read_numbers(range->text, 3, numbers))
    return refuse(range, where, "write LOW:HIGH:STEP, log:LOW:HIGH:COUNT, uniform:LOW:HIGH or log-uniform:LOW:HIGH, in numbers", error);
  range->kind = RANGE_LINEAR;
  range->low = numbers[0];
  range->high = numbers[1];
  range->step = numbers[2];
  if (range->high < range->low || !(range->step > 0)) return refuse(range, where, "LOW may not be above HIGH, and STEP is above 0", error);
  const double count = floor((range->high - range->low) / range->step + 1e-9) + 1;
  if (count > RANGE_COUNT_MAX) return refuse(range, where, "these are more than 10^18 values; make STEP larger", error);
  range->count = (uint64_t)count;
  return OIO_OK;
}

static enum oio_status read_logarithmic(struct range *range, const char *where, struct oio_error *error) {
  double numbers[3];
  if (!read_numbers(strchr(range->text, ':') + 1, 3, numbers)) return refuse(range, where, "write log:LOW:HIGH:COUNT in numbers", error);
  range->low = numbers[0];
  range->high = numbers[1];
  if (!(range->low > 0) || range->high <= range->low || numbers[2] < 2 || numbers[2] > RANGE_COUNT_MAX || numbers[2] != floor(numbers[2]))
    return refuse(range, where, "LOW is above 0, HIGH above LOW, and COUNT a whole number from 2", error);
  range->count = (uint64_t)numbers[2];
  return OIO_OK;
}

static enum oio_status read_random(struct range *range, const char *where, struct oio_error *error) {
  double numbers[2];
  const bool logarithmic = range->kind == RANGE_LOG_UNIFORM;
  if (!read_numbers(strchr(range->text, ':') + 1, 2, numbers)) return refuse(range, where, "write LOW:HIGH in numbers", error);
  range->low = numbers[0];
  range->high = numbers[1];
  range->count = 1;
  if (range->high < range->low || (logarithmic && !(range->low > 0)))
    return refuse(range, where, logarithmic ? "LOW is above 0, and not above HIGH" : "LOW may not be above HIGH", error);
  return OIO_OK;
}

static enum oio_status read_values(struct range *range, const char *where, struct oio_error *error) {
  if (range->quoted || strchr(range->text, ':') == NULL)
    return read_list(range) ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
    if (strncmp(range->text, named[i].name, strlen(named[i].name)) != 0) continue;
    range->kind = named[i].kind;
    return range_is_random(range) ? read_random(range, where, error) : read_logarithmic(range, where, error);
  }
  return read_steps(range, where, error);
}

/* A number between 0 and 1 of a sample of a key. */
static double chance(const struct range *range, uint64_t sample, uint64_t seed) {
  struct oio_rng rng;
  uint64_t stream = sample;
  for (const char *at = range->key; *at != '\0'; at++) stream = oio_mix64(stream ^ (unsigned char)*at);
  oio_rng_seed(&rng, seed, stream);
  return oio_rng_unit(&rng);
}

static double random_value(const struct range *range, uint64_t sample, uint64_t seed) {
  const double part = chance(range, sample, seed);
  if (range->kind == RANGE_LOG_UNIFORM) return fmin(range->high, range->low * pow(range->high / range->low, part));
  if (range->whole) return fmin(range->high, floor(range->low + part * (range->high - range->low + 1)));
  return range->low + part * (range->high - range->low);
}

/* Fewer digits than a double has: what differs in the last one between machines is not seen. */
const char *range_value(const struct range *range, uint64_t index, uint64_t seed, char out[RANGE_VALUE_BYTES]) {
  double value = range->low;
  int digits = 15;
  if (range->kind == RANGE_LIST) {
    snprintf(out, RANGE_VALUE_BYTES, "%s", range->word[index]);
    return out;
  }
  if (range->kind == RANGE_LINEAR) {
    value = range->low + (double)index * range->step;
  } else if (range->kind != RANGE_LOGARITHMIC) {
    value = random_value(range, index, seed);
    digits = 9;
  } else if (index == range->count - 1) {
    value = range->high;
  } else if (index > 0) {
    value = range->low * pow(range->high / range->low, (double)index / (double)(range->count - 1));
    digits = 6;
  }
  if (range->whole && range->kind != RANGE_LINEAR)
    snprintf(out, RANGE_VALUE_BYTES, "%.0f", value);
  else if (range->whole && value == floor(value))
    snprintf(out, RANGE_VALUE_BYTES, "%.0f", value);
  else
    snprintf(out, RANGE_VALUE_BYTES, "%.*g", digits, value);
  return out;
}

static enum oio_status try_value(const struct range *range, struct oio_config *scratch, const char *where, const char *value,
                                 struct oio_error *error) {
  char assignment[RANGE_VALUE_BYTES + OIO_CONFIG_KEY_NAME_BYTES];
  snprintf(assignment, sizeof assignment, "%s=%s", range->key, value);
  return oio_config_set(scratch, where, assignment, error);
}

/* Does the key take every value by itself, and is none there twice? */
static enum oio_status try_values(const struct range *range, struct oio_config *scratch, const char *where, struct oio_error *error) {
  char value[RANGE_VALUE_BYTES], before[RANGE_VALUE_BYTES] = "";
  enum oio_status status = OIO_OK;
  for (uint64_t i = 0; i < range->count && status == OIO_OK && !range_is_random(range); i++) {
    status = try_value(range, scratch, where, range_value(range, i, 0, value), error);
    if (status == OIO_OK && range->kind == RANGE_LOGARITHMIC && strcmp(value, before) == 0)
      return refuse(range, where, "the same whole number comes twice; lower COUNT", error);
    memcpy(before, value, strlen(value) + 1);
  }
  if (!range_is_random(range)) return status;
  for (unsigned end = 0; end < 2 && status == OIO_OK; end++) {
    snprintf(value, sizeof value, range->whole ? "%.0f" : "%.15g", end == 0 ? range->low : range->high);
    status = try_value(range, scratch, where, value, error);
  }
  return status;
}

/* A number with a unit becomes what the key, which is at that index, has when it is set to it. */
static enum oio_status settle(struct range *range, struct oio_config *scratch, size_t at, const char *where, struct oio_error *error) {
  const char *from = range->text;
  char *to = range->settled = malloc(20 * strlen(from) + 1); /* a number has at most 20 digits */
  if (to == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  while (*from != '\0') {
    char value[RANGE_VALUE_BYTES];
    const size_t nbytes = strcspn(from, ",:");
    if (isdigit((unsigned char)from[0]) && isalpha((unsigned char)from[nbytes - 1]) && nbytes < sizeof value) {
      snprintf(value, sizeof value, "%.*s", (int)nbytes, from);
      const enum oio_status status = try_value(range, scratch, where, value, error);
      if (status != OIO_OK) return status;
      to += strlen(oio_config_value(scratch, at, to, 21));
    } else {
      memcpy(to, from, nbytes);
      to += nbytes;
    }
    from += nbytes;
    if (*from != '\0') *to++ = *from++;
  }
  *to = '\0';
  range->text = range->settled;
  return OIO_OK;
}

enum oio_status range_read(struct range *range, const struct oio_config *config, const char *where, const char *key, const char *text,
                           uint64_t values_max, struct oio_error *error) {
  struct oio_config scratch = *config;
  struct oio_config_key found = {.name = ""};
  size_t at = 0;
  *range = (struct range){.text = text};
  snprintf(range->key, sizeof range->key, "%s", key);
  for (; at < oio_config_count(config) && strcmp(found.name, key) != 0; at++) oio_config_describe(config, at, &found);
  if (strcmp(found.name, key) != 0) return try_value(range, &scratch, where, text, error);
  range->quoted = found.quoted;
  range->whole = found.whole;
  enum oio_status status = found.whole ? settle(range, &scratch, at - 1, where, error) : OIO_OK;
  if (status == OIO_OK) status = read_values(range, where, error);
  if (status == OIO_OK && range->count <= values_max) status = try_values(range, &scratch, where, error);
  if (status != OIO_OK) range_free(range);
  return status;
}
