/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <stdlib.h>
#include <string.h>

enum oio_status digest_start(struct digest *digest, const struct oio_trace_header *header, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  *digest = (struct digest){.bin_ps = 1, .dies = header->dies > 0 ? header->dies : header->map[0] != '\0' ? 2 : 0};
  const uint32_t sides = digest->dies > 2 ? digest->dies : header->nodes;
  digest->matrix.each = (sides + DIGEST_CELLS - 1) / DIGEST_CELLS;
  digest->matrix.cells = (sides + digest->matrix.each - 1) / digest->matrix.each;
  chain_start(&digest->chain);
  digest->nodes.list = calloc(DIGEST_PAIRS_MAX, sizeof *digest->nodes.list);
  bool enough = digest->nodes.list != NULL;
  if (digest->dies > 0) {
    digest->crossing.list = calloc(DIGEST_PAIRS_MAX, sizeof *digest->crossing.list);
    digest->die = malloc(header->nodes * sizeof *digest->die);
    enough = enough && digest->crossing.list != NULL && digest->die != NULL;
  }
  if (!enough)
    status = oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  else if (digest->dies > 0)
    status = oio_trace_place(header, digest->dies, digest->die, error);
  if (status != OIO_OK) digest_free(digest);
  return status;
}

static void count(struct digest_count *to, uint64_t bytes) {
  to->messages++;
  to->bytes += bytes;
}

static void count_pair(struct digest_pairs *pairs, uint32_t source, uint32_t destination, uint64_t bytes) {
  uint32_t at = (source * 2654435761u ^ destination * 2246822519u) >> 16;
  for (;; at++) {
    struct digest_pair *pair = &pairs->list[at % DIGEST_PAIRS_MAX];
    if (pair->count.messages == 0) {
      if (pairs->count == DIGEST_PAIRS_MAX / 2) break;
      pairs->count++;
      pair->source = source;
      pair->destination = destination;
    } else if (pair->source != source || pair->destination != destination) {
      continue;
    }
    count(&pair->count, bytes);
    return;
  }
  count(&pairs->others, bytes);
}

/* 0 of 0, else 1 more than the logarithm to base 2, rounded down. Values are below 2^63. */
static unsigned power_of(uint64_t value) {
  unsigned power = 0;
  for (; value > 0; value >>= 1) power++;
  return power;
}

static void count_waits(struct digest *digest, const struct oio_record *record) {
  if (record->waits_count > 0) digest->waiting++;
  digest->waits += record->waits_count;
  if (record->waits_count > digest->waits_max) digest->waits_max = record->waits_count;
  for (uint32_t i = 0; record->delays_ps != NULL && i < record->waits_count; i++) {
    digest->delays += record->delays_ps[i] > 0;
    if (record->delays_ps[i] > digest->delay_max_ps) digest->delay_max_ps = record->delays_ps[i];
  }
}

/* Twice the time a bin, as often as it takes for `at` to fall into one. */
static void count_bin(struct digest *digest, oio_time_ps at, uint64_t bytes) {
  while (at / digest->bin_ps >= DIGEST_BINS) {
    for (unsigned i = 0; i < DIGEST_BINS / 2; i++) digest->bytes_in[i] = digest->bytes_in[2 * i] + digest->bytes_in[2 * i + 1];
    memset(digest->bytes_in + DIGEST_BINS / 2, 0, DIGEST_BINS / 2 * sizeof digest->bytes_in[0]);
    digest->bin_ps *= 2;
  }
  digest->bytes_in[at / digest->bin_ps] += bytes;
}

static void count_cell(struct digest_matrix *matrix, uint32_t source, uint32_t destination, uint64_t bytes) {
  matrix->bytes[source / matrix->each][destination / matrix->each] += bytes;
}

void digest_add(struct digest *digest, const struct oio_record *record) {
  if (digest->all.messages == 0) {
    digest->first_id = record->id;
    digest->first_ps = record->time_ps;
  }
  if (digest->all.messages > 0) digest->gaps[power_of(record->time_ps - digest->last_ps)]++;
  digest->last_ps = record->time_ps;
  count(&digest->sizes[power_of(record->bytes)], record->bytes);
  count(&digest->all, record->bytes);
  count(&digest->vc[record->vc], record->bytes);
  if (record->payload != NULL) count(&digest->with_payload, record->bytes);
  count_waits(digest, record);
  chain_add(&digest->chain, record);
  const uint32_t *die = digest->die;
  const bool crosses = die != NULL && die[record->source] != die[record->destination];
  if (crosses) count_pair(&digest->crossing, die[record->source], die[record->destination], record->bytes);
  if (digest->dies > 2 && crosses) count_cell(&digest->matrix, die[record->source], die[record->destination], record->bytes);
  if (digest->dies <= 2) count_cell(&digest->matrix, record->source, record->destination, record->bytes);
  count_pair(&digest->nodes, record->source, record->destination, record->bytes);
  count_bin(digest, record->time_ps - digest->first_ps, record->bytes);
}

static int most_first(const void *left, const void *right) {
  const struct digest_pair *a = left, *b = right;
  if (a->count.bytes != b->count.bytes) return a->count.bytes > b->count.bytes ? -1 : 1;
  if (a->source != b->source) return a->source < b->source ? -1 : 1;
  return a->destination < b->destination ? -1 : a->destination > b->destination;
}

static void sort(struct digest_pairs *pairs) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < DIGEST_PAIRS_MAX; i++)
    if (pairs->list[i].count.messages > 0) pairs->list[kept++] = pairs->list[i];
  qsort(pairs->list, kept, sizeof *pairs->list, most_first);
}

void digest_finish(struct digest *digest) {
  sort(&digest->nodes);
  if (digest->die != NULL) sort(&digest->crossing);
}

void digest_free(struct digest *digest) {
  free(digest->nodes.list);
  free(digest->crossing.list);
  free(digest->die);
  chain_free(&digest->chain);
}
