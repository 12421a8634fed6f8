/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/tunnel.h"

#include "base/precondition.h"
#include "flit/fields.h"
#include "flit/flit_checkpoint.h"
#include "node/tunnel_checkpoint.h"
#include "oio/retimer.h"

#include <stdlib.h>

enum { UNITS_MAX = 32767 };

struct passing_flit {
  struct oio_wire wire;
  oio_time_ps available_ps;
};

/* Flits that came in at one side, oldest first. */
struct queue {
  struct passing_flit *ring;
  uint32_t size, first, count;
};

struct oio_tunnel {
  struct oio_tunnel_config config;
  const struct oio_flit_format *format;
  struct queue from[2]; /* by the side where they came in */
  struct oio_retimer_sender die;
  struct oio_retimer_receiver units;
  oio_time_ps *credits_ps; /* a ring: when each unit that is on its way is the die's */
  uint32_t first_credit, credit_count;
  struct oio_link_state counted[2];
};

static bool make_queue(struct queue *queue, uint64_t size) {
  queue->size = (uint32_t)size;
  queue->ring = malloc(size * sizeof *queue->ring);
  return queue->ring != NULL;
}

enum oio_status oio_tunnel_create(struct oio_tunnel **tunnel, const struct oio_tunnel_config *config, struct oio_error *error) {
  *tunnel = NULL;
  if (oio_flit_format(config->format) == NULL) {
    return oio_error_set(error, OIO_ERR_CONFIG, "tunnel format %u: there is no such flit format; use 3 or 6", config->format);
  }
  if (config->units < 1 || config->units > UNITS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "tunnel units %u: use 1..%d", (unsigned)config->units, UNITS_MAX);
  }
  if (config->logic_ps > OIO_MS || config->credit_ps > 2 * OIO_MS || config->flit_ps < 1) {
    return oio_error_set(error, OIO_ERR_CONFIG, "tunnel logic_ps, credit_ps, flit_ps: use at most 1 ms, at most 2 ms, and at least 1");
  }
  struct oio_tunnel *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "tunnel: out of memory");
  made->config = *config;
  made->format = oio_flit_format(config->format);
  made->credits_ps = malloc(config->units * sizeof *made->credits_ps);
  if (made->credits_ps == NULL || !make_queue(&made->from[OIO_DIE_SIDE], config->units) ||
      !make_queue(&made->from[OIO_OPTICAL_SIDE], config->units + config->logic_ps / config->flit_ps + 1)) {
    oio_tunnel_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "tunnel: out of memory for its flits; use a smaller bridge.buffer_flits or bridge.logic_ps");
  }
  oio_tunnel_reset(made);
  *tunnel = made;
  return OIO_OK;
}

void oio_tunnel_destroy(struct oio_tunnel *tunnel) {
  if (tunnel == NULL) return;
  free(tunnel->from[OIO_DIE_SIDE].ring);
  free(tunnel->from[OIO_OPTICAL_SIDE].ring);
  free(tunnel->credits_ps);
  free(tunnel);
}

void oio_tunnel_reset(struct oio_tunnel *tunnel) {
  for (unsigned side = 0; side < 2; side++) {
    tunnel->from[side].first = tunnel->from[side].count = 0;
    tunnel->counted[side].failed = OIO_LINK_ALIVE;
  }
  oio_retimer_sender_reload(&tunnel->die, tunnel->config.units);
  oio_retimer_receiver_reload(&tunnel->units, tunnel->config.units);
  tunnel->first_credit = tunnel->credit_count = 0;
}

static bool is_side(enum oio_bridge_side side) {
  return side == OIO_DIE_SIDE || side == OIO_OPTICAL_SIDE;
}

static struct passing_flit *place(const struct queue *queue, uint32_t index) {
  return &queue->ring[(queue->first + (uint64_t)index) % queue->size];
}

/* A unit of the die's is free. */
static void free_unit(struct oio_tunnel *tunnel, oio_time_ps now_ps) {
  oio_retimer_free(&tunnel->units, OIO_FLIT_BYTES);
  while (oio_retimer_return_credit(&tunnel->units)) {
    const uint64_t last = tunnel->first_credit + (uint64_t)tunnel->credit_count++;
    tunnel->credits_ps[last % tunnel->config.units] = now_ps + tunnel->config.credit_ps;
  }
}

/* What is sent, by what stands in its header: of a payload, whether it had been sent before is known by the time that this took. */
static void count_sent(struct oio_tunnel *tunnel, enum oio_bridge_side side, const struct oio_wire *wire) {
  struct oio_link_state *counted = &tunnel->counted[side];
  if (oio_flit_is_nop(oio_flit_header(tunnel->format, wire->bytes))) {
    counted->sent_nop++;
  } else if (wire->stamp.parts_ps[OIO_PART_RETRY] > 0) {
    counted->sent_replayed++;
  } else {
    counted->sent_payload++;
  }
}

bool oio_tunnel_tx(struct oio_tunnel *tunnel, enum oio_bridge_side side, oio_time_ps now_ps, struct oio_wire *wire) {
  OIO_PRECONDITION(is_side(side));
  struct queue *queue = &tunnel->from[!side];
  if (queue->count == 0 || place(queue, 0)->available_ps > now_ps) return false;
  const struct passing_flit *oldest = place(queue, 0);
  *wire = oldest->wire;
  count_sent(tunnel, side, wire);
  wire->stamp.parts_ps[OIO_PART_LOGIC] += tunnel->config.logic_ps;
  wire->stamp.parts_ps[OIO_PART_QUEUE] += now_ps - oldest->available_ps;
  queue->first = (queue->first + 1) % queue->size;
  queue->count--;
  if (side == OIO_OPTICAL_SIDE) free_unit(tunnel, now_ps);
  return true;
}

oio_time_ps oio_tunnel_next_tx_ps(const struct oio_tunnel *tunnel, enum oio_bridge_side side, oio_time_ps now_ps) {
  OIO_PRECONDITION(is_side(side));
  const struct queue *queue = &tunnel->from[!side];
  if (queue->count == 0) return OIO_NEVER;
  return place(queue, 0)->available_ps > now_ps ? place(queue, 0)->available_ps : now_ps;
}

void oio_tunnel_rx(struct oio_tunnel *tunnel, enum oio_bridge_side side, oio_time_ps now_ps, const struct oio_wire *wire) {
  OIO_PRECONDITION(is_side(side));
  struct queue *queue = &tunnel->from[side];
  tunnel->counted[side].received++;
  const bool fits = queue->count < queue->size && (side == OIO_OPTICAL_SIDE || oio_retimer_receive(&tunnel->units, OIO_FLIT_BYTES));
  if (!fits) {
    tunnel->counted[side].failed = OIO_LINK_OVERFLOW;
    return;
  }
  struct passing_flit *newest = place(queue, queue->count++);
  newest->wire = *wire;
  newest->available_ps = now_ps + tunnel->config.logic_ps;
}

bool oio_tunnel_failed(const struct oio_tunnel *tunnel, enum oio_bridge_side side) {
  OIO_PRECONDITION(is_side(side));
  return tunnel->counted[side].failed != OIO_LINK_ALIVE;
}

void oio_tunnel_get_state(const struct oio_tunnel *tunnel, enum oio_bridge_side side, struct oio_link_state *state) {
  OIO_PRECONDITION(is_side(side));
  *state = tunnel->counted[side];
  state->buffered_flits = tunnel->from[side].count;
}

oio_time_ps oio_tunnel_open_ps(const struct oio_tunnel *tunnel) {
  if (oio_retimer_can_send(&tunnel->die, OIO_FLIT_BYTES)) return 0;
  return tunnel->credit_count > 0 ? tunnel->credits_ps[tunnel->first_credit] : OIO_NEVER;
}

void oio_tunnel_use_unit(struct oio_tunnel *tunnel, oio_time_ps now_ps) {
  while (tunnel->credit_count > 0 && tunnel->credits_ps[tunnel->first_credit] <= now_ps) {
    tunnel->first_credit = (tunnel->first_credit + 1) % tunnel->config.units;
    tunnel->credit_count--;
    oio_retimer_take_credit(&tunnel->die);
  }
  oio_retimer_send(&tunnel->die, OIO_FLIT_BYTES);
}

/* ---- saved and loaded ---- */

static void keep_queue(const struct oio_tunnel *tunnel, struct queue *queue, struct oio_checkpoint *c) {
  OIO_KEEP(c, queue->count, queue->size);
  if (oio_checkpoint_loads(c)) queue->first = 0;
  for (uint32_t i = 0; i < queue->count; i++) {
    struct passing_flit *flit = place(queue, i);
    oio_wire_checkpoint(tunnel->format, tunnel->config.fidelity, &flit->wire, c);
    OIO_KEEP_ANY(c, flit->available_ps);
    oio_checkpoint_require(c, "flit->available_ps", i == 0 || flit->available_ps >= place(queue, i - 1)->available_ps);
  }
}

/* What the die holds of the units, what is in the tunnel, and what is on its way to the one or the other, are all there are. The last is in
 * the wire, and its count that which is missing. */
static void keep_units(struct oio_tunnel *tunnel, struct oio_checkpoint *c) {
  const uint32_t units = tunnel->config.units;
  uint32_t free_units = (uint32_t)(units + tunnel->die.returned - tunnel->die.sent_bytes / OIO_FLIT_BYTES);
  OIO_KEEP(c, tunnel->credit_count, units);
  OIO_KEEP(c, free_units, units);
  const uint64_t used = (uint64_t)tunnel->credit_count + free_units + tunnel->from[OIO_DIE_SIDE].count;
  if (!oio_checkpoint_require(c, "free_units", used <= units)) return;
  if (oio_checkpoint_loads(c)) {
    tunnel->first_credit = 0;
    oio_retimer_sender_reload(&tunnel->die, units);
    oio_retimer_receiver_reload(&tunnel->units, units);
    tunnel->die.sent_bytes = (uint64_t)(units - free_units) * OIO_FLIT_BYTES;
    tunnel->units.received_bytes = (uint64_t)tunnel->from[OIO_DIE_SIDE].count * OIO_FLIT_BYTES;
  }
  for (uint32_t i = 0; i < tunnel->credit_count; i++) OIO_KEEP_ANY(c, tunnel->credits_ps[(tunnel->first_credit + (uint64_t)i) % units]);
}

void oio_tunnel_checkpoint(struct oio_tunnel *tunnel, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "tunnel units", tunnel->config.units);
  oio_checkpoint_same(c, "logic_ps", tunnel->config.logic_ps);
  oio_checkpoint_same(c, "credit_ps", tunnel->config.credit_ps);
  for (unsigned side = 0; side < 2; side++) {
    struct oio_link_state *counted = &tunnel->counted[side];
    keep_queue(tunnel, &tunnel->from[side], c);
    OIO_KEEP(c, counted->failed, OIO_LINK_VC_CREDIT_RANGE);
    OIO_KEEP_ANY(c, counted->received);
    OIO_KEEP_ANY(c, counted->sent_payload);
    OIO_KEEP_ANY(c, counted->sent_nop);
    OIO_KEEP_ANY(c, counted->sent_replayed);
  }
  keep_units(tunnel, c);
}
