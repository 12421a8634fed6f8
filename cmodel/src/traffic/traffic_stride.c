/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/traffic_stride.h"

#include "traffic/buckets.h"
#include "traffic/traffic_state.h"

bool oio_traffic_stride_possible(const struct oio_traffic *traffic) {
  return traffic->trace == NULL && traffic->workload.pair.kind == OIO_SATURATE && traffic->paths == NULL;
}

void oio_traffic_note_deliveries(struct oio_traffic *traffic, struct oio_delivery_log *log) {
  traffic->log = log;
  traffic->looked_at = traffic->detail != NULL || log != NULL;
}

uint64_t oio_traffic_stride_from(const struct oio_traffic *traffic) {
  return traffic->limit;
}

static void note_id(struct oio_stride *s, uint64_t id) {
  oio_stride_same(s, id == OIO_NO_MESSAGE ? id : s->first_id - id);
}

/* The time of a message that is over says nothing: delays count from it, and there are none. */
static void message(struct oio_outstanding *m, struct oio_stride *s) {
  oio_stride_same(s, m->message.bytes);
  oio_stride_same(s, (uint64_t)m->flow << 8 | m->phase);
  if (m->phase >= OIO_SKIPPED) return;
  oio_stride_moment(s, &m->entry_ps);
  note_id(s, m->next);
}

/* first_packed_ps is that of the message which is being put together; when there is none it is forgotten. */
static void flow(struct oio_flow *f, struct oio_stride *s) {
  note_id(s, f->order.first);
  if (f->order.first != OIO_NO_MESSAGE) note_id(s, f->order.last);
  note_id(s, f->unsent);
  oio_stride_same(s, f->unsent_count);
  oio_stride_same(s, f->next_unsent);
  oio_stride_same(s, f->bad);
  oio_stride_same(s, f->lost);
  oio_stride_same(s, f->assembled_bytes == 0);
  if (f->assembled_bytes > 0) oio_stride_moment(s, &f->first_packed_ps);
  oio_stride_towards(s, &f->assembled_bytes, UINT64_MAX, f->order.first);
  oio_stride_count(s, &f->sent);
  oio_stride_count(s, &f->delivered);
  oio_stride_count(s, &f->bytes);
  oio_stride_sum(s, &f->latency);
}

static void senders(const struct oio_traffic *traffic, struct oio_stride *s) {
  for (uint32_t die = 0; die < traffic->dies; die++) {
    const struct oio_sender *sender = &traffic->senders[die];
    oio_stride_same(s, (uint64_t)sender->waiting << 32 | sender->last);
    oio_stride_same(s, sender->held << 2 | (uint64_t)sender->open << 1 | sender->hungry);
  }
  oio_stride_same(s, (uint64_t)traffic->open_count << 32 | traffic->hungry_count);
  for (uint32_t i = 0; i < traffic->open_count; i++) oio_stride_same(s, traffic->open[i]);
  for (uint32_t i = 0; i < (traffic->dies + 63) / 64; i++) oio_stride_same(s, traffic->fed[i]);
  oio_stride_same(s, (uint64_t)traffic->told << 2 | (uint64_t)traffic->woken << 1 | traffic->crowded);
}

static void counts(struct oio_traffic_counts *c, struct oio_stride *s) {
  const uint64_t rare[] = {c->lost,  c->outstanding,   c->duplicated, c->reordered, c->corrupted,
                           c->local, c->warm_up_bytes, c->dropped,    c->revived,   c->stalled_reading};
  for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) oio_stride_same(s, rare[i]);
  oio_stride_count(s, &c->sent);
  oio_stride_count(s, &c->delivered);
  oio_stride_count(s, &c->records);
  oio_stride_count(s, &c->bytes);
  oio_stride_count(s, &c->segments);
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) oio_stride_sum(s, &c->parts[part]);
}

/* Messages left to be made: the last of them is one too many. */
static void generator(struct oio_generate *g, struct oio_stride *s) {
  for (unsigned die = 0; die < 2; die++) {
    oio_stride_same(s, g->left[die] == 0);
    oio_stride_towards(s, &g->left[die], g->left[die] == 0 ? 0 : g->left[die] - 1, 0);
    oio_stride_same(s, g->vc[die]);
  }
}

void oio_traffic_stride(struct oio_traffic *traffic, struct oio_stride *s) {
  oio_stride_require(s, !traffic->has_peeked && traffic->timed_count == 0 && traffic->local.first == OIO_NO_MESSAGE);
  oio_stride_same(s, traffic->limit - traffic->base);
  for (uint64_t id = traffic->base; id != traffic->limit && !s->unfit; id++) {
    struct oio_outstanding *m = oio_outstanding_at(traffic, id);
    oio_stride_require(s, m->phase >= OIO_SKIPPED || m->entry_ps >= traffic->config.warm_up_ps);
    message(m, s);
  }
  for (uint32_t i = 1; i < traffic->flows_count && !s->unfit; i++) flow(&traffic->flows[i], s);
  senders(traffic, s);
  counts(&traffic->counts, s);
  generator(&traffic->workload.pair, s);
  oio_stride_count(s, &traffic->latency.count);
  oio_stride_sum(s, &traffic->latency.sum);
}

/* Least and greatest stay what they are. */
void oio_traffic_stride_deliver(struct oio_traffic *traffic, const struct oio_delivery_log *log, const struct oio_stride *s) {
  for (uint32_t i = 0; i < log->count; i++) {
    const struct oio_delivery *d = &log->delivery[i];
    traffic->latency.buckets[oio_bucket_of(d->now_ps - d->entry_ps, OIO_HISTOGRAM_BITS)] += s->periods;
  }
  for (uint64_t period = 1; traffic->detail != NULL && period <= s->periods; period++) {
    for (uint32_t i = 0; i < log->count; i++) {
      struct oio_delivery d = log->delivery[i];
      d.entry_ps += period * s->period_ps;
      d.now_ps += period * s->period_ps;
      oio_detail_add(traffic->detail, &d);
    }
  }
}
