/* SPDX-License-Identifier: Apache-2.0 */
/** What the FST format keeps as gzip: the hierarchy, and a whole file inside another. */
#ifndef WAVE_FST_GZIP_H
#define WAVE_FST_GZIP_H

#include "write_whole.h"

/** level: of zlib, 1 to 9. */
enum wave_status fst_gzip_bytes(struct wave_whole *to, int level, const void *bytes, size_t size, struct wave_error *error);
/** Everything that was written to `from`. */
enum wave_status fst_gzip_file(struct wave_whole *to, int level, struct wave_whole *from, struct wave_error *error);

#endif
