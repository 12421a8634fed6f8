/* SPDX-License-Identifier: Apache-2.0 */
/* Marks what few flits need: it stays a call, so that the way of all others through its caller keeps its registers. */
#ifndef OIO_COLD_H
#define OIO_COLD_H

#if defined(__GNUC__)
#define OIO_COLD __attribute__((cold, noinline))
#else
#define OIO_COLD
#endif

#endif
