/* SPDX-License-Identifier: Apache-2.0 */
/* A wire log of anything: it is judged to its end, or refused in a line that names the file. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "check/judge.h"
#include "oio/flit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const heads[] = {
    "oio-wire 1\nport a profile=plain format=3 flit_ps=4000\n---\n",
    "oio-wire 1\n# two\nport a format=3 sequence_bits=8 window_flits=8 buffer_flits=8 peer_buffer_flits=8 timeout_ps=400000 "
    "nak_repeat_ps=100000 "
    "ack_delay_ps=10000 response_ps=40000 behind=b\nport b format=6 sequence_bits=16 window_flits=8 buffer_flits=8 peer_buffer_flits=8 "
    "behind=a\n---\n"};

/* A flit of format 3 each, with bytes that a change of one digit makes wrong. */
size_t fuzz_seed(unsigned index, uint8_t *data) {
  if (index >= 2) return 0;
  char *at = (char *)data;
  at += sprintf(at, "%s", heads[index]);
  for (unsigned i = 1; i < 4; i++) {
    uint8_t flit[OIO_FLIT_BYTES] = {0};
    const struct oio_flit_head head = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = (uint16_t)i, .credit_limit = 8};
    oio_flit_put_head(oio_flit_format(3), flit, &head);
    oio_flit_seal(oio_flit_format(3), flit);
    at += sprintf(at, "%u a %s ", 4000 * i, i % 2 ? "out" : "in");
    for (unsigned k = 0; k < OIO_FLIT_BYTES; k++) at += sprintf(at, "%02x", flit[k]);
    *at++ = '\n';
  }
  return (size_t)(at - (char *)data);
}

static void judge_file(const char *path) {
  static struct judge judge;
  static struct oio_waivers none;
  struct wire_log *log = malloc(sizeof *log);
  struct wire_event event;
  struct judge_finding finding;
  struct oio_error error;
  bool more = true;
  if (log == NULL) abort();
  enum oio_status status = wire_log_open(log, path, &error);
  if (status == OIO_OK) {
    status = judge_start(&judge, log, &none, &error);
    while (status == OIO_OK && (status = wire_log_next(log, &event, &more, &error)) == OIO_OK && more) {
      status = judge_event(&judge, &event, &error);
      while (judge_fetch(&judge, &finding))
        if (finding.rule == NULL || finding.text[0] == '\0') abort();
    }
    if (status == OIO_OK) judge_end(&judge);
    judge_free(&judge);
    wire_log_close(log);
  }
  if (status != OIO_OK && (strchr(error.text, '\n') != NULL || strstr(error.text, path) == NULL)) {
    fprintf(stderr, "not one line that names the file: %s\n", error.text);
    abort();
  }
  free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[40];
  const int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, data, size) != (ssize_t)size) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  judge_file(path);
  close(file);
  return 0;
}
