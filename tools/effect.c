/* SPDX-License-Identifier: Apache-2.0 */
#include "effect.h"

#include <stdio.h>
#include <string.h>

static bool generated(const struct options *options) {
  return options->config.generator != OIO_GENERATE_NOTHING && options->config.generator < OIO_GENERATE_ALL_REDUCE;
}
static bool collective(const struct options *options) {
  return options->config.generator >= OIO_GENERATE_ALL_REDUCE;
}
static bool one_collective(const struct options *options) {
  return collective(options) && options->config.generator != OIO_GENERATE_STEP;
}
static bool step(const struct options *options) {
  return options->config.generator == OIO_GENERATE_STEP;
}
static bool loaded(const struct options *options) {
  return options->config.generator == OIO_POISSON || options->config.generator == OIO_BURST;
}
static bool bursts(const struct options *options) {
  return options->config.generator == OIO_BURST;
}
static bool saturated(const struct options *options) {
  return options->config.generator == OIO_SATURATE;
}
static bool recurs(const struct options *options) {
  const struct oio_config *c = &options->config;
  return saturated(options) && oio_config_topology(c) == OIO_DIRECT && c->fidelity == OIO_EVENT && options->trace == NULL;
}
static bool recorded(const struct options *options) {
  return options->trace != NULL;
}
static bool local(const struct options *options) {
  return recorded(options) || collective(options);
}
static bool bridged(const struct options *options) {
  return strcmp(options->config.net, "bridged") == 0;
}
static bool ends_at_bridges(const struct options *options) {
  return !oio_config_is_tunnelled(&options->config);
}
/* A net of two dies has none of these links. */
static bool routed(const struct options *options) {
  return oio_config_is_routed(&options->config);
}
static bool generated_pair(const struct options *options) {
  return generated(options) && !routed(options);
}
static bool generated_routed(const struct options *options) {
  return generated(options) && routed(options);
}
static bool detailed(const struct options *options) {
  return options->config.detail == OIO_DETAIL_ON ||
         (options->config.detail == OIO_DETAIL_AUTO &&
          (options->json != NULL || options->csv != NULL || options->append != NULL || step(options)));
}
static bool reset(const struct options *options) {
  return options->config.reset_at_ps > 0;
}
static bool part_reset(const struct options *options) {
  return reset(options) && options->config.reset_scope != OIO_RESET_ALL;
}

/* Does it hold for any class whose links the net has? */
static bool of_any_class(const struct options *options, bool (*holds)(const struct options *options, const struct oio_link_class *of)) {
  bool any = false;
  for (unsigned i = 0; i < oio_config_classes(&options->config); i++) any = any || holds(options, &options->config.classes[i]);
  return any;
}
static bool is_spread(const struct options *options, const struct oio_link_class *of) {
  (void)options;
  return of->lane_spread > 0;
}
static bool walks(const struct options *options, const struct oio_link_class *of) {
  (void)options;
  return of->walk > 0;
}
static bool scheduled(const struct options *options, const struct oio_link_class *of) {
  (void)of;
  return options->config.faults[0] != '\0';
}
/* A schedule may bring an error rate. */
static bool errs(const struct options *options, const struct oio_link_class *of) {
  return of->bit_error_rate > 0 || scheduled(options, of);
}
static bool any_is_spread(const struct options *options) {
  return of_any_class(options, is_spread);
}
static bool any_walks(const struct options *options) {
  return of_any_class(options, walks);
}
static bool any_errs(const struct options *options) {
  return of_any_class(options, errs);
}
static bool any_scheduled(const struct options *options) {
  return of_any_class(options, scheduled);
}

/* When a key matters; one that ends in a dot or a _ stands for all that begin so. The first that fits counts; a key not here always
 * matters. */
static const struct {
  const char *key;
  bool (*matters)(const struct options *options);
  const char *needs;
} table[] = {
    {"workload.algorithm", one_collective, "--generate all-reduce or another collective"},
    {"workload.bytes", one_collective, "--generate all-reduce or another collective"},
    {"workload.chunk_bytes", collective, "--generate all-reduce, another collective or step"},
    {"workload.group", one_collective, "--generate all-reduce or another collective"},
    {"workload.group_stride", one_collective, "--generate all-reduce or another collective"},
    {"workload.iterations", collective, "--generate all-reduce, another collective or step"},
    {"workload.compute_ps", one_collective, "--generate all-reduce or another collective"},
    {"workload.overlap", one_collective, "--generate all-reduce or another collective"},
    {"workload.step", step, "--generate step"},
    {"workload.messages", generated, "--generate saturate|poisson|burst"},
    {"workload.message_bytes", generated, "--generate saturate|poisson|burst"},
    {"workload.vcs", generated, "--generate saturate|poisson|burst"},
    {"workload.directions", generated_pair, "--generate saturate|poisson|burst and a net of two dies"},
    {"workload.pattern", generated_routed, "--generate saturate|poisson|burst and a net of many dies"},
    {"switch.", routed, "a net with switches"},
    {"workload.load", loaded, "--generate poisson|burst"},
    {"workload.burst_", bursts, "--generate burst"},
    {"workload.depth", saturated, "--generate saturate"},
    {"results.pairs", detailed, "--json or --csv, or results.detail=on"},
    {"results.interval_ps", detailed, "--json or --csv, or results.detail=on"},
    {"trace.loop", recorded, "--trace FILE"},
    {"trace.time_scale", recorded, "--trace FILE"},
    {"die.local_ps", local, "--trace FILE, or a collective"},
    {"optical.window_flits", ends_at_bridges, "bridge.mode=links"},
    {"optical.buffer_flits", ends_at_bridges, "bridge.mode=links"},
    {"optical.timeout_flits", ends_at_bridges, "bridge.mode=links"},
    {"optical.nak_repeat_flits", ends_at_bridges, "bridge.mode=links"},
    {"die_link.", bridged, "--net bridged"},
    {"bridge.", bridged, "--net bridged"},
    {"package.", routed, "a net with such links"},
    {"sim.errors_seed", any_errs, "errors (CLASS.bit_error_rate above 0, or --faults)"},
    {"sim.spread_seed", any_is_spread, "unequal lanes (CLASS.lane_spread above 0)"},
    {"sim.walk_seed", any_walks, "rings that walk (CLASS.walk above 0)"},
    {"sim.faults_seed", any_scheduled, "--faults"},
    {"sim.threads", routed, "a net of many dies (--net)"},
    {"sim.trains", recurs, "--generate saturate --net pair --fidelity event"},
    {"rack.", routed, "a net with such links"},
    {"row.", routed, "a net with such links"},
    {"reset.hold_ps", reset, "reset.at_ps above 0"},
    {"reset.scope", reset, "reset.at_ps above 0"},
    {"reset.which", part_reset, "reset.at_ps above 0 and reset.scope=die|link"},
};

static bool corrected(const struct options *options, const struct oio_link_class *of) {
  (void)options;
  return of->fec != OIO_FEC_NONE;
}
static bool in_blocks(const struct options *options, const struct oio_link_class *of) {
  return corrected(options, of) && of->fec != OIO_FEC_FLIT;
}
static bool striped(const struct options *options, const struct oio_link_class *of) {
  (void)options;
  return of->stripe_bits > 0;
}
static bool technical(const struct options *options, const struct oio_link_class *of) {
  (void)options;
  return of->tech[0] != '\0';
}
static bool marked(const struct options *options, const struct oio_link_class *of) {
  (void)options;
  return of->marker_bits > 0;
}
static bool spreads(const struct options *options, const struct oio_link_class *of) {
  return striped(options, of) && errs(options, of);
}
static bool scheduled_lanes(const struct options *options, const struct oio_link_class *of) {
  return scheduled(options, of) && striped(options, of);
}

/* Of a key of a class of links in this net: when it matters, and what it needs. */
static const struct {
  const char *key;
  bool (*matters)(const struct options *options, const struct oio_link_class *of);
  const char *needs;
} of_a_class[] = {
    {"tech_errors", technical, "a class with a technology (tech)"},
    {"fec_ways", in_blocks, "a class with error correction (fec=kp4|kr4|ll)"},
    {"fec_mode", corrected, "a class with error correction (fec=kp4|kr4|ll|flit)"},
    {"fec_ps", corrected, "a class with error correction (fec=kp4|kr4|ll|flit)"},
    {"marker_period_bits", marked, "a class with markers (marker_bits above 0)"},
    {"lane_spread", spreads, "a class with stripes (stripe_bits=1 or more) and errors (bit_error_rate above 0, or a schedule)"},
    {"walk", errs, "a class with errors (bit_error_rate above 0, or a schedule)"},
    {"spare_lanes", scheduled_lanes, "--faults, and a class with stripes (stripe_bits=1 or more)"},
    {"remap_ps", scheduled_lanes, "--faults, and a class with stripes (stripe_bits=1 or more)"},
    {"wavelengths", scheduled_lanes, "--faults, and a class with stripes (stripe_bits=1 or more)"},
    {"laser_fibres", scheduled_lanes, "--faults, and a class with stripes (stripe_bits=1 or more)"},
    {"relink_ps", scheduled, "--faults"},
    {"ring_pm_per_k", scheduled, "--faults"},
    {"ring_width_pm", scheduled, "--faults"},
    {"ring_lock_ps", scheduled, "--faults"},
    {"walk_ps", walks, "a class whose rings walk (walk above 0)"},
};

static bool names(const char *entry, const char *key) {
  const size_t nbytes = strlen(entry);
  return entry[nbytes - 1] == '.' || entry[nbytes - 1] == '_' ? strncmp(entry, key, nbytes) == 0 : strcmp(entry, key) == 0;
}

/* Of which class of links the key is; the number of classes: of none. */
static unsigned class_of(const struct options *options, const char *key) {
  unsigned of = 0;
  for (; of < oio_config_classes(&options->config); of++) {
    const char *name = oio_config_class_name(&options->config, of);
    if (strncmp(key, name, strlen(name)) == 0 && key[strlen(name)] == '.') break;
  }
  return of;
}

/* What a key of a class needs beside a net with such links; NULL: nothing. */
static const char *needed_of_class(const struct options *options, unsigned of, const char *key) {
  const char *suffix = key + strlen(oio_config_class_name(&options->config, of)) + 1;
  for (size_t i = 0; i < sizeof of_a_class / sizeof of_a_class[0]; i++) {
    if (!names(of_a_class[i].key, suffix)) continue;
    return of_a_class[i].matters(options, &options->config.classes[of]) ? NULL : of_a_class[i].needs;
  }
  return NULL;
}

const char *effect_needs(const struct options *options, const char *key) {
  const unsigned of = class_of(options, key), classes = oio_config_classes(&options->config);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (!names(table[i].key, key)) continue;
    if (!table[i].matters(options)) return table[i].needs;
    break;
  }
  if (of == classes) return NULL;
  if (of >= OIO_LINK_CLASSES && !routed(options)) return "a net with such links";
  return needed_of_class(options, of, key);
}

bool effect_has(const struct options *options, const char *key) {
  return effect_needs(options, key) == NULL;
}

/* -1, or EXIT_UNUSABLE: the key does not matter, and that has been said. */
static int check_key(const struct options *options, const char *option, const char *key) {
  const char *needs = effect_needs(options, key);
  if (needs == NULL) return -1;
  fprintf(stderr, "%s: %s has no effect in this run: it needs %s; leave it out, or add that\n", option, key, needs);
  return EXIT_UNUSABLE;
}

int effect_check(const struct options *options, int argc, char **argv) {
  char key[64];
  for (int i = 1; i + 1 < argc; i += options_step(argv[i])) {
    if (!options_key(argv[i], argv[i + 1], key, sizeof key)) continue;
    if (check_key(options, argv[i], key) >= 0) return EXIT_UNUSABLE;
  }
  return -1;
}
