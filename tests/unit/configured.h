/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configurations and simulations as a test names them; what the library refuses fails the test with its words. Include after <cmocka.h>.
 */
#ifndef OIO_TESTS_CONFIGURED_H
#define OIO_TESTS_CONFIGURED_H

#include <stddef.h>

#include "oio/config.h"
#include "oio/sim.h"

static inline void set(struct oio_config *config, const char *assignment) {
  struct oio_error error;
  if (oio_config_set(config, "test", assignment, &error) != OIO_OK) fail_msg("%s", error.text);
}

static inline void resolve(struct oio_config *config) {
  struct oio_error error;
  if (oio_config_resolve(config, &error) != OIO_OK) fail_msg("%s", error.text);
}

/* Defaults but for `settings`, which end with NULL; resolved. */
static inline struct oio_config configured(const char *const *settings) {
  struct oio_config config;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) set(&config, *settings);
  resolve(&config);
  return config;
}

/* Without a trace, of the model alone. */
static inline struct oio_sim *start_sim(const struct oio_config *config) {
  struct oio_sim *sim;
  struct oio_error error;
  if (oio_sim_create(&sim, config, NULL, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  return sim;
}

#endif
