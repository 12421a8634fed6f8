/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OIO_ROOT_H
#define OIO_ROOT_H

/* The square root by Newton's steps, which fall to it from above: the library links nothing for mathematics. Of 0 and below: 0. */
static inline double oio_root(double value) {
  if (!(value > 0)) return 0;
  double root = value > 1 ? value : 1, next = (root + value / root) / 2;
  while (next < root) {
    root = next;
    next = (root + value / root) / 2;
  }
  return root;
}

#endif
