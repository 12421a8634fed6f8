/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder put together from its tables, and what its numbers are called. */
#include "oio/tech.h"

#include "base/precondition.h"
#include "base/spelling.h"
#include "tech/presets.h"

#include <string.h>

static const struct oio_presets *const ladder[] = {&oio_presets_pluggable, &oio_presets_copackaged, &oio_presets_optical_io,
                                                   &oio_presets_electrical};
enum { PARTS = sizeof ladder / sizeof ladder[0] };

static const struct oio_tech_quantity_help quantities[OIO_TECH_QUANTITIES] = {
    [OIO_TECH_LANE_RATE_GBPS] = {"lane_rate_gbps", "Gb/s", "rate of a lane on the line", false},
    [OIO_TECH_MODULATION] = {"modulation", "", "modulation", true},
    [OIO_TECH_WAVELENGTHS] = {"wavelengths", "", "wavelengths of a fibre, each direction", false},
    [OIO_TECH_RATE_GBPS] = {"rate_gbps", "Gb/s", "rate of all lanes, one direction", false},
    [OIO_TECH_REACH_M] = {"reach_m", "m", "reach", false},
    [OIO_TECH_HOST_REACH_MM] = {"host_reach_mm", "mm", "electrical way from chip to optics", false},
    [OIO_TECH_PHY_NS] = {"phy_ns", "ns", "PHY, both ends", false},
    [OIO_TECH_FEC_NS] = {"fec_ns", "ns", "FEC, encoding and decoding", false},
    [OIO_TECH_FLIGHT_NS_PER_M] = {"flight_ns_per_m", "ns/m", "flight", false},
    [OIO_TECH_LINK_PJ_PER_BIT] = {"link_pj_per_bit", "pJ/b", "energy of the link, both ends, without the host", false},
    [OIO_TECH_HOST_PJ_PER_BIT] = {"host_pj_per_bit", "pJ/b", "energy of the serialisers of both hosts", false},
    [OIO_TECH_LIMIT_ERROR_RATE] = {"limit_error_rate", "", "bit error rate before FEC, the most it is built for", false},
    [OIO_TECH_OBSERVED_ERROR_RATE] = {"observed_error_rate", "", "bit error rate before FEC, of links in operation", false},
    [OIO_TECH_FEC] = {"fec", "", "FEC", true},
    [OIO_TECH_AFTER_FEC] = {"after_fec", "", "what the limit leaves behind FEC", true},
    [OIO_TECH_SHORELINE_GBPS_PER_MM] = {"shoreline_gbps_per_mm", "Gb/s/mm", "rate of a millimetre of edge, one direction", false},
    [OIO_TECH_FAILURES_PER_1E9H] = {"failures_per_1e9h", "1/1e9 h", "failures for good, of a module, port or engine", false},
    [OIO_TECH_FLAPS_PER_1E9H] = {"flaps_per_1e9h", "1/1e9 h", "flaps", false},
    [OIO_TECH_RELINK_MS] = {"relink_ms", "ms", "time to come up again", false},
    [OIO_TECH_THERMAL] = {"thermal", "", "heat", true},
    [OIO_TECH_ERRORS] = {"errors", "", "how errors come", true},
};

#define OIO_CITATION_ROW(number, key, kind, publisher, title, year, host) {key, kind, publisher, title, year, host},
static const struct oio_tech_source sources[] = {{"", "", "", "", 0, ""}, OIO_CITATIONS(OIO_CITATION_ROW)};
#undef OIO_CITATION_ROW

const struct oio_tech *oio_tech_at(unsigned index) {
  for (unsigned part = 0; part < PARTS; part++) {
    if (index < ladder[part]->count) return &ladder[part]->rows[index];
    index -= ladder[part]->count;
  }
  return NULL;
}

const struct oio_tech *oio_tech_find(const char *name) {
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    if (strcmp(tech->name, name) == 0) return tech;
  }
  return NULL;
}

const char *oio_tech_nearest(const char *name) {
  const struct oio_tech *tech, *best = oio_tech_at(0);
  for (unsigned i = 1; (tech = oio_tech_at(i)) != NULL; i++) {
    if (oio_spelling_distance(name, tech->name) < oio_spelling_distance(name, best->name)) best = tech;
  }
  return best->name;
}

const char *oio_rung_name(enum oio_rung rung) {
  static const char *const names[OIO_RUNGS] = {"pluggable", "LRO", "LPO", "microLED", "NPO", "CPO", "OIO", "copper", "board", "UCIe"};
  OIO_PRECONDITION(rung < OIO_RUNGS);
  return names[rung];
}

const char *oio_basis_name(enum oio_basis basis) {
  static const char *const names[] = {"not known", "assumed", "derived", "sourced"};
  OIO_PRECONDITION(basis <= OIO_BASIS_SOURCED);
  return names[basis];
}

const struct oio_tech_quantity_help *oio_tech_quantity_help_of(enum oio_tech_quantity quantity) {
  OIO_PRECONDITION(quantity < OIO_TECH_QUANTITIES);
  return &quantities[quantity];
}

const struct oio_tech_source *oio_tech_source_of(unsigned number) {
  return number > 0 && number < sizeof sources / sizeof sources[0] ? &sources[number] : NULL;
}

unsigned oio_tech_count(const struct oio_tech *tech, enum oio_basis basis) {
  unsigned count = 0;
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) count += tech->value[q].basis == basis;
  return count;
}

enum oio_tech_quantity oio_tech_error_rate(const struct oio_tech *tech) {
  return tech->value[OIO_TECH_OBSERVED_ERROR_RATE].basis != OIO_BASIS_NONE ? OIO_TECH_OBSERVED_ERROR_RATE : OIO_TECH_LIMIT_ERROR_RATE;
}

static bool speaks_of_rings(const struct oio_tech_value *value) {
  return value->words != NULL && (strncmp(value->words, "rings", 5) == 0 || strstr(value->words, " ring") != NULL);
}

bool oio_tech_has_rings(const struct oio_tech *tech) {
  return speaks_of_rings(&tech->value[OIO_TECH_THERMAL]) || speaks_of_rings(&tech->value[OIO_TECH_ERRORS]);
}

double oio_tech_per_year(enum oio_tech_quantity quantity, double per_1e9h) {
  return (quantity == OIO_TECH_FAILURES_PER_1E9H ? 2 : 1) * per_1e9h * 1e-9 * OIO_TECH_HOURS_A_YEAR;
}

double oio_tech_latency_ns(const struct oio_tech *tech, double length_m) {
  return tech->value[OIO_TECH_PHY_NS].typical + tech->value[OIO_TECH_FEC_NS].typical +
         length_m * tech->value[OIO_TECH_FLIGHT_NS_PER_M].typical;
}
