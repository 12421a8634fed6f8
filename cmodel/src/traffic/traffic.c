/* SPDX-License-Identifier: Apache-2.0 */
/* Life of the traffic, and letting messages enter. Delivery is in scoreboard.c. */
#include "base/cold.h"
#include "base/precondition.h"
#include "base/sort.h"
#include "oio/routed_die.h"
#include "trace/trace_rules.h"
#include "traffic/traffic_state.h"

#include <stdlib.h>
#include <string.h>

static enum oio_status map_nodes(struct oio_traffic *traffic, struct oio_error *error) {
  const struct oio_trace_header *header = traffic->trace == NULL ? NULL : oio_trace_header_of(traffic->trace);
  struct oio_trace_header head = {.nodes = traffic->dies};
  if (header != NULL) head = *header;
  if (head.dies > 0 && head.dies != traffic->dies && traffic->config.map[0] == '\0') {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "the trace is of %u dies, and the net has %u; use a net of %u, or place its nodes by trace.map", head.dies,
                         traffic->dies, head.dies);
  }
  if (traffic->config.map[0] != '\0') memcpy(head.map, traffic->config.map, sizeof head.map);
  traffic->nodes = head.nodes;
  traffic->die_of = malloc(traffic->nodes * sizeof *traffic->die_of);
  if (traffic->die_of == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  return oio_trace_place(&head, traffic->dies, traffic->die_of, error);
}

/* Scaled times keep their order; how late one may be is kept too. */
OIO_COLD static enum oio_status scale_peeked(struct oio_traffic *traffic, struct oio_error *error) {
  struct oio_record *record = &traffic->peeked;
  record->time_ps = oio_traffic_scale(traffic, record->time_ps);
  bool fits = record->time_ps < OIO_TRACE_TIME_MAX;
  for (uint32_t i = 0; record->delays_ps != NULL && i < record->waits_count; i++)
    fits = fits && oio_traffic_scale(traffic, record->delays_ps[i]) < OIO_TRACE_TIME_MAX;
  if (fits) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "record %llu: trace.time_scale makes its time or a delay 2^62 ps or more; lower it",
                       (unsigned long long)record->id);
}

/* Keeps the next record at hand. */
static enum oio_status peek(struct oio_traffic *traffic, struct oio_error *error) {
  if (traffic->has_peeked || traffic->exhausted || oio_workload_is_saturated(&traffic->workload)) return OIO_OK;
  bool more = false;
  if (traffic->trace == NULL) {
    more = oio_workload_next(&traffic->workload, &traffic->peeked);
  } else {
    const enum oio_status status = oio_trace_next(traffic->trace, &traffic->peeked, &more, error);
    if (status != OIO_OK) return status;
  }
  traffic->has_peeked = more;
  traffic->exhausted = !more;
  if (more && traffic->scale_millionths != OIO_SCALE_ONE) {
    const enum oio_status status = scale_peeked(traffic, error);
    if (status != OIO_OK) return status;
  }
  if (more && traffic->peeked.vc >= traffic->config.vc_count) {
    return oio_error_set(error, OIO_ERR_CONFIG, "record %llu uses virtual channel %u, and vc.count is %llu; raise vc.count",
                         (unsigned long long)traffic->peeked.id, traffic->peeked.vc, (unsigned long long)traffic->config.vc_count);
  }
  return OIO_OK;
}

enum oio_status oio_traffic_create(struct oio_traffic **traffic, const struct oio_config *config, uint32_t dies,
                                   struct oio_trace_reader *trace, struct oio_error *error) {
  OIO_PRECONDITION(dies >= 2 && dies <= OIO_TRACE_NODES_MAX);
  *traffic = NULL;
  const enum oio_status checked = oio_config_check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_traffic *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  made->config = *config;
  made->trace = trace;
  made->dies = dies;
  made->scale_millionths = trace == NULL ? OIO_SCALE_ONE : oio_config_time_scale_millionths(config);
  made->remembers = trace != NULL && oio_trace_header_of(trace)->version > 1;
  made->free_edge = OIO_NO_EDGE;
  made->local.first = OIO_NO_MESSAGE;
  made->flit_ps = oio_config_class_flit_ps(config, oio_config_is_routed(config)                ? OIO_CLASS_PACKAGE
                                                   : oio_config_topology(config) == OIO_DIRECT ? OIO_CLASS_OPTICAL
                                                                                               : OIO_CLASS_DIE_LINK);
  made->segment_bytes = oio_config_is_routed(config) ? OIO_ROUTED_SEGMENT_BYTES_MAX : OIO_SEGMENT_BYTES_MAX;
  made->unreachable = OIO_NO_MESSAGE;
  enum oio_status status =
      !oio_outstanding_create(made) ||
              (config->detail == OIO_DETAIL_ON && !oio_detail_create(&made->detail, dies, config->detail_pairs, config->interval_ps)) ||
              !oio_traffic_flows_create(made) || oio_histogram_create(&made->latency) != OIO_OK
          ? oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory")
          : map_nodes(made, error);
  if (status == OIO_OK && trace == NULL) status = oio_workload_start(&made->workload, config, dies, error);
  if (made->workload.sources != NULL) made->flit_ps = made->workload.sources->own_ps;
  if (made->workload.step != NULL) made->config.loop = OIO_CLOSED_LOOP; /* it is nothing but what waits for what */
  if (status == OIO_OK && made->workload.step != NULL && made->paths != NULL) {
    made->times = oio_step_times_create(made->workload.step);
    if (made->times == NULL) status = oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  }
  for (uint32_t die = 0; made->workload.sources != NULL && die < dies; die++) oio_sender_starve(made, die);
  if (status == OIO_OK) status = peek(made, error);
  if (status != OIO_OK) {
    oio_traffic_destroy(made);
    return status;
  }
  made->looked_at = made->detail != NULL;
  *traffic = made;
  return OIO_OK;
}

void oio_traffic_destroy(struct oio_traffic *traffic) {
  if (traffic == NULL) return;
  for (uint64_t id = traffic->base; traffic->ring != NULL && id < traffic->limit; id++)
    free((void *)oio_outstanding_at(traffic, id)->message.data);
  for (uint64_t i = 0; i < traffic->cut_count; i++) free(traffic->cut_bytes[i]);
  free(traffic->cut_bytes);
  free(traffic->ring);
  free(traffic->paths);
  free(traffic->edges);
  free(traffic->timed);
  free(traffic->die_of);
  oio_step_times_destroy(traffic->times);
  oio_workload_stop(&traffic->workload);
  oio_traffic_flows_destroy(traffic);
  oio_histogram_destroy(&traffic->latency);
  oio_detail_destroy(traffic->detail);
  free(traffic);
}

static oio_time_ps local_done_ps(const struct oio_traffic *traffic) {
  if (traffic->local.first == OIO_NO_MESSAGE) return OIO_NEVER;
  return oio_outstanding_at(traffic, traffic->local.first)->entry_ps + traffic->config.die_local_ps;
}

static oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

oio_time_ps oio_traffic_next_ps(const struct oio_traffic *traffic) {
  const oio_time_ps let_go_ps = earlier(local_done_ps(traffic), oio_outstanding_timed_ps(traffic));
  if (traffic->counts.records == 0 && oio_workload_is_saturated(&traffic->workload)) return 0;
  /* That the look-ahead is full is to be seen once; then nothing is read until there is room. */
  if (!traffic->has_peeked || (traffic->counts.stalled_reading && !oio_outstanding_has_room(traffic))) return let_go_ps;
  return earlier(traffic->peeked.time_ps, let_go_ps);
}

/* The newest message of a flow: its die gets it at once, if nothing of the flow waits before it. */
static inline void send(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, struct oio_flow *flow,
                        const struct oio_message *message, struct oio_net *net) {
  const enum oio_status status = flow->unsent_count == 0 ? oio_net_send(net, die, now_ps, message) : OIO_ERR_FULL;
  if (status == OIO_OK) {
    oio_sender_note_fed(traffic, die);
  } else {
    if (status == OIO_ERR_CONFIG) traffic->unreachable = message->id;
    oio_flow_hold(traffic, flow);
  }
}

static inline void enter_and_send(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, struct oio_outstanding *m,
                                  struct oio_net *net) {
  struct oio_flow *flow = oio_outstanding_enter(traffic, now_ps, id, m);
  if (flow != NULL) send(traffic, now_ps, oio_flow_source(flow), flow, &m->message, net);
}

/* Keeps `depth` messages waiting at a die. False: out of memory. */
static inline bool saturate(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t side, struct oio_net *net) {
  struct oio_generate *generate = &traffic->workload.pair;
  while (generate->left[side] > 0) {
    const unsigned vc = generate->vc[side];
    const uint32_t number = oio_flow_of_two(side, vc);
    struct oio_flow *flow = &traffic->flows[number];
    if (flow->unsent_count + oio_net_queued(net, side, !side, vc) >= traffic->config.depth) break;
    if (!oio_outstanding_has_room(traffic)) {
      traffic->crowded = true;
      break;
    }
    const struct oio_record *record = oio_generate_for(generate, side, now_ps);
    struct oio_outstanding *m = oio_outstanding_place(traffic, record, number);
    if (m == NULL) return false;
    oio_outstanding_enter(traffic, now_ps, record->id, m);
    send(traffic, now_ps, side, flow, &m->message, net);
  }
  return true;
}

/* Does the die want the next message: to go on with a run, or because few are waiting, in it and for it? */
static bool wants_routed(const struct oio_traffic *traffic, uint32_t die, const struct oio_net *net) {
  const struct oio_source *source = &traffic->workload.sources->source[die];
  if (source->left == 0 || source->run_left > 0) return source->left > 0;
  return oio_net_queued_in_all(net, die) + traffic->senders[die].held < source->waiting;
}

/* The same as saturate of a routed net, for all destinations of a die together. */
static bool saturate_routed(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, struct oio_net *net) {
  while (wants_routed(traffic, die, net)) {
    if (!oio_outstanding_has_room(traffic)) {
      traffic->crowded = true;
      break;
    }
    const struct oio_record *record = oio_sources_for(traffic->workload.sources, die, now_ps);
    const uint32_t flow = oio_flow_of(traffic, die, record->destination, record->vc);
    if (flow == OIO_FLOW_FAILED) return false;
    struct oio_outstanding *m = oio_outstanding_place(traffic, record, flow);
    if (m == NULL) return false;
    enter_and_send(traffic, now_ps, record->id, m, net);
  }
  return true;
}

/* In the order of their numbers, whoever had room first: a host that does not tell has all of them asked. */
static bool saturate_hungry(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net) {
  uint32_t done = 0, left = 0;
  if (traffic->told) oio_sort_numbers(traffic->hungry, traffic->hungry_count);
  for (; done < traffic->hungry_count && !traffic->crowded; done++) {
    const uint32_t die = traffic->hungry[done];
    if (!saturate_routed(traffic, now_ps, die, net)) return false;
    if (traffic->told && !traffic->crowded) {
      traffic->senders[die].hungry = false;
    } else {
      traffic->hungry[left++] = die;
    }
  }
  for (; done < traffic->hungry_count; done++) traffic->hungry[left++] = traffic->hungry[done];
  traffic->hungry_count = left;
  return true;
}

/* Keeps every die busy that still has messages to make. False: out of memory. */
static bool saturate_all(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net) {
  if (traffic->workload.sources != NULL) return saturate_hungry(traffic, now_ps, net);
  for (uint32_t side = 0; side < 2; side++) {
    if (!saturate(traffic, now_ps, side, net)) return false;
  }
  return true;
}

OIO_COLD static enum oio_status no_way(const struct oio_traffic *traffic, struct oio_error *error) {
  const uint64_t id = traffic->unreachable;
  const struct oio_flow *flow = &traffic->flows[oio_outstanding_at(traffic, id)->flow];
  return oio_error_set(error, OIO_ERR_CONFIG,
                       "message %llu goes from die %u to die %u, and the net has no way there; use a net with switches, or another map",
                       (unsigned long long)id, oio_flow_source(flow), oio_flow_destination(flow));
}

/* Is there a reason why the die refuses a message, other than that many of the same flow are waiting in it? */
static bool is_full(const struct oio_net *net, uint32_t die, const struct oio_message *message) {
  return oio_net_queued(net, die, message->destination, message->vc) < OIO_DIE_QUEUE_MESSAGES;
}

/* Hands a die what waits for it, a message of each flow in turn, for as long as it takes any. */
static void hand_over(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, struct oio_net *net) {
  struct oio_sender *sender = &traffic->senders[die];
  for (uint32_t refused = 0; refused < sender->waiting;) {
    struct oio_flow *flow = &traffic->flows[traffic->flows[sender->last].next_unsent];
    const struct oio_outstanding *m = oio_outstanding_at(traffic, flow->unsent);
    if (oio_net_send(net, die, now_ps, &m->message) != OIO_OK) {
      if (is_full(net, die, &m->message)) return;
      oio_sender_turn(traffic, sender, false);
      refused++;
      continue;
    }
    oio_sender_note_fed(traffic, die);
    flow->unsent = m->next;
    sender->held--;
    oio_sender_turn(traffic, sender, --flow->unsent_count == 0);
    refused = 0;
  }
}

/* A host that does not tell who has room has every die asked that has something waiting. */
OIO_APART static void hand_over_all(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net) {
  const uint32_t count = traffic->open_count;
  traffic->open_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t die = traffic->open[i];
    traffic->senders[die].open = false;
    hand_over(traffic, now_ps, die, net);
    if (!traffic->told) oio_sender_open(traffic, die);
  }
}

OIO_APART static enum oio_status read_due(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error) {
  while (traffic->has_peeked && traffic->peeked.time_ps <= now_ps) {
    if (!oio_outstanding_has_room(traffic)) {
      traffic->counts.stalled_reading = traffic->crowded = true;
      return OIO_OK;
    }
    struct oio_outstanding *m = oio_outstanding_add(traffic, now_ps, &traffic->peeked);
    if (m == NULL) return OIO_ERR_NOMEM;
    if (m->waits_left == 0 && !(m->delayed && oio_outstanding_is_early(traffic, now_ps, traffic->peeked.id, m)))
      enter_and_send(traffic, now_ps, traffic->peeked.id, m, net);
    traffic->has_peeked = false;
    const enum oio_status status = peek(traffic, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

static void follow_local(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, const struct oio_outstanding *m) {
  oio_path_end_as(oio_path_at(traffic, id), m->entry_ps, now_ps, OIO_PATH_COMPUTE);
  traffic->longest = *oio_path_at(traffic, id);
  if (traffic->times != NULL) oio_step_times_local(traffic->times, id, m->entry_ps, now_ps);
}

OIO_COLD static void complete_local(struct oio_traffic *traffic, oio_time_ps now_ps) {
  while (local_done_ps(traffic) <= now_ps) {
    const uint64_t id = oio_queue_shift(traffic, &traffic->local);
    struct oio_outstanding *m = oio_outstanding_at(traffic, id);
    m->phase = OIO_DONE;
    if (traffic->paths != NULL) follow_local(traffic, now_ps, id, m);
    oio_outstanding_complete(traffic, now_ps, id, m);
  }
}

enum oio_status oio_traffic_enter(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error) {
  traffic->crowded = false;
  if (local_done_ps(traffic) <= now_ps) complete_local(traffic, now_ps);
  oio_outstanding_enter_timed(traffic, now_ps);
  enum oio_status status = OIO_OK;
  if (traffic->has_peeked && traffic->peeked.time_ps <= now_ps) status = read_due(traffic, now_ps, net, error);
  if (oio_workload_is_saturated(&traffic->workload) && !saturate_all(traffic, now_ps, net)) status = OIO_ERR_NOMEM;
  traffic->woken = false;
  if (status == OIO_ERR_NOMEM) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  if (traffic->unreachable != OIO_NO_MESSAGE) return no_way(traffic, error);
  if (traffic->open_count > 0) hand_over_all(traffic, now_ps, net);
  return status;
}

enum oio_status oio_traffic_after_tx(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error) {
  return oio_config_is_routed(&traffic->config) ? oio_traffic_enter(traffic, now_ps, net, error) : OIO_OK;
}

bool oio_traffic_woken(const struct oio_traffic *traffic) {
  return traffic->woken;
}

bool oio_traffic_finished(const struct oio_traffic *traffic) {
  if (traffic->counts.outstanding > 0 || traffic->has_peeked || traffic->local.first != OIO_NO_MESSAGE) return false;
  if (traffic->workload.pair.kind == OIO_SATURATE) return traffic->workload.pair.left[0] + traffic->workload.pair.left[1] == 0;
  if (traffic->workload.sources != NULL && traffic->workload.sources->kind == OIO_SATURATE && traffic->workload.sources->left > 0)
    return false;
  return traffic->base == traffic->limit;
}

void oio_traffic_get_offer(const struct oio_traffic *traffic, struct oio_offer *offer) {
  *offer = (struct oio_offer){.wire = OIO_NONE};
  if (traffic->workload.sources != NULL) {
    *offer = traffic->workload.sources->offer;
  } else if (traffic->workload.pair.kind != OIO_GENERATE_NOTHING) {
    *offer = traffic->workload.pair.offer;
  }
}

void oio_traffic_get_counts(const struct oio_traffic *traffic, struct oio_traffic_counts *counts) {
  *counts = traffic->counts;
}

uint64_t oio_traffic_progress(const struct oio_traffic_counts *counts) {
  const uint64_t prime = 0x100000001B3u;
  return ((counts->sent * prime ^ counts->segments) * prime ^ counts->lost) * prime;
}

const struct oio_histogram *oio_traffic_latency(const struct oio_traffic *traffic) {
  return &traffic->latency;
}

bool oio_traffic_critical_path(const struct oio_traffic *traffic, oio_time_ps parts_ps[OIO_PATH_PARTS]) {
  if (traffic->paths != NULL) memcpy(parts_ps, traffic->longest.part_ps, sizeof traffic->longest.part_ps);
  return traffic->paths != NULL;
}

oio_time_ps oio_traffic_compute_ps(const struct oio_traffic *traffic) {
  return traffic->workload.step == NULL ? 0 : traffic->workload.step->compute_ps;
}

static bool step_is_whole(const struct oio_traffic *traffic) {
  return oio_traffic_finished(traffic) && traffic->counts.lost == 0;
}

bool oio_traffic_get_collective(const struct oio_traffic *traffic, uint32_t index, struct oio_collective_times *out) {
  const struct oio_step *step = traffic->workload.step;
  uint32_t part = 0;
  for (; traffic->times != NULL && part < step->parts; part++) {
    if (step->part[part].kind == OIO_STEP_COLLECTIVE && index-- == 0) break;
  }
  if (traffic->times == NULL || part == step->parts) return false;
  const struct oio_collective_config *c = &step->part[part].collective.config;
  const struct oio_times_of_part *times = &traffic->times->part[part];
  const double counted = times->counted == 0 ? 1 : (double)times->counted;
  *out = (struct oio_collective_times){.kind = oio_collective_kind_name(c->kind),
                                       .algorithm = oio_algorithm_name(c->algorithm),
                                       .group = c->group,
                                       .stride = c->stride,
                                       .bytes = c->bytes,
                                       .counted = times->counted,
                                       .time_ps = times->total_ps / counted,
                                       .max_ps = times->max_ps,
                                       .skew_ps = times->skew_ps / counted,
                                       .exposed_ps = oio_step_times_exposed_ps(traffic->times, part, step_is_whole(traffic))};
  if (times->total_ps <= 0) return true;
  out->algorithm_bytes_per_s = (double)c->bytes * 1e12 / out->time_ps;
  out->bus_bytes_per_s = out->algorithm_bytes_per_s * oio_collective_bus_factor(c->kind, c->group);
  return true;
}

double oio_traffic_skew_ps(const struct oio_traffic *traffic) {
  if (traffic->times == NULL) return 0;
  return oio_step_times_skew_ps(traffic->times, step_is_whole(traffic));
}

const struct oio_detail *oio_traffic_detail(const struct oio_traffic *traffic) {
  return traffic->detail;
}

double oio_traffic_fraction(const struct oio_traffic *traffic) {
  if (traffic->trace != NULL) return oio_trace_fraction(traffic->trace);
  if (traffic->workload.step != NULL) return (double)traffic->workload.step->next_id / (double)traffic->workload.step->records;
  const uint64_t left =
      traffic->workload.sources != NULL ? traffic->workload.sources->left : traffic->workload.pair.left[0] + traffic->workload.pair.left[1];
  return traffic->config.messages == 0 ? 1 : 1 - (double)left / (double)traffic->config.messages;
}
