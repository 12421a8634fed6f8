/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A switch: a link end at each port, and a queue for each way through (SPEC.md section 11), sans I/O. It knows no routes: it hands out the
 * head of what has arrived, and the host says where it goes on. Ports are numbered from 0 here.
 *
 *     rx at a port, then:  oio_switch_arrived -> oio_switch_forward or oio_switch_discard     before the next rx at that port
 */
#ifndef OIO_SWITCH_H
#define OIO_SWITCH_H

#include "oio/link.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_switch_queues {
  OIO_SWITCH_OUTPUTS = 0, /**< per output: what waits for another output does not stand before a payload */
  OIO_SWITCH_FIFO = 1,    /**< one of each input and hop VC: only its oldest payload may go */
};

enum oio_switch_turns {
  OIO_SWITCH_INPUTS = 0,  /**< hop VCs, and the inputs of each, one after the other */
  OIO_SWITCH_LONGEST = 1, /**< the payload first that has waited longest, in all switches together; each tells the next how long */
};

enum { OIO_SWITCH_PORTS_MAX = 4096 };

struct oio_switch;

struct oio_switch_config {
  const struct oio_link_config *links; /**< one for each port, copied; of the routed profile, all of one fidelity */
  uint32_t ports;                      /**< 1..4096 */
  oio_time_ps latency_ps;              /**< from acceptance at one port to availability at another: at most 1 ms */
  enum oio_switch_queues queues;
  enum oio_switch_turns turns;
};

/** What has arrived and does not know its way yet. Where wrong bits got through, source, destination and vc may be any. */
struct oio_arrival {
  uint32_t port, place;         /**< where it is: of the port's link end */
  uint32_t source, destination; /**< dies, 0..65535 */
  uint8_t vc;                   /**< of the message: 0..7 */
  uint8_t hop_vc;               /**< that it came in */
};

/** Ports that may now have something to send, or at another time than before; OIO_NONE where there is none. */
struct oio_stirred {
  uint32_t input;  /**< has a credit to return */
  uint32_t output; /**< has a payload that it had not */
};

enum oio_status oio_switch_create(struct oio_switch **made, const struct oio_switch_config *config, struct oio_error *error);
void oio_switch_destroy(struct oio_switch *sw);
/** Back to the state after create, but for counters, which go on. What was buffered is dropped. */
void oio_switch_reset(struct oio_switch *sw);
/** Adds what it takes, with its link ends. */
void oio_switch_memory(const struct oio_switch *sw, struct oio_memory *memory);

/** The link's verbs. Preconditions: there is such a port; at rx, nothing there waits for its way. What tx has stirred besides the port
 *  itself is written into *stirred. */
void oio_switch_rx(struct oio_switch *sw, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire);
bool oio_switch_tx(struct oio_switch *sw, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire, struct oio_stirred *stirred);
oio_time_ps oio_switch_next_tx_ps(const struct oio_switch *sw, uint32_t port, oio_time_ps now_ps);

/** The payload that the last rx at the port accepted and that has no way yet. False: there is none. */
bool oio_switch_arrived(const struct oio_switch *sw, uint32_t port, struct oio_arrival *arrival);
/** It goes on by this port, in this hop VC. Only that port is stirred. Precondition: it is the port's arrival, and there is such a port and
 *  hop VC. */
void oio_switch_forward(struct oio_switch *sw, oio_time_ps now_ps, const struct oio_arrival *arrival, uint32_t port, unsigned hop_vc);
/** It has no way on: it is counted as malformed and dropped. The port that it came by is stirred. Precondition: it is the port's arrival.
 */
void oio_switch_discard(struct oio_switch *sw, oio_time_ps now_ps, const struct oio_arrival *arrival);

/** Payloads discarded: from create, over resets. */
uint64_t oio_switch_malformed(const struct oio_switch *sw);
void oio_switch_get_link_state(const struct oio_switch *sw, uint32_t port, struct oio_link_state *state);
bool oio_switch_failed(const struct oio_switch *sw, uint32_t port);

#ifdef __cplusplus
}
#endif
#endif
