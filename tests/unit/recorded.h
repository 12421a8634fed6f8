/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace that a test writes, by the library's writer, which has tests of its own, and opens. Nodes 0 and 1 are on die A, 2 and 3 on die B.
 * Include after <cmocka.h> and "chance.h".
 */
#ifndef OIO_TESTS_RECORDED_H
#define OIO_TESTS_RECORDED_H

#include <stdio.h>
#include <unistd.h>

#include "configured.h"
#include "oio/trace.h"

struct recorded {
  struct oio_trace_reader *trace;
  char path[64];
};

static inline void record(struct recorded *r, const struct oio_record *records, unsigned count) {
  struct oio_trace_writer *writer;
  struct oio_error error;
  const struct oio_trace_header header = {.nodes = 4, .map = "0-1:0,2-3:1"};
  snprintf(r->path, sizeof r->path, CHANCE_PROGRAM "-%ld.oiotrace.gz", (long)getpid());
  if (oio_trace_create(&writer, r->path, &header, &error) != OIO_OK) fail_msg("%s", error.text);
  for (unsigned i = 0; i < count; i++) {
    if (oio_trace_put(writer, &records[i], &error) != OIO_OK) fail_msg("%s", error.text);
  }
  if (oio_trace_finish(writer, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_trace_open(&r->trace, r->path, &error) != OIO_OK) fail_msg("%s", error.text);
}

static inline void forget(struct recorded *r) {
  if (r->trace == NULL) return;
  oio_trace_close(r->trace);
  unlink(r->path);
}

#endif
