/* SPDX-License-Identifier: Apache-2.0 */
#include "results_parts.h"

#include <math.h>
#include <string.h>

static const struct {
  const char *column, *name;
} parts[RESULTS_PARTS] = {{"queue_ps", "queue"}, {"serialise_ps", "serialise"}, {"flight_ps", "flight"}, {"logic_ps", "logic"},
                          {"fec_ps", "fec"},     {"retry_ps", "retry"}};

const char *results_part_column(unsigned part) {
  return parts[part].column;
}

const char *results_part_name(unsigned part) {
  return parts[part].name;
}

unsigned results_part_moved(const double from[RESULTS_PARTS], const double to[RESULTS_PARTS]) {
  double mean = 0, most = 0;
  unsigned found = RESULTS_PARTS;
  for (unsigned i = 0; i < RESULTS_PARTS; i++) mean += to[i] - from[i];
  for (unsigned i = 0; i < RESULTS_PARTS; i++) {
    const double moved = mean < 0 ? from[i] - to[i] : to[i] - from[i];
    if (moved <= most) continue;
    most = moved;
    found = i;
  }
  return found;
}

const char *results_parts_text(const double from[RESULTS_PARTS], const double to[RESULTS_PARTS], char *out, size_t nbytes) {
  size_t used = 0;
  out[0] = '\0';
  for (unsigned i = 0; i < RESULTS_PARTS; i++) {
    const double moved = to[i] - from[i];
    if (fabs(moved) < 1 || used >= nbytes) continue;
    used += (size_t)snprintf(out + used, nbytes - used, "%s%s %+.6g", used == 0 ? "" : ", ", parts[i].name, moved / 1e3);
  }
  if (used > 0 && used < nbytes) snprintf(out + used, nbytes - used, " ns");
  return out;
}
