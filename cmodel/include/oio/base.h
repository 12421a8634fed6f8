/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Time, status and error text: what every other header of liboio uses.
 *
 * What a call can refuse it returns as a status or tells as an error. What it leaves to its caller its comment calls a precondition; a
 * debug build (without NDEBUG) stops where one is broken, others promise nothing then. Everywhere: no pointer is NULL unless the comment
 * says what that means; an object is used between its create and its destroy, by one thread at a time, and times that a host passes never
 * decrease.
 */
#ifndef OIO_BASE_H
#define OIO_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The library's version, "0.1.0": of the one that is linked, which need not be that of the headers. */
const char *oio_version(void);

/** A point in time or a duration, in picoseconds. */
typedef uint64_t oio_time_ps;

#define OIO_PS UINT64_C(1)
#define OIO_NS (1000 * OIO_PS)
#define OIO_US (1000 * OIO_NS)
#define OIO_MS (1000 * OIO_US)
#define OIO_S (1000 * OIO_MS)
/** Later than every time: "not unless something else happens first". */
#define OIO_NEVER UINT64_MAX
/** Where simulated time ends: 106 days. What is earlier can have any configured time added to it. */
#define OIO_HORIZON_PS (UINT64_C(1) << 63)

/** Hop virtual channels of a wire in a net of dies and switches. */
enum { OIO_HOP_VCS = 2 };
/** No port, no die, no place. */
#define OIO_NONE UINT32_MAX

/** A sum of times that 64 bits may not hold. */
struct oio_sum_ps {
  uint64_t low, high;
};
static inline void oio_sum_add(struct oio_sum_ps *sum, oio_time_ps time_ps) {
  sum->low += time_ps;
  sum->high += sum->low < time_ps;
}
/** To the precision of a double. */
double oio_sum_value(const struct oio_sum_ps *sum);

/** What something takes of a machine's memory. */
struct oio_memory {
  uint64_t least_bytes; /**< once it is made: buffers that nothing has gone through are not touched, but for their first page */
  uint64_t most_bytes;  /**< when all of its buffers have been used */
};

/** What a call returns. 0 is success, every error is negative. */
enum oio_status {
  OIO_OK = 0,
  OIO_ERR_NOMEM = -1,  /**< memory could not be had */
  OIO_ERR_CONFIG = -2, /**< a configuration value is out of its range, or two do not go together */
  OIO_ERR_FULL = -3,   /**< no room now; try again after time has passed */
  OIO_ERR_FORMAT = -4, /**< input that is not what its format says */
  OIO_ERR_IO = -5,     /**< the operating system refused: open, read or write */
  OIO_ERR_FAILED = -6, /**< the link has failed (see its state for the reason) */
};

/**
 * The one line a user is to read when a call fails: what, where, and the remedy. The library fills it and never prints.
 * Every function that takes one accepts NULL.
 */
struct oio_error {
  char text[320];
};

/** Fills error->text as snprintf would; does nothing when error is NULL. Returns status, so that a caller can `return` it. */
enum oio_status oio_error_set(struct oio_error *error, enum oio_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#ifdef __cplusplus
}
#endif
#endif
