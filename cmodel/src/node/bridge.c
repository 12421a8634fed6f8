/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/bridge.h"

#include "base/precondition.h"
#include "link/link_checkpoint.h"
#include "node/bridge_checkpoint.h"

#include <stdlib.h>
#include <string.h>

struct oio_bridge {
  struct oio_link *links[2]; /* by enum oio_bridge_side */
  oio_time_ps logic_ps;
};

enum oio_status oio_bridge_create(struct oio_bridge **bridge, const struct oio_bridge_config *config, struct oio_error *error) {
  *bridge = NULL;
  if (config->logic_ps > OIO_MS) return oio_error_set(error, OIO_ERR_CONFIG, "bridge logic_ps: use at most 1 ms");
  struct oio_bridge *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "bridge: out of memory");
  made->logic_ps = config->logic_ps;
  enum oio_status status = oio_link_create(&made->links[OIO_DIE_SIDE], &config->die, error);
  if (status == OIO_OK) status = oio_link_create(&made->links[OIO_OPTICAL_SIDE], &config->optical, error);
  if (status != OIO_OK) {
    oio_bridge_destroy(made);
    return status;
  }
  *bridge = made;
  return OIO_OK;
}

void oio_bridge_destroy(struct oio_bridge *bridge) {
  if (bridge == NULL) return;
  oio_link_destroy(bridge->links[OIO_DIE_SIDE]);
  oio_link_destroy(bridge->links[OIO_OPTICAL_SIDE]);
  free(bridge);
}

void oio_bridge_reset(struct oio_bridge *bridge) {
  oio_link_reset(bridge->links[OIO_DIE_SIDE]);
  oio_link_reset(bridge->links[OIO_OPTICAL_SIDE]);
}

static bool is_side(enum oio_bridge_side side) {
  return side == OIO_DIE_SIDE || side == OIO_OPTICAL_SIDE;
}

/* When the oldest payload for `side` may go on: OIO_NEVER when there is none. */
static oio_time_ps ready_ps(const struct oio_bridge *bridge, enum oio_bridge_side side) {
  const struct oio_payload *oldest = oio_link_peek(bridge->links[!side]);
  return oldest == NULL ? OIO_NEVER : oldest->arrived_ps + bridge->logic_ps;
}

static void forward(struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps, struct oio_payload *slot) {
  struct oio_link *from = bridge->links[!side];
  const struct oio_payload *oldest = oio_link_peek(from);
  memcpy(slot->bytes, oldest->bytes, oldest->touched_bytes);
  slot->touched_bytes = oldest->touched_bytes;
  slot->tainted = oldest->tainted;
  slot->references = oldest->references;
  slot->stamp = oldest->stamp;
  slot->stamp.parts_ps[OIO_PART_LOGIC] += bridge->logic_ps;
  slot->stamp.parts_ps[OIO_PART_QUEUE] += now_ps - ready_ps(bridge, side);
  oio_link_send_commit(bridge->links[side], now_ps);
  oio_link_pop(from, now_ps);
}

bool oio_bridge_tx(struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps, struct oio_wire *wire) {
  OIO_PRECONDITION(is_side(side));
  if (ready_ps(bridge, side) <= now_ps) {
    struct oio_payload *slot = oio_link_next_slot(bridge->links[side]);
    if (slot != NULL) forward(bridge, side, now_ps, slot);
  }
  return oio_link_tx(bridge->links[side], now_ps, wire);
}

oio_time_ps oio_bridge_next_tx_ps(const struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps) {
  OIO_PRECONDITION(is_side(side));
  const oio_time_ps own_ps = oio_link_next_tx_ps(bridge->links[side], now_ps);
  if (own_ps <= now_ps || !oio_link_wants_payload(bridge->links[side])) return own_ps;
  oio_time_ps payload_ps = ready_ps(bridge, side);
  if (payload_ps < now_ps) payload_ps = now_ps;
  return payload_ps < own_ps ? payload_ps : own_ps;
}

void oio_bridge_rx(struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps, const struct oio_wire *wire) {
  OIO_PRECONDITION(is_side(side));
  oio_link_rx(bridge->links[side], now_ps, wire);
}

bool oio_bridge_failed(const struct oio_bridge *bridge, enum oio_bridge_side side) {
  OIO_PRECONDITION(is_side(side));
  return oio_link_failed(bridge->links[side]);
}

void oio_bridge_get_link_state(const struct oio_bridge *bridge, enum oio_bridge_side side, struct oio_link_state *state) {
  OIO_PRECONDITION(is_side(side));
  oio_link_get_state(bridge->links[side], state);
}

void oio_bridge_checkpoint(struct oio_bridge *bridge, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "logic_ps", bridge->logic_ps);
  oio_link_checkpoint(bridge->links[OIO_DIE_SIDE], c);
  oio_link_checkpoint(bridge->links[OIO_OPTICAL_SIDE], c);
}
