/* SPDX-License-Identifier: Apache-2.0 */
/** Style, scripts and chart library of the page, put into C when oio is built (cmake/embed.cmake). */
#ifndef RESULTS_EMBEDDED_H
#define RESULTS_EMBEDDED_H

#include <stddef.h>

extern const unsigned char results_chart_css[], results_chart_js[], results_chart_licence[], results_page_css[], results_own_css[],
    results_own_js[], results_charts_js[];
extern const size_t results_chart_css_size, results_chart_js_size, results_chart_licence_size, results_page_css_size, results_own_css_size,
    results_own_js_size, results_charts_js_size;

#endif
