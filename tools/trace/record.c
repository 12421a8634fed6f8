/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "interrupt.h"
#include "messages.h"
#include "record_program.h"
#include "ring.h"
#include "verbs.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio trace record [--algorithm NAME] [--eager-bytes N] [--recorded-link NS:GBS] [--keep FOLDER] [--dies N] [--map MAP] [-o "
    "OUT]\n"
    "                        PROGRAM [ARGUMENT]...\n"
    "       oio trace record [--workers N] [--rounds N] [--bytes N] [--piece-bytes N] [--dies N] [--map MAP] [-o OUT]\n"
    "Record what a program really sends, as a trace (version 2).\n"
    "\n"
    "With a PROGRAM, `mpirun -n 4 ./solver` for one: run it, unmodified, and record the MPI calls of its ranks: what each sends,\n"
    "what it waits for, and how long it computes in between, which are the delays (docs/record.md). If the program crashes, the trace\n"
    "holds what was recorded until then. For C and C++ under Open MPI, linked dynamically.\n"
    "\n"
    "  --algorithm NAME of collectives: auto (default), ring, halving-doubling, tree or direct, as workload.algorithm of `oio sim`\n"
    "  --eager-bytes N  a send of more is over when it has been delivered, one of less at once (4096)\n"
    "  --recorded-link NS:GBS  the link between the ranks meanwhile: what a wait took beyond it is the rank's own time, as for import\n"
    "  --keep FOLDER    make it and leave the recording of each rank there, for `oio trace import`\n"
    "\n"
    "Without one: run a ring all-reduce on this machine, N threads that move real buffers of floats, and record every transfer: when\n"
    "it was handed over (CLOCK_MONOTONIC), its size, the transfers that had to arrive first, and how long after the last of them it was:\n"
    "the worker's own time, which is the delay. The result is checked before anything is written. Virtual channel 0 carries the\n"
    "reduce-scatter, 1 the all-gather.\n"
    "\n"
    "  --workers N      threads in the ring, 2 to 64 (8)\n"
    "  --rounds N       all-reduces one after the other, 1 to 10000 (4)\n"
    "  --bytes N        buffer of each worker, a multiple of 4 times the workers (262144)\n"
    "  --piece-bytes N  a chunk (bytes / workers) is sent in pieces of this size, a multiple of 4 (4096)\n"
    "\n"
    "  --dies N         the trace is for a net of so many dies\n"
    "  --map MAP        which rank or worker is on which die, of two unless --dies says more, kept in the trace: 0-3:0,4-7:1\n"
    "  -o, --output OUT the trace (recording.oiotrace.gz; ring-allreduce-WORKERS.oiotrace.gz); -: standard output, but of\n"
    "                   a program, whose it is\n"
    "\n"
    "Exit status: 0 written; 1 the program failed, and what was recorded until then is written, or the all-reduce came out wrong; 2 wrong\n"
    "usage, a program that cannot be recorded, or an output that cannot be written.\n";

enum { ROUNDS_MAX = 10000, TRANSFERS_MAX = 100000000 };

struct recording {
  struct ring_config ring;
  uint64_t dies;
  const char *map;
  const char *out;
  char derived[64];
  struct record_program program;
  const char *of_ring, *of_program; /* an option that only one of the two has; NULL: none was given */
};

/* -1: go on; else an exit status. */
static int take_option(struct recording *recording, int letter, const char *name, char *value) {
  struct ring_config *ring = &recording->ring;
  uint64_t number;
  if (strchr("wrbp", letter) != NULL) recording->of_ring = name;
  if (strchr("aekl", letter) != NULL) recording->of_program = name;
  switch (letter) {
  case 'w':
    if (!trace_number(value, 2, RING_WORKERS_MAX, &number)) return trace_usage("record", "--workers '%.40s' is not 2 to 64", value);
    ring->workers = (uint32_t)number;
    return -1;
  case 'r':
    if (!trace_number(value, 1, ROUNDS_MAX, &number)) return trace_usage("record", "--rounds '%.40s' is not 1 to 10000", value);
    ring->rounds = (uint32_t)number;
    return -1;
  case 'b':
    if (trace_number(value, 8, (uint64_t)1 << 30, &ring->buffer_bytes)) return -1;
    return trace_usage("record", "--bytes '%.40s' is not 8 to 2^30", value);
  case 'p':
    if (trace_number(value, 4, (uint64_t)1 << 30, &ring->piece_bytes)) return -1;
    return trace_usage("record", "--piece-bytes '%.40s' is not 4 to 2^30", value);
  case 'd':
    if (trace_number(value, 2, OIO_TRACE_NODES_MAX, &recording->dies)) return -1;
    return trace_usage("record", "--dies '%.40s' is not 2 to %d", value, OIO_TRACE_NODES_MAX);
  case 'm':
    recording->map = value;
    return -1;
  case 'a':
    recording->program.algorithm = value;
    return -1;
  case 'e':
    recording->program.eager_bytes = value;
    return -1;
  case 'l':
    recording->program.link = value;
    return -1;
  case 'k':
    recording->program.keep = value;
    return -1;
  case 'o':
    recording->out = trace_output(value);
    return -1;
  default:
    fputs(help, stdout);
    return 0;
  }
}

static int check(struct recording *recording) {
  struct ring_config *ring = &recording->ring;
  if (ring->buffer_bytes % (4 * ring->workers) != 0)
    return trace_usage("record", "--bytes %" PRIu64 " is no multiple of %" PRIu32 " (4 times the workers)", ring->buffer_bytes,
                       4 * ring->workers);
  if (ring->piece_bytes % 4 != 0) return trace_usage("record", "--piece-bytes %" PRIu64 " is no multiple of 4", ring->piece_bytes);
  if (ring->piece_bytes > ring_chunk_bytes(ring)) ring->piece_bytes = ring_chunk_bytes(ring);
  if (ring_transfers(ring) > TRANSFERS_MAX)
    return trace_usage("record", "%" PRIu64 " transfers are more than %d; take larger pieces or fewer rounds", ring_transfers(ring),
                       TRANSFERS_MAX);
  if (recording->out != NULL) return -1;
  snprintf(recording->derived, sizeof recording->derived, "ring-allreduce-%" PRIu32 ".oiotrace.gz", ring->workers);
  recording->out = recording->derived;
  return -1;
}

/* A program and its arguments stand behind the options. */
static int check_program(struct recording *recording, char **program) {
  if (recording->of_ring != NULL)
    return trace_usage("record", "--%s is of the ring, which runs without a program; leave it out", recording->of_ring);
  if (recording->out != NULL && strcmp(recording->out, trace_output("-")) == 0)
    return trace_usage("record", "standard output is the program's; name a file with -o");
  recording->program.command = program;
  recording->program.map = recording->map;
  recording->program.out = recording->out != NULL ? recording->out : "recording.oiotrace.gz";
  if (recording->dies > 0) snprintf(recording->derived, sizeof recording->derived, "%" PRIu64, recording->dies);
  recording->program.dies = recording->dies > 0 ? recording->derived : NULL;
  return -1;
}

static int parse(struct recording *recording, int argc, char **argv) {
  static const struct option options[] = {{"workers", required_argument, NULL, 'w'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {"bytes", required_argument, NULL, 'b'},
                                          {"piece-bytes", required_argument, NULL, 'p'},
                                          {"dies", required_argument, NULL, 'd'},
                                          {"map", required_argument, NULL, 'm'},
                                          {"eager-bytes", required_argument, NULL, 'e'},
                                          {"recorded-link", required_argument, NULL, 'l'},
                                          {"algorithm", required_argument, NULL, 'a'},
                                          {"keep", required_argument, NULL, 'k'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, "+:o:h", options, NULL)) != -1) {
    const char *name = "";
    for (const struct option *at = options; at->name != NULL; at++)
      if (at->val == letter) name = at->name;
    if (letter == '?') return trace_usage("record", "no option '%.60s'", argv[optind - 1]);
    if (letter == ':') return trace_usage("record", "%.60s needs a value", argv[optind - 1]);
    const int status = take_option(recording, letter, name, optarg);
    if (status >= 0) return status;
  }
  if (recording->map != NULL && strlen(recording->map) >= sizeof((struct oio_trace_header *)0)->map)
    return trace_usage("record", "--map is longer than %zu characters", sizeof((struct oio_trace_header *)0)->map - 1);
  if (optind < argc) return check_program(recording, argv + optind);
  if (recording->of_program != NULL)
    return trace_usage("record", "--%s is of a program; name one, behind the options", recording->of_program);
  return check(recording);
}

/*
 * What had to arrive before worker w could send piece p of step s: the same piece of the step before, from worker w - 1; it sends on what
 * it got. The first step of a later round sends the chunk that came in step workers - 1 of the round before, and starts after the whole
 * buffer of that round was there: the last piece of its last step.
 */
static enum oio_status add_waits(const struct ring_config *ring, struct messages *messages, uint64_t round, uint64_t step, uint64_t piece,
                                 uint32_t worker, struct oio_error *error) {
  const uint64_t before = (worker + ring->workers - 1) % ring->workers, last = ring_pieces(ring) - 1;
  const uint32_t self = (uint32_t)ring_index(ring, round, step, piece, worker);
  if (step > 0) return messages_add_wait(messages, self, (uint32_t)ring_index(ring, round, step - 1, piece, before), error);
  if (round == 0) return OIO_OK;
  const uint32_t data = (uint32_t)ring_index(ring, round - 1, ring->workers - 1, piece, before);
  const uint32_t whole = (uint32_t)ring_index(ring, round - 1, ring_steps(ring) - 1, last, before);
  const enum oio_status status = messages_add_wait(messages, self, data, error);
  return status == OIO_OK ? messages_add_wait(messages, self, whole, error) : status;
}

static enum oio_status collect(const struct ring_config *ring, const struct ring_transfer *transfers, struct messages *messages,
                               struct oio_error *error) {
  const uint64_t count = ring_transfers(ring), steps = ring_steps(ring), pieces = ring_pieces(ring);
  enum oio_status status = OIO_OK;
  uint64_t first_ns = UINT64_MAX;
  for (uint64_t i = 0; i < count; i++)
    if (transfers[i].time_ns < first_ns) first_ns = transfers[i].time_ns;
  for (uint64_t i = 0; i < count && status == OIO_OK; i++) {
    const uint32_t worker = (uint32_t)(i % ring->workers);
    const uint64_t piece = i / ring->workers % pieces, step = i / ring->workers / pieces % steps,
                   round = i / ring->workers / pieces / steps;
    const struct message message = {.time_ps = (transfers[i].time_ns - first_ns) * OIO_NS,
                                    .bytes = transfers[i].bytes,
                                    .source = (uint16_t)worker,
                                    .destination = (uint16_t)((worker + 1) % ring->workers),
                                    .vc = step < ring->workers - 1 ? 0 : 1};
    status = messages_add(messages, &message, error);
    if (status == OIO_OK) status = add_waits(ring, messages, round, step, piece, worker, error);
  }
  return status;
}

/* The trace is created first: a folder that cannot be written is known before the work. */
static enum oio_status record_into(const struct recording *recording, struct oio_trace_writer *writer, struct ring_transfer *transfers,
                                   struct messages *messages, bool *written, struct oio_error *error) {
  enum oio_status status = ring_run(&recording->ring, transfers, error);
  if (status == OIO_OK && !interrupt_requested()) status = collect(&recording->ring, transfers, messages, error);
  if (status == OIO_OK && !interrupt_requested()) status = messages_write(messages, writer, recording->out, error);
  if (status != OIO_OK || interrupt_requested()) {
    oio_trace_abandon(writer);
    return status;
  }
  status = oio_trace_finish(writer, error);
  *written = status == OIO_OK;
  return status;
}

static void summarise(const struct recording *recording, const struct oio_trace_header *header, const struct messages *messages) {
  FILE *to = strcmp(recording->out, "/dev/stdout") == 0 ? stderr : stdout;
  uint64_t bytes = 0;
  for (size_t i = 0; i < messages->count; i++) bytes += messages->list[i].bytes;
  fprintf(to, "%s: %s; every worker's result is right\n", recording->out, header->source);
  fprintf(to, "%zu records, %" PRIu32 " nodes, span %.6f us, %" PRIu64 " bytes\n", messages->count, header->nodes,
          (double)messages->list[messages->count - 1].time_ps * 1e-6, bytes);
}

static int run(const struct recording *recording) {
  const struct ring_config *ring = &recording->ring;
  struct oio_trace_header header = {.version = 2, .nodes = ring->workers, .dies = (uint32_t)recording->dies};
  struct oio_error error;
  struct oio_trace_writer *writer;
  struct messages messages = {.knows_delivery = true}; /* handed over is delivered: both ends share the memory */
  bool written = false;
  snprintf(header.source, sizeof header.source,
           "ring all-reduce, %" PRIu32 " workers, %" PRIu32 " rounds, %" PRIu64 " bytes each in pieces of %" PRIu64 ", measured",
           ring->workers, ring->rounds, ring->buffer_bytes, ring->piece_bytes);
  if (recording->map != NULL) snprintf(header.map, sizeof header.map, "%s", recording->map);
  enum oio_status status = oio_trace_create(&writer, recording->out, &header, &error);
  if (status != OIO_OK) return trace_failure(&error);
  struct ring_transfer *transfers = calloc(ring_transfers(ring), sizeof *transfers);
  if (transfers == NULL) {
    oio_trace_abandon(writer);
    oio_error_set(&error, OIO_ERR_NOMEM, "out of memory; record with fewer --bytes or --rounds");
    return trace_failure(&error);
  }
  status = record_into(recording, writer, transfers, &messages, &written, &error);
  if (written) summarise(recording, &header, &messages);
  messages_free(&messages);
  free(transfers);
  if (status != OIO_OK) return trace_failure(&error);
  return written ? 0 : trace_interrupted("record");
}

int trace_record(int argc, char **argv) {
  struct recording recording = {.ring = {.workers = 8, .rounds = 4, .buffer_bytes = 262144, .piece_bytes = 4096}};
  const int parsed = parse(&recording, argc, argv);
  if (parsed >= 0) return parsed;
  if (recording.program.command != NULL) return record_program(&recording.program);
  interrupt_install();
  return run(&recording);
}
