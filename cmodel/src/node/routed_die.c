/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/routed_die.h"

#include "base/memory.h"
#include "base/precondition.h"
#include "node/part.h"
#include "node/routed_die_state.h"

#include <stdlib.h>

#define QUEUE_MESSAGES_MAX ((uint32_t)1 << 20)

static enum oio_status check(const struct oio_routed_die_config *c, struct oio_error *error) {
  if (c->ports < 1 || c->ports > OIO_PORTS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "routed die ports %u: use 1..%d", c->ports, OIO_PORTS_MAX);
  }
  if (c->number >= OIO_DIES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "routed die number %u: use 0..%d", c->number, OIO_DIES_MAX - 1);
  }
  if (c->vcs < 1 || c->vcs > OIO_VCS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "routed die vcs %u: use 1..%d", c->vcs, OIO_VCS_MAX);
  }
  if (c->queue_messages < 1 || c->queue_messages > QUEUE_MESSAGES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "routed die queue_messages %u: use 1..%u", c->queue_messages, QUEUE_MESSAGES_MAX);
  }
  for (uint32_t p = 0; p < c->ports; p++) {
    if (c->links[p].profile != OIO_PROFILE_ROUTED || c->links[p].fidelity != c->links[0].fidelity) {
      return oio_error_set(error, OIO_ERR_CONFIG, "routed die port %u: its link must be of the routed profile and of port 0's fidelity", p);
    }
  }
  return OIO_OK;
}

static enum oio_status make_ports(struct oio_routed_die *die, const struct oio_routed_die_config *config, struct oio_error *error) {
  die->links = calloc(config->ports, sizeof(struct oio_link *));
  if (die->links == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "routed die: out of memory for %u ports", config->ports);
  for (uint32_t p = 0; p < config->ports; p++) {
    const enum oio_status status = oio_link_create(&die->links[p], &config->links[p], error);
    if (status != OIO_OK) return status;
    die->arrived_size += OIO_HOP_VCS * config->links[p].buffer_flits;
  }
  die->arrived = malloc(die->arrived_size * sizeof *die->arrived);
  if (die->arrived == NULL || !oio_flows_create(&die->flows, config->queue_messages, config->ports)) {
    return oio_error_set(error, OIO_ERR_NOMEM, "routed die: out of memory for %u messages", config->queue_messages);
  }
  return OIO_OK;
}

enum oio_status oio_routed_die_create(struct oio_routed_die **die, const struct oio_routed_die_config *config, struct oio_error *error) {
  *die = NULL;
  enum oio_status status = check(config, error);
  if (status != OIO_OK) return status;
  struct oio_routed_die *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "routed die: out of memory");
  made->ports = config->ports;
  made->number = config->number;
  made->vcs = config->vcs;
  made->waits = config->waits;
  made->seed = config->seed;
  made->fidelity = config->links[0].fidelity;
  status = make_ports(made, config, error);
  if (status != OIO_OK) {
    oio_routed_die_destroy(made);
    return status;
  }
  oio_routed_die_reset(made);
  *die = made;
  return OIO_OK;
}

void oio_routed_die_destroy(struct oio_routed_die *die) {
  if (die == NULL) return;
  for (uint32_t p = 0; die->links != NULL && p < die->ports; p++) oio_link_destroy(die->links[p]);
  free(die->links);
  free(die->arrived);
  oio_flows_destroy(&die->flows);
  free(die);
}

void oio_routed_die_memory(const struct oio_routed_die *die, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *die);
  oio_memory_add(memory, die->ports * sizeof(struct oio_link *));
  oio_memory_add_untouched(memory, die->arrived_size * sizeof *die->arrived);
  oio_flows_memory(&die->flows, memory);
  for (uint32_t p = 0; p < die->ports; p++) oio_link_memory(die->links[p], memory);
}

void oio_routed_die_reset(struct oio_routed_die *die) {
  for (uint32_t p = 0; p < die->ports; p++) oio_link_reset(die->links[p]);
  oio_flows_reset(&die->flows);
  die->arrived_first = die->arrived_count = 0;
  die->segments_left = 0;
  die->brought = false;
}

/* ---- sending ---- */

enum oio_status oio_routed_die_send(struct oio_routed_die *die, oio_time_ps now_ps, uint32_t port, unsigned hop_vc,
                                    const struct oio_message *message) {
  (void)now_ps;
  if (message->vc >= die->vcs || message->bytes < 1 || message->bytes > OIO_MESSAGE_BYTES_MAX) return OIO_ERR_FORMAT;
  if (message->destination >= OIO_DIES_MAX || message->destination == die->number) return OIO_ERR_FORMAT;
  if (port >= die->ports || hop_vc >= OIO_HOP_VCS) return OIO_ERR_FORMAT;
  if (oio_link_failed(die->links[port])) return OIO_ERR_FAILED;
  const enum oio_status status = oio_flows_add(&die->flows, port, hop_vc, message);
  if (status == OIO_OK && message->data != NULL) die->brought = true;
  return status;
}

unsigned oio_routed_die_queued(const struct oio_routed_die *die, uint32_t destination, unsigned vc) {
  const struct oio_flow *flow = oio_flows_find(&die->flows, destination, vc);
  return flow == NULL ? 0 : flow->count;
}

uint32_t oio_routed_die_queued_in_all(const struct oio_routed_die *die) {
  return die->flows.queued;
}

/* The line whose next flow has waited longest, of those with a hop VC that the port's link would take a payload of now; NULL: none. */
static struct oio_line *next_line(const struct oio_routed_die *die, uint32_t port) {
  const struct oio_flow *flows = die->flows.flows;
  struct oio_line *best = NULL;
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) {
    struct oio_line *line = oio_flows_line(&die->flows, port, v);
    if (!oio_line_waits(line) || !oio_link_wants_vc(die->links[port], v)) continue;
    if (best == NULL || flows[line->first].joined < flows[best->first].joined) best = line;
  }
  return best;
}

bool oio_routed_die_tx(struct oio_routed_die *die, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire) {
  OIO_PRECONDITION(port < die->ports);
  struct oio_link *link = die->links[port];
  struct oio_line *line = next_line(die, port);
  if (line != NULL) {
    const unsigned hop_vc = die->flows.flows[line->first].hop_vc;
    struct oio_payload *payload = oio_link_next_slot_vc(link, hop_vc);
    oio_routed_die_pack(die, line, payload);
    payload->stamp = (struct oio_stamp){.enter_ps = now_ps};
    oio_link_send_commit_vc(link, now_ps, hop_vc);
  }
  return oio_link_tx(link, now_ps, wire);
}

oio_time_ps oio_routed_die_next_tx_ps(const struct oio_routed_die *die, uint32_t port, oio_time_ps now_ps) {
  OIO_PRECONDITION(port < die->ports);
  return next_line(die, port) != NULL ? now_ps : oio_link_next_tx_ps(die->links[port], now_ps);
}

/* ---- receiving ---- */

void oio_routed_die_rx(struct oio_routed_die *die, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire) {
  OIO_PRECONDITION(port < die->ports);
  struct oio_link *link = die->links[port];
  oio_link_rx(link, now_ps, wire);
  const uint32_t place = oio_link_newest(link);
  if (place == OIO_NONE) return;
  if (!oio_routed_die_fits(die, oio_link_buffered(link, place)->bytes)) {
    die->malformed++;
    oio_link_free(link, now_ps, place);
    return;
  }
  uint32_t last = die->arrived_first + die->arrived_count++;
  if (last >= die->arrived_size) last -= die->arrived_size;
  die->arrived[last] = (struct oio_arrived){.port = port, .place = place};
}

static void drop_oldest(struct oio_routed_die *die) {
  die->arrived_count--;
  die->arrived_first++;
  /* When nothing is left it starts over at its first place, which is still in the cache. */
  if (die->arrived_count == 0 || die->arrived_first == die->arrived_size) die->arrived_first = 0;
}

bool oio_routed_die_take(struct oio_routed_die *die, oio_time_ps now_ps, struct oio_segment *segment, uint32_t *stirred) {
  *stirred = OIO_NONE;
  if (die->arrived_count == 0) return false;
  const struct oio_arrived oldest = die->arrived[die->arrived_first];
  struct oio_link *link = die->links[oldest.port];
  if (die->segments_left == 0) oio_routed_die_open(die, oio_link_buffered(link, oldest.place));
  oio_routed_die_segment(die, segment);
  if (die->segments_left > 0) return true;
  oio_link_free(link, now_ps, oldest.place); /* its bytes stay where they are until the next flit */
  drop_oldest(die);
  *stirred = oldest.port;
  return true;
}

uint64_t oio_routed_die_malformed(const struct oio_routed_die *die) {
  return die->malformed;
}

void oio_routed_die_get_link_state(const struct oio_routed_die *die, uint32_t port, struct oio_link_state *state) {
  OIO_PRECONDITION(port < die->ports);
  oio_link_get_state(die->links[port], state);
}

bool oio_routed_die_failed(const struct oio_routed_die *die, uint32_t port) {
  OIO_PRECONDITION(port < die->ports);
  return oio_link_failed(die->links[port]);
}

struct oio_link *oio_routed_die_link(struct oio_routed_die *die, uint32_t port) {
  OIO_PRECONDITION(port < die->ports);
  return die->links[port];
}

const struct oio_message *oio_routed_die_next_queued(const struct oio_routed_die *die, struct oio_flows_walk *walk) {
  return oio_flows_next(&die->flows, walk);
}
