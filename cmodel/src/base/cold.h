/* SPDX-License-Identifier: Apache-2.0 */
/* OIO_FLAT: what it calls is part of it, though others call that too; for the few functions that every flit goes through. OIO_COLD marks
 * what few flits need: it stays a call, so that the way of all others through its caller keeps its registers. OIO_APART
 * marks what a good part of them needs: a call too, but a quick one. OIO_UNLIKELY does the same for a way that is taken seldom, or by those
 * who can afford a jump. */
#ifndef OIO_COLD_H
#define OIO_COLD_H

#if defined(__GNUC__)
#define OIO_COLD __attribute__((cold, noinline))
#define OIO_APART __attribute__((noinline))
#define OIO_FLAT __attribute__((flatten))
#define OIO_UNLIKELY(condition) __builtin_expect((condition), 0)
#else
#define OIO_COLD
#define OIO_APART
#define OIO_FLAT
#define OIO_UNLIKELY(condition) (condition)
#endif

#endif
