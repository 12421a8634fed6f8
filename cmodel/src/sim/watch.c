/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/watch.h"

#include <stdarg.h>
#include <stdio.h>

enum { VALID_FLITS = 1000 };

static oio_time_ps way_ps(const struct oio_channel_config *channel) {
  const double flit_ps = (double)OIO_FLIT_BITS * 1e12 / ((double)channel->lanes * (double)channel->lane_rate_bits_per_s);
  return channel->flight_ps + channel->logic_ps + (oio_time_ps)flit_ps + 1;
}

static oio_time_ps timers_ps(const struct oio_link_config *link) {
  return link->timeout_ps + link->nak_repeat_ps + 2 * link->ack_delay_ps;
}

void oio_watch_start(struct oio_watch *watch, const struct oio_config *config) {
  struct oio_channel_config optical, die;
  struct oio_bridge_config bridge;
  oio_config_optical_channel(config, 0, &optical);
  oio_config_die_channel(config, 0, 0, &die);
  oio_config_bridge(config, &bridge);
  const oio_time_ps ways_ps = 2 * way_ps(&optical) + 4 * way_ps(&die) + 4 * bridge.logic_ps;
  *watch =
      (struct oio_watch){.patience_ps = 2 * (ways_ps + timers_ps(&bridge.optical) + 2 * timers_ps(&bridge.die)) + config->reset_hold_ps};
}

static uint64_t add(uint64_t sum, uint64_t word) {
  return (sum ^ word) * 0x100000001B3u;
}

static uint64_t progress_of(const struct oio_ends *ends, const struct oio_traffic_counts *counts) {
  uint64_t sum = add(add(add(0, counts->sent), counts->segments), counts->lost);
  for (unsigned i = 0; i < ends->count; i++) {
    const struct oio_link_state *s = &ends->state[i];
    sum = add(add(add(sum, s->sent_payload), s->sent_replayed), s->received_payload);
    sum = add(add(sum, s->acked), s->credit_limit);
  }
  return sum;
}

/* Flits on the way from end i, as both ends count them. */
static uint64_t moved_from(const struct oio_ends *ends, unsigned i) {
  const struct oio_link_state *s = &ends->state[i];
  return s->sent_payload + s->sent_replayed + s->sent_nop + ends->state[i ^ 1].received;
}

static uint64_t valid_at(const struct oio_link_state *state) {
  return state->received - state->received_invalid;
}

static void keep(struct oio_watch *watch, oio_time_ps now_ps, const struct oio_ends *ends, uint64_t progress) {
  watch->progress = progress;
  watch->progress_ps = now_ps;
  for (unsigned i = 0; i < ends->count; i++) {
    watch->end[i].moved = moved_from(ends, i);
    watch->end[i].valid = valid_at(&ends->state[i]);
  }
}

bool oio_watch_look(struct oio_watch *watch, oio_time_ps now_ps, const struct oio_ends *ends, const struct oio_traffic_counts *counts) {
  const uint64_t progress = progress_of(ends, counts);
  if (progress != watch->progress || counts->outstanding == 0) {
    keep(watch, now_ps, ends, progress);
    return false;
  }
  if (now_ps - watch->progress_ps <= watch->patience_ps) return false;
  bool moves = false;
  for (unsigned i = 0; i < ends->count; i++) {
    if (moved_from(ends, i) == watch->end[i].moved) continue;
    moves = true;
    if (valid_at(&ends->state[i ^ 1]) - watch->end[i ^ 1].valid < VALID_FLITS) return false;
  }
  return moves;
}

void oio_ends_get(struct oio_ends *ends, const struct oio_path *path, const struct oio_config *config) {
  struct oio_die_config die;
  struct oio_bridge_config bridge;
  oio_config_die(config, &die);
  oio_config_bridge(config, &bridge);
  *ends = (struct oio_ends){.count = 2 * path->links};
  for (unsigned i = 0; i < ends->count; i++) {
    const struct oio_end end = oio_path_end(path, i / 2, i % 2);
    const bool of_die = i == 0 || i + 1 == ends->count;
    const bool optical = i / 2 == oio_path_optical(path);
    ends->buffer_flits[i] = of_die ? die.link.buffer_flits : optical ? bridge.optical.buffer_flits : bridge.die.buffer_flits;
    (void)oio_end_get_link_state(&end, &ends->state[i]);
  }
}

struct line {
  char *text;
  int used;
};

__attribute__((format(printf, 2, 3))) static void say(struct line *line, const char *format, ...) {
  if (line->used >= OIO_WAITS_BYTES) return;
  va_list arguments;
  va_start(arguments, format);
  line->used += vsnprintf(line->text + line->used, (size_t)(OIO_WAITS_BYTES - line->used), format, arguments);
  va_end(arguments);
}

static uint16_t next_of(const struct oio_ends *ends, unsigned i, uint16_t s) {
  const uint32_t modulus = ends->count > 2 && i / 2 != 1 ? 255 : 65535;
  return s == modulus ? 1 : (uint16_t)(s + 1);
}

/* What end i waits for, if that is the other end's to give. */
static void say_wait(const struct oio_ends *ends, unsigned i, struct line *line) {
  const struct oio_link_state *s = &ends->state[i], *peer = &ends->state[i ^ 1];
  const char *and = line->used > 0 ? ", " : "";
  const unsigned link = i / 2;
  const char side = i % 2 == 0 ? 'A' : 'B', other = i % 2 == 0 ? 'B' : 'A';
  if (s->next_tx != next_of(ends, i, s->acked)) {
    say(line, "%slink %u, side %c waits for the Ack of %u; %c expects %u", and, link, side, next_of(ends, i, s->acked), other,
        peer->expected);
  } else if (s->credit_limit == s->sent_total) {
    const uint16_t taken = (uint16_t)(peer->credit_sent - ends->buffer_flits[i ^ 1]);
    say(line, "%slink %u, side %c waits for credit: sent %u of %u; %c took %u, holds %u, tells %u", and, link, side, s->sent_total,
        s->credit_limit, other, taken, peer->buffered_flits, peer->credit_sent);
  } else if (s->waiting) {
    say(line, "%slink %u, side %c waits for the answer to its Nak: expects %u; the next of %c is %u", and, link, side, s->expected, other,
        peer->next_tx);
  }
}

void oio_watch_waits(const struct oio_ends *ends, char text[OIO_WAITS_BYTES]) {
  struct line line = {.text = text};
  for (unsigned i = 0; i < ends->count; i++) say_wait(ends, i, &line);
  if (line.used == 0) say(&line, "no link end waits for the other; what is missing is VC credit, or a part of a message");
}
