/* SPDX-License-Identifier: Apache-2.0 */
/* Files of keys: KEY = VALUE lines, and sections. */
#define _POSIX_C_SOURCE 200809L
#include "config/keys.h"
#include "lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 65536, FILE_MAX_BYTES = 64 << 20, SECTION_BYTES = 40, WHERE_BYTES = 300 };

struct reading {
  struct oio_config *config;
  const char *path;
  struct oio_error *error;
  char section[SECTION_BYTES];     /* empty: none */
  char unknown_where[WHERE_BYTES]; /* of a section that no key begins with, until .like makes it a class; else empty */
};

/* Of the section that was meant: what stands before the dot of the nearest key. */
static bool nearest_section(const struct reading *r, char near[OIO_CONFIG_KEY_NAME_BYTES]) {
  size_t most = 0;
  for (size_t i = 0; i < oio_config_count(r->config); i++) {
    struct oio_config_key key;
    oio_config_describe(r->config, i, &key);
    key.name[strcspn(key.name, ".")] = '\0';
    if (oio_key_is_nearer(r->section, key.name, &most)) snprintf(near, OIO_CONFIG_KEY_NAME_BYTES, "%s", key.name);
  }
  return most > 0;
}

/* A section that no key begins with, and that is not made a class: is it one of old, or like one of now? */
static enum oio_status refuse_unknown(const struct reading *r) {
  char near[OIO_CONFIG_KEY_NAME_BYTES] = "";
  const size_t nbytes = strlen(r->section);
  const struct oio_config_renaming *old;
  for (size_t i = 0; (old = oio_config_renamed(i)) != NULL; i++) {
    if (strncmp(old->was, r->section, nbytes) != 0 || old->was[nbytes] != '.') continue;
    return oio_error_set(r->error, OIO_ERR_CONFIG, "%s: the section [%s] is called [%.*s] now; use that", r->unknown_where, r->section,
                         (int)strcspn(old->is, "."), old->is);
  }
  const bool alike = nearest_section(r, near);
  return oio_error_set(r->error, OIO_ERR_CONFIG, "%s: there is no section [%s]; %s%s%sfor a class of your own begin it with like = rack",
                       r->unknown_where, r->section, alike ? "did you mean [" : "", near, alike ? "]? Or " : "");
}

/* [NAME]. The one before it is at its end. */
static enum oio_status begin_section(struct reading *r, const char *where, char *text) {
  char *end = text + strlen(text) - 1;
  if (r->unknown_where[0] != '\0') return refuse_unknown(r);
  if (end > text && *end == ']') *end = '\0';
  const char *name = oio_key_trimmed(text + 1);
  if (*end != '\0' || *name == '\0' || strlen(name) >= SECTION_BYTES || strpbrk(name, "[]=. \t") != NULL) {
    *end = *end == '\0' ? ']' : *end;
    return oio_error_set(r->error, OIO_ERR_CONFIG, "%s: '%.60s' is no section; write for example [rack]", where, text);
  }
  snprintf(r->section, sizeof r->section, "%s", name);
  if (!oio_section_exists(r->config, name, strlen(name))) snprintf(r->unknown_where, sizeof r->unknown_where, "%s", where);
  return OIO_OK;
}

/* A key of the section, whose name is not said again: what has a dot is of another, or of none. */
static enum oio_status set_in_section(struct reading *r, const char *where, const char *text) {
  char whole[1300]; /* more than oio_config_set takes, so that what is too long for it stays so */
  const size_t name_nbytes = strcspn(text, " \t="), dot = strcspn(text, ".");
  if (dot < name_nbytes) {
    return oio_error_set(r->error, OIO_ERR_CONFIG, "%s: a key in [%s] has no dot; write %.*s in [%.*s], or %.*s above the first section",
                         where, r->section, (int)(name_nbytes - dot - 1 < 60 ? name_nbytes - dot - 1 : 60), text + dot + 1,
                         (int)(dot < SECTION_BYTES ? dot : SECTION_BYTES), text, (int)(name_nbytes < 60 ? name_nbytes : 60), text);
  }
  if (r->unknown_where[0] != '\0' && (name_nbytes != 4 || strncmp(text, "like", 4) != 0)) return refuse_unknown(r);
  r->unknown_where[0] = '\0';
  snprintf(whole, sizeof whole, "%s.%s", r->section, text);
  return oio_config_set(r->config, where, whole, r->error);
}

static enum oio_status read_line(struct reading *r, uint64_t number, char *line) {
  char where[WHERE_BYTES];
  line[strcspn(line, "#")] = '\0';
  char *text = oio_key_trimmed(line);
  if (*text == '\0') return OIO_OK;
  snprintf(where, sizeof where, "%.250s:%" PRIu64, r->path, number);
  if (*text == '[') return begin_section(r, where, text);
  return r->section[0] != '\0' ? set_in_section(r, where, text) : oio_config_set(r->config, where, text, r->error);
}

enum oio_status oio_config_load(struct oio_config *config, const char *path, struct oio_error *error) {
  struct reading r = {.config = config, .path = path, .error = error};
  struct oio_lines lines;
  if (!oio_lines_open(&lines, path, LINE_MAX_BYTES, FILE_MAX_BYTES))
    return oio_error_set(error, errno == ENOMEM ? OIO_ERR_NOMEM : OIO_ERR_IO, "%s: %s; check the path given to --config", path,
                         strerror(errno));
  char *line, why[120];
  size_t nbytes;
  enum oio_status status = OIO_OK;
  enum oio_lines_result result = OIO_LINES_ONE;
  while (status == OIO_OK && (result = oio_lines_next(&lines, &line, &nbytes)) == OIO_LINES_ONE) {
    line[nbytes] = '\0';
    status = read_line(&r, lines.number, line);
  }
  if (result != OIO_LINES_ONE && result != OIO_LINES_END) {
    status = oio_error_set(error, result == OIO_LINES_UNREADABLE ? OIO_ERR_IO : OIO_ERR_CONFIG,
                           "%s:%" PRIu64 ": %s; --config takes a text of KEY = VALUE lines", path, lines.number,
                           oio_lines_why(&lines, result, why, sizeof why));
  }
  oio_lines_close(&lines);
  return status == OIO_OK && r.unknown_where[0] != '\0' ? refuse_unknown(&r) : status;
}
