/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the inner code of 200G lanes, an extended Hamming(128,120) decoded with the analog levels, leaves of wrong bits: a statistical stage
 * (SPEC.md section 13). Patterns of wrong bits do not decide what such a decoder does, so nothing is decoded.
 */
#ifndef OIO_INNER_CODE_H
#define OIO_INNER_CODE_H

/* Behind it, of so many before it, 0..0.5. */
double oio_inner_code_rate(double bit_error_rate);

#endif
