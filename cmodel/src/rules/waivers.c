/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/waivers.h"

#include "base/spelling.h"
#include "lines.h"
#include "rules/words.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES_MAX = 1024, FILE_BYTES_MAX = 1 << 20 };

static bool same_port(const char *a, const char *b) {
  char one[OIO_WAIVER_PORT_BYTES], other[OIO_WAIVER_PORT_BYTES];
  oio_words_settle(a, one, sizeof one);
  oio_words_settle(b, other, sizeof other);
  return strcmp(one, other) == 0;
}

/* The severity behind the `=` of a word, without which it is waived; nbytes: of what stands before. False: there is none of that name. */
static bool split(const char *text, size_t *nbytes, enum oio_severity *severity) {
  static const enum oio_severity severities[] = {OIO_SEVERITY_WARNING, OIO_SEVERITY_ERROR, OIO_SEVERITY_WAIVED};
  const char *equals = strchr(text, '=');
  *nbytes = equals == NULL ? strlen(text) : (size_t)(equals - text);
  *severity = OIO_SEVERITY_WAIVED;
  for (unsigned i = 0; equals != NULL && i < sizeof severities / sizeof *severities; i++) {
    *severity = severities[i];
    if (strcmp(equals + 1, oio_severity_name(severities[i])) == 0) return true;
  }
  return equals == NULL;
}

/* where: "FILE:LINE: ", or nothing. */
static enum oio_status add(struct oio_waivers *w, const char *where, const char *word, const char *reason, struct oio_error *error) {
  enum oio_severity severity;
  char name[48], text[OIO_WAIVER_TEXT_BYTES];
  size_t word_bytes;
  if (!split(word, &word_bytes, &severity))
    return oio_error_set(error, OIO_ERR_CONFIG, "%s'%.60s': a severity is error, warning or waived, such as T5=warning", where, word);
  snprintf(text, sizeof text, "%.*s", (int)(word_bytes < sizeof text ? word_bytes : sizeof text - 1), word);
  const size_t nbytes = strcspn(text, "@");
  const char *port = text[nbytes] == '@' ? text + nbytes + 1 : NULL;
  if (w->count == OIO_WAIVERS_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "%s%.60s: more than %d waivers; waive a rule at all ports by its name alone", where, text,
                         OIO_WAIVERS_MAX);
  snprintf(name, sizeof name, "%.*s", (int)(nbytes < sizeof name ? nbytes : sizeof name - 1), text);
  const enum oio_rule_id rule = oio_rule_find(name);
  if (rule == OIO_RULES) {
    char near[48];
    snprintf(near, sizeof near, "%s", oio_rule_name(oio_rule_nearest(name)));
    oio_words_join(near);
    return oio_error_set(error, OIO_ERR_CONFIG, "%sthere is no rule '%.40s' to waive; did you mean %s? `oio check --rules` lists them",
                         where, name, near);
  }
  if (port != NULL && (*port == '\0' || strlen(port) >= OIO_WAIVER_PORT_BYTES))
    return oio_error_set(error, OIO_ERR_CONFIG, "%s'%.60s' names no port behind its @; write RULE@PORT, or RULE alone for all ports", where,
                         text);
  struct oio_waiver *waiver = &w->waiver[w->count++];
  *waiver = (struct oio_waiver){.rule = rule, .severity = severity};
  if (port != NULL) snprintf(waiver->port, sizeof waiver->port, "%s", port);
  snprintf(waiver->reason, sizeof waiver->reason, "%s", reason);
  return OIO_OK;
}

enum oio_status oio_waivers_add(struct oio_waivers *waivers, const char *text, struct oio_error *error) {
  return add(waivers, "", text, "", error);
}

static enum oio_status read_line(struct oio_waivers *waivers, const char *path, uint64_t number, char *line, struct oio_error *error) {
  static const char blanks[] = " \t\r";
  char where[160];
  line += strspn(line, blanks);
  if (*line == '\0' || *line == '#') return OIO_OK;
  char *reason = line + strcspn(line, blanks);
  if (*reason != '\0') *reason++ = '\0';
  reason += strspn(reason, blanks);
  for (size_t end = strlen(reason); end > 0 && strchr(blanks, reason[end - 1]) != NULL; end--) reason[end - 1] = '\0';
  snprintf(where, sizeof where, "%.110s:%llu: ", path, (unsigned long long)number);
  return add(waivers, where, line, reason, error);
}

enum oio_status oio_waivers_read(struct oio_waivers *waivers, const char *path, struct oio_error *error) {
  struct oio_lines lines;
  enum oio_lines_result result = OIO_LINES_END;
  enum oio_status status = OIO_OK;
  char *line, why[120];
  size_t nbytes;
  if (!oio_lines_open(&lines, path, LINE_BYTES_MAX, FILE_BYTES_MAX))
    return oio_error_set(error, errno == ENOMEM ? OIO_ERR_NOMEM : OIO_ERR_IO, "%.110s: %s; check the name of the file of waivers", path,
                         strerror(errno));
  while (status == OIO_OK && (result = oio_lines_next(&lines, &line, &nbytes)) == OIO_LINES_ONE) {
    line[nbytes] = '\0';
    status = read_line(waivers, path, lines.number, line, error);
  }
  if (status == OIO_OK && result != OIO_LINES_END)
    status =
        oio_error_set(error, result == OIO_LINES_UNREADABLE ? OIO_ERR_IO : OIO_ERR_FORMAT, "%.110s:%llu: %s; a file of waivers is text",
                      path, (unsigned long long)lines.number, oio_lines_why(&lines, result, why, sizeof why));
  oio_lines_close(&lines);
  return status;
}

enum oio_status oio_waivers_bind(struct oio_waivers *w, const char *const *ports, unsigned count, struct oio_error *error) {
  w->ports = count < OIO_WAIVER_PORTS_MAX ? count : OIO_WAIVER_PORTS_MAX;
  for (unsigned i = 0; i < w->ports; i++) snprintf(w->port[i], sizeof w->port[i], "%s", ports[i]);
  for (unsigned i = 0; i < w->count; i++) {
    const char *asked = w->waiver[i].port;
    unsigned at = 0, least = UINT_MAX;
    const char *near = "";
    while (asked[0] != '\0' && at < w->ports && !same_port(asked, w->port[at])) at++;
    if (asked[0] == '\0' || at < w->ports) continue;
    for (at = 0; at < w->ports; at++) {
      const unsigned far = oio_spelling_distance(asked, w->port[at]);
      if (far < least) near = w->port[at];
      if (far < least) least = far;
    }
    return oio_error_set(error, OIO_ERR_CONFIG, "there is no port '%.63s' at which to waive rule %s; did you mean '%s'?", asked,
                         oio_rule_name(w->waiver[i].rule), near);
  }
  return OIO_OK;
}

bool oio_waivers_take_many(struct oio_waivers *w, const char *rule, const char *port, uint64_t findings) {
  if (w == NULL || w->count == 0) return false;
  const enum oio_rule_id id = oio_rule_find(rule);
  for (unsigned i = 0; i < w->count && id != OIO_RULES; i++) {
    struct oio_waiver *waiver = &w->waiver[i];
    if (waiver->rule != id || (waiver->port[0] != '\0' && (port == NULL || !same_port(waiver->port, port)))) continue;
    if (waiver->severity == OIO_SEVERITY_ERROR || (waiver->severity == OIO_SEVERITY_WARNING && w->strict)) return false;
    unsigned at = 0;
    while (port != NULL && at < w->ports && !same_port(w->port[at], port)) at++;
    waiver->at[port != NULL && at < w->ports ? at : OIO_WAIVER_PORTS_MAX] += findings;
    return true;
  }
  return false;
}

bool oio_waivers_take(struct oio_waivers *waivers, const char *rule, const char *port) {
  return oio_waivers_take_many(waivers, rule, port, 1);
}

void oio_waiver_text(const struct oio_waiver *waiver, char text[OIO_WAIVER_TEXT_BYTES]) {
  const bool waived = waiver->severity == OIO_SEVERITY_WAIVED;
  snprintf(text, OIO_WAIVER_TEXT_BYTES, "%s%s%s%s%s", oio_rule_name(waiver->rule), waiver->port[0] != '\0' ? "@" : "", waiver->port,
           waived ? "" : "=", waived ? "" : oio_severity_name(waiver->severity));
  oio_words_join(text);
}

static uint64_t taken_by(const struct oio_waiver *waiver) {
  uint64_t taken = 0;
  for (unsigned at = 0; at <= OIO_WAIVER_PORTS_MAX; at++) taken += waiver->at[at];
  return taken;
}

uint64_t oio_waivers_taken(const struct oio_waivers *waivers) {
  uint64_t taken = 0;
  for (unsigned i = 0; i < waivers->count; i++) taken += taken_by(&waivers->waiver[i]);
  return taken;
}

uint64_t oio_waivers_warned(const struct oio_waivers *waivers) {
  uint64_t taken = 0;
  for (unsigned i = 0; i < waivers->count; i++) {
    if (waivers->waiver[i].severity == OIO_SEVERITY_WARNING) taken += taken_by(&waivers->waiver[i]);
  }
  return taken;
}

bool oio_waivers_report(const struct oio_waivers *w, unsigned *next, struct oio_waived *waived) {
  enum { PLACES = OIO_WAIVER_PORTS_MAX + 1 };
  for (; *next < w->count * PLACES; ++*next) {
    const struct oio_waiver *waiver = &w->waiver[*next / PLACES];
    const unsigned at = *next % PLACES;
    const bool unmatched = waiver->severity == OIO_SEVERITY_WAIVED && at == OIO_WAIVER_PORTS_MAX && taken_by(waiver) == 0;
    if (waiver->at[at] == 0 && !unmatched) continue;
    *waived = (struct oio_waived){.severity = waiver->severity,
                                  .rule = oio_rule_name(waiver->rule),
                                  .port = at < w->ports ? w->port[at] : waiver->port,
                                  .reason = waiver->reason,
                                  .findings = waiver->at[at]};
    ++*next;
    return true;
  }
  return false;
}
