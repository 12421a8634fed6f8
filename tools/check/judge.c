/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include "crc_guess.h"

#include <stdio.h>
#include <string.h>

static enum oio_status refuse(const struct judge *judge, const struct wire_port *port, struct oio_error *error, const char *what) {
  return oio_error_set(error, OIO_ERR_CONFIG, "%.110s: port %s: %s; see docs/checkers.md", judge->log->path, port->name, what);
}

static enum oio_status start_plain(struct judge *judge, struct judge_port *at, const struct wire_port *port, struct oio_error *error) {
  struct oio_plain_config config = oio_plain_usual();
  config.format = (uint8_t)port->format;
  if (port->window_flits > OIO_PLAIN_WINDOW_MAX) return refuse(judge, port, error, "window_flits of the plain profile is 127 at most");
  if (port->window_flits > 0) config.window_flits = (uint8_t)port->window_flits;
  if (port->timeout_flits > 0) config.timeout_flits = (uint16_t)port->timeout_flits;
  if (port->flit_ps == 0) return refuse(judge, port, error, "the plain profile counts in flit times; say flit_ps");
  if (port->behind[0] != '\0') return refuse(judge, port, error, "behind= is of the extended profile");
  plain_watch_start(&at->watch, &config);
  at->watch.waivers = judge->waivers;
  at->watch.port = port->name;
  return OIO_OK;
}

static enum oio_status start_extended(struct judge *judge, struct judge_port *at, const struct wire_port *port, struct oio_error *error) {
  if (port->sequence_bits != 8 && port->sequence_bits != 16)
    return refuse(judge, port, error, "the extended profile needs sequence_bits, 8 of a die link or 16");
  if (port->window_flits == 0 || port->buffer_flits == 0 || port->peer_buffer_flits == 0)
    return refuse(judge, port, error, "the extended profile needs window_flits, buffer_flits and peer_buffer_flits");
  const struct oio_monitor_config config = {.name = port->name,
                                            .format = (uint8_t)port->format,
                                            .sequence_bits = (uint8_t)port->sequence_bits,
                                            .window_flits = (uint32_t)port->window_flits,
                                            .buffer_flits = (uint32_t)port->buffer_flits,
                                            .peer_buffer_flits = (uint32_t)port->peer_buffer_flits,
                                            .inside_flits = port->inside_flits > 0 ? (uint32_t)port->inside_flits : 4096,
                                            .timeout_ps = port->timeout_ps,
                                            .nak_repeat_ps = port->nak_repeat_ps,
                                            .ack_delay_ps = port->ack_delay_ps,
                                            .response_ps = port->response_ps};
  if (port->response_ps > 0 && (port->timeout_ps == 0 || port->nak_repeat_ps == 0))
    return refuse(judge, port, error, "response_ps judges what is due; say timeout_ps, nak_repeat_ps and ack_delay_ps too");
  const enum oio_status status = oio_monitor_create(&at->monitor, &config, error);
  if (status == OIO_OK) oio_monitor_waive(at->monitor, judge->waivers);
  return status;
}

static struct oio_monitor *monitor_named(const struct judge *judge, const char *name) {
  for (unsigned i = 0; i < judge->log->count; i++)
    if (strcmp(judge->log->ports[i].name, name) == 0) return judge->ports[i].monitor;
  return NULL;
}

enum oio_status judge_start(struct judge *judge, const struct wire_log *log, struct oio_waivers *waivers, struct oio_error *error) {
  const char *names[WIRE_PORTS_MAX];
  memset(judge, 0, sizeof *judge);
  judge->log = log;
  judge->waivers = waivers;
  for (unsigned i = 0; i < log->count; i++) names[i] = log->ports[i].name;
  enum oio_status status = oio_waivers_bind(waivers, names, log->count, error);
  for (unsigned i = 0; i < log->count && status == OIO_OK; i++) {
    const struct wire_port *port = &log->ports[i];
    if (port->plain ? oio_plain_format((unsigned)port->format) == NULL : oio_flit_format((unsigned)port->format) == NULL)
      return refuse(judge, port, error, port->plain ? "format is 2 to 6 in the plain profile" : "format is 3 or 6 in the extended profile");
    status = port->plain ? start_plain(judge, &judge->ports[i], port, error) : start_extended(judge, &judge->ports[i], port, error);
  }
  for (unsigned i = 0; i < log->count && status == OIO_OK; i++) {
    if (log->ports[i].behind[0] == '\0') continue;
    struct oio_monitor *inlet = monitor_named(judge, log->ports[i].behind);
    if (inlet == NULL || inlet == judge->ports[i].monitor)
      return refuse(judge, &log->ports[i], error, "behind= names another port of the extended profile");
    oio_monitor_join(inlet, judge->ports[i].monitor);
  }
  return status;
}

void judge_free(struct judge *judge) {
  for (unsigned i = 0; i < WIRE_PORTS_MAX; i++) oio_monitor_destroy(judge->ports[i].monitor);
}

static void judge_plain(struct judge *judge, const struct wire_event *event) {
  struct judge_port *at = &judge->ports[event->port];
  const struct wire_port *port = &judge->log->ports[event->port];
  char text[PLAIN_WATCH_TEXT_BYTES];
  const uint64_t now = event->time_ps / port->flit_ps;
  if (event->kind == WIRE_IN) {
    plain_watch_given(&at->watch, now, event->bytes);
    return;
  }
  const enum oio_rule_id rule = plain_watch_sent(&at->watch, now, event->bytes, text);
  if (rule == OIO_RULES) return;
  at->plain_found = true;
  at->plain_findings++;
  at->plain = (struct judge_finding){.time_ps = event->time_ps, .rule = oio_rule_name(rule)};
  snprintf(at->plain.text, sizeof at->plain.text, "%s: %s", port->name, text);
}

/* What else a wrong CRC could be is said behind the monitor's own finding. */
static void judge_extended(struct judge *judge, const struct wire_event *event) {
  struct judge_port *at = &judge->ports[event->port];
  const struct oio_flit_format *format = oio_flit_format((unsigned)judge->log->ports[event->port].format);
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  char guess[CRC_GUESS_BYTES], text[CRC_GUESS_BYTES + 40];
  memcpy(wire.bytes, event->bytes, OIO_FLIT_BYTES);
  const bool valid = oio_flit_valid(format, wire.bytes);
  if (event->kind == WIRE_IN) {
    wire.syndrome = valid ? 0 : 1;
    oio_monitor_into(at->monitor, event->time_ps, event->time_ps, &wire);
    return;
  }
  oio_monitor_out(at->monitor, event->time_ps, &wire);
  if (valid || at->out > 1 || !crc_guess_flit(format, wire.bytes, guess, sizeof guess)) return;
  snprintf(text, sizeof text, "it looks like a CRC with %s", guess);
  oio_monitor_note(at->monitor, event->time_ps, oio_rule_name(OIO_RULE_CRC), text);
}

enum oio_status judge_event(struct judge *judge, const struct wire_event *event, struct oio_error *error) {
  struct judge_port *at = &judge->ports[event->port];
  const struct wire_port *port = &judge->log->ports[event->port];
  const size_t nbytes = port->plain ? oio_plain_format((unsigned)port->format)->bytes : OIO_FLIT_BYTES;
  if (event->time_ps > judge->last_ps) judge->last_ps = event->time_ps;
  if (event->kind == WIRE_RESET) {
    if (port->plain) return refuse(judge, port, error, "a reset is of the extended profile; begin another log");
    oio_monitor_reset(at->monitor);
    return OIO_OK;
  }
  if (event->nbytes != nbytes)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: %zu bytes, where a flit of format %u has %zu; see docs/checkers.md",
                         judge->log->path, (unsigned long long)judge->log->lines.number, event->nbytes, (unsigned)port->format, nbytes);
  at->in += event->kind == WIRE_IN;
  at->out += event->kind == WIRE_OUT;
  if (port->plain)
    judge_plain(judge, event);
  else
    judge_extended(judge, event);
  return OIO_OK;
}

void judge_end(struct judge *judge) {
  for (unsigned i = 0; i < judge->log->count; i++)
    if (judge->ports[i].monitor != NULL) oio_monitor_rest(judge->ports[i].monitor, judge->last_ps);
}

bool judge_fetch(struct judge *judge, struct judge_finding *finding) {
  for (unsigned i = 0; i < judge->log->count; i++) {
    struct judge_port *at = &judge->ports[i];
    struct oio_finding found;
    if (at->plain_found) {
      *finding = at->plain;
      at->plain_found = false;
      return true;
    }
    if (at->monitor == NULL || !oio_monitor_fetch(at->monitor, &found)) continue;
    *finding = (struct judge_finding){.time_ps = found.time_ps, .rule = found.rule};
    snprintf(finding->text, sizeof finding->text, "%s", found.text);
    return true;
  }
  return false;
}

uint64_t judge_findings(const struct judge *judge) {
  uint64_t findings = 0;
  for (unsigned i = 0; i < judge->log->count; i++) {
    const struct judge_port *at = &judge->ports[i];
    findings += at->monitor != NULL ? oio_monitor_findings(at->monitor) : at->plain_findings;
  }
  return findings;
}
