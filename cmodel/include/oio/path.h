/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The path between two dies, made from a configuration: the objects a host drives, and which is joined to which. It holds no loop of its
 * own.
 *
 *     direct     die[0] --- channel[0] --- die[1]
 *     bridged    die[0] --- channel[0] --- bridge[0] --- channel[1] --- bridge[1] --- channel[2] --- die[1]
 *
 * channel[l][0] leads from left to right (A to B), channel[l][1] from right to left. A bridge may be left out: something else (RTL) takes
 * its place, and the host moves its flits.
 */
#ifndef OIO_PATH_H
#define OIO_PATH_H

#include "oio/config.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_PATH_LINKS_MAX = 3 };

struct oio_path {
  unsigned links; /**< 1 direct, 3 bridged */
  struct oio_die *die[2];
  struct oio_bridge *bridge[2]; /**< NULL: left out, or direct */
  struct oio_channel *channel[OIO_PATH_LINKS_MAX][2];
};

/** One end of a link: a die, a side of a bridge, or nothing of ours. */
struct oio_end {
  struct oio_die *die;
  struct oio_bridge *bridge;
  enum oio_bridge_side side; /**< of the bridge */
};

/** left_out[i]: make no bridge[i]. NULL: make both. */
enum oio_status oio_path_create(struct oio_path **path, const struct oio_config *config, const bool left_out[2], struct oio_error *error);
void oio_path_destroy(struct oio_path *path);
/** SPEC section 9: every link end, die and channel returns to its initial state. */
void oio_path_reset(struct oio_path *path);

/** The optical link's number: 0 direct, 1 bridged. */
unsigned oio_path_optical(const struct oio_path *path);
/** The left (0) or right (1) end of link l. Precondition: there are such a link and such an end. */
struct oio_end oio_path_end(const struct oio_path *path, unsigned link, unsigned side);
/** The link's verbs on whatever the end is; on nothing of ours they do nothing, and next is OIO_NEVER. */
bool oio_end_tx(const struct oio_end *end, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_end_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps);
void oio_end_rx(const struct oio_end *end, oio_time_ps now_ps, const struct oio_wire *wire);
/** Has the link end failed? */
bool oio_end_failed(const struct oio_end *end);
/** False: nothing of ours. */
bool oio_end_get_link_state(const struct oio_end *end, struct oio_link_state *state);

/** Has a link end of the path failed? */
bool oio_path_failed(const struct oio_path *path);

/** One number over (time, side, bytes) of everything both ends put on the optical link. */
uint64_t oio_path_wire_digest(const struct oio_path *path);

#ifdef __cplusplus
}
#endif
#endif
