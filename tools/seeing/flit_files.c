/* SPDX-License-Identifier: Apache-2.0 */
#include "flit_files.h"

#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 3 };

struct one_file {
  const char *path; /* NULL: none */
  const struct flit_writer *writer;
  struct oio_whole whole;
  void *state;
  bool open;
};

struct flit_files {
  struct oio_sim *sim;
  struct flit_wires wires;
  struct one_file file[KINDS];
};

uint32_t flit_wire_from(const struct flit_wires *wires, uint32_t wire) {
  return oio_topology_node_of(wires->topology, wire);
}

uint32_t flit_wire_to(const struct flit_wires *wires, uint32_t wire) {
  return oio_topology_node_of(wires->topology, wire ^ 1);
}

const char *flit_wire_name(const struct flit_wires *wires, uint32_t wire, char name[FLIT_WIRE_NAME_BYTES]) {
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES];
  snprintf(name, FLIT_WIRE_NAME_BYTES, "%s > %s", oio_topology_name(wires->topology, flit_wire_from(wires, wire), from),
           oio_topology_name(wires->topology, flit_wire_to(wires, wire), to));
  return name;
}

const char *flit_command_name(unsigned command) {
  static const char *const names[] = {"explicit", "ack", "nak"};
  return command < 3 ? names[command] : "reserved";
}

bool flit_files_any(const struct flit_file_names *names) {
  return names->log != NULL || names->pcap != NULL || names->perfetto != NULL;
}

static enum oio_status cannot(const struct one_file *file, int cause, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; %s", file->path, strerror(cause), oio_whole_remedy(cause));
}

static enum oio_status begin_file(struct flit_files *files, struct one_file *file, struct oio_error *error) {
  if (file->path == NULL) return OIO_OK;
  if (!oio_whole_begin(&file->whole, file->path)) return cannot(file, errno, error);
  file->open = true;
  errno = 0;
  if (file->writer->begin(&file->state, file->whole.file, &files->wires)) return OIO_OK;
  return cannot(file, errno != 0 ? errno : ENOMEM, error);
}

enum oio_status flit_files_begin(struct flit_files **files, const struct flit_file_names *names, const struct oio_config *config,
                                 struct oio_sim *sim, struct oio_error *error) {
  *files = NULL;
  if (!flit_files_any(names)) return OIO_OK;
  struct flit_files *made = calloc(1, sizeof *made);
  *files = made;
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory for the files of flits; close other programs");
  const struct oio_net *net = oio_sim_net(sim);
  made->sim = sim;
  made->wires = (struct flit_wires){.topology = oio_net_topology(net), .wires = oio_net_ports(net), .format = (uint8_t)config->link_format};
  made->file[0] = (struct one_file){.path = names->log, .writer = &flit_log_writer};
  made->file[1] = (struct one_file){.path = names->pcap, .writer = &pcapng_writer};
  made->file[2] = (struct one_file){.path = names->perfetto, .writer = &perfetto_writer};
  enum oio_status status = oio_sim_keep_lives(sim, error);
  for (unsigned i = 0; i < KINDS && status == OIO_OK; i++) status = begin_file(made, &made->file[i], error);
  return status;
}

static enum oio_status put_in(const struct flit_files *files, struct one_file *file, struct oio_error *error) {
  size_t count;
  const struct oio_life *lives = oio_sim_lives(files->sim, &count);
  errno = 0;
  for (size_t i = 0; i < count; i++) file->writer->put(file->state, file->whole.file, &files->wires, &lives[i]);
  if (ferror(file->whole.file) || (file->whole.direct && fflush(file->whole.file) != 0)) return cannot(file, errno, error);
  return OIO_OK;
}

enum oio_status flit_files_put(struct flit_files *files, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (unsigned i = 0; files != NULL && i < KINDS && status == OIO_OK; i++) {
    if (files->file[i].open) status = put_in(files, &files->file[i], error);
  }
  return status;
}

static enum oio_status end_file(struct one_file *file, struct oio_error *error) {
  errno = 0;
  file->writer->end(file->state, file->whole.file);
  const bool failed = ferror(file->whole.file) != 0;
  if (failed) return cannot(file, errno, error);
  file->open = false;
  return oio_whole_end(&file->whole) ? OIO_OK : cannot(file, errno, error);
}

enum oio_status flit_files_end(struct flit_files *files, struct oio_error *error) {
  if (files == NULL) return OIO_OK;
  enum oio_status status = oio_sim_end_lives(files->sim, error);
  if (status == OIO_OK) status = flit_files_put(files, error);
  for (unsigned i = 0; i < KINDS && status == OIO_OK; i++) {
    if (files->file[i].open) status = end_file(&files->file[i], error);
  }
  return status;
}

void flit_files_destroy(struct flit_files *files) {
  if (files == NULL) return;
  for (unsigned i = 0; i < KINDS; i++) {
    struct one_file *file = &files->file[i];
    if (file->open) oio_whole_abandon(&file->whole);
    if (file->path != NULL && file->writer->drop != NULL) file->writer->drop(file->state);
  }
  free(files);
}
