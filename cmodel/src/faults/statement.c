/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/statement.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 30, AHEAD = 2, TEXT_BYTES = 256 };

/* The words of an event; a colon and a comma are words of their own. */
struct words {
  char text[2 * TEXT_BYTES];
  const char *word[WORDS_MAX + AHEAD + 1]; /* those behind the last are empty */
  unsigned count, at;
};

static bool split(const char *text, size_t nbytes, struct words *w) {
  *w = (struct words){.count = 0};
  char *out = w->text;
  bool inside = false;
  if (nbytes >= TEXT_BYTES) return false;
  for (size_t i = 0; i < nbytes; i++) {
    const bool mark = text[i] == ':' || text[i] == ',';
    if (mark || isspace((unsigned char)text[i])) {
      if (inside) *out++ = '\0';
      inside = false;
    }
    if (isspace((unsigned char)text[i])) continue;
    if (!inside && w->count == WORDS_MAX) return false;
    if (!inside) w->word[w->count++] = out;
    *out++ = text[i];
    inside = !mark;
    if (mark) *out++ = '\0';
  }
  *out = '\0';
  for (unsigned i = w->count; i <= WORDS_MAX + AHEAD; i++) w->word[i] = "";
  return true;
}

/* The next word is this: goes past it. */
static bool accept(struct words *w, const char *word) {
  if (strcmp(w->word[w->at], word) != 0) return false;
  w->at++;
  return true;
}

static bool take_number(struct words *w, uint64_t most, uint64_t *value) {
  const char *word = w->word[w->at];
  char *end;
  if (!isdigit((unsigned char)word[0]) || strlen(word) > 18) return false;
  *value = strtoull(word, &end, 10);
  w->at++;
  return *end == '\0' && *value <= most;
}

/* A decimal number, and what stands behind it in the same word. */
static bool take_real(struct words *w, bool may_be_negative, double *value, const char **unit) {
  const char *word = w->word[w->at], *digits = word + (may_be_negative && *word == '-');
  char *end;
  if (!isdigit((unsigned char)digits[0]) && digits[0] != '.') return false;
  if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) return false;
  *value = strtod(word, &end);
  *unit = end;
  w->at++;
  return *value > -1e300 && *value < 1e300;
}

/* 20us, 0.5s: to whole picoseconds, the nearest. */
static bool take_time(struct words *w, oio_time_ps *time_ps) {
  static const struct {
    const char *name;
    double ps;
  } units[] = {{"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}};
  double value;
  const char *unit;
  if (!take_real(w, false, &value, &unit)) return false;
  if (value == 0 && *unit == '\0') {
    *time_ps = 0;
    return true;
  }
  for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
    if (strcmp(unit, units[i].name) != 0) continue;
    if (value * units[i].ps >= (double)OIO_HORIZON_PS) return false;
    *time_ps = (oio_time_ps)(value * units[i].ps + 0.5);
    return true;
  }
  return false;
}

static bool take_place(struct words *w, struct oio_fault *fault) {
  uint64_t which;
  if (accept(w, "all")) {
    fault->place = OIO_FAULT_ALL;
    return true;
  }
  if (accept(w, "class")) {
    const char *name = w->word[w->at++];
    fault->place = OIO_FAULT_CLASS;
    if (*name == '\0' || strlen(name) >= sizeof fault->link_class) return false;
    memcpy(fault->link_class, name, strlen(name) + 1);
    return true;
  }
  fault->place = accept(w, "link") ? OIO_FAULT_LINK : OIO_FAULT_WIRE;
  if (fault->place == OIO_FAULT_WIRE && !accept(w, "wire")) return false;
  if (!take_number(w, UINT32_MAX - 1, &which)) return false;
  fault->which = (uint32_t)which;
  return true;
}

/* lane N dies. */
static const char *take_part(struct words *w, struct oio_statement *s) {
  struct oio_channel_event *event = &s->fault.event;
  static const struct {
    const char *part, *dies, *returns;
    enum oio_channel_event_kind what;
  } parts[] = {{"lane", "dies", "returns", OIO_EVENT_LANE},
               {"laser", "dies", "returns", OIO_EVENT_LASER},
               {"fibre", "cut", "mended", OIO_EVENT_FIBRE}};
  for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    uint64_t number = 0;
    if (!accept(w, parts[i].part)) continue;
    event->what = parts[i].what;
    s->rate.any = s->drawn && accept(w, "any");
    if (!s->rate.any && !take_number(w, UINT32_MAX - 1, &number))
      return s->drawn ? "lane, laser and fibre have a number, from 0, or are `any`" : "lane, laser and fibre have a number, from 0";
    event->number = s->rate.any ? 0 : (uint32_t)number;
    event->returns = accept(w, parts[i].returns);
    if (!event->returns && event->what == OIO_EVENT_LANE && accept(w, "stuck"))
      return accept(w, "at") && (accept(w, "0") || accept(w, "1")) ? NULL : "a lane is `stuck at 0` or `stuck at 1`";
    if (event->returns || accept(w, parts[i].dies)) return NULL;
    return "a lane or laser `dies` or `returns`, a fibre is `cut` or `mended`";
  }
  return "what happens is one of lane, laser, fibre, error rate, loss, warms, cools, down, up, flap; flip, burst, damage, drop, truncate, "
         "delay, lose; duplicate, swap, forge";
}

static const char *take_loss(struct words *w, struct oio_statement *s) {
  const char *unit;
  s->fault.event.what = OIO_EVENT_LOSS;
  if (!take_real(w, true, &s->fault.event.value, &unit)) return "a loss is a number of dB";
  if (strcmp(unit, "dB") != 0 && (*unit != '\0' || !accept(w, "dB"))) return "a loss is in dB";
  if (!(s->fault.event.value >= -100 && s->fault.event.value <= 100)) return "a loss is -100 to 100 dB";
  if (accept(w, "over") && (!take_time(w, &s->over_ps) || s->over_ps < OIO_FAULT_LOSS_STEPS))
    return "a loss comes `over` a time of 64 ps and more, as 10us";
  return NULL;
}

static const char *take_rate(struct words *w, struct oio_channel_event *event) {
  const char *unit;
  event->what = OIO_EVENT_RATE;
  if (!accept(w, "rate") || !take_real(w, false, &event->value, &unit) || *unit != '\0') return "an `error rate` is a number";
  return event->value <= 0.5 ? NULL : "an error rate is 0 to 0.5";
}

static const char *take_down(struct words *w, struct oio_channel_event *event) {
  event->what = OIO_EVENT_DOWN;
  event->for_ps = OIO_NEVER;
  if (accept(w, "for") && !take_time(w, &event->for_ps)) return "a wire is down `for` a time, as 10us";
  return NULL;
}

/* warms D K [over TIME]: for_ps is that time. */
static const char *take_heat(struct words *w, struct oio_channel_event *event, double sign) {
  const char *unit;
  event->what = OIO_EVENT_DETUNE;
  if (!take_real(w, false, &event->value, &unit) || (strcmp(unit, "K") != 0 && (*unit != '\0' || !accept(w, "K"))))
    return "a link warms or cools by a number of K";
  if (event->value > 1000) return "a link warms or cools by 1000 K at most";
  event->value *= sign;
  if (accept(w, "over") && (!take_time(w, &event->for_ps) || event->for_ps < OIO_FAULT_LOSS_STEPS || event->for_ps > 1000 * OIO_S))
    return "it warms or cools `over` a time of 64 ps to 1000 s, as 10ms";
  return NULL;
}

/* flap then error rate R. */
static const char *take_relock(struct words *w, struct oio_statement *s) {
  struct oio_channel_event rate;
  if (!accept(w, "then")) return NULL;
  const char *wrong = accept(w, "error") ? take_rate(w, &rate) : "behind `then` is `error rate R`";
  s->relocks = wrong == NULL;
  s->relock_rate = wrong == NULL ? rate.value : 0;
  return wrong;
}

/* ---- what happens to one flit ---- */

static bool take_bit(struct words *w, uint16_t *bit) {
  uint64_t number;
  if (!take_number(w, OIO_FLIT_BITS - 1, &number)) return false;
  *bit = (uint16_t)number;
  return true;
}

static bool is_there(const struct oio_channel_event *event, uint16_t bit) {
  for (unsigned i = 0; i < event->bits; i++) {
    if (event->bit[i] == bit) return true;
  }
  return false;
}

/* flip bits B,B,...; of a rate: flip bit any. */
static const char *take_flips(struct words *w, struct oio_statement *s) {
  struct oio_channel_event *event = &s->fault.event;
  event->what = OIO_EVENT_FLIP;
  if (!accept(w, "bits") && !accept(w, "bit")) return "behind `flip` is `bits`, and their numbers, as 3,17,2040";
  s->rate.any = s->drawn && accept(w, "any");
  if (s->rate.any) {
    event->bits = 1;
    return NULL;
  }
  do {
    if (event->bits == OIO_EVENT_FLIPS_MAX || !take_bit(w, &event->bit[event->bits]))
      return "a flip has up to 8 bits, 0 to 2047, as 3,17,2040";
    if (is_there(event, event->bit[event->bits])) return "a bit that is flipped twice is right: a flip has each bit once";
    event->bits++;
  } while (isdigit((unsigned char)w->word[w->at + 1][0]) && w->word[w->at + 2][0] != 't' && accept(w, ","));
  return NULL;
}

/* burst of B bits at P. */
static const char *take_burst(struct words *w, struct oio_channel_event *event) {
  uint64_t bits, at;
  event->what = OIO_EVENT_BURST;
  if (!accept(w, "of") || !take_number(w, OIO_FLIT_BITS, &bits) || bits == 0 || !accept(w, "bits") || !accept(w, "at") ||
      !take_number(w, OIO_FLIT_BITS - bits, &at))
    return "a burst is `burst of B bits at P`, all of them within the 2048 of a flit";
  event->bit[0] = (uint16_t)bits;
  event->number = (uint32_t)at;
  return NULL;
}

static const char *take_truncation(struct words *w, struct oio_channel_event *event) {
  uint16_t bit;
  event->what = OIO_EVENT_TRUNCATE;
  if (!accept(w, "at") || !take_bit(w, &bit)) return "a flit is truncated `at` the first bit that is missing, 0 to 2047";
  event->number = bit;
  return NULL;
}

static const char *take_delay(struct words *w, struct oio_channel_event *event) {
  event->what = OIO_EVENT_DELAY;
  return take_time(w, &event->for_ps) && event->for_ps <= OIO_MS ? NULL : "behind `delay` is a time, 1ms at most";
}

static const char *take_losing(struct words *w, struct oio_channel_event *event) {
  const bool ack = accept(w, "ack");
  event->what = ack ? OIO_EVENT_LOSE_ACK : OIO_EVENT_LOSE_CREDIT;
  return ack || accept(w, "credit") ? NULL : "what is lost of a flit is `ack` or `credit`";
}

/* N, of so many values, or by N, which may be negative: modulo so many. */
static bool take_value(struct words *w, uint32_t values, struct oio_channel_event *event) {
  uint64_t number;
  event->returns = accept(w, "by");
  const bool less = event->returns && w->word[w->at][0] == '-';
  w->word[w->at] += less;
  if (!take_number(w, values - 1, &number)) return false;
  event->number = (uint32_t)(less ? values - number : number) & (values - 1);
  return true;
}

/* forge FIELD N, forge FIELD by N. */
static const char *take_forgery(struct words *w, struct oio_channel_event *event) {
  static const char *const commands[] = {"explicit", "ack", "nak"};
  event->what = OIO_EVENT_FORGE;
  for (event->bit[0] = 0; event->bit[0] < OIO_FORGED_FIELDS; event->bit[0]++) {
    const enum oio_forged_field field = (enum oio_forged_field)event->bit[0];
    if (!accept(w, oio_forged_name(field))) continue;
    for (uint32_t i = 0; field == OIO_FORGED_COMMAND && i < sizeof commands / sizeof *commands; i++) {
      event->number = i;
      if (accept(w, commands[i])) return NULL;
    }
    return take_value(w, oio_forged_values(field), event) ? NULL : "a field is forged to a value that it has room for, or `by` so much";
  }
  return "what is forged is `protocol`, `command`, `sequence`, `round`, `echo` or `credit`";
}

/* NULL in wrong: it was none of these. */
static bool take_of_a_flit(struct words *w, struct oio_statement *s, const char **wrong) {
  struct oio_channel_event *event = &s->fault.event;
  *wrong = NULL;
  if (accept(w, "flip")) {
    *wrong = take_flips(w, s);
  } else if (accept(w, "burst")) {
    *wrong = take_burst(w, event);
  } else if (accept(w, "truncate")) {
    *wrong = take_truncation(w, event);
  } else if (accept(w, "delay")) {
    *wrong = take_delay(w, event);
  } else if (accept(w, "lose")) {
    *wrong = take_losing(w, event);
  } else if (accept(w, "damage")) {
    event->what = OIO_EVENT_HEADER;
    if (!accept(w, "header")) *wrong = "what is damaged is the `header`";
  } else if (accept(w, "forge")) {
    *wrong = take_forgery(w, event);
  } else if (accept(w, "duplicate")) {
    event->what = OIO_EVENT_DUPLICATE;
  } else if (accept(w, "swap")) {
    event->what = OIO_EVENT_SWAP;
  } else if (accept(w, "drop")) {
    event->what = OIO_EVENT_DROP;
  } else {
    return false;
  }
  return true;
}

static const char *take_what(struct words *w, struct oio_statement *s) {
  struct oio_channel_event *event = &s->fault.event;
  const char *wrong_of_a_flit;
  if (take_of_a_flit(w, s, &wrong_of_a_flit)) return wrong_of_a_flit;
  if (accept(w, "error")) return take_rate(w, event);
  if (accept(w, "loss")) return take_loss(w, s);
  if (accept(w, "warms")) return take_heat(w, event, 1);
  if (accept(w, "cools")) return take_heat(w, event, -1);
  if (accept(w, "down")) {
    const char *wrong = take_down(w, event);
    return wrong == NULL ? take_relock(w, s) : wrong;
  }
  if (accept(w, "up")) {
    event->what = OIO_EVENT_DOWN;
    event->returns = true;
    return NULL;
  }
  if (accept(w, "flap")) {
    event->what = OIO_EVENT_DOWN;
    s->fault.flaps = true;
    return take_relock(w, s);
  }
  return take_part(w, s);
}

/* As take_repeats. */
static const char *take_flit_repeats(struct words *w, struct oio_statement *s) {
  s->times = 1;
  if (!accept(w, ",")) return NULL;
  if (!take_number(w, UINT32_MAX, &s->times) || s->times == 0 || !accept(w, "times") || !accept(w, "every") ||
      !take_number(w, UINT32_MAX, &s->every_ps) || s->every_ps == 0 || !accept(w, "flits"))
    return "repeats of what has a flit are `, N times every M flits`";
  return NULL;
}

static const char *take_repeats(struct words *w, struct oio_statement *s) {
  if (s->fault.event.by_flit) return take_flit_repeats(w, s);
  s->times = 1;
  if (!accept(w, ",")) return NULL;
  if (!take_number(w, UINT32_MAX, &s->times) || s->times == 0 || !accept(w, "times") || !accept(w, "every") ||
      !take_time(w, &s->every_ps) || s->every_ps == 0)
    return "repeats are `, N times every TIME`";
  return NULL;
}

/* R per UNIT: from one to the next. */
static bool take_per(struct words *w, double *mean_ps) {
  static const struct {
    const char *name;
    double ps;
  } units[] = {{"us", 1e6}, {"ms", 1e9}, {"s", 1e12}, {"h", 3600e12}, {"year", 8760 * 3600e12}};
  double rate;
  const char *unit;
  if (!take_real(w, false, &rate, &unit) || *unit != '\0' || !(rate > 0) || !accept(w, "per")) return false;
  for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
    if (!accept(w, units[i].name)) continue;
    *mean_ps = units[i].ps / rate;
    return *mean_ps > 0 && *mean_ps < 1e300;
  }
  return false;
}

/* Behind `at`. */
static const char *take_technology(struct words *w, struct oio_fault_rate *rate) {
  static const char *const words[] = {"the", "rate", "of", "its", "technology"};
  const char *unit;
  for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (!accept(w, words[i])) return "a rate is `at the rate of its technology`, and `times R` behind that";
  }
  rate->times = 1;
  if (accept(w, "times") && (!take_real(w, false, &rate->times, &unit) || *unit != '\0' || !(rate->times > 0)))
    return "behind `times` is a number above 0";
  if (rate->fault.event.what == OIO_EVENT_DOWN && !rate->fault.event.returns) return NULL;
  return "a technology has rates of two things: it flaps (`flap`), and fails for good (`down`)";
}

/* one flit in N: mean_ps is N. */
static const char *take_flit_rate(struct words *w, struct oio_fault_rate *rate) {
  const char *unit;
  if (accept(w, ",") && accept(w, "one") && accept(w, "flit") && accept(w, "in") && take_real(w, false, &rate->mean_ps, &unit) &&
      *unit == '\0' && rate->mean_ps >= 1)
    return NULL;
  return "how often that is of flits is `, one flit in N`, N from 1";
}

/* How often: behind the comma of a rate. */
static const char *take_often(struct words *w, struct oio_statement *s) {
  oio_time_ps mean_ps;
  s->rate.fault = s->fault;
  s->rate.relocks = s->relocks;
  s->rate.relock_rate = s->relock_rate;
  if (s->fault.event.by_flit) return take_flit_rate(w, &s->rate);
  if (!accept(w, ",")) return "behind `from` and what happens is how often, as `, every 2ms on average` or `, 0.2 per ms`";
  if (accept(w, "at")) return take_technology(w, &s->rate);
  if (accept(w, "every")) {
    if (!take_time(w, &mean_ps) || mean_ps == 0 || !accept(w, "on") || !accept(w, "average")) return "a rate is `every TIME on average`";
    s->rate.mean_ps = (double)mean_ps;
    return NULL;
  }
  return take_per(w, &s->rate.mean_ps) ? NULL : "a rate is `every TIME on average`, or `R per` us, ms, s, h or year, R above 0";
}

/* at flit N; from flit N to flit M. */
static const char *take_flits(struct words *w, struct oio_statement *s) {
  if (!take_number(w, UINT64_MAX, &s->fault.event.at_ps)) return "behind `flit` is its number, from 0";
  if (!s->drawn) return NULL;
  if (!accept(w, "to") || !accept(w, "flit") || !take_number(w, UINT64_MAX, &s->rate.until_ps))
    return "behind `from` are two flits, as flit 0 to flit 5000";
  return s->rate.until_ps > s->fault.event.at_ps ? NULL : "the flit behind `to` is not later than that behind `from`";
}

/* What changes errors has a time. */
static const char *check_flit_event(const struct oio_statement *s) {
  const enum oio_channel_event_kind what = s->fault.event.what;
  const bool changes = what == OIO_EVENT_RATE || what == OIO_EVENT_LOSS || what == OIO_EVENT_DETUNE || s->relocks;
  return changes && s->fault.event.by_flit ? "an error rate, a loss and heat have a time, not a flit" : NULL;
}

static const char *take_times(struct words *w, struct oio_statement *s) {
  s->drawn = accept(w, "from");
  if (!s->drawn && !accept(w, "at")) return "an event begins with `at` and a time, as 20us, or with `from`";
  s->fault.event.by_flit = accept(w, "flit");
  if (s->fault.event.by_flit) return take_flits(w, s);
  if (!take_time(w, &s->fault.event.at_ps))
    return s->drawn ? "behind `from` are two times, as 0 to 5ms" : "an event begins with `at` and a time, as 20us";
  if (!s->drawn) return NULL;
  if (!accept(w, "to") || !take_time(w, &s->rate.until_ps)) return "behind `from` are two times, as 0 to 5ms";
  return s->rate.until_ps > s->fault.event.at_ps ? NULL : "the time behind `to` is not later than that behind `from`";
}

const char *oio_statement_read(const char *text, size_t nbytes, struct oio_statement *s) {
  struct words w;
  *s = (struct oio_statement){.times = 1};
  if (!split(text, nbytes, &w)) return "that is too long for an event";
  const char *wrong = take_times(&w, s);
  if (wrong != NULL) return wrong;
  if (!take_place(&w, &s->fault) || !accept(&w, ":")) return "behind the time is `link N:`, `wire N:`, `class NAME:` or `all:`";
  wrong = take_what(&w, s);
  if (wrong == NULL) wrong = check_flit_event(s);
  if (wrong == NULL && s->drawn && s->over_ps > 0) wrong = "a loss of a rate comes at once";
  if (wrong == NULL) wrong = s->drawn ? take_often(&w, s) : take_repeats(&w, s);
  if (wrong == NULL && w.at < w.count) wrong = "something stands behind its end";
  return wrong;
}
