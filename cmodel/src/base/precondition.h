/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller must have seen to, as the public headers say. A debug build stops at the call that has not; with NDEBUG nothing is checked
 * and nothing promised. The one place where the library ends a program. */
#ifndef OIO_PRECONDITION_H
#define OIO_PRECONDITION_H

#include <assert.h>

#ifdef NDEBUG
#define OIO_PRECONDITION(condition) ((void)(0 && (condition))) /* what stands in it counts as used */
#else
#define OIO_PRECONDITION(condition) assert(condition)
#endif

#endif
