/* SPDX-License-Identifier: Apache-2.0 */
/* The device's receiver is followed by rules R1 to R7 (what it must have accepted), its transmitter by what it puts out. What must come in
 * time, and what must have a cause, is in monitor_due.c; what there is no need for in monitor_need.c. */
#include "monitor/monitor_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool in_half(const struct oio_monitor *m, uint16_t from, uint16_t to) {
  const uint16_t d = oio_monitor_steps(m, from, to);
  return d >= 1 && d <= m->modulus / 2;
}

static void keep(struct oio_monitor *m, oio_time_ps now_ps, const char *rule, const char *format, va_list arguments) {
  if (oio_waivers_take(m->waivers, rule, m->config.name)) return;
  const uint64_t at = m->found++;
  if (at >= OIO_FINDINGS_KEPT) return; /* the first ones tell the most */
  struct oio_finding *finding = &m->findings[at];
  finding->time_ps = now_ps;
  finding->rule = rule;
  const int used = snprintf(finding->text, sizeof finding->text, "%s: ", m->config.name);
  vsnprintf(finding->text + used, sizeof finding->text - (size_t)used, format, arguments);
}

void oio_monitor_find(struct oio_monitor *m, oio_time_ps now_ps, enum oio_rule_id rule, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  keep(m, now_ps, oio_rule_name(rule), format, arguments);
  va_end(arguments);
}

__attribute__((format(printf, 4, 5))) static void note(struct oio_monitor *m, oio_time_ps now_ps, const char *rule, const char *format,
                                                       ...) {
  va_list arguments;
  va_start(arguments, format);
  keep(m, now_ps, rule, format, arguments);
  va_end(arguments);
}

enum oio_status oio_monitor_create(struct oio_monitor **monitor, const struct oio_monitor_config *config, struct oio_error *error) {
  *monitor = NULL;
  if (oio_flit_format(config->format) == NULL || (config->sequence_bits != 8 && config->sequence_bits != 16)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "monitor format %u, sequence_bits %u: use 3 or 6, and 8 or 16", config->format,
                         config->sequence_bits);
  }
  struct oio_monitor *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "monitor: out of memory");
  made->config = *config;
  made->format = oio_flit_format(config->format);
  made->modulus = (uint16_t)((1u << config->sequence_bits) - 1);
  uint64_t size = 1;
  while (size < config->inside_flits) size *= 2;
  made->mask = size - 1;
  made->ring = malloc(size * sizeof *made->ring);
  if (made->ring == NULL) {
    free(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "monitor: out of memory");
  }
  oio_monitor_reset(made);
  *monitor = made;
  return OIO_OK;
}

void oio_monitor_destroy(struct oio_monitor *monitor) {
  if (monitor == NULL) return;
  free(monitor->ring);
  free(monitor);
}

void oio_monitor_reset(struct oio_monitor *m) {
  m->expected = m->out_next = 1;
  m->previous = m->acked_in = m->out_ack = m->out_previous = m->modulus;
  m->lost = m->last_ack_slot = false;
  m->must_be_explicit = true;
  m->out_round = 0;
  m->accepted = m->out_new = 0;
  m->credit_limit = (uint16_t)m->config.peer_buffer_flits;
  m->out_credit = (uint16_t)m->config.buffer_flits;
  oio_due_reset(m);
  oio_need_reset(m);
}

const struct oio_monitor_config *oio_monitor_get_config(const struct oio_monitor *monitor) {
  return &monitor->config;
}

void oio_monitor_tap(struct oio_monitor *m, void (*tap)(void *context, oio_time_ps time_ps, bool out, const uint8_t *flit), void *context) {
  m->tap = tap;
  m->tap_context = context;
}

void oio_monitor_waive(struct oio_monitor *m, struct oio_waivers *waivers) {
  m->waivers = waivers;
}

void oio_monitor_join(struct oio_monitor *from, struct oio_monitor *to) {
  to->inlet = from;
  from->outlet = to;
}

static void take_in(struct oio_monitor *m, oio_time_ps arrival_ps, oio_time_ps now_ps, const struct oio_wire *wire) {
  struct oio_transit *transit = &m->ring[m->accepted & m->mask];
  oio_flit_get_payload(m->format, wire->bytes, transit->bytes, OIO_PAYLOAD_BYTES);
  transit->stamp = wire->stamp;
  transit->stamp.parts_ps[OIO_PART_LOGIC] += now_ps - arrival_ps;
  transit->accepted_ps = now_ps;
  transit->tainted = wire->tainted || wire->wrong_bits > 0;
  m->accepted++;
  m->expected = oio_monitor_next(m, m->expected);
}

/* Rule R6. */
static void take_nop(struct oio_monitor *m, oio_time_ps now_ps, const struct oio_flit_head *head) {
  if (head->command != OIO_EXPLICIT || head->sequence == 0) return;
  if (oio_monitor_next(m, head->sequence) == m->expected) {
    m->lost = false;
    oio_due_answered(m, now_ps);
  } else if (head->sequence == m->expected || in_half(m, m->expected, head->sequence)) {
    oio_due_ask(m, now_ps);
  }
}

/* Rule R7. */
static void take_payload(struct oio_monitor *m, oio_time_ps arrival_ps, oio_time_ps now_ps, const struct oio_flit_head *head,
                         const struct oio_wire *wire) {
  if (head->command == OIO_EXPLICIT && head->sequence == 0) {
    oio_due_must_fail(m, now_ps, OIO_LINK_SEQUENCE_ZERO);
    return;
  }
  if (head->command == OIO_EXPLICIT) {
    m->lost = false;
    m->previous = head->sequence;
  } else if (m->lost) {
    oio_due_ask(m, now_ps);
    return;
  } else {
    m->previous = oio_monitor_next(m, m->previous);
  }
  if (m->previous == m->expected) {
    take_in(m, arrival_ps, now_ps, wire);
    oio_due_answered(m, now_ps);
  } else if (in_half(m, m->expected, m->previous)) {
    oio_due_ask(m, now_ps);
  } else {
    oio_need_arise(&m->need.ack, now_ps);
    oio_due_ack_now(m, now_ps, OIO_RULE_R7);
  }
}

/* What the device has begun to put out and has not been seen whole. */
enum { HALF_OUT_FLITS = 2 };

/* Rule R4. False: the link fails. */
static bool take_credit(struct oio_monitor *m, oio_time_ps now_ps, uint16_t limit) {
  const uint16_t rise = (uint16_t)(limit - m->credit_limit);
  const uint16_t most = (uint16_t)(m->out_new + HALF_OUT_FLITS + m->config.peer_buffer_flits - m->credit_limit);
  if (rise + HALF_OUT_FLITS > most) oio_due_may_fail(m, OIO_LINK_CREDIT_RANGE);
  if (rise > most) {
    oio_due_must_fail(m, now_ps, OIO_LINK_CREDIT_RANGE);
    return false;
  }
  m->credit_limit = limit;
  return true;
}

/* Rule R5 but for Naks. False: the link fails. */
static bool take_ack(struct oio_monitor *m, oio_time_ps now_ps, const struct oio_flit_head *head) {
  const unsigned outstanding = oio_monitor_steps(m, oio_monitor_next(m, m->acked_in), m->out_next);
  const unsigned steps = head->sequence == 0 ? m->modulus : oio_monitor_steps(m, m->acked_in, head->sequence);
  if (steps > outstanding) oio_due_may_fail(m, OIO_LINK_ACK_RANGE);
  if (steps > outstanding + HALF_OUT_FLITS) {
    oio_due_must_fail(m, now_ps, OIO_LINK_ACK_RANGE);
    return false;
  }
  oio_due_ack_in(m, now_ps, head, steps > 0);
  m->acked_in = head->sequence;
  return true;
}

void oio_monitor_into(struct oio_monitor *m, oio_time_ps arrival_ps, oio_time_ps now_ps, const struct oio_wire *wire) {
  struct oio_flit_head head;
  if (m->tap != NULL) m->tap(m->tap_context, now_ps, false, wire->bytes);
  m->counts.received++;
  m->due.last_in_ps = now_ps;
  if (m->due.fatal_ps != OIO_NEVER) return; /* a failed link accepts nothing */
  /* What is on its way out has been told only when it was whole. */
  if (now_ps > m->config.response_ps) oio_due_check(m, now_ps - m->config.response_ps);
  if (wire->syndrome != 0) {
    m->counts.received_invalid++;
    m->lost = true;
    oio_due_ask(m, now_ps);
    return;
  }
  m->counts.undetected += wire->wrong_bits > 0;
  if (!oio_flit_get_head(m->format, wire->bytes, &head)) return;
  head.sequence &= m->modulus;
  oio_due_round_in(m, now_ps, head.round);
  if (!take_credit(m, now_ps, head.credit_limit)) return;
  if (head.command != OIO_EXPLICIT && !take_ack(m, now_ps, &head)) return;
  if (head.protocol == OIO_PROTOCOL_NOP) {
    take_nop(m, now_ps, &head);
  } else {
    take_payload(m, arrival_ps, now_ps, &head, wire);
  }
}

/* Acks and credits of a flit that came out, against what went in. */
static void check_claims(struct oio_monitor *m, oio_time_ps now_ps, const struct oio_flit_head *head) {
  const uint16_t received = m->expected == 1 ? m->modulus : (uint16_t)(m->expected - 1);
  if (head->command != OIO_EXPLICIT) {
    const bool new_or_same = head->sequence == m->out_ack || in_half(m, m->out_ack, head->sequence);
    if (!new_or_same || (head->sequence != received && !in_half(m, head->sequence, received))) {
      oio_monitor_find(m, now_ps, OIO_RULE_R5, "acknowledges %u; the last in order was %u, the last acknowledged %u", head->sequence,
                       received, m->out_ack);
    } else {
      m->out_ack = head->sequence;
    }
  }
  /* What was taken out of the receive buffer and is not yet seen whole at the other port: one waits for its wire, one is on it. */
  const uint64_t seen_out = m->outlet == NULL ? m->accepted : m->outlet->out_new + 2;
  const uint64_t taken = seen_out < m->accepted ? seen_out : m->accepted;
  const uint16_t most = (uint16_t)(taken + m->config.buffer_flits);
  if ((uint16_t)(head->credit_limit - m->out_credit) > 32767) {
    oio_monitor_find(m, now_ps, OIO_RULE_CREDIT, "credit limit %u after %u: it never goes back", head->credit_limit, m->out_credit);
  } else if ((uint16_t)(most - head->credit_limit) > 32767) {
    oio_monitor_find(m, now_ps, OIO_RULE_CREDIT, "credit limit %u; %llu payloads have left the receive buffer, so at most %u",
                     head->credit_limit, (unsigned long long)taken, most);
  } else {
    m->out_credit = head->credit_limit;
  }
}

/* T3: within a run of payload flits, no two Acks or Naks follow each other, and a replay begins explicit. */
static void check_command(struct oio_monitor *m, oio_time_ps now_ps, const struct oio_flit_head *head) {
  const bool ack_slot = head->command != OIO_EXPLICIT;
  if (ack_slot && m->last_ack_slot) oio_monitor_find(m, now_ps, OIO_RULE_T3, "two payload flits in a row without explicit sequence");
  if (ack_slot && head->round != m->out_round) oio_monitor_find(m, now_ps, OIO_RULE_T7, "a replay begins without explicit sequence");
  if (ack_slot && m->must_be_explicit) oio_monitor_find(m, now_ps, OIO_RULE_T3, "the first payload flit has no explicit sequence");
  m->last_ack_slot = ack_slot;
  m->must_be_explicit = false;
}

static bool same_payload(const struct oio_flit_format *format, const uint8_t *flit, const uint8_t *payload) {
  const size_t first = format->payload[0].bytes;
  return memcmp(flit + format->payload[0].at, payload, first) == 0 &&
         memcmp(flit + format->payload[1].at, payload + first, format->payload[1].bytes) == 0;
}

/* The payload flit with position `position` came out: is it what was accepted, and where did its time go? */
static void check_transit(struct oio_monitor *m, oio_time_ps start_ps, uint64_t position, bool is_new, struct oio_wire *wire) {
  struct oio_monitor *inlet = m->inlet;
  if (inlet == NULL) return;
  if (position >= inlet->accepted) {
    oio_monitor_find(m, start_ps, OIO_RULE_PAYLOAD, "puts out payload %llu; only %llu were accepted", (unsigned long long)position,
                     (unsigned long long)inlet->accepted);
    return;
  }
  struct oio_transit *transit = &inlet->ring[position & inlet->mask];
  if (!same_payload(m->format, wire->bytes, transit->bytes)) {
    oio_monitor_find(m, start_ps, OIO_RULE_PAYLOAD, "payload %llu was altered on the way through", (unsigned long long)position);
  }
  if (is_new) {
    const oio_time_ps inside_ps = start_ps - transit->accepted_ps;
    const oio_time_ps logic_ps = inside_ps < m->config.logic_ps ? inside_ps : m->config.logic_ps;
    transit->stamp.parts_ps[OIO_PART_LOGIC] += logic_ps;
    transit->stamp.parts_ps[OIO_PART_QUEUE] += inside_ps - logic_ps;
    transit->first_out_ps = start_ps;
  }
  wire->stamp = transit->stamp;
  wire->stamp.parts_ps[OIO_PART_RETRY] += start_ps - transit->first_out_ps;
  wire->tainted = transit->tainted;
}

static void check_payload(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head, struct oio_wire *wire) {
  check_command(m, start_ps, head);
  const uint16_t s = head->command == OIO_EXPLICIT ? head->sequence : oio_monitor_next(m, m->out_previous);
  const uint16_t back = oio_monitor_steps(m, s, m->out_next); /* 0: new; else how far behind */
  const bool is_new = back == 0;
  if (!is_new && (back > m->config.window_flits || back > m->out_new)) {
    oio_monitor_find(m, start_ps, OIO_RULE_T2, "payload flit with sequence %u; the next new one is %u, and the window %u", s, m->out_next,
                     m->config.window_flits);
    m->out_previous = s;
    return;
  }
  const bool rewound = !in_half(m, m->out_previous, s);
  const uint16_t following = oio_monitor_next(m, m->out_previous), first_unacked = oio_monitor_next(m, m->acked_in);
  if (s != following && in_half(m, first_unacked, s)) {
    oio_monitor_find(m, start_ps, OIO_RULE_T2, "sequence %u after %u leaves out what is not acknowledged; that is all from %u on", s,
                     m->out_previous, first_unacked);
  }
  if (rewound && head->round == m->out_round) oio_monitor_find(m, start_ps, OIO_RULE_T7, "goes back to sequence %u without a new round", s);
  m->out_previous = s;
  if (s == first_unacked && start_ps > m->due.progress_ps) m->due.progress_ps = start_ps;
  if (!is_new) {
    m->counts.sent_replayed++;
    check_transit(m, start_ps, m->out_new - back, false, wire);
    return;
  }
  const uint16_t unacked = oio_monitor_steps(m, m->acked_in, s);
  if (unacked > m->config.window_flits)
    oio_monitor_find(m, start_ps, OIO_RULE_WINDOW, "%u flits unacknowledged; the window is %u", unacked, m->config.window_flits);
  const uint16_t used = (uint16_t)(m->out_new + 1);
  if ((uint16_t)(m->credit_limit - used) > 32767) {
    oio_monitor_find(m, start_ps, OIO_RULE_CREDIT, "payload %llu is beyond the credit limit %u", (unsigned long long)m->out_new,
                     m->credit_limit);
  }
  m->counts.sent_payload++;
  check_transit(m, start_ps, m->out_new, true, wire);
  m->out_new++;
  m->out_next = oio_monitor_next(m, m->out_next);
}

static bool reserved_is_zero(const struct oio_monitor *m, const uint8_t *flit) {
  for (unsigned i = 0; i < m->format->reserved_bytes; i++) {
    if (flit[m->format->reserved_at + i] != 0) return false;
  }
  return true;
}

/* The header's bits that are always zero. */
static bool header_is_plain(const struct oio_monitor *m, const uint8_t *flit) {
  const uint8_t *header = flit + m->format->header_at;
  return (header[0] & 0x30) == 0 && (header[1] & 0xC0) == 0;
}

void oio_monitor_out(struct oio_monitor *m, oio_time_ps start_ps, struct oio_wire *wire) {
  struct oio_flit_head head;
  if (m->tap != NULL) m->tap(m->tap_context, start_ps, true, wire->bytes);
  if (!oio_flit_valid(m->format, wire->bytes)) {
    oio_monitor_find(m, start_ps, OIO_RULE_CRC, "a flit with a wrong CRC");
    wire->syndrome = 1; /* what receives it goes by this */
    return;
  }
  if (!reserved_is_zero(m, wire->bytes)) oio_monitor_find(m, start_ps, OIO_RULE_FORMAT, "reserved bytes are not zero");
  if (!header_is_plain(m, wire->bytes)) oio_monitor_find(m, start_ps, OIO_RULE_FORMAT, "H0[5:4] or the flit type H1[7:6] is not zero");
  if (!oio_flit_get_head(m->format, wire->bytes, &head)) {
    oio_monitor_find(m, start_ps, OIO_RULE_FORMAT, "a header that says nothing");
    return;
  }
  if (head.sequence == 0 || head.sequence > m->modulus)
    oio_monitor_find(m, start_ps, OIO_RULE_SEQUENCE_RANGE, "sequence %u is not one", head.sequence);
  oio_due_out(m, start_ps, &head);
  oio_need_out(m, start_ps, &head);
  check_claims(m, start_ps, &head);
  if (head.protocol == OIO_PROTOCOL_PAYLOAD) {
    check_payload(m, start_ps, &head, wire);
  } else {
    m->counts.sent_nop++;
    if (head.command == OIO_EXPLICIT && oio_monitor_next(m, head.sequence) != m->out_next) {
      oio_monitor_find(m, start_ps, OIO_RULE_T4, "a NOP says %u; the next new payload flit is %u", head.sequence, m->out_next);
    }
  }
  m->out_round = head.round;
}

void oio_monitor_rest(struct oio_monitor *m, oio_time_ps now_ps) {
  oio_due_check(m, now_ps);
}

void oio_monitor_note(struct oio_monitor *m, oio_time_ps time_ps, const char *rule, const char *text) {
  note(m, time_ps, rule, "%s", text);
}

bool oio_monitor_fetch(struct oio_monitor *m, struct oio_finding *finding) {
  if (m->fetched == m->found || m->fetched == OIO_FINDINGS_KEPT) return false;
  *finding = m->findings[m->fetched++];
  return true;
}

uint64_t oio_monitor_findings(const struct oio_monitor *m) {
  return m->found;
}
void oio_monitor_get_counts(const struct oio_monitor *m, struct oio_link_state *counts) {
  *counts = m->counts;
  counts->received_payload = m->accepted;
  counts->acked = m->acked_in;
  counts->credit_limit = m->credit_limit;
  counts->round = m->out_round;
}
