/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/offer.h"

#include "traffic/packing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exact, where oio_config_class_flit_ps rounds down. */
static double flit_ps(const struct oio_config *config, unsigned link_class) {
  return OIO_FLIT_BITS * 1e12 / oio_config_class_bits_per_s(config, link_class);
}

/* Of flits that a message takes, in the mean: they share one where they are small, and none is empty at the end where they are large. */
static double flits_a_message(const struct oio_config *config, bool routed) {
  return (double)config->message_bytes / oio_packing_bytes_per_flit(config->message_bytes, (unsigned)config->generated_vcs, routed);
}

static double load_of(const struct oio_config *config) {
  return config->generator == OIO_SATURATE ? 1 : config->load;
}

/* senders: one divided by its gap, over all that send. */
static void set_rates(struct oio_offer *offer, const struct oio_config *config, double messages_a_ps) {
  offer->load = load_of(config);
  offer->bits_per_s = messages_a_ps * (double)config->message_bytes * 8e12;
  offer->saturation_bits_per_s = offer->bits_per_s / offer->load;
}

void oio_offer_of_two(struct oio_offer *offer, const struct oio_config *config, double *gap_ps) {
  const double optical_ps = flit_ps(config, OIO_CLASS_OPTICAL), die_ps = flit_ps(config, OIO_CLASS_DIE_LINK);
  const bool bridged = oio_config_topology(config) == OIO_BRIDGED, die_is_slower = bridged && die_ps > optical_ps;
  const bool back = config->directions == OIO_B_TO_A;
  *gap_ps = flits_a_message(config, false) * optical_ps / load_of(config);
  set_rates(offer, config, (config->directions == OIO_BOTH_WAYS ? 2 : 1) / *gap_ps);
  /* Bridged, links are: the die link of A, the optical link, the die link of B. */
  const char *ends[2] = {bridged && !die_is_slower ? "b0" : "d0", !bridged ? "d1" : die_is_slower ? "b0" : "b1"};
  offer->wire = (bridged && !die_is_slower ? 2u : 0u) + back;
  offer->wire_load = offer->load * (die_is_slower ? die_ps / optical_ps : 1);
  snprintf(offer->from, sizeof offer->from, "%s", ends[back]);
  snprintf(offer->to, sizeof offer->to, "%s", ends[!back]);
}

/* The flit time of every class of links of the net. */
static void measure_classes(const struct oio_config *config, const struct oio_topology *topology, double *class_ps) {
  for (unsigned i = 0; i < oio_topology_classes(topology); i++) {
    class_ps[i] = flit_ps(config, oio_config_class_named(config, oio_topology_class_name(topology, i)));
  }
}

/* The time of its busiest own wire that a unit of the pattern takes, a unit being a flit a die. */
static double own_ps(const struct oio_topology *topology, const double *wire, const double *class_ps, uint32_t die) {
  double most = 0;
  for (uint32_t i = 0; i < oio_topology_port_count(topology, die); i++) {
    const uint32_t port = oio_topology_port_at(topology, die, i);
    const double units = wire == NULL ? 1 : wire[port], ps = units * class_ps[oio_topology_link_class(topology, port / 2)];
    if (ps > most) most = ps;
  }
  return most;
}

static void find_most_loaded(struct oio_offer *offer, const struct oio_topology *topology, const double *wire, const double *class_ps) {
  for (uint32_t w = 0; w < 2 * oio_topology_links(topology); w++) {
    const double load = wire[w] * class_ps[oio_topology_link_class(topology, w / 2)];
    if (load <= offer->wire_load) continue;
    offer->wire_load = load;
    offer->wire = w;
  }
  if (offer->wire == OIO_NONE) return;
  oio_topology_name(topology, oio_topology_node_of(topology, offer->wire), offer->from);
  oio_topology_name(topology, oio_topology_node_of(topology, offer->wire ^ 1), offer->to);
}

/* wire: room for the load of each. units: for a number of each die. */
static enum oio_status measure(struct oio_offer *offer, const struct oio_config *config, const struct oio_topology *topology,
                               const uint32_t *partner, double *gap_ps, double *wire, double *units, struct oio_error *error) {
  const bool known = config->pattern != OIO_PATTERN_UNIFORM || oio_topology_dies(topology) <= OIO_OFFER_DIES_MAX;
  const double flits = flits_a_message(config, true);
  double class_ps[OIO_TOPOLOGY_CLASSES_MAX], messages_a_ps = 0;
  measure_classes(config, topology, class_ps);
  enum oio_status status = known ? oio_routes_load(wire, topology, partner, NULL, error) : OIO_OK;
  if (status != OIO_OK) return status;
  for (uint32_t die = 0; die < oio_topology_dies(topology); die++) {
    gap_ps[die] = units[die] = 0;
    if (partner[die] == die) continue;
    gap_ps[die] = flits * own_ps(topology, known ? wire : NULL, class_ps, die) / load_of(config);
    units[die] = flits / gap_ps[die];
    messages_a_ps += 1 / gap_ps[die];
  }
  set_rates(offer, config, messages_a_ps);
  if (!known) return OIO_OK;
  status = oio_routes_load(wire, topology, partner, units, error);
  if (status == OIO_OK) find_most_loaded(offer, topology, wire, class_ps);
  return status;
}

enum oio_status oio_offer_of_many(struct oio_offer *offer, const struct oio_config *config, const struct oio_topology *topology,
                                  const uint32_t *partner, double *gap_ps, struct oio_error *error) {
  double *wire = malloc(2 * (size_t)oio_topology_links(topology) * sizeof *wire);
  double *units = malloc(oio_topology_dies(topology) * sizeof *units);
  *offer = (struct oio_offer){.wire = OIO_NONE};
  const enum oio_status status = wire == NULL || units == NULL
                                     ? oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory for the load of every wire")
                                     : measure(offer, config, topology, partner, gap_ps, wire, units, error);
  free(wire);
  free(units);
  return status;
}
