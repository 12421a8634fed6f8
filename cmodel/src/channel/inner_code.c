/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/inner_code.h"

#include "base/normal.h"

/* Where it has been measured, by simulation of a Chase decoder that tries 6 bits. */
#define MEASURED_BEFORE 4.8e-3
#define MEASURED_BEHIND 2.44e-4

/* Words at distance 4 are what is taken for the one that was sent, each as often as noise goes past half of that distance, 2 x. */
static double shape(double p) {
  return oio_normal_tail(2 * oio_normal_level(p));
}

double oio_inner_code_rate(double bit_error_rate) {
  if (bit_error_rate <= 0) return 0;
  const double behind = MEASURED_BEHIND / shape(MEASURED_BEFORE) * shape(bit_error_rate);
  return behind < bit_error_rate ? behind : bit_error_rate;
}
