/* SPDX-License-Identifier: Apache-2.0 */
/* What parts a link of a class has that can fail, and how often its technology says that it does. */
#include "net/net_state.h"
#include "oio/tech.h"

/* Those that feed a lane: of the last fibres only the wavelengths that their first one carries. */
static uint64_t lasers_of(const struct oio_link_class *of, uint64_t lanes) {
  const uint64_t each = of->laser_fibres * of->wavelengths; /* lanes of the lasers of a group of fibres */
  const uint64_t full = each == 0 ? 0 : (lanes - 1) / each, rest = lanes - full * each;
  return full * of->wavelengths + (rest < of->wavelengths ? rest : of->wavelengths);
}

uint64_t oio_net_parts_of(const struct oio_link_class *of, enum oio_channel_event_kind part) {
  const uint64_t lanes = of->lanes + of->spare_lanes;
  if (part == OIO_EVENT_LASER) return lasers_of(of, lanes);
  return part == OIO_EVENT_FIBRE ? (lanes + of->wavelengths - 1) / of->wavelengths : lanes;
}

double oio_net_mean_ps(const struct oio_link_class *of, bool flaps) {
  const enum oio_tech_quantity quantity = flaps ? OIO_TECH_FLAPS_PER_1E9H : OIO_TECH_FAILURES_PER_1E9H;
  const struct oio_tech *tech = oio_tech_find(of->tech);
  if (tech == NULL) return 0;
  const double a_year = oio_tech_per_year(quantity, tech->value[quantity].typical);
  return a_year > 0 ? OIO_TECH_HOURS_A_YEAR * 3600e12 / a_year : 0;
}
