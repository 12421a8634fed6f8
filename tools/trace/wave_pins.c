/* SPDX-License-Identifier: Apache-2.0 */
#include "wave_pins.h"

#include "importers.h"
#include "interrupt.h"
#include "match.h"
#include "source.h"
#include "value.h"
#include "walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_PIN UINT32_MAX

struct pin {
  uint32_t handle;
  enum wave_kind kind;   /* of the handle: bits, or a port of an EVCD, whose states they are */
  uint32_t first, width; /* bits of it, the leftmost is 0 */
  uint32_t port;
  enum pin_role role;
  struct pin_value now;
};

struct change {
  uint64_t tick;
  uint32_t pin, order;
  struct pin_value value;
};

/* The changes of all pins in a block, or a piece of one. */
struct changes {
  struct change *list;
  size_t count, size;
};

static enum oio_status no_memory(const struct wave_pins *pins, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", pins->map->name);
}

static enum oio_status wave_failed(const struct wave_error *wave, struct oio_error *error) {
  return oio_error_set(error, wave->memory ? OIO_ERR_NOMEM : OIO_ERR_FORMAT, "%.310s", wave->text);
}

/* ---- which signal ---- */

/* Of "NAME[3]" or "NAME[7:4]": what is in front of it and the two numbers. */
static bool split_bits(char *path, long *left, long *right) {
  char *open = strrchr(path, '['), *end;
  if (open == NULL || path[strlen(path) - 1] != ']') return false;
  *left = *right = strtol(open + 1, &end, 10);
  if (end == open + 1) return false;
  if (*end == ':') *right = strtol(end + 1, &end, 10);
  if (strcmp(end, "]") != 0) return false;
  *open = '\0';
  return true;
}

/* Those bits of a variable. False: it does not have them, or in the other order. */
static bool choose_bits(const struct wave_decl *decl, const struct wave_var *var, long left, long right, struct pin *pin) {
  const long width = wave_bits_of(&decl->handles[var->handle]), msb = var->ranged ? var->msb : width - 1, lsb = var->ranged ? var->lsb : 0;
  const bool down = msb >= lsb;
  const long first = down ? msb - left : left - msb, last = down ? msb - right : right - msb;
  if (first < 0 || last < first || last >= width) return false;
  pin->first = (uint32_t)first;
  pin->width = (uint32_t)(last - first + 1);
  return true;
}

/* Another signal of the same last name: what was meant, perhaps. */
static void propose(const struct wave_decl *decl, const char *path, char *text, size_t size) {
  const char *dot = strrchr(path, '.'), *name = dot == NULL ? path : dot + 1;
  snprintf(text, size, "paths begin at the top of the wave, as in a viewer");
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    char full[160];
    if (strcmp(decl->names + decl->vars[i].name, name) != 0 || wave_path(decl, i, full, sizeof full) >= sizeof full) continue;
    snprintf(text, size, "is it %s?", full);
    return;
  }
}

/* The variable of a path, and which bits of it. WAVE_NONE: there is none; *bits_wrong: there is, without these bits. */
static uint32_t find(const struct wave_decl *decl, const char *path, struct pin *pin, bool *bits_wrong) {
  char base[1024];
  long left, right;
  uint32_t var = wave_find(decl, path);
  if (var != WAVE_NONE) {
    pin->first = 0;
    pin->width = wave_bits_of(&decl->handles[decl->vars[var].handle]);
    return var;
  }
  if (strlen(path) >= sizeof base) return WAVE_NONE;
  strcpy(base, path);
  if (!split_bits(base, &left, &right)) return WAVE_NONE;
  var = wave_find(decl, base);
  *bits_wrong = var != WAVE_NONE && !choose_bits(decl, &decl->vars[var], left, right, pin);
  return var;
}

static bool is_single(enum pin_role role) {
  return role != PIN_DATA && role != PIN_KEEP && role != PIN_DESTINATION && role != PIN_VC;
}

static enum oio_status bad_pin(const struct wave_pins *pins, uint64_t line, struct oio_error *error, const char *path, const char *what) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.60s:%" PRIu64 ": '%.80s' %s", pins->map->name, line, path, what);
}

static enum oio_status look_up(struct wave_pins *pins, const struct pin_port *port, enum pin_role role, struct pin *pin,
                               struct oio_error *error) {
  const struct wave_decl *decl = &pins->source->decl;
  const char *path = port->path[role];
  bool bits_wrong = false;
  const uint32_t var = find(decl, path, pin, &bits_wrong);
  char proposal[200], text[280];
  if (var == WAVE_NONE) {
    propose(decl, path, proposal, sizeof proposal);
    snprintf(text, sizeof text, "is not in the wave; %s", proposal);
    return bad_pin(pins, port->line[role], error, path, text);
  }
  pin->handle = decl->vars[var].handle;
  pin->kind = decl->handles[pin->handle].kind;
  if (pin->kind != WAVE_BITS && pin->kind != WAVE_PORT) return bad_pin(pins, port->line[role], error, path, "is no vector of bits");
  if (bits_wrong) return bad_pin(pins, port->line[role], error, path, "has not these bits, or in the other order");
  if (is_single(role) && pin->width != 1) return bad_pin(pins, port->line[role], error, path, "is more than one bit; name one, as [0]");
  if (role == PIN_DATA && pin->width % 8 != 0)
    return bad_pin(pins, port->line[role], error, path, "is no whole number of bytes; say `bytes N` too");
  return OIO_OK;
}

/* The width of data is the bytes of a beat where none are said; its values are not read. */
static enum oio_status take_data(struct wave_pins *pins, size_t p, struct oio_error *error) {
  const struct pin_port *port = &pins->map->ports[p];
  struct pin pin;
  pins->beat_bytes[p] = port->bytes;
  if (port->path[PIN_DATA] == NULL || port->bytes > 0) return OIO_OK;
  const enum oio_status status = look_up(pins, port, PIN_DATA, &pin, error);
  if (status == OIO_OK) pins->beat_bytes[p] = pin.width / 8;
  return status;
}

static enum oio_status take_port(struct wave_pins *pins, size_t p, struct oio_error *error) {
  const struct pin_port *port = &pins->map->ports[p];
  enum oio_status status = take_data(pins, p, error);
  for (enum pin_role role = 0; role < PIN_ROLES && status == OIO_OK; role++) {
    pins->of_port[p][role] = NO_PIN;
    if (port->path[role] == NULL || role == PIN_DATA) continue;
    struct pin *pin = &pins->pins[pins->count];
    *pin = (struct pin){.port = (uint32_t)p, .role = role, .now.unknown = true};
    status = look_up(pins, port, role, pin, error);
    pins->of_port[p][role] = pins->count++;
  }
  return status;
}

enum oio_status wave_pins_open(struct wave_pins *pins, const char *path, const struct pin_map *map, struct oio_error *error) {
  struct wave_error wave = {0};
  *pins = (struct wave_pins){.map = map};
  if (wave_open(&pins->source, path, &wave) != WAVE_OK) {
    pins->source = NULL;
    return wave_failed(&wave, error);
  }
  snprintf(pins->format, sizeof pins->format, "%s", pins->source->format);
  if (!pins->source->decl.timescale_known)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: it does not say how long a tick is; write a $timescale into it", path);
  pins->pins = calloc(map->count * PIN_ROLES, sizeof *pins->pins);
  pins->of_port = calloc(map->count, sizeof *pins->of_port);
  pins->beat_bytes = calloc(map->count, sizeof *pins->beat_bytes);
  if (pins->pins == NULL || pins->of_port == NULL || pins->beat_bytes == NULL) return no_memory(pins, error);
  enum oio_status status = OIO_OK;
  for (size_t p = 0; p < map->count && status == OIO_OK; p++) status = take_port(pins, p, error);
  return status;
}

void wave_pins_close(struct wave_pins *pins) {
  if (pins->source != NULL) wave_close(pins->source);
  free(pins->pins);
  free(pins->of_port);
  free(pins->beat_bytes);
  *pins = (struct wave_pins){0};
}

const struct pin_value *wave_pins_value(const struct wave_pins *pins, size_t port, enum pin_role role) {
  const uint32_t pin = pins->of_port[port][role];
  return pin == NO_PIN ? NULL : &pins->pins[pin].now;
}

uint32_t wave_pins_beat_bytes(const struct wave_pins *pins, size_t port) {
  return pins->beat_bytes[port];
}

/* ---- changes ---- */

static struct pin_value value_of(const struct pin *pin, const struct wave_value *wave) {
  struct pin_value value = {0};
  for (uint32_t i = 0; i < pin->width; i++) {
    char bit;
    wave_value_bits(wave, pin->kind, pin->first + i, 1, false, &bit);
    const bool one = bit == '1' || bit == 'h';
    value.value = value.value << 1 | one;
    value.ones += one;
    value.unknown |= !one && bit != '0' && bit != 'l';
  }
  return value;
}

static bool add(struct changes *changes, const struct change *change) {
  if (changes->count == changes->size) {
    const size_t size = changes->size == 0 ? 4096 : 2 * changes->size;
    struct change *list = realloc(changes->list, size * sizeof *list);
    if (list == NULL) return false;
    changes->list = list;
    changes->size = size;
  }
  changes->list[changes->count++] = *change;
  return true;
}

static bool add_pin(struct wave_pins *pins, uint32_t i, struct wave_scratch *scratch, struct changes *changes) {
  const struct wave_block *block = &pins->source->block;
  const struct pin *pin = &pins->pins[i];
  struct wave_walk walk;
  wave_walk_open(&walk, pins->source, pin->handle, scratch, 0, 0);
  while (wave_walk_next(&walk) > 0) {
    if (walk.place < block->first_place) continue;
    if (walk.place - block->first_place >= block->n_times) break;
    const struct change change = {.tick = block->times[walk.place - block->first_place],
                                  .pin = i,
                                  .order = (uint32_t)changes->count,
                                  .value = value_of(pin, &walk.value)};
    if (!add(changes, &change)) return false;
  }
  pins->partial |= walk.damaged;
  return true;
}

static int by_time(const void *one, const void *other) {
  const struct change *a = one, *b = other;
  if (a->tick != b->tick) return a->tick < b->tick ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

/* ---- edges ---- */

/* Rounded to a picosecond. False: beyond what a trace can hold, or before 0. */
static bool time_of(const struct wave_decl *decl, uint64_t tick, oio_time_ps *time_ps) {
  __extension__ typedef __int128 wide;
  wide time = (wide)tick + decl->timezero, divisor = decl->tick_divisor > 1 ? decl->tick_divisor : 1;
  for (int e = decl->timescale_exponent; e > -12; e--) {
    time *= 10;
    if (time >= (wide)OIO_TRACE_TIME_MAX * divisor) return false;
  }
  for (int e = decl->timescale_exponent; e < -12; e++) divisor *= 10;
  time = (2 * time + divisor) / (2 * divisor);
  if (time < 0 || time >= (wide)OIO_TRACE_TIME_MAX) return false;
  *time_ps = (oio_time_ps)time;
  return true;
}

/* Is the change one to the level that the clock's edge ends at? */
static bool is_edge(const struct wave_pins *pins, const struct change *change, const struct pin_value *before) {
  const struct pin *pin = &pins->pins[change->pin];
  if (pin->role != PIN_CLOCK || before->unknown || change->value.unknown) return false;
  const bool falling = pins->map->ports[pin->port].falling;
  return before->value != change->value.value && (change->value.value == 0) == falling;
}

struct reading {
  enum oio_status (*edge)(void *context, size_t port, oio_time_ps time_ps, struct oio_error *error);
  void *context;
  struct changes changes;
  struct wave_scratch scratch;
};

/* All changes of a tick: first the edges, which see what stood before, then the values. A clock may change more than once. */
static enum oio_status take_tick(struct wave_pins *pins, const struct reading *r, const struct change *list, size_t count,
                                 struct oio_error *error) {
  oio_time_ps time_ps;
  if (!time_of(&pins->source->decl, list[0].tick, &time_ps))
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: tick %" PRIu64 " is before 0 ps or behind 2^62 ps; cut the wave",
                         pins->source->name, list[0].tick);
  for (size_t i = 0; i < count; i++) {
    const bool again = i > 0 && list[i - 1].pin == list[i].pin;
    const struct pin_value *before = again ? &list[i - 1].value : &pins->pins[list[i].pin].now;
    if (!is_edge(pins, &list[i], before)) continue;
    const enum oio_status status = r->edge(r->context, pins->pins[list[i].pin].port, time_ps, error);
    if (status != OIO_OK) return status;
  }
  for (size_t i = 0; i < count; i++) pins->pins[list[i].pin].now = list[i].value;
  return OIO_OK;
}

static enum oio_status take_block(struct wave_pins *pins, struct reading *r, struct oio_error *error) {
  struct changes *changes = &r->changes;
  changes->count = 0;
  for (uint32_t i = 0; i < pins->count; i++)
    if (!add_pin(pins, i, &r->scratch, changes)) return no_memory(pins, error);
  if (changes->count == 0) return OIO_OK;
  qsort(changes->list, changes->count, sizeof *changes->list, by_time);
  for (size_t from = 0, to; from < changes->count; from = to) {
    for (to = from + 1; to < changes->count && changes->list[to].tick == changes->list[from].tick;) to++;
    const enum oio_status status = take_tick(pins, r, &changes->list[from], to - from, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

/* What holds where the wave begins. */
static void take_frame(struct wave_pins *pins) {
  struct wave_value value;
  if (!pins->source->ops->load_frame(pins->source)) return;
  for (uint32_t i = 0; i < pins->count; i++) {
    pins->source->ops->frame(pins->source, pins->pins[i].handle, &value);
    pins->pins[i].now = value_of(&pins->pins[i], &value);
  }
}

static enum oio_status read_blocks(struct wave_pins *pins, struct reading *r, struct oio_error *error) {
  struct wave_source *source = pins->source;
  struct wave_error wave = {0};
  enum wave_status got;
  for (bool first = true; (got = source->ops->next(source, UINT64_MAX, &wave)) == WAVE_OK; first = false) {
    if (first) take_frame(pins);
    const enum oio_status status = take_block(pins, r, error);
    if (status != OIO_OK || interrupt_requested()) return status;
  }
  pins->partial |= source->partial;
  return got == WAVE_ERROR ? wave_failed(&wave, error) : OIO_OK;
}

enum oio_status wave_pins_read(struct wave_pins *pins,
                               enum oio_status (*edge)(void *context, size_t port, oio_time_ps time_ps, struct oio_error *error),
                               void *context, struct oio_error *error) {
  struct wave_source *source = pins->source;
  struct reading r = {.edge = edge, .context = context};
  uint8_t *wanted = calloc((size_t)source->decl.n_handles + 1, 1);
  if (wanted == NULL) return no_memory(pins, error);
  for (uint32_t i = 0; i < pins->count; i++) wanted[pins->pins[i].handle] = 1;
  if (source->ops->want != NULL) source->ops->want(source, wanted);
  const enum oio_status status = read_blocks(pins, &r, error);
  if (source->ops->want != NULL) source->ops->want(source, NULL);
  wave_scratch_free(&r.scratch);
  free(r.changes.list);
  free(wanted);
  return status;
}
