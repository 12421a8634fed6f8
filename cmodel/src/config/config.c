/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys, and setting them by name. What each takes is in values.c, classes of a user in classes.c, what follows from the values
 * in derive.c. */
#include "base/precondition.h"
#include "config/keys.h"
#include "config/technology.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define AT(field) offsetof(struct oio_config, field)
#define TEXT_BYTES(field) (double)sizeof(((struct oio_config *)0)->field)
#define WHOLE(name, unit, low, high, initial, field, help)                                                                                 \
  { name, unit, #low ".." #high, initial, help, OIO_KEY_INTEGER, AT(field), low, high }
#define NUMBER(name, unit, low, high, initial, field, help)                                                                                \
  { name, unit, #low ".." #high, initial, help, OIO_KEY_REAL, AT(field), low, high }
#define OPTION(name, choices, initial, field, help)                                                                                        \
  { name, "", choices, initial, help, OIO_KEY_CHOICE, AT(field), 0, 0 }

#define SEED(name, initial, field, help)                                                                                                   \
  { name, "", "0..18446744073709551615", initial, help, OIO_KEY_INTEGER, AT(field), 0, 18446744073709551615.0 }
#define WORDS(name, range, initial, field, help)                                                                                           \
  { name, "", range, initial, help, OIO_KEY_TEXT, AT(field), 0, TEXT_BYTES(field) }

/* The keys of a class of links, a line each. what names them in the help; of window and buffer: lowest, highest, default, help. */
#define LINK_CLASS(name, of, what, m_max, m, ps_a_m, wide, gbps, phy_ps, w_min, w_max, w, w_help, b_min, b_max, b, b_help)                 \
  WORDS(name ".tech", "NAME", "", classes[of].tech,                                                                                        \
        "technology of the " what                                                                                                          \
        ": brings lanes, lane_rate_gbps, ps_per_m, logic_ps, fec_ps, wavelengths, relink_ps, ring_*, and errors (oio tech)"),              \
      OPTION(                                                                                                                              \
          name ".tech_errors", "off|on", "on", classes[of].tech_errors,                                                                    \
          "off: it brings neither bit_error_rate (observed where that is known, else its limit) nor fec and fec_ways, but times alone"),   \
      NUMBER(name ".bit_error_rate", "", 0, 0.5, "0", classes[of].bit_error_rate, what ", each direction, in the mean"),                   \
      WORDS(name ".errors", "KIND", "independent", classes[of].errors,                                                                     \
            "independent; runs of wrong symbols, nrz:A, pam4:A or precoded:A, A being how often an error follows an error; "               \
            "two-state:RATE:PART:BITS of the bad state; or runs in such states, pam4:A+two-state:..."),                                    \
      OPTION(name ".fec", "none|kp4|kr4|ll|flit", "none", classes[of].fec,                                                                 \
             "error correction of the " what ", whose lane rate includes its parity; flit: in each flit, 250+6 bytes"),                    \
      OPTION(name ".fec_ways", "1|2|4", "1", classes[of].fec_ways, "codewords of it that are interleaved"),                                \
      OPTION(name ".inner", "none|hamming", "none", classes[of].inner,                                                                     \
             "an inner code before it, Hamming(128,120) with soft decision: statistical, lowers the error rate"),                          \
      OPTION(name ".fec_mode", "correct|detect|unmarked", "correct", classes[of].fec_mode,                                                 \
             "it corrects and marks what it cannot; corrects nothing and marks all that is wrong; or corrects and marks nothing"),         \
      WHOLE(name ".fec_ps", "ps", 0, 1000000000, "0", classes[of].fec_ps, "its encoder and decoder, beside the wait for a whole block"),   \
      NUMBER(name ".length_m", "m", 0, m_max, m, classes[of].length_m, "length of the " what),                                             \
      WHOLE(name ".ps_per_m", "ps", 1, 100000, ps_a_m, classes[of].ps_per_m, "flight time of a metre"),                                    \
      WHOLE(name ".lanes", "", 1, 1024, wide, classes[of].lanes, "lanes, each direction"),                                                 \
      NUMBER(name ".lane_rate_gbps", "Gb/s", 0.001, 1000, gbps, classes[of].lane_rate_gbps, "rate of a lane"),                             \
      WHOLE(name ".logic_ps", "ps", 0, 1000000000, phy_ps, classes[of].logic_ps, "PHY and adapter, both ends together"),                   \
      WHOLE(name ".stripe_bits", "bits", 0, 2048, "0", classes[of].stripe_bits,                                                            \
            "bits to a lane in turn; 0: to its errors the line is one lane"),                                                              \
      NUMBER(name ".lane_spread", "decades", 0, 3, "0", classes[of].lane_spread, "of the bit error rates of lanes (stripe_bits)"),         \
      WHOLE(name ".skew_ps", "ps", 0, 1000000, "0", classes[of].skew_ps, "by which lanes arrive apart; all wait for the latest"),          \
      WHOLE(name ".gearbox_ps", "ps", 0, 1000000000, "0", classes[of].gearbox_ps, "what dealing bits out to other lanes takes; logic"),    \
      WHOLE(name ".marker_bits", "bits", 0, 1000000, "0", classes[of].marker_bits,                                                         \
            "of a group of alignment markers, during which the line carries nothing else; 0: there are none"),                             \
      WHOLE(name ".marker_period_bits", "bits", 0, 1000000000000, "0", classes[of].marker_period_bits,                                     \
            "of the line, from one group to the next: 2176 of 44564480 is Ethernet of 400G"),                                              \
      WHOLE(name ".wavelengths", "", 1, 1024, "1", classes[of].wavelengths, "lanes of a fibre"),                                           \
      WHOLE(name ".laser_fibres", "", 0, 1024, "0", classes[of].laser_fibres, "fibres that a laser feeds; 0: all"),                        \
      WHOLE(name ".spare_lanes", "", 0, 1024, "0", classes[of].spare_lanes, "lanes that take the place of dead ones (stripe_bits)"),       \
      WHOLE(name ".remap_ps", "ps", 0, 1000000000000, "0", classes[of].remap_ps,                                                           \
            "from a lane's death until others are taken, fewer if need be; 0: never"),                                                     \
      WHOLE(name ".relink_ps", "ps", 0, 1000000000000000, "0", classes[of].relink_ps, "how long a flap takes (faults.schedule)"),          \
      NUMBER(name ".walk", "", 0, 10, "0", classes[of].walk, "deviation of a ring off its wavelength, in halves of its width; 0: none"),   \
      WHOLE(name ".walk_ps", "ps", 1000, 1000000000000000, "1000000000", classes[of].walk_ps, "time constant of that"),                    \
      NUMBER(name ".ring_pm_per_k", "pm", 0, 1000, "0", classes[of].ring_pm_per_k, "by which a degree moves its rings; 0: it has none"),   \
      NUMBER(name ".ring_width_pm", "pm", 1, 100000, "100", classes[of].ring_width_pm, "width of their resonance at half its depth"),      \
      WHOLE(name ".ring_lock_ps", "ps", 0, 1000000000000000, "0", classes[of].ring_lock_ps,                                                \
            "time constant with which heaters follow the temperature; 0: they do not"),                                                    \
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
static const struct oio_key keys[] = {
    {"net.topology", "", "SHAPE or FILE", "bridged", "pair, bridged, or a net of many dies (oio net --help, docs/net-format.md); as --net",
     OIO_KEY_TEXT, AT(net), 0, TEXT_BYTES(net)},
    LINK_CLASS("optical", OIO_CLASS_OPTICAL, "optical link", 100000, "10", "4897", "16", "32", "10000", 0, 32767, "0",
               "replay buffer; 0: what keeps the link full", 0, 32767, "0", "receive buffer; 0: as the window"),
    LINK_CLASS("die_link", OIO_CLASS_DIE_LINK, "die link", 10, "0.01", "7000", "64", "8", "4000", 1, 127, "127", "replay buffer", 0, 32767,
               "0", "receive buffer of the die; 0: 64, over tunnels as the window"),
    ROUTED_CLASS("package", OIO_CLASS_PACKAGE, "link in a package", 10, "0.01", "7000", "64", "8", "4000"),
    ROUTED_CLASS("rack", OIO_CLASS_RACK, "link in a rack", 100000, "3", "4897", "16", "32", "10000"),
    ROUTED_CLASS("row", OIO_CLASS_ROW, "link in a row", 100000, "30", "4897", "16", "32", "10000"),
    WHOLE("die.local_ps", "ps", 0, 1000000000000, "20000", die_local_ps, "time that traffic inside a die takes; it is not carried"),
    OPTION("bridge.mode", "links|tunnel", "links", bridge_mode,
           "a bridge of two dies: an end of each of its links, or a tunnel for flits that the dies retry end to end"),
    WHOLE("bridge.logic_ps", "ps", 0, 1000000000, "4000", bridge_logic_ps,
          "the C bridge, from acceptance on one side to availability on the other"),
    WHOLE("bridge.buffer_flits", "flits", 1, 32767, "64", bridge_buffer_flits,
          "receive buffer of the bridge's die side; of a tunnel: the units that its die has"),
    WHOLE("switch.latency_ps", "ps", 0, 1000000000, "100000", switch_latency_ps,
          "a switch, from acceptance at one port to availability at another"),
    OPTION("switch.queues", "outputs|fifo", "outputs", switch_queues, "what waits at an input of a switch: a queue per output, or one"),
    OPTION("switch.turns", "inputs|longest", "inputs", switch_turns,
           "who goes first at an output of a switch: its inputs in turn, or what has waited longest, in all switches so far"),
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
     "compute and collectives, one after the other or beside (step), e.g. compute:100us,all-reduce:8:4MiB", OIO_KEY_TEXT, AT(step), 0,
     TEXT_BYTES(step)},
    OPTION("workload.directions", "both|a_to_b|b_to_a", "both", directions, "who sends"),
    WHOLE("workload.depth", "", 0, 64, "0", depth, "messages kept waiting at the die (saturate); 0: what fills two flits, at least 4"),
    OPTION("trace.loop", "open|closed", "closed", loop, "open: records enter at their time; closed: and after what they wait for"),
    {"trace.map", "", "NODES:DIE,...", "", "node-to-die map, e.g. 0-31:0,32-63:1; empty: the trace's own, else evenly, in order",
     OIO_KEY_TEXT, AT(map), 0, TEXT_BYTES(map)},
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
    {"faults.schedule", "", "EVENTS or FILE", "",
     "what happens to wires and when, as --faults: e.g. at 20us link 0: lane 3 dies (docs/faults.md)", OIO_KEY_TEXT, AT(faults), 0,
     TEXT_BYTES(faults)},
    WHOLE("reset.at_ps", "ps", 0, 4611686018427387904, "0", reset_at_ps, "take down what reset.scope says at this time; 0: never"),
    WHOLE("reset.hold_ps", "ps", 1, 1000000000000, "100000", reset_hold_ps, "for so long"),
    OPTION("reset.scope", "all|die|link", "all", reset_scope, "of a net of many dies: all of it, a die with its links, or a link"),
    WHOLE("reset.which", "", 0, 4194303, "0", reset_which, "number of that die or link (oio net show)"),
    OPTION("sim.fidelity", "event|bit", "bit", fidelity, "as --fidelity"),
    SEED("sim.seed", "1", seed, "as --seed"),
    SEED("sim.errors_seed", "0", errors_seed, "seed of wrong bits; 0: sim.seed"),
    SEED("sim.spread_seed", "0", spread_seed, "seed of what makes lanes unequal (CLASS.lane_spread); 0: sim.seed"),
    SEED("sim.walk_seed", "0", walk_seed, "seed of how rings drift (CLASS.walk); 0: sim.seed"),
    SEED("sim.faults_seed", "0", faults_seed, "seed of events drawn from rates (docs/faults.md); 0: sim.seed"),
    WHOLE("sim.threads", "", 1, 64, "1", threads, "as --threads: a net with switches on so many processors; the results are the same"),
    OPTION("sim.trains", "off|on", "off", trains,
           "event fidelity: what two saturated dies do again and again is carried as one; the results are the same"),
    WHOLE("rtl.clock_ps", "ps", 1, 1000000, "1000", rtl_clock_ps, "clock of the RTL (oio cosim), and of `cycles` in every result"),
    OPTION("rtl.datapath_bytes", "64|128", "64", rtl_datapath_bytes, "bytes a cycle of the RTL (oio cosim)"),
    WHOLE("rtl.response_cycles", "cycles", 0, 1000000, "32", rtl_response_cycles,
          "the RTL shows the effect of a flit within these and five flit times; 0: nothing is due"),
    OPTION("rtl.idle", "skip|clock", "skip", rtl_idle,
           "clock edges at which nothing can change: left out, or carried out (with --waves they are)"),
};
/* clang-format on */

/* The keys of a class that a user made: what stands behind its name, and offsets of the first such class. */
static const struct oio_key own_keys[] = {
    {".like", "", "package|rack|row|CLASS", "", "the class whose values it had at first", OIO_KEY_TEXT, AT(own[0].like), 0,
     OIO_CLASS_NAME_BYTES},
    ROUTED_CLASS("", OIO_LINK_CLASSES, "link of the class", 100000, "", "", "", "", ""),
};

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
  OWN_KEYS = sizeof own_keys / sizeof own_keys[0],
  RENAMED = sizeof renamed / sizeof renamed[0],
  KEY_NAME_BYTES = OIO_CONFIG_KEY_NAME_BYTES,
};

size_t oio_config_count(const struct oio_config *config) {
  return KEYS + config->own_classes * OWN_KEYS;
}

/* The key of that index, below the count. Of a class that a user made its name is put together in name. */
static struct oio_key key_at(const struct oio_config *config, size_t index, char name[KEY_NAME_BYTES]) {
  if (index < KEYS) return keys[index];
  const size_t own = (index - KEYS) / OWN_KEYS, which = (index - KEYS) % OWN_KEYS;
  struct oio_key key = own_keys[which];
  snprintf(name, KEY_NAME_BYTES, "%.*s%s", OIO_CLASS_NAME_BYTES - 1, config->own[own].name, key.name);
  key.name = name;
  key.at += own * (which == 0 ? sizeof config->own[0] : sizeof config->classes[0]);
  return key;
}

void oio_config_defaults(struct oio_config *config) {
  memset(config, 0, sizeof *config);
  for (size_t i = 0; i < KEYS; i++) oio_key_set(&keys[i], config, keys[i].initial);
}

/* The key that was meant, in near. False: none is like it. */
static bool nearest(const struct oio_config *config, const char *name, char near[KEY_NAME_BYTES]) {
  size_t most = 0;
  for (size_t i = 0; i < oio_config_count(config); i++) {
    char text[KEY_NAME_BYTES];
    const struct oio_key key = key_at(config, i, text);
    if (oio_key_is_nearer(name, key.name, &most)) snprintf(near, KEY_NAME_BYTES, "%s", key.name);
  }
  return most > 0;
}

/* Of name, CLASS.KEY with a KEY that classes have: how long a CLASS is that is like none there is; else 0. */
static int new_class_nbytes(const struct oio_config *config, const char *name) {
  char link_class[KEY_NAME_BYTES];
  const char *dot = strchr(name, '.');
  size_t most = 0;
  bool has_key = false;
  if (dot == NULL || dot - name >= KEY_NAME_BYTES) return 0;
  for (size_t i = 0; i < OWN_KEYS; i++) has_key = has_key || strcmp(dot, own_keys[i].name) == 0;
  snprintf(link_class, sizeof link_class, "%.*s", (int)(dot - name), name);
  for (unsigned i = 0; i < oio_config_classes(config); i++) {
    if (oio_key_is_nearer(link_class, oio_config_class_name(config, i), &most)) return 0;
  }
  return has_key ? (int)(dot - name) : 0;
}

/* There is no such key: was it called that before, is it of a class that is not there, or which key is it like? */
static enum oio_status refuse_name(const struct oio_config *config, const char *where, const char *name, struct oio_error *error) {
  char near[KEY_NAME_BYTES] = "";
  for (size_t i = 0; i < RENAMED; i++) {
    if (strcmp(renamed[i].was, name) == 0)
      return oio_error_set(error, OIO_ERR_CONFIG, "%s: the key %s is called %s now; use that", where, name, renamed[i].is);
  }
  const int nbytes = new_class_nbytes(config, name);
  if (nbytes > 0) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s: there is no key '%s': no class of links is called %.*s; make one before, with %.*s.like=rack", where, name,
                         nbytes, name, nbytes, name);
  }
  const bool alike = nearest(config, name, near);
  return oio_error_set(error, OIO_ERR_CONFIG, "%s: there is no key '%.80s'; %s%s%s`oio sim --help` lists them", where, name,
                       alike ? "did you mean " : "", near, alike ? "? " : "");
}

/* The class that the key is of, and where in it; OIO_NONE: it is of none. */
static unsigned class_of(const struct oio_key *key, size_t *at) {
  const size_t begin = AT(classes), nbytes = sizeof(struct oio_link_class);
  if (key->at < begin || key->at >= begin + OIO_LINK_CLASSES_MAX * nbytes) return OIO_NONE;
  *at = (key->at - begin) % nbytes;
  return (unsigned)((key->at - begin) / nbytes);
}

static enum oio_status set_key(struct oio_config *config, const struct oio_key *key, const char *value, const char *where,
                               struct oio_error *error) {
  size_t at = 0;
  const unsigned link_class = class_of(key, &at);
  if (link_class != OIO_NONE && at == offsetof(struct oio_link_class, tech))
    return oio_technology_take(config, link_class, value, where, error);
  if (!oio_key_set(key, config, value)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s=%.80s %s; use %s %s", where, key->name, value, oio_key_objection(key, value),
                         key->range, key->unit);
  }
  if (link_class != OIO_NONE) oio_technology_yield(config, link_class, at);
  return OIO_OK;
}

enum oio_status oio_config_set(struct oio_config *config, const char *where, const char *assignment, struct oio_error *error) {
  char text[1200], own[KEY_NAME_BYTES];
  const char *equals = strchr(assignment, '=');
  if (equals == NULL)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: '%.80s' is not KEY=VALUE; write for example optical.length_m=100", where, assignment);
  if (strlen(assignment) >= sizeof text) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: '%.80s' is too long; use at most %zu bytes, and a file where the key takes one", where,
                         assignment, sizeof text - 1);
  }
  snprintf(text, sizeof text, "%s", assignment);
  text[equals - assignment] = '\0';
  char *name = oio_key_trimmed(text);
  const char *value = oio_key_trimmed(text + (equals - assignment) + 1);
  const size_t nbytes = strlen(name), suffix = strlen(own_keys[0].name);
  if (nbytes > suffix && strcmp(name + nbytes - suffix, own_keys[0].name) == 0) {
    name[nbytes - suffix] = '\0';
    return oio_class_make(config, where, name, value, error);
  }
  for (size_t i = 0; i < oio_config_count(config); i++) {
    const struct oio_key key = key_at(config, i, own);
    if (strcmp(key.name, name) == 0) return set_key(config, &key, value, where, error);
  }
  return refuse_name(config, where, name, error);
}

enum oio_status oio_config_check(const struct oio_config *config, struct oio_error *error) {
  const enum oio_status status = oio_class_check(config, error);
  if (status != OIO_OK) return status;
  for (size_t i = 0; i < oio_config_count(config); i++) {
    char own[KEY_NAME_BYTES], value[64];
    const struct oio_key key = key_at(config, i, own);
    if (oio_key_holds(&key, config)) continue;
    if (key.kind == OIO_KEY_TEXT) return oio_error_set(error, OIO_ERR_CONFIG, "configuration: %s is a text without an end", key.name);
    return oio_error_set(error, OIO_ERR_CONFIG, "configuration: %s=%s is out of range; use %s %s", key.name,
                         oio_key_number(&key, config, value, sizeof value), key.range, key.unit);
  }
  return OIO_OK;
}

const struct oio_config_renaming *oio_config_renamed(size_t index) {
  return index < RENAMED ? &renamed[index] : NULL;
}

void oio_config_describe(const struct oio_config *config, size_t index, struct oio_config_key *key) {
  OIO_PRECONDITION(index < oio_config_count(config));
  char own[KEY_NAME_BYTES];
  const struct oio_key k = key_at(config, index, own);
  const bool words = k.kind == OIO_KEY_CHOICE && !isdigit((unsigned char)k.range[0]);
  *key = (struct oio_config_key){"", k.unit, k.range, k.initial, k.help, words || k.kind == OIO_KEY_TEXT, k.kind == OIO_KEY_INTEGER};
  snprintf(key->name, sizeof key->name, "%s", k.name);
}

const char *oio_config_value(const struct oio_config *config, size_t index, char *out, size_t out_nbytes) {
  OIO_PRECONDITION(index < oio_config_count(config) && out_nbytes > 0);
  char own[KEY_NAME_BYTES];
  const struct oio_key key = key_at(config, index, own);
  return oio_key_show(&key, config, out, out_nbytes);
}
