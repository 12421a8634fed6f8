/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Flits: formats, header and control fields, CRC (SPEC.md sections 1 and 2), and what travels with them through the model.
 */
#ifndef OIO_FLIT_H
#define OIO_FLIT_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_FLIT_BYTES = 256, OIO_FLIT_BITS = 2048, OIO_PAYLOAD_BYTES = 236, OIO_FLIT_RESERVED_BYTES = 10 };

/** How much of a flit the model touches. Both take the same decision on every flit for the same seed. */
enum oio_fidelity {
  OIO_EVENT = 0, /**< messages' bytes and CRCs are not made; the error pattern alone decides (CRC is linear) */
  OIO_BIT = 1,   /**< every byte is made, moved and checked */
};

/** The parts of a latency. They add up to it exactly. */
enum oio_part {
  OIO_PART_QUEUE,     /**< waiting for the wire, for a window, for credit, behind other messages */
  OIO_PART_SERIALISE, /**< bits leaving a transmitter */
  OIO_PART_FLIGHT,    /**< in the fibre or on the package */
  OIO_PART_LOGIC,     /**< PHY, adapter and bridge pipelines */
  OIO_PART_FEC,       /**< waiting for a slot and for the block to be whole, encoder and decoder (SPEC.md section 13) */
  OIO_PART_RETRY,     /**< from the first time a flit was sent to the time that was accepted */
  OIO_PART_COUNT
};

/** What the model notes about a payload on its way; never on the wire. */
struct oio_stamp {
  oio_time_ps enter_ps;                 /**< when the first link took it */
  oio_time_ps parts_ps[OIO_PART_COUNT]; /**< where the time since then went */
};

/** What a link carries: 236 bytes. A distinct type from oio_wire, so that one cannot be passed for the other. */
struct oio_payload {
  uint8_t bytes[OIO_PAYLOAD_BYTES];
  uint16_t touched_bytes; /**< event fidelity: leading bytes that mean something, 0..236; bit fidelity: ignored, all do */
  bool tainted;           /**< wrong bits got through both CRCs */
  uint8_t references;     /**< as in oio_wire */
  oio_time_ps arrived_ps; /**< when the receiving link accepted it */
  struct oio_stamp stamp;
};

/** A flit on the wire. */
struct oio_wire {
  uint8_t bytes[OIO_FLIT_BYTES];
  struct oio_stamp stamp;
  uint32_t syndrome;      /**< CRC of the wrong bits alone: [15:0] first half, [31:16] second; 0 where undetectable or none */
  uint16_t wrong_bits;    /**< how many bits that a CRC covers, or of a CRC, the channel flipped */
  uint16_t touched_bytes; /**< as in oio_payload, of the payload inside */
  bool tainted;           /**< the payload inside was tainted before it was sent */
  uint8_t references; /**< event fidelity: the last of the touched bytes are so many pointers to message bytes, 0..14; none once a bit is
                         wrong */
};

/** Header and control fields, decoded. */
struct oio_flit_head {
  uint8_t protocol;      /**< 0 NOP, 1 payload */
  uint8_t command;       /**< enum oio_flit_command */
  uint16_t sequence;     /**< S: own sequence, or the one acknowledged */
  uint8_t round;         /**< replays started, modulo 16 */
  uint8_t echo;          /**< round of the last valid flit received */
  uint16_t credit_limit; /**< absolute, modulo 65536 */
};
enum oio_flit_command { OIO_EXPLICIT = 0, OIO_ACK = 1, OIO_NAK = 2 };
enum { OIO_PROTOCOL_NOP = 0, OIO_PROTOCOL_PAYLOAD = 1 };

/** One format: a row of the table in SPEC.md section 1. */
struct oio_flit_format {
  uint8_t number;
  const char *name;
  struct {
    uint16_t at, bytes;
  } payload[2]; /**< runs of payload bytes, in order */
  uint16_t header_at;
  uint16_t control_at;
  uint16_t reserved_at, reserved_bytes; /**< sent as zero */
  uint16_t crc_at[2];                   /**< where the CRC of each half stands */
  uint16_t crc_covers[2];               /**< leading bytes of each 128-byte half that it covers */
  uint64_t crc_mask[4];                 /**< the same of the last 16 bytes of each half, as two little-endian words either */
};

#if defined(__cplusplus) && defined(__GNUC__)
/* A function with a structure's name is sound, but -Wshadow would say otherwise to every user's C++. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif
/** The row of format `number`, or NULL when there is none. */
const struct oio_flit_format *oio_flit_format(unsigned number);
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/** Writes header and control bytes. Precondition: protocol and command are below 4 (a reserved one can be written). Of round and echo the
 * low 4 bits count. */
void oio_flit_put_head(const struct oio_flit_format *format, uint8_t *flit, const struct oio_flit_head *head);
/** Reads them, as they are. False: discard the flit (SPEC rule R2: all-zero header, reserved protocol or command). */
bool oio_flit_get_head(const struct oio_flit_format *format, const uint8_t *flit, struct oio_flit_head *head);
/** Copies the first nbytes of a payload into a flit, and out of it. Precondition: 236 at most. */
void oio_flit_put_payload(const struct oio_flit_format *format, uint8_t *flit, const uint8_t *payload, size_t nbytes);
void oio_flit_get_payload(const struct oio_flit_format *format, const uint8_t *flit, uint8_t *payload, size_t nbytes);
/** Zeroes the reserved bytes, then computes and writes both CRCs. The last step of making a flit. */
void oio_flit_seal(const struct oio_flit_format *format, uint8_t *flit);
/** Makes neither CRC agree: writes the complements of both over the bytes that are there (SPEC.md section 13). */
void oio_flit_condemn(const struct oio_flit_format *format, uint8_t *flit);
/** Do both CRCs agree? */
bool oio_flit_valid(const struct oio_flit_format *format, const uint8_t *flit);
/** What one wrong bit (in wire order; precondition: below 2048) adds to the syndrome: [15:0] first half's CRC, [31:16] second's; 0 if not
 * covered. */
uint32_t oio_flit_syndrome(const struct oio_flit_format *format, unsigned bit);

#ifdef __cplusplus
}
#endif
#endif
