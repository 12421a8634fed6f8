/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "recorder.h"
#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t last_ns;         /* when the program went on after its last call */
static uint64_t unsaid_ns;       /* of calls that no event has told of, and of the program before them */
static uint64_t count;           /* of operations */
static uint64_t polls, polls_ns; /* tests and probes that found nothing, since the last event */
static uint64_t not_program_ns;  /* what of the time since last_ns was in them */
struct light_polls light_polls;

/* Those that were made are polls like others; the next one is looked at. */
static void take_light_polls(void) {
  polls += light_polls.granted - light_polls.left;
  light_polls.left = light_polls.granted = 0;
}

static uint64_t monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Where the kernel itself goes by the processor's counter, so do we, in half the time; else ns_a_tick stays 0. */
static double ns_a_tick;
static uint64_t first_tick, first_ns;

#if defined(__x86_64__)
static uint64_t ticks(void) {
  return __builtin_ia32_rdtsc();
}
static bool counts_evenly(void) {
  char name[8] = "";
  FILE *file = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "r");
  if (file == NULL) return false;
  const bool read = fgets(name, sizeof name, file) != NULL;
  fclose(file);
  return read && strcmp(name, "tsc\n") == 0;
}
#else
static uint64_t ticks(void) {
  return 0;
}
static bool counts_evenly(void) {
  return false;
}
#endif

/* Both clocks at one moment: of some looks that between which least came, since another program may have the processor there. */
static uint64_t both_clocks(uint64_t *tick) {
  enum { LOOKS = 8 };
  uint64_t ns = 0, least = UINT64_MAX;
  for (int i = 0; i < LOOKS; i++) {
    const uint64_t before = ticks(), look_ns = monotonic_ns(), taken = ticks() - before;
    if (taken >= least) continue;
    least = taken;
    ns = look_ns;
    *tick = before + taken / 2;
  }
  return ns;
}

static void start_clock(void) {
  enum { COMPARED_NS = 2000000 };
  uint64_t tick = 0;
  if (!counts_evenly()) return;
  first_ns = both_clocks(&first_tick);
  while (monotonic_ns() < first_ns + COMPARED_NS) continue;
  const uint64_t now_ns = both_clocks(&tick);
  ns_a_tick = (double)(now_ns - first_ns) / (double)(tick - first_tick);
}

uint64_t recorder_now_ns(void) {
  return ns_a_tick > 0 ? first_ns + (uint64_t)((double)(ticks() - first_tick) * ns_a_tick) : monotonic_ns();
}

static void head_of_rank(int rank, int ranks, const char *program) {
  char host[MPI_MAX_PROCESSOR_NAME + 1], library[MPI_MAX_LIBRARY_VERSION_STRING], line[512];
  int length;
  PMPI_Get_processor_name(host, &length);
  PMPI_Get_library_version(library, &length);
  stream_head(RECORD_FIRST_LINE);
  snprintf(line, sizeof line, "rank %d", rank);
  stream_head(line);
  snprintf(line, sizeof line, "ranks %d", ranks);
  stream_head(line);
  snprintf(line, sizeof line, "program %.100s", program);
  stream_head(line);
  snprintf(line, sizeof line, "host %.200s", host);
  stream_head(line);
  library[strcspn(library, ",\n")] = '\0';
  snprintf(line, sizeof line, "library %.100s", library);
  stream_head(line);
  last_ns = recorder_now_ns();
  snprintf(line, sizeof line, "begin_ns %llu", (unsigned long long)last_ns);
  stream_head(line);
  stream_head("---");
}

void recorder_open(const char *folder) {
  int rank, ranks;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  PMPI_Comm_size(MPI_COMM_WORLD, &ranks);
  start_clock(); /* before there are files: who is killed in it leaves none */
  if (!stream_open(folder, (unsigned)rank)) return;
  head_of_rank(rank, ranks, program_invocation_short_name);
  comm_add(MPI_COMM_WORLD);
  comm_add(MPI_COMM_SELF);
  last_ns = recorder_now_ns();
}

void recorder_close(void) {
  take_light_polls();
  stream_close();
}

/* A program may ask in its innermost loop, where a look at the clock costs as much as the question: the first of a row are timed each, then
 * one in so many stands for all. */
enum { POLLS_TIMED = 16, POLLS_A_SAMPLE = 64 };

static void begin_at(struct call *call, uint64_t now_ns) {
  const uint64_t since_ns = now_ns - last_ns;
  call->begin_ns = now_ns;
  call->gap_ns = unsaid_ns + (not_program_ns < since_ns ? since_ns - not_program_ns : 0);
  not_program_ns = 0;
}

struct call call_begin(void) {
  struct call call = {.recorded = stream_is_open() && !light_polls.inside};
  if (!call.recorded) return call;
  light_polls.inside = true;
  begin_at(&call, recorder_now_ns());
  return call;
}

struct call heavy_poll_begin(void) {
  struct call call = {.recorded = stream_is_open() && !light_polls.inside};
  if (!call.recorded) return call;
  light_polls.inside = true;
  take_light_polls();
  if (polls < POLLS_TIMED || polls % POLLS_A_SAMPLE == 0) call.begin_ns = recorder_now_ns();
  return call;
}

bool heavy_poll_made(struct call *call, int result, bool found) {
  if (!call->recorded) return false;
  if (found) {
    begin_at(call, call->begin_ns != 0 ? call->begin_ns : recorder_now_ns());
    return call_made(call, result);
  }
  light_polls.inside = false;
  if (call->begin_ns != 0) {
    const uint64_t taken_ns = (recorder_now_ns() - call->begin_ns) * (polls < POLLS_TIMED ? 1 : POLLS_A_SAMPLE);
    polls_ns += taken_ns;
    not_program_ns += taken_ns;
  }
  polls++;
  if (polls >= POLLS_TIMED) light_polls.left = light_polls.granted = (unsigned)(POLLS_A_SAMPLE - polls % POLLS_A_SAMPLE) % POLLS_A_SAMPLE;
  return false;
}

bool call_made(struct call *call, int result) {
  if (!call->recorded) return false;
  light_polls.inside = false;
  last_ns = recorder_now_ns();
  call->taken_ns = last_ns - call->begin_ns;
  unsaid_ns = call->gap_ns + call->taken_ns;
  return result == MPI_SUCCESS;
}

/* A program may ask millions of times, so one event tells of all. */
static void say_polls(void) {
  take_light_polls();
  if (polls == 0) return;
  stream_event(RECORD_POLL, 0, polls_ns);
  stream_number(polls);
  stream_end();
  polls = polls_ns = 0;
}

void call_event(struct call *call, enum record_event code) {
  say_polls();
  stream_event(code, call->gap_ns, 0);
  call->gap_ns = 0;
  unsaid_ns = 0;
}

void call_last_event(struct call *call, enum record_event code) {
  say_polls();
  stream_event(code, call->gap_ns, call->taken_ns);
  unsaid_ns = 0;
}

void event_end(void) {
  if (stream_end()) last_ns = recorder_now_ns();
}

void call_left_out(struct call *call, enum record_kind kind) {
  call_last_event(call, RECORD_LEFT_OUT);
  stream_number(kind);
  event_end();
}

uint64_t next_operation(void) {
  return count++;
}

uint64_t operations(void) {
  return count;
}

uint64_t bytes_of(int number, MPI_Datatype type) {
  MPI_Count size = 0;
  if (number <= 0 || PMPI_Type_size_x(type, &size) != MPI_SUCCESS || size <= 0) return 0;
  return (uint64_t)number * (uint64_t)size;
}

bool say_send(struct call *call, bool last, const struct comm *comm, enum record_mode mode, int peer, int tag, uint64_t bytes) {
  const int world = comm_world(comm, peer);
  if (peer == MPI_PROC_NULL) return false;
  if (world < 0) {
    call_left_out(call, RECORD_UNKNOWN_COMMUNICATOR);
    return false;
  }
  if (last) call_last_event(call, RECORD_SEND);
  if (!last) call_event(call, RECORD_SEND);
  stream_number(mode);
  stream_number((uint64_t)world);
  stream_signed(tag);
  stream_number(bytes);
  stream_number(comm->number);
  event_end();
  next_operation();
  return true;
}

void say_receive(struct call *call, bool last, const struct comm *comm) {
  if (last) call_last_event(call, RECORD_RECEIVE);
  if (!last) call_event(call, RECORD_RECEIVE);
  stream_number(comm->number);
  event_end();
  next_operation();
}

void say_done(struct call *call, const struct completion *list, size_t number) {
  call_last_event(call, RECORD_DONE);
  stream_number(number);
  for (size_t i = 0; i < number; i++) {
    const int world = list[i].kind == REQUEST_RECEIVE && !list[i].cancelled ? comm_world(list[i].comm, list[i].source) : -1;
    stream_number(count - list[i].operation);
    if (list[i].kind != REQUEST_RECEIVE) continue;
    stream_number(world >= 0);
    if (world >= 0) {
      stream_number((uint64_t)world);
      stream_signed(list[i].tag);
    }
  }
  event_end();
}
