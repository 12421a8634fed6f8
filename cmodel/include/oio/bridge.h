/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A bridge: a die-side and an optical-side link end back to back (SPEC.md section 7), sans I/O. Each side has the link's wire verbs.
 */
#ifndef OIO_BRIDGE_H
#define OIO_BRIDGE_H

#include "oio/link.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_bridge_side { OIO_DIE_SIDE = 0, OIO_OPTICAL_SIDE = 1 };

struct oio_bridge;

struct oio_bridge_config {
  struct oio_link_config die;     /**< die-side link end */
  struct oio_link_config optical; /**< optical-side link end */
  oio_time_ps logic_ps;           /**< from acceptance on one side to availability on the other: at most 1 ms */
};

enum oio_status oio_bridge_create(struct oio_bridge **bridge, const struct oio_bridge_config *config, struct oio_error *error);
void oio_bridge_destroy(struct oio_bridge *bridge);
void oio_bridge_reset(struct oio_bridge *bridge);

/** The link's verbs, with its preconditions, and that side is one of the two. */
bool oio_bridge_tx(struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_bridge_next_tx_ps(const struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps);
void oio_bridge_rx(struct oio_bridge *bridge, enum oio_bridge_side side, oio_time_ps now_ps, const struct oio_wire *wire);
void oio_bridge_get_link_state(const struct oio_bridge *bridge, enum oio_bridge_side side, struct oio_link_state *state);
bool oio_bridge_failed(const struct oio_bridge *bridge, enum oio_bridge_side side);

#ifdef __cplusplus
}
#endif
#endif
