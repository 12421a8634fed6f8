/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OIO_SORT_H
#define OIO_SORT_H

#include <stdint.h>

/* Puts numbers in order. Mostly they are already, or a few are out of place; then it takes hardly a step more than it has numbers. */
void oio_sort_numbers(uint32_t *numbers, uint32_t count);

#endif
