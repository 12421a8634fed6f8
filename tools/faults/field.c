/* SPDX-License-Identifier: Apache-2.0 */
#include "field.h"

#include "lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, LINE_BYTES = 4096, LANES_MAX = 1024, DECIMALS = 9 };

static const char header[] = "time,link,what,repair";

bool field_seconds(const char *text, uint64_t *ns) {
  uint64_t value = 0;
  unsigned digits = 0, decimals = 0;
  bool point = false;
  for (; *text != '\0'; text++) {
    if (*text == '.' && !point && digits > 0) {
      point = true;
      continue;
    }
    if (*text < '0' || *text > '9') return false;
    digits++;
    if (point && decimals == DECIMALS) continue;
    decimals += point;
    if (!point && value > FIELD_NS_MAX_S) return false;
    value = 10 * value + (uint64_t)(*text - '0');
  }
  for (; decimals < DECIMALS; decimals++) {
    if (value > UINT64_MAX / 10) return false;
    value *= 10;
  }
  *ns = value;
  return digits > 0 && value <= (uint64_t)FIELD_NS_MAX_S * 1000000000;
}

static bool whole(const char *text, uint64_t most, uint32_t *number) {
  char *behind;
  const unsigned long long value = strtoull(text, &behind, 10);
  if (*text < '0' || *text > '9' || *behind != '\0' || value > most) return false;
  *number = (uint32_t)value;
  return true;
}

/* Cuts the line at its commas; blanks about a value go. False: it has not four. */
static bool split(char *line, char *column[COLUMNS]) {
  unsigned count = 0;
  for (char *next = line; next != NULL; count++) {
    char *at = next, *comma = strchr(at, ',');
    next = comma == NULL ? NULL : comma + 1;
    if (comma != NULL) *comma = '\0';
    at += strspn(at, " \t");
    for (size_t n = strlen(at); n > 0 && strchr(" \t\r", at[n - 1]) != NULL; n--) at[n - 1] = '\0';
    if (count == COLUMNS) return false;
    column[count] = at;
  }
  return count == COLUMNS;
}

/* down, slow or slow N: 1; another kind: 0; -1: N is none. */
static int read_what(const char *text, uint32_t *lanes) {
  *lanes = strcmp(text, "slow") == 0;
  if (*lanes == 1 || strcmp(text, "down") == 0) return 1;
  if (strncmp(text, "slow ", 5) != 0) return 0;
  return whole(text + 5 + strspn(text + 5, " "), LANES_MAX, lanes) && *lanes > 0 ? 1 : -1;
}

/* As it may be shown: a terminal takes some characters for commands. */
static void keep_word(struct field *field, const char *word) {
  snprintf(field->unknown_word, sizeof field->unknown_word, "%s", word);
  for (char *c = field->unknown_word; *c != '\0'; c++) {
    if (*c < ' ' || *c > '~') *c = '?';
  }
}

/* What is wrong with the row, or NULL. */
static const char *take_row(struct field *field, char *line, bool *no_memory) {
  char *column[COLUMNS];
  struct outage outage;
  uint64_t repair_ns = 0;
  if (!split(line, column)) return "a row is time,link,what,repair";
  if (!field_seconds(column[0], &outage.from)) return "a time is in seconds, 0..1000000000, such as 12.5";
  if (!whole(column[1], INT32_MAX, &outage.link)) return "a link is a whole number, as `oio net show` numbers them";
  const int known = read_what(column[2], &outage.lanes);
  if (known < 0) return "slow is without N lanes, 1..1024: slow 4";
  if (column[3][0] != '\0' && !field_seconds(column[3], &repair_ns)) return "repair is the time that it took, in seconds, or empty: never";
  field->rows++;
  if (outage.link >= field->links) field->links = (uint64_t)outage.link + 1;
  outage.to = column[3][0] == '\0' ? UINT64_MAX : outage.from + repair_ns;
  const uint64_t end_ns = column[3][0] == '\0' ? outage.from : outage.to;
  if (end_ns > field->end_ns) field->end_ns = end_ns;
  if (known == 0 && field->unknown++ == 0) keep_word(field, column[2]);
  *no_memory = known > 0 && !outages_add(&field->outages, &outage);
  return NULL;
}

static enum oio_status take_line(struct field *field, const char *path, uint64_t number, char *line, bool *begun, struct oio_error *error) {
  bool no_memory = false;
  const char *wrong = NULL;
  line[strcspn(line, "\r\n")] = '\0';
  if (line[0] == '\0' || line[0] == '#') return OIO_OK;
  if (*begun)
    wrong = take_row(field, line, &no_memory);
  else if (strcmp(line, header) != 0)
    wrong = "the first line is time,link,what,repair";
  *begun = true;
  if (no_memory) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  return wrong == NULL ? OIO_OK : oio_error_set(error, OIO_ERR_FORMAT, "%.160s:%" PRIu64 ": %s", path, number, wrong);
}

enum oio_status field_read(struct field *field, const char *path, struct oio_error *error) {
  struct oio_lines lines;
  enum oio_lines_result result;
  enum oio_status status = OIO_OK;
  char *line, why[128];
  size_t nbytes;
  bool begun = false;
  *field = (struct field){.rows = 0};
  if (!oio_lines_open(&lines, path, LINE_BYTES, UINT64_MAX))
    return oio_error_set(error, OIO_ERR_IO, "%.160s: cannot be read: %s; check the name", path, strerror(errno));
  while (status == OIO_OK && (result = oio_lines_next(&lines, &line, &nbytes)) == OIO_LINES_ONE) {
    line[nbytes] = '\0';
    status = take_line(field, path, lines.number, line, &begun, error);
  }
  if (status == OIO_OK && result != OIO_LINES_END)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.160s:%" PRIu64 ": %s; mend it", path, lines.number,
                           oio_lines_why(&lines, result, why, sizeof why));
  if (status == OIO_OK && !begun) status = oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it is empty; the first line is %s", path, header);
  oio_lines_close(&lines);
  return status;
}
