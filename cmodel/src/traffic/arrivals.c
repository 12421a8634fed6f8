/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/arrivals.h"

void oio_arrivals_set(struct oio_arrivals *a, const struct oio_config *config) {
  const double duty = config->burst_duty;
  *a = (struct oio_arrivals){.bursts = config->generator == OIO_BURST, .sources = (uint32_t)config->burst_sources, .duty = duty};
  a->message_rate = 1 / ((double)a->sources * duty);
  if (duty >= 1) return; /* always on */
  a->end_rate = a->message_rate / (double)config->burst_messages;
  a->begin_rate = a->end_rate * duty / (1 - duty);
}

static double draw(struct oio_arrival *arrival) {
  return -oio_ln(oio_rng_unit(&arrival->rng));
}

/* All sources together are one chain of states, "so many are on": what happens next is a message, an end or a beginning. */
static void advance_bursts(const struct oio_arrivals *a, struct oio_arrival *arrival) {
  for (;;) {
    const double messages = arrival->on * a->message_rate, ends = messages + arrival->on * a->end_rate;
    const double all = ends + (a->sources - arrival->on) * a->begin_rate;
    arrival->next_ps += draw(arrival) / all * arrival->gap_ps;
    const double what = oio_rng_unit(&arrival->rng) * all;
    if (what <= messages) return;
    if (what <= ends) {
      arrival->on--;
    } else {
      arrival->on++;
    }
  }
}

void oio_arrivals_advance(const struct oio_arrivals *a, struct oio_arrival *arrival) {
  if (a->bursts) {
    advance_bursts(a, arrival);
  } else {
    arrival->next_ps += draw(arrival) * arrival->gap_ps;
  }
}

void oio_arrivals_start(const struct oio_arrivals *a, struct oio_arrival *arrival, double gap_ps, uint64_t seed, uint64_t stream) {
  *arrival = (struct oio_arrival){.gap_ps = gap_ps};
  oio_rng_seed(&arrival->rng, seed, stream);
  for (uint32_t source = 0; a->bursts && source < a->sources; source++) arrival->on += oio_rng_unit(&arrival->rng) <= a->duty;
  oio_arrivals_advance(a, arrival);
}
