/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The two forms in which `oio trace info` shows a digest, on stdout.
 */
#ifndef TRACE_INFO_PRINT_H
#define TRACE_INFO_PRINT_H

#include "digest.h"

void info_print_text(const char *path, const struct oio_trace_header *header, const struct digest *digest);
void info_print_json(const char *path, const struct oio_trace_header *header, const struct digest *digest);

#endif
