/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/channel.h"

#include "base/cold.h"
#include "base/digest.h"
#include "base/little_endian.h"
#include "base/memory.h"
#include "base/precondition.h"
#include "channel/channel_state.h"
#include "channel/channel_stride.h"
#include "channel/forge.h"
#include "channel/inner_code.h"
#include "channel/strikes.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PS_PER_S 1000000000000u

static bool make_flit_code(struct oio_channel *channel) {
  channel->flit_code = malloc(sizeof *channel->flit_code);
  return channel->flit_code != NULL &&
         oio_flit_code_create(channel->flit_code, channel->format, channel->config.fec_tables, channel->config.fec_mode);
}

static bool make_correction(struct oio_channel *channel) {
  if (channel->config.fec == NULL) return true;
  const struct oio_fec_code *code = oio_fec_code_named(channel->config.fec);
  channel->config.fec = code->name; /* the caller's may not stay */
  if (oio_fec_is_of_a_flit(&channel->config)) return make_flit_code(channel);
  channel->blocks = malloc(sizeof *channel->blocks);
  if (channel->blocks == NULL ||
      !oio_blocks_create(channel->blocks, code, channel->config.fec_tables, channel->config.fec_ways, channel->rate_bits_per_s))
    return false;
  channel->blocks->mode = channel->config.fec_mode;
  channel->flit_ps = channel->blocks->flit_ps;
  return true;
}

static bool has_condition(const struct oio_channel_config *c) {
  return c->stripe_bits > 0 || c->walk > 0 || c->event_count > 0;
}

void oio_channel_begin_errors(struct oio_channel *channel) {
  const struct oio_condition *k = channel->condition;
  const double rate = channel->config.inner ? oio_inner_code_rate(channel->config.bit_error_rate) : channel->config.bit_error_rate;
  oio_errors_begin(&channel->errors, k == NULL ? 1 : k->width, k == NULL ? &rate : k->wrong);
}

void oio_channel_look_at_condition(struct oio_channel *channel) {
  const struct oio_condition *k = channel->condition;
  const bool always = channel->blocks != NULL || channel->flit_code != NULL || channel->markers.bits > 0;
  channel->attend_ps = always ? 0 : OIO_NEVER;
  if (k != NULL && k->change_ps < channel->attend_ps) channel->attend_ps = k->change_ps;
  if (k != NULL && (k->dark_until_ps > channel->free_ps || oio_condition_awaits_flits(k))) channel->attend_ps = 0;
}

static bool make_errors(struct oio_channel *channel) {
  struct oio_channel_config *c = &channel->config;
  if (c->wavelengths == 0) c->wavelengths = 1;
  if (!oio_errors_create(&channel->errors, c)) return false;
  if (has_condition(c)) {
    channel->condition = malloc(sizeof *channel->condition);
    if (channel->condition == NULL || !oio_condition_create(channel->condition, c)) return false;
  }
  oio_channel_begin_errors(channel);
  oio_channel_look_at_condition(channel);
  return true;
}

static void set_rate(struct oio_channel *channel, uint32_t lanes) {
  const uint64_t flit_bit_ps = (uint64_t)OIO_FLIT_BITS * PS_PER_S;
  channel->rate_bits_per_s = lanes * channel->config.lane_rate_bits_per_s;
  channel->flit_ps = flit_bit_ps / channel->rate_bits_per_s;
  channel->flit_rest = flit_bit_ps % channel->rate_bits_per_s;
  channel->free_rest = 0;
}

/* The first stretch between markers begins with the line. */
static void set_markers(struct oio_channel *channel, oio_time_ps origin_ps) {
  const struct oio_channel_config *c = &channel->config;
  channel->markers = (struct oio_markers){.rate_bits_per_s = channel->rate_bits_per_s, .origin_ps = origin_ps};
  channel->stream_free_ps = origin_ps;
  if (c->marker_bits == 0) return;
  channel->markers.bits = c->marker_bits;
  channel->markers.stretch_bits = c->marker_period_bits - c->marker_bits;
}

void oio_channel_set_line(struct oio_channel *channel, uint32_t lanes, oio_time_ps origin_ps) {
  set_rate(channel, lanes);
  set_markers(channel, origin_ps);
  if (channel->blocks == NULL) return;
  oio_blocks_begin(channel->blocks, origin_ps, channel->rate_bits_per_s);
  channel->flit_ps = channel->blocks->flit_ps;
}

/* By how many times a block may take longer than on all lanes: on the last one that is left. */
static uint32_t slowest_block(const struct oio_channel_config *c) {
  for (uint32_t i = 0; c->remap_ps > 0 && i < c->event_count; i++) {
    const enum oio_channel_event_kind what = c->events[i].what;
    if (what == OIO_EVENT_LANE || what == OIO_EVENT_LASER || what == OIO_EVENT_FIBRE) return c->lanes;
  }
  return 1;
}

/* From the end of a flit to its arrival, at most. The flits of a line that is fast again wait behind a block of the slow one. */
static oio_time_ps longest_way_ps(const struct oio_channel *channel) {
  const struct oio_channel_config *c = &channel->config;
  const oio_time_ps way_ps = c->flight_ps + c->logic_ps;
  if (channel->blocks == NULL) return way_ps;
  return way_ps + c->fec_ps + slowest_block(c) * oio_blocks_ps(channel->blocks) + channel->flit_ps;
}

/* How many flits may come behind one, by its events. */
enum { WITH_A_FLIT = 2 };

static bool brings_more(const struct oio_channel *channel) {
  return channel->condition != NULL && channel->condition->wrongs;
}

enum oio_status oio_channel_create(struct oio_channel **channel, const struct oio_channel_config *config, struct oio_error *error) {
  *channel = NULL;
  const enum oio_status checked = oio_channel_check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_channel *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "channel: out of memory");
  made->config = *config;
  if (config->spread_seed == 0) made->config.spread_seed = config->seed;
  if (config->walk_seed == 0) made->config.walk_seed = config->seed;
  made->format = oio_flit_format(config->format);
  made->config.logic_ps += config->skew_ps + config->gearbox_ps + (oio_fec_is_of_a_flit(config) ? config->fec_ps : 0);
  set_rate(made, config->lanes);
  set_markers(made, 0);
  if (!make_correction(made) || !make_errors(made)) {
    oio_channel_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "channel: out of memory for its errors and their correction");
  }
  made->least_flit_ps = made->flit_ps;
  /* In flight: what fits in the flight and logic time, the one being serialised, the slot being filled, and one that has arrived and waits
   * for a clock; one more for rounding. The same once more, and one being serialised, for an end that runs ahead. */
  const uint64_t under_way = longest_way_ps(made) / (made->flit_ps > 0 ? made->flit_ps : 1);
  const uint64_t most = (config->runs_ahead ? 2 * under_way + 6 : under_way + 5) + (brings_more(made) ? WITH_A_FLIT : 0);
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
  *channel = made;
  return OIO_OK;
}

void oio_channel_destroy(struct oio_channel *channel) {
  if (channel == NULL) return;
  if (channel->blocks != NULL) oio_blocks_destroy(channel->blocks);
  free(channel->blocks);
  if (channel->flit_code != NULL) oio_flit_code_destroy(channel->flit_code);
  free(channel->flit_code);
  if (channel->condition != NULL) oio_condition_destroy(channel->condition);
  free(channel->condition);
  oio_errors_destroy(&channel->errors);
  free(channel->ring);
  free(channel);
}

void oio_channel_memory(const struct oio_channel *channel, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *channel);
  oio_memory_add_untouched(memory, (uint64_t)(channel->ring_end - channel->ring) * sizeof *channel->ring);
  if (channel->blocks != NULL) oio_blocks_memory(channel->blocks, memory);
  if (channel->flit_code != NULL) oio_flit_code_memory(channel->flit_code, memory);
  if (channel->condition != NULL) oio_condition_memory(channel->condition, memory);
  oio_lanes_memory(&channel->errors.lanes, channel->config.lanes, memory);
}

void oio_channel_drop(struct oio_channel *channel) {
  if (channel->condition != NULL) channel->condition->keeps_back = false;
  atomic_store_explicit(&channel->oldest, oio_next_of(channel), memory_order_release);
}

oio_time_ps oio_channel_free_ps(const struct oio_channel *channel) {
  return channel->free_ps;
}

oio_time_ps oio_channel_under_way_ps(const struct oio_channel *channel) {
  const oio_time_ps way_ps = channel->least_flit_ps + channel->config.flight_ps + channel->config.logic_ps;
  return channel->blocks == NULL ? way_ps : way_ps + channel->config.fec_ps;
}

oio_time_ps oio_channel_flit_ps(const struct oio_channel *channel) {
  return channel->least_flit_ps;
}

/* Is there room for those, too? Precondition: there is for one. */
OIO_COLD static bool has_room_for_more(const struct oio_channel *channel) {
  struct in_flight *place = channel->after_next;
  for (unsigned i = 0; i < WITH_A_FLIT; i++) {
    place = oio_behind(channel, place);
    if (place == oio_oldest_of(channel)) return false;
  }
  return true;
}

struct oio_wire *oio_channel_slot(struct oio_channel *channel) {
  if (OIO_UNLIKELY(brings_more(channel)) && channel->after_next != oio_oldest_of(channel) && !has_room_for_more(channel)) return NULL;
  return channel->after_next == oio_oldest_of(channel) ? NULL : &oio_next_of(channel)->wire;
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

OIO_COLD static void note(struct oio_push_log *log, oio_time_ps start_ps, uint32_t control, uint16_t header) {
  if (log->count < log->size) log->pushed[log->count] = (struct oio_pushed){.start_ps = start_ps, .control = control, .header = header};
  log->count++;
}

static void digest(struct oio_channel *channel, oio_time_ps start_ps, const struct oio_wire *wire) {
  uint64_t *d = &channel->counted.digest;
  if (channel->config.fidelity == OIO_BIT) {
    *d = oio_digest_add(*d, start_ps, wire->bytes, OIO_FLIT_BYTES);
    return;
  }
  const uint64_t control = oio_load_le32(wire->bytes + channel->format->control_at);
  const uint16_t header = oio_load_le16(wire->bytes + channel->format->header_at);
  *d = oio_digest_add_word(*d, start_ps, control << 16 | header);
  if (OIO_UNLIKELY(channel->log != NULL)) note(channel->log, start_ps, (uint32_t)control, header);
}

/* The time of the stream at which a flit may start; with the wire just free, where the last one ended. */
static oio_time_ps stream_start_ps(const struct oio_channel *channel, oio_time_ps start_ps) {
  return start_ps > channel->free_ps ? oio_markers_stream_ps(&channel->markers, start_ps) : channel->stream_free_ps;
}

/* Where a flit stands, on the line. */
static struct oio_stand stand_of(struct oio_channel *channel, oio_time_ps start_ps) {
  const struct oio_markers *m = &channel->markers;
  if (m->bits == 0) return oio_blocks_stand(channel->blocks, start_ps);
  const struct oio_stand stream = oio_blocks_stand(channel->blocks, stream_start_ps(channel, start_ps));
  channel->stream_free_ps = stream.end_ps;
  return (struct oio_stand){oio_markers_begin_ps(m, stream.begin_ps), oio_markers_end_ps(m, stream.end_ps),
                            oio_markers_end_ps(m, stream.whole_ps)};
}

/* The times of a flit that starts, and what is wrong with it when it arrives; with error correction. */
OIO_COLD static void pass_blocks(struct oio_channel *channel, oio_time_ps start_ps, struct in_flight *flight) {
  const struct oio_channel_config *c = &channel->config;
  const struct oio_stand stand = stand_of(channel, start_ps);
  const oio_time_ps way_ps = c->flight_ps + c->logic_ps, whole_ps = stand.whole_ps + c->fec_ps + way_ps;
  const oio_time_ps next_ps = channel->last_arrival_ps + channel->flit_ps;
  struct oio_stamp *stamp = &flight->wire.stamp;
  flight->arrival_ps = whole_ps > next_ps ? whole_ps : next_ps;
  channel->last_arrival_ps = flight->arrival_ps;
  channel->free_ps = stand.end_ps;
  stamp->parts_ps[OIO_PART_SERIALISE] += stand.end_ps - stand.begin_ps;
  stamp->parts_ps[OIO_PART_FEC] += (stand.begin_ps - start_ps) + (flight->arrival_ps - way_ps - stand.end_ps);
}

/* As serialise, with markers: the wait for one, and what stands inside the flit, are part of its time. */
OIO_COLD static oio_time_ps serialise_marked(struct oio_channel *channel, oio_time_ps start_ps) {
  const oio_time_ps stream_ps = stream_start_ps(channel, start_ps);
  channel->free_ps = channel->stream_free_ps;
  channel->stream_free_ps = serialise(channel, stream_ps);
  channel->free_ps = oio_markers_end_ps(&channel->markers, channel->stream_free_ps);
  return channel->free_ps;
}

static inline void leave_at(struct oio_channel *channel, oio_time_ps start_ps, oio_time_ps end_ps, struct in_flight *flight) {
  flight->arrival_ps = end_ps + channel->config.flight_ps + channel->config.logic_ps;
  flight->wire.stamp.parts_ps[OIO_PART_SERIALISE] += end_ps - start_ps;
}

/* The same without. */
static inline void pass_line(struct oio_channel *channel, oio_time_ps start_ps, struct in_flight *flight) {
  leave_at(channel, start_ps, serialise(channel, start_ps), flight);
}

static inline void spoil(struct oio_channel *channel, struct oio_wire *wire) {
  if (oio_errors_ahead(&channel->errors)) {
    channel->counted.wrong_bits += oio_errors_apply(&channel->errors, wire);
    channel->counted.wrong_flits++;
  }
}

static void correct_flit(struct oio_channel *channel, struct oio_wire *wire) {
  channel->counted.codewords += OIO_FLIT_CODEWORDS;
  if (oio_errors_ahead(&channel->errors)) oio_flit_code_decode(channel->flit_code, &channel->errors, wire, &channel->counted);
}

/* What encoder and decoder take is in logic_ps, whose whole counts as logic in a moment. */
static void count_as_fec(const struct oio_channel *channel, struct oio_wire *wire) {
  wire->stamp.parts_ps[OIO_PART_FEC] += channel->config.fec_ps;
  wire->stamp.parts_ps[OIO_PART_LOGIC] -= channel->config.fec_ps;
}

/* Nothing is drawn. */
static void spoil_dark(struct oio_channel *channel, struct oio_wire *wire) {
  struct oio_channel_state *counted = &channel->counted;
  oio_errors_condemn(&channel->errors, wire);
  counted->dark_flits++;
  counted->wrong_flits++;
}

/* Other lanes, or other errors on them. */
OIO_COLD static void change(struct oio_channel *channel, oio_time_ps start_ps) {
  struct oio_condition *k = channel->condition;
  const uint32_t width = k->width;
  k->first_event = k->next_event;
  k->first_flit = k->next_flit;
  const bool by_time = k->change_ps <= start_ps && oio_condition_change(k, start_ps, &channel->counted);
  const bool by_flit = oio_condition_reach(k, start_ps, &channel->counted);
  if (!by_time && !by_flit) return;
  oio_channel_begin_errors(channel);
  if (k->width != width) oio_channel_set_line(channel, k->width, start_ps > channel->free_ps ? start_ps : channel->free_ps);
}

/* wrong_flits: as counted before this flit. */
static void strike(struct oio_channel *channel, bool lost, uint64_t wrong_flits, struct oio_wire *wire) {
  const bool struck = oio_strikes_wire(channel->condition, &channel->errors, wire, &channel->counted);
  if (lost) oio_errors_condemn(&channel->errors, wire);
  if (lost || struck) channel->counted.wrong_flits = wrong_flits + 1;
}

/* It goes over the line, whatever that is like. */
static void pass(struct oio_channel *channel, oio_time_ps start_ps, struct in_flight *flight) {
  if (channel->blocks != NULL) {
    pass_blocks(channel, start_ps, flight);
  } else if (channel->markers.bits > 0) {
    leave_at(channel, start_ps, serialise_marked(channel, start_ps), flight);
  } else {
    pass_line(channel, start_ps, flight);
  }
}

/* No usual flit. */
OIO_COLD static void pass_attended(struct oio_channel *channel, oio_time_ps start_ps, struct in_flight *flight) {
  struct oio_condition *k = channel->condition;
  const oio_time_ps begin_ps = start_ps;
  const uint64_t wrong_flits = channel->counted.wrong_flits;
  if (k != NULL) change(channel, start_ps);
  const bool dark = k != NULL && begin_ps < k->dark_until_ps;
  if (k != NULL) start_ps += oio_strikes_delay_ps(k);
  if (k != NULL && k->wrongs && !dark) oio_forge(k, &channel->errors, &flight->wire);
  pass(channel, start_ps, flight);
  const bool lost = k != NULL && !dark && oio_strikes_lose(k, channel->format, &flight->wire);
  if (dark) {
    spoil_dark(channel, &flight->wire);
  } else if (channel->blocks != NULL) {
    oio_blocks_decode(channel->blocks, &channel->errors, &flight->wire, &channel->counted);
  } else if (channel->flit_code != NULL) {
    correct_flit(channel, &flight->wire);
  } else {
    spoil(channel, &flight->wire);
  }
  if (channel->flit_code != NULL) count_as_fec(channel, &flight->wire);
  if (k != NULL && !dark) strike(channel, lost, wrong_flits, &flight->wire);
  flight->wire.stamp.parts_ps[OIO_PART_LOGIC] += start_ps - begin_ps;
}

/* The flit in the slot is on its way, and the next place is the slot. */
static inline void launch(struct oio_channel *channel) {
  struct in_flight *next = channel->after_next;
  channel->after_next = oio_behind(channel, next);
  atomic_store_explicit(&channel->next, next, memory_order_release);
}

static inline void add_way(const struct oio_channel *channel, struct oio_wire *wire) {
  wire->stamp.parts_ps[OIO_PART_FLIGHT] += channel->config.flight_ps;
  wire->stamp.parts_ps[OIO_PART_LOGIC] += channel->config.logic_ps;
}

/* Where message bytes lie: the messages may be gone when a copy comes. */
static void forget_references(struct oio_wire *wire) {
  wire->touched_bytes = (uint16_t)(wire->touched_bytes - wire->references * sizeof(uint8_t *));
  wire->references = 0;
}

/* One more, that nobody has put on the wire: as it came, but for its time, which begins when the wire is free. */
static void send_more(struct oio_channel *channel, const struct oio_wire *wire, oio_time_ps since_ps) {
  struct in_flight *flight = oio_next_of(channel);
  const oio_time_ps start_ps = channel->free_ps;
  OIO_PRECONDITION(channel->after_next != oio_oldest_of(channel));
  flight->wire = *wire;
  flight->wire.stamp.parts_ps[OIO_PART_LOGIC] += start_ps - since_ps;
  pass(channel, start_ps, flight);
  if (channel->flit_code != NULL) count_as_fec(channel, &flight->wire);
  add_way(channel, &flight->wire);
  launch(channel);
  channel->condition->copies++;
}

/* What else a transmitter that is wrong does with the flit in the slot, which began at begin_ps as `stamp` says. */
OIO_COLD static void launch_wrongly(struct oio_channel *channel, oio_time_ps begin_ps, const struct oio_stamp *stamp) {
  struct oio_condition *k = channel->condition;
  struct in_flight *flight = oio_next_of(channel);
  struct oio_wire copy = flight->wire;
  copy.stamp = *stamp;
  forget_references(&copy);
  k->left_ps = channel->free_ps;
  k->arrival_ps = flight->arrival_ps;
  if (!k->keeps_back && oio_strikes_have(k, OIO_EVENT_SWAP)) {
    k->keeps_back = true;
    k->kept_ps = begin_ps;
    k->kept = copy;
    return;
  }
  launch(channel);
  if (oio_strikes_have(k, OIO_EVENT_DUPLICATE)) send_more(channel, &copy, begin_ps);
  if (!k->keeps_back) return;
  send_more(channel, &k->kept, k->kept_ps);
  k->keeps_back = false;
}

OIO_COLD static void push_attended(struct oio_channel *channel, oio_time_ps start_ps) {
  struct oio_condition *k = channel->condition;
  struct in_flight *flight = oio_next_of(channel);
  const struct oio_stamp stamp = flight->wire.stamp;
  if (k != NULL) k->copies = 0;
  pass_attended(channel, start_ps, flight);
  add_way(channel, &flight->wire);
  channel->counted.flits++;
  if (k != NULL && k->wrongs && start_ps >= k->dark_until_ps) {
    launch_wrongly(channel, start_ps, &stamp);
  } else {
    launch(channel);
  }
  oio_channel_look_at_condition(channel);
}

void oio_channel_push(struct oio_channel *channel, oio_time_ps start_ps) {
  OIO_PRECONDITION(start_ps >= channel->free_ps);
  OIO_PRECONDITION(channel->after_next != oio_oldest_of(channel));
  struct in_flight *flight = oio_next_of(channel);
  if (channel->config.digest) digest(channel, start_ps, &flight->wire);
  if (OIO_UNLIKELY(start_ps >= channel->attend_ps)) {
    push_attended(channel, start_ps);
    return;
  }
  pass_line(channel, start_ps, flight);
  spoil(channel, &flight->wire);
  add_way(channel, &flight->wire);
  channel->counted.flits++;
  launch(channel);
}

enum oio_status oio_channel_send(struct oio_channel *channel, oio_time_ps start_ps, const struct oio_wire *wire) {
  struct oio_wire *slot = oio_channel_slot(channel);
  if (slot == NULL || start_ps < channel->free_ps) return OIO_ERR_FULL;
  *slot = *wire;
  oio_channel_push(channel, start_ps);
  return OIO_OK;
}

oio_time_ps oio_channel_arrival_ps(const struct oio_channel *channel) {
  const struct in_flight *oldest = oio_oldest_of(channel);
  return oldest == oio_next_of(channel) ? OIO_NEVER : oldest->arrival_ps;
}

oio_time_ps oio_channel_left_ps(const struct oio_channel *channel) {
  const struct oio_condition *k = channel->condition;
  return k != NULL && k->copies > 0 ? k->left_ps : channel->free_ps;
}

bool oio_channel_keeps_back(const struct oio_channel *channel) {
  return channel->condition != NULL && channel->condition->keeps_back;
}

oio_time_ps oio_channel_last_arrival_ps(const struct oio_channel *channel) {
  const struct oio_condition *k = channel->condition;
  if (k != NULL && k->copies > 0) return k->arrival_ps;
  if (channel->blocks != NULL) return channel->last_arrival_ps;
  return channel->free_ps + channel->config.flight_ps + channel->config.logic_ps;
}

const struct oio_wire *oio_channel_peek(const struct oio_channel *channel) {
  const struct in_flight *oldest = oio_oldest_of(channel);
  return oldest == oio_next_of(channel) ? NULL : &oldest->wire;
}

void oio_channel_pop(struct oio_channel *channel) {
  struct in_flight *oldest = oio_oldest_of(channel);
  OIO_PRECONDITION(oldest != oio_next_of(channel));
  atomic_store_explicit(&channel->oldest, oio_behind(channel, oldest), memory_order_release);
}

void oio_channel_get_state(const struct oio_channel *channel, struct oio_channel_state *state) {
  *state = channel->counted;
  if (channel->config.stripe_bits > 0) state->missing_lanes = channel->config.lanes - channel->condition->width;
}

bool oio_channel_is_dark(const struct oio_channel *channel, oio_time_ps start_ps) {
  return channel->condition != NULL && start_ps < channel->condition->dark_until_ps;
}

void oio_channel_get_events(const struct oio_channel *channel, uint64_t counts[OIO_EVENT_KINDS]) {
  const struct oio_condition *k = channel->condition;
  for (unsigned kind = 0; kind < OIO_EVENT_KINDS; kind++) counts[kind] = 0;
  if (k == NULL) return;
  for (uint32_t i = 0; i < k->next_event; i++) counts[k->config->events[i].what]++;
  for (uint32_t i = k->timed; i < k->next_flit; i++) counts[k->config->events[i].what]++;
}
