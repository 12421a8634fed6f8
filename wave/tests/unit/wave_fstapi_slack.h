/* SPDX-License-Identifier: Apache-2.0 */
/* For the reference reader only: it reads, and trusts, some bytes more than a chain has. Here they are zeros, and belong to it. */
#ifndef WAVE_FSTAPI_SLACK_H
#define WAVE_FSTAPI_SLACK_H

#include <malloc.h>
#include <stdlib.h>

#define malloc(size) calloc(1, (size) + 64)
#define calloc(n, size) calloc((n) + 64, size)

#endif
