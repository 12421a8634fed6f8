/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One end of a link: framing, CRC, credit and retry (SPEC.md sections 1 to 5), sans I/O.
 *
 *     send ->  [link]  -> tx          The link end has no clock, thread, file, global or printf, and allocates only in create. The host
 *     recv <-          <- rx          passes time in (never decreasing), pulls flits out and pushes flits in.
 *
 * At one instant the host's order is rx, recv, send, tx.
 */
#ifndef OIO_LINK_H
#define OIO_LINK_H

#include "oio/flit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_link;

/** What a link's payloads are, and its credit. */
enum oio_profile {
  OIO_PROFILE_EXTENDED = 0, /**< nets of two dies: one receive buffer, one credit limit */
  OIO_PROFILE_ROUTED = 1,   /**< nets of dies and switches (SPEC.md section 11): a receive buffer and a credit limit of each hop VC */
};

struct oio_link_config {
  uint8_t format;             /**< flit format: 3 or 6 */
  uint8_t sequence_bits;      /**< 8 (die link) or 16 (optical link); 16 in the routed profile */
  uint8_t profile;            /**< enum oio_profile: both ends alike */
  enum oio_fidelity fidelity; /**< both ends and the channel between them alike */
  uint32_t window_flits;      /**< unacknowledged flits at most: 1..127 with 8 sequence bits, 1..32767 with 16 */
  uint32_t buffer_flits;      /**< receive buffer: 1..32767; routed: of each hop VC, 1..16383 */
  uint32_t peer_buffer_flits; /**< the other end's buffer_flits (parameter exchange), in the same range */
  uint32_t replay_limit;      /**< replays without progress before the link fails: 1..65535 */
  oio_time_ps timeout_ps;     /**< replay after so long without progress: more than the round trip, at least 1 */
  oio_time_ps nak_repeat_ps;  /**< a Nak is repeated, and a stale one honoured, after this: about the round trip, at least 1 */
  oio_time_ps ack_delay_ps;   /**< how long an Ack or credit may wait for a flit to ride on */
};

enum oio_link_failure {
  OIO_LINK_ALIVE = 0,
  OIO_LINK_REPLAY_LIMIT = 1,    /**< replay_limit replays without progress */
  OIO_LINK_ACK_RANGE = 2,       /**< an Ack or Nak of a flit that is not outstanding */
  OIO_LINK_SEQUENCE_ZERO = 3,   /**< an explicit payload flit with sequence 0 */
  OIO_LINK_OVERFLOW = 4,        /**< the peer sent without credit */
  OIO_LINK_CREDIT_RANGE = 5,    /**< a credit limit that goes back, or beyond what the peer can justify */
  OIO_LINK_VC_CREDIT_RANGE = 6, /**< the same of a VC credit limit: the die says so */
};

/** Situations that a link end counts, for functional coverage (oio/cover.h has a sentence on each). */
enum oio_link_situation {
  OIO_SEEN_NAK_PAYLOAD, /**< a Nak on a payload flit went out */
  OIO_SEEN_NAK_NOP,
  OIO_SEEN_ACK_PAYLOAD,
  OIO_SEEN_ACK_NOP,
  OIO_SEEN_ANSWER,            /**< an explicit NOP went out: a Nak came when there was nothing to replay */
  OIO_SEEN_NAK_CURRENT,       /**< a Nak came that answers this round: replay */
  OIO_SEEN_NAK_STALE,         /**< ... that answers an older round, during nak_repeat_ps of a replay: ignored */
  OIO_SEEN_NAK_STALE_HEEDED,  /**< ... an older round, and later: replay */
  OIO_SEEN_NAK_NOTHING,       /**< ... when there was nothing to replay */
  OIO_SEEN_REPLAY_AGAIN,      /**< a replay began, and the one before had brought no progress */
  OIO_SEEN_REPLAY_UNDER_WAY,  /**< ... and the one before was still being sent */
  OIO_SEEN_REPLAY_ONE,        /**< ... of one flit */
  OIO_SEEN_REPLAY_WINDOW,     /**< ... of a whole window */
  OIO_SEEN_REPLAY_LAST,       /**< ... the last that the replay limit lets be */
  OIO_SEEN_ROUND_WRAP,        /**< ... and the round went from 15 to 0 */
  OIO_SEEN_ACK_ALL,           /**< an Ack came of all that is outstanding */
  OIO_SEEN_ACK_PART,          /**< ... of a part of it */
  OIO_SEEN_ACK_AGAIN,         /**< ... of nothing new */
  OIO_SEEN_ACK_IN_REPLAY,     /**< ... of flits that were about to be sent again */
  OIO_SEEN_SEQUENCE_WRAP,     /**< the last sequence was accepted: the next is 1 */
  OIO_SEEN_WINDOW_FULL,       /**< the last place of the window was taken */
  OIO_SEEN_WINDOW_ONE,        /**< ... which has one */
  OIO_SEEN_CREDIT_ZERO,       /**< the last credit was used */
  OIO_SEEN_CREDIT_ALL,        /**< a flit came, and all credit is back */
  OIO_SEEN_BUFFER_FULL,       /**< the last place of the receive buffer was taken */
  OIO_SEEN_RESERVED,          /**< a valid flit of no known kind was discarded (R2) */
  OIO_SEEN_IMPLICIT_LOST,     /**< an implicit payload came after a loss: discarded */
  OIO_SEEN_LOSS_ENDS_PAYLOAD, /**< an explicit payload told the sequence again */
  OIO_SEEN_LOSS_ENDS_NOP,     /**< an explicit NOP told that nothing is missing */
  OIO_SEEN_NOP_GAP,           /**< ... or that something is */
  OIO_SEEN_ROUND_WAITED,      /**< a new round came that a Nak had asked for */
  OIO_SEEN_DOUBT,             /**< routed: a flit was lost, and with it perhaps credit */
  OIO_SEEN_DOUBT_ASKED,       /**< routed: nothing told the credit since: asked by a Nak */
  OIO_SEEN_CREDIT_RETOLD,     /**< routed: a Nak came, and the credit is told again */
  OIO_SEEN_RESET_IDLE,        /**< reset with nothing on its way, after it had carried something */
  OIO_SEEN_RESET_UNACKED,     /**< ... with payloads that were not acknowledged */
  OIO_SEEN_RESET_WAITING,     /**< ... while it waits for a replay */
  OIO_SEEN_RESET_REPLAY,      /**< ... during a replay */
  OIO_SEEN_RESET_BUFFERED,    /**< ... with payloads in the receive buffer */
  OIO_SEEN_RESET_FAILED,      /**< ... after it had failed */
  OIO_LINK_SITUATIONS
};

/** What a link end knows of one hop VC: totals and limits modulo 32768. limit - sent is what it may still send, 0..16383. */
struct oio_hop_state {
  uint16_t sent_total;     /**< payloads taken from above */
  uint16_t credit_limit;   /**< up to where the peer lets it */
  uint16_t credit_sent;    /**< up to where it lets the peer */
  uint32_t buffered_flits; /**< in the receive buffer */
};

/** Counters and protocol state, for checkers and results. Counters count from create; a reset leaves them. */
struct oio_link_state {
  uint16_t next_tx, acked, expected;
  uint16_t sent_total, credit_limit, credit_sent; /**< in the routed profile the limits are 0: see hops */
  uint8_t round, round_seen;
  enum oio_link_failure failed;
  bool waiting, lost;
  uint32_t unacked_flits;      /**< in the replay buffer */
  uint32_t buffered_flits;     /**< in the receive buffer */
  uint64_t sent_payload;       /**< payload flits put on the wire for the first time */
  uint64_t sent_nop;           /**< NOPs put on the wire */
  uint64_t sent_replayed;      /**< payload flits put on the wire again */
  uint64_t received;           /**< flits of any kind */
  uint64_t received_payload;   /**< payload flits accepted */
  uint64_t received_invalid;   /**< CRC wrong */
  uint64_t received_duplicate; /**< acknowledged again, not delivered */
  uint64_t received_ahead;     /**< after a gap: discarded */
  uint64_t received_unknown;   /**< discarded under rule R2, or implicit after a loss */
  uint64_t undetected;         /**< flits accepted by the CRC although the channel had flipped bits in them */
  uint64_t asked_crc;          /**< retries asked for because of a wrong CRC */
  uint64_t asked_sequence;     /**< retries asked for because of a gap */
  uint64_t timeouts;           /**< replays started by the timeout */
  uint64_t replays;            /**< replays started, for any reason */
  uint64_t decision_digest;    /**< over the decision on every flit received, in order */

  struct oio_hop_state hops[OIO_HOP_VCS]; /**< routed profile; else 0 */

  uint64_t seen[OIO_LINK_SITUATIONS]; /**< how often, by enum oio_link_situation; a checkpoint does not have it */
};

/* Verbs of the extended profile alone, which is a precondition of them: send_slot, wants_payload, next_slot, send_commit, peek, pop, recv.
 * Of the routed profile alone: those of hop VCs and of places in the receive buffer. All others are of both. */

/** Checks the configuration (OIO_ERR_CONFIG, error says which value) and makes a link end. */
enum oio_status oio_link_create(struct oio_link **link, const struct oio_link_config *config, struct oio_error *error);
void oio_link_destroy(struct oio_link *link);
/** Back to the state after create (SPEC section 9), but for counters, which go on, and the host's time, which never decreases. */
void oio_link_reset(struct oio_link *link);
/** Adds what it takes. */
void oio_link_memory(const struct oio_link *link, struct oio_memory *memory);

/** True when oio_link_send would accept: window, credit and the one-flit staging place are free. Routed: of some hop VC. */
bool oio_link_can_send(const struct oio_link *link);
/** True when it would accept and the payload would be the next flit on the wire: nothing stands before it. */
bool oio_link_wants_payload(const struct oio_link *link);
/**
 * Takes a payload, copied. OIO_ERR_FULL: not now (oio_link_can_send says when). OIO_ERR_FAILED: not before a reset. OIO_ERR_FORMAT: in
 * event fidelity, more touched bytes than a payload has; routed: less than 2.
 * stamp: where its time went so far; its time on this link is counted from now_ps.
 */
enum oio_status oio_link_send(struct oio_link *link, oio_time_ps now_ps, const struct oio_payload *payload);
/** The same without the copy: the place to fill, all of it but bytes that are not touched, or NULL when oio_link_can_send is false; then
 * oio_link_send_commit. */
struct oio_payload *oio_link_send_slot(struct oio_link *link);
/** The same, but NULL when oio_link_wants_payload is false. */
struct oio_payload *oio_link_next_slot(struct oio_link *link);
/** Preconditions: there is a slot, and in event fidelity what is in it has 236 touched bytes at most. */
void oio_link_send_commit(struct oio_link *link, oio_time_ps now_ps);
/** Routed: would a payload of this hop VC be accepted, and be the next flit on the wire? Precondition: hop_vc is 0 or 1. */
bool oio_link_wants_vc(const struct oio_link *link, unsigned hop_vc);
/** Routed: its place, or NULL when oio_link_wants_vc is false; then oio_link_send_commit_vc. */
struct oio_payload *oio_link_next_slot_vc(struct oio_link *link, unsigned hop_vc);
/** As oio_link_send_commit. Precondition: byte 1 of what is in the slot says this hop VC. */
void oio_link_send_commit_vc(struct oio_link *link, oio_time_ps now_ps, unsigned hop_vc);

/** The next flit for the wire, which must be free. False: nothing to send now. */
bool oio_link_tx(struct oio_link *link, oio_time_ps now_ps, struct oio_wire *wire);
/** When oio_link_tx would have something, if nothing else happens: now, a later deadline, or OIO_NEVER. */
oio_time_ps oio_link_next_tx_ps(const struct oio_link *link, oio_time_ps now_ps);
/** A flit has arrived. Precondition: in event fidelity it has 236 touched bytes at most. */
void oio_link_rx(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire);

/** The oldest payload received and not yet popped, or NULL. Valid until popped. */
const struct oio_payload *oio_link_peek(const struct oio_link *link);
/** Frees the peeked payload's place and returns its credit. Precondition: there is one. */
void oio_link_pop(struct oio_link *link, oio_time_ps now_ps);
/** peek, copy, pop. False: nothing there. */
bool oio_link_recv(struct oio_link *link, oio_time_ps now_ps, struct oio_payload *payload);

/** Routed: the place of the payload that the last oio_link_rx accepted, or OIO_NONE. Places are 0 .. 2 * buffer_flits - 1. */
uint32_t oio_link_newest(const struct oio_link *link);
/** Routed: what is in a place, until it is freed. Precondition: something is. */
const struct oio_payload *oio_link_buffered(const struct oio_link *link, uint32_t place);
/** Routed: frees it, in any order, and returns the credit of its hop VC. Precondition: something is in it. */
void oio_link_free(struct oio_link *link, oio_time_ps now_ps, uint32_t place);

/** What lies above has found that the peer breaks its rules: the link fails, if it has not yet. Precondition: why is a failure. */
void oio_link_fail(struct oio_link *link, enum oio_link_failure why);

void oio_link_get_state(const struct oio_link *link, struct oio_link_state *state);
/** Is it silent for good? Its state says why. */
bool oio_link_failed(const struct oio_link *link);
/** A word for each failure: "alive", "replay limit", ... */
const char *oio_link_failure_name(enum oio_link_failure failure);

#ifdef __cplusplus
}
#endif
#endif
