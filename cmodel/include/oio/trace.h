/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading and writing recorded traffic: docs/trace-format.md. A trace is a stream of records, sorted by time; the reader holds one record
 * at a time, so that a trace of any length takes the same memory.
 */
#ifndef OIO_TRACE_H
#define OIO_TRACE_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  OIO_TRACE_VERSION = 2, /**< the newest that is read and written; version 1 is too */
  OIO_TRACE_NODES_MAX = 65536,
  OIO_TRACE_VCS_MAX = 8,
  OIO_TRACE_WAITS_MAX = 4096,
  OIO_TRACE_PAYLOAD_MAX = 65536, /**< bytes of a payload carried in the trace itself */
  OIO_TRACE_LINE_MAX = 327680,   /**< bytes of a line with its newline, in version 1 262144; the longest legal record is shorter */
};
#define OIO_TRACE_BYTES_MAX ((uint64_t)1 << 30)
#define OIO_TRACE_TIME_MAX (UINT64_C(1) << 62) /**< every time is below */
#define OIO_TRACE_ID_MAX ((uint64_t)1 << 63)   /**< every id is below */

/** One message of the recording. */
struct oio_record {
  oio_time_ps time_ps;          /**< when it may enter, from the start of the trace; never less than the record before */
  uint64_t id;                  /**< one more than the record before */
  uint64_t bytes;               /**< 1..OIO_TRACE_BYTES_MAX */
  uint32_t source;              /**< node, below the trace's node count */
  uint32_t destination;         /**< node, below the trace's node count */
  uint32_t waits_count;         /**< how many messages must have been delivered before this one enters (closed loop) */
  uint8_t vc;                   /**< virtual channel, 0..7 */
  const uint64_t *waits;        /**< their ids, rising, each less than id; ids before the trace's first count as delivered */
  const oio_time_ps *delays_ps; /**< of each wait, from that message's delivery to the earliest entry (think time), each below
                                     OIO_TRACE_TIME_MAX; or NULL: none has any */
  const uint8_t *payload;       /**< `bytes` bytes, or NULL: the bytes then come from the seed and the id */
};

/** What the head of a trace says. Both texts are printable ASCII. */
struct oio_trace_header {
  uint32_t version; /**< 1 or 2, which delays and a number of dies need. To the writer 0: the lowest that has a place for this head */
  uint32_t nodes;   /**< 1..OIO_TRACE_NODES_MAX */
  uint32_t dies;    /**< of the net that it is for, 2..OIO_TRACE_NODES_MAX; 0: not said, and the map, if there is one, of two */
  char source[256]; /**< one line: where the recording comes from; may be empty */
  char map[1024];   /**< node-to-die map in the form of --map ("0-31:0,32-63:1"), or empty */
};

/**
 * Reads a node-to-die map such as "0-31:0,32-63:1" into die[0..nodes-1], each below `dies`. Every node must be covered exactly once; else
 * OIO_ERR_FORMAT, and error says which node or which part of the map is wrong. die may be NULL: the map is only checked.
 */
enum oio_status oio_trace_map_parse(const char *map, uint32_t nodes, uint32_t dies, uint32_t *die, struct oio_error *error);
/** The die of each node of a trace, of a net of so many dies: by the head's map; without one evenly, in order, the first dies having one
 * more where it does not come out even. die has room for all nodes. OIO_ERR_FORMAT: as oio_trace_map_parse. */
enum oio_status oio_trace_place(const struct oio_trace_header *header, uint32_t dies, uint32_t *die, struct oio_error *error);

struct oio_trace_reader;
struct oio_trace_writer;

/** Opens a trace, gzip or plain text, and checks the head. On failure *reader is NULL and error names file, line and remedy. */
enum oio_status oio_trace_open(struct oio_trace_reader **reader, const char *path, struct oio_error *error);
const struct oio_trace_header *oio_trace_header_of(const struct oio_trace_reader *reader);
/**
 * The next record: OIO_OK with *more true and *record filled (its pointers are valid until the next call); OIO_OK with *more false after
 * the last record, when the end line agrees; else an error that names file and line. After an error every further call returns it again.
 */
enum oio_status oio_trace_next(struct oio_trace_reader *reader, struct oio_record *record, bool *more, struct oio_error *error);
/** Records returned so far. */
uint64_t oio_trace_records(const struct oio_trace_reader *reader);
/** How much of the file has been read, 0..1, for a progress line. */
double oio_trace_fraction(const struct oio_trace_reader *reader);
void oio_trace_close(struct oio_trace_reader *reader);

/**
 * Creates path under a temporary name in the same folder; it appears under its own name only when oio_trace_finish succeeds. A path that
 * exists and is no regular file (a pipe, /dev/stdout) is written directly. Always gzip, and the same bytes for the same records.
 */
enum oio_status oio_trace_create(struct oio_trace_writer **writer, const char *path, const struct oio_trace_header *header,
                                 struct oio_error *error);
/** Appends. Refuses (OIO_ERR_FORMAT) a record that the reader would refuse. */
enum oio_status oio_trace_put(struct oio_trace_writer *writer, const struct oio_record *record, struct oio_error *error);
/** Writes the end line, flushes, renames. Frees the writer in every case; on failure nothing is left behind. */
enum oio_status oio_trace_finish(struct oio_trace_writer *writer, struct oio_error *error);
/** Gives up: removes the temporary file and frees. NULL is accepted. */
void oio_trace_abandon(struct oio_trace_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
