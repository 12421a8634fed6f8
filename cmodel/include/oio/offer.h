/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What generated traffic asks of a net: the load, which is the rate offered over the rate at which a die's own ports (of two dies: the
 * optical link) are full, and what that makes of every wire.
 *
 *     ports of a die full = flits that they carry x bytes of messages a flit, messages of this size packed as tightly as SPEC.md allows
 */
#ifndef OIO_OFFER_H
#define OIO_OFFER_H

#include "oio/config.h"
#include "oio/routes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** More dies that send to all alike: their wires are not gone through. */
enum { OIO_OFFER_DIES_MAX = 1024 };

struct oio_offer {
  double load;                  /**< of a die's own ports, as the pattern uses them; saturate: 1; 0: the traffic is not of that kind */
  double bits_per_s;            /**< offered, of messages, by all dies together */
  double saturation_bits_per_s; /**< what they could offer: at load 1 */
  double wire_load;             /**< of the most loaded wire: 1 is all that it carries; 0: not known */
  uint32_t wire;                /**< which: the port that it leads from; OIO_NONE: not known */
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES]; /**< the nodes that it joins */
};

/** Between two dies: load is of the optical link. *gap_ps: the mean from one message of a die to its next. The configuration
 *  must be resolved. */
void oio_offer_of_two(struct oio_offer *offer, const struct oio_config *config, double *gap_ps);
/** Of a net of many: partner and gap_ps by die, partner as oio_pattern_partners has it. The gap of a die that does not send is 0. */
enum oio_status oio_offer_of_many(struct oio_offer *offer, const struct oio_config *config, const struct oio_topology *topology,
                                  const uint32_t *partner, double *gap_ps, struct oio_error *error);

#ifdef __cplusplus
}
#endif
#endif
