/* SPDX-License-Identifier: Apache-2.0 */
/** The style and the script of the HTML page, as bytes: page/page.css and page/page.js, put into C by embed.cmake. */
#ifndef WAVE_PAGE_H
#define WAVE_PAGE_H

#include <stddef.h>

extern const unsigned char wave_page_css[], wave_page_js[];
extern const size_t wave_page_css_size, wave_page_js_size;

#endif
