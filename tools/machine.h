/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OIO_TOOLS_MACHINE_H
#define OIO_TOOLS_MACHINE_H

#include "oio/config.h"

/** How much memory this process can still have, of the machine's and of the limits that are set on it; UINT64_MAX: that cannot be told. */
uint64_t machine_free_bytes(void);
/** How much it can still allocate, used or not: `ulimit -v`. UINT64_MAX: any. */
uint64_t machine_address_bytes(void);
/** A line for the table of a run that begins though there is less than it may come to want. */
void machine_print(const struct oio_config *config);
/** Is there memory for the net? OIO_ERR_NOMEM: error says how much it wants, how much there is, and the remedy. */
enum oio_status machine_has_room(const struct oio_config *config, struct oio_error *error);

#endif
