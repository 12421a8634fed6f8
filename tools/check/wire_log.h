/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A wire log: what went in and came out at the ports of a device, recorded by anything that sees flits (docs/checkers.md has the form).
 * Plain text or gzip, read line by line.
 */
#ifndef CHECK_WIRE_LOG_H
#define CHECK_WIRE_LOG_H

#include "lines.h"
#include "oio/base.h"
#include "oio/flit.h"

#include <zlib.h>

enum { WIRE_PORTS_MAX = 64, WIRE_NAME_MAX = 64, WIRE_LINE_MAX = 4096 };

/** A port as its line has it; what it does not say is 0. */
struct wire_port {
  char name[WIRE_NAME_MAX], behind[WIRE_NAME_MAX];
  bool plain; /**< the profile */
  uint64_t format, sequence_bits, window_flits, buffer_flits, peer_buffer_flits, inside_flits;
  uint64_t timeout_ps, nak_repeat_ps, ack_delay_ps, response_ps; /**< of the extended profile */
  uint64_t timeout_flits, flit_ps;                               /**< of the plain one */
};

enum wire_event_kind { WIRE_IN, WIRE_OUT, WIRE_RESET };

struct wire_event {
  enum wire_event_kind kind;
  unsigned port;
  oio_time_ps time_ps;
  uint8_t bytes[OIO_FLIT_BYTES];
  size_t nbytes; /**< 0: of a reset */
};

struct wire_log {
  const char *path;
  gzFile file;
  struct oio_lines lines;
  char *buffer;
  struct wire_port ports[WIRE_PORTS_MAX];
  unsigned count;                         /**< of the ports */
  oio_time_ps last_ps[WIRE_PORTS_MAX][2]; /**< of what has gone in, and come out */
  oio_time_ps last_in_ps;                 /**< at any port */
};

/** Opens and reads the head. Where it fails nothing stays open; error names file, line and remedy. */
enum oio_status wire_log_open(struct wire_log *log, const char *path, struct oio_error *error);
/** The next event; *more false: there is none. */
enum oio_status wire_log_next(struct wire_log *log, struct wire_event *event, bool *more, struct oio_error *error);
void wire_log_close(struct wire_log *log);

#endif
