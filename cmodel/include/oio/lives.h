/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of a flit on a wire: what it is, when it was sent, when it arrived and what its receiver made of it. A simulation keeps
 * one of each flit once it is asked to (oio_sim_keep_lives), and goes on exactly as without.
 */
#ifndef OIO_LIVES_H
#define OIO_LIVES_H

#include "oio/flit.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_life_kind {
  OIO_LIFE_NOP = 0,
  OIO_LIFE_PAYLOAD = 1, /**< for the first time */
  OIO_LIFE_REPLAY = 2,  /**< a payload again */
  OIO_LIFE_KINDS
};

/** What became of it; the rules are those of SPEC.md section 4. */
enum oio_verdict {
  OIO_VERDICT_ACCEPTED = 0, /**< a payload, the next in order (R7) */
  OIO_VERDICT_NOP,          /**< a NOP, valid (R6) */
  OIO_VERDICT_INVALID,      /**< its CRC is wrong (R1) */
  OIO_VERDICT_DISCARDED,    /**< all-zero header, reserved protocol or command (R2) */
  OIO_VERDICT_DUPLICATE,    /**< a payload that was there already (R7) */
  OIO_VERDICT_AHEAD,        /**< a payload behind a gap (R7) */
  OIO_VERDICT_UNKNOWN,      /**< a payload whose sequence is not known after a loss (R7) */
  OIO_VERDICT_FATAL,        /**< the link failed by it */
  OIO_VERDICT_IGNORED,      /**< the link had failed */
  OIO_VERDICT_PASSED,       /**< a tunnel took it, which judges nothing */
  OIO_VERDICT_RESET,        /**< a reset dropped it on its way */
  OIO_VERDICT_UNDER_WAY,    /**< the run ended first */
  OIO_VERDICT_OUT_OF_TURN,  /**< it was kept back and came behind the next (SPEC.md section 15): what became of it there is not told */
  OIO_VERDICTS
};

struct oio_life {
  uint32_t wire;          /**< that leads from the port of this number */
  uint64_t number;        /**< among the flits of that wire, from 0 */
  oio_time_ps sent_ps;    /**< its first bit leaves */
  oio_time_ps left_ps;    /**< its last bit has left */
  oio_time_ps arrival_ps; /**< whole at the receiver, or when it would have been */
  enum oio_life_kind kind;
  enum oio_verdict verdict;
  struct oio_flit_head head;     /**< as it was sent */
  uint16_t sequence;             /**< its own, whatever its header has room for; 0: it has none, or a tunnel sent it */
  uint16_t replays;              /**< how often the payload had been sent before; 65535: that often or more */
  uint16_t wrong_bits;           /**< as struct oio_wire */
  uint32_t unacked_flits;        /**< of its transmitter, after it: in the replay buffer */
  uint32_t credit_flits;         /**< likewise: that it may still send; routed: of both hop VCs together */
  bool whole;                    /**< the bytes are there: bit fidelity */
  uint8_t bytes[OIO_FLIT_BYTES]; /**< as they arrived, or were sent where it did not; else zeros */
};

/** A word for each: "payload", "CRC wrong", ... Precondition: there is such a kind, such a verdict. */
const char *oio_life_kind_name(enum oio_life_kind kind);
const char *oio_verdict_name(enum oio_verdict verdict);

#ifdef __cplusplus
}
#endif
#endif
