/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the descriptors of a payload: the bytes of its segments. */
#ifndef OIO_BODY_H
#define OIO_BODY_H

#include "oio/die.h"

#define OIO_MESSAGE_BYTES_MAX ((uint64_t)1 << 30)
enum { OIO_DESCRIPTOR_FIRST = 8, OIO_DESCRIPTOR_LAST = 16 };

/* One segment chosen for the payload at hand: where its bytes come from. */
struct oio_chosen {
  const struct oio_message *message;
  uint64_t offset;
  uint32_t bytes;
};

/* In bit fidelity: writes them behind the touched bytes, and zeros behind them. All bytes are touched then. */
void oio_body_write(struct oio_payload *payload, uint64_t seed, const struct oio_chosen *chosen, unsigned count);

/* In event fidelity: writes where they are, NULL for a message that has brought none; behind the descriptors, where 14 still fit. */
void oio_body_refer(struct oio_payload *payload, const struct oio_chosen *chosen, unsigned count);

/* The other way: where the bytes of a payload's segment are, `left` segments before its end; of those that have references. */
const uint8_t *oio_body_referred(const struct oio_payload *payload, unsigned left);

#endif
