/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/generate.h"

#include <string.h>

enum { STREAM_GENERATE = 100 };

/* Poisson: exponential gaps. Burst: whole bursts back to back, exponential silence between, the same mean. */
static void advance(struct oio_generate *g, unsigned die) {
  const double draw = -oio_ln(oio_rng_unit(&g->rng[die]));
  if (g->kind == OIO_POISSON) {
    g->next_ps[die] += draw * g->gap_ps;
  } else if (++g->in_burst[die] < g->burst_messages) {
    g->next_ps[die] += g->flit_ps;
  } else {
    g->in_burst[die] = 0;
    g->next_ps[die] += g->flit_ps + draw * (double)g->burst_messages * (g->gap_ps - g->flit_ps);
  }
}

void oio_generate_start(struct oio_generate *g, const struct oio_config *config) {
  memset(g, 0, sizeof *g);
  g->kind = (enum oio_generator)config->generator;
  if (g->kind == OIO_GENERATE_NOTHING) return;
  g->burst_messages = config->burst_messages;
  g->vcs = config->generated_vcs;
  /* A message of 224 bytes fills a flit; others take their share of flit times. */
  const double flits = (double)config->message_bytes / OIO_SEGMENT_BYTES_MAX;
  g->flit_ps = (double)oio_config_optical_flit_ps(config) * (flits < 1 ? 1 : flits);
  g->gap_ps = g->flit_ps / config->load;
  g->left[0] = config->directions == OIO_BOTH_WAYS ? (config->messages + 1) / 2 : config->directions == OIO_A_TO_B ? config->messages : 0;
  g->left[1] = config->messages - g->left[0];
  for (unsigned die = 0; die < 2; die++) {
    g->records[die] = (struct oio_record){.bytes = config->message_bytes, .source = die, .destination = !die};
    oio_rng_seed(&g->rng[die], config->seed, STREAM_GENERATE + die);
    if (g->kind == OIO_POISSON) advance(g, die);
  }
}

/* Writes what changes from one record of a die to the next. */
static inline const struct oio_record *make(struct oio_generate *g, unsigned die, oio_time_ps time_ps) {
  struct oio_record *record = &g->records[die];
  record->time_ps = time_ps;
  record->id = g->next_id++;
  record->vc = g->vc[die];
  g->vc[die] = (uint8_t)(g->vc[die] + 1u == g->vcs ? 0 : g->vc[die] + 1u);
  g->left[die]--;
  return record;
}

const struct oio_record *oio_generate_for(struct oio_generate *g, unsigned die, oio_time_ps now_ps) {
  return make(g, die, now_ps);
}

bool oio_generate_next(struct oio_generate *g, struct oio_record *record) {
  if (g->kind == OIO_GENERATE_NOTHING || (g->left[0] == 0 && g->left[1] == 0)) return false;
  const unsigned die = g->left[0] == 0 || (g->left[1] > 0 && g->next_ps[1] < g->next_ps[0]);
  *record = *make(g, die, (oio_time_ps)g->next_ps[die]);
  advance(g, die);
  return true;
}
