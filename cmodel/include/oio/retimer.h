/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Credits between a die and its bridge, as retimers have them (SPEC.md section 17): units of 256 bytes of the bridge's buffer, advertised
 * at parameter exchange, returned on Valid framing. The other way nothing is held back: the die takes what comes at line rate. Sans I/O.
 */
#ifndef OIO_RETIMER_H
#define OIO_RETIMER_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_RETIMER_UNIT_BYTES = 256, OIO_RETIMER_UNITS_MAX = 65535 };

/** What Valid says in its eight unit intervals, bit 0 first. */
struct oio_framing {
  bool data;   /**< there is data beside it; else the line is idle */
  bool credit; /**< one unit is returned */
};
uint8_t oio_framing_write(struct oio_framing framing);
/** False: a framing error, and *framing is left alone. The link is to be trained again (oio_retimer_*_reload at both ends). */
bool oio_framing_read(uint8_t valid, struct oio_framing *framing);

/** The die's end: what it may send. */
struct oio_retimer_sender {
  uint32_t units; /**< advertised */
  uint64_t sent_bytes, returned;
};
/** Units that the bridge has advertised, 1..65535: as it is when the link enters Active. */
void oio_retimer_sender_reload(struct oio_retimer_sender *sender, uint32_t units);
/** May so many bytes (a flit with header and CRC, or a pause of the data stream) go out? */
bool oio_retimer_can_send(const struct oio_retimer_sender *sender, uint32_t bytes);
/** They do. Precondition: they may. */
void oio_retimer_send(struct oio_retimer_sender *sender, uint32_t bytes);
/** A credit has come. */
void oio_retimer_take_credit(struct oio_retimer_sender *sender);

/** The bridge's end: its buffer, and the credits it owes. */
struct oio_retimer_receiver {
  uint32_t units;
  uint64_t received_bytes, freed_bytes, returned;
};
/** The buffer is empty: what was in it has been drained or dropped. */
void oio_retimer_receiver_reload(struct oio_retimer_receiver *receiver, uint32_t units);
/** Bytes have arrived. False: there is no room for them, because the die has sent without credit; they are not counted. */
bool oio_retimer_receive(struct oio_retimer_receiver *receiver, uint32_t bytes);
/** Bytes have left the buffer. Precondition: so many are in it. */
void oio_retimer_free(struct oio_retimer_receiver *receiver, uint32_t bytes);
/** Is a unit owed? Then it has been returned with this call, on the framing that goes out now. */
bool oio_retimer_return_credit(struct oio_retimer_receiver *receiver);

/** What the counts of both ends say, exchanged when nothing is on the line between them. */
struct oio_retimer_findings {
  uint64_t forged; /**< credits that came and had not been returned: the die may send so many units into a full buffer */
  uint64_t lost;   /**< credits that were returned and did not come: so much of the buffer is never used again before a reload */
};
struct oio_retimer_findings oio_retimer_audit(const struct oio_retimer_sender *sender, const struct oio_retimer_receiver *receiver);

#ifdef __cplusplus
}
#endif
#endif
