/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every host but the plain one (oio/sim.h) holds: a net and its traffic, whose loop is the host's own, in SystemVerilog or SystemC.
 * Public headers only.
 */
#ifndef OIO_HOST_H
#define OIO_HOST_H

#include "oio/results.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_host {
  struct oio_config config;
  struct oio_net *net;
  struct oio_traffic *traffic;
  unsigned unseen; /**< instants to the next look at whether the run gets on */
  bool stuck;      /**< flits move, and nothing gets on */
};

/** Defaults, then text, lines of "key=value", then resolved. */
enum oio_status oio_host_read_config(struct oio_config *config, const char *text, struct oio_error *error);
/** A trace, or a configuration that generates traffic: one of the two, else OIO_ERR_CONFIG. */
enum oio_status oio_host_check_workload(const struct oio_config *config, const struct oio_trace_reader *trace, struct oio_error *error);

/** config: resolved. trace: an open reader that outlives the host, or NULL where the configuration generates traffic, as
 *  oio_host_check_workload has it. On an error nothing is left to destroy. */
enum oio_status oio_host_create(struct oio_host *host, const struct oio_config *config, struct oio_trace_reader *trace,
                                struct oio_error *error);
void oio_host_destroy(struct oio_host *host);

/** An instant is over. */
void oio_host_instant(struct oio_host *host, oio_time_ps now_ps);
/** Has a link end failed, or does nothing get on any more though flits move? To be asked after every instant: the run ends with it, as in
 * oio_sim_run. */
bool oio_host_failed(const struct oio_host *host);
/** As oio_sim_get_results. over: nothing more can happen by itself. */
void oio_host_get_results(const struct oio_host *host, oio_time_ps now_ps, bool over, struct oio_results *results);

#ifdef __cplusplus
}
#endif
#endif
