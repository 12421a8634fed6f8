/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The kernels of oio_crc16_pair that need instructions of one processor family, for crc16.c alone.
 */
#ifndef OIO_CRC16_KERNELS_H
#define OIO_CRC16_KERNELS_H

#include "oio/crc16.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define OIO_CRC16_HAVE_CLMUL 1

bool oio_crc16_vpclmul_supported(void);
uint32_t oio_crc16_vpclmul_pair(const uint8_t *in, const uint64_t keep[4]);

bool oio_crc16_pclmul_supported(void);
uint32_t oio_crc16_pclmul_pair(const uint8_t *in, const uint64_t keep[4]);
#endif

#endif
