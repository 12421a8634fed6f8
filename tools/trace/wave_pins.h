/* SPDX-License-Identifier: Apache-2.0 */
/** The signals of a pin map in a wave, edge by edge of their clocks, in the memory of a block of the wave. */
#ifndef TRACE_WAVE_PINS_H
#define TRACE_WAVE_PINS_H

#include "pin_map.h"

struct wave_source;
struct pin;

/** A value of a signal, or of some of its bits. */
struct pin_value {
  uint64_t value; /**< its 64 low bits */
  uint32_t ones;  /**< how many of all are 1 */
  bool unknown;   /**< some bit is neither 0 nor 1 */
};

struct wave_pins {
  const struct pin_map *map;
  struct wave_source *source;
  struct pin *pins; /**< signals, each as often as it is named */
  uint32_t count;
  uint32_t (*of_port)[PIN_ROLES]; /**< the pin, of a role, or UINT32_MAX */
  uint32_t *beat_bytes;           /**< of each port */
  char format[24];
  bool partial; /**< the file is damaged or cut: what is before that has been read */
};

/** Opens a wave and looks up all signals. Close it whatever this returns. */
enum oio_status wave_pins_open(struct wave_pins *pins, const char *path, const struct pin_map *map, struct oio_error *error);
void wave_pins_close(struct wave_pins *pins);
/** Of a role of a port, at the edge that is told; NULL: the map names no such signal. */
const struct pin_value *wave_pins_value(const struct wave_pins *pins, size_t port, enum pin_role role);
uint32_t wave_pins_beat_bytes(const struct wave_pins *pins, size_t port);
/** Calls `edge` at each edge of each port's clock, as time goes, ports as they stand in the map where they share it, with the values that
 * stood just before. Ends at an error of `edge`, or when the user interrupts. */
enum oio_status wave_pins_read(struct wave_pins *pins,
                               enum oio_status (*edge)(void *context, size_t port, oio_time_ps time_ps, struct oio_error *error),
                               void *context, struct oio_error *error);

#endif
