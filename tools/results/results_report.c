/* SPDX-License-Identifier: Apache-2.0 */
/* What a check found: for people, as JSON, as JUnit, and as annotations of GitHub Actions. */
#include "quoted.h"
#include "results_check.h"

#include <string.h>

static const char *verdict_of(const struct checked *run) {
  static const char *const names[] = {"same", "moved", "missing"};
  return names[run->verdict];
}

static void put_lines(FILE *out, const char *text, const char *indent) {
  while (*text != '\0') {
    const size_t nbytes = strcspn(text, "\n");
    fprintf(out, "%s%.*s\n", indent, (int)nbytes, text);
    text += nbytes + (text[nbytes] == '\n');
  }
}

/* Of a figure: how many runs have moved by it where nothing bounds them. */
static size_t unjudged(const struct check *check, unsigned figure) {
  size_t runs = 0;
  for (size_t i = 0; i < check->runs; i++) runs += check->run[i].unjudged >> figure & 1;
  return runs;
}

static void put_unjudged(FILE *out, const struct check *check, const char *before) {
  for (unsigned figure = 0; figure < check->figures; figure++) {
    const size_t runs = unjudged(check, figure);
    if (runs == 0) continue;
    fprintf(out, "%snot judged: %s of %zu run%s moved, and too few latencies bound it: more messages, --tolerance %s=N, or --exact\n",
            before, check->watched[figure].column.name, runs, runs == 1 ? "" : "s", check->watched[figure].column.name);
  }
}

/* Names of figures, between quotes. */
static void put_unjudged_of(FILE *out, const struct check *check, const struct checked *run, const char *quote, const char *between) {
  const char *before = "";
  for (unsigned figure = 0; figure < check->figures; figure++) {
    if ((run->unjudged >> figure & 1) == 0) continue;
    fprintf(out, "%s%s%s%s", before, quote, check->watched[figure].column.name, quote);
    before = between;
  }
}

void checked_text(FILE *out, const struct check *check) {
  for (size_t i = 0; i < check->runs; i++) {
    if (check->run[i].verdict == CHECK_SAME) continue;
    fprintf(out, "%s %s\n", check->run[i].verdict == CHECK_MOVED ? "MOVED  " : "MISSING", check->run[i].name);
    put_lines(out, check->run[i].why, "        ");
  }
  fprintf(out, "%s: %zu run%s: %zu as %s, %zu moved, %zu missing", check->golden_path, check->runs, check->runs == 1 ? "" : "s",
          check->runs - check->moved - check->missing, check->runs - check->moved - check->missing == 1 ? "it was" : "they were",
          check->moved, check->missing);
  if (check->more > 0) fprintf(out, "; %zu new one%s that it does not have", check->more, check->more == 1 ? "" : "s");
  fputs("\n", out);
  put_unjudged(out, check, "");
}

void checked_json(FILE *out, const struct check *check) {
  fprintf(out, "{\n \"runs\": %zu, \"moved\": %zu, \"missing\": %zu, \"more\": %zu,\n \"checked\": [", check->runs, check->moved,
          check->missing, check->more);
  for (size_t i = 0; i < check->runs; i++) {
    const struct checked *run = &check->run[i];
    fprintf(out, "%s\n  {\"run\": %lld, \"name\": ", i == 0 ? "" : ",", (long long)run->golden);
    quoted_put(out, run->name);
    fprintf(out, ", \"verdict\": \"%s\", \"why\": ", verdict_of(run));
    quoted_put(out, run->why);
    fputs(", \"unjudged\": [", out);
    put_unjudged_of(out, check, run, "\"", ", ");
    fputs("]}", out);
  }
  fputs("\n ]\n}\n", out);
}

static void put_failure(FILE *out, const struct checked *run) {
  fprintf(out, "      <failure type=\"%s\" message=\"", verdict_of(run));
  quoted_put_xml(out, run->first);
  fputs("\">", out);
  quoted_put_xml(out, run->why);
  fputs("</failure>\n", out);
}

void checked_junit(FILE *out, const struct check *check) {
  const size_t failures = check->moved + check->missing;
  fprintf(out,
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"oio results\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n"
          "  <testsuite name=\"runs\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
          check->runs, failures, check->runs, failures);
  for (size_t i = 0; i < check->runs; i++) {
    const struct checked *run = &check->run[i];
    fputs("    <testcase classname=\"oio.results\" name=\"", out);
    quoted_put_xml(out, run->name);
    fputs("\" time=\"0\"", out);
    if (run->verdict == CHECK_SAME && run->unjudged == 0) {
      fputs("/>\n", out);
      continue;
    }
    fputs(">\n", out);
    if (run->verdict != CHECK_SAME) put_failure(out, run);
    if (run->unjudged != 0) {
      fputs("      <system-out>not judged: ", out);
      put_unjudged_of(out, check, run, "", ", ");
      fputs("</system-out>\n", out);
    }
    fputs("    </testcase>\n", out);
  }
  fputs("  </testsuite>\n</testsuites>\n", out);
}

/* Of a workflow command: what would end it, or a line. */
static void put_escaped(FILE *out, const char *text, bool property) {
  for (; *text != '\0'; text++) {
    if (*text == '%' || *text == '\n' || *text == '\r' || (property && (*text == ':' || *text == ',')))
      fprintf(out, "%%%02X", (unsigned)*text);
    else
      putc(*text, out);
  }
}

void checked_github(FILE *out, const struct check *check) {
  for (size_t i = 0; i < check->runs; i++) {
    const struct checked *run = &check->run[i];
    if (run->verdict == CHECK_SAME) continue;
    fputs("::error title=", out);
    put_escaped(out, run->name, true);
    fputs("::", out);
    put_escaped(out, run->why, false);
    fputs("\n", out);
  }
  put_unjudged(out, check, "::warning title=oio results check::");
}
