// SPDX-License-Identifier: Apache-2.0
// The example in C, as C++17.
#include <exchange.c>
