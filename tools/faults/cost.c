/* SPDX-License-Identifier: Apache-2.0 */
#include "cost.h"

#include "interrupt.h"
#include "oio/faults.h"
#include "oio/sim.h"
#include "options.h"
#include "outage.h"
#include "page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_PER_LOOK = 65536 };

static const char *const tail_names[] = {"p50", "p99", "p999", "max"};
enum { TAILS = sizeof tail_names / sizeof tail_names[0] };

/* Under the schedule, and without it. */
struct cost {
  struct oio_results with, without;
  struct outages outages; /* of links, in ps, in the time of the run under it */
  uint32_t links;
};

#define refuse(text) options_refuse("faults cost", "%s", text)

static int find_outages(struct cost *cost, const struct oio_net *net) {
  struct oio_outage dark;
  size_t outside;
  cost->links = oio_net_ports(net) / 2;
  for (size_t i = 0; oio_net_outage(net, i, &dark); i++) {
    const struct outage outage = {.link = dark.link, .from = dark.from_ps, .to = dark.to_ps};
    /* What begins when the run has ended is none. */
    if (dark.from_ps < cost->with.sim_time_ps && !outages_add(&cost->outages, &outage))
      return refuse("out of memory; close other programs");
  }
  outages_settle(&cost->outages, 0, cost->with.sim_time_ps, &outside);
  return EXIT_DONE;
}

/* One of the two runs. cost: that under the schedule, of which outages are kept; NULL: the other. */
static int carry_out(const struct options *options, bool faulty, struct cost *cost) {
  struct oio_error error = {""};
  struct oio_config config = options->config;
  struct oio_trace_reader *reader = NULL;
  struct oio_sim *sim = NULL;
  enum oio_status status = OIO_OK;
  if (!faulty) config.faults[0] = '\0';
  if (options->trace != NULL) status = oio_trace_open(&reader, options->trace, &error);
  if (status == OIO_OK) status = oio_sim_create(&sim, &config, reader, NULL, &error);
  for (bool more = true; more && status == OIO_OK && !interrupt_requested();) status = oio_sim_run(sim, EVENTS_PER_LOOK, &more, &error);
  int result = status != OIO_OK ? refuse(error.text) : interrupt_requested() ? INTERRUPT_EXIT : EXIT_DONE;
  if (result == EXIT_DONE) oio_sim_get_results(sim, faulty ? &cost->with : &cost->without);
  if (result == EXIT_DONE && faulty) result = find_outages(cost, oio_sim_net(sim));
  oio_sim_destroy(sim);
  if (reader != NULL) oio_trace_close(reader);
  return result;
}

/* Of a collective or a step that is done an iteration; else all of the run. */
static double time_of(const struct cost *cost, const struct oio_results *results) {
  const bool iterations = cost->with.iteration_ps > 0 && cost->without.iteration_ps > 0;
  return iterations ? results->iteration_ps : (double)results->sim_time_ps;
}

static uint64_t tail_of(const struct oio_results *r, unsigned which) {
  const uint64_t tails[TAILS] = {r->latency_p50_ps, r->latency_p99_ps, r->latency_p999_ps, r->latency_max_ps};
  return tails[which];
}

static double part_up(const struct cost *cost, uint64_t down_ps) {
  return cost->with.sim_time_ps == 0 ? 1 : 1 - (double)down_ps / (double)cost->with.sim_time_ps;
}

static bool whole(const struct cost *cost) {
  return oio_results_good(&cost->with) && oio_results_good(&cost->without);
}

static double lost(const struct cost *cost) {
  const double with = time_of(cost, &cost->with);
  return with > 0 ? 1 - time_of(cost, &cost->without) / with : 0;
}

static void put_json(FILE *out, const struct cost *cost) {
  const struct oio_fault_totals *faults = &cost->with.faults;
  fprintf(out, "{\"oio_faults_cost\":1,\"good\":%s,\"links\":%" PRIu32, whole(cost) ? "true" : "false", cost->links);
  if (faults->down_unknown)
    fputs(",\"availability\":null,\"all_up\":null,\"efficiency_lost\":", out);
  else
    fprintf(out, ",\"availability\":%.9f,\"all_up\":%.9f,\"efficiency_lost\":", faults->availability, faults->all_up);
  if (whole(cost))
    fprintf(out, "%.9f", lost(cost));
  else
    fputs("null", out);
  fprintf(out, ",\"time_ps\":{\"with\":%.3f,\"without\":%.3f},\"latency_ps\":{", time_of(cost, &cost->with), time_of(cost, &cost->without));
  for (unsigned i = 0; i < TAILS; i++)
    fprintf(out, "%s\"%s\":{\"with\":%" PRIu64 ",\"without\":%" PRIu64 "}", i == 0 ? "" : ",", tail_names[i], tail_of(&cost->with, i),
            tail_of(&cost->without, i));
  fputs("},\"of_link\":[", out);
  const char *between = "";
  for (size_t i = 0; !faults->down_unknown && i < cost->outages.count; i = outages_next_link(&cost->outages, i)) {
    size_t downs;
    const uint64_t down_ps = outages_of_link(&cost->outages, i, false, &downs);
    fprintf(out, "%s{\"link\":%" PRIu32 ",\"downs\":%zu,\"down_ps\":%" PRIu64 ",\"availability\":%.9f}", between, cost->outages.at[i].link,
            downs, down_ps, part_up(cost, down_ps));
    between = ",";
  }
  fputs("]}\n", out);
}

static void put_table(const struct cost *cost) {
  const struct oio_fault_totals *faults = &cost->with.faults;
  for (size_t i = 0; !faults->down_unknown && i < cost->outages.count; i = outages_next_link(&cost->outages, i)) {
    size_t downs;
    const uint64_t down_ps = outages_of_link(&cost->outages, i, false, &downs);
    printf("link %-9" PRIu32 " down %zu times, %.3f ns; up %.7f of the time\n", cost->outages.at[i].link, downs, (double)down_ps / 1e3,
           part_up(cost, down_ps));
  }
  if (faults->down_unknown)
    printf("availability   not known: a link goes down or comes up with a flit; a schedule with times in its place says it\n");
  else
    printf("availability   a link is up %.7f of the time, in the mean of %" PRIu32 "; all are at once %.7f\n", faults->availability,
           cost->links, faults->all_up);
  printf("time ns        with faults %.3f  without %.3f  %s\n", time_of(cost, &cost->with) / 1e3, time_of(cost, &cost->without) / 1e3,
         cost->with.iteration_ps > 0 && cost->without.iteration_ps > 0 ? "(an iteration)" : "(the run)");
  if (whole(cost)) printf("efficiency     %.7f of it is lost\n", lost(cost));
  for (unsigned i = 0; i < TAILS; i++)
    printf("%-5s ns       with faults %.3f  without %.3f\n", tail_names[i], (double)tail_of(&cost->with, i) / 1e3,
           (double)tail_of(&cost->without, i) / 1e3);
}

static int report(const struct options *options, const struct cost *cost) {
  struct oio_error error = {""};
  struct page page;
  char *text = NULL;
  if (page_begin(&page)) {
    put_json(page.out, cost);
    text = page_end(&page);
  }
  if (text == NULL) return refuse("out of memory; close other programs");
  const bool alone = options_print_json(options);
  if (!alone && !options->quiet) put_table(cost);
  if (alone) fputs(text, stdout);
  const bool written = alone || options->json == NULL || oio_write_whole(options->json, text, &error) == OIO_OK;
  free(text);
  if (!written) return refuse(error.text);
  if (whole(cost)) return EXIT_DONE;
  fprintf(stderr, "oio faults cost: the run %s is not good%s%s\n", oio_results_good(&cost->with) ? "without faults" : "under the schedule",
          cost->with.failure[0] != '\0' ? ": " : "", cost->with.failure);
  return EXIT_BAD_RESULT;
}

static int run(const struct options *options) {
  struct cost cost = {.links = 0};
  if (options->config.faults[0] == '\0') return refuse("there is no schedule; give --faults");
  if (options->repeat > 1 || options->csv != NULL || options->append != NULL || options->db != NULL)
    return refuse("--repeat, --csv, --append and --db are of oio sim; leave them out");
  if (options->flit_log != NULL || options->pcap != NULL || options->perfetto != NULL)
    return refuse("--flit-log, --pcap and --perfetto are of oio sim; leave them out");
  int status = carry_out(options, true, &cost);
  if (status == EXIT_DONE) status = carry_out(options, false, &cost);
  if (status == EXIT_DONE) status = report(options, &cost);
  free(cost.outages.at);
  return status;
}

int faults_cost(int argc, char **argv) {
  return options_run(argc, argv, false, run);
}
