/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the table of bins that counting and naming share. */
#ifndef OIO_COVER_TABLE_H
#define OIO_COVER_TABLE_H

enum { OIO_COVER_FORMATS = 2 };
enum oio_cover_mode { OIO_COVER_DIRECT = 0, OIO_COVER_LINKS, OIO_COVER_TUNNEL, OIO_COVER_TUNNEL_FEC, OIO_COVER_ROUTED, OIO_COVER_MODES };

/* The upper bounds of the bins of latency, but for the last: so many times the quickest message of the run. */
extern const double oio_cover_times[];

#endif
