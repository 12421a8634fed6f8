/* SPDX-License-Identifier: Apache-2.0 */
#include "grid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void grid_free(struct grid *grid) {
  for (unsigned i = 0; i < grid->ranges; i++) range_free(&grid->range[i]);
  grid->ranges = 0;
}

enum oio_status grid_add(struct grid *grid, const char *assignment, struct oio_error *error) {
  char key[OIO_CONFIG_KEY_NAME_BYTES], option[OIO_CONFIG_KEY_NAME_BYTES + 2];
  const size_t nbytes = strcspn(assignment, "=");
  if (assignment[nbytes] == '\0' || nbytes == 0 || nbytes >= sizeof key)
    return oio_error_set(error, OIO_ERR_CONFIG, "--over '%.80s' is not KEY=VALUES; write for example optical.length_m=1,10,100",
                         assignment);
  if (grid->ranges == GRID_RANGES_MAX) return oio_error_set(error, OIO_ERR_CONFIG, "--over: at most %d keys are swept", GRID_RANGES_MAX);
  memcpy(key, assignment, nbytes);
  key[nbytes] = '\0';
  snprintf(option, sizeof option, "--%s", key);
  if (strcmp(key, "set") != 0) options_key(option, "", key, sizeof key);
  for (unsigned i = 0; i < grid->ranges; i++) {
    if (strcmp(grid->range[i].key, key) == 0)
      return oio_error_set(error, OIO_ERR_CONFIG, "--over %s is there twice; give its values in one", key);
  }
  const enum oio_status status =
      range_read(&grid->range[grid->ranges], &grid->base.config, "--over", key, assignment + nbytes + 1, GRID_RUNS_MAX, error);
  if (status == OIO_OK) grid->ranges++;
  return status;
}

/* The product, or UINT64_MAX where it is more. */
static uint64_t times(uint64_t a, uint64_t b) {
  uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static enum oio_status check_seeds(const struct grid *grid, struct oio_error *error) {
  for (unsigned i = 0; i < grid->ranges && grid->repeat > 1; i++) {
    if (strcmp(grid->range[i].key, "sim.seed") == 0)
      return oio_error_set(error, OIO_ERR_CONFIG, "--repeat takes one seed after the other by itself; leave it out, or sim.seed in --over");
  }
  return OIO_OK;
}

enum oio_status grid_count(struct grid *grid, uint64_t samples, struct oio_error *error) {
  bool random = false;
  uint64_t runs = 1;
  for (unsigned i = 0; i < grid->ranges; i++) {
    random = random || range_is_random(&grid->range[i]);
    runs = times(runs, grid->range[i].count);
  }
  if (grid->ranges == 0) return oio_error_set(error, OIO_ERR_CONFIG, "nothing is swept: give --over KEY=VALUES");
  if (random != (samples > 0))
    return oio_error_set(error, OIO_ERR_CONFIG,
                         random ? "a random range needs --samples N" : "--samples needs a random range: --over KEY=uniform:LOW:HIGH");
  grid->samples = random ? samples : 1;
  grid->points = times(runs, grid->samples);
  grid->runs = times(grid->points, grid->repeat);
  if (grid->runs == UINT64_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "these are more than 10^19 runs, and a sweep has at most %" PRIu64
                         ": use coarser ranges, or random ones and --samples",
                         GRID_RUNS_MAX);
  if (grid->runs > GRID_RUNS_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "these are %" PRIu64 " runs, and a sweep has at most %" PRIu64
                         ": use coarser ranges, or random ones and --samples",
                         grid->runs, GRID_RUNS_MAX);
  return check_seeds(grid, error);
}

const char *grid_value(const struct grid *grid, uint64_t number, unsigned index, char out[RANGE_VALUE_BYTES]) {
  const uint64_t point = number / grid->repeat, sample = point % grid->samples;
  uint64_t rest = point / grid->samples;
  if (range_is_random(&grid->range[index])) return range_value(&grid->range[index], sample, grid->base.config.seed, out);
  for (unsigned i = grid->ranges - 1; i > index; i--) rest /= grid->range[i].count;
  return range_value(&grid->range[index], rest % grid->range[index].count, 0, out);
}

enum oio_status grid_configure(const struct grid *grid, uint64_t number, struct options *run, struct oio_error *error) {
  char value[RANGE_VALUE_BYTES], assignment[RANGE_VALUE_BYTES + OIO_CONFIG_KEY_NAME_BYTES];
  enum oio_status status = OIO_OK;
  *run = grid->base;
  for (unsigned i = 0; i < grid->ranges && status == OIO_OK; i++) {
    snprintf(assignment, sizeof assignment, "%s=%s", grid->range[i].key, grid_value(grid, number, i, value));
    status = oio_config_set(&run->config, "--over", assignment, error);
  }
  run->config.seed += number % grid->repeat;
  return status;
}

enum oio_status grid_resolve(const struct grid *grid, uint64_t number, struct options *run, struct oio_error *error) {
  const enum oio_status status = grid_configure(grid, number, run, error);
  if (status != OIO_OK) return status;
  const char *objection = options_objection(run);
  if (objection != NULL) return oio_error_set(error, OIO_ERR_CONFIG, "%s", objection);
  if (run->config.detail == OIO_DETAIL_AUTO && run->config.generator == OIO_GENERATE_STEP) run->config.detail = OIO_DETAIL_ON;
  return oio_config_resolve(&run->config, error);
}
