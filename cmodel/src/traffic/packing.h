/* SPDX-License-Identifier: Apache-2.0 */
/* How many bytes of messages a flit carries where there is always enough to pack: SPEC.md sections 6 and 11. */
#ifndef OIO_PACKING_H
#define OIO_PACKING_H

#include "oio/config.h"
#include "oio/routed_die.h"

enum { OIO_RUN_MESSAGES_MAX = 64 };

/* In the mean, of messages of this size (at least 1), VCs taking turns. Of the routed profile a flit has one VC, so vcs does not matter. */
double oio_packing_bytes_per_flit(uint64_t message_bytes, unsigned vcs, bool routed);
/* How many messages of one routed flow fill whole flits, to within a hundredth, or as nearly as OIO_RUN_MESSAGES_MAX can. */
uint32_t oio_packing_run(uint64_t message_bytes);

#endif
