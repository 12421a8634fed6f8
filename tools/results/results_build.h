/* SPDX-License-Identifier: Apache-2.0 */
/** Which build of the code runs. */
#ifndef RESULTS_BUILD_H
#define RESULTS_BUILD_H

enum { RESULTS_BUILD_BYTES = 65 };

/** The build id that the linker gave this program, in hexadecimal; "" where it gave none. Returns out. */
const char *results_build(char out[RESULTS_BUILD_BYTES]);

#endif
