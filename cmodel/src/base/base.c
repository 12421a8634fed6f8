/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/base.h"

const char *oio_version(void) {
  return OIO_VERSION;
}

double oio_sum_value(const struct oio_sum_ps *sum) {
  return (double)sum->high * 18446744073709551616.0 + (double)sum->low;
}
