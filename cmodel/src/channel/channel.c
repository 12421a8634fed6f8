/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/channel.h"

#include "base/cold.h"
#include "base/digest.h"
#include "base/little_endian.h"
#include "base/memory.h"
#include "base/precondition.h"
#include "channel/blocks.h"
#include "channel/channel_checkpoint.h"
#include "channel/errors.h"
#include "flit/flit_checkpoint.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PS_PER_S 1000000000000u

struct in_flight {
  struct oio_wire wire;
  oio_time_ps arrival_ps;
};

/* The two ends may be two threads': `next` is the transmitting end's to write and `oldest` the receiving end's, and with either goes what
 * was written before it. */
struct oio_channel {
  _Atomic(struct in_flight *) oldest; /* in flight. Far from `next`: each has a cache line of its own */
  struct oio_channel_config config;
  const struct oio_flit_format *format;
  uint64_t rate_bits_per_s; /* all lanes */
  oio_time_ps flit_ps;      /* the flit time is flit_ps + flit_rest / rate_bits_per_s picoseconds */
  uint64_t flit_rest;
  oio_time_ps free_ps; /* the wire is free at free_ps + free_rest / rate_bits_per_s */
  uint64_t free_rest;
  struct in_flight *ring, *ring_end;
  _Atomic(struct in_flight *) next; /* the slot; the same as the oldest when nothing is in flight */
  struct in_flight *after_next;     /* the same as the oldest when there is room for no more */
  struct oio_errors errors;
  struct oio_blocks *blocks;   /* NULL: no error correction */
  oio_time_ps last_arrival_ps; /* with error correction: of the flit pushed last */
  struct oio_channel_state counted;
};

static inline struct in_flight *oldest_of(const struct oio_channel *channel) {
  return atomic_load_explicit(&channel->oldest, memory_order_acquire);
}

static inline struct in_flight *next_of(const struct oio_channel *channel) {
  return atomic_load_explicit(&channel->next, memory_order_acquire);
}

/* So that it is in two blocks at most. */
static bool holds_a_flit(const struct oio_channel_config *c) {
  const struct oio_fec_code *code = oio_fec_code_named(c->fec);
  return code != NULL && c->fec_ways * code->data_symbols * code->symbol_bits >= OIO_FLIT_BITS;
}

static enum oio_status check_fec(const struct oio_channel_config *c, struct oio_error *error) {
  if (c->fec_ways != 1 && c->fec_ways != 2 && c->fec_ways != 4) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec_ways %u: use 1, 2 or 4", c->fec_ways);
  }
  if (!holds_a_flit(c)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec %.32s: use a code whose block holds a flit: kp4, kr4 or ll", c->fec);
  }
  if (c->fec_ps > OIO_MS) return oio_error_set(error, OIO_ERR_CONFIG, "channel fec_ps: use at most 1 ms");
  if (c->lanes * c->lane_rate_bits_per_s > OIO_FEC_RATE_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec: use at most 100 Tb/s, all lanes together");
  }
  return OIO_OK;
}

static bool within(double value, double low, double high) {
  return value >= low && value <= high;
}

enum oio_status oio_channel_check_errors(const struct oio_error_process *p, double bit_error_rate, struct oio_error *error) {
  switch (p->kind) {
  case OIO_ERRORS_INDEPENDENT:
    return OIO_OK;
  case OIO_ERRORS_RUNS:
    if (p->symbol_bits != 1 && p->symbol_bits != 2) {
      return oio_error_set(error, OIO_ERR_CONFIG, "channel errors: symbols of %u bits; use 1 or 2", p->symbol_bits);
    }
    if (within(p->propagation, 0, 0.99) && bit_error_rate * p->symbol_bits <= 0.75) return OIO_OK;
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "channel errors: propagation %g at bit_error_rate %g; use 0..0.99, and a rate of 0.375 at most of PAM4",
                         p->propagation, bit_error_rate);
  case OIO_ERRORS_GILBERT:
    if (within(p->bad_rate, 0, 0.5) && within(p->bad_part, 1e-12, 0.5) && within(p->bad_bits, 1, 1e9) &&
        (bit_error_rate == 0 || p->bad_part * p->bad_rate <= bit_error_rate))
      return OIO_OK;
    return oio_error_set(
        error, OIO_ERR_CONFIG,
        "channel errors: bad_rate %g, bad_part %g, bad_bits %g at bit_error_rate %g; use 0..0.5, 1e-12..0.5, 1..1e9, and no more "
        "errors in the bad part than there are in all",
        p->bad_rate, p->bad_part, p->bad_bits, bit_error_rate);
  default:
    return oio_error_set(error, OIO_ERR_CONFIG, "channel errors: there is no such kind %d", (int)p->kind);
  }
}

static enum oio_status check(const struct oio_channel_config *c, struct oio_error *error) {
  if (oio_flit_format(c->format) == NULL) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel format %u: there is no such flit format; use 3 or 6", c->format);
  }
  if (c->fidelity != OIO_EVENT && c->fidelity != OIO_BIT) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fidelity %d: use OIO_EVENT or OIO_BIT", (int)c->fidelity);
  }
  if (c->lanes < 1 || c->lanes > 1024) return oio_error_set(error, OIO_ERR_CONFIG, "channel lanes %u: use 1..1024", c->lanes);
  if (c->lane_rate_bits_per_s < 1000000 || c->lane_rate_bits_per_s > PS_PER_S) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel lane rate %llu bit/s: use 10^6..10^12",
                         (unsigned long long)c->lane_rate_bits_per_s);
  }
  if (c->flight_ps > OIO_MS || c->logic_ps > OIO_MS) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel flight or logic time: use at most 1 ms");
  }
  if (!(c->bit_error_rate >= 0 && c->bit_error_rate <= 0.5)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel bit_error_rate %g: use 0..0.5", c->bit_error_rate);
  }
  const enum oio_status checked = oio_channel_check_errors(&c->errors, c->bit_error_rate, error);
  return checked != OIO_OK || c->fec == NULL ? checked : check_fec(c, error);
}

static bool make_blocks(struct oio_channel *channel) {
  if (channel->config.fec == NULL) return true;
  const struct oio_fec_code *code = oio_fec_code_named(channel->config.fec);
  channel->config.fec = code->name; /* the caller's may not stay */
  channel->blocks = malloc(sizeof *channel->blocks);
  if (channel->blocks == NULL || !oio_blocks_create(channel->blocks, code, channel->config.fec_ways, channel->rate_bits_per_s))
    return false;
  channel->flit_ps = channel->blocks->flit_ps;
  return true;
}

/* From the end of a flit to its arrival, at most. */
static oio_time_ps longest_way_ps(const struct oio_channel *channel) {
  const struct oio_channel_config *c = &channel->config;
  const oio_time_ps way_ps = c->flight_ps + c->logic_ps;
  return channel->blocks == NULL ? way_ps : way_ps + c->fec_ps + oio_blocks_ps(channel->blocks) + channel->flit_ps;
}

enum oio_status oio_channel_create(struct oio_channel **channel, const struct oio_channel_config *config, struct oio_error *error) {
  *channel = NULL;
  const enum oio_status checked = check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_channel *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "channel: out of memory");
  made->config = *config;
  made->format = oio_flit_format(config->format);
  made->rate_bits_per_s = config->lanes * config->lane_rate_bits_per_s;
  const uint64_t flit_bit_ps = (uint64_t)OIO_FLIT_BITS * PS_PER_S;
  made->flit_ps = flit_bit_ps / made->rate_bits_per_s;
  made->flit_rest = flit_bit_ps % made->rate_bits_per_s;
  if (!make_blocks(made)) {
    oio_channel_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "channel: out of memory for its error correction");
  }
  /* In flight: what fits in the flight and logic time, the one being serialised, the slot being filled, and one that has arrived and waits
   * for a clock; one more for rounding. The same once more, and one being serialised, for an end that runs ahead. */
  const uint64_t under_way = longest_way_ps(made) / (made->flit_ps > 0 ? made->flit_ps : 1);
  const uint64_t most = config->runs_ahead ? 2 * under_way + 6 : under_way + 5;
  uint64_t size = 1;
  while (size < most) size *= 2;
  /* Not zeroed: a place is written before it is read, and memory of a wire that stands idle is not touched. */
  made->ring = malloc(size * sizeof *made->ring);
  if (made->ring == NULL) {
    oio_channel_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM,
                         "channel: out of memory for %llu flits in flight; use a shorter fibre, fewer lanes or a lower lane rate",
                         (unsigned long long)most);
  }
  made->ring_end = made->ring + size;
  atomic_init(&made->oldest, made->ring);
  atomic_init(&made->next, made->ring);
  made->after_next = made->ring + 1;
  oio_errors_start(&made->errors, &made->config);
  *channel = made;
  return OIO_OK;
}

void oio_channel_destroy(struct oio_channel *channel) {
  if (channel == NULL) return;
  if (channel->blocks != NULL) oio_blocks_destroy(channel->blocks);
  free(channel->blocks);
  free(channel->ring);
  free(channel);
}

void oio_channel_memory(const struct oio_channel *channel, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *channel);
  oio_memory_add_untouched(memory, (uint64_t)(channel->ring_end - channel->ring) * sizeof *channel->ring);
  if (channel->blocks != NULL) oio_blocks_memory(channel->blocks, memory);
}

void oio_channel_drop(struct oio_channel *channel) {
  atomic_store_explicit(&channel->oldest, next_of(channel), memory_order_release);
}

oio_time_ps oio_channel_free_ps(const struct oio_channel *channel) {
  return channel->free_ps;
}

oio_time_ps oio_channel_under_way_ps(const struct oio_channel *channel) {
  const oio_time_ps way_ps = channel->flit_ps + channel->config.flight_ps + channel->config.logic_ps;
  return channel->blocks == NULL ? way_ps : way_ps + channel->config.fec_ps;
}

oio_time_ps oio_channel_flit_ps(const struct oio_channel *channel) {
  return channel->flit_ps;
}

struct oio_wire *oio_channel_slot(struct oio_channel *channel) {
  return channel->after_next == oldest_of(channel) ? NULL : &next_of(channel)->wire;
}

/* Occupies the wire for one flit time from start_ps and returns when its last bit has left. */
static oio_time_ps serialise(struct oio_channel *channel, oio_time_ps start_ps) {
  if (start_ps > channel->free_ps) {
    channel->free_ps = start_ps;
    channel->free_rest = 0;
  }
  channel->free_ps += channel->flit_ps;
  channel->free_rest += channel->flit_rest;
  if (channel->free_rest >= channel->rate_bits_per_s) {
    channel->free_rest -= channel->rate_bits_per_s;
    channel->free_ps++;
  }
  return channel->free_ps;
}

static void digest(struct oio_channel *channel, oio_time_ps start_ps, const struct oio_wire *wire) {
  uint64_t *d = &channel->counted.digest;
  if (channel->config.fidelity == OIO_BIT) {
    *d = oio_digest_add(*d, start_ps, wire->bytes, OIO_FLIT_BYTES);
    return;
  }
  const uint64_t control = oio_load_le32(wire->bytes + channel->format->control_at);
  *d = oio_digest_add_word(*d, start_ps, control << 16 | oio_load_le16(wire->bytes + channel->format->header_at));
}

static struct in_flight *behind(const struct oio_channel *channel, struct in_flight *flight) {
  return ++flight == channel->ring_end ? channel->ring : flight;
}

/* The times of a flit that starts, and what is wrong with it when it arrives; with error correction. */
OIO_COLD static void pass_blocks(struct oio_channel *channel, oio_time_ps start_ps, struct in_flight *flight) {
  const struct oio_channel_config *c = &channel->config;
  const struct oio_stand stand = oio_blocks_stand(channel->blocks, start_ps);
  const oio_time_ps way_ps = c->flight_ps + c->logic_ps, whole_ps = stand.whole_ps + c->fec_ps + way_ps;
  const oio_time_ps next_ps = channel->last_arrival_ps + channel->flit_ps;
  struct oio_stamp *stamp = &flight->wire.stamp;
  flight->arrival_ps = whole_ps > next_ps ? whole_ps : next_ps;
  channel->last_arrival_ps = flight->arrival_ps;
  channel->free_ps = stand.end_ps;
  stamp->parts_ps[OIO_PART_SERIALISE] += stand.end_ps - stand.begin_ps;
  stamp->parts_ps[OIO_PART_FEC] += (stand.begin_ps - start_ps) + (flight->arrival_ps - way_ps - stand.end_ps);
  oio_blocks_decode(channel->blocks, &channel->errors, &flight->wire, &channel->counted);
}

static inline void pass(struct oio_channel *channel, oio_time_ps start_ps, struct in_flight *flight) {
  struct oio_wire *wire = &flight->wire;
  const oio_time_ps end_ps = serialise(channel, start_ps);
  flight->arrival_ps = end_ps + channel->config.flight_ps + channel->config.logic_ps;
  wire->stamp.parts_ps[OIO_PART_SERIALISE] += end_ps - start_ps;
  if (oio_errors_ahead(&channel->errors)) {
    channel->counted.wrong_bits += oio_errors_apply(&channel->errors, wire);
    channel->counted.wrong_flits++;
  }
}

void oio_channel_push(struct oio_channel *channel, oio_time_ps start_ps) {
  OIO_PRECONDITION(start_ps >= channel->free_ps);
  OIO_PRECONDITION(channel->after_next != oldest_of(channel));
  struct in_flight *flight = next_of(channel);
  struct oio_wire *wire = &flight->wire;
  if (channel->config.digest) digest(channel, start_ps, wire);
  if (OIO_UNLIKELY(channel->blocks != NULL)) {
    pass_blocks(channel, start_ps, flight);
  } else {
    pass(channel, start_ps, flight);
  }
  wire->stamp.parts_ps[OIO_PART_FLIGHT] += channel->config.flight_ps;
  wire->stamp.parts_ps[OIO_PART_LOGIC] += channel->config.logic_ps;
  channel->counted.flits++;
  struct in_flight *next = channel->after_next;
  channel->after_next = behind(channel, next);
  atomic_store_explicit(&channel->next, next, memory_order_release);
}

enum oio_status oio_channel_send(struct oio_channel *channel, oio_time_ps start_ps, const struct oio_wire *wire) {
  struct oio_wire *slot = oio_channel_slot(channel);
  if (slot == NULL || start_ps < channel->free_ps) return OIO_ERR_FULL;
  *slot = *wire;
  oio_channel_push(channel, start_ps);
  return OIO_OK;
}

oio_time_ps oio_channel_arrival_ps(const struct oio_channel *channel) {
  const struct in_flight *oldest = oldest_of(channel);
  return oldest == next_of(channel) ? OIO_NEVER : oldest->arrival_ps;
}

oio_time_ps oio_channel_last_arrival_ps(const struct oio_channel *channel) {
  if (channel->blocks != NULL) return channel->last_arrival_ps;
  return channel->free_ps + channel->config.flight_ps + channel->config.logic_ps;
}

const struct oio_wire *oio_channel_peek(const struct oio_channel *channel) {
  const struct in_flight *oldest = oldest_of(channel);
  return oldest == next_of(channel) ? NULL : &oldest->wire;
}

void oio_channel_pop(struct oio_channel *channel) {
  struct in_flight *oldest = oldest_of(channel);
  OIO_PRECONDITION(oldest != next_of(channel));
  atomic_store_explicit(&channel->oldest, behind(channel, oldest), memory_order_release);
}

void oio_channel_get_state(const struct oio_channel *channel, struct oio_channel_state *state) {
  *state = channel->counted;
}

/* ---- saved and loaded ---- */

static void keep_process(const struct oio_error_process *p, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "error_symbol_bits", p->symbol_bits);
  oio_checkpoint_same(c, "error_precoded", p->precoded);
  oio_checkpoint_same_real(c, "error_propagation", p->propagation);
  oio_checkpoint_same_real(c, "error_bad_rate", p->bad_rate);
  oio_checkpoint_same_real(c, "error_bad_part", p->bad_part);
  oio_checkpoint_same_real(c, "error_bad_bits", p->bad_bits);
}

static void keep_config(const struct oio_channel_config *config, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "format", config->format);
  oio_checkpoint_same(c, "fidelity", config->fidelity);
  oio_checkpoint_same(c, "lanes", config->lanes);
  oio_checkpoint_same(c, "lane_rate_bits_per_s", config->lane_rate_bits_per_s);
  oio_checkpoint_same(c, "flight_ps", config->flight_ps);
  oio_checkpoint_same(c, "logic_ps", config->logic_ps);
  oio_checkpoint_same_real(c, "bit_error_rate", config->bit_error_rate);
  oio_checkpoint_same(c, "error_kind", config->errors.kind);
  if (config->errors.kind != OIO_ERRORS_INDEPENDENT) keep_process(&config->errors, c);
  oio_checkpoint_same(c, "fec_data_symbols", config->fec == NULL ? 0 : oio_fec_code_named(config->fec)->data_symbols);
  oio_checkpoint_same(c, "fec_symbols", config->fec == NULL ? 0 : oio_fec_code_named(config->fec)->symbols);
  oio_checkpoint_same(c, "fec_ways", config->fec == NULL ? 0 : config->fec_ways);
  oio_checkpoint_same(c, "fec_ps", config->fec == NULL ? 0 : config->fec_ps);
  oio_checkpoint_same(c, "digest", config->digest);
}

/* Event fidelity: what else is in the flit means nothing. */
static void keep_touched(const struct oio_flit_format *format, struct oio_wire *wire, struct oio_checkpoint *c) {
  uint8_t payload[OIO_PAYLOAD_BYTES] = {0};
  if (!oio_checkpoint_loads(c)) oio_flit_get_payload(format, wire->bytes, payload, wire->touched_bytes);
  oio_checkpoint_bytes(c, "header", wire->bytes + format->header_at, sizeof(uint16_t));
  oio_checkpoint_bytes(c, "control", wire->bytes + format->control_at, sizeof(uint32_t));
  oio_touched_checkpoint(payload, &wire->touched_bytes, &wire->references, c);
  if (oio_checkpoint_loads(c)) oio_flit_put_payload(format, wire->bytes, payload, OIO_PAYLOAD_BYTES);
}

static void keep_flight(const struct oio_channel *channel, struct in_flight *flight, struct oio_checkpoint *c) {
  struct oio_wire *wire = &flight->wire;
  if (channel->config.fidelity == OIO_EVENT) {
    keep_touched(channel->format, wire, c);
  } else {
    oio_checkpoint_bytes(c, "flit bytes", wire->bytes, OIO_FLIT_BYTES);
    if (oio_checkpoint_loads(c)) {
      wire->touched_bytes = OIO_PAYLOAD_BYTES;
      wire->references = 0;
    }
  }
  oio_stamp_checkpoint(&wire->stamp, c);
  OIO_KEEP(c, wire->syndrome, UINT32_MAX);
  OIO_KEEP(c, wire->wrong_bits, UINT16_MAX);
  OIO_KEEP(c, wire->tainted, true);
  OIO_KEEP_ANY(c, flight->arrival_ps);
}

static uint32_t in_flight_count(const struct oio_channel *channel) {
  const ptrdiff_t count = next_of(channel) - oldest_of(channel);
  return (uint32_t)(count < 0 ? count + (channel->ring_end - channel->ring) : count);
}

/* Flits leave the transmitter one flit time apart at least, the last when the wire is free: so there is a slot for the next. */
static bool follows(const struct oio_channel *channel, const struct in_flight *before, const struct in_flight *flight) {
  const oio_time_ps way_ps = channel->config.flight_ps + channel->config.logic_ps;
  const bool late =
      channel->blocks == NULL ? flight->arrival_ps - way_ps > channel->free_ps : flight->arrival_ps > channel->last_arrival_ps;
  if (flight->arrival_ps < way_ps || late) return false;
  if (before == NULL) return true;
  return flight->arrival_ps >= before->arrival_ps && flight->arrival_ps - before->arrival_ps >= channel->flit_ps;
}

/* The ring begins at its first place again when it is loaded. */
static void keep_ring(struct oio_channel *channel, struct oio_checkpoint *c) {
  uint32_t count = in_flight_count(channel);
  OIO_KEEP(c, count, (uint64_t)(channel->ring_end - channel->ring) - 1);
  if (oio_checkpoint_loads(c)) {
    atomic_store(&channel->oldest, channel->ring);
    atomic_store(&channel->next, channel->ring + count);
    channel->after_next = behind(channel, channel->ring + count);
  }
  const struct in_flight *before = NULL;
  for (struct in_flight *flight = oldest_of(channel); flight != next_of(channel); flight = behind(channel, flight)) {
    keep_flight(channel, flight, c);
    if (!oio_checkpoint_require(c, "flight->arrival_ps", follows(channel, before, flight))) return;
    before = flight;
  }
}

static void keep_blocks(struct oio_channel *channel, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, channel->last_arrival_ps);
  OIO_KEEP_ANY(c, channel->counted.codewords);
  OIO_KEEP_ANY(c, channel->counted.corrected_symbols);
  OIO_KEEP_ANY(c, channel->counted.uncorrectable_codewords);
  OIO_KEEP_ANY(c, channel->counted.miscorrected_codewords);
  OIO_KEEP_ANY(c, channel->counted.condemned_flits);
  oio_blocks_checkpoint(channel->blocks, channel->free_ps, c);
}

static void keep_errors(struct oio_errors *errors, struct oio_checkpoint *c) {
  OIO_KEEP(c, errors->after_wrong, true);
  OIO_KEEP(c, errors->ends_run, true);
  OIO_KEEP(c, errors->wrong_bit, errors->process.symbol_bits == 2);
  OIO_KEEP(c, errors->bad, true);
  OIO_KEEP_ANY(c, errors->stay_bits);
}

void oio_channel_checkpoint(struct oio_channel *channel, struct oio_checkpoint *c) {
  keep_config(&channel->config, c);
  OIO_KEEP_ANY(c, channel->free_ps);
  OIO_KEEP(c, channel->free_rest, channel->rate_bits_per_s - 1);
  for (unsigned i = 0; i < 4; i++) OIO_KEEP_ANY(c, channel->errors.rng.state[i]);
  OIO_KEEP_ANY(c, channel->errors.gap_bits);
  if (channel->config.errors.kind != OIO_ERRORS_INDEPENDENT) keep_errors(&channel->errors, c);
  OIO_KEEP_ANY(c, channel->counted.flits);
  OIO_KEEP_ANY(c, channel->counted.wrong_bits);
  OIO_KEEP_ANY(c, channel->counted.wrong_flits);
  OIO_KEEP_ANY(c, channel->counted.digest);
  if (channel->blocks != NULL) keep_blocks(channel, c);
  keep_ring(channel, c);
}
