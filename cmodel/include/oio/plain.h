/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The plain profile (SPEC.md section 16): flits that carry nothing of oio's own, and the link end that numbers, acknowledges and replays
 * them, so that the other end may be any adapter of this style. Bit fidelity only. Sans I/O: time is counted in flit times and passed in.
 */
#ifndef OIO_PLAIN_H
#define OIO_PLAIN_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_PLAIN_FLIT_BYTES_MAX = 256, OIO_PLAIN_PAYLOAD_BYTES_MAX = 250, OIO_PLAIN_WINDOW_MAX = 127, OIO_PLAIN_MODULUS = 255 };

/** One format: a row of the table in SPEC.md section 16. */
struct oio_plain_format {
  uint8_t number;
  const char *name;
  uint16_t bytes;         /**< of a flit */
  uint16_t payload_bytes; /**< in it */
  uint16_t header_at;
  struct {
    uint16_t at, bytes;
  } payload[2], reserved[2]; /**< runs, in order; reserved bytes are sent as zero */
  struct {
    uint16_t at, from, bytes; /**< where the CRC stands, and what it covers; bytes 0: there is none */
  } crc[2];
  bool halves; /**< each half may be handed on when its own CRC is good */
};

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif
/** The row of format `number`, 2..6, or NULL when there is none. */
const struct oio_plain_format *oio_plain_format(unsigned number);
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/** The header, decoded. */
struct oio_plain_head {
  uint8_t protocol; /**< 0: NOP, which takes no sequence; 1..3: a payload's */
  uint8_t stack;    /**< 0 or 1 */
  uint8_t marker;   /**< 0 or 1: for those above */
  uint8_t type;     /**< enum oio_plain_type */
  uint8_t command;  /**< enum oio_flit_command */
  uint8_t sequence; /**< the flit's own, or the one acknowledged */
};
enum oio_plain_type { OIO_PLAIN_REGULAR = 0, OIO_PLAIN_TEST = 1, OIO_PLAIN_MANAGEMENT = 2 };

/** Writes a header, and reads it as it is. Precondition: every field fits its bits. */
void oio_plain_put_head(const struct oio_plain_format *format, uint8_t *flit, const struct oio_plain_head *head);
void oio_plain_get_head(const struct oio_plain_format *format, const uint8_t *flit, struct oio_plain_head *head);
/** Copies format->payload_bytes into a flit, and out of it. */
void oio_plain_put_payload(const struct oio_plain_format *format, uint8_t *flit, const uint8_t *payload);
void oio_plain_get_payload(const struct oio_plain_format *format, const uint8_t *flit, uint8_t *payload);
/** Zeroes the reserved bytes and writes the CRCs: the last step of making a flit. */
void oio_plain_seal(const struct oio_plain_format *format, uint8_t *flit);
/** Does the CRC of a half (0 or 1) agree? True where the format has no such half. */
bool oio_plain_half_valid(const struct oio_plain_format *format, const uint8_t *flit, unsigned half);

/** What section 16 leaves open is here, with the values of most. */
struct oio_plain_config {
  uint8_t format;         /**< 2..6 */
  uint8_t window_flits;   /**< unacknowledged at most: 1..127 */
  uint16_t timeout_flits; /**< replay after so many flit times without progress: 1..511; mostly 375 */
  uint16_t replay_limit;  /**< replays without progress before it asks for Retrain: 1..65535; mostly 4 */
  /** Flits sent in a handshake before it asks for Retrain: handshake_explicits + handshake_acks .. 65535; mostly 128. */
  uint16_t handshake_limit;
  uint8_t handshake_explicits; /**< explicit numbers and Acks that it sends in a handshake at least: 1..127; mostly 9 and 3 */
  uint8_t handshake_acks;
  uint8_t quiet_acks; /**< Acks sent for what was accepted last before the wire goes quiet: 1..127; mostly 2 */
};

/** The values that the fields mostly have, with format 3 and the largest window. */
struct oio_plain_config oio_plain_usual(void);

enum oio_plain_state {
  OIO_PLAIN_HANDSHAKE, /**< the ends tell each other where they are; no payload is sent */
  OIO_PLAIN_ACTIVE,
  OIO_PLAIN_RETRAIN, /**< it asks for Retrain, sends nothing and takes nothing: see oio_plain_reenter */
  OIO_PLAIN_ERROR,   /**< what has come cannot be, see `fault`: an uncorrectable internal error; it sends and takes nothing */
};

/** Why a link end asked for Retrain, or is in error. */
enum oio_plain_fault {
  OIO_PLAIN_NO_FAULT,
  OIO_PLAIN_REPLAY_LIMIT,
  OIO_PLAIN_HANDSHAKE_LIMIT,
  OIO_PLAIN_ACK_RANGE,     /**< an Ack or Nak of what is not outstanding */
  OIO_PLAIN_SEQUENCE_ZERO, /**< a payload numbered 0 */
};

/** What a link end is doing, and what it has counted since it was made or reset. */
struct oio_plain_status {
  enum oio_plain_state state;
  enum oio_plain_fault fault;
  uint8_t next_tx, acked, expected; /**< as in SPEC.md */
  uint32_t unacked_flits;
  uint64_t sent_payload, sent_replayed; /**< payloads, the first time and again */
  uint64_t sent_nop;                    /**< the handshakes' too */
  uint64_t sent_ack, sent_nak;          /**< commands of payloads and NOPs; those of handshakes are not counted */
  uint64_t received;                    /**< all flits that were looked at; of these: */
  uint64_t received_payload, received_invalid, received_duplicate, received_ahead, received_unknown, received_discarded;
  uint64_t naks_ignored; /**< that came again before anything had got across */
  uint64_t replays, timeouts;
  uint64_t handshakes;  /**< begun, the first too */
  uint64_t halves_kept; /**< first halves that had been handed on when their flit turned out to be wrong */
};

struct oio_plain;

/** Makes a link end, in its first handshake. OIO_ERR_CONFIG with the field and its range. */
enum oio_status oio_plain_create(struct oio_plain **plain, const struct oio_plain_config *config, struct oio_error *error);
void oio_plain_destroy(struct oio_plain *plain);
/** As it was made: what was unacknowledged is gone. */
void oio_plain_reset(struct oio_plain *plain);
/** The link has been trained again: a handshake, and then a replay of what is not acknowledged. From any state but error, where it does
 * nothing. Both ends do it. */
void oio_plain_reenter(struct oio_plain *plain, uint64_t now);

/** A payload for the other end: format->payload_bytes, and of its header protocol (1..3), stack, marker and type. OIO_ERR_FULL: the window
 * is full, or one waits for its first time on the wire, or the state is not Active; OIO_ERR_FORMAT: a field does not fit. */
enum oio_status oio_plain_send(struct oio_plain *plain, const struct oio_plain_head *head, const uint8_t *payload);
bool oio_plain_can_send(const struct oio_plain *plain);

/** The wire is free at flit time `now`, which never goes back. True: `flit`, of format->bytes, is sent; false: the wire is quiet. */
bool oio_plain_tx(struct oio_plain *plain, uint64_t now, uint8_t *flit);

/** What a flit has brought for those above. */
struct oio_plain_taken {
  bool first, second;         /**< which halves of the payload are handed on now, once each; of formats without halves both or none */
  struct oio_plain_head head; /**< of the flit, if any is */
  const uint8_t *flit;        /**< the caller's own, to read the payload from */
};
/** A flit of format->bytes has arrived at flit time `now`. */
void oio_plain_rx(struct oio_plain *plain, uint64_t now, const uint8_t *flit, struct oio_plain_taken *taken);

void oio_plain_get_status(const struct oio_plain *plain, struct oio_plain_status *status);

#ifdef __cplusplus
}
#endif
#endif
