/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trace events in JSON, which Perfetto and chrome://tracing open: a process a link, and for each of its wires four lanes (payloads and
 * NOPs, replays, what is told the other end, arrivals) and two counters. Times are microseconds with six decimals: picoseconds.
 */
#include "flit_files.h"

#include <inttypes.h>
#include <stdlib.h>

enum lane { LANE_FLITS = 0, LANE_REPLAYS, LANE_TOLD, LANE_ARRIVALS, LANES };

/* What was shown of a wire last. */
struct shown {
  uint64_t unacked, credit; /* one more than it was; 0: nothing yet */
  oio_time_ps arrival_ps;
  int32_t credit_limit; /* -1: nothing yet */
};

#define PS "%" PRIu64 ".%06" PRIu64
#define PS_OF(time_ps) (time_ps) / 1000000u, (time_ps) % 1000000u

static unsigned process_of(uint32_t wire) {
  return (unsigned)wire / 2 + 1;
}

static unsigned lane_of(uint32_t wire, enum lane lane) {
  return (unsigned)LANES * (wire & 1) + (unsigned)lane + 1;
}

static void put_names(FILE *file, const struct flit_wires *wires, uint32_t wire) {
  static const char *const lanes[LANES] = {"flits", "replays", "acks and credits", "arrivals"};
  char name[FLIT_WIRE_NAME_BYTES];
  flit_wire_name(wires, wire, name);
  if (wire % 2 == 0)
    fprintf(file, "%s{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%u,\"args\":{\"name\":\"link %u: %s\"}}", wire > 0 ? ",\n" : "",
            process_of(wire), (unsigned)wire / 2, name);
  for (unsigned lane = 0; lane < LANES; lane++) {
    const unsigned pid = process_of(wire), tid = lane_of(wire, (enum lane)lane);
    fprintf(file, ",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":%u,\"args\":{\"name\":\"%s %s\"}}", pid, tid, name,
            lanes[lane]);
    fprintf(file, ",\n{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":%u,\"tid\":%u,\"args\":{\"sort_index\":%u}}", pid, tid, tid);
  }
}

static bool begin(void **state, FILE *file, const struct flit_wires *wires) {
  struct shown *shown = calloc(wires->wires, sizeof *shown);
  *state = shown;
  if (shown == NULL) return false;
  for (uint32_t wire = 0; wire < wires->wires; wire++) shown[wire].credit_limit = -1;
  fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", file);
  for (uint32_t wire = 0; wire < wires->wires; wire++) put_names(file, wires, wire);
  return ferror(file) == 0;
}

/* What every event begins with. */
static void open_event(FILE *file, const char *phase, uint32_t wire, enum lane lane, oio_time_ps at_ps) {
  fprintf(file, ",\n{\"ph\":\"%s\",\"pid\":%u,\"tid\":%u,\"ts\":" PS, phase, process_of(wire), lane_of(wire, lane), PS_OF(at_ps));
}

static void put_sent(FILE *file, const struct oio_life *life) {
  const bool again = life->kind == OIO_LIFE_REPLAY;
  open_event(file, "X", life->wire, again ? LANE_REPLAYS : LANE_FLITS, life->sent_ps);
  fprintf(file, ",\"dur\":" PS ",\"cat\":\"%s\",\"name\":\"%s", PS_OF(life->left_ps - life->sent_ps), oio_life_kind_name(life->kind),
          oio_life_kind_name(life->kind));
  if (life->sequence > 0) fprintf(file, " %u", life->sequence);
  fprintf(file,
          "\",\"args\":{\"number\":%" PRIu64 ",\"replays\":%u,\"round\":%u,\"arrival_ps\":%" PRIu64
          ",\"wrong_bits\":%u,\"verdict\":\"%s\"}}",
          life->number, life->replays, life->head.round, life->arrival_ps, life->wrong_bits, oio_verdict_name(life->verdict));
}

static void put_instant(FILE *file, const struct oio_life *life, const char *what, unsigned value) {
  open_event(file, "i", life->wire, LANE_TOLD, life->sent_ps);
  fprintf(file, ",\"s\":\"t\",\"cat\":\"%s\",\"name\":\"%s %u\"}", what, what, value);
}

static void put_told(FILE *file, const struct oio_life *life, struct shown *shown) {
  if (life->head.command == OIO_ACK) put_instant(file, life, "ack", life->head.sequence);
  if (life->head.command == OIO_NAK) put_instant(file, life, "nak", life->head.sequence);
  if (life->head.credit_limit == shown->credit_limit) return;
  shown->credit_limit = life->head.credit_limit;
  put_instant(file, life, "credit", life->head.credit_limit);
}

/* The slice of an arrival lasts as long as the flit and is over when it is whole; none begins within another. */
static void put_arrival(FILE *file, const struct oio_life *life, struct shown *shown) {
  const oio_time_ps flit_ps = life->left_ps - life->sent_ps, earliest_ps = life->arrival_ps > flit_ps ? life->arrival_ps - flit_ps : 0;
  const oio_time_ps begin_ps = earliest_ps > shown->arrival_ps ? earliest_ps : shown->arrival_ps;
  if (life->verdict >= OIO_VERDICT_RESET) return; /* it did not come, or not in its turn */
  open_event(file, "X", life->wire, LANE_ARRIVALS, begin_ps);
  fprintf(file, ",\"dur\":" PS ",\"cat\":\"arrival\",\"name\":\"%s\",\"args\":{\"number\":%" PRIu64 "}}",
          PS_OF(life->arrival_ps - begin_ps), oio_verdict_name(life->verdict), life->number);
  shown->arrival_ps = life->arrival_ps;
}

static void put_counter(FILE *file, const struct oio_life *life, const char *name, uint64_t value, uint64_t *shown) {
  if (*shown == value + 1) return;
  *shown = value + 1;
  open_event(file, "C", life->wire, LANE_FLITS, life->sent_ps);
  fprintf(file, ",\"name\":\"wire %u %s\",\"args\":{\"flits\":%" PRIu64 "}}", (unsigned)life->wire, name, value);
}

static void put(void *state, FILE *file, const struct flit_wires *wires, const struct oio_life *life) {
  struct shown *shown = (struct shown *)state + life->wire;
  (void)wires;
  put_sent(file, life);
  put_told(file, life, shown);
  put_arrival(file, life, shown);
  put_counter(file, life, "unacked", life->unacked_flits, &shown->unacked);
  put_counter(file, life, "credit", life->credit_flits, &shown->credit);
}

static void end(void *state, FILE *file) {
  (void)state;
  fputs("\n]}\n", file);
}

const struct flit_writer perfetto_writer = {.begin = begin, .put = put, .end = end, .drop = free};
