/* SPDX-License-Identifier: Apache-2.0 */
/* Counts as a text: `oio-cover VERSION BINS`, a line `NAME COUNT` for each bin in the order of the table, and `end SUM`, the sum of all
 * counts modulo 2^64, so that a file that is cut off or damaged does not pass for a whole one. */
#include "lines.h"
#include "oio/cover.h"
#include "oio/results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 80, TEXT_MAX_BYTES = 1 << 20 };
enum { TEXT_BYTES = (OIO_COVER_BINS + 2) * LINE_MAX_BYTES };

enum oio_status oio_cover_write(const struct oio_cover *cover, const char *path, struct oio_error *error) {
  char *text = malloc(TEXT_BYTES);
  if (text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%.200s: out of memory", path);
  uint64_t sum = 0;
  int at = snprintf(text, TEXT_BYTES, "oio-cover %d %d\n", OIO_COVER_VERSION, OIO_COVER_BINS);
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) {
    struct oio_cover_bin bin;
    oio_cover_get_bin(i, &bin);
    sum += cover->hits[i];
    at += snprintf(text + at, (size_t)(TEXT_BYTES - at), "%s %" PRIu64 "\n", bin.name, cover->hits[i]);
  }
  snprintf(text + at, (size_t)(TEXT_BYTES - at), "end %" PRIu64 "\n", sum);
  const enum oio_status status = oio_write_whole(path, text, error);
  free(text);
  return status;
}

/* The whole of the text is a number, without sign, space or needless zero. */
static bool number(const char *text, uint64_t *value) {
  char again[24];
  errno = 0;
  *value = strtoull(text, NULL, 10);
  snprintf(again, sizeof again, "%" PRIu64, *value);
  return errno == 0 && strcmp(again, text) == 0;
}

struct reader {
  struct oio_lines lines;
  const char *path;
  struct oio_error *error;
};

static enum oio_status refuse(const struct reader *r, const char *what) {
  return oio_error_set(r->error, OIO_ERR_FORMAT, "%.200s: line %" PRIu64 ": %s; make the file again with --cover", r->path, r->lines.number,
                       what);
}

/* The next line, and behind its one space a number. */
static enum oio_status next(struct reader *r, char **line, uint64_t *value) {
  char why[200];
  size_t nbytes;
  const enum oio_lines_result result = oio_lines_next(&r->lines, line, &nbytes);
  if (result == OIO_LINES_END) return refuse(r, "the file ends here, before its line `end`");
  if (result != OIO_LINES_ONE) return refuse(r, oio_lines_why(&r->lines, result, why, sizeof why));
  (*line)[nbytes] = '\0';
  char *space = strchr(*line, ' ');
  if (space == NULL) return refuse(r, "it is no line of a file of coverage, a name and a number");
  *space = '\0';
  return number(space + 1, value) ? OIO_OK : refuse(r, "what stands behind the name is no count");
}

static enum oio_status read_head(struct reader *r) {
  char *line, *rest, expected[40];
  size_t nbytes;
  const enum oio_lines_result result = oio_lines_next(&r->lines, &line, &nbytes);
  if (result != OIO_LINES_ONE) return refuse(r, "it is no file of coverage");
  line[nbytes] = '\0';
  if (strncmp(line, "oio-cover ", 10) != 0) return refuse(r, "it is no file of coverage, which begins with `oio-cover`");
  snprintf(expected, sizeof expected, "oio-cover %d %d", OIO_COVER_VERSION, OIO_COVER_BINS);
  if (strcmp(line, expected) == 0) return OIO_OK;
  const unsigned long version = strtoul(line + 10, &rest, 10);
  return oio_error_set(r->error, OIO_ERR_FORMAT,
                       "%.200s: its table of bins is version %lu with%.20s bins, and this oio has version %d with %d; make the file again",
                       r->path, version, rest, OIO_COVER_VERSION, OIO_COVER_BINS);
}

static enum oio_status read_all(struct reader *r, struct oio_cover *cover) {
  uint64_t sum = 0, end;
  size_t nbytes;
  char *line;
  enum oio_status status = read_head(r);
  for (unsigned i = 0; i < OIO_COVER_BINS && status == OIO_OK; i++) {
    struct oio_cover_bin bin;
    oio_cover_get_bin(i, &bin);
    status = next(r, &line, &cover->hits[i]);
    if (status == OIO_OK && strcmp(line, bin.name) != 0) return refuse(r, "another bin should stand here by the table");
    sum += cover->hits[i];
  }
  if (status == OIO_OK) status = next(r, &line, &end);
  if (status != OIO_OK) return status;
  if (strcmp(line, "end") != 0 || end != sum) return refuse(r, "the counts do not add up to what `end` says: the file is damaged");
  return oio_lines_next(&r->lines, &line, &nbytes) == OIO_LINES_END ? OIO_OK : refuse(r, "something stands behind the line `end`");
}

enum oio_status oio_cover_read(struct oio_cover *cover, const char *path, struct oio_error *error) {
  struct reader r = {.path = path, .error = error};
  struct oio_cover read;
  if (!oio_lines_open(&r.lines, path, LINE_MAX_BYTES, TEXT_MAX_BYTES)) {
    return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be read: %s; name a file that --cover has written", path, strerror(errno));
  }
  const enum oio_status status = read_all(&r, &read);
  oio_lines_close(&r.lines);
  if (status == OIO_OK) *cover = read;
  return status;
}
