/* SPDX-License-Identifier: Apache-2.0 */
/* Style, scripts and chart library of the page, put into C when oio is built (cmake/embed.cmake). */
#ifndef COMPARE_EMBEDDED_H
#define COMPARE_EMBEDDED_H

#include <stddef.h>
#include <stdio.h>

extern const unsigned char compare_chart_css[], compare_chart_js[], compare_chart_licence[], compare_page_css[], compare_page_js[],
    compare_charts_js[], compare_phases_js[];
extern const size_t compare_chart_css_size, compare_chart_js_size, compare_chart_licence_size, compare_page_css_size, compare_page_js_size,
    compare_charts_js_size, compare_phases_js_size;

/* A page that needs nothing else: data, and a script that draws it. */
void page_of(FILE *out, void (*write_json)(FILE *out, const void *what), const void *what, const unsigned char *script,
             size_t script_nbytes);

#endif
