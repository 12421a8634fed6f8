/* SPDX-License-Identifier: Apache-2.0 */
/* The file of phases: KEY = VALUE lines as those of --config, and [phase NAME]. */
#define _POSIX_C_SOURCE 200809L
#include "phases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_BYTES = 300 };

/* Without space at either end. */
static char *trimmed(char *text) {
  text += strspn(text, " \t\r\n");
  size_t nbytes = strlen(text);
  while (nbytes > 0 && strchr(" \t\r\n", text[nbytes - 1]) != NULL) nbytes--;
  text[nbytes] = '\0';
  return text;
}

static enum oio_status begin_phase(struct phases *phases, const struct oio_config *common, const char *where, char *text,
                                   struct oio_error *error) {
  static const char begin[] = "[phase";
  char *end = text + strlen(text) - 1;
  if (strncmp(text, begin, sizeof begin - 1) != 0 || *end != ']' || strchr(" \t", text[sizeof begin - 1]) == NULL)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s: '%.60s' is no phase; write for example [phase today], and keys with their class: rack.tech", where, text);
  *end = '\0';
  const char *name = trimmed(text + sizeof begin - 1);
  if (*name == '\0' || strlen(name) >= PHASE_NAME_BYTES)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: a phase has a name of 1 to %d bytes", where, PHASE_NAME_BYTES - 1);
  for (size_t i = 0; i < phases->count; i++) {
    if (strcmp(phases->phase[i].name, name) == 0)
      return oio_error_set(error, OIO_ERR_CONFIG, "%s: there is a phase '%s' already; name it otherwise", where, name);
  }
  if (phases->count == PHASES_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: more than %d phases; leave some out", where, PHASES_MAX);
  struct phase *phase = &phases->phase[phases->count++];
  *phase = (struct phase){.config = *common};
  snprintf(phase->name, sizeof phase->name, "%s", name);
  return OIO_OK;
}

static bool ends_in(const char *key, size_t nbytes, const char *end) {
  const size_t length = strlen(end);
  return nbytes > length && strncmp(key + nbytes - length, end, length) == 0;
}

/* "net" is net.topology. Error rates are those of the technologies. */
static enum oio_status take_key(struct oio_config *config, const char *where, const char *text, struct oio_error *error) {
  char whole[1300];
  const size_t nbytes = strcspn(text, " \t=");
  if (ends_in(text, nbytes, ".bit_error_rate") || ends_in(text, nbytes, ".fec") || ends_in(text, nbytes, ".fec_ways") ||
      ends_in(text, nbytes, ".fec_ps") || ends_in(text, nbytes, ".tech_errors"))
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %.*s: each technology brings its own; leave it out", where,
                         (int)(nbytes < 60 ? nbytes : 60), text);
  if (nbytes != 3 || strncmp(text, "net", 3) != 0) return oio_config_set(config, where, text, error);
  snprintf(whole, sizeof whole, "net.topology%s", text + nbytes);
  return oio_config_set(config, where, whole, error);
}

static enum oio_status take_line(struct phases *phases, struct oio_config *common, const char *where, char *line, struct oio_error *error) {
  line[strcspn(line, "#")] = '\0';
  char *text = trimmed(line);
  if (*text == '\0') return OIO_OK;
  if (*text == '[') return begin_phase(phases, common, where, text, error);
  return take_key(phases->count > 0 ? &phases->phase[phases->count - 1].config : common, where, text, error);
}

static enum oio_status read_lines(struct phases *phases, struct oio_config *common, FILE *file, struct oio_error *error) {
  char *line = NULL;
  size_t room = 0;
  ssize_t nbytes;
  enum oio_status status = OIO_OK;
  for (unsigned long number = 1; status == OIO_OK && (nbytes = getline(&line, &room, file)) >= 0; number++) {
    char where[WHERE_BYTES];
    snprintf(where, sizeof where, "%.250s:%lu", phases->path, number);
    if (strlen(line) != (size_t)nbytes)
      status = oio_error_set(error, OIO_ERR_CONFIG, "%s: a NUL byte; --phases takes a text of KEY = VALUE lines", where);
    else
      status = take_line(phases, common, where, line, error);
  }
  free(line);
  if (status == OIO_OK && !feof(file)) /* of want of memory there is no ferror() */
    status = oio_error_set(error, OIO_ERR_IO, "%s: %s; check the path given to --phases", phases->path, strerror(errno));
  return status;
}

enum oio_status phases_load(struct phases *phases, const struct oio_config *common, struct oio_error *error) {
  struct oio_config config = *common;
  FILE *file = fopen(phases->path, "r");
  if (file == NULL) return oio_error_set(error, OIO_ERR_IO, "%s: %s; check the path given to --phases", phases->path, strerror(errno));
  phases->phase = calloc(PHASES_MAX, sizeof *phases->phase);
  enum oio_status status = phases->phase == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs") : OIO_OK;
  if (status == OIO_OK) status = read_lines(phases, &config, file, error);
  fclose(file);
  if (status == OIO_OK && phases->count == 0)
    status = oio_error_set(error, OIO_ERR_CONFIG, "%s: there is no phase; write [phase NAME] above the keys of each", phases->path);
  return status;
}

void phases_free(struct phases *phases) {
  for (size_t i = 0; i < phases->count * ERRORS_KINDS; i++) ran_forget(&phases->phase[i / ERRORS_KINDS].ran[i % ERRORS_KINDS]);
  free(phases->phase);
}
