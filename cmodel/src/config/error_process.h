/* SPDX-License-Identifier: Apache-2.0 */
/* What CLASS.errors says: how wrong bits follow one another. */
#ifndef OIO_ERROR_PROCESS_H
#define OIO_ERROR_PROCESS_H

#include "oio/config.h"

/* Reads it, and looks whether it goes with the bit error rate of the class. OIO_ERR_CONFIG: error says what does not. */
enum oio_status oio_error_process_read(const struct oio_config *config, unsigned link_class, struct oio_error_process *process,
                                       struct oio_error *error);

#endif
