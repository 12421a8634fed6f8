/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_dpi_dut.h"

#include "plain_watch.h"

#include <oio/plain.h>
#include <oio/rng.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 512, BEAT_BYTES = 256, RESET_CLOCKS = 16, PIN_BYTES = 64, CLEAN_FLITS = 48 };
enum port { LINE_OUT, LINE_IN, SEND, TAKEN, PORTS };

struct flight {
  uint64_t at; /* clock */
  uint8_t flit[OIO_PLAIN_FLIT_BYTES_MAX];
};

/* A wire: what is on it, and how many have gone in. */
struct wire {
  struct flight flights[RING];
  uint64_t in, out;
};

/* A port of the device: beats of a flit or a payload. */
struct beats {
  uint8_t bytes[2 * BEAT_BYTES];
  unsigned width, count, at;
  bool showing; /* a beat towards the device waits to be taken */
  uint8_t held[BEAT_BYTES];
  bool stalled; /* a beat of the device's was not taken, and is held */
};

struct settings {
  unsigned long line_bytes, send_bytes, taken_bytes, sof, last, always_ready, payloads, delay_flits, damage_every, ready_percent,
      valid_percent, seed, clock_ps, hang_flits, format, window_flits, timeout_flits, replay_limit, handshake_limit, handshake_explicits,
      handshake_acks, quiet_acks, strict;
};

struct dut {
  struct settings set;
  struct oio_plain *far;
  const struct oio_plain_format *format;
  struct plain_watch watch;
  struct oio_rng rng;
  struct oio_error error;
  char names[PORTS][PIN_BYTES], reset_name[PIN_BYTES];
  struct beats ports[PORTS];
  struct wire out, in;
  uint64_t clock, progress;
  uint64_t far_sent, dut_sent, far_got, dut_got, done_at;
  int drive, done;
  struct oio_waivers waivers;
  char report[32768];
};

static uint64_t flit_time(const struct dut *d) {
  return d->clock / d->ports[LINE_OUT].count;
}

/* What was waived, a line for each rule and port, behind the report. */
static void tell_waived(struct dut *d) {
  struct oio_waived waived;
  size_t used = strlen(d->report);
  for (unsigned next = 0; oio_waivers_report(&d->waivers, &next, &waived) && used < sizeof d->report - 1; used = strlen(d->report)) {
    char *to = d->report + used;
    const char *at = waived.port[0] != '\0' ? " at " : "";
    if (waived.findings > 0)
      snprintf(to, sizeof d->report - used, "\nbench: %" PRIu64 " finding%s %s: %s%s%s%s%s", waived.findings,
               waived.findings == 1 ? "" : "s", waived.severity == OIO_SEVERITY_WARNING ? "warned of" : "waived", waived.rule, at,
               waived.port, waived.reason[0] != '\0' ? ": " : "", waived.reason);
    else
      snprintf(to, sizeof d->report - used, "\nbench: waiver of %s%s%s: nothing has matched it; take it away", waived.rule, at,
               waived.port);
  }
}

static const char *const port_names[PORTS] = {"line.out", "line.in", "send", "taken"};

/* The run ends with it. */
static void conclude(struct dut *d, enum port port, enum oio_rule_id rule, const char *format, va_list list) {
  char text[1024];
  if (d->done != 0) return;
  vsnprintf(text, sizeof text, format, list);
  const uint64_t ps = d->clock * d->set.clock_ps;
  snprintf(d->report, sizeof d->report, "bench: BAD: at %" PRIu64 ".%03u ns (clock %" PRIu64 "): rule %s: port %s (%s): %s", ps / 1000,
           (unsigned)(ps % 1000), d->clock, oio_rule_name(rule), port_names[port], d->names[port], text);
  tell_waived(d);
  d->done = 2;
}

/* A finding, unless it is waived: then the run goes on. */
__attribute__((format(printf, 4, 5))) static void find(struct dut *d, enum port port, enum oio_rule_id rule, const char *format, ...) {
  va_list list;
  if (d->done != 0 || oio_waivers_take(&d->waivers, oio_rule_name(rule), port_names[port])) return;
  va_start(list, format);
  conclude(d, port, rule, format, list);
  va_end(list);
}

/* One behind which nothing more comes, or that the watch has seen: it cannot be waived, or is not. */
__attribute__((format(printf, 4, 5))) static void fail(struct dut *d, enum port port, enum oio_rule_id rule, const char *format, ...) {
  va_list list;
  va_start(list, format);
  conclude(d, port, rule, format, list);
  va_end(list);
}

/* Payload n of a side: its number first, then what the seed makes of both. */
static void content(const struct dut *d, unsigned side, uint64_t n, uint8_t *bytes) {
  struct oio_rng rng;
  oio_rng_seed(&rng, d->set.seed + n, 2 + side);
  for (unsigned i = 0; i < d->format->payload_bytes; i += 8) {
    const uint64_t word = i == 0 ? n << 1 | side : oio_rng_next(&rng);
    for (unsigned b = 0; b < 8 && i + b < d->format->payload_bytes; b++) bytes[i + b] = (uint8_t)(word >> 8 * b);
  }
}

static bool chance(struct dut *d, unsigned long percent) {
  return percent >= 100 || oio_rng_next(&d->rng) % 100 < percent;
}

/* What has arrived is the next that was sent; else what it is instead. */
static bool score(struct dut *d, enum port port, unsigned side, uint64_t n, uint64_t sent, const uint8_t *bytes) {
  uint8_t wanted[OIO_PLAIN_PAYLOAD_BYTES_MAX];
  uint64_t word = 0;
  const char *from = side == 0 ? "the device's own side" : "the far end";
  content(d, side, n, wanted);
  d->progress = d->clock;
  if (n < sent && memcmp(bytes, wanted, d->format->payload_bytes) == 0) return true;
  for (unsigned b = 0; b < 8; b++) word |= (uint64_t)bytes[b] << 8 * b;
  content(d, side, word >> 1, wanted);
  if ((word & 1) == side && word >> 1 < sent && memcmp(bytes, wanted, d->format->payload_bytes) == 0) {
    find(d, port, OIO_RULE_PR6_ORDER, "payload %" PRIu64 " of %s %s, where %" PRIu64 " is awaited", word >> 1, from,
         word >> 1 < n ? "arrives again" : "arrives too early", n);
  } else if (n >= sent) {
    find(d, port, OIO_RULE_PR6_ORDER, "a payload more than the %" PRIu64 " of %s, and none of them", sent, from);
  } else {
    unsigned at = 0;
    content(d, side, n, wanted);
    while (bytes[at] == wanted[at]) at++;
    find(d, port, OIO_RULE_PR6_ALTERED, "payload %" PRIu64 " of %s: byte %u is 0x%02x, was sent as 0x%02x", n, from, at, bytes[at],
         wanted[at]);
  }
  return false;
}

static bool put(const struct dut *d, struct wire *wire, const uint8_t *flit) {
  struct flight *flight = &wire->flights[wire->in % RING];
  if (wire->in - wire->out >= RING) return false;
  memcpy(flight->flit, flit, d->format->bytes);
  flight->at = d->clock + d->set.delay_flits * d->ports[LINE_OUT].count;
  wire->in++;
  if (d->set.damage_every > 0 && wire->in > CLEAN_FLITS && wire->in % d->set.damage_every == 0)
    flight->flit[wire->in % d->format->bytes] ^= (uint8_t)(1u << wire->in % 8);
  return true;
}

/* A beat of the device's: 1 when it was the last of its flit or payload. */
static bool collect(struct dut *d, enum port port, const uint8_t *data, bool sof, bool last, bool has_sof, bool has_last) {
  struct beats *p = &d->ports[port];
  const bool end = p->at + 1 == p->count;
  if (has_sof && sof != (p->at == 0))
    find(d, port, OIO_RULE_FRAMING, "start of flit is %d at beat %u of %u", sof, p->at, p->count);
  else if (has_last && last != end)
    find(d, port, OIO_RULE_FRAMING, "last is %d at beat %u of %u", last, p->at, p->count);
  memcpy(p->bytes + (size_t)p->at * p->width, data, p->width);
  p->at = end ? 0 : p->at + 1;
  return end;
}

/* What is shown and not taken stays. */
static void hold(struct dut *d, enum port port, bool valid, bool ready, const uint8_t *data) {
  struct beats *p = &d->ports[port];
  if (p->stalled && !valid) find(d, port, OIO_RULE_FRAMING, "valid falls before its beat is taken");
  if (p->stalled && valid && memcmp(p->held, data, p->width) != 0) find(d, port, OIO_RULE_FRAMING, "data change before they are taken");
  p->stalled = valid && !ready;
  if (p->stalled) memcpy(p->held, data, p->width);
}

static void line_out(struct dut *d, int pins, const uint8_t *data) {
  char text[PLAIN_WATCH_TEXT_BYTES];
  const bool valid = pins & OIO_DUT_LINE_OUT_VALID, ready = d->drive & OIO_DUT_LINE_OUT_READY;
  hold(d, LINE_OUT, valid, ready, data);
  if (!valid || !ready) return;
  if (!collect(d, LINE_OUT, data, pins & OIO_DUT_LINE_OUT_SOF, pins & OIO_DUT_LINE_OUT_LAST, d->set.sof & 1, d->set.last & 1)) return;
  const uint8_t *flit = d->ports[LINE_OUT].bytes;
  const enum oio_rule_id rule = plain_watch_sent(&d->watch, flit_time(d), flit, text);
  if (rule != OIO_RULES) fail(d, LINE_OUT, rule, "flit %" PRIu64 " of the device: %s", d->watch.flits, text);
  if (!put(d, &d->out, flit)) find(d, LINE_OUT, OIO_RULE_PLAIN_WIRE, "more flits than the wire holds");
}

static void taken(struct dut *d, int pins, const uint8_t *data) {
  const bool valid = pins & OIO_DUT_TAKEN_VALID, ready = d->drive & OIO_DUT_TAKEN_READY;
  hold(d, TAKEN, valid, ready, data);
  if (valid && ready && collect(d, TAKEN, data, false, pins & OIO_DUT_TAKEN_LAST, false, d->set.last & 8))
    d->dut_got += score(d, TAKEN, 1, d->dut_got, d->far_sent, d->ports[TAKEN].bytes);
}

/* The far end: what arrives there, and what it sends when the wire is free. */
static void far_end(struct dut *d) {
  uint8_t bytes[OIO_PLAIN_FLIT_BYTES_MAX];
  struct oio_plain_taken got;
  const uint64_t now = flit_time(d);
  for (; d->out.out < d->out.in && d->out.flights[d->out.out % RING].at <= d->clock; d->out.out++) {
    oio_plain_rx(d->far, now, d->out.flights[d->out.out % RING].flit, &got);
    if (!got.second) continue;
    oio_plain_get_payload(d->format, got.flit, bytes);
    d->far_got += score(d, LINE_OUT, 0, d->far_got, d->dut_sent, bytes);
  }
  if (d->clock % d->ports[LINE_IN].count != 0 || d->in.in - d->in.out > d->set.delay_flits + 4) return;
  if (d->far_sent < d->set.payloads && oio_plain_can_send(d->far)) {
    content(d, 1, d->far_sent, bytes);
    d->far_sent += oio_plain_send(d->far, &(struct oio_plain_head){.protocol = 1}, bytes) == OIO_OK;
  }
  if (oio_plain_tx(d->far, now, bytes)) put(d, &d->in, bytes);
}

/* The next beat of what is shown to the device, if there is one. */
static int show(struct dut *d, enum port port, uint8_t *data, int valid, int sof, int last) {
  struct beats *p = &d->ports[port];
  if (!p->showing) return 0;
  memset(data, 0, BEAT_BYTES);
  memcpy(data, p->bytes + (size_t)p->at * p->width, p->width);
  return valid | (p->at == 0 ? sof : 0) | (p->at + 1 == p->count ? last : 0);
}

static void step_on(struct beats *p) {
  p->showing = false;
  p->at = p->at + 1 == p->count ? 0 : p->at + 1;
}

static int line_in(struct dut *d, int pins, uint8_t *data) {
  struct beats *p = &d->ports[LINE_IN];
  if ((d->drive & OIO_DUT_LINE_IN_VALID) && (pins & OIO_DUT_LINE_IN_READY)) {
    step_on(p);
    if (p->at == 0) plain_watch_given(&d->watch, flit_time(d), p->bytes);
  }
  if (!p->showing && p->at == 0 && d->in.out < d->in.in && d->in.flights[d->in.out % RING].at <= d->clock) {
    memcpy(p->bytes, d->in.flights[d->in.out++ % RING].flit, d->format->bytes);
    p->showing = true;
  } else if (!p->showing && p->at > 0) {
    p->showing = chance(d, d->set.valid_percent);
  }
  return show(d, LINE_IN, data, OIO_DUT_LINE_IN_VALID, OIO_DUT_LINE_IN_SOF, OIO_DUT_LINE_IN_LAST);
}

static int send_in(struct dut *d, int pins, uint8_t *data) {
  struct beats *p = &d->ports[SEND];
  if ((d->drive & OIO_DUT_SEND_VALID) && (pins & OIO_DUT_SEND_READY)) {
    step_on(p);
    if (p->at == 0) d->dut_sent++;
  }
  if (!p->showing && d->dut_sent < d->set.payloads && chance(d, d->set.valid_percent)) {
    if (p->at == 0) {
      memset(p->bytes, 0, sizeof p->bytes);
      content(d, 0, d->dut_sent, p->bytes);
    }
    p->showing = true;
  }
  return show(d, SEND, data, OIO_DUT_SEND_VALID, 0, OIO_DUT_SEND_LAST);
}

static const char *const state_names[] = {"handshake", "active", "retrain", "error"};

/* Nothing has got across for too long: who waits for what. */
static void hang(struct dut *d, int pins) {
  struct oio_plain_status s;
  oio_plain_get_status(d->far, &s);
  if (d->watch.flits == 0) {
    fail(d, LINE_OUT, OIO_RULE_PT1,
         "no flit has come in %" PRIu64
         " flit times since reset (%s) ended: a device in handshake sends NOPs; is the reset of the right polarity, "
         "the "
         "clock the right one?",
         flit_time(d), d->reset_name);
    return;
  }
  fail(d, d->dut_got < d->set.payloads && d->far_got >= d->set.payloads ? TAKEN : LINE_OUT, OIO_RULE_PLAIN_WATCHDOG,
       "nothing has arrived for %lu flit times: device: %" PRIu64 " flits sent, payloads to %u, %u acknowledged by it, Naks %" PRIu64
       "; line.out valid %d ready %d, line.in valid %d ready %d, send valid %d ready %d, taken valid %d ready %d; far end: %s, next_tx %u, "
       "acked %u, "
       "expected %u, replays %" PRIu64 ", timeouts %" PRIu64 "; arrived %" PRIu64 " and %" PRIu64 " of %lu",
       d->set.hang_flits, d->watch.flits, (d->watch.next_new + 253u) % 255 + 1, d->watch.acknowledged, d->watch.naks,
       pins & OIO_DUT_LINE_OUT_VALID, !!(d->drive & OIO_DUT_LINE_OUT_READY), !!(d->drive & OIO_DUT_LINE_IN_VALID),
       !!(pins & OIO_DUT_LINE_IN_READY), !!(d->drive & OIO_DUT_SEND_VALID), !!(pins & OIO_DUT_SEND_READY), !!(pins & OIO_DUT_TAKEN_VALID),
       !!(d->drive & OIO_DUT_TAKEN_READY), state_names[s.state], s.next_tx, s.acked, s.expected, s.replays, s.timeouts, d->far_got,
       d->dut_got, d->set.payloads);
}

/* How the run stands. */
static void look(struct dut *d, int pins) {
  struct oio_plain_status s;
  oio_plain_get_status(d->far, &s);
  const uint64_t beats = d->ports[LINE_OUT].count;
  if (s.state == OIO_PLAIN_RETRAIN && d->watch.flits == 0) {
    hang(d, pins);
  } else if (s.state == OIO_PLAIN_RETRAIN || s.state == OIO_PLAIN_ERROR) {
    static const enum oio_rule_id rules[] = {OIO_RULE_PLAIN_WIRE, OIO_RULE_PT6, OIO_RULE_PT1, OIO_RULE_PR4, OIO_RULE_PR6};
    static const char *const why[] = {"", "its replays bring no progress (replay limit)", "the handshake does not end (handshake limit)",
                                      "an Ack of what it has not sent (ack range)", "a payload numbered 0"};
    fail(d, LINE_OUT, rules[s.fault], "the far end gives up: %s; next_tx %u, acked %u, expected %u, the device has sent %" PRIu64 " flits",
         why[s.fault], s.next_tx, s.acked, s.expected, d->watch.flits);
  }
  if (d->far_got < d->set.payloads || d->dut_got < d->set.payloads || s.unacked_flits > 0) {
    if (d->clock - d->progress > d->set.hang_flits * beats) hang(d, pins);
  } else if (d->done_at == 0) {
    d->done_at = d->clock + (2 * d->set.delay_flits + 2 * CLEAN_FLITS) * beats; /* for what comes too much */
  } else if (d->clock > d->done_at && d->done == 0) {
    snprintf(d->report, sizeof d->report,
             "bench: good: %lu payloads each way, %" PRIu64 " clocks, %" PRIu64 " flits of the device; far end: replays %" PRIu64
             ", received invalid %" PRIu64 ", duplicate %" PRIu64 "; seed %lu",
             d->set.payloads, d->clock, d->watch.flits, s.replays, s.received_invalid, s.received_duplicate, d->set.seed);
    tell_waived(d);
    d->done = 1;
  }
}

int oio_dpi_dut_step(void *dut, int pins, const uint32_t *line, const uint32_t *out, uint32_t *to_line, uint32_t *to_send) {
  struct dut *d = dut;
  d->clock++;
  if (d->clock <= RESET_CLOCKS) {
    d->progress = d->clock;
    return d->drive = OIO_DUT_RESET;
  }
  line_out(d, pins, (const uint8_t *)line);
  taken(d, pins, (const uint8_t *)out);
  far_end(d);
  int drive = line_in(d, pins, (uint8_t *)to_line) | send_in(d, pins, (uint8_t *)to_send);
  if ((d->set.always_ready & 1) || chance(d, d->set.ready_percent)) drive |= OIO_DUT_LINE_OUT_READY;
  if ((d->set.always_ready & 8) || chance(d, d->set.ready_percent)) drive |= OIO_DUT_TAKEN_READY;
  look(d, pins);
  return d->drive = drive;
}

int oio_dpi_dut_done(void *dut) {
  return ((const struct dut *)dut)->done;
}

const char *oio_dpi_dut_report(void *dut) {
  return ((const struct dut *)dut)->report;
}

static bool store(struct dut *d, const char *name, const char *value) {
  struct settings *s = &d->set;
  const struct {
    const char *name;
    unsigned long *field, least, most;
  } fields[] = {{"line_bytes", &s->line_bytes, 1, 256},
                {"send_bytes", &s->send_bytes, 1, 256},
                {"taken_bytes", &s->taken_bytes, 1, 256},
                {"sof", &s->sof, 0, 15},
                {"last", &s->last, 0, 15},
                {"always_ready", &s->always_ready, 0, 15},
                {"payloads", &s->payloads, 1, 1000000000},
                {"delay_flits", &s->delay_flits, 0, 400},
                {"damage_every", &s->damage_every, 0, 1000000000},
                {"ready_percent", &s->ready_percent, 1, 100},
                {"valid_percent", &s->valid_percent, 1, 100},
                {"seed", &s->seed, 0, UINT32_MAX},
                {"clock_ps", &s->clock_ps, 1, 1000000000},
                {"hang_flits", &s->hang_flits, 100, 1000000000},
                {"format", &s->format, 2, 6},
                {"window_flits", &s->window_flits, 1, 127},
                {"timeout_flits", &s->timeout_flits, 1, 511},
                {"replay_limit", &s->replay_limit, 1, 65535},
                {"handshake_limit", &s->handshake_limit, 1, 65535},
                {"handshake_explicits", &s->handshake_explicits, 1, 127},
                {"handshake_acks", &s->handshake_acks, 1, 127},
                {"quiet_acks", &s->quiet_acks, 1, 127},
                {"strict", &s->strict, 0, 1}};
  const struct {
    const char *name;
    char *text;
  } pins[] = {{"line.out", d->names[LINE_OUT]},
              {"line.in", d->names[LINE_IN]},
              {"send", d->names[SEND]},
              {"taken", d->names[TAKEN]},
              {"reset", d->reset_name}};
  for (size_t i = 0; i < sizeof pins / sizeof *pins; i++) {
    if (strcmp(name, pins[i].name) == 0) return snprintf(pins[i].text, PIN_BYTES, "%s", value), true;
  }
  if (strcmp(name, "severity") == 0 && strchr(value, '=') == NULL) {
    oio_error_set(&d->error, OIO_ERR_CONFIG, "bench: severity=%.60s names none; write severity=RULE[@PORT]=warning", value);
    return false;
  }
  if (strcmp(name, "waive") == 0 || strcmp(name, "severity") == 0 || strcmp(name, "waivers") == 0) {
    struct oio_error error;
    const enum oio_status status =
        strcmp(name, "waivers") == 0 ? oio_waivers_read(&d->waivers, value, &error) : oio_waivers_add(&d->waivers, value, &error);
    if (status != OIO_OK) oio_error_set(&d->error, status, "bench: %s", error.text);
    return status == OIO_OK;
  }
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strcmp(name, fields[i].name) != 0) continue;
    char *end;
    const unsigned long n = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || n < fields[i].least || n > fields[i].most) {
      oio_error_set(&d->error, OIO_ERR_CONFIG, "bench: %s is a number from %lu to %lu, not '%.40s'", name, fields[i].least, fields[i].most,
                    value);
      return false;
    }
    *fields[i].field = n;
    return true;
  }
  oio_error_set(&d->error, OIO_ERR_CONFIG, "bench: there is no setting '%.40s'; the port map's comments list them", name);
  return false;
}

static bool read_settings(struct dut *d, const char *text) {
  char word[160];
  int used = 0;
  for (text += strspn(text, " ,"); sscanf(text, "%159[^ ,]%n", word, &used) == 1; text += used, text += strspn(text, " ,")) {
    char *value = strchr(word, '=');
    if (value == NULL) return oio_error_set(&d->error, OIO_ERR_CONFIG, "bench: '%.60s': write name=value", word), false;
    *value++ = '\0';
    if (!store(d, word, value)) return false;
  }
  return true;
}

static bool shape(struct dut *d) {
  const unsigned flit = d->format->bytes, payload = d->format->payload_bytes;
  const unsigned long widths[PORTS] = {d->set.line_bytes, d->set.line_bytes, d->set.send_bytes, d->set.taken_bytes};
  if (flit % d->set.line_bytes != 0) {
    oio_error_set(&d->error, OIO_ERR_CONFIG,
                  "bench: ports line.out (%s) and line.in (%s): a flit of %u bytes (format %lu) is no whole number of beats of %lu bytes",
                  d->names[LINE_OUT], d->names[LINE_IN], flit, d->set.format, d->set.line_bytes);
    return false;
  }
  for (unsigned i = 0; i < PORTS; i++) {
    const unsigned whole = i < SEND ? flit : payload, width = (unsigned)widths[i];
    d->ports[i].width = width;
    d->ports[i].count = (whole + width - 1) / width;
  }
  return true;
}

static bool bind_waivers(struct dut *d) {
  struct oio_error error;
  d->waivers.strict = d->set.strict != 0;
  const enum oio_status status = oio_waivers_bind(&d->waivers, port_names, PORTS, &error);
  if (status != OIO_OK) oio_error_set(&d->error, status, "bench: %s", error.text);
  return status == OIO_OK;
}

/* Where it is not set, the usual limit and the round trip: shorter than that, no handshake ends. */
static bool settle_handshake(struct dut *d, unsigned long usual) {
  const unsigned long round_trip = 2 * d->set.delay_flits;
  if (d->set.handshake_limit == 0) d->set.handshake_limit = usual + round_trip;
  if (d->set.handshake_limit > round_trip + 2) return true;
  oio_error_set(
      &d->error, OIO_ERR_CONFIG,
      "bench: handshake_limit=%lu: a round trip of %lu flit times (delay_flits=%lu) takes longer; set %lu or more, or leave it out",
      d->set.handshake_limit, round_trip, d->set.delay_flits, round_trip + 3);
  return false;
}

void *oio_dpi_dut_create(const char *config_text) {
  struct dut *d = calloc(1, sizeof *d);
  if (d == NULL) return NULL;
  struct oio_plain_config c = oio_plain_usual();
  d->set = (struct settings){.line_bytes = 64,
                             .send_bytes = 64,
                             .taken_bytes = 64,
                             .payloads = 2000,
                             .delay_flits = 20,
                             .damage_every = 97,
                             .ready_percent = 100,
                             .valid_percent = 100,
                             .seed = 1,
                             .clock_ps = 1000,
                             .hang_flits = 4000,
                             .format = c.format,
                             .window_flits = c.window_flits,
                             .timeout_flits = c.timeout_flits,
                             .replay_limit = c.replay_limit,
                             .handshake_explicits = c.handshake_explicits,
                             .handshake_acks = c.handshake_acks,
                             .quiet_acks = c.quiet_acks};
  if (!read_settings(d, config_text) || !bind_waivers(d) || !settle_handshake(d, c.handshake_limit)) return d;
  const struct settings *s = &d->set;
  c = (struct oio_plain_config){.format = (uint8_t)s->format,
                                .window_flits = (uint8_t)s->window_flits,
                                .timeout_flits = (uint16_t)s->timeout_flits,
                                .replay_limit = (uint16_t)s->replay_limit,
                                .handshake_limit = (uint16_t)s->handshake_limit,
                                .handshake_explicits = (uint8_t)s->handshake_explicits,
                                .handshake_acks = (uint8_t)s->handshake_acks,
                                .quiet_acks = (uint8_t)s->quiet_acks};
  d->format = oio_plain_format(c.format);
  if (!shape(d)) return d;
  oio_rng_seed(&d->rng, s->seed, 1);
  plain_watch_start(&d->watch, &c);
  d->watch.waivers = &d->waivers;
  d->watch.port = port_names[LINE_OUT];
  oio_plain_create(&d->far, &c, &d->error);
  return d;
}

void oio_dpi_dut_destroy(void *dut) {
  struct dut *d = dut;
  if (d == NULL) return;
  oio_plain_destroy(d->far);
  free(d);
}

int oio_dpi_dut_failed(void *dut) {
  const struct dut *d = dut;
  return d == NULL || d->far == NULL;
}

const char *oio_dpi_dut_error(void *dut) {
  const struct dut *d = dut;
  return d == NULL ? "bench: out of memory" : d->error.text;
}
