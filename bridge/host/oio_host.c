/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_host.h"

enum oio_status oio_host_create(struct oio_host *host, const struct oio_config *config, struct oio_trace_reader *trace,
                                struct oio_error *error) {
  static const bool left_out[2] = {false, false};
  *host = (struct oio_host){.config = *config};
  enum oio_status status = oio_path_create(&host->path, config, left_out, error);
  if (status == OIO_OK) status = oio_traffic_create(&host->traffic, config, trace, error);
  if (status != OIO_OK) oio_host_destroy(host);
  return status;
}

void oio_host_destroy(struct oio_host *host) {
  oio_traffic_destroy(host->traffic);
  oio_path_destroy(host->path);
  host->traffic = NULL;
  host->path = NULL;
}

bool oio_host_failed(const struct oio_host *host) {
  return oio_path_failed(host->path);
}

void oio_host_get_results(const struct oio_host *host, oio_time_ps now_ps, bool over, struct oio_results *results) {
  oio_results_collect(results, &host->config, host->path, host->traffic, now_ps);
  results->stalled = over && results->traffic.outstanding > 0 && results->links.failed == 0;
}
