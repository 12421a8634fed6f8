/* SPDX-License-Identifier: Apache-2.0 */
#include "plain_watch.h"

#include "crc_guess.h"

#include <inttypes.h>
#include <stdio.h>

enum { M = OIO_PLAIN_MODULUS, EXPLICIT = 0, ACK = 1, NAK = 2, RESERVED = 3 };

static uint8_t next(uint8_t s) {
  return (uint8_t)(s == M ? 1 : s + 1);
}

static uint8_t before(uint8_t s) {
  return (uint8_t)(s == 1 ? M : s - 1);
}

/* Steps from a on to b; both 1..M. */
static unsigned steps(uint8_t a, uint8_t b) {
  return (unsigned)(b + M - a) % M;
}

static bool ahead(uint8_t b, uint8_t a) {
  return steps(a, b) >= 1 && steps(a, b) < OIO_PLAIN_WINDOW_MAX;
}

void plain_watch_start(struct plain_watch *watch, const struct oio_plain_config *config) {
  *watch = (struct plain_watch){.format = oio_plain_format(config->format),
                                .timeout_flits = config->timeout_flits,
                                .window_flits = config->window_flits,
                                .next_new = 1,
                                .previous = M,
                                .acked = M,
                                .acknowledged = M,
                                .expected = 1,
                                .before = M,
                                .lost = true};
}

static void ask(struct plain_watch *w) {
  if (!w->waiting) w->asks++;
  w->waiting = true;
}

static bool valid(const struct oio_plain_format *format, const uint8_t *flit) {
  return oio_plain_half_valid(format, flit, 0) && oio_plain_half_valid(format, flit, 1);
}

static bool empty(const struct plain_watch *w, const uint8_t *flit) {
  return (flit[w->format->header_at] | flit[w->format->header_at + 1]) == 0;
}

static void given_ack(struct plain_watch *w, uint64_t now, const struct oio_plain_head *head) {
  const unsigned on = head->sequence == 0 ? M : steps(w->acked, head->sequence);
  if (on > steps(next(w->acked), w->next_new)) return;
  if (on > 0) w->progress = now;
  w->acked = head->sequence;
  if (head->command == NAK) w->nak_came = true;
}

static void given_payload(struct plain_watch *w, const struct oio_plain_head *head) {
  if (head->command != EXPLICIT && w->lost) {
    ask(w);
    return;
  }
  const uint8_t q = head->command == EXPLICIT ? head->sequence : next(w->before);
  if (q == 0) return;
  w->lost = false;
  w->before = q;
  if (q == w->expected) {
    w->expected = next(q);
    w->waiting = false;
  } else if (ahead(q, w->expected)) {
    ask(w);
  }
}

void plain_watch_given(struct plain_watch *w, uint64_t now, const uint8_t *flit) {
  struct oio_plain_head head;
  if (!valid(w->format, flit)) {
    w->lost = true;
    ask(w);
    return;
  }
  oio_plain_get_head(w->format, flit, &head);
  if (empty(w, flit) || head.command == RESERVED) return;
  if (head.command == ACK || head.command == NAK) given_ack(w, now, &head);
  if (head.protocol != 0) {
    given_payload(w, &head);
  } else if (head.command == EXPLICIT && head.sequence != 0) {
    if (head.sequence != before(w->expected)) {
      if (ahead(next(head.sequence), w->expected)) ask(w);
      return;
    }
    w->lost = w->waiting = false;
    w->before = head.sequence;
  }
}

/* The rule, unless findings of it are waived here. */
static enum oio_rule_id kept(const struct plain_watch *w, enum oio_rule_id rule) {
  return rule != OIO_RULES && oio_waivers_take(w->waivers, oio_rule_name(rule), w->port) ? OIO_RULES : rule;
}

static void tell_crc(const struct plain_watch *w, const uint8_t *flit, char *text) {
  const struct oio_plain_format *format = w->format;
  struct crc_place places[2];
  char guess[CRC_GUESS_BYTES];
  size_t count = 0;
  for (unsigned half = 0; half < 2 && format->crc[half].bytes > 0; half++)
    places[count++] = (struct crc_place){format->crc[half].from, format->crc[half].bytes, format->crc[half].at};
  const bool known = crc_guess(flit, places, count, guess, sizeof guess);
  snprintf(text, PLAIN_WATCH_TEXT_BYTES, "its CRC is wrong%s%s%s", known ? ": it is one with " : "", known ? guess : "",
           known ? ", where section 2 has polynomial 0x8005" : ", and no other polynomial or order of bits that is tried agrees");
}

static enum oio_rule_id judge_reserved(const struct plain_watch *w, const uint8_t *flit, char *text) {
  const struct oio_plain_format *format = w->format;
  for (unsigned run = 0; run < 2; run++) {
    for (unsigned i = 0; i < format->reserved[run].bytes; i++) {
      const unsigned at = format->reserved[run].at + i;
      if (flit[at] == 0) continue;
      snprintf(text, PLAIN_WATCH_TEXT_BYTES, "reserved byte %u is 0x%02x, not 0", at, flit[at]);
      return OIO_RULE_PLAIN_FORMATS;
    }
  }
  return OIO_RULES;
}

static enum oio_rule_id judge_ack(struct plain_watch *w, const struct oio_plain_head *head, char *text) {
  const uint8_t got = before(w->expected), s = head->sequence;
  if (s == 0 || ahead(s, got)) {
    snprintf(text, PLAIN_WATCH_TEXT_BYTES, "it acknowledges %u, and has been given payloads to %u", s, got);
    return OIO_RULE_PR4;
  }
  if (ahead(w->acknowledged, s)) {
    snprintf(text, PLAIN_WATCH_TEXT_BYTES, "it acknowledges %u after %u: back", s, w->acknowledged);
    return OIO_RULE_PT5;
  }
  w->acknowledged = s;
  if (head->command == ACK || ++w->naks <= w->asks) return OIO_RULES;
  snprintf(text, PLAIN_WATCH_TEXT_BYTES,
           "Nak %u of sequence %u where %" PRIu64 " were called for: a Nak is sent once, and the replay awaited", (unsigned)w->naks, s,
           w->asks);
  return OIO_RULE_PR1;
}

/* A payload that is neither the next new one nor the next of what goes out again. */
static enum oio_rule_id judge_jump(struct plain_watch *w, uint64_t now, uint8_t q, char *text) {
  const uint64_t waited = now - w->progress;
  const unsigned back = steps(q, w->next_new); /* all of a full window may go out again */
  if (back < 1 || back > OIO_PLAIN_WINDOW_MAX) {
    snprintf(text, PLAIN_WATCH_TEXT_BYTES, "payload %u, the next is %u: sequences are left out", q, w->next_new);
    return OIO_RULE_PT3;
  }
  if (ahead(q, next(w->acked))) {
    snprintf(text, PLAIN_WATCH_TEXT_BYTES, "payload %u after %u: a replay begins behind what is acknowledged, at %u", q, w->previous,
             next(w->acked));
    return OIO_RULE_PT6;
  }
  if (ahead(q, w->previous)) return OIO_RULES; /* an Ack has moved the cursor on */
  if (w->nak_came) {
    w->nak_came = false;
  } else if (waited + PLAIN_WATCH_GRACE_FLITS < w->timeout_flits) {
    const bool twice = q == w->previous;
    snprintf(text, PLAIN_WATCH_TEXT_BYTES,
             "payload %u %s %" PRIu64 " flit times after progress, and no Nak came: a timeout is %u flit times, longer than a round trip",
             q, twice ? "twice running," : "again", waited, w->timeout_flits);
    return twice ? OIO_RULE_PT3 : OIO_RULE_PT2;
  }
  w->progress = now;
  return OIO_RULES;
}

static enum oio_rule_id judge_payload(struct plain_watch *w, uint64_t now, const struct oio_plain_head *head, char *text) {
  enum oio_rule_id rule = OIO_RULES;
  const uint8_t q = head->command == EXPLICIT ? head->sequence : next(w->previous);
  if (q == 0) {
    snprintf(text, PLAIN_WATCH_TEXT_BYTES, "a payload that is numbered 0");
    return OIO_RULE_PR6;
  }
  if (q == w->next_new) {
    w->next_new = next(q);
    w->payloads++;
    if (steps(next(w->acked), w->next_new) > w->window_flits) {
      snprintf(text, PLAIN_WATCH_TEXT_BYTES, "payload %u is beyond the window: %u is acknowledged, %u may be outstanding", q, w->acked,
               w->window_flits);
      rule = OIO_RULE_PLAIN_WINDOW;
    }
  } else if (q != next(w->previous)) {
    rule = judge_jump(w, now, q, text);
  }
  if (q == next(w->acked)) w->progress = now;
  w->previous = q;
  return rule;
}

enum oio_rule_id plain_watch_sent(struct plain_watch *w, uint64_t now, const uint8_t *flit, char text[PLAIN_WATCH_TEXT_BYTES]) {
  struct oio_plain_head head;
  w->flits++;
  if (!valid(w->format, flit)) {
    tell_crc(w, flit, text);
    return kept(w, OIO_RULE_CRC);
  }
  enum oio_rule_id rule = kept(w, judge_reserved(w, flit, text));
  if (rule != OIO_RULES) return rule;
  oio_plain_get_head(w->format, flit, &head);
  if (empty(w, flit) || head.command == RESERVED) {
    snprintf(text, PLAIN_WATCH_TEXT_BYTES, "a header that is reserved: %s", empty(w, flit) ? "all zero" : "command 11");
    return kept(w, OIO_RULE_PR2);
  }
  if (head.command != EXPLICIT) rule = kept(w, judge_ack(w, &head, text));
  if (rule != OIO_RULES) return rule;
  if (head.protocol != 0) return kept(w, judge_payload(w, now, &head, text));
  if (head.command != EXPLICIT || head.sequence == before(w->next_new)) return OIO_RULES;
  snprintf(text, PLAIN_WATCH_TEXT_BYTES, "a NOP says %u; the last payload on the wire was %u", head.sequence, before(w->next_new));
  return kept(w, OIO_RULE_PLAIN_NOP);
}
