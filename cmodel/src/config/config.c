/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys, and reading and showing values by it. What follows from the values is in derive.c. */
#define _POSIX_C_SOURCE 200809L
#include "oio/config.h"

#include "base/precondition.h"
#include "lines.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { INTEGER, REAL, CHOICE, TEXT };

struct key {
  const char *name, *unit, *range, *initial, *help;
  enum kind kind;
  size_t at;        /* offset in struct oio_config */
  double low, high; /* of a text: high is its room, with its end */
};

#define AT(field) offsetof(struct oio_config, field)
#define TEXT_BYTES(field) (double)sizeof(((struct oio_config *)0)->field)
#define WHOLE(name, unit, low, high, initial, field, help)                                                                                 \
  { name, unit, #low ".." #high, initial, help, INTEGER, AT(field), low, high }
#define NUMBER(name, unit, low, high, initial, field, help)                                                                                \
  { name, unit, #low ".." #high, initial, help, REAL, AT(field), low, high }
#define OPTION(name, choices, initial, field, help)                                                                                        \
  { name, "", choices, initial, help, CHOICE, AT(field), 0, 0 }

/* The keys of a class of links, a line each. what names the links in the help; of window and buffer: lowest, highest, default, help. */
#define LINK_CLASS(name, of, what, m_max, m, ps_a_m, wide, gbps, phy_ps, w_min, w_max, w, w_help, b_min, b_max, b, b_help)                 \
  NUMBER(name ".bit_error_rate", "", 0, 0.5, "0", classes[of].bit_error_rate, what ", each direction, independent errors"),                \
      OPTION(name ".fec", "none|kp4|kr4|ll", "none", classes[of].fec,                                                                      \
             "error correction of the " what ", whose lane rate includes its parity"),                                                     \
      OPTION(name ".fec_ways", "1|2|4", "1", classes[of].fec_ways, "codewords of it that are interleaved"),                                \
      WHOLE(name ".fec_ps", "ps", 0, 1000000000, "0", classes[of].fec_ps, "its encoder and decoder, beside the wait for a whole block"),   \
      NUMBER(name ".length_m", "m", 0, m_max, m, classes[of].length_m, "length of the " what),                                             \
      WHOLE(name ".ps_per_m", "ps", 1, 100000, ps_a_m, classes[of].ps_per_m, "flight time of a metre"),                                    \
      WHOLE(name ".lanes", "", 1, 1024, wide, classes[of].lanes, "lanes, each direction"),                                                 \
      NUMBER(name ".lane_rate_gbps", "Gb/s", 0.001, 1000, gbps, classes[of].lane_rate_gbps, "rate of a lane"),                             \
      WHOLE(name ".logic_ps", "ps", 0, 1000000000, phy_ps, classes[of].logic_ps, "PHY and adapter, both ends together"),                   \
      WHOLE(name ".window_flits", "flits", w_min, w_max, w, classes[of].window_flits, w_help),                                             \
      WHOLE(name ".buffer_flits", "flits", b_min, b_max, b, classes[of].buffer_flits, b_help),                                             \
      WHOLE(name ".timeout_flits", "flit times", 0, 10000000, "0", classes[of].timeout_flits,                                              \
            "replay after so long without progress; 0: from the round trip, at least 375"),                                                \
      WHOLE(name ".nak_repeat_flits", "flit times", 0, 10000000, "0", classes[of].nak_repeat_flits,                                        \
            "a Nak is repeated after this; 0: from the round trip")

/* The links of a routed net: their receive buffer is of each hop VC, whose credit has 15 bits (SPEC.md section 11). */
#define ROUTED_CLASS(name, of, what, m_max, m, ps_a_m, wide, gbps, phy_ps)                                                                 \
  LINK_CLASS(name, of, what, m_max, m, ps_a_m, wide, gbps, phy_ps, 0, 32767, "0", "replay buffer; 0: what keeps the link full", 0, 16383,  \
             "0", "receive buffer of each hop VC; 0: as the window")

/* clang-format off: a line a key */
static const struct key keys[] = {
    {"net.topology", "", "SHAPE or FILE", "bridged", "pair, bridged, or a net of many dies (oio net --help, docs/net-format.md); as --net",
     TEXT, AT(net), 0, TEXT_BYTES(net)},
    LINK_CLASS("optical", OIO_CLASS_OPTICAL, "optical link", 100000, "10", "4897", "16", "32", "10000", 0, 32767, "0",
               "replay buffer; 0: what keeps the link full", 0, 32767, "0", "receive buffer; 0: as the window"),
    LINK_CLASS("die_link", OIO_CLASS_DIE_LINK, "die link", 10, "0.01", "7000", "64", "8", "4000", 1, 127, "127", "replay buffer", 1, 32767,
               "64", "receive buffer of the die"),
    ROUTED_CLASS("package", OIO_CLASS_PACKAGE, "link in a package", 10, "0.01", "7000", "64", "8", "4000"),
    ROUTED_CLASS("rack", OIO_CLASS_RACK, "link in a rack", 100000, "3", "4897", "16", "32", "10000"),
    ROUTED_CLASS("row", OIO_CLASS_ROW, "link in a row", 100000, "30", "4897", "16", "32", "10000"),
    WHOLE("die.local_ps", "ps", 0, 1000000000000, "20000", die_local_ps, "time that traffic inside a die takes; it is not carried"),
    WHOLE("bridge.logic_ps", "ps", 0, 1000000000, "4000", bridge_logic_ps,
          "the C bridge, from acceptance on one side to availability on the other"),
    WHOLE("bridge.buffer_flits", "flits", 1, 32767, "64", bridge_buffer_flits, "receive buffer of the bridge's die side"),
    WHOLE("switch.latency_ps", "ps", 0, 1000000000, "100000", switch_latency_ps,
          "a switch, from acceptance at one port to availability at another"),
    OPTION("switch.queues", "outputs|fifo", "outputs", switch_queues, "what waits at an input of a switch: a queue per output, or one"),
    OPTION("link.format", "3|6", "3", link_format, "flit format of every link"),
    WHOLE("link.replay_limit", "", 1, 65535, "255", link_replay_limit, "every link: replays without progress before it fails"),
    WHOLE("link.ack_delay_flits", "flit times", 0, 1000000, "16", link_ack_delay_flits,
          "every link: how long an Ack or credit may wait for a flit to ride on"),
    WHOLE("vc.count", "", 1, 8, "8", vc_count, "virtual channels"),
    WHOLE("vc.buffer_bytes", "bytes", 0, 67108864, "0", vc_buffer_bytes,
          "receive buffer of each virtual channel; 0: what keeps the path full"),
    OPTION("workload.generate", "nothing|saturate|poisson|burst|all-reduce|all-gather|reduce-scatter|all-to-all|broadcast|step", "nothing",
           generator, "synthetic traffic, as --generate"),
    WHOLE("workload.messages", "", 1, 1000000000000, "100000", messages, "messages to generate in all, as --messages"),
    NUMBER("workload.load", "", 0.000001, 1, "0.5", load,
           "offered part of the goodput at which the optical link is full in each direction, of many dies a die's own ports, as --load "
           "(poisson, burst)"),
    WHOLE("workload.message_bytes", "bytes", 0, 1073741824, "0", message_bytes,
          "size of a generated message; 0: what fills a flit, 224 between two dies and 222 in larger nets"),
    WHOLE("workload.burst_messages", "", 1, 1000000, "32", burst_messages, "messages in a burst, in the mean (burst)"),
    NUMBER("workload.burst_duty", "", 0.0001, 1, "0.1", burst_duty,
           "part of its time that a source of bursts is in one; 1: poisson (burst)"),
    WHOLE("workload.burst_sources", "", 1, 1024, "8", burst_sources, "sources of bursts at a die, which overlap (burst)"),
    WHOLE("workload.vcs", "", 1, 8, "1", generated_vcs, "virtual channels that generated messages take in turn"),
    OPTION("workload.pattern", "uniform|neighbour|transpose|tornado|complement|hot-spot|permutation", "uniform", pattern,
           "of a net of many dies: who sends to whom (oio net show --pattern)"),
    OPTION("workload.algorithm", "auto|ring|halving-doubling|tree|direct", "auto", algorithm,
           "of a collective; auto: ring, tree of a broadcast, direct of all-to-all"),
    WHOLE("workload.bytes", "bytes", 1, 140737488355328, "1048576", bytes, "buffer of a collective, as the tests of NCCL count it"),
    WHOLE("workload.chunk_bytes", "bytes", 0, 1073741823, "0", chunk_bytes,
          "a collective is done chunk by chunk of at most so many, one behind the other; 0: one chunk"),
    WHOLE("workload.group", "dies", 0, 65536, "0", group, "dies that do a collective together; 0: as many as there are"),
    WHOLE("workload.group_stride", "dies", 1, 65536, "1", group_stride, "dies of a group are so far apart"),
    WHOLE("workload.iterations", "", 1, 1000000000, "1", iterations,
          "collectives one after the other; a step of training when there is compute"),
    WHOLE("workload.compute_ps", "ps", 0, 1000000000000000, "0", compute_ps, "compute time of an iteration at each die"),
    NUMBER("workload.overlap", "", 0, 1, "0", overlap, "part of the compute that the collective may run beside"),
    {"workload.step", "", "ITEM,...", "",
     "compute and collectives, one after the other or beside (step), e.g. compute:100us,all-reduce:8:4MiB", TEXT, AT(step), 0,
     TEXT_BYTES(step)},
    OPTION("workload.directions", "both|a_to_b|b_to_a", "both", directions, "who sends"),
    WHOLE("workload.depth", "", 0, 64, "0", depth, "messages kept waiting at the die (saturate); 0: what fills two flits, at least 4"),
    OPTION("trace.loop", "open|closed", "closed", loop, "open: records enter at their time; closed: and after what they wait for"),
    {"trace.map", "", "NODES:DIE,...", "", "node-to-die map, e.g. 0-31:0,32-63:1; empty: the trace's own, else evenly, in order", TEXT,
     AT(map), 0, TEXT_BYTES(map)},
    NUMBER("trace.time_scale", "", 0.000001, 1000000, "1", time_scale,
           "the times and delays of the trace are so many times as long, in whole millionths; the nearest picosecond, a half up"),
    WHOLE("trace.lookahead_records", "", 1024, 16777216, "2097152", lookahead_records,
          "records from the oldest undelivered one to the newest read: 64 bytes each, 128 with results.detail, and 24 a wait"),
    OPTION("results.detail", "auto|off|on", "auto", detail,
           "keep what --csv and `detail` of the JSON show beyond sums; auto: when one of them is written, and of a step"),
    WHOLE("results.pairs", "", 0, 1048576, "4096", detail_pairs,
          "pairs of dies that have a row of their own: the first that carry traffic"),
    WHOLE("results.warm_up_ps", "ps", 0, 4611686018427387904, "0", warm_up_ps,
          "messages that enter before are in no latency, and goodput is counted from then"),
    WHOLE("results.interval_ps", "ps", 0, 4611686018427387904, "0", interval_ps,
          "interval of throughput over time; 0: so that there are 128 to 256"),
    WHOLE("reset.at_ps", "ps", 0, 4611686018427387904, "0", reset_at_ps, "take down what reset.scope says at this time; 0: never"),
    WHOLE("reset.hold_ps", "ps", 1, 1000000000000, "100000", reset_hold_ps, "for so long"),
    OPTION("reset.scope", "all|die|link", "all", reset_scope, "of a net of many dies: all of it, a die with its links, or a link"),
    WHOLE("reset.which", "", 0, 4194303, "0", reset_which, "number of that die or link (oio net show)"),
    OPTION("sim.fidelity", "event|bit", "bit", fidelity, "as --fidelity"),
    {"sim.seed", "", "0..18446744073709551615", "1", "as --seed", INTEGER, AT(seed), 0, 18446744073709551615.0},
    WHOLE("sim.threads", "", 1, 64, "1", threads, "as --threads: a net with switches on so many processors; the results are the same"),
    WHOLE("rtl.clock_ps", "ps", 1, 1000000, "1000", rtl_clock_ps, "clock of the RTL (oio cosim), and of `cycles` in every result"),
    OPTION("rtl.datapath_bytes", "64|128", "64", rtl_datapath_bytes, "bytes a cycle of the RTL (oio cosim)"),
    WHOLE("rtl.response_cycles", "cycles", 0, 1000000, "32", rtl_response_cycles,
          "the RTL shows the effect of a flit within these and five flit times; 0: nothing is due"),
    OPTION("rtl.idle", "skip|clock", "skip", rtl_idle,
           "clock edges at which nothing can change: left out, or carried out (with --waves they are)"),
};
/* clang-format on */

/* What keys were called before; a file or a script of then is told. */
static const struct oio_config_renaming renamed[] = {
    {"path.topology", "net.topology"},
    {"channel.bit_error_rate", "optical.bit_error_rate"},
    {"channel.length_m", "optical.length_m"},
    {"channel.ps_per_m", "optical.ps_per_m"},
    {"channel.lanes", "optical.lanes"},
    {"channel.lane_rate_gbps", "optical.lane_rate_gbps"},
    {"channel.logic_ps", "optical.logic_ps"},
    {"link.window_flits", "optical.window_flits"},
    {"link.buffer_flits", "optical.buffer_flits"},
    {"link.timeout_flits", "optical.timeout_flits"},
    {"link.nak_repeat_flits", "optical.nak_repeat_flits"},
    {"die.bit_error_rate", "die_link.bit_error_rate"},
    {"die.length_m", "die_link.length_m"},
    {"die.lanes", "die_link.lanes"},
    {"die.lane_rate_gbps", "die_link.lane_rate_gbps"},
    {"die.logic_ps", "die_link.logic_ps"},
    {"workload.flits", "workload.messages"},
    {"workload.burst_flits", "workload.burst_messages"},
};

enum {
  KEYS = sizeof keys / sizeof keys[0],
  RENAMED = sizeof renamed / sizeof renamed[0],
  LINE_MAX_BYTES = 65536,
  FILE_MAX_BYTES = 64 << 20
};

/* Choices that stand for a number rather than for their position. */
static uint64_t choice_value(const char *word, uint64_t position) {
  if (!isdigit((unsigned char)word[0])) return position;
  return strtoull(word, NULL, 10);
}

static bool set_choice(const struct key *key, uint64_t *at, const char *value) {
  uint64_t position = 0;
  for (const char *word = key->range;; position++) {
    const size_t nbytes = strcspn(word, "|");
    if (strlen(value) == nbytes && strncmp(word, value, nbytes) == 0) {
      *at = choice_value(word, position);
      return true;
    }
    if (word[nbytes] == '\0') return false;
    word += nbytes + 1;
  }
}

/* Whether all of value is a number, such as it is: no NaN, nothing behind it. */
static bool is_number(const char *value) {
  char *end;
  const double number = strtod(value, &end);
  return end != value && *end == '\0' && number == number;
}

static bool set_integer(const struct key *key, uint64_t *at, const char *value) {
  char *end;
  errno = 0;
  if (!isdigit((unsigned char)value[0])) return false;
  const uint64_t number = strtoull(value, &end, 10);
  if (errno != 0 || *end != '\0' || (double)number < key->low || (double)number > key->high) return false;
  *at = number;
  return true;
}

static bool set_real(const struct key *key, double *at, const char *value) {
  char *end;
  errno = 0;
  const double number = strtod(value, &end);
  if (end == value || *end != '\0' || !(number >= key->low && number <= key->high)) return false;
  *at = number;
  return true;
}

static bool set_text(const struct key *key, char *at, const char *value) {
  if (strlen(value) >= (size_t)key->high) return false;
  memcpy(at, value, strlen(value) + 1);
  return true;
}

static bool set_value(struct oio_config *config, const struct key *key, const char *value) {
  char *base = (char *)config + key->at;
  switch (key->kind) {
  case INTEGER:
    return set_integer(key, (uint64_t *)(void *)base, value);
  case REAL:
    return set_real(key, (double *)(void *)base, value);
  case CHOICE:
    return set_choice(key, (uint64_t *)(void *)base, value);
  case TEXT:
    return set_text(key, base, value);
  }
  return false;
}

void oio_config_defaults(struct oio_config *config) {
  memset(config, 0, sizeof *config);
  for (size_t i = 0; i < KEYS; i++) set_value(config, &keys[i], keys[i].initial);
}

/* What is wrong with a value that the key does not take. */
static const char *objection(const struct key *key, const char *value) {
  switch (key->kind) {
  case INTEGER:
    if (is_number(value)) return value[strcspn(value, ".eExX")] == '\0' ? "is out of range" : "is no whole number";
    return "is no number";
  case REAL:
    return is_number(value) ? "is out of range" : "is no number";
  case CHOICE:
    return "is none of its words";
  case TEXT:
    return "is too long";
  }
  return "cannot be used";
}

/* How alike a name and a key are: the length of what they share at both ends, and one more where name is a key's last part as it stands. */
static size_t likeness(const char *name, const char *key) {
  size_t front = 0, back = 0;
  const size_t n = strlen(name), k = strlen(key);
  while (front < n && front < k && name[front] == key[front]) front++;
  while (back + front < n && back + front < k && name[n - 1 - back] == key[k - 1 - back]) back++;
  return front + back + (front == 0 && back == n && k > n && key[k - n - 1] == '.');
}

/* The key that was meant, or NULL: none shares two thirds of the name, and three letters. */
static const char *nearest(const char *name) {
  const char *best = NULL;
  size_t most = 2;
  for (size_t i = 0; i < KEYS; i++) {
    const size_t alike = likeness(name, keys[i].name);
    if (alike <= most || 3 * alike < 2 * strlen(name)) continue;
    most = alike;
    best = keys[i].name;
  }
  return best;
}

static char *trimmed(char *text) {
  while (isspace((unsigned char)*text)) text++;
  char *end = text + strlen(text);
  while (end > text && isspace((unsigned char)end[-1])) end--;
  *end = '\0';
  return text;
}

enum oio_status oio_config_set(struct oio_config *config, const char *where, const char *assignment, struct oio_error *error) {
  char text[1200];
  const char *equals = strchr(assignment, '=');
  if (equals == NULL || strlen(assignment) >= sizeof text) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: '%.80s' is not KEY=VALUE; write for example optical.length_m=100", where, assignment);
  }
  snprintf(text, sizeof text, "%s", assignment);
  text[equals - assignment] = '\0';
  const char *name = trimmed(text);
  const char *value = trimmed(text + (equals - assignment) + 1);
  for (size_t i = 0; i < KEYS; i++) {
    if (strcmp(keys[i].name, name) != 0) continue;
    if (set_value(config, &keys[i], value)) return OIO_OK;
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s=%.80s %s; use %s %s", where, name, value, objection(&keys[i], value), keys[i].range,
                         keys[i].unit);
  }
  for (size_t i = 0; i < RENAMED; i++) {
    if (strcmp(renamed[i].was, name) == 0)
      return oio_error_set(error, OIO_ERR_CONFIG, "%s: the key %s is called %s now; use that", where, name, renamed[i].is);
  }
  const char *near = nearest(name);
  return oio_error_set(error, OIO_ERR_CONFIG, "%s: there is no key '%.80s'; %s%s%s`oio sim --help` lists them", where, name,
                       near != NULL ? "did you mean " : "", near != NULL ? near : "", near != NULL ? "? " : "");
}

enum oio_status oio_config_load(struct oio_config *config, const char *path, struct oio_error *error) {
  struct oio_lines lines;
  if (!oio_lines_open(&lines, path, LINE_MAX_BYTES, FILE_MAX_BYTES))
    return oio_error_set(error, errno == ENOMEM ? OIO_ERR_NOMEM : OIO_ERR_IO, "%s: %s; check the path given to --config", path,
                         strerror(errno));
  char *line, where[300], why[120];
  size_t nbytes;
  enum oio_status status = OIO_OK;
  enum oio_lines_result result = OIO_LINES_ONE;
  while (status == OIO_OK && (result = oio_lines_next(&lines, &line, &nbytes)) == OIO_LINES_ONE) {
    line[nbytes] = '\0';
    line[strcspn(line, "#")] = '\0';
    const char *text = trimmed(line);
    if (*text == '\0') continue;
    snprintf(where, sizeof where, "%.250s:%" PRIu64, path, lines.number);
    status = oio_config_set(config, where, text, error);
  }
  if (result != OIO_LINES_ONE && result != OIO_LINES_END) {
    status = oio_error_set(error, result == OIO_LINES_UNREADABLE ? OIO_ERR_IO : OIO_ERR_CONFIG,
                           "%s:%" PRIu64 ": %s; --config takes a text of KEY = VALUE lines", path, lines.number,
                           oio_lines_why(&lines, result, why, sizeof why));
  }
  oio_lines_close(&lines);
  return status;
}

/* The number itself, of a key that is no text, whether it can be or not. */
static const char *number_text(const struct oio_config *config, const struct key *key, char *out, size_t out_nbytes) {
  const char *at = (const char *)config + key->at;
  uint64_t whole;
  double real;
  if (key->kind == REAL) {
    memcpy(&real, at, sizeof real);
    snprintf(out, out_nbytes, "%.17g", real);
  } else {
    memcpy(&whole, at, sizeof whole);
    snprintf(out, out_nbytes, "%llu", (unsigned long long)whole);
  }
  return out;
}

static bool integer_holds(const struct key *key, uint64_t value) {
  return (double)value >= key->low && (double)value <= key->high;
}

static bool choice_holds(const struct key *key, uint64_t value) {
  uint64_t position = 0;
  for (const char *word = key->range;; position++) {
    if (choice_value(word, position) == value) return true;
    word += strcspn(word, "|");
    if (*word++ == '\0') return false;
  }
}

/* Is the value one that oio_config_set could have set? */
static bool holds(const struct oio_config *config, const struct key *key) {
  const char *at = (const char *)config + key->at;
  uint64_t whole;
  double real;
  switch (key->kind) {
  case INTEGER:
  case CHOICE:
    memcpy(&whole, at, sizeof whole);
    return key->kind == INTEGER ? integer_holds(key, whole) : choice_holds(key, whole);
  case REAL:
    memcpy(&real, at, sizeof real);
    return real >= key->low && real <= key->high; /* no NaN */
  case TEXT:
    return memchr(at, '\0', (size_t)key->high) != NULL;
  }
  return false;
}

enum oio_status oio_config_check(const struct oio_config *config, struct oio_error *error) {
  for (size_t i = 0; i < KEYS; i++) {
    if (holds(config, &keys[i])) continue;
    if (keys[i].kind == TEXT) return oio_error_set(error, OIO_ERR_CONFIG, "configuration: %s is a text without an end", keys[i].name);
    char value[64];
    return oio_error_set(error, OIO_ERR_CONFIG, "configuration: %s=%s is out of range; use %s %s", keys[i].name,
                         number_text(config, &keys[i], value, sizeof value), keys[i].range, keys[i].unit);
  }
  return OIO_OK;
}

const struct oio_config_renaming *oio_config_renamed(size_t index) {
  return index < RENAMED ? &renamed[index] : NULL;
}

size_t oio_config_count(void) {
  return KEYS;
}

void oio_config_describe(size_t index, struct oio_config_key *key) {
  OIO_PRECONDITION(index < KEYS);
  const struct key *k = &keys[index];
  const bool words = k->kind == CHOICE && !isdigit((unsigned char)k->range[0]);
  *key = (struct oio_config_key){k->name, k->unit, k->range, k->initial, k->help, words || k->kind == TEXT};
}

static void choice_text(const struct key *key, uint64_t value, char *out, size_t out_nbytes) {
  uint64_t position = 0;
  for (const char *word = key->range;; position++) {
    const size_t nbytes = strcspn(word, "|");
    if (choice_value(word, position) == value || word[nbytes] == '\0') {
      snprintf(out, out_nbytes, "%.*s", (int)nbytes, word);
      return;
    }
    word += nbytes + 1;
  }
}

const char *oio_config_value(const struct oio_config *config, size_t index, char *out, size_t out_nbytes) {
  OIO_PRECONDITION(index < KEYS && out_nbytes > 0);
  const struct key *key = &keys[index];
  const char *base = (const char *)config + key->at;
  uint64_t whole;
  double real;
  switch (key->kind) {
  case INTEGER:
    memcpy(&whole, base, sizeof whole);
    snprintf(out, out_nbytes, "%llu", (unsigned long long)whole);
    break;
  case REAL:
    memcpy(&real, base, sizeof real);
    /* The shortest that reads back as the same number. */
    for (int digits = 15; digits <= 17; digits++) {
      snprintf(out, out_nbytes, "%.*g", digits, real);
      if (strtod(out, NULL) == real) break;
    }
    break;
  case CHOICE:
    memcpy(&whole, base, sizeof whole);
    choice_text(key, whole, out, out_nbytes);
    break;
  case TEXT:
    snprintf(out, out_nbytes, "%s", base);
    break;
  }
  return out;
}
