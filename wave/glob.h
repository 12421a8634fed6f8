/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Globs over paths, as wave_glob in rules.h describes them, with what the rules need beyond it: where each wildcard matched, and a quick
 * check for many paths.
 */
#ifndef WAVE_GLOB_H
#define WAVE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

enum { WAVE_WILDCARDS_MAX = 32 };

/** What one wildcard stands for: path[begin] to before path[end]. */
struct wave_capture {
  size_t begin, end;
};

/** As wave_glob; captures, one for each wildcard in order, is filled when it fits. The glob has at most WAVE_WILDCARDS_MAX; NULL: not
 * wanted. */
bool wave_glob_captures(const char *glob, const char *path, struct wave_capture *captures);
/** The length of the wildcard that begins here: 1 for `?` and `*`, 2 and more for `**`, 0 for anything else. */
size_t wave_wildcard_length(const char *glob);
/** The wildcards of a glob in order, as '?', '*' and 'A' (any), at most WAVE_WILDCARDS_MAX; returns how many there are in all. */
size_t wave_wildcards(const char *glob, char kinds[static WAVE_WILDCARDS_MAX]);

/** The literal ends of a glob: most paths fail on them. */
struct wave_shape {
  size_t prefix, suffix, length;
  bool any; /**< nothing but `**` between them */
};
struct wave_shape wave_glob_shape(const char *glob);
/** As wave_glob, for a path of known length. */
bool wave_glob_fits(const char *glob, const struct wave_shape *shape, const char *path, size_t length);

#endif
