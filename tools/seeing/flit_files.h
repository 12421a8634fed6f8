/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files in which a run shows its flits: a log in CSV, packets for Wireshark, lanes for a viewer of traces (docs/seeing.md). Each has a
 * row for every flit whose life has ended, in that order, and appears whole or not at all; what is no regular file is written to as the
 * run goes on.
 */
#ifndef FLIT_FILES_H
#define FLIT_FILES_H

#include "oio/sim.h"

#include <stdio.h>

struct flit_files;

/** What a writer needs to know of the wires. */
struct flit_wires {
  const struct oio_topology *topology;
  uint32_t wires;
  uint8_t format; /**< of the flits */
};

/** One kind of file. begin and end write what stands before the first flit and behind the last. */
struct flit_writer {
  bool (*begin)(void **state, FILE *file, const struct flit_wires *wires); /**< false: it failed, with errno; state may be left to end */
  void (*put)(void *state, FILE *file, const struct flit_wires *wires, const struct oio_life *life);
  void (*end)(void *state, FILE *file);
  void (*drop)(void *state); /**< NULL: there is nothing to release */
};
extern const struct flit_writer flit_log_writer, pcapng_writer, perfetto_writer;

/** Names of the files; NULL: none of that kind. */
struct flit_file_names {
  const char *log, *pcap, *perfetto;
};
bool flit_files_any(const struct flit_file_names *names);

/** From here on the simulation, of that configuration, keeps the lives of its flits for the files. *files is NULL where none is named. */
enum oio_status flit_files_begin(struct flit_files **files, const struct flit_file_names *names, const struct oio_config *config,
                                 struct oio_sim *sim, struct oio_error *error);
/** After each oio_sim_run. files: NULL does nothing, here and below. */
enum oio_status flit_files_put(struct flit_files *files, struct oio_error *error);
/** The run is over: what is still under way, and the files have their names. */
enum oio_status flit_files_end(struct flit_files *files, struct oio_error *error);
/** Releases it, and leaves no file behind where there was no end. */
void flit_files_destroy(struct flit_files *files);

/** The node that a wire leads from, and to. */
uint32_t flit_wire_from(const struct flit_wires *wires, uint32_t wire);
uint32_t flit_wire_to(const struct flit_wires *wires, uint32_t wire);
enum { FLIT_WIRE_NAME_BYTES = 2 * OIO_TOPOLOGY_NAME_BYTES + 16 };
/** "d0 > d1": the names of both. */
const char *flit_wire_name(const struct flit_wires *wires, uint32_t wire, char name[FLIT_WIRE_NAME_BYTES]);
/** "explicit", "ack", "nak"; of a reserved one "reserved". */
const char *flit_command_name(unsigned command);

#endif
