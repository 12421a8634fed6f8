/* SPDX-License-Identifier: Apache-2.0 */
#include "basis.h"

static const struct {
  enum result result;
  enum oio_tech_quantity quantity;
} rests[] = {
    {RESULT_LATENCY, OIO_TECH_RATE_GBPS},
    {RESULT_LATENCY, OIO_TECH_PHY_NS},
    {RESULT_LATENCY, OIO_TECH_FEC_NS},
    {RESULT_LATENCY, OIO_TECH_FLIGHT_NS_PER_M},
    {RESULT_ENERGY, OIO_TECH_LINK_PJ_PER_BIT},
    {RESULT_ENERGY, OIO_TECH_HOST_PJ_PER_BIT},
    {RESULT_ERRORS, OIO_TECH_LIMIT_ERROR_RATE},
    {RESULT_ERRORS, OIO_TECH_OBSERVED_ERROR_RATE},
    {RESULT_ERRORS, OIO_TECH_FEC},
    {RESULT_EDGE, OIO_TECH_SHORELINE_GBPS_PER_MM},
    {RESULT_FAILURES, OIO_TECH_FAILURES_PER_1E9H},
    {RESULT_FAILURES, OIO_TECH_FLAPS_PER_1E9H},
    {RESULT_FAILURES, OIO_TECH_RELINK_MS},
};

const char *result_name(enum result result) {
  static const char *const names[] = {"latency", "energy", "errors", "edge", "failures"};
  return names[result];
}

bool result_rests_on(enum result result, enum oio_tech_quantity quantity) {
  for (unsigned i = 0; i < sizeof rests / sizeof rests[0]; i++) {
    if (rests[i].result == result && rests[i].quantity == quantity) return true;
  }
  return false;
}

bool result_assumed(const struct oio_tech *tech, enum result result, enum oio_tech_quantity quantity) {
  return tech->value[quantity].basis == OIO_BASIS_ASSUMED && result_rests_on(result, quantity);
}
