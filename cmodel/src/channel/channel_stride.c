/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/channel_stride.h"

#include "base/digest.h"
#include "channel/channel_state.h"
#include "flit/fields.h"
#include "flit/flit_stride.h"

oio_time_ps oio_channel_stride_until_ps(const struct oio_channel *channel) {
  return channel->attend_ps;
}

void oio_channel_note_pushes(struct oio_channel *channel, struct oio_push_log *log) {
  channel->log = log;
}

void oio_channel_stride(struct oio_channel *channel, uint32_t wire, uint32_t back, struct oio_stride *s) {
  oio_stride_require(s, channel->blocks == NULL && channel->flit_code == NULL && channel->markers.bits == 0);
  for (struct in_flight *flight = oio_oldest_of(channel); flight != oio_next_of(channel); flight = oio_behind(channel, flight)) {
    oio_stride_time(s, &flight->arrival_ps);
    oio_wire_stride(channel->format, &flight->wire, wire, back, s);
  }
  /* How long a wire has been free means nothing. */
  const bool idle = channel->free_ps < s->now_ps;
  oio_stride_same(s, idle);
  if (!idle) {
    oio_stride_time(s, &channel->free_ps);
    oio_stride_same(s, channel->free_rest);
  }
  oio_stride_towards(s, &channel->errors.gap_bits, channel->errors.gap_bits, 0);
  oio_stride_same(s, channel->counted.wrong_bits);
  oio_stride_same(s, channel->counted.wrong_flits);
  oio_stride_same(s, channel->counted.events);
  oio_stride_count(s, &channel->counted.flits);
}

static uint16_t later_sequence(uint16_t sequence, uint64_t by, uint32_t modulus) {
  return (uint16_t)((sequence - 1u + by) % modulus + 1);
}

static uint16_t sequence_of(const struct oio_pushed *pushed) {
  return oio_flit_sequence(pushed->header, pushed->control);
}

void oio_channel_stride_arrivals(const struct oio_channel *channel, const struct oio_push_log *log, bool *payload) {
  struct in_flight *flight = oio_oldest_of(channel);
  uint32_t count = 0;
  for (; count < log->count && flight != oio_next_of(channel); flight = oio_behind(channel, flight))
    payload[count++] = !oio_flit_is_nop(oio_flit_header(channel->format, flight->wire.bytes));
  for (uint32_t i = 0; count < log->count; i++) payload[count++] = !oio_flit_is_nop(log->pushed[i].header);
}

/* Is it its own sequence that a flit tells, not one that it acknowledges? */
static bool is_explicit(const struct oio_pushed *pushed) {
  return (pushed->header & 0x3000) == 0;
}

/* The word of a flit in the digest. */
static inline uint64_t word_of(const struct oio_pushed *pushed, uint16_t sequence, uint16_t limit) {
  const uint32_t header = (pushed->header & ~0x0F0Fu) | (sequence >> 4 & 15) | (uint32_t)(sequence & 15) << 8;
  const uint32_t control = (uint32_t)limit << 16 | (pushed->control & 0xFF00) | sequence >> 8;
  return (uint64_t)control << 16 | header;
}

/* The next sequence by `step`, which is less than the modulus. */
static inline uint32_t step_on(uint32_t sequence, uint32_t step, uint32_t modulus) {
  const uint32_t next = sequence + step;
  return next > modulus ? next - modulus : next;
}

/* A period of one flit, which most are. */
static uint64_t digest_one(uint64_t digest, const struct oio_pushed *one, uint64_t periods, oio_time_ps period_ps, uint32_t step,
                           uint32_t modulus, uint32_t limit_step) {
  uint32_t sequence = sequence_of(one), limit = one->control >> 16;
  oio_time_ps start_ps = one->start_ps;
  for (uint64_t i = 0; i < periods; i++) {
    start_ps += period_ps;
    sequence = step_on(sequence, step, modulus);
    limit += limit_step;
    digest = oio_digest_add_word(digest, start_ps, word_of(one, (uint16_t)sequence, (uint16_t)limit));
  }
  return digest;
}

void oio_channel_stride_digest(struct oio_channel *channel, uint32_t wire, uint32_t back, const struct oio_push_log *log,
                               const struct oio_stride *s) {
  const struct oio_stride_wire *own = &s->wire[wire], *other = &s->wire[back];
  const uint64_t own_flits = own->flits / s->periods, other_flits = other->flits / s->periods;
  uint64_t digest = channel->counted.digest;
  if (log->count == 1) {
    const bool is_own = is_explicit(log->pushed);
    const uint32_t modulus = is_own ? own->modulus : other->modulus;
    const uint32_t step = (uint32_t)((is_own ? own_flits : other_flits) % modulus);
    digest = digest_one(digest, log->pushed, s->periods, s->period_ps, step, modulus, (uint32_t)other_flits);
  }
  for (uint64_t period = 1; log->count > 1 && period <= s->periods; period++) {
    for (uint32_t i = 0; i < log->count; i++) {
      const struct oio_pushed *pushed = &log->pushed[i];
      const bool is_own = is_explicit(pushed);
      const uint64_t by = period * (is_own ? own_flits : other_flits);
      const uint16_t sequence = later_sequence(sequence_of(pushed), by, is_own ? own->modulus : other->modulus);
      const uint16_t limit = (uint16_t)((pushed->control >> 16) + period * other_flits);
      digest = oio_digest_add_word(digest, pushed->start_ps + period * s->period_ps, word_of(pushed, sequence, limit));
    }
  }
  channel->counted.digest = digest;
}
