/* SPDX-License-Identifier: Apache-2.0 */
#include "waived.h"

#include "quoted.h"

#include <inttypes.h>
#include <string.h>

int waived_option(struct oio_waivers *waivers, const char *name, const char *value, struct oio_error *error) {
  if (strcmp(name, "--waive") == 0) return oio_waivers_add(waivers, value, error) == OIO_OK ? 1 : -1;
  if (strcmp(name, "--severity") == 0 && strchr(value, '=') == NULL) {
    oio_error_set(error, OIO_ERR_CONFIG, "--severity '%.60s' names none; write RULE[@PORT]=error, =warning or =waived", value);
    return -1;
  }
  if (strcmp(name, "--severity") == 0) return oio_waivers_add(waivers, value, error) == OIO_OK ? 1 : -1;
  if (strcmp(name, "--waivers") == 0) return oio_waivers_read(waivers, value, error) == OIO_OK ? 1 : -1;
  return 0;
}

void waived_print(FILE *out, const char *begin, const struct oio_waivers *waivers) {
  struct oio_waived waived;
  for (unsigned next = 0; oio_waivers_report(waivers, &next, &waived);) {
    const char *at = waived.port[0] != '\0' ? " at " : "";
    if (waived.findings > 0)
      fprintf(out, "%s%" PRIu64 " finding%s %s: %s%s%s%s%s\n", begin, waived.findings, waived.findings == 1 ? "" : "s",
              waived.severity == OIO_SEVERITY_WARNING ? "warned of" : "waived", waived.rule, at, waived.port,
              waived.reason[0] != '\0' ? ": " : "", waived.reason);
    else
      fprintf(out, "%swaiver of %s%s%s: nothing has matched it; take it away\n", begin, waived.rule, at, waived.port);
  }
}

void waived_put_json(FILE *out, const struct oio_waivers *waivers) {
  struct oio_waived waived;
  const char *between = "";
  putc('[', out);
  for (unsigned next = 0; oio_waivers_report(waivers, &next, &waived); between = ",") {
    fprintf(out, "%s{\"rule\":\"%s\",\"port\":", between, waived.rule);
    quoted_put(out, waived.port);
    fprintf(out, ",\"findings\":%" PRIu64 ",\"severity\":\"%s\",\"reason\":", waived.findings, oio_severity_name(waived.severity));
    quoted_put(out, waived.reason);
    putc('}', out);
  }
  putc(']', out);
}
