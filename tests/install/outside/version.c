/* SPDX-License-Identifier: Apache-2.0 */
#include <oio/base.h>

#include <stdio.h>

int main(void) {
  return puts(oio_version()) < 0;
}
