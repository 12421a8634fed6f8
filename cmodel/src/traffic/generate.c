/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/generate.h"

#include <string.h>

enum { STREAM_GENERATE = 100 };

void oio_generate_start(struct oio_generate *g, const struct oio_config *config) {
  double gap_ps;
  memset(g, 0, sizeof *g);
  g->kind = (enum oio_generator)config->generator;
  if (g->kind == OIO_GENERATE_NOTHING) return;
  g->vcs = config->generated_vcs;
  g->left[0] = config->directions == OIO_BOTH_WAYS ? (config->messages + 1) / 2 : config->directions == OIO_A_TO_B ? config->messages : 0;
  g->left[1] = config->messages - g->left[0];
  oio_offer_of_two(&g->offer, config, &gap_ps);
  oio_arrivals_set(&g->arrivals, config);
  for (unsigned die = 0; die < 2; die++) {
    g->records[die] = (struct oio_record){.bytes = config->message_bytes, .source = die, .destination = !die};
    oio_arrivals_start(&g->arrivals, &g->arrival[die], gap_ps, config->seed, STREAM_GENERATE + die);
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
  const unsigned die = g->left[0] == 0 || (g->left[1] > 0 && g->arrival[1].next_ps < g->arrival[0].next_ps);
  *record = *make(g, die, (oio_time_ps)g->arrival[die].next_ps);
  oio_arrivals_advance(&g->arrivals, &g->arrival[die]);
  return true;
}
