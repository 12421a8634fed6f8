/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as one HTML page that needs nothing else: its JSON, and a script that draws it. */
#include "comparison.h"
#include "embedded.h"

static void put(FILE *out, const unsigned char *bytes, size_t nbytes) {
  fwrite(bytes, 1, nbytes, out);
}

void compare_page(FILE *out, const struct comparison *comparison) {
  fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
               "content=\"width=device-width, initial-scale=1\">\n"
               "<title>oio compare</title>\n<style>\n");
  put(out, compare_chart_css, compare_chart_css_size);
  fprintf(out, "\n");
  put(out, compare_page_css, compare_page_css_size);
  fprintf(out, "</style>\n</head>\n<body>\n<script type=\"application/json\" id=\"data\">\n");
  compare_json(out, comparison);
  fprintf(out, "</script>\n<script>\n/* uPlot, which draws the charts:\n");
  put(out, compare_chart_licence, compare_chart_licence_size);
  fprintf(out, "*/\n");
  put(out, compare_chart_js, compare_chart_js_size);
  fprintf(out, "</script>\n<script>\n");
  put(out, compare_charts_js, compare_charts_js_size);
  fprintf(out, "</script>\n<script>\n");
  put(out, compare_page_js, compare_page_js_size);
  fprintf(out, "</script>\n</body>\n</html>\n");
}
