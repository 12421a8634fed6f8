/* SPDX-License-Identifier: Apache-2.0 */
#include "cover_page.h"

#include <inttypes.h>
#include <string.h>

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>coverage</title>\n"
    "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.2em .6em;text-align:left;"
    "border-bottom:1px solid #ddd;vertical-align:top}td.n{text-align:right}tr.hit{background:#eaf6ea}tr.not{background:#fbe9e7}"
    "tr.excused{background:#f3f3f3}code{font-size:12px}</style>\n";

static void put_escaped(FILE *out, const char *text) {
  for (; *text != '\0'; text++) {
    switch (*text) {
    case '<':
      fputs("&lt;", out);
      break;
    case '>':
      fputs("&gt;", out);
      break;
    case '&':
      fputs("&amp;", out);
      break;
    default:
      fputc(*text, out);
    }
  }
}

static void put_row(FILE *out, const struct oio_cover_bin *bin, uint64_t hits) {
  const char *kind = hits > 0 ? "hit" : bin->excuse != NULL ? "excused" : "not";
  fprintf(out, "<tr class=\"%s\"><td>%s<td class=\"n\">%" PRIu64 "<td>", kind, bin->name, hits);
  put_escaped(out, bin->what);
  fprintf(out, "<td>%s<td>", bin->clause);
  if (bin->excuse != NULL) put_escaped(out, bin->excuse);
  fputs(bin->command[0] != '\0' ? "<code>" : "", out);
  put_escaped(out, bin->command);
  fputs(bin->command[0] != '\0' ? "</code>\n" : "\n", out);
}

void cover_put_html(FILE *out, const struct oio_cover *cover, const char *name) {
  fputs(head, out);
  fputs("<h1>Coverage of ", out);
  put_escaped(out, name);
  fprintf(out, "</h1>\n<p>%u of %d bins are hit.</p>\n<table><tr><th>bin<th>hits<th>situation<th>SPEC<th>a run that hits it\n",
          oio_cover_hit(cover), OIO_COVER_BINS);
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) {
    struct oio_cover_bin bin;
    oio_cover_get_bin(i, &bin);
    put_row(out, &bin, cover->hits[i]);
  }
  fputs("</table></html>\n", out);
}

/* No text of the table has a quote, a backslash or a control character. */
static void put_bin(FILE *out, const struct oio_cover_bin *bin, uint64_t hits) {
  fprintf(out, "{\"name\":\"%s\",\"hits\":%" PRIu64 ",\"what\":\"%s\",\"clause\":\"%s\",\"command\":", bin->name, hits, bin->what,
          bin->clause);
  fprintf(out, bin->command[0] == '\0' ? "null" : "\"%s\"", bin->command);
  fprintf(out, bin->excuse == NULL ? ",\"excuse\":null}" : ",\"excuse\":\"%s\"}", bin->excuse);
}

void cover_put_json(FILE *out, const struct oio_cover *cover) {
  fprintf(out, "{\"version\":%d,\"bins\":%d,\"hit\":%u,\"bin\":[", OIO_COVER_VERSION, OIO_COVER_BINS, oio_cover_hit(cover));
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) {
    struct oio_cover_bin bin;
    oio_cover_get_bin(i, &bin);
    fputs(i == 0 ? "\n" : ",\n", out);
    put_bin(out, &bin, cover->hits[i]);
  }
  fputs("\n]}\n", out);
}
