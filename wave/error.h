/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How the wave library says that something failed: one line that names what, where and the remedy. It never prints and never exits.
 */
#ifndef WAVE_ERROR_H
#define WAVE_ERROR_H

#include <stdbool.h>

enum wave_status {
  WAVE_OK = 0,
  WAVE_END = 1,    /**< nothing more */
  WAVE_ERROR = -1, /**< the error text says why */
};

struct wave_error {
  char text[512];
  bool memory; /**< it ran out, and text says so with what there was to do and the remedy */
};

/** Writes the line (cut to fit; control bytes of file contents become '?') and returns WAVE_ERROR. error may be NULL. */
enum wave_status wave_fail(struct wave_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

#endif
