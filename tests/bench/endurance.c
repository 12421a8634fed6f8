/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endurance: flits by the billion over random bit errors of rates 1e-3 to 1e-12, in event fidelity, each message traced (traced.h), and
 * undetected flits counted against the exact distribution (crc_chance.h). Runs are short, and each is a line of FILE, so that it may be
 * stopped and started again.
 *
 *     endurance FORMAT FILE FLITS    as many flits in all, of all rates alike; goes on where FILE ends; says progress on stderr
 *     endurance --sum FILE...        the table; exit status 1: something is traced to nothing, or counts are not likely
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "crc_chance.h"
#include "one_run.h"

enum { RATES = 10, NETS = 3 };

static const char *const rates[RATES] = {"1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9", "1e-10", "1e-11", "1e-12"};
static const unsigned messages[RATES] = {20000, 200000, 500000, 500000, 500000, 500000, 500000, 500000, 500000, 500000};
static const char *const nets[NETS] = {"pair", "bridged", "star:4"};

/* Of a rate and a format. */
struct sum {
  struct traced t;
  uint64_t runs, failed, bad;
};

static void make_run(struct run *run, unsigned rate, const char *format, uint64_t seed) {
  run->count = 0;
  run_set(run, "workload.generate=saturate");
  run_set(run, "workload.messages=%u", messages[rate]);
  run_set(run, "net.topology=%s", nets[seed % NETS]);
  run_set(run, "link.format=%s", format);
  run_set(run, "link.replay_limit=65535");
  run_set(run, "results.detail=off");
  run_set(run, "optical.bit_error_rate=%s", rates[rate]);
  run_set(run, "die_link.bit_error_rate=%s", rates[rate]);
  run_set(run, "package.bit_error_rate=%s", rates[rate]);
  run_set(run, "sim.seed=%" PRIu64, seed);
}

/* Carries out one run, and writes its line. Returns how many flits it had. */
static uint64_t run_one(FILE *file, unsigned rate, const char *format, uint64_t seed) {
  struct run run;
  struct oio_results r;
  make_run(&run, rate, format, seed);
  const struct traced t = run_whole(&run, &r);
  const bool failed = r.failure[0] != '\0', bad = t.bad > 0 || (failed && t.steering == 0) || (!failed && t.sent != messages[rate]);
  if (bad) {
    fprintf(stderr, "BAD: %s\n", t.bad > 0 ? t.first_bad : r.failure);
    run_print(&run);
  }
  fprintf(file,
          "%u %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
          " %" PRIu64 " %d %d\n",
          rate, format, seed, t.flits, t.unseen, t.righted, t.sent, t.whole, t.altered, t.lost, t.duplicated, t.reordered, t.undelivered,
          failed, bad);
  fflush(file);
  return t.flits;
}

/* Adds the lines of a file up; what a run that was stopped has left of a line is none. */
static void read_sums(const char *path, struct sum sums[RATES][2]) {
  FILE *file = fopen(path, "r");
  char line[256];
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    struct traced t = {0};
    unsigned rate, format;
    uint64_t seed;
    int failed, bad;
    if (strchr(line, '\n') == NULL ||
        sscanf(line,
               "%u %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %d %d",
               &rate, &format, &seed, &t.flits, &t.unseen, &t.righted, &t.sent, &t.whole, &t.altered, &t.lost, &t.duplicated, &t.reordered,
               &t.undelivered, &failed, &bad) != 15 ||
        rate >= RATES)
      continue;
    struct sum *sum = &sums[rate][format == 6];
    traced_add(&sum->t, &t);
    sum->runs++;
    sum->failed += failed != 0;
    sum->bad += bad != 0;
  }
  if (file != NULL) fclose(file);
}

static int run_all(const char *format, const char *path, uint64_t flits) {
  static struct sum sums[RATES][2];
  uint64_t done = 0;
  read_sums(path, sums);
  FILE *file = fopen(path, "a");
  if (file == NULL) {
    fprintf(stderr, "endurance: cannot write %s\n", path);
    return 2;
  }
  const unsigned f = strcmp(format, "6") == 0;
  const time_t begin = time(NULL);
  fprintf(stderr, "endurance: format %s, %" PRIu64 " flits; some %" PRIu64 " minutes of a processor\n", format, flits,
          flits / 150000000 + 1);
  for (unsigned rate = 0; rate < RATES; rate++) {
    uint64_t have = sums[rate][f].t.flits;
    for (uint64_t seed = sums[rate][f].runs + 1; have < flits / RATES; seed++) have += run_one(file, rate, format, seed);
    done += have;
    fprintf(stderr, "endurance: format %s, rate %s: %" PRIu64 " of %" PRIu64 " flits after %.0f s\n", format, rates[rate], done, flits,
            difftime(time(NULL), begin));
  }
  fclose(file);
  return 0;
}

static bool print_sum(unsigned rate, unsigned f, const struct sum *s, double chance) {
  const double expected = (double)s->t.flits * chance;
  const uint64_t passed = s->t.unseen + s->t.righted; /* both CRCs of its wire */
  const bool likely = is_likely(expected, passed);
  printf("%-7s%2u%6" PRIu64 "%12" PRIu64 "%12.3g%8" PRIu64 "  %-4s%8" PRIu64 "%12" PRIu64 "%12" PRIu64 "%8" PRIu64 "%5" PRIu64 "%4" PRIu64
         "%4" PRIu64 "%4" PRIu64 "%5" PRIu64 "\n",
         rates[rate], f == 0 ? 3 : 6, s->runs, s->t.flits, expected, passed, likely ? "yes" : "NO", s->failed, s->t.sent, s->t.whole,
         s->t.undelivered, s->t.altered, s->t.lost, s->t.duplicated, s->t.reordered, s->bad);
  return likely && s->bad == 0;
}

static int print_sums(char **paths) {
  static struct sum sums[RATES][2];
  static struct half halves[2][2];
  uint64_t flits = 0;
  bool good = true;
  for (; *paths != NULL; paths++) read_sums(*paths, sums);
  for (unsigned i = 0; i < 4; i++) weigh(i < 2 ? 3 : 6, i % 2, &halves[i / 2][i % 2]);
  printf("%-7s%2s%6s%12s%12s%8s  %-4s%8s%12s%12s%8s%5s%4s%4s%4s%5s\n", "rate", "f", "runs", "flits", "expected", "passed", "3 s", "failed",
         "messages", "whole", "undeliv", "alt", "los", "dup", "reo", "bad");
  for (unsigned rate = 0; rate < RATES; rate++) {
    for (unsigned f = 0; f < 2; f++) {
      if (sums[rate][f].runs == 0) continue;
      flits += sums[rate][f].t.flits;
      good = print_sum(rate, f, &sums[rate][f], undetected(halves[f], strtod(rates[rate], NULL))) && good;
    }
  }
  printf("%" PRIu64 " flits, %s\n", flits, good ? "every message whole, or traced" : "NOT as it must be");
  return !good;
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "--sum") == 0) return print_sums(argv + 2);
  if (argc == 4) return run_all(argv[1], argv[2], strtoull(argv[3], NULL, 10));
  fprintf(stderr, "usage: endurance FORMAT FILE FLITS | --sum FILE...\n");
  return 2;
}
