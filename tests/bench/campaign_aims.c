/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault campaign where it aims at what CRCs cannot see (docs/campaign.md): the bits of one half of every flit are random, because one
 * of the two lanes of a wire, which have a half each, dies for a microsecond again and again. Of the 2^1024 patterns each of the CRC's 2^16
 * syndromes has as many, so such a flit passes with 2^-16, if the CRC of the other half is not in this one. What comes of it is traced.
 *
 *     campaign_aims SEEDS [FIRST]
 */
#include <inttypes.h>
#include <string.h>

#include "crc_chance.h"
#include "one_run.h"

/* Of format 3 the second half has both CRCs: 2^-32. */
static const struct aim {
  const char *name, *format;
  unsigned lane;
  double chance;
} aims[] = {
    {"first half", "3", 0, 0x1p-16}, {"second half", "3", 1, 0x1p-32}, {"first half", "6", 0, 0x1p-16}, {"second half", "6", 1, 0x1p-16}};
static const struct {
  const char *name, *topology;
  unsigned wire;
} nets[] = {{"direct", "pair", 0}, {"links", "bridged", 2}};

enum { TIMES = 50 };

static void make_run(struct run *run, const struct aim *aim, unsigned net, uint64_t seed) {
  run->count = 0;
  run_set(run, "workload.generate=saturate");
  run_set(run, "workload.messages=60000");
  run_set(run, "net.topology=%s", nets[net].topology);
  run_set(run, "link.format=%s", aim->format);
  run_set(run, "optical.lanes=2");
  run_set(run, "optical.lane_rate_gbps=256");
  run_set(run, "optical.stripe_bits=1024");
  run_set(run, "link.replay_limit=65535");
  run_set(run, "sim.seed=%" PRIu64, seed);
  run_set(run, "faults.schedule=at 1us wire %u: lane %u dies, %u times every 4us; at 2us wire %u: lane %u returns, %u times every 4us",
          nets[net].wire, aim->lane, TIMES, nets[net].wire, aim->lane, TIMES);
}

static bool run_aim(const struct aim *aim, unsigned net, uint64_t first, uint64_t seeds) {
  struct traced sum = {0};
  uint64_t struck = 0, failed = 0, bad = 0;
  for (uint64_t s = first; s < first + seeds; s++) {
    struct run run;
    struct oio_results results;
    make_run(&run, aim, net, s);
    const struct traced t = run_whole(&run, &results);
    const bool fails_rightly = results.failure[0] == '\0' || t.steering > 0;
    struck += traced_wrong_flits(nets[net].wire);
    failed += results.failure[0] != '\0';
    traced_add(&sum, &t);
    if (t.bad == 0 && fails_rightly) continue;
    bad++;
    printf("BAD: %s: ", t.bad > 0 ? t.first_bad : results.failure);
    run_print(&run);
  }
  const double expected = (double)struck * aim->chance;
  const uint64_t passed = sum.unseen + sum.righted;
  const bool likely = is_likely(expected, passed);
  printf("%-13s%-8s%2s%6" PRIu64 "%10" PRIu64 "%10.2f%8" PRIu64 "  %-4s%8" PRIu64 "%10" PRIu64 "%10" PRIu64 "%8" PRIu64 "%5" PRIu64
         "%4" PRIu64 "%4" PRIu64 "%5" PRIu64 "\n",
         aim->name, nets[net].name, aim->format, seeds, struck, expected, passed, likely ? "yes" : "NO", failed, sum.sent, sum.whole,
         sum.undelivered, sum.altered, sum.lost, sum.duplicated + sum.reordered, bad);
  fflush(stdout);
  return likely && bad == 0;
}

int main(int argc, char **argv) {
  const uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  bool good = true;
  if (seeds == 0) {
    fprintf(stderr, "usage: campaign_aims SEEDS [FIRST]\n");
    return 2;
  }
  printf("%-13s%-8s%2s%6s%10s%10s%8s  %-4s%8s%10s%10s%8s%5s%4s%4s%5s\n", "random", "net", "f", "runs", "struck", "expected", "passed",
         "3 s", "failed", "messages", "whole", "undeliv", "alt", "los", "dup", "bad");
  for (unsigned a = 0; a < sizeof aims / sizeof *aims; a++) {
    for (unsigned n = 0; n < sizeof nets / sizeof *nets; n++) good = run_aim(&aims[a], n, first, seeds) && good;
  }
  return !good;
}
