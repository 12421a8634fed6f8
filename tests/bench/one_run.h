/* SPDX-License-Identifier: Apache-2.0 */
/* A run of the event simulator by "key=value" settings, as `oio sim --set` takes them, with its traced account. */
#ifndef OIO_TESTS_ONE_RUN_H
#define OIO_TESTS_ONE_RUN_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "oio/config.h"
#include "traced.h"

enum { RUN_SETTINGS_MAX = 32, RUN_SETTING_BYTES = 360, RUN_INSTANTS = 100000 };

struct run {
  char text[RUN_SETTINGS_MAX][RUN_SETTING_BYTES];
  unsigned count;
};

__attribute__((format(printf, 2, 3))) static inline void run_set(struct run *run, const char *format, ...) {
  va_list values;
  if (run->count == RUN_SETTINGS_MAX) abort();
  va_start(values, format);
  vsnprintf(run->text[run->count++], RUN_SETTING_BYTES, format, values);
  va_end(values);
}

static inline void run_print(const struct run *run) {
  printf("oio sim --fidelity event");
  for (unsigned i = 0; i < run->count; i++) printf(" --set '%s'", run->text[i]);
  printf("\n");
}

static inline _Noreturn void run_stop_at(const struct run *run, const struct oio_error *error) {
  fprintf(stderr, "%s: ", error->text);
  run_print(run);
  exit(2);
}

static inline struct traced run_whole(const struct run *run, struct oio_results *results) {
  struct oio_config config;
  struct oio_error error;
  struct oio_sim *sim;
  bool more = true;
  oio_config_defaults(&config);
  for (unsigned i = 0; i < run->count; i++) {
    if (oio_config_set(&config, "run", run->text[i], &error) != OIO_OK) run_stop_at(run, &error);
  }
  config.fidelity = OIO_EVENT;
  if (oio_config_resolve(&config, &error) != OIO_OK) run_stop_at(run, &error);
  if (oio_sim_create(&sim, &config, NULL, NULL, &error) != OIO_OK) run_stop_at(run, &error);
  traced_begin(oio_sim_net(sim), &config, config.messages);
  while (more) {
    if (oio_sim_run(sim, RUN_INSTANTS, &more, &error) != OIO_OK) run_stop_at(run, &error);
  }
  oio_sim_get_results(sim, results);
  const struct traced traced = traced_end(results, results->failure[0] != '\0');
  oio_sim_destroy(sim);
  return traced;
}

#endif
