/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The event simulator: a net, its traffic, and the loop that moves time from one event to the next. The plainest of the hosts; with a
 * node left out it is also what stands around RTL, advanced clock by clock.
 */
#ifndef OIO_SIM_H
#define OIO_SIM_H

#include "oio/cover.h"
#include "oio/lives.h"
#include "oio/net.h"
#include "oio/traffic.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_sim;
struct oio_waivers;

/** Sums over all link ends of a net. */
struct oio_link_totals {
  uint64_t payload, nop, replayed; /**< flits put on a wire */
  uint64_t retries_crc, retries_sequence, retries_timeout;
  uint64_t undetected;
  uint64_t duplicate; /**< payload flits that had been received already: sent again for nothing, but for the Ack they bring */
  uint64_t failed;    /**< link ends that have failed */
};

/** Of all wires with error correction together, as struct oio_channel_state counts them. */
struct oio_fec_totals {
  uint64_t codewords, corrected_symbols, uncorrectable_codewords, miscorrected_codewords, condemned_flits;
};

/** What a schedule of faults has done to all wires together. */
struct oio_fault_totals {
  uint64_t events;        /**< that have taken effect, of each wire by itself */
  uint64_t dark_flits;    /**< started while a wire was down */
  uint64_t remaps;        /**< how often a wire took other lanes */
  uint64_t missing_lanes; /**< fewer in use at the end than there are */
  bool down_unknown;      /**< a link goes down or comes up with a flit, when, the schedule does not say: what is below is nothing */
  oio_time_ps down_ps;    /**< links are, by the schedule, added up: each while one of its wires is, until sim_time_ps */
  double availability;    /**< the part of the time that a link is up, in the mean of all */
  double all_up;          /**< the part of the time that all are up at once */
};

/** Of a class of links. */
struct oio_class_totals {
  uint32_t links;
  uint64_t flits; /**< payloads, replayed ones too, both directions */
};

/** What a run says; docs/results.schema.json is its JSON form. */
struct oio_results {
  struct oio_traffic_counts traffic;
  struct oio_link_totals links;
  struct oio_fec_totals fec;
  struct oio_fault_totals faults;
  struct oio_class_totals of_class[OIO_LINK_CLASSES_MAX]; /**< by the index that the configuration has of a class */
  oio_time_ps latency_min_ps, latency_p50_ps, latency_p99_ps, latency_p999_ps, latency_max_ps;
  double latency_mean_ps;
  double latency_parts_ps[OIO_PART_COUNT]; /**< means; they add up to the mean latency */
  oio_time_ps sim_time_ps;
  uint64_t cycles;         /**< of the RTL's clock, in simulated time */
  uint64_t cycles_skipped; /**< of these, not clocked: nothing could change */
  double goodput_bits_per_s;
  struct oio_offer offer;         /**< what a generator asks of the net */
  double iteration_ps;            /**< of a collective that is done: the mean time of one, compute and all; else 0 */
  double algorithm_bytes_per_s;   /**< its buffer over the part of that which is not compute alone, as the tests of NCCL define it */
  double bus_bytes_per_s;         /**< the same times their factor */
  double efficiency;              /**< compute / iteration; 0 where there is no compute */
  double exposed_ps;              /**< iteration less compute */
  bool path_known;                /**< a detail is kept, of traffic that waits for itself: both figures below */
  double skew_ps;                 /**< how much later the last die ends an iteration than dies do in the mean */
  double path_ps[OIO_PATH_PARTS]; /**< parts of the critical path, of a collective in the mean of its iterations */
  double wall_s, cpu_s;
  uint64_t wire_digest;
  uint64_t decision_digest; /**< over the decision of every link end on every flit: equal in both fidelities */
  bool partial;             /**< interrupted */
  bool stalled; /**< messages outstanding and nothing left that could happen, or nothing that gets on, though no link has failed */
  bool busy;    /**< stalled, though flits still move */
  char waits[OIO_WAITS_BYTES];       /**< stalled: who waits for what of whom; else empty */
  uint64_t findings;                 /**< rules that RTL broke (oio cosim), and that are not waived */
  const struct oio_waivers *waivers; /**< of the host, which keeps them: what was waived; NULL: nothing could be */
  oio_time_ps interval_ps;           /**< of a detail: its intervals of time; 0: none is kept */
  uint64_t pairs_left_out;           /**< of a detail: pairs of dies without a row, beyond results.pairs */
  char failure[160];                 /**< why a link failed, or empty */
  struct oio_cover cover;            /**< of the protocol */
};

/** trace: NULL, or an open reader that outlives the simulation. left_out as in oio_net_create. The configuration must be resolved. */
enum oio_status oio_sim_create(struct oio_sim **sim, const struct oio_config *config, struct oio_trace_reader *trace, const bool *left_out,
                               struct oio_error *error);
void oio_sim_destroy(struct oio_sim *sim);
/** What oio_sim_create would take, and a run in time, of a net of many dies, as oio_net_memory and oio_traffic_memory say it. */
enum oio_status oio_sim_memory(const struct oio_config *config, struct oio_memory *memory, struct oio_error *error);

/** The time of the next event, or OIO_NEVER: nothing more can happen (by itself). */
oio_time_ps oio_sim_next_ps(const struct oio_sim *sim);
/** Carries out every event up to and including until_ps, in order, and ends at that time; or at the event with which the traffic finished
 * or a link end failed. OIO_NEVER: until nothing more happens, and ends at the last event. OIO_ERR_FULL: the host has left so
 * many flits on a channel to a link end of its own that no more fit. Precondition: until_ps is not before now. */
enum oio_status oio_sim_advance(struct oio_sim *sim, oio_time_ps until_ps, struct oio_error *error);
/** The host has put a flit on a wire of the net itself (RTL stands in for a node): to be said before the next advance or settle. */
void oio_sim_touch(struct oio_sim *sim);
/** The same, but goes on when the traffic has finished: the last Acks and credits arrive. */
enum oio_status oio_sim_settle(struct oio_sim *sim, oio_time_ps until_ps, struct oio_error *error);
/** Carries out at most `events` instants, none after one in which the traffic finished or a link end failed. *more: there may be more. For
 * a host that shows progress and may be interrupted. */
enum oio_status oio_sim_run(struct oio_sim *sim, uint64_t events, bool *more, struct oio_error *error);
/**
 * From here on the life of every flit is kept (oio/lives.h), and the simulation goes on as it would have. Only oio_sim_run notes them, a
 * net of any size goes through with one thread, and memory grows with the flits of one call. Before the first instant.
 * OIO_ERR_CONFIG: a node is left out. OIO_ERR_NOMEM, then or from oio_sim_run: the simulation is to be destroyed.
 */
enum oio_status oio_sim_keep_lives(struct oio_sim *sim, struct oio_error *error);
/** Those that have ended in the last oio_sim_run, in the order in which they did: a flit that a reset drops when the next of its wire
 * arrives. Valid until the next call that changes the simulation. */
const struct oio_life *oio_sim_lives(const struct oio_sim *sim, size_t *count);
/** The run is over, and so are those of flits that are still on their way: oio_sim_lives then has these. OIO_ERR_NOMEM. */
enum oio_status oio_sim_end_lives(struct oio_sim *sim, struct oio_error *error);
/** Has a link end failed? Then nothing more is carried out. */
bool oio_sim_failed(const struct oio_sim *sim);
/** Do flits move though nothing gets on (oio_net_look)? Then nothing more is carried out. Never with a node left out: the host has to
 * look. */
bool oio_sim_stuck(const struct oio_sim *sim);
/** Takes the net down now (configuration keys reset.*); a host around RTL resets that at the same time. */
void oio_sim_reset(struct oio_sim *sim);

oio_time_ps oio_sim_now_ps(const struct oio_sim *sim);
double oio_sim_fraction(const struct oio_sim *sim);
struct oio_net *oio_sim_net(struct oio_sim *sim);
struct oio_traffic *oio_sim_traffic(struct oio_sim *sim);
/** Everything but wall_s, cpu_s and partial. Link ends left out count as nothing, and whether the run is stalled is then the host's to say.
 */
void oio_sim_get_results(const struct oio_sim *sim, struct oio_results *results);

/** The run is stalled: busy or not, and what the ends of its links wait for. */
void oio_results_stall(struct oio_results *results, bool busy, const struct oio_net *net);
/** Adds what the end of a link at a port has sent, which is not the net's own, as a monitor has counted it. */
void oio_results_add_sent(struct oio_results *results, const struct oio_config *config, const struct oio_net *net, uint32_t port,
                          const struct oio_link_state *counts);
/** The run ended then: its time and its goodput. */
void oio_results_end(struct oio_results *results, const struct oio_config *config, oio_time_ps end_ps);
/** For how long links were down until then, by the schedule of faults. */
void oio_results_end_faults(struct oio_results *results, const struct oio_net *net);
/** What net and traffic say at now_ps: all of the results but stalled, findings, wall_s, cpu_s and partial. For hosts with a loop of their
 * own. */
void oio_results_collect(struct oio_results *results, const struct oio_config *config, const struct oio_net *net,
                         const struct oio_traffic *traffic, oio_time_ps now_ps);

#ifdef __cplusplus
}
#endif
#endif
