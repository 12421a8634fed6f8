/* SPDX-License-Identifier: Apache-2.0 */
/* What a key takes, by its kind and range, and how it shows what it has. */
#include "config/keys.h"

#include "base/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Choices that stand for a number rather than for their position. */
static uint64_t choice_value(const char *word, uint64_t position) {
  if (!isdigit((unsigned char)word[0])) return position;
  return strtoull(word, NULL, 10);
}

static bool set_choice(const struct oio_key *key, uint64_t *at, const char *value) {
  uint64_t position = 0;
  for (const char *word = key->range;; position++) {
    const size_t nbytes = strcspn(word, "|");
    if (strlen(value) == nbytes && strncmp(word, value, nbytes) == 0) {
      *at = choice_value(word, position);
      return true;
    }
    if (word[nbytes] == '\0') return false;
    word += nbytes + 1;
  }
}

/* Whether all of value is a number, such as it is: no NaN, nothing behind it. */
static bool is_number(const char *value) {
  char *end;
  const double number = strtod(value, &end);
  return end != value && *end == '\0' && number == number;
}

/* Those that a count of bytes or a time takes; any other number takes none. */
static const struct oio_unit *units_of(const struct oio_key *key) {
  static const struct oio_unit none[] = {{NULL, 0}};
  if (strcmp(key->unit, "bytes") == 0) return oio_units_of_bytes;
  return strcmp(key->unit, "ps") == 0 ? oio_units_of_ps : none;
}

static bool set_integer(const struct oio_key *key, uint64_t *at, const char *value) {
  uint64_t number;
  if (oio_quantity_read(value, units_of(key), &number) != OIO_QUANTITY_READ) return false;
  if ((double)number < key->low || (double)number > key->high) return false;
  *at = number;
  return true;
}

static bool set_real(const struct oio_key *key, double *at, const char *value) {
  char *end;
  errno = 0;
  const double number = strtod(value, &end);
  if (end == value || *end != '\0' || !(number >= key->low && number <= key->high)) return false;
  *at = number;
  return true;
}

static bool set_text(const struct oio_key *key, char *at, const char *value) {
  if (strlen(value) >= (size_t)key->high) return false;
  memcpy(at, value, strlen(value) + 1);
  return true;
}

bool oio_key_set(const struct oio_key *key, struct oio_config *config, const char *value) {
  char *base = (char *)config + key->at;
  switch (key->kind) {
  case OIO_KEY_INTEGER:
    return set_integer(key, (uint64_t *)(void *)base, value);
  case OIO_KEY_REAL:
    return set_real(key, (double *)(void *)base, value);
  case OIO_KEY_CHOICE:
    return set_choice(key, (uint64_t *)(void *)base, value);
  case OIO_KEY_TEXT:
    return set_text(key, base, value);
  }
  return false;
}

static const char *integer_objection(const struct oio_key *key, const char *value) {
  const bool bytes = units_of(key) == oio_units_of_bytes;
  uint64_t number;
  if (is_number(value)) return value[strcspn(value, ".eExX")] == '\0' ? "is out of range" : "is no whole number";
  if (units_of(key)->name == NULL) return "is no number";
  switch (oio_quantity_read(value, units_of(key), &number)) {
  case OIO_QUANTITY_NO_UNIT:
    return bytes ? "has a unit that is none of KiB, MiB, GiB" : "has a unit that is none of ps, ns, us, ms, s";
  case OIO_QUANTITY_NOT_WHOLE:
    return bytes ? "is no whole number of bytes" : "is no whole number of ps";
  case OIO_QUANTITY_NO_NUMBER:
    return "is no number";
  default:
    return "is out of range";
  }
}

const char *oio_key_objection(const struct oio_key *key, const char *value) {
  switch (key->kind) {
  case OIO_KEY_INTEGER:
    return integer_objection(key, value);
  case OIO_KEY_REAL:
    return is_number(value) ? "is out of range" : "is no number";
  case OIO_KEY_CHOICE:
    return "is none of its words";
  case OIO_KEY_TEXT:
    return "is too long";
  }
  return "cannot be used";
}

const char *oio_key_number(const struct oio_key *key, const struct oio_config *config, char *out, size_t out_nbytes) {
  const char *at = (const char *)config + key->at;
  uint64_t whole;
  double real;
  if (key->kind == OIO_KEY_REAL) {
    memcpy(&real, at, sizeof real);
    snprintf(out, out_nbytes, "%.17g", real);
  } else {
    memcpy(&whole, at, sizeof whole);
    snprintf(out, out_nbytes, "%llu", (unsigned long long)whole);
  }
  return out;
}

static bool integer_holds(const struct oio_key *key, uint64_t value) {
  return (double)value >= key->low && (double)value <= key->high;
}

static bool choice_holds(const struct oio_key *key, uint64_t value) {
  uint64_t position = 0;
  for (const char *word = key->range;; position++) {
    if (choice_value(word, position) == value) return true;
    word += strcspn(word, "|");
    if (*word++ == '\0') return false;
  }
}

bool oio_key_holds(const struct oio_key *key, const struct oio_config *config) {
  const char *at = (const char *)config + key->at;
  uint64_t whole;
  double real;
  switch (key->kind) {
  case OIO_KEY_INTEGER:
  case OIO_KEY_CHOICE:
    memcpy(&whole, at, sizeof whole);
    return key->kind == OIO_KEY_INTEGER ? integer_holds(key, whole) : choice_holds(key, whole);
  case OIO_KEY_REAL:
    memcpy(&real, at, sizeof real);
    return real >= key->low && real <= key->high; /* no NaN */
  case OIO_KEY_TEXT:
    return memchr(at, '\0', (size_t)key->high) != NULL;
  }
  return false;
}

static void choice_text(const struct oio_key *key, uint64_t value, char *out, size_t out_nbytes) {
  uint64_t position = 0;
  for (const char *word = key->range;; position++) {
    const size_t nbytes = strcspn(word, "|");
    if (choice_value(word, position) == value || word[nbytes] == '\0') {
      snprintf(out, out_nbytes, "%.*s", (int)nbytes, word);
      return;
    }
    word += nbytes + 1;
  }
}

const char *oio_key_show(const struct oio_key *key, const struct oio_config *config, char *out, size_t out_nbytes) {
  const char *base = (const char *)config + key->at;
  uint64_t whole;
  double real;
  switch (key->kind) {
  case OIO_KEY_INTEGER:
    memcpy(&whole, base, sizeof whole);
    snprintf(out, out_nbytes, "%llu", (unsigned long long)whole);
    break;
  case OIO_KEY_REAL:
    memcpy(&real, base, sizeof real);
    /* The shortest that reads back as the same number. */
    for (int digits = 15; digits <= 17; digits++) {
      snprintf(out, out_nbytes, "%.*g", digits, real);
      if (strtod(out, NULL) == real) break;
    }
    break;
  case OIO_KEY_CHOICE:
    memcpy(&whole, base, sizeof whole);
    choice_text(key, whole, out, out_nbytes);
    break;
  case OIO_KEY_TEXT:
    snprintf(out, out_nbytes, "%s", base);
    break;
  }
  return out;
}

/* How alike a name and a key are: the length of what they share at both ends, and one more where name is a key's last part as it stands. */
static size_t likeness(const char *name, const char *key) {
  size_t front = 0, back = 0;
  const size_t n = strlen(name), k = strlen(key);
  while (front < n && front < k && name[front] == key[front]) front++;
  while (back + front < n && back + front < k && name[n - 1 - back] == key[k - 1 - back]) back++;
  return front + back + (front == 0 && back == n && k > n && key[k - n - 1] == '.');
}

bool oio_key_is_nearer(const char *name, const char *candidate, size_t *most) {
  const size_t alike = likeness(name, candidate);
  if (alike < 3 || alike <= *most || 3 * alike < 2 * strlen(name)) return false;
  *most = alike;
  return true;
}

char *oio_key_trimmed(char *text) {
  while (isspace((unsigned char)*text)) text++;
  char *end = text + strlen(text);
  while (end > text && isspace((unsigned char)end[-1])) end--;
  *end = '\0';
  return text;
}
