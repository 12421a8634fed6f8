/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as one HTML page that needs nothing else: its JSON, and a script that draws it. */
#include "comparison.h"
#include "embedded.h"

static void put(FILE *out, const unsigned char *bytes, size_t nbytes) {
  fwrite(bytes, 1, nbytes, out);
}

void page_of(FILE *out, void (*write_json)(FILE *out, const void *what), const void *what, const unsigned char *script,
             size_t script_nbytes) {
  fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>oio compare</title>\n<style>\n");
  put(out, compare_chart_css, compare_chart_css_size);
  fprintf(out, "\n");
  put(out, compare_page_css, compare_page_css_size);
  fprintf(out, "</style>\n</head>\n<body>\n<script type=\"application/json\" id=\"data\">\n");
  write_json(out, what);
  fprintf(out, "</script>\n<script>\n/* uPlot, which draws the charts:\n");
  put(out, compare_chart_licence, compare_chart_licence_size);
  fprintf(out, "*/\n");
  put(out, compare_chart_js, compare_chart_js_size);
  fprintf(out, "</script>\n<script>\n");
  put(out, compare_charts_js, compare_charts_js_size);
  fprintf(out, "</script>\n<script>\n");
  put(out, script, script_nbytes);
  fprintf(out, "</script>\n</body>\n</html>\n");
}

static void write_comparison(FILE *out, const void *comparison) {
  compare_json(out, comparison);
}

void compare_page(FILE *out, const struct comparison *comparison) {
  page_of(out, write_comparison, comparison, compare_page_js, compare_page_js_size);
}
