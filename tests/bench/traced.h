/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An account of a run in event fidelity that is not the simulator's, and strict: a message that does not come out once, in order in its
 * flow and unaltered is *traced* to a flit whose wrong bits both CRCs passed (an *unseen* one), or to a reset, or it is bad. Heard by
 * --wrap where flits meet wires and messages the net: oio_channel_push, oio_net_send, oio_net_reset, oio_traffic_deliver.
 *
 * What an unseen flit explains goes by the bits that are wrong in it, which are compared with what was sent:
 *   - data and identities: of messages that it carried, or that it reads as if it did; no others;
 *   - header, control, a payload's head, and of descriptors VC, marks and length, which *steer* what is behind: what goes wrong from then
 * on. So does one that a schedule has sent wrongly: twice, out of turn, or with forged fields.
 */
#ifndef OIO_TESTS_TRACED_H
#define OIO_TESTS_TRACED_H

#include "oio/sim.h"

struct traced {
  uint64_t flits;       /* put on wires that end at a link end */
  uint64_t unseen;      /* of these */
  uint64_t steering;    /* of these */
  uint64_t righted;     /* whose wrong bits cancelled: right, though link ends count them as undetected (SPEC.md, section 15 and TN2) */
  uint64_t sent, whole; /* messages; of them once, in order, unaltered */
  uint64_t altered, lost, duplicated, reordered; /* traced to unseen flits */
  uint64_t dropped;                              /* by a reset, and not delivered */
  uint64_t undelivered;                          /* when a link failed */
  uint64_t bad;                                  /* traced to nothing */
  char first_bad[96];
};

/* From now on it is about this net, whose messages have ids below so many. */
void traced_begin(struct oio_net *net, const struct oio_config *config, uint64_t messages);
/* Nothing comes any more. Failed: a link has, by name. Unseen flits are counted by link ends as often as they have arrived, or it is bad.
 */
struct traced traced_end(const struct oio_results *results, bool failed);
void traced_add(struct traced *sum, const struct traced *one);
/* Of a wire, by its port: flits that had a wrong bit when they had been put on it. */
uint64_t traced_wrong_flits(uint32_t port);

#endif
