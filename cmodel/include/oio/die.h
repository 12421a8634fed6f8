/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A die: messages packed onto a link end (SPEC.md section 6), sans I/O. Message bytes are read where they lie when a flit is packed, and
 * handed out where they lie when one is unpacked; the host buffers, and says by oio_die_release when its consumer is done.
 */
#ifndef OIO_DIE_H
#define OIO_DIE_H

#include "oio/link.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  OIO_VCS_MAX = 8,
  OIO_SEGMENTS_MAX = 14, /**< in a payload */
  OIO_SEGMENT_BYTES_MAX = 224,
  OIO_DESCRIPTOR_BYTES = 8, /**< of a segment */
  OIO_GRANULE_BYTES = 16,
  OIO_DIE_QUEUE_MESSAGES = 64,
};

struct oio_die;

struct oio_die_config {
  struct oio_link_config link;
  uint8_t vcs;                 /**< virtual channels in use: 1..8 */
  uint64_t vc_buffer_bytes;    /**< receive buffer of each VC, which the host provides: 16..2^26, both dies alike */
  oio_time_ps credit_delay_ps; /**< how long VC credit may wait for a flit to ride on */
  uint64_t seed;               /**< of the pattern that stands for a message's bytes when it brings none */
};

/** What a die sends. */
struct oio_message {
  uint8_t vc;           /**< below vcs */
  uint32_t destination; /**< routed die: the die that is to have it; oio_die has but one peer and does not look */
  uint64_t id;          /**< below 2^48 travels; more is cut off */
  uint64_t bytes;       /**< 1..2^30 */
  /** Its bytes; NULL: the pattern of (seed, id). They must stay, in bit fidelity, until the message is wholly packed: oio_die_queued no
   * longer counts it, or a reset has dropped it. In event fidelity they are not copied but travel by reference: until the last segment has
   * come out of the other die and been used. */
  const uint8_t *data;
};

/** What a die receives: a piece of a message. */
struct oio_segment {
  uint8_t vc;
  uint32_t source; /**< routed die: the die that it is from; else 0 */
  bool first, last;
  uint64_t id;           /**< low 48 bits */
  uint32_t bytes;        /**< 1..224 */
  const uint8_t *data;   /**< its bytes; valid until the next oio_die_recv or oio_die_rx. In event fidelity: those of the sender's message
                            where   they lie; NULL where it brought none (the pattern); if tainted, the wrong bits alone among zeros */
  bool tainted;          /**< wrong bits got through on the way */
  oio_time_ps packed_ps; /**< when it was put into its flit at the sending die */
  const struct oio_stamp *stamp; /**< where the flit's time went since then; valid as data */
};

enum oio_status oio_die_create(struct oio_die **die, const struct oio_die_config *config, struct oio_error *error);
void oio_die_destroy(struct oio_die *die);
/** Back to the state after create, but for counters: the link's and oio_die_malformed go on. What was queued, half received or held by the
 *  consumer is dropped. */
void oio_die_reset(struct oio_die *die);

/** Queues a message on its VC. OIO_ERR_FULL: OIO_DIE_QUEUE_MESSAGES are waiting there. OIO_ERR_FORMAT: vc or bytes out of range.
 *  OIO_ERR_FAILED: the link has failed; never again, but after a reset. */
enum oio_status oio_die_send(struct oio_die *die, oio_time_ps now_ps, const struct oio_message *message);
/** How many messages of a VC are queued and not yet wholly packed. Precondition: vc is below the configuration's vcs. */
unsigned oio_die_queued(const struct oio_die *die, unsigned vc);

/** The next segment that arrived, in wire order. False: none. It takes space in its VC's buffer until it is released. */
bool oio_die_recv(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment);
/** The same for a consumer that is done with every segment at once: its space is free again, and it is not to be released. */
bool oio_die_take(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment);
/**
 * The consumer is done with the oldest `bytes` bytes that it holds on this VC, a segment, a part of one, or many: in the order received, in
 * whatever pieces. The buffer space of a segment, in granules, is returned as credit with its last byte. OIO_ERR_FORMAT, and nothing is
 * returned: less is held, or vc is above 7. A reset takes away what is held: it is not to be released any more.
 */
enum oio_status oio_die_release(struct oio_die *die, oio_time_ps now_ps, unsigned vc, uint32_t bytes);

/** As the link's verbs; oio_die_tx packs what is queued at that moment. */
bool oio_die_tx(struct oio_die *die, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_die_next_tx_ps(const struct oio_die *die, oio_time_ps now_ps);
void oio_die_rx(struct oio_die *die, oio_time_ps now_ps, const struct oio_wire *wire);

/** Payloads received whose descriptors did not fit them: from create, over resets. */
uint64_t oio_die_malformed(const struct oio_die *die);
void oio_die_get_link_state(const struct oio_die *die, struct oio_link_state *state);
bool oio_die_failed(const struct oio_die *die);

/** The bytes that stand for message id of a run, from `offset` on. */
void oio_pattern_fill(uint64_t seed, uint64_t id, uint64_t offset, uint8_t *out, size_t out_nbytes);
/** Are these they? */
bool oio_pattern_matches(uint64_t seed, uint64_t id, uint64_t offset, const uint8_t *in, size_t in_nbytes);

#ifdef __cplusplus
}
#endif
#endif
