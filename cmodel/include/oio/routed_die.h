/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A die of a net: messages for many dies packed onto the link ends of its ports (SPEC.md section 11), sans I/O. It knows no routes: the
 * host says with every message by which port and hop VC it goes. Ports are numbered from 0 here. Message bytes are read and handed out
 * where they lie, as oio/die.h says of them.
 */
#ifndef OIO_ROUTED_DIE_H
#define OIO_ROUTED_DIE_H

#include "oio/die.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_ROUTED_SEGMENT_BYTES_MAX = 222, OIO_DIES_MAX = 65536, OIO_PORTS_MAX = 65536 };

struct oio_routed_die;

struct oio_routed_die_config {
  const struct oio_link_config *links; /**< one for each port, copied; of the routed profile, all of one fidelity */
  uint32_t ports;                      /**< 1..65536 */
  uint32_t number;                     /**< its own: 0..65535 */
  uint8_t vcs;                         /**< of messages, in use: 1..8 */
  uint32_t queue_messages;             /**< messages queued at a time, of all flows together: 1..2^20 */
  bool waits;                          /**< switches write into payloads how long they have waited: OIO_SWITCH_LONGEST */
  uint64_t seed;                       /**< of the pattern that stands for a message's bytes when it brings none */
};

enum oio_status oio_routed_die_create(struct oio_routed_die **die, const struct oio_routed_die_config *config, struct oio_error *error);
void oio_routed_die_destroy(struct oio_routed_die *die);
/** Back to the state after create, but for counters, which go on. What was queued or not yet taken is dropped. */
void oio_routed_die_reset(struct oio_routed_die *die);
/** Adds what it takes, with its link ends. */
void oio_routed_die_memory(const struct oio_routed_die *die, struct oio_memory *memory);

/**
 * Queues a message on its flow: (destination, VC). A flow always goes by the same port and hop VC.
 * OIO_ERR_FULL: OIO_DIE_QUEUE_MESSAGES are waiting in the flow, or queue_messages in all. OIO_ERR_FORMAT: VC, bytes, destination, port or
 * hop VC out of range, itself as the destination, or another port or hop VC than that of what is waiting in the flow.
 * OIO_ERR_FAILED: the port's link has failed; never again, but after a reset.
 */
enum oio_status oio_routed_die_send(struct oio_routed_die *die, oio_time_ps now_ps, uint32_t port, unsigned hop_vc,
                                    const struct oio_message *message);
/** How many messages of a flow are queued and not yet wholly packed. */
unsigned oio_routed_die_queued(const struct oio_routed_die *die, uint32_t destination, unsigned vc);
/** The same of all flows. */
uint32_t oio_routed_die_queued_in_all(const struct oio_routed_die *die);

/**
 * The next segment that arrived, at whichever port, in the order of arrival. False: none. With the last one of a payload its place in the
 * receive buffer is free again: *stirred is the port that now owes the credit for it, else OIO_NONE. Where wrong bits got through, source
 * and id may be any.
 */
bool oio_routed_die_take(struct oio_routed_die *die, oio_time_ps now_ps, struct oio_segment *segment, uint32_t *stirred);

/** As the link's verbs; tx packs what is queued at that moment. Precondition: there is such a port. */
bool oio_routed_die_tx(struct oio_routed_die *die, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_routed_die_next_tx_ps(const struct oio_routed_die *die, uint32_t port, oio_time_ps now_ps);
void oio_routed_die_rx(struct oio_routed_die *die, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire);

/** Payloads received that were not for this die, or not what their head said: from create, over resets. */
uint64_t oio_routed_die_malformed(const struct oio_routed_die *die);
void oio_routed_die_get_link_state(const struct oio_routed_die *die, uint32_t port, struct oio_link_state *state);
bool oio_routed_die_failed(const struct oio_routed_die *die, uint32_t port);

#ifdef __cplusplus
}
#endif
#endif
