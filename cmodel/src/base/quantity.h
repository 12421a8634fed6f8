/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and times as people write them: a number with a unit, "4MiB", "1.5us". */
#ifndef OIO_QUANTITY_H
#define OIO_QUANTITY_H

#include <stdint.h>

struct oio_unit {
  const char *name;
  uint64_t times;
};

/* KiB, MiB, GiB, and ps, ns, us, ms and s; behind the last one a name of NULL. */
extern const struct oio_unit oio_units_of_bytes[], oio_units_of_ps[];

enum oio_quantity { OIO_QUANTITY_READ = 0, OIO_QUANTITY_NO_NUMBER, OIO_QUANTITY_NO_UNIT, OIO_QUANTITY_NOT_WHOLE, OIO_QUANTITY_TOO_LARGE };

/* A whole number; or a number with or without a fraction and one of the units, all of the text, which comes to a whole number. Nothing is
 * rounded, and a fraction of more digits than 64 bits hold is taken for none. NO_UNIT: what stands behind the number is none of them. Only
 * with READ is *value set. */
enum oio_quantity oio_quantity_read(const char *text, const struct oio_unit *units, uint64_t *value);

#endif
