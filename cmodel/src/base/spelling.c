/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spelling.h"

#include "base/precondition.h"

#include <stddef.h>
#include <string.h>

unsigned oio_spelling_distance(const char *name, const char *other) {
  unsigned row[OIO_SPELLING_BYTES + 1], least;
  const size_t length = strlen(other);
  OIO_PRECONDITION(length <= OIO_SPELLING_BYTES);
  for (size_t j = 0; j <= length; j++) row[j] = (unsigned)j;
  for (size_t i = 1; i <= OIO_SPELLING_BYTES && name[i - 1] != '\0'; i++) {
    unsigned diagonal = row[0];
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= length; j++) {
      const unsigned changed = diagonal + (name[i - 1] != other[j - 1]);
      const unsigned moved = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      diagonal = row[j];
      row[j] = changed < moved ? changed : moved;
    }
  }
  least = row[0];
  for (size_t j = 1; j <= length; j++) least = row[j] < least ? row[j] : least;
  return least;
}
