/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault campaign (docs/campaign.md): every kind of fault (SPEC.md section 15) by every flit format and way of joining dies, many seeds
 * of each in event fidelity. Of a run every message arrives once, in order and unaltered, or is traced to an undetected flit or a reset
 * (traced.h), or a link says by name why it failed, where the kind or an undetected flit lets it.
 *
 *     campaign SEEDS [FIRST [KIND]]       the table; exit status 1: something is not as it must be, and a line says how to see it again
 *     campaign --commands SEEDS [FIRST]   of each run of bridges its kind, its format, and the command
 */
#include <inttypes.h>
#include <string.h>

#include "one_run.h"

enum { MESSAGES = 600, MORE_MAX = 20 };

struct kind {
  const char *name, *schedule; /* NULL: a reset by the keys reset.* */
  bool may_fail;               /* by the replay limit, though nothing was undetected */
  bool unseen;                 /* every flit that is struck passes both CRCs; else none does */
  const char *more[MORE_MAX];
};

#define OF_FLITS(what, mean) "from flit 0 to flit 100000 all: " what ", one flit in " mean
#define STRIPES OPTICS("stripe_bits", "1"), OPTICS("spare_lanes", "8"), OPTICS("remap_ps", "400000")
#define OPTICS(key, value) "optical." key "=" value, "die_link." key "=" value, "package." key "=" value

static const struct kind kinds[] = {
    {"flip of a bit", OF_FLITS("flip bit any", "60"), false, false, {NULL}},
    {"flip of two", OF_FLITS("flip bits 3,1777", "60"), false, false, {NULL}},
    {"flip of five", OF_FLITS("flip bits 3,77,1024,1500,1801", "60"), false, false, {NULL}},
    {"flip, passes CRC", OF_FLITS("flip bits 300,301,314,316", "300"), false, true, {NULL}},
    {"burst of 24", OF_FLITS("burst of 24 bits at 1010", "60"), false, false, {NULL}},
    {"header damaged", OF_FLITS("damage header", "60"), false, false, {NULL}},
    {"dropped", OF_FLITS("drop", "60"), false, false, {NULL}},
    {"truncated", OF_FLITS("truncate at 1000", "60"), false, false, {NULL}},
    {"delayed", OF_FLITS("delay 30ns", "60"), false, false, {NULL}},
    {"Ack lost", OF_FLITS("lose ack", "60"), false, false, {NULL}},
    {"credit lost", OF_FLITS("lose credit", "60"), false, false, {NULL}},
    {"flip and drop", OF_FLITS("flip bit any", "20") "; " OF_FLITS("drop", "20"), false, false, {NULL}},
    {"error rate",
     "from 0 to 3us all: error rate 1e-4, every 1us on average; from 0 to 3us all: error rate 0, every 1us on average",
     false,
     false,
     {NULL}},
    {"loss of light",
     "at 500ns all: loss 1.2 dB over 500ns; at 2us all: loss -1.2 dB",
     false,
     false,
     {OPTICS("bit_error_rate", "1e-9"), NULL}},
    {"heat",
     "at 500ns all: warms 0.6 K over 500ns; at 3us all: cools 0.6 K",
     false,
     false,
     {OPTICS("bit_error_rate", "1e-9"), OPTICS("ring_pm_per_k", "80"), OPTICS("ring_lock_ps", "1000000"), NULL}},
    {"lane stuck", "from 0 to 3us all: lane any stuck at 0, every 2us on average", false, false, {STRIPES, NULL}},
    {"laser dies",
     "from 0 to 3us all: laser any dies, every 3us on average",
     false,
     false,
     {STRIPES, OPTICS("wavelengths", "4"), OPTICS("laser_fibres", "2"), NULL}},
    {"fibre cut", "from 0 to 3us all: fibre any cut, every 3us on average", false, false, {STRIPES, OPTICS("wavelengths", "2"), NULL}},
    {"down for a time", "from 0 to 20us all: down for 300ns, every 2us on average", false, false, {NULL}},
    {"flap", "from 0 to 20us all: flap then error rate 1e-6, every 2us on average", false, false, {OPTICS("relink_ps", "500000"), NULL}},
    {"down for good", "from 0 to 5us all: down, every 2us on average", true, false, {"link.replay_limit=4", NULL}},
    {"sent twice", OF_FLITS("duplicate", "60"), false, false, {NULL}},
    {"sent out of turn", OF_FLITS("swap", "60"), false, false, {NULL}},
    {"forged sequence", OF_FLITS("forge sequence by 1", "60"), false, false, {NULL}},
    {"forged credit", OF_FLITS("forge credit by 3", "60"), false, false, {NULL}},
    {"forged round", OF_FLITS("forge round by 1", "60"), false, false, {NULL}},
    {"forged Nak", OF_FLITS("forge command nak", "60"), false, false, {NULL}},
    {"reset", NULL, false, false, {NULL}},
};

static const struct {
  const char *name, *settings[6];
} nets[] = {
    {"direct", {"net.topology=pair", "workload.load=0.4", NULL}},
    {"links", {"net.topology=bridged", "workload.load=0.4", NULL}},
    {"tunnel", {"net.topology=bridged", "bridge.mode=tunnel", "workload.load=0.4", NULL}},
    {"tunnel+FEC", {"net.topology=bridged", "bridge.mode=tunnel", "optical.fec=kp4", "optical.fec_ps=20000", "workload.load=0.4", NULL}},
    {"routed", {"net.topology=star:4", "workload.load=0.2", NULL}},
};
static const char *const formats[] = {"3", "6"};
static const unsigned sizes[] = {222, 90, 700}; /* a flit, two in a flit, more than three flits */

struct cell {
  uint64_t runs, struck, events, replayed, failed, bad_runs;
  struct traced sum;
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void make_run(struct run *run, const struct kind *kind, unsigned net, unsigned format, uint64_t seed) {
  run->count = 0;
  run_set(run, "workload.generate=poisson");
  run_set(run, "workload.messages=%d", MESSAGES);
  run_set(run, "workload.message_bytes=%u", sizes[seed % COUNT(sizes)]);
  for (unsigned i = 0; nets[net].settings[i] != NULL; i++) run_set(run, "%s", nets[net].settings[i]);
  run_set(run, "link.format=%s", formats[format]);
  run_set(run, "sim.seed=%" PRIu64, seed);
  for (unsigned i = 0; kind->more[i] != NULL; i++) run_set(run, "%s", kind->more[i]);
  if (kind->schedule != NULL) {
    run_set(run, "faults.schedule=%s", kind->schedule);
  } else { /* somewhere within the run */
    run_set(run, "reset.at_ps=%" PRIu64, 200000 + seed * 7919 * 1009 % 2000000);
  }
}

static bool fails_rightly(const struct kind *kind, const struct traced *t, const char *failure) {
  return failure[0] == '\0' || t->steering > 0 || (kind->may_fail && strstr(failure, "replay limit") != NULL);
}

/* What is wrong with a run; NULL: nothing is. */
static const char *look(const struct kind *kind, const struct traced *t, const struct oio_results *r) {
  if (t->bad > 0) return t->first_bad;
  if (!fails_rightly(kind, t, r->failure)) return r->failure;
  if (r->links.failed > 0 && r->failure[0] == '\0') return "a link has failed and does not say why";
  if (!kind->unseen && t->unseen > 0) return "both CRCs passed what they must see";
  if (r->stalled && t->lost == 0) return "stalled, and nothing is lost";
  if (r->failure[0] == '\0' && t->sent != MESSAGES) return "not all messages have entered";
  return NULL;
}

static void count(struct cell *cell, const struct kind *kind, const struct traced *t, const struct oio_results *r) {
  cell->runs++;
  cell->struck += r->faults.events > 0 || kind->schedule == NULL;
  cell->events += r->faults.events;
  cell->replayed += r->links.replayed;
  cell->failed += r->failure[0] != '\0';
  traced_add(&cell->sum, t);
}

static void print_head(void) {
  printf("%-17s%-11s%2s%5s%7s%8s%9s%9s%7s%9s%9s%8s%8s%8s%8s%6s%6s%6s%5s\n", "fault", "net", "f", "runs", "struck", "events", "flits",
         "replays", "failed", "messages", "whole", "undeliv", "dropped", "righted", "unseen", "alt", "los", "dup", "bad");
}

static void print_cell(const struct kind *kind, unsigned net, unsigned format, const struct cell *c) {
  const struct traced *s = &c->sum;
  printf("%-17s%-11s%2s%5" PRIu64 "%7" PRIu64 "%8" PRIu64 "%9" PRIu64 "%9" PRIu64 "%7" PRIu64 "%9" PRIu64 "%9" PRIu64 "%8" PRIu64
         "%8" PRIu64 "%8" PRIu64 "%8" PRIu64 "%6" PRIu64 "%6" PRIu64 "%6" PRIu64 "%5" PRIu64 "\n",
         kind->name, nets[net].name, formats[format], c->runs, c->struck, c->events, s->flits, c->replayed, c->failed, s->sent, s->whole,
         s->undelivered, s->dropped, s->righted, s->unseen, s->altered, s->lost, s->duplicated + s->reordered, c->bad_runs);
  fflush(stdout);
}

static uint64_t run_cell(const struct kind *kind, unsigned net, unsigned format, uint64_t first, uint64_t seeds) {
  struct cell cell = {0};
  for (uint64_t s = first; s < first + seeds; s++) {
    struct run run;
    struct oio_results results;
    make_run(&run, kind, net, format, s);
    const struct traced traced = run_whole(&run, &results);
    count(&cell, kind, &traced, &results);
    const char *wrong = look(kind, &traced, &results);
    if (wrong == NULL) continue;
    cell.bad_runs++;
    printf("BAD: %s: ", wrong);
    run_print(&run);
  }
  print_cell(kind, net, format, &cell);
  return cell.bad_runs;
}

static void print_commands(const struct kind *kind, uint64_t first, uint64_t seeds) {
  for (unsigned f = 0; f < COUNT(formats); f++) {
    for (uint64_t s = first; s < first + seeds; s++) {
      struct run run;
      make_run(&run, kind, 1, f, s);
      printf("%s\t%s\t", kind->name, formats[f]);
      run_print(&run);
    }
  }
}

static uint64_t run_kind(const struct kind *kind, uint64_t first, uint64_t seeds) {
  uint64_t bad = 0;
  for (unsigned n = 0; n < COUNT(nets); n++) {
    for (unsigned f = 0; f < COUNT(formats); f++) bad += run_cell(kind, n, f, first, seeds);
  }
  return bad;
}

int main(int argc, char **argv) {
  const bool commands = argc > 1 && strcmp(argv[1], "--commands") == 0;
  char **at = argv + 1 + commands;
  const int given = argc - 1 - commands;
  const uint64_t seeds = given > 0 ? strtoull(at[0], NULL, 10) : 0, first = given > 1 ? strtoull(at[1], NULL, 10) : 1;
  const char *only = given > 2 ? at[2] : NULL;
  uint64_t bad = 0;
  if (seeds == 0) {
    fprintf(stderr, "usage: campaign [--commands] SEEDS [FIRST [KIND]]\n");
    return 2;
  }
  if (!commands) print_head();
  for (unsigned k = 0; k < COUNT(kinds); k++) {
    if (only != NULL && strcmp(only, kinds[k].name) != 0) continue;
    if (commands) {
      print_commands(&kinds[k], first, seeds);
    } else {
      bad += run_kind(&kinds[k], first, seeds);
    }
  }
  if (!commands) printf("%" PRIu64 " bad runs\n", bad);
  return bad > 0;
}
