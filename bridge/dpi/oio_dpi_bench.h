/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C side of the bench in oio_dpi_pins_pkg.sv, which says what each call does: the event simulator with RTL in the place of one bridge
 * or both. Nothing here prints or exits: an error stays in the bench until it is asked for.
 */
#ifndef OIO_DPI_BENCH_H
#define OIO_DPI_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

void *oio_dpi_bench_create(const char *config_text, const char *trace, int rtl, unsigned logic_cycles);
void oio_dpi_bench_destroy(void *bench);
int oio_dpi_bench_failed(void *bench);
const char *oio_dpi_bench_error(void *bench);

unsigned long long oio_dpi_bench_clock_ps(void *bench);
void *oio_dpi_bench_port(void *bench, int side, int port);
unsigned oio_dpi_bench_strap(void *bench, int port, const char *name);

void oio_dpi_bench_advance(void *bench, unsigned long long now_ps);
int oio_dpi_bench_in_reset(void *bench);
int oio_dpi_bench_over(void *bench);

const char *oio_dpi_bench_finding(void *bench);
int oio_dpi_bench_good(void *bench);
const char *oio_dpi_bench_report(void *bench);

#ifdef __cplusplus
}
#endif
#endif
