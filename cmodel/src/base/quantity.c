/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const struct oio_unit oio_units_of_bytes[] = {{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};
const struct oio_unit oio_units_of_ps[] = {{"ps", 1}, {"ns", 1000}, {"us", 1000000}, {"ms", 1000000000}, {"s", UINT64_C(1000000000000)},
                                           {NULL, 0}};

/* So many digits behind those of *number. False: it would have more than 64 bits. */
static bool take_digits(const char *text, size_t count, uint64_t *number) {
  for (size_t i = 0; i < count; i++) {
    const uint64_t digit = (uint64_t)(text[i] - '0');
    if (*number > (UINT64_MAX - digit) / 10) return false;
    *number = 10 * *number + digit;
  }
  return true;
}

/* Divides the product of both by a prime. False: it is no divisor. */
static bool divide(uint64_t *a, uint64_t *b, uint64_t prime) {
  uint64_t *of = *a % prime == 0 ? a : b;
  if (*of % prime != 0) return false;
  *of /= prime;
  return true;
}

enum oio_quantity oio_quantity_read(const char *text, const struct oio_unit *units, uint64_t *value) {
  uint64_t number = 0, times = 1;
  const size_t whole = strspn(text, "0123456789"), fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
  const char *unit = text + whole + (text[whole] == '.' ? 1 + fraction : 0);
  size_t decimals = fraction;
  while (decimals > 0 && text[whole + decimals] == '0') decimals--; /* 1.50 is 1.5 */
  if (whole == 0 || (text[whole] == '.' && fraction == 0)) return OIO_QUANTITY_NO_NUMBER;
  if (*unit != '\0') {
    while (units->name != NULL && strcmp(units->name, unit) != 0) units++;
    if (units->name == NULL) return OIO_QUANTITY_NO_UNIT;
    times = units->times;
  }
  if (!take_digits(text, whole, &number)) return OIO_QUANTITY_TOO_LARGE;
  if (!take_digits(text + whole + 1, decimals, &number) || (*unit == '\0' && fraction > 0)) return OIO_QUANTITY_NOT_WHOLE;
  for (; decimals > 0; decimals--) {
    if (!divide(&number, &times, 2) || !divide(&number, &times, 5)) return OIO_QUANTITY_NOT_WHOLE;
  }
  if (number > UINT64_MAX / times) return OIO_QUANTITY_TOO_LARGE;
  *value = number * times;
  return OIO_QUANTITY_READ;
}
