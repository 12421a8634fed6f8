/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_log.h"

#include "hex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LINE "oio-wire 1"
#define TIME_MAX_PS (UINT64_C(1) << 62)

static enum oio_status bad(const struct wire_log *log, struct oio_error *error, const char *format, ...) {
  char what[160];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: %s; see docs/checkers.md", log->path, (unsigned long long)log->lines.number,
                       what);
}

static bool read_some(void *context, char *out, size_t room, size_t *got) {
  const int count = gzread(context, out, (unsigned)room);
  *got = count > 0 ? (size_t)count : 0;
  return count >= 0;
}

/* What the gzip data say: where they are cut short they end like others. */
static enum oio_status look_at_data(const struct wire_log *log, struct oio_error *error) {
  int cause;
  const char *what = gzerror(log->file, &cause);
  if (cause == Z_OK || cause == Z_STREAM_END) return OIO_OK;
  if (cause == Z_ERRNO)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; copy the file again", log->path, strerror(errno));
  return bad(log, error, "its gzip data is damaged or cut short (%.60s); copy the file again", what);
}

/* The next line, which ends with a NUL byte. *more false: there is none. */
static enum oio_status next_line(struct wire_log *log, char **line, bool *more, struct oio_error *error) {
  char why[80];
  size_t nbytes;
  const enum oio_lines_result result = oio_lines_next(&log->lines, line, &nbytes);
  *more = result == OIO_LINES_ONE;
  const enum oio_status status = look_at_data(log, error);
  if (status != OIO_OK || result == OIO_LINES_END) return status;
  if (!*more) return bad(log, error, "%s", oio_lines_why(&log->lines, result, why, sizeof why));
  if (nbytes > 0 && (*line)[nbytes - 1] == '\r') nbytes--;
  (*line)[nbytes] = '\0';
  return OIO_OK;
}

/* The next word of *at, which goes on behind it; "" at the end. */
static char *next_word(char **at) {
  char *word = *at + strspn(*at, " \t");
  char *end = word + strcspn(word, " \t");
  *at = *end != '\0' ? end + 1 : end;
  *end = '\0';
  return word;
}

static bool number(const char *text, uint64_t *value) {
  char *end;
  if (*text < '0' || *text > '9') return false;
  errno = 0;
  *value = strtoull(text, &end, 10);
  return *end == '\0' && errno == 0 && *value <= TIME_MAX_PS;
}

/* A name is letters, digits and -_. */
static bool take_name(char *name, const char *word) {
  const size_t length = strlen(word);
  if (length == 0 || length >= WIRE_NAME_MAX || strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != length)
    return false;
  memcpy(name, word, length + 1);
  return true;
}

static bool take_setting(struct wire_port *port, char *word) {
  const struct {
    const char *name;
    uint64_t *value, most;
  } numbers[] = {{"format", &port->format, 6},
                 {"sequence_bits", &port->sequence_bits, 16},
                 {"window_flits", &port->window_flits, 32767},
                 {"buffer_flits", &port->buffer_flits, 32767},
                 {"peer_buffer_flits", &port->peer_buffer_flits, 32767},
                 {"inside_flits", &port->inside_flits, 1 << 20},
                 {"timeout_ps", &port->timeout_ps, TIME_MAX_PS / 4},
                 {"nak_repeat_ps", &port->nak_repeat_ps, TIME_MAX_PS / 4},
                 {"ack_delay_ps", &port->ack_delay_ps, TIME_MAX_PS / 4},
                 {"response_ps", &port->response_ps, TIME_MAX_PS / 4},
                 {"timeout_flits", &port->timeout_flits, 511},
                 {"flit_ps", &port->flit_ps, TIME_MAX_PS / 4}};
  char *value = strchr(word, '=');
  if (value == NULL) return false;
  *value++ = '\0';
  if (strcmp(word, "behind") == 0) return take_name(port->behind, value);
  if (strcmp(word, "profile") == 0) {
    port->plain = strcmp(value, "plain") == 0;
    return port->plain || strcmp(value, "extended") == 0;
  }
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (strcmp(word, numbers[i].name) == 0) return number(value, numbers[i].value) && *numbers[i].value <= numbers[i].most;
  return false;
}

static int port_named(const struct wire_log *log, const char *name) {
  for (unsigned i = 0; i < log->count; i++)
    if (strcmp(log->ports[i].name, name) == 0) return (int)i;
  return -1;
}

static enum oio_status take_port(struct wire_log *log, char *at, struct oio_error *error) {
  struct wire_port *port = &log->ports[log->count];
  if (log->count == WIRE_PORTS_MAX) return bad(log, error, "more than %d ports", WIRE_PORTS_MAX);
  const char *name = next_word(&at);
  if (!take_name(port->name, name)) return bad(log, error, "'%.40s' is no name of a port: letters, digits, - _ .", name);
  if (port_named(log, port->name) >= 0) return bad(log, error, "port %.40s is there twice", port->name);
  for (char *word = next_word(&at); *word != '\0'; word = next_word(&at)) {
    char said[48];
    snprintf(said, sizeof said, "%s", word);
    if (!take_setting(port, word)) return bad(log, error, "'%.40s' is no setting of a port", said);
  }
  log->count++;
  return OIO_OK;
}

static enum oio_status read_head(struct wire_log *log, struct oio_error *error) {
  char *line;
  bool more;
  enum oio_status status = next_line(log, &line, &more, error);
  if (status != OIO_OK) return status;
  if (!more || strcmp(line, FIRST_LINE) != 0) return bad(log, error, "the first line is not '" FIRST_LINE "': this is no wire log");
  while (status == OIO_OK && (status = next_line(log, &line, &more, error)) == OIO_OK) {
    if (!more) return bad(log, error, "the head does not end with a line ---");
    if (strcmp(line, "---") == 0) break;
    char *at = line;
    const char *word = next_word(&at);
    if (*word == '\0' || *word == '#') continue;
    if (strcmp(word, "port") != 0) return bad(log, error, "'%.40s' is neither port nor ---", word);
    status = take_port(log, at, error);
  }
  if (status == OIO_OK && log->count == 0) return bad(log, error, "the head names no port");
  for (unsigned i = 0; i < log->count && status == OIO_OK; i++)
    if (log->ports[i].behind[0] != '\0' && port_named(log, log->ports[i].behind) < 0)
      return bad(log, error, "port %.40s is behind=%.40s, which is no port", log->ports[i].name, log->ports[i].behind);
  return status;
}

enum oio_status wire_log_open(struct wire_log *log, const char *path, struct oio_error *error) {
  *log = (struct wire_log){.path = path};
  errno = 0;
  log->file = gzopen(path, "rb");
  if (log->file == NULL)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", path, strerror(errno != 0 ? errno : ENOMEM));
  log->buffer = malloc(WIRE_LINE_MAX + OIO_LINES_ROOM);
  if (log->buffer == NULL) {
    gzclose(log->file);
    return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
  }
  log->lines = (struct oio_lines){.read = read_some,
                                  .context = log->file,
                                  .buffer = log->buffer,
                                  .size = WIRE_LINE_MAX + OIO_LINES_ROOM,
                                  .line_max = WIRE_LINE_MAX,
                                  .text_max = UINT64_MAX};
  oio_lines_start(&log->lines);
  const enum oio_status status = read_head(log, error);
  if (status != OIO_OK) wire_log_close(log);
  return status;
}

/* The rest of the line, blanks between bytes allowed. */
static bool take_hex(struct wire_event *event, const char *at) {
  for (event->nbytes = 0; at += strspn(at, " \t_"), *at != '\0'; at += 2) {
    const int high = oio_hex_digit(at[0]), low = high >= 0 ? oio_hex_digit(at[1]) : -1;
    if (low < 0 || event->nbytes == sizeof event->bytes) return false;
    event->bytes[event->nbytes++] = (uint8_t)(high << 4 | low);
  }
  return event->nbytes > 0;
}

static enum oio_status take_event(struct wire_log *log, char *line, struct wire_event *event, struct oio_error *error) {
  char *at = line;
  const char *time = next_word(&at), *name = next_word(&at), *kind = next_word(&at);
  const int port = port_named(log, name);
  if (!number(time, &event->time_ps)) return bad(log, error, "'%.40s' is no time in ps", time);
  if (port < 0) return bad(log, error, "'%.40s' is no port of the head", name);
  event->port = (unsigned)port;
  event->nbytes = 0;
  event->kind = strcmp(kind, "in") == 0 ? WIRE_IN : strcmp(kind, "out") == 0 ? WIRE_OUT : WIRE_RESET;
  if (event->kind == WIRE_RESET && strcmp(kind, "reset") != 0) return bad(log, error, "'%.40s' is none of in, out and reset", kind);
  if (event->kind == WIRE_RESET) return *next_word(&at) == '\0' ? OIO_OK : bad(log, error, "there is more behind a reset");
  if (!take_hex(event, at)) return bad(log, error, "no flit of up to %d bytes in hex", OIO_FLIT_BYTES);
  oio_time_ps *last_ps = &log->last_ps[port][event->kind];
  if (event->time_ps < *last_ps) return bad(log, error, "its time is before that of the last flit that went the same way");
  if (event->kind == WIRE_IN && event->time_ps < log->last_in_ps)
    return bad(log, error, "a flit went in at another port after that: lines stand in the order of time, of all ports together");
  if (event->kind == WIRE_IN) log->last_in_ps = event->time_ps;
  *last_ps = event->time_ps;
  return OIO_OK;
}

enum oio_status wire_log_next(struct wire_log *log, struct wire_event *event, bool *more, struct oio_error *error) {
  char *line;
  for (;;) {
    const enum oio_status status = next_line(log, &line, more, error);
    if (status != OIO_OK || !*more) return status;
    const char *first = line + strspn(line, " \t");
    if (*first != '\0' && *first != '#') return take_event(log, line, event, error);
  }
}

void wire_log_close(struct wire_log *log) {
  gzclose(log->file);
  free(log->buffer);
  log->buffer = NULL;
}
