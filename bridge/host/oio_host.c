/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_host.h"

#include <string.h>

/* Instants between two looks at whether the run gets on. */
enum { INSTANTS_PER_LOOK = 4096 };

enum oio_status oio_host_read_config(struct oio_config *config, const char *text, struct oio_error *error) {
  char line[1200];
  oio_config_defaults(config);
  while (*text != '\0') {
    const size_t nbytes = strcspn(text, "\n");
    if (nbytes >= sizeof line) return oio_error_set(error, OIO_ERR_CONFIG, "configuration text: a line is longer than 1199 bytes");
    memcpy(line, text, nbytes);
    line[nbytes] = '\0';
    if (nbytes > 0) {
      const enum oio_status status = oio_config_set(config, "configuration text", line, error);
      if (status != OIO_OK) return status;
    }
    text += nbytes + (text[nbytes] == '\n');
  }
  return oio_config_resolve(config, error);
}

/* What the commands say of --trace and --generate. */
enum oio_status oio_host_check_workload(const struct oio_config *config, const struct oio_trace_reader *trace, struct oio_error *error) {
  const bool generated = config->generator != OIO_GENERATE_NOTHING;
  if (trace == NULL && !generated) {
    return oio_error_set(error, OIO_ERR_CONFIG, "there is nothing to send: give a trace or set workload.generate=saturate|poisson|burst");
  }
  if (trace != NULL && generated) {
    return oio_error_set(error, OIO_ERR_CONFIG, "a trace and workload.generate do not go together: leave one out");
  }
  if (trace == NULL && config->map[0] != '\0') {
    return oio_error_set(error, OIO_ERR_CONFIG, "trace.map needs a trace: generated traffic has one node a die; leave it out");
  }
  return OIO_OK;
}

enum oio_status oio_host_create(struct oio_host *host, const struct oio_config *config, struct oio_trace_reader *trace,
                                struct oio_error *error) {
  *host = (struct oio_host){.config = *config, .unseen = INSTANTS_PER_LOOK};
  enum oio_status status = oio_host_check_workload(config, trace, error);
  if (status == OIO_OK) status = oio_net_create(&host->net, config, NULL, error);
  if (status == OIO_OK) status = oio_traffic_create(&host->traffic, config, oio_net_dies(host->net), trace, error);
  if (status != OIO_OK) oio_host_destroy(host);
  return status;
}

void oio_host_destroy(struct oio_host *host) {
  oio_traffic_destroy(host->traffic);
  oio_net_destroy(host->net);
  host->traffic = NULL;
  host->net = NULL;
}

bool oio_host_failed(const struct oio_host *host) {
  return host->stuck || oio_net_failed(host->net);
}

void oio_host_instant(struct oio_host *host, oio_time_ps now_ps) {
  if (--host->unseen > 0) return;
  host->unseen = INSTANTS_PER_LOOK;
  struct oio_traffic_counts counts;
  oio_traffic_get_counts(host->traffic, &counts);
  host->stuck |= oio_net_look(host->net, now_ps, oio_traffic_progress(&counts), counts.outstanding > 0);
}

void oio_host_get_results(const struct oio_host *host, oio_time_ps now_ps, bool over, struct oio_results *results) {
  oio_results_collect(results, &host->config, host->net, host->traffic, now_ps);
  if (!(over || host->stuck) || results->traffic.outstanding == 0 || results->links.failed > 0) return;
  oio_results_stall(results, host->stuck, host->net);
}
