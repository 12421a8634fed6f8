/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/pins.h"

#include "base/precondition.h"

#include <stdlib.h>
#include <string.h>

struct oio_pins {
  struct oio_pins_config config;
  uint32_t beats;                  /* of a flit */
  const struct oio_wire *entering; /* the oldest on the channel in, until it has gone in whole */
  uint32_t entered_beats;          /* of `entering`; 0: none under way */
  const uint8_t *shown;            /* the beat of the last oio_pins_next */
  struct oio_wire *leaving;        /* in the channel's slot */
  uint32_t left_beats;
  oio_time_ps left_start_ps, left_ps; /* edges of its first and of its last beat so far */
  uint64_t flits_in, flits_out;
  uint64_t framing_errors;
};

enum oio_status oio_pins_create(struct oio_pins **pins, const struct oio_pins_config *config, struct oio_error *error) {
  *pins = NULL;
  if (config->beat_bytes != 64 && config->beat_bytes != 128) {
    return oio_error_set(error, OIO_ERR_CONFIG, "pins beat_bytes %u: use 64 or 128", config->beat_bytes);
  }
  const uint32_t beats = OIO_FLIT_BYTES / config->beat_bytes;
  const oio_time_ps needed_ps = beats * config->clock_ps;
  if (config->clock_ps == 0 || oio_channel_flit_ps(config->in) < needed_ps || oio_channel_flit_ps(config->out) < needed_ps) {
    return oio_error_set(
        error, OIO_ERR_CONFIG,
        "a flit takes the RTL %llu ps (%u beats of rtl.clock_ps) and the wire %llu ps; use a faster clock or a slower link",
        (unsigned long long)needed_ps, beats, (unsigned long long)oio_channel_flit_ps(config->in));
  }
  struct oio_pins *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "pins: out of memory");
  made->config = *config;
  made->beats = beats;
  *pins = made;
  return OIO_OK;
}

void oio_pins_destroy(struct oio_pins *pins) {
  free(pins);
}

void oio_pins_reset(struct oio_pins *pins) {
  pins->entered_beats = pins->left_beats = 0;
}

/* Of a length that the compiler knows: no call. */
static inline void copy_beat(uint8_t *to, const uint8_t *from, uint32_t nbytes) {
  for (uint32_t at = 0; at < nbytes; at += 64) memcpy(to + at, from + at, 64);
}

static void framing_error(struct oio_pins *pins, oio_time_ps now_ps, const char *text) {
  pins->framing_errors++;
  if (pins->config.monitor != NULL) oio_monitor_note(pins->config.monitor, now_ps, oio_rule_name(OIO_RULE_FRAMING), text);
}

void oio_pins_stop(struct oio_pins *pins, enum oio_link_failure why) {
  if (pins->config.monitor != NULL) oio_monitor_stop(pins->config.monitor, why);
}

void oio_pins_moved(struct oio_pins *pins, oio_time_ps now_ps) {
  framing_error(pins, now_ps, "a beat did not stay until ready");
}

void oio_pins_put(struct oio_pins *pins, oio_time_ps now_ps, bool sof, const uint8_t *beat) {
  if (sof != (pins->left_beats == 0)) {
    framing_error(pins, now_ps, sof ? "sof within a flit" : "no sof at a flit's first beat");
    if (!sof) return;
    pins->left_beats = 0;
  }
  if (sof) {
    pins->left_start_ps = now_ps;
    pins->leaving = oio_channel_slot(pins->config.out);
    OIO_PRECONDITION(pins->leaving != NULL);
  } else if (now_ps != pins->left_ps + pins->config.clock_ps) {
    framing_error(pins, now_ps, "a hole between two beats of a flit");
  }
  pins->left_ps = now_ps;
  struct oio_wire *wire = pins->leaving;
  copy_beat(wire->bytes + pins->left_beats * pins->config.beat_bytes, beat, pins->config.beat_bytes);
  if (++pins->left_beats < pins->beats) return;
  pins->left_beats = 0;
  memset(&wire->stamp, 0, sizeof wire->stamp);
  wire->syndrome = 0;
  wire->wrong_bits = 0;
  wire->tainted = false;
  wire->references = 0;
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  if (pins->config.monitor != NULL) oio_monitor_out(pins->config.monitor, pins->left_start_ps, wire);
  oio_channel_push(pins->config.out, pins->left_start_ps);
  pins->flits_out++;
}

/* Is there a flit whose first beat is due at edge_ps? */
static bool begin(struct oio_pins *pins, oio_time_ps edge_ps) {
  const oio_time_ps arrival_ps = oio_channel_arrival_ps(pins->config.in);
  if (arrival_ps == OIO_NEVER || edge_ps + (pins->beats - 1) * pins->config.clock_ps < arrival_ps) return false;
  pins->entering = oio_channel_peek(pins->config.in);
  return true;
}

int oio_pins_next(struct oio_pins *pins, oio_time_ps edge_ps) {
  /* Within a flit the wire takes every beat; a new one may start when the wire is free. */
  int shown = pins->left_beats > 0 || oio_channel_free_ps(pins->config.out) <= edge_ps ? OIO_PINS_READY : 0;
  if (pins->entered_beats == 0 && !begin(pins, edge_ps)) return shown;
  pins->shown = pins->entering->bytes + pins->entered_beats * pins->config.beat_bytes;
  shown |= OIO_PINS_VALID | (pins->entered_beats == 0 ? OIO_PINS_SOF : 0);
  if (++pins->entered_beats == pins->beats) {
    pins->entered_beats = 0;
    pins->flits_in++;
    if (pins->config.monitor != NULL) {
      oio_monitor_into(pins->config.monitor, oio_channel_arrival_ps(pins->config.in), edge_ps, pins->entering);
    }
    oio_channel_pop(pins->config.in); /* its bytes stay where they are until the next flit is put on the channel */
  }
  return shown;
}

void oio_pins_beat(const struct oio_pins *pins, uint8_t *beat) {
  OIO_PRECONDITION(pins->shown != NULL);
  copy_beat(beat, pins->shown, pins->config.beat_bytes);
}

oio_time_ps oio_pins_next_ps(const struct oio_pins *pins) {
  if (pins->entered_beats > 0 || pins->left_beats > 0) return 0;
  const oio_time_ps arrival_ps = oio_channel_arrival_ps(pins->config.in), whole_ps = (pins->beats - 1) * pins->config.clock_ps;
  return arrival_ps == OIO_NEVER || arrival_ps < whole_ps ? arrival_ps : arrival_ps - whole_ps;
}

uint64_t oio_pins_flits_in(const struct oio_pins *pins) {
  return pins->flits_in;
}

uint64_t oio_pins_flits_out(const struct oio_pins *pins) {
  return pins->flits_out;
}

uint64_t oio_pins_framing_errors(const struct oio_pins *pins) {
  return pins->framing_errors;
}
