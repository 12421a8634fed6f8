/* SPDX-License-Identifier: Apache-2.0 */
/* Exponential and normal distribution from IEEE additions, multiplications and divisions: the library links nothing for mathematics, and
 * the same bytes come out on every machine. */
#ifndef OIO_NORMAL_H
#define OIO_NORMAL_H

/* e to the x; 0 below -745, infinite above 709. To about 1e-15 relative. */
double oio_exp(double x);
/* The complementary error function: two tails of a normal distribution beyond x roots of two. To about 1e-13 relative up to x = 26, where
 * it falls below the smallest double. */
double oio_erfc(double x);
/* The part of a normal distribution above x deviations; and the x from 0 to 40 above which there is p. */
double oio_normal_tail(double x);
double oio_normal_level(double p);

#endif
