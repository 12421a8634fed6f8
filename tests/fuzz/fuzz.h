/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A fuzzer is one file that defines these two functions. It links with driver.c, or with clang's -fsanitize=fuzzer, which ignores the
 * second.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_INPUT_MAX = 65536 };

/** Takes one input; a fault is a crash, an abort(), a hang, or memory without bound. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/** Input number `index` of a few good ones to start from, into data (FUZZ_INPUT_MAX bytes); returns its size, 0: there are no more. */
size_t fuzz_seed(unsigned index, uint8_t *data);

#endif
