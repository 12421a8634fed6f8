/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

const uint8_t wave_scalar[10] = {'0', '1', 'x', 'z', 'h', 'u', 'w', 'l', '-', '?'};

bool wave_walk_need(struct wave_walk *walk, uint64_t n) {
  while ((uint64_t)(walk->chain.end - walk->chain.at) < n && walk->chain.more) {
    size_t unused = (size_t)(walk->chain.end - walk->chain.at);
    walk->base += (uint64_t)(walk->chain.at - walk->mark);
    if (!wave_chain_more(&walk->chain)) return false;
    walk->mark = walk->chain.at;
    if ((size_t)(walk->chain.end - walk->chain.at) == unused) return false;
  }
  /* What is too long for the window, a string of megabytes, is taken for damage; 10 bytes are asked for at the end of a chain, too. */
  return (uint64_t)(walk->chain.end - walk->chain.at) >= n || (n == 10 && !walk->chain.more);
}
