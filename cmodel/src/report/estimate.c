/* SPDX-License-Identifier: Apache-2.0 */
/* Up to 30 degrees of freedom a table; above, t by powers of 1 / degrees around the normal distribution (Fisher and Cornish). */
#include "oio/estimate.h"

#include "base/precondition.h"
#include "base/root.h"

enum { TABLED = 30 };

double oio_student_t95(uint64_t degrees) {
  static const double tabled[TABLED] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
                                        2.2010,  2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
                                        2.0796,  2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423};
  const double z = 1.959964, z3 = z * z * z, z5 = z3 * z * z, n = (double)degrees;
  OIO_PRECONDITION(degrees >= 1);
  if (degrees <= TABLED) return tabled[degrees - 1];
  return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n);
}

void oio_estimate_of(struct oio_estimate *estimate, const double *values, uint64_t count) {
  *estimate = (struct oio_estimate){.values = count};
  if (count == 0) return;
  double sum = 0, squares = 0;
  estimate->min = estimate->max = values[0];
  for (uint64_t i = 0; i < count; i++) {
    sum += values[i];
    if (values[i] < estimate->min) estimate->min = values[i];
    if (values[i] > estimate->max) estimate->max = values[i];
  }
  estimate->mean = sum / (double)count;
  if (count < 2) return;
  for (uint64_t i = 0; i < count; i++) squares += (values[i] - estimate->mean) * (values[i] - estimate->mean);
  estimate->within = oio_student_t95(count - 1) * oio_root(squares / (double)(count - 1) / (double)count);
}
