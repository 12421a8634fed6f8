/* SPDX-License-Identifier: Apache-2.0 */
/* A wave (VCD, EVCD or FST) of handshakes, which a map names: a transfer is what the values just before an edge of the clock say. */
#include "trace/importers.h"
#include "trace/pin_map.h"
#include "trace/wave_pins.h"

#include "interrupt.h"
#include "oio/die.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What a port is in the midst of. */
struct traffic_of_port {
  bool offered; /* a beat has stood at valid since then */
  oio_time_ps since_ps;
  bool open;            /* beats have been taken, the last one not */
  struct message begun; /* of the open message */
  uint64_t bytes;
};

struct wave_import {
  struct import_context *context;
  struct pin_map map;
  struct wave_pins pins;
  struct traffic_of_port *of_port;
  uint32_t nodes;
  uint64_t edges, unknown, empty, waiting;
};

static enum oio_status wrong_at(const struct wave_import *in, const struct pin_port *port, oio_time_ps time_ps, const char *what,
                                struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: at %" PRIu64 " ps: the port of %.60s:%" PRIu64 ": %s", in->context->paths[0],
                       time_ps, in->map.name, port->first_line, what);
}

/* The first beat of a message says where it goes. */
static enum oio_status begin(struct wave_import *in, size_t p, const struct pin_port *port, oio_time_ps time_ps, struct oio_error *error) {
  struct traffic_of_port *of = &in->of_port[p];
  const struct pin_value *to = wave_pins_value(&in->pins, p, PIN_DESTINATION), *vc = wave_pins_value(&in->pins, p, PIN_VC);
  of->open = true;
  of->bytes = 0;
  of->begun = (struct message){.time_ps = of->since_ps, .source = port->source, .destination = port->destination, .vc = port->vc};
  if (to != NULL && (to->unknown || to->value >= OIO_TRACE_NODES_MAX))
    return wrong_at(in, port, time_ps, "`destination` is unknown, or no number of a node, 0 to 65535; name the signal that is", error);
  if (vc != NULL && (vc->unknown || vc->value >= OIO_VCS_MAX))
    return wrong_at(in, port, time_ps, "`vc` is unknown or above 7; name some bits of the signal, as vc top.user[2:0]", error);
  if (to != NULL) of->begun.destination = (uint16_t)to->value;
  if (vc != NULL) of->begun.vc = (uint8_t)vc->value;
  return OIO_OK;
}

static void count_node(struct wave_import *in, uint32_t node) {
  if (node >= in->nodes) in->nodes = node + 1;
}

static enum oio_status end(struct wave_import *in, size_t p, struct oio_error *error) {
  struct traffic_of_port *of = &in->of_port[p];
  of->open = false;
  if (of->bytes == 0) {
    in->empty++;
    return OIO_OK;
  }
  of->begun.bytes = (uint32_t)of->bytes;
  count_node(in, of->begun.source);
  count_node(in, of->begun.destination);
  return messages_add(in->context->messages, &of->begun, error);
}

/* A beat that has been taken. */
static enum oio_status take(struct wave_import *in, size_t p, const struct pin_port *port, oio_time_ps time_ps, struct oio_error *error) {
  struct traffic_of_port *of = &in->of_port[p];
  const struct pin_value *last = wave_pins_value(&in->pins, p, PIN_LAST), *keep = wave_pins_value(&in->pins, p, PIN_KEEP);
  enum oio_status status = of->open ? OIO_OK : begin(in, p, port, time_ps, error);
  if (status != OIO_OK) return status;
  if ((keep != NULL && keep->unknown) || (last != NULL && last->unknown))
    return wrong_at(in, port, time_ps, "`keep` or `last` is unknown in a beat that is taken; name the signals that say it", error);
  of->bytes += keep == NULL ? wave_pins_beat_bytes(&in->pins, p) : keep->ones;
  of->offered = false;
  if (of->bytes > OIO_TRACE_BYTES_MAX) return wrong_at(in, port, time_ps, "a message of more than 2^30 bytes; is `last` right?", error);
  return last == NULL || last->value != 0 ? end(in, p, error) : OIO_OK;
}

/* An edge of the port's clock, with the values that stood just before it. */
static enum oio_status edge(void *context, size_t p, oio_time_ps time_ps, struct oio_error *error) {
  struct wave_import *in = context;
  const struct pin_port *port = &in->map.ports[p];
  struct traffic_of_port *of = &in->of_port[p];
  const struct pin_value *reset = wave_pins_value(&in->pins, p, PIN_RESET), *valid = wave_pins_value(&in->pins, p, PIN_VALID),
                         *ready = wave_pins_value(&in->pins, p, PIN_READY);
  in->edges++;
  if (reset != NULL && (reset->unknown || (reset->value != 0) != port->reset_low)) {
    of->offered = false;
    return OIO_OK;
  }
  if (valid->unknown || (valid->value != 0 && ready != NULL && ready->unknown)) {
    in->unknown++;
    return OIO_OK;
  }
  if (valid->value == 0) {
    of->offered = false;
    return OIO_OK;
  }
  if (!of->offered) of->since_ps = time_ps;
  of->offered = true;
  if (ready == NULL || ready->value != 0) return take(in, p, port, time_ps, error);
  in->waiting++;
  return OIO_OK;
}

static void tell(struct wave_import *in) {
  struct import_notes *notes = &in->context->notes;
  uint64_t open = 0;
  for (size_t p = 0; p < in->map.count; p++) open += in->of_port[p].open;
  if (open > 0) import_left_out(notes, "messages whose last beat is not in the wave", open);
  if (in->empty > 0) import_left_out(notes, "messages of no bytes", in->empty);
  if (in->unknown > 0) import_changed(notes, "edges at which valid or ready is unknown", "taken for no transfer", in->unknown);
  if (in->waiting > 0)
    import_changed(notes, "edges at which a beat waited for ready", "counted to the link, not to the trace", in->waiting);
  if (in->pins.partial) import_changed(notes, "end of the wave, which is damaged or cut,", "left out", 1);
}

static enum oio_status read_all(struct wave_import *in, struct oio_error *error) {
  in->of_port = calloc(in->map.count, sizeof *in->of_port);
  if (in->of_port == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", in->map.name);
  enum oio_status status = wave_pins_open(&in->pins, in->context->paths[0], &in->map, error);
  if (status == OIO_OK) status = wave_pins_read(&in->pins, edge, in, error);
  if (status == OIO_OK && in->edges == 0 && !interrupt_requested())
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no edge of `clock` %.110s; name the signal that has some", in->context->paths[0],
                           in->map.ports[0].path[PIN_CLOCK]);
  return status;
}

enum oio_status import_wave(struct import_context *context, struct oio_error *error) {
  struct wave_import in = {.context = context, .nodes = 2};
  if (context->options->pins == NULL)
    return oio_error_set(error, OIO_ERR_CONFIG, "%.110s: a wave does not say which signals carry messages; say it with --pins FILE",
                         context->paths[0]);
  enum oio_status status = pin_map_read(&in.map, context->options->pins, error);
  if (status == OIO_OK) status = read_all(&in, error);
  if (status == OIO_OK) {
    tell(&in);
    context->header.nodes = in.nodes;
    snprintf(context->header.source, sizeof context->header.source, "wave, %s, %zu port%s, %" PRIu64 " clock edge%s", in.pins.format,
             in.map.count, in.map.count == 1 ? "" : "s", in.edges, in.edges == 1 ? "" : "s");
  }
  wave_pins_close(&in.pins);
  free(in.of_port);
  pin_map_free(&in.map);
  return status;
}
