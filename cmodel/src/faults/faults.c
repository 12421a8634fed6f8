/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/faults.h"

#include "faults/statement.h"
#include "lines.h"
#include "oio/rng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES_MAX = 4096, FILE_BYTES_MAX = 1 << 26, FIRST_ROOM = 16 };

struct oio_faults {
  char *path; /* NULL: read from a text */
  struct oio_fault *fault;
  uint32_t count, room;
  struct oio_fault_rate *rate;
  uint32_t rates, rate_room;
};

void oio_faults_destroy(struct oio_faults *faults) {
  if (faults == NULL) return;
  free(faults->path);
  free(faults->fault);
  free(faults->rate);
  free(faults);
}

uint32_t oio_faults_count(const struct oio_faults *faults) {
  return faults->count;
}

const struct oio_fault *oio_faults_at(const struct oio_faults *faults, uint32_t index) {
  return &faults->fault[index];
}

uint32_t oio_faults_rates(const struct oio_faults *faults) {
  return faults->rates;
}

const struct oio_fault_rate *oio_faults_rate(const struct oio_faults *faults, uint32_t index) {
  return &faults->rate[index];
}

static const char *where_of(const struct oio_faults *faults, unsigned long long statement, char out[OIO_FAULT_WHERE_BYTES]) {
  if (faults->path != NULL) {
    snprintf(out, OIO_FAULT_WHERE_BYTES, "%.160s:%llu", faults->path, statement);
  } else {
    snprintf(out, OIO_FAULT_WHERE_BYTES, "faults.schedule, event %llu", statement);
  }
  return out;
}

const char *oio_faults_where(const struct oio_faults *faults, const struct oio_fault *fault, char out[OIO_FAULT_WHERE_BYTES]) {
  return where_of(faults, fault->statement, out);
}

static enum oio_status no_memory(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "faults.schedule: out of memory");
}

/* The list with room for one more; NULL: out of memory, and it is as it was. */
static void *with_room(void *list, uint32_t count, uint32_t *room, size_t each) {
  if (count < *room) return list;
  const uint32_t more = *room == 0 ? FIRST_ROOM : 2 * *room;
  void *made = realloc(list, more * each);
  if (made != NULL) *room = more;
  return made;
}

static bool add(struct oio_faults *faults, const struct oio_fault *fault) {
  struct oio_fault *list = with_room(faults->fault, faults->count, &faults->room, sizeof *list);
  if (list == NULL) return false;
  faults->fault = list;
  list[faults->count++] = *fault;
  return true;
}

static bool add_rate(struct oio_faults *faults, const struct oio_fault_rate *rate) {
  struct oio_fault_rate *list = with_room(faults->rate, faults->rates, &faults->rate_room, sizeof *list);
  if (list == NULL) return false;
  faults->rate = list;
  list[faults->rates++] = *rate;
  return true;
}

/* And with it the error rate with which a wire comes up again. */
static bool add_relocking(struct oio_faults *faults, const struct oio_fault *fault, bool relocks, double rate) {
  struct oio_fault after = *fault;
  if (!add(faults, fault)) return false;
  after.flaps = false;
  after.event = (struct oio_channel_event){.at_ps = fault->event.at_ps, .what = OIO_EVENT_RATE, .value = rate};
  return !relocks || add(faults, &after);
}

/* A loss over a time comes in equal steps, the first at once. */
static bool add_once(struct oio_faults *faults, const struct oio_statement *s, oio_time_ps later_ps) {
  const unsigned steps = s->over_ps > 0 ? OIO_FAULT_LOSS_STEPS : 1;
  for (unsigned i = 0; i < steps; i++) {
    struct oio_fault fault = s->fault;
    fault.event.at_ps += later_ps + s->over_ps / steps * i;
    fault.event.value /= steps;
    if (!add_relocking(faults, &fault, s->relocks, s->relock_rate)) return false;
  }
  return true;
}

/* One event of the text, as often as it says. */
static enum oio_status take(struct oio_faults *faults, const char *text, size_t nbytes, unsigned long long number,
                            struct oio_error *error) {
  char where[OIO_FAULT_WHERE_BYTES];
  struct oio_statement s;
  const char *wrong = oio_statement_read(text, nbytes, &s);
  where_of(faults, number, where);
  if (wrong != NULL && s.drawn)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s; write for example: from 0 to 5ms link 0: lane any dies, 0.2 per ms", where, wrong);
  if (wrong != NULL) return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s; write for example: at 20us link 0: lane 3 dies", where, wrong);
  s.fault.statement = s.rate.fault.statement = (uint32_t)number;
  if (s.drawn) return add_rate(faults, &s.rate) ? OIO_OK : no_memory(error);
  const uint64_t each = s.over_ps > 0 ? OIO_FAULT_LOSS_STEPS : s.relocks ? 2 : 1;
  if (s.times * each > OIO_FAULTS_MAX - faults->count)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: more than %d events in all; use fewer repeats", where, OIO_FAULTS_MAX);
  if (s.every_ps > 0 && s.times > (OIO_HORIZON_PS - s.fault.event.at_ps) / s.every_ps)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: the last repeat is beyond 2^63 %s; use fewer", where,
                         s.fault.event.by_flit ? "flits" : "ps (106 days)");
  for (uint64_t i = 0; i < s.times; i++) {
    if (!add_once(faults, &s, i * s.every_ps)) return no_memory(error);
  }
  return OIO_OK;
}

static bool is_blank(const char *text, size_t nbytes) {
  for (size_t i = 0; i < nbytes; i++) {
    if (strchr(" \t\r\n", text[i]) == NULL) return false;
  }
  return true;
}

static enum oio_status read_text(struct oio_faults *faults, const char *text, struct oio_error *error) {
  for (unsigned long long number = 1;; number++) {
    const size_t nbytes = strcspn(text, ";");
    const bool last = text[nbytes] == '\0';
    if (last && is_blank(text, nbytes)) return OIO_OK;
    const enum oio_status status = take(faults, text, nbytes, number, error);
    if (status != OIO_OK || last) return status;
    text += nbytes + 1;
  }
}

static enum oio_status read_lines(struct oio_faults *faults, struct oio_lines *lines, struct oio_error *error) {
  char *line, why[80];
  size_t nbytes;
  enum oio_lines_result result;
  while ((result = oio_lines_next(lines, &line, &nbytes)) == OIO_LINES_ONE) {
    const char *comment = memchr(line, '#', nbytes);
    if (comment != NULL) nbytes = (size_t)(comment - line);
    if (is_blank(line, nbytes)) continue;
    const enum oio_status status = take(faults, line, nbytes, lines->number, error);
    if (status != OIO_OK) return status;
  }
  if (result == OIO_LINES_END && lines->taken > 0) return OIO_OK;
  if (result == OIO_LINES_END) /* what a second run finds in a pipe */
    return oio_error_set(error, OIO_ERR_IO,
                         "faults.schedule: %s: there is nothing in it, not so much as a comment; of a pipe, which one run alone can read, "
                         "make a file first",
                         faults->path);
  return oio_error_set(error, OIO_ERR_IO, "%s:%llu: %s; is it a schedule?", faults->path, (unsigned long long)lines->number,
                       oio_lines_why(lines, result, why, sizeof why));
}

static enum oio_status read_file(struct oio_faults *faults, const char *path, struct oio_error *error) {
  struct oio_lines lines;
  const size_t nbytes = strlen(path) + 1;
  faults->path = malloc(nbytes);
  if (faults->path == NULL) return no_memory(error);
  memcpy(faults->path, path, nbytes);
  if (!oio_lines_open(&lines, path, LINE_BYTES_MAX, FILE_BYTES_MAX)) {
    if (errno == ENOMEM) return no_memory(error);
    return oio_error_set(error, OIO_ERR_IO, "faults.schedule: %s: %s; give a file, or a text that begins with `at` or `from`", path,
                         strerror(errno));
  }
  const enum oio_status status = read_lines(faults, &lines, error);
  oio_lines_close(&lines);
  return status;
}

/* By merging, so that those of one time stay in their order. */
static void sort(struct oio_fault *fault, struct oio_fault *spare, uint32_t count) {
  if (count < 2) return;
  const uint32_t half = count / 2;
  sort(fault, spare, half);
  sort(fault + half, spare, count - half);
  memcpy(spare, fault, half * sizeof *fault);
  for (uint32_t i = 0, j = half, out = 0; i < half; out++) {
    const bool from_spare = j == count || oio_event_is_first(&spare[i].event, &fault[j].event);
    fault[out] = from_spare ? spare[i++] : fault[j++];
  }
}

enum oio_status oio_faults_settle(struct oio_faults *faults, struct oio_error *error) {
  if (faults->count < 2) return OIO_OK;
  struct oio_fault *spare = malloc(faults->count * sizeof *spare);
  if (spare == NULL) return no_memory(error);
  sort(faults->fault, spare, faults->count);
  free(spare);
  return OIO_OK;
}

/* ---- drawn ---- */

/* Those of each rate, and of each wire or pair of wires: their first is 2 N of link N. */
static uint64_t stream_of(uint32_t rate, const struct oio_fault_target *target) {
  const uint64_t port = target->place == OIO_FAULT_LINK ? 2 * (uint64_t)target->which : target->which;
  return ((uint64_t)1 << 63) + ((uint64_t)rate << 32) + port;
}

static void set_number(struct oio_channel_event *event, uint32_t number) {
  if (event->what == OIO_EVENT_FLIP) {
    event->bit[0] = (uint16_t)number;
  } else {
    event->number = number;
  }
}

enum oio_status oio_faults_draw(struct oio_faults *faults, uint32_t rate, const struct oio_fault_target *target, uint64_t seed,
                                struct oio_error *error) {
  const struct oio_fault_rate *r = &faults->rate[rate];
  const double from_ps = (double)r->fault.event.at_ps, until_ps = (double)r->until_ps;
  struct oio_rng rng;
  char where[OIO_FAULT_WHERE_BYTES];
  oio_rng_seed(&rng, seed, stream_of(rate, target));
  for (double at_ps = from_ps;;) {
    at_ps -= target->mean_ps * oio_ln(oio_rng_unit(&rng));
    if (at_ps >= until_ps) return OIO_OK;
    struct oio_fault fault = r->fault;
    fault.place = target->place;
    fault.which = target->which;
    fault.event.at_ps = (oio_time_ps)at_ps;
    if (r->any) set_number(&fault.event, (uint32_t)((oio_rng_next(&rng) >> 32) * target->parts >> 32));
    if (faults->count + r->relocks >= OIO_FAULTS_MAX)
      return oio_error_set(error, OIO_ERR_CONFIG, "%s: more than %d events in all are drawn; lower its rate, or its time",
                           oio_faults_where(faults, &fault, where), OIO_FAULTS_MAX);
    if (!add_relocking(faults, &fault, r->relocks, r->relock_rate)) return no_memory(error);
  }
}

static bool begins_with(const char *text, const char *word) {
  const size_t nbytes = strlen(word);
  return strncmp(text, word, nbytes) == 0 && (text[nbytes] == ' ' || text[nbytes] == '\t');
}

bool oio_faults_is_text(const char *schedule) {
  const char *text = schedule + strspn(schedule, " \t");
  return begins_with(text, "at") || begins_with(text, "from");
}

enum oio_status oio_faults_read(struct oio_faults **faults, const char *schedule, struct oio_error *error) {
  *faults = NULL;
  struct oio_faults *made = calloc(1, sizeof *made);
  if (made == NULL) return no_memory(error);
  enum oio_status status = oio_faults_is_text(schedule) ? read_text(made, schedule, error) : read_file(made, schedule, error);
  if (status == OIO_OK) status = oio_faults_settle(made, error);
  if (status == OIO_OK) {
    *faults = made;
  } else {
    oio_faults_destroy(made);
  }
  return status;
}
