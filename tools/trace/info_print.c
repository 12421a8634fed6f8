/* SPDX-License-Identifier: Apache-2.0 */
#include "info_print.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAIRS_SHOWN = 8, MATRIX_MAX = 12 };

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

static void print_pairs(const char *of, const struct digest_pairs *pairs) {
  char label[32];
  struct digest_count rest = pairs->others;
  for (uint32_t i = 0; i < pairs->count; i++) {
    const struct digest_pair *pair = &pairs->list[i];
    if (i >= PAIRS_SHOWN) {
      rest.messages += pair->count.messages;
      rest.bytes += pair->count.bytes;
      continue;
    }
    snprintf(label, sizeof label, "%s%" PRIu32 "->%" PRIu32, of, pair->source, pair->destination);
    print_count(label, &pair->count);
  }
  snprintf(label, sizeof label, "%sothers", of);
  if (rest.messages > 0) print_count(label, &rest);
}

/* From one to another, 0 when there is no such pair. */
static struct digest_count between(const struct digest_pairs *pairs, uint32_t source, uint32_t destination) {
  for (uint32_t i = 0; i < pairs->count; i++) {
    const struct digest_pair *pair = &pairs->list[i];
    if (pair->source == source && pair->destination == destination) return pair->count;
  }
  return (struct digest_count){0};
}

/* The lowest and the highest value of a power of digest.h. */
static uint64_t lowest(unsigned power) {
  return power == 0 ? 0 : (uint64_t)1 << (power - 1);
}

static uint64_t highest(unsigned power) {
  return power == 0 ? 0 : 2 * lowest(power) - 1;
}

static void print_sizes_and_gaps(const struct digest *digest) {
  for (unsigned power = 0; power < DIGEST_POWERS; power++) {
    const struct digest_count *count = &digest->sizes[power];
    if (count->messages == 0) continue;
    printf("size     %12" PRIu64 " messages %16" PRIu64 " bytes, each %" PRIu64 " to %" PRIu64 "\n", count->messages, count->bytes,
           lowest(power), highest(power));
  }
  for (unsigned power = 0; power < DIGEST_POWERS; power++) {
    if (digest->gaps[power] == 0) continue;
    printf("gap      %12" PRIu64 " messages %s", digest->gaps[power], power == 0 ? "at the time of the one before\n" : "");
    if (power > 0) printf("%.6f to %.6f us after the one before\n", (double)lowest(power) * 1e-6, (double)highest(power) * 1e-6);
  }
}

/* Who sends how much to whom, rows to columns. */
static void print_matrix(const char *of, const struct digest_pairs *pairs, uint32_t wide) {
  printf("matrix   MB from a %s (row) to a %s (column)\n%9s", of, of, "");
  for (uint32_t to = 0; to < wide; to++) printf(" %9" PRIu32, to);
  for (uint32_t from = 0; from < wide; from++) {
    printf("\n%9" PRIu32, from);
    for (uint32_t to = 0; to < wide; to++) {
      const struct digest_count count = between(pairs, from, to);
      if (count.messages == 0)
        printf(" %9s", "-");
      else
        printf(" %9.4g", (double)count.bytes / 1e6);
    }
  }
  putchar('\n');
}

/* What lets the last message enter, whatever the net. */
static void print_chain(const struct chain_end *last) {
  printf("critical %" PRIu64 " messages one after the other, %" PRIu64 " bytes and %.6f us of delays; the last enters at %.6f us\n",
         last->messages, last->bytes, (double)last->delays_ps * 1e-6, (double)last->entry_ps * 1e-6);
}

void info_print_text(const char *path, const struct oio_trace_header *header, const struct digest *digest) {
  char label[16];
  printf("trace    %s\n", path);
  if (header->source[0] != '\0') printf("source   %s\n", header->source);
  printf("nodes    %" PRIu32 "\n", header->nodes);
  if (header->dies > 0) printf("dies     %" PRIu32 "\n", header->dies);
  if (header->map[0] != '\0') printf("map      %s\n", header->map);
  printf("records  %" PRIu64 ", ids from %" PRIu64 "\n", digest->all.messages, digest->first_id);
  printf("span     %.6f us, from %.6f us to %.6f us\n", (double)span_ps(digest) * 1e-6, (double)digest->first_ps * 1e-6,
         (double)digest->last_ps * 1e-6);
  printf("bytes    %" PRIu64 ", %.6g Gb/s on average\n", digest->all.bytes, rate_gbps(digest->all.bytes, span_ps(digest)));
  printf("waits    %" PRIu64 " messages wait for %" PRIu64 " others, one for at most %" PRIu32 "\n", digest->waiting, digest->waits,
         digest->waits_max);
  if (digest->delays > 0)
    printf("delays   %" PRIu64 " waits have one, of at most %.6f us\n", digest->delays, (double)digest->delay_max_ps * 1e-6);
  print_chain(&digest->chain.last);
  if (digest->with_payload.messages > 0) print_count("payload", &digest->with_payload);
  for (unsigned vc = 0; vc < OIO_TRACE_VCS_MAX; vc++) {
    if (digest->vc[vc].messages == 0) continue;
    snprintf(label, sizeof label, "vc %u", vc);
    print_count(label, &digest->vc[vc]);
  }
  for (uint32_t die = 0; digest->dies == 2 && die < 2; die++) {
    const struct digest_count count = between(&digest->crossing, die, !die);
    print_count(die == 0 ? "die 0->1" : "die 1->0", &count);
  }
  if (digest->dies > 2) print_pairs("die ", &digest->crossing);
  if (digest->dies > 2 && digest->dies <= MATRIX_MAX) print_matrix("die", &digest->crossing, digest->dies);
  print_pairs("", &digest->nodes);
  if (digest->dies <= 2 && header->nodes > 2 && header->nodes <= MATRIX_MAX) print_matrix("node", &digest->nodes, header->nodes);
  print_sizes_and_gaps(digest);
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

static void print_json_pairs(const struct digest_pairs *pairs, const char *from, const char *to) {
  for (uint32_t i = 0; i < pairs->count; i++) {
    const struct digest_pair *pair = &pairs->list[i];
    printf("%s{\"%s\": %" PRIu32 ", \"%s\": %" PRIu32 ", ", i > 0 ? ",\n            " : "", from, pair->source, to, pair->destination);
    print_json_count(&pair->count);
  }
}

static void print_json_counts(const struct digest *digest) {
  printf("  \"vcs\": [");
  for (unsigned vc = 0, printed = 0; vc < OIO_TRACE_VCS_MAX; vc++) {
    if (digest->vc[vc].messages == 0) continue;
    printf("%s{\"vc\": %u, ", printed++ > 0 ? ", " : "", vc);
    print_json_count(&digest->vc[vc]);
  }
  printf("],\n  \"crossing\": [");
  for (uint32_t die = 0; digest->dies == 2 && die < 2; die++) {
    const struct digest_count count = between(&digest->crossing, die, !die);
    printf("%s{\"from_die\": %" PRIu32 ", \"to_die\": %d, ", die > 0 ? ", " : "", die, !die);
    print_json_count(&count);
  }
  if (digest->dies > 2) print_json_pairs(&digest->crossing, "from_die", "to_die");
  printf("],\n  \"other_crossing\": {");
  print_json_count(&digest->crossing.others);
  printf(",\n  \"pairs\": [");
  print_json_pairs(&digest->nodes, "source", "destination");
  printf("],\n  \"other_pairs\": {");
  print_json_count(&digest->nodes.others);
  printf(",\n  \"sizes\": [");
  for (unsigned power = 0, printed = 0; power < DIGEST_POWERS; power++) {
    if (digest->sizes[power].messages == 0) continue;
    printf("%s{\"from\": %" PRIu64 ", \"to\": %" PRIu64 ", ", printed++ > 0 ? ", " : "", lowest(power), highest(power));
    print_json_count(&digest->sizes[power]);
  }
  printf("],\n  \"gaps_ps\": [");
  for (unsigned power = 0, printed = 0; power < DIGEST_POWERS; power++) {
    if (digest->gaps[power] == 0) continue;
    printf("%s{\"from\": %" PRIu64 ", \"to\": %" PRIu64 ", \"messages\": %" PRIu64 "}", printed++ > 0 ? ", " : "", lowest(power),
           highest(power), digest->gaps[power]);
  }
  printf("]");
}

void info_print_json(const char *path, const struct oio_trace_header *header, const struct digest *digest) {
  printf("{\n  \"version\": %" PRIu32 ",\n  ", header->version);
  print_string("file", path);
  printf(",\n  ");
  print_string("source", header->source);
  printf(",\n  ");
  print_string("map", header->map);
  printf(",\n  \"nodes\": %" PRIu32 ",\n  \"dies\": %" PRIu32 ",\n  \"records\": %" PRIu64 ",\n  \"first_id\": %" PRIu64
         ",\n  \"bytes\": %" PRIu64 ",\n",
         header->nodes, digest->dies, digest->all.messages, digest->first_id, digest->all.bytes);
  printf("  \"first_ps\": %" PRIu64 ",\n  \"last_ps\": %" PRIu64 ",\n", digest->first_ps, digest->last_ps);
  printf("  \"waiting\": %" PRIu64 ",\n  \"waits\": %" PRIu64 ",\n  \"waits_max\": %" PRIu32 ",\n  \"payloads\": %" PRIu64 ",\n",
         digest->waiting, digest->waits, digest->waits_max, digest->with_payload.messages);
  printf("  \"delays\": %" PRIu64 ",\n  \"delay_max_ps\": %" PRIu64 ",\n", digest->delays, digest->delay_max_ps);
  const struct chain_end *last = &digest->chain.last;
  printf("  \"critical_path\": {\"messages\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"delays_ps\": %" PRIu64 ", \"entry_ps\": %" PRIu64
         "},\n",
         last->messages, last->bytes, last->delays_ps, last->entry_ps);
  print_json_counts(digest);
  printf(",\n  \"rate_bin_ps\": %" PRIu64 ",\n  \"rate_bytes\": [", digest->bin_ps);
  for (unsigned i = 0; i < bins_used(digest); i++) printf("%s%" PRIu64, i > 0 ? ", " : "", digest->bytes_in[i]);
  printf("]\n}\n");
}
