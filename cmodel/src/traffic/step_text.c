/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a step as workload.step has them: "compute:100us, all-reduce:8:4MiB &, all-to-all/direct:8@8:1MiB, wait". */
#include "traffic/step.h"

#include "base/quantity.h"

#include <ctype.h>
#include <string.h>

enum { WORD_BYTES = 80 };
#define COMPUTE_MAX_PS UINT64_C(1000000000000000) /* as workload.compute_ps */
#define BYTES_MAX UINT64_C(140737488355328)       /* as workload.bytes */

static const struct oio_unit none[] = {{NULL, 0}};

/* A number from 1 to most, with a unit or without: all of the text. */
static bool read_number(const char *text, const struct oio_unit *units, uint64_t most, uint64_t *value) {
  return oio_quantity_read(text, units, value) == OIO_QUANTITY_READ && *value > 0 && *value <= most;
}

static bool has_unit(const char *text) {
  return isalpha((unsigned char)text[strspn(text, "0123456789.")]);
}

/* Cuts the text at the first `mark`; what is behind it, or NULL. */
static char *cut(char *text, char mark) {
  char *at = strchr(text, mark);
  if (at != NULL) *at++ = '\0';
  return at;
}

static bool read_kind(const char *kind, const char *algorithm, struct oio_collective_config *c) {
  unsigned k = 0, a = 0;
  while (k <= OIO_BROADCAST && strcmp(kind, oio_collective_kind_name((enum oio_collective_kind)k)) != 0) k++;
  while (algorithm != NULL && a <= OIO_DIRECT_EXCHANGE && strcmp(algorithm, oio_algorithm_name((enum oio_algorithm)a)) != 0) a++;
  c->kind = (enum oio_collective_kind)k;
  c->algorithm = (enum oio_algorithm)a;
  return k <= OIO_BROADCAST && a <= OIO_DIRECT_EXCHANGE;
}

/* KIND[/ALGORITHM]:GROUP[@STRIDE]:BYTES; a group of all, of which there are as many as there are. */
static bool read_collective(char *word, struct oio_collective_config *c) {
  char *group = cut(word, ':'), *bytes = group == NULL ? NULL : cut(group, ':');
  const char *algorithm = cut(word, '/'), *stride = group == NULL ? NULL : cut(group, '@');
  uint64_t ranks = 0, apart = 1;
  if (bytes == NULL || !read_kind(word, algorithm, c)) return false;
  if (strcmp(group, "all") != 0 && !read_number(group, none, OIO_TRACE_NODES_MAX, &ranks)) return false;
  if (stride != NULL && !read_number(stride, none, OIO_TRACE_NODES_MAX, &apart)) return false;
  c->group = (uint32_t)ranks;
  c->stride = (uint32_t)apart;
  return read_number(bytes, oio_units_of_bytes, BYTES_MAX, &c->bytes);
}

static char *trimmed(char *text) {
  char *end = text + strlen(text);
  while (isspace((unsigned char)*text)) text++;
  while (end > text && isspace((unsigned char)end[-1])) end--;
  *end = '\0';
  return text;
}

static bool read_item(char *word, struct oio_step_item *item) {
  word = trimmed(word);
  char *last = word + strlen(word) - 1;
  item->beside = *word != '\0' && *last == '&';
  if (item->beside) {
    *last = '\0';
    word = trimmed(word);
  }
  item->kind = OIO_STEP_COLLECTIVE;
  if (strcmp(word, "wait") == 0) {
    item->kind = OIO_STEP_WAIT;
  } else if (strncmp(word, "compute:", 8) == 0) {
    item->kind = OIO_STEP_COMPUTE;
    if (!has_unit(word + 8) || !read_number(word + 8, oio_units_of_ps, COMPUTE_MAX_PS, &item->compute_ps)) return false;
  }
  if (item->kind != OIO_STEP_COLLECTIVE) return !item->beside; /* a die does one thing at a time */
  return read_collective(word, &item->collective);
}

enum oio_status oio_step_parse(struct oio_step_config *config, const char *text, struct oio_error *error) {
  bool something = false;
  for (config->count = 0; *text != '\0' || config->count == 0; config->count++) {
    char word[WORD_BYTES];
    const size_t nbytes = strcspn(text, ",");
    struct oio_step_item *item = &config->items[config->count];
    if (config->count == OIO_STEP_ITEMS)
      return oio_error_set(error, OIO_ERR_CONFIG, "workload.step has more than %d items; use fewer", OIO_STEP_ITEMS);
    if (nbytes < sizeof word) {
      memcpy(word, text, nbytes);
      word[nbytes] = '\0';
    }
    if (nbytes >= sizeof word || !read_item(word, item)) {
      return oio_error_set(
          error, OIO_ERR_CONFIG,
          "workload.step: '%.*s' is no item; write compute:TIME, KIND[/ALGORITHM]:GROUP[@STRIDE]:BYTES [&] or wait, for example "
          "compute:100us, all-reduce:8:4MiB",
          (int)(nbytes < sizeof word ? nbytes : sizeof word), text);
    }
    something = something || item->kind != OIO_STEP_WAIT;
    item->collective.dies = config->dies;
    item->collective.listed = true;
    text += nbytes + (text[nbytes] == ',');
  }
  if (!something) return oio_error_set(error, OIO_ERR_CONFIG, "workload.step does nothing but wait; add compute or a collective");
  return OIO_OK;
}
