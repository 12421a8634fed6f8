/* SPDX-License-Identifier: Apache-2.0 */
#include "traced.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIRES_MAX = 64, FLOWS_MAX = 512, LOG_MAX = 1 << 16, ORIGINS = 1 << 14, TUNNEL_WIRES = 6, DESCRIPTOR_BYTES = 8, SEGMENTS_MAX = 14 };
enum { SENT = 1, DELIVERED = 2, DROPPED = 4, INSIDE = 8 /* an unseen flit */, READ_AS = 16, WRONG = 32 };

/* Where the flits of a tunnelled net came from: in order, through all three wires of a direction. */
struct origin {
  uint8_t bytes[OIO_FLIT_BYTES];
};

static struct {
  struct traced count;
  struct oio_net *net;
  const struct oio_flit_format *format;
  bool routed, tunnelled;
  unsigned head_bytes; /* of a payload */
  const struct oio_channel *wires[WIRES_MAX];
  uint64_t wrong_flits[WIRES_MAX];
  uint32_t wires_count;
  uint64_t pushed[TUNNEL_WIRES];
  uint64_t messages;
  struct message {
    uint32_t position, bytes, come;
    uint16_t flow;
    uint8_t state;
  } * message;
  struct flow {
    uint32_t source, destination, vc;
    uint32_t sent, next; /* positions */
  } flow[FLOWS_MAX];
  unsigned flows;
} t;

static struct origin origins[2][ORIGINS];

void traced_begin(struct oio_net *net, const struct oio_config *config, uint64_t messages) {
  free(t.message);
  memset(&t, 0, sizeof t);
  t.net = net;
  t.format = oio_flit_format((unsigned)config->link_format);
  t.routed = oio_config_is_routed(config);
  t.tunnelled = oio_config_is_tunnelled(config);
  t.head_bytes = t.routed ? 6 : 4;
  t.wires_count = oio_net_ports(net);
  if (t.wires_count > WIRES_MAX) abort();
  for (uint32_t port = 0; port < t.wires_count; port++) t.wires[port] = oio_net_wire(net, port);
  t.messages = messages;
  t.message = calloc(messages, sizeof *t.message);
  if (t.message == NULL) abort();
}

static void bad(const char *what, uint64_t id) {
  if (t.count.bad++ == 0) snprintf(t.count.first_bad, sizeof t.count.first_bad, "%s: message %" PRIu64, what, id);
}

/* ---- flits ---- */

static uint32_t wire_of(const struct oio_channel *channel) {
  uint32_t port = 0;
  while (port < t.wires_count && t.wires[port] != channel) port++;
  return port;
}

static uint64_t identity(const uint8_t *descriptor) {
  uint64_t id = 0;
  for (unsigned i = 0; i < 6; i++) id |= (uint64_t)descriptor[2 + i] << 8 * i;
  return id;
}

static void mark(uint64_t id, uint8_t as) {
  if (id < t.messages) t.message[id].state |= as;
}

/* A payload flit was sent as `sent` and reads as `read`. True: it steers. */
static bool note_payload(const uint8_t *sent, const uint8_t *read) {
  uint8_t was[OIO_PAYLOAD_BYTES], is[OIO_PAYLOAD_BYTES];
  oio_flit_get_payload(t.format, sent, was, sizeof was);
  oio_flit_get_payload(t.format, read, is, sizeof is);
  bool steers = memcmp(was, is, t.head_bytes) != 0;
  const unsigned segments = was[0] & 15;
  for (unsigned i = 0; i < segments && i < SEGMENTS_MAX; i++) {
    const uint8_t *before = was + t.head_bytes + i * DESCRIPTOR_BYTES, *after = is + t.head_bytes + i * DESCRIPTOR_BYTES;
    mark(identity(before), INSIDE);
    if (identity(after) != identity(before)) mark(identity(after), READ_AS);
    steers = steers || before[0] != after[0] || before[1] != after[1];
  }
  return steers;
}

/* In event fidelity message bytes are not made: where wrong bits were, they are all that is there. A NOP has zeros. */
static bool data_is_right(const uint8_t *read, bool nop) {
  uint8_t is[OIO_PAYLOAD_BYTES];
  oio_flit_get_payload(t.format, read, is, sizeof is);
  unsigned at = nop ? 0 : t.head_bytes + (is[0] & 15u) * DESCRIPTOR_BYTES;
  while (at < sizeof is && is[at] == 0) at++;
  return at >= sizeof is;
}

static bool head_is_right(const uint8_t *sent, const uint8_t *read) {
  uint8_t was[OIO_PAYLOAD_BYTES], is[OIO_PAYLOAD_BYTES];
  oio_flit_get_payload(t.format, sent, was, sizeof was);
  oio_flit_get_payload(t.format, read, is, sizeof is);
  return memcmp(was, is, t.head_bytes + (was[0] & 15u) * DESCRIPTOR_BYTES) == 0;
}

/* Wrong bits have added up to none: two events of a flit had the same, or two wires of a tunnel. */
static bool is_right(const uint8_t *sent, const uint8_t *read) {
  const struct oio_flit_format *f = t.format;
  if (memcmp(sent + f->header_at, read + f->header_at, 2) != 0 || memcmp(sent + f->control_at, read + f->control_at, 4) != 0) return false;
  const bool nop = sent[f->header_at] >> 6 != OIO_PROTOCOL_PAYLOAD;
  return (nop || head_is_right(sent, read)) && data_is_right(read, nop);
}

static void note_unseen(const uint8_t *sent, const uint8_t *read) {
  const struct oio_flit_format *f = t.format;
  if (is_right(sent, read)) {
    t.count.righted++;
    return;
  }
  bool steers = memcmp(sent + f->header_at, read + f->header_at, 2) != 0 || memcmp(sent + f->control_at, read + f->control_at, 4) != 0;
  if (sent[f->header_at] >> 6 == OIO_PROTOCOL_PAYLOAD) steers = note_payload(sent, read) || steers;
  t.count.unseen++;
  t.count.steering += steers;
}

/* Of a tunnelled net: as its die has sent it, or NULL on a wire that does not end at a die. */
static const uint8_t *original(uint32_t port, const uint8_t *bytes) {
  const unsigned direction = port & 1, place = direction == 0 ? port / 2 : 2 - port / 2;
  struct origin *origin = &origins[direction][t.pushed[port]++ % ORIGINS];
  if (place == 0) memcpy(origin->bytes, bytes, OIO_FLIT_BYTES);
  return place == 2 ? origin->bytes : NULL;
}

/* Twice, out of turn, or with other fields than the transmitter gave it. */
static bool is_wrongly_sent(const struct oio_channel *channel, const uint8_t *sent, const struct oio_wire *wire) {
  const struct oio_flit_format *f = t.format;
  if (oio_channel_keeps_back(channel) || oio_channel_left_ps(channel) != oio_channel_free_ps(channel)) return true;
  if (wire->wrong_bits > 0) return false;
  return memcmp(sent + f->header_at, wire->bytes + f->header_at, 2) != 0 ||
         memcmp(sent + f->control_at, wire->bytes + f->control_at, 4) != 0;
}

void __real_oio_channel_push(struct oio_channel *channel, oio_time_ps start_ps);
void __wrap_oio_channel_push(struct oio_channel *channel, oio_time_ps start_ps);
void __wrap_oio_channel_push(struct oio_channel *channel, oio_time_ps start_ps) {
  const struct oio_wire *wire = oio_channel_slot(channel);
  uint8_t before[OIO_FLIT_BYTES];
  const uint8_t *sent = before;
  memcpy(before, wire->bytes, sizeof before);
  if (t.tunnelled) sent = original(wire_of(channel), before);
  __real_oio_channel_push(channel, start_ps);
  t.count.flits += sent != NULL;
  t.count.steering += is_wrongly_sent(channel, before, wire);
  if (wire->wrong_bits == 0) return;
  t.wrong_flits[wire_of(channel)]++;
  if (wire->syndrome == 0 && sent != NULL) note_unseen(sent, wire->bytes);
}

uint64_t traced_wrong_flits(uint32_t port) {
  return t.wrong_flits[port];
}

/* ---- messages ---- */

static unsigned flow_of(uint32_t source, uint32_t destination, uint32_t vc) {
  unsigned f = 0;
  while (f < t.flows && (t.flow[f].source != source || t.flow[f].destination != destination || t.flow[f].vc != vc)) f++;
  if (f == FLOWS_MAX) abort();
  if (f == t.flows) t.flow[t.flows++] = (struct flow){.source = source, .destination = destination, .vc = vc};
  return f;
}

enum oio_status __real_oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message);
enum oio_status __wrap_oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message);
enum oio_status __wrap_oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  const enum oio_status status = __real_oio_net_send(net, die, now_ps, message);
  if (status != OIO_OK) return status;
  if (message->id >= t.messages) abort();
  const unsigned flow = flow_of(die, message->destination, message->vc);
  t.message[message->id].flow = (uint16_t)flow;
  t.message[message->id].position = t.flow[flow].sent++;
  t.message[message->id].bytes = (uint32_t)message->bytes;
  t.message[message->id].state |= SENT;
  t.count.sent++;
  return status;
}

/* Something is wrong with what is said to be message id: an unseen flit has to explain it. */
static void trace(const char *what, uint64_t id, uint64_t *traced) {
  const uint8_t state = id < t.messages ? t.message[id].state : 0;
  if ((state & WRONG) != 0) return; /* counted before */
  if ((state & (INSIDE | READ_AS)) != 0 || t.count.steering > 0) {
    ++*traced;
  } else {
    bad(what, id);
  }
  mark(id, WRONG);
}

static bool altered(const struct oio_segment *segment) {
  for (unsigned i = 0; segment->tainted && i < segment->bytes; i++) {
    if (segment->data[i] != 0) return true;
  }
  return false;
}

static void finish(struct message *m, uint64_t id) {
  struct flow *flow = &t.flow[m->flow];
  if ((m->state & DROPPED) != 0) trace("delivered though a reset had dropped it", id, &t.count.altered);
  if (m->come != m->bytes) trace("of another length", id, &t.count.altered);
  if (m->position < flow->next) trace("out of order", id, &t.count.reordered);
  if (m->position >= flow->next) flow->next = m->position + 1;
  m->state |= DELIVERED;
}

void __real_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
void __wrap_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
void __wrap_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment) {
  struct message *m = segment->id < t.messages ? &t.message[segment->id] : NULL;
  __real_oio_traffic_deliver(traffic, now_ps, die, segment);
  const struct flow *flow = m == NULL || (m->state & SENT) == 0 ? NULL : &t.flow[m->flow];
  if (flow == NULL || flow->destination != die || flow->vc != segment->vc || (t.routed && flow->source != segment->source)) {
    trace("never sent there", segment->id, &t.count.altered);
  } else if ((m->state & DELIVERED) != 0) {
    trace("came again", segment->id, &t.count.duplicated);
  } else {
    m->come += segment->bytes;
    if (altered(segment)) trace("altered", segment->id, &t.count.altered);
    if (segment->last) finish(m, segment->id);
  }
}

void __real_oio_net_reset(struct oio_net *net);
void __wrap_oio_net_reset(struct oio_net *net);
void __wrap_oio_net_reset(struct oio_net *net) {
  __real_oio_net_reset(net);
  memset(t.pushed, 0, sizeof t.pushed);
  for (uint64_t id = 0; id < t.messages; id++) {
    if ((t.message[id].state & (SENT | DELIVERED)) == SENT) t.message[id].state |= DROPPED;
  }
}

/* ---- the end ---- */

static bool ends_at_a_link_end(uint32_t port) {
  return !t.tunnelled || port == 1 || port == 4;
}

/* Unseen flits that are still on their way. */
static uint64_t under_way(void) {
  uint64_t count = 0;
  for (uint32_t port = 0; port < t.wires_count; port++) {
    struct oio_channel *channel = oio_net_wire(t.net, port);
    const struct oio_wire *wire;
    if (!ends_at_a_link_end(port)) continue;
    for (; (wire = oio_channel_peek(channel)) != NULL; oio_channel_pop(channel)) count += wire->syndrome == 0 && wire->wrong_bits > 0;
  }
  return count;
}

struct traced traced_end(const struct oio_results *results, bool failed) {
  for (uint64_t id = 0; id < t.messages; id++) {
    const uint8_t state = t.message[id].state;
    if ((state & SENT) == 0) continue;
    if ((state & DELIVERED) != 0) {
      t.count.whole += (state & WRONG) == 0;
    } else if ((state & DROPPED) != 0) {
      t.count.dropped++;
    } else if (failed) {
      t.count.undelivered++;
    } else {
      trace("lost", id, &t.count.lost);
    }
  }
  /* A failed end does not count what reaches it at the instant of its failure. */
  const uint64_t arrived = t.count.unseen + t.count.righted - under_way();
  if (failed ? results->links.undetected > arrived : results->links.undetected != arrived)
    bad("link ends count other undetected flits than the wires have; counted", results->links.undetected);
  return t.count;
}

void traced_add(struct traced *sum, const struct traced *one) {
  sum->flits += one->flits;
  sum->unseen += one->unseen;
  sum->steering += one->steering;
  sum->righted += one->righted;
  sum->sent += one->sent;
  sum->whole += one->whole;
  sum->altered += one->altered;
  sum->lost += one->lost;
  sum->duplicated += one->duplicated;
  sum->reordered += one->reordered;
  sum->dropped += one->dropped;
  sum->undelivered += one->undelivered;
  sum->bad += one->bad;
}
