/* SPDX-License-Identifier: Apache-2.0 */
#include "info_print.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAIRS_SHOWN = 8 };

static oio_time_ps span_ps(const struct digest *digest) {
  return digest->last_ps - digest->first_ps;
}

/* Bits per picosecond are terabits per second. */
static double rate_gbps(uint64_t bytes, oio_time_ps time_ps) {
  return time_ps > 0 ? 8e3 * (double)bytes / (double)time_ps : 0;
}

static unsigned bins_used(const struct digest *digest) {
  return digest->all.messages > 0 ? (unsigned)(span_ps(digest) / digest->bin_ps) + 1 : 0;
}

static uint64_t fullest_bin(const struct digest *digest) {
  uint64_t most = 0;
  for (unsigned i = 0; i < DIGEST_BINS; i++)
    if (digest->bytes_in[i] > most) most = digest->bytes_in[i];
  return most;
}

static void print_rate(const struct digest *digest) {
  static const char *const levels[] = {" ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
  const uint64_t most = fullest_bin(digest);
  if (most == 0) return;
  printf("rate     |");
  for (unsigned i = 0; i < bins_used(digest); i++) {
    const double share = (double)digest->bytes_in[i] / (double)most;
    printf("%s", levels[digest->bytes_in[i] == 0 ? 0 : 1 + (unsigned)(share * 7)]);
  }
  printf("|\n         each column %.6g us, the highest %.6g Gb/s\n", (double)digest->bin_ps * 1e-6, rate_gbps(most, digest->bin_ps));
}

static void print_count(const char *label, const struct digest_count *count) {
  printf("%-8s %12" PRIu64 " messages %16" PRIu64 " bytes\n", label, count->messages, count->bytes);
}

static void print_pairs(const struct digest *digest) {
  char label[32];
  struct digest_count rest = digest->other_pairs;
  for (uint32_t i = 0; i < digest->pairs_count; i++) {
    const struct digest_pair *pair = &digest->pairs[i];
    if (i >= PAIRS_SHOWN) {
      rest.messages += pair->count.messages;
      rest.bytes += pair->count.bytes;
      continue;
    }
    snprintf(label, sizeof label, "%" PRIu32 "->%" PRIu32, pair->source, pair->destination);
    print_count(label, &pair->count);
  }
  if (rest.messages > 0) print_count("others", &rest);
}

void info_print_text(const char *path, const struct oio_trace_header *header, const struct digest *digest) {
  char label[16];
  printf("trace    %s\n", path);
  if (header->source[0] != '\0') printf("source   %s\n", header->source);
  printf("nodes    %" PRIu32 "\n", header->nodes);
  if (header->map[0] != '\0') printf("map      %s\n", header->map);
  printf("records  %" PRIu64 ", ids from %" PRIu64 "\n", digest->all.messages, digest->first_id);
  printf("span     %.6f us, from %.6f us to %.6f us\n", (double)span_ps(digest) * 1e-6, (double)digest->first_ps * 1e-6,
         (double)digest->last_ps * 1e-6);
  printf("bytes    %" PRIu64 ", %.6g Gb/s on average\n", digest->all.bytes, rate_gbps(digest->all.bytes, span_ps(digest)));
  printf("waits    %" PRIu64 " messages wait for %" PRIu64 " others, one for at most %" PRIu32 "\n", digest->waiting, digest->waits,
         digest->waits_max);
  if (digest->with_payload.messages > 0) print_count("payload", &digest->with_payload);
  for (unsigned vc = 0; vc < OIO_TRACE_VCS_MAX; vc++) {
    if (digest->vc[vc].messages == 0) continue;
    snprintf(label, sizeof label, "vc %u", vc);
    print_count(label, &digest->vc[vc]);
  }
  if (digest->die != NULL) {
    print_count("die 0->1", &digest->crossing[0]);
    print_count("die 1->0", &digest->crossing[1]);
  }
  print_pairs(digest);
  print_rate(digest);
}

/* The head's texts are printable ASCII; a path may be anything, and what is no ASCII in it becomes '?'. */
static void print_string(const char *name, const char *text) {
  printf("\"%s\": \"", name);
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\') putchar('\\');
    putchar(*text >= ' ' && *text <= '~' ? *text : '?');
  }
  printf("\"");
}

static void print_json_count(const struct digest_count *count) {
  printf("\"messages\": %" PRIu64 ", \"bytes\": %" PRIu64 "}", count->messages, count->bytes);
}

static void print_json_counts(const struct digest *digest) {
  printf("  \"vcs\": [");
  for (unsigned vc = 0, printed = 0; vc < OIO_TRACE_VCS_MAX; vc++) {
    if (digest->vc[vc].messages == 0) continue;
    printf("%s{\"vc\": %u, ", printed++ > 0 ? ", " : "", vc);
    print_json_count(&digest->vc[vc]);
  }
  printf("],\n  \"crossing\": [");
  for (unsigned die = 0; die < 2 && digest->die != NULL; die++) {
    printf("%s{\"from_die\": %u, ", die > 0 ? ", " : "", die);
    print_json_count(&digest->crossing[die]);
  }
  printf("],\n  \"pairs\": [");
  for (uint32_t i = 0; i < digest->pairs_count; i++) {
    const struct digest_pair *pair = &digest->pairs[i];
    printf("%s{\"source\": %" PRIu32 ", \"destination\": %" PRIu32 ", ", i > 0 ? ",\n            " : "", pair->source, pair->destination);
    print_json_count(&pair->count);
  }
  printf("],\n  \"other_pairs\": {");
  print_json_count(&digest->other_pairs);
}

void info_print_json(const char *path, const struct oio_trace_header *header, const struct digest *digest) {
  printf("{\n  \"version\": %d,\n  ", OIO_TRACE_VERSION);
  print_string("file", path);
  printf(",\n  ");
  print_string("source", header->source);
  printf(",\n  ");
  print_string("map", header->map);
  printf(",\n  \"nodes\": %" PRIu32 ",\n  \"records\": %" PRIu64 ",\n  \"first_id\": %" PRIu64 ",\n  \"bytes\": %" PRIu64 ",\n",
         header->nodes, digest->all.messages, digest->first_id, digest->all.bytes);
  printf("  \"first_ps\": %" PRIu64 ",\n  \"last_ps\": %" PRIu64 ",\n", digest->first_ps, digest->last_ps);
  printf("  \"waiting\": %" PRIu64 ",\n  \"waits\": %" PRIu64 ",\n  \"waits_max\": %" PRIu32 ",\n  \"payloads\": %" PRIu64 ",\n",
         digest->waiting, digest->waits, digest->waits_max, digest->with_payload.messages);
  print_json_counts(digest);
  printf(",\n  \"rate_bin_ps\": %" PRIu64 ",\n  \"rate_bytes\": [", digest->bin_ps);
  for (unsigned i = 0; i < bins_used(digest); i++) printf("%s%" PRIu64, i > 0 ? ", " : "", digest->bytes_in[i]);
  printf("]\n}\n");
}
