/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A bridge that is a tunnel (SPEC.md section 19): it passes flits on as they come, right or wrong, and the dies at both ends of the path
 * retry end to end. It has no link end; towards its die it has the credits of section 17. Sans I/O.
 */
#ifndef OIO_TUNNEL_H
#define OIO_TUNNEL_H

#include "oio/bridge.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_tunnel;

struct oio_tunnel_config {
  uint8_t format;             /**< flit format */
  enum oio_fidelity fidelity; /**< as of the channels beside it */
  uint32_t units;             /**< 1..32767: flits that the die may have in it; so many from the fibre beside those in the pipeline, too */
  oio_time_ps logic_ps;       /**< from arrival on one side to availability on the other: at most 1 ms */
  oio_time_ps flit_ps;        /**< of the optical link, at least 1 */
  oio_time_ps credit_ps;      /**< a unit that is free is the die's again so much later: at most 2 ms */
};

/** OIO_ERR_CONFIG, error says which value; OIO_ERR_NOMEM. */
enum oio_status oio_tunnel_create(struct oio_tunnel **tunnel, const struct oio_tunnel_config *config, struct oio_error *error);
void oio_tunnel_destroy(struct oio_tunnel *tunnel);
/** Drops what is in it; the die has all units again. Counters go on. */
void oio_tunnel_reset(struct oio_tunnel *tunnel);

/** As the link's wire verbs. */
bool oio_tunnel_tx(struct oio_tunnel *tunnel, enum oio_bridge_side side, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_tunnel_next_tx_ps(const struct oio_tunnel *tunnel, enum oio_bridge_side side, oio_time_ps now_ps);
void oio_tunnel_rx(struct oio_tunnel *tunnel, enum oio_bridge_side side, oio_time_ps now_ps, const struct oio_wire *wire);
/** Flits have come for which there was no place: from a die without a unit, or faster from the fibre than the die link takes them on. */
bool oio_tunnel_failed(const struct oio_tunnel *tunnel, enum oio_bridge_side side);
/** Of a side: failed (OIO_LINK_OVERFLOW), received, buffered_flits (that came there), and what was sent by the kind that its header says.
 */
void oio_tunnel_get_state(const struct oio_tunnel *tunnel, enum oio_bridge_side side, struct oio_link_state *state);

/** The die's side of the credits. From when it may start a flit: in the past, now, later, or OIO_NEVER, until a unit is freed. */
oio_time_ps oio_tunnel_open_ps(const struct oio_tunnel *tunnel);
/** The die starts a flit. Precondition: it may. */
void oio_tunnel_use_unit(struct oio_tunnel *tunnel, oio_time_ps now_ps);

#ifdef __cplusplus
}
#endif
#endif
