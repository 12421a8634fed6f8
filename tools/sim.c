/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "interrupt.h"
#include "options.h"
#include "progress.h"

#include <stdio.h>

enum { EVENTS_PER_LOOK = 65536 };

static const char host[] = "event simulator";

static int carry_out(const struct options *options, struct oio_sim *sim) {
  struct oio_error error = {""};
  struct oio_results results;
  struct progress progress;
  const double wall_s = clock_wall_s(), cpu_s = clock_cpu_s();
  enum oio_status status = OIO_OK;
  progress_start(&progress, "oio sim");
  for (bool more = true; more && status == OIO_OK && !interrupt_requested();) {
    status = oio_sim_run(sim, EVENTS_PER_LOOK, &more, &error);
    if (!options->quiet) progress_update(&progress, oio_sim_fraction(sim));
  }
  progress_end(&progress);
  if (status != OIO_OK) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  oio_sim_get_results(sim, &results);
  results.wall_s = clock_wall_s() - wall_s;
  results.cpu_s = clock_cpu_s() - cpu_s;
  return options_report(options, &results, host, oio_sim_net(sim), oio_sim_traffic(sim));
}

static int run(const struct options *options) {
  struct oio_sim *sim;
  struct oio_error error = {""};
  if (oio_sim_create(&sim, &options->config, options->reader, NULL, &error) != OIO_OK) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  options_echo(options, host);
  const int status = carry_out(options, sim);
  oio_sim_destroy(sim);
  return status;
}

int oio_command_sim(int argc, char **argv) {
  return options_run(argc, argv, false, run);
}
