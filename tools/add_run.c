/* SPDX-License-Identifier: Apache-2.0 */
#include "add_run.h"

#include "page.h"
#include "quoted.h"

#include <stdlib.h>
#include <string.h>

static char *latency_of(const struct oio_traffic *traffic) {
  struct page page;
  if (!page_begin(&page)) return NULL;
  quoted_put_latency(page.out, oio_traffic_latency(traffic));
  return page_end(&page);
}

bool add_run_make(struct add_run_texts *texts, struct results_entry *entry, const struct oio_results *results, const struct oio_run *run) {
  *texts = (struct add_run_texts){.results = oio_results_json(results, entry->config, run),
                                  .latency_member = run->traffic == NULL ? NULL : latency_of(run->traffic)};
  entry->results = texts->results;
  entry->latency = texts->latency_member == NULL ? NULL : strchr(texts->latency_member, '{');
  entry->result = results->partial ? "partial" : oio_results_good(results) ? "good" : "bad";
  entry->error = "";
  return texts->results != NULL && (run->traffic == NULL || texts->latency_member != NULL);
}

void add_run_free(struct add_run_texts *texts) {
  free(texts->results);
  free(texts->latency_member);
  *texts = (struct add_run_texts){.results = NULL};
}
