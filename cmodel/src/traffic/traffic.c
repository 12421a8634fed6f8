/* SPDX-License-Identifier: Apache-2.0 */
/* Life of the traffic, and letting messages enter. Delivery is in scoreboard.c. */
#include "base/cold.h"
#include "base/turn.h"
#include "trace/trace_rules.h"
#include "traffic/traffic_state.h"

#include <stdlib.h>
#include <string.h>

static enum oio_status map_nodes(struct oio_traffic *traffic, struct oio_error *error) {
  const struct oio_trace_header *header = traffic->trace == NULL ? NULL : oio_trace_header_of(traffic->trace);
  const char *map = traffic->config.map;
  traffic->nodes = header == NULL ? 2 : header->nodes;
  if (*map == '\0' && header != NULL) map = header->map;
  traffic->die_of = malloc(traffic->nodes);
  if (traffic->die_of == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  if (*map != '\0') return oio_trace_map_parse(map, traffic->nodes, traffic->die_of, error);
  for (uint32_t node = 0; node < traffic->nodes; node++) traffic->die_of[node] = node >= (traffic->nodes + 1) / 2;
  return OIO_OK;
}

/* Keeps the next record at hand. */
static enum oio_status peek(struct oio_traffic *traffic, struct oio_error *error) {
  if (traffic->has_peeked || traffic->exhausted || traffic->generate.kind == OIO_SATURATE) return OIO_OK;
  bool more = false;
  if (traffic->trace == NULL) {
    more = oio_generate_next(&traffic->generate, &traffic->peeked);
  } else {
    const enum oio_status status = oio_trace_next(traffic->trace, &traffic->peeked, &more, error);
    if (status != OIO_OK) return status;
  }
  traffic->has_peeked = more;
  traffic->exhausted = !more;
  if (more && traffic->peeked.vc >= traffic->config.vc_count) {
    return oio_error_set(error, OIO_ERR_CONFIG, "record %llu uses virtual channel %u, and vc.count is %llu; raise vc.count",
                         (unsigned long long)traffic->peeked.id, traffic->peeked.vc, (unsigned long long)traffic->config.vc_count);
  }
  return OIO_OK;
}

enum oio_status oio_traffic_create(struct oio_traffic **traffic, const struct oio_config *config, struct oio_trace_reader *trace,
                                   struct oio_error *error) {
  *traffic = NULL;
  const enum oio_status checked = oio_config_check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_traffic *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  made->config = *config;
  made->trace = trace;
  made->free_edge = OIO_NO_EDGE;
  made->local.first = OIO_NO_MESSAGE;
  for (unsigned die = 0; die < 2; die++) {
    for (unsigned vc = 0; vc < OIO_VCS_MAX; vc++) made->flows[die][vc].order.first = made->flows[die][vc].unsent = OIO_NO_MESSAGE;
  }
  struct oio_channel_config first;
  if (oio_config_is_routed(config)) {
    oio_config_class_channel(config, OIO_CLASS_PACKAGE, 0, false, &first);
  } else if (oio_config_topology(config) == OIO_DIRECT) {
    oio_config_optical_channel(config, 0, &first);
  } else {
    oio_config_die_channel(config, 0, 0, &first);
  }
  made->flit_ps = (uint64_t)OIO_FLIT_BITS * 1000000000000u / (first.lanes * first.lane_rate_bits_per_s);
  if (trace == NULL) oio_generate_start(&made->generate, config);
  enum oio_status status = !oio_outstanding_create(made) || oio_histogram_create(&made->latency) != OIO_OK
                               ? oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory")
                               : map_nodes(made, error);
  if (status == OIO_OK) status = peek(made, error);
  if (status != OIO_OK) {
    oio_traffic_destroy(made);
    return status;
  }
  *traffic = made;
  return OIO_OK;
}

void oio_traffic_destroy(struct oio_traffic *traffic) {
  if (traffic == NULL) return;
  for (uint64_t id = traffic->base; traffic->ring != NULL && id < traffic->limit; id++)
    free((void *)oio_outstanding_at(traffic, id)->message.data);
  free(traffic->ring);
  free(traffic->edges);
  free(traffic->die_of);
  oio_histogram_destroy(&traffic->latency);
  free(traffic);
}

static oio_time_ps local_done_ps(const struct oio_traffic *traffic) {
  if (traffic->local.first == OIO_NO_MESSAGE) return OIO_NEVER;
  return oio_outstanding_at(traffic, traffic->local.first)->entry_ps + traffic->config.die_local_ps;
}

oio_time_ps oio_traffic_next_ps(const struct oio_traffic *traffic) {
  const oio_time_ps local_ps = local_done_ps(traffic);
  if (traffic->generate.kind == OIO_SATURATE && traffic->counts.records == 0) return 0;
  /* That the look-ahead is full is to be seen once; then nothing is read until there is room. */
  if (!traffic->has_peeked || (traffic->counts.stalled_reading && !oio_outstanding_has_room(traffic))) return local_ps;
  return traffic->peeked.time_ps < local_ps ? traffic->peeked.time_ps : local_ps;
}

/* Keeps `depth` messages waiting at a die. False: out of memory. */
static inline bool saturate(struct oio_traffic *traffic, oio_time_ps now_ps, unsigned side, struct oio_net *net) {
  struct oio_generate *generate = &traffic->generate;
  while (generate->left[side] > 0) {
    const unsigned vc = generate->vc[side];
    const struct oio_flow *own = &traffic->flows[side][vc];
    if (own->unsent_count + oio_net_queued(net, side, !side, vc) >= traffic->config.depth) break;
    if (!oio_outstanding_has_room(traffic)) {
      traffic->crowded = true;
      break;
    }
    const struct oio_record *record = oio_generate_for(generate, side, now_ps);
    struct oio_outstanding *m = oio_outstanding_place(traffic, record);
    if (m == NULL) return false;
    struct oio_flow *flow = oio_outstanding_enter(traffic, now_ps, record->id, m);
    if (flow == NULL) continue;
    if (flow == own && own->unsent_count == 0 && oio_net_send(net, side, now_ps, &m->message) == OIO_OK) {
      traffic->fed |= 1u << side;
    } else {
      oio_flow_hold(traffic, flow);
    }
  }
  return true;
}

/* Hands a flow's messages to its die for as long as the die takes them. */
static void hand_over(struct oio_traffic *traffic, oio_time_ps now_ps, unsigned side, unsigned vc, struct oio_net *net) {
  struct oio_flow *flow = &traffic->flows[side][vc];
  for (; flow->unsent != OIO_NO_MESSAGE; flow->unsent_count--) {
    const struct oio_outstanding *m = oio_outstanding_at(traffic, flow->unsent);
    if (oio_net_send(net, side, now_ps, &m->message) != OIO_OK) return;
    traffic->fed |= 1u << side;
    flow->unsent = m->next;
  }
  traffic->unsent &= ~(1u << (flow - traffic->flows[0]));
}

OIO_COLD static enum oio_status read_due(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_error *error) {
  while (traffic->has_peeked && traffic->peeked.time_ps <= now_ps) {
    if (!oio_outstanding_has_room(traffic)) {
      traffic->counts.stalled_reading = traffic->crowded = true;
      return OIO_OK;
    }
    if (!oio_outstanding_add(traffic, now_ps, &traffic->peeked)) return OIO_ERR_NOMEM;
    traffic->has_peeked = false;
    const enum oio_status status = peek(traffic, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

OIO_COLD static void complete_local(struct oio_traffic *traffic, oio_time_ps now_ps) {
  while (local_done_ps(traffic) <= now_ps) {
    const uint64_t id = oio_queue_shift(traffic, &traffic->local);
    struct oio_outstanding *m = oio_outstanding_at(traffic, id);
    m->phase = OIO_DONE;
    oio_outstanding_complete(traffic, now_ps, id, m);
  }
}

enum oio_status oio_traffic_enter(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error) {
  traffic->crowded = false;
  if (local_done_ps(traffic) <= now_ps) complete_local(traffic, now_ps);
  enum oio_status status = OIO_OK;
  if (traffic->has_peeked && traffic->peeked.time_ps <= now_ps) status = read_due(traffic, now_ps, error);
  for (unsigned side = 0; side < 2; side++) {
    if (traffic->generate.kind == OIO_SATURATE && !saturate(traffic, now_ps, side, net)) status = OIO_ERR_NOMEM;
  }
  traffic->woken = false;
  if (status == OIO_ERR_NOMEM) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  for (uint32_t set = traffic->unsent; set != 0; set &= set - 1) {
    const unsigned position = oio_turn_of(set, 0), side = position / OIO_VCS_MAX;
    hand_over(traffic, now_ps, side, position % OIO_VCS_MAX, net);
  }
  return status;
}

bool oio_traffic_woken(const struct oio_traffic *traffic) {
  return traffic->woken;
}

unsigned oio_traffic_fed(struct oio_traffic *traffic) {
  const unsigned fed = traffic->fed;
  traffic->fed = 0;
  return fed;
}

bool oio_traffic_finished(const struct oio_traffic *traffic) {
  if (traffic->counts.outstanding > 0 || traffic->has_peeked || traffic->local.first != OIO_NO_MESSAGE) return false;
  if (traffic->generate.kind == OIO_SATURATE) return traffic->generate.left[0] + traffic->generate.left[1] == 0;
  return traffic->base == traffic->limit;
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

double oio_traffic_fraction(const struct oio_traffic *traffic) {
  if (traffic->trace != NULL) return oio_trace_fraction(traffic->trace);
  const uint64_t left = traffic->generate.left[0] + traffic->generate.left[1];
  return traffic->config.messages == 0 ? 1 : 1 - (double)left / (double)traffic->config.messages;
}
