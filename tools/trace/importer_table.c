/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "importers.h"

#include "record_format.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

static size_t after_space(const unsigned char *first, size_t count) {
  size_t at = 0;
  while (at < count && memchr(" \t\r\n", first[at], 4) != NULL) at++;
  return at;
}

static bool is_netrace(const unsigned char *first, size_t count) {
  return count >= 3 && memcmp(first, "BZh", 3) == 0;
}

static bool is_array(const unsigned char *first, size_t count) {
  const size_t at = after_space(first, count);
  return at < count && first[at] == '[';
}

/* Behind white space and comments. */
static bool begins_with(const unsigned char *first, size_t count, const char *word) {
  size_t at = after_space(first, count);
  while (at + 1 < count && (first[at] == '#' || (first[at] == '/' && (first[at + 1] == '/' || first[at + 1] == '*')))) {
    const char *end = strstr((const char *)first + at, first[at] != '#' && first[at + 1] == '*' ? "*/" : "\n");
    if (end == NULL) return false;
    at = (size_t)((const unsigned char *)end - first) + (*end == '*' ? 2 : 1);
    at += after_space(first + at, count - at);
  }
  return count - at >= strlen(word) && memcmp(first + at, word, strlen(word)) == 0;
}

static bool is_goal(const unsigned char *first, size_t count) {
  return begins_with(first, count, "num_ranks");
}

static bool is_htsim(const unsigned char *first, size_t count) {
  return begins_with(first, count, "Nodes ");
}

/* In its first message a version, "0.0.4". Such a length may be the code of a brace or white space. */
static bool says_version(const unsigned char *first, size_t count) {
  return count > 4 && first[1] == 0x0a && first[2] + 2 <= first[0] && first[3] >= '0' && first[3] <= '9' && first[4] == '.';
}

/* A length, and a message of so many bytes that begins with field 1, the version, or 2, an attribute. */
static bool is_chakra(const unsigned char *first, size_t count) {
  size_t at = 0;
  while (at < count && at < 9 && first[at] >= 128) at++;
  if (count < 2 || at + 1 >= count) return false;
  if (at == 0 && first[0] == 0) return first[1] != 0 && memchr(first, '\0', count) != NULL && first[2] == 8;
  if (says_version(first, count)) return true;
  return (first[at + 1] == 0x0a || first[at + 1] == 0x12) && memchr("{[ \t\r\n#/", first[0], 8) == NULL;
}

static bool is_tt_npe(const unsigned char *first, size_t count) {
  return is_array(first, count) && !says_version(first, count);
}

static bool is_object_with(const unsigned char *first, size_t count, const char *word) {
  const size_t at = after_space(first, count);
  return at < count && first[at] == '{' && strstr((const char *)first, word) != NULL;
}

static bool is_chakra_json(const unsigned char *first, size_t count) {
  return is_object_with(first, count, "\"workload_graph\"");
}

static bool is_inspector(const unsigned char *first, size_t count) {
  return is_object_with(first, count, "\"coll_perf\"") || (is_array(first, count) && strstr((const char *)first, "\"coll_perf\"") != NULL);
}

static bool is_rapidchiplet(const unsigned char *first, size_t count) {
  return is_object_with(first, count, "\"__tuple__:[");
}

static bool is_nccl_log(const unsigned char *first, size_t count) {
  return memchr(first, '\0', count) == NULL && strstr((const char *)first, "NCCL INFO ") != NULL;
}

/* A name in capitals, and behind it a word that ends with a colon. */
static bool is_simai(const unsigned char *first, size_t count) {
  (void)count;
  const char *text = (const char *)first, *colon = strchr(text, ':'), *end = strchr(text, '\n');
  return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") > 3 && colon != NULL && end != NULL && colon < end;
}

/* How many words of the first line, of which the first `numbers` begin with a digit; 0: they do not. */
static size_t words_of_line(const unsigned char *first, size_t numbers) {
  size_t count = 0;
  for (const char *at = (const char *)first; *at != '\0' && *at != '\n';) {
    at += strspn(at, " \t\r");
    if (*at == '\0' || *at == '\n') break;
    if (count++ < numbers && (*at < '0' || *at > '9')) return 0;
    at += strcspn(at, " \t\r\n");
  }
  return count;
}

static bool is_mpi(const unsigned char *first, size_t count) {
  return begins_with(first, count, RECORD_FIRST_LINE "\n");
}

static bool is_popnet(const unsigned char *first, size_t count) {
  (void)count;
  return words_of_line(first, 6) == 6;
}

static bool is_memory(const unsigned char *first, size_t count) {
  const bool hexadecimal = count > 2 && first[0] == '0' && (first[1] == 'x' || first[1] == 'X');
  const size_t words = words_of_line(first, hexadecimal ? 1 : 3);
  if (hexadecimal) return words >= 3;
  return words == 2 || words == 3 || strncmp((const char *)first, "LD ", 3) == 0 || strncmp((const char *)first, "ST ", 3) == 0;
}

/* Of a VCD a word behind a dollar; of an FST a block of 329 bytes, its header, or what is packed whole. */
static bool is_wave(const unsigned char *first, size_t count) {
  static const unsigned char header[] = {0, 0, 0, 0, 0, 0, 0, 1, 0x49};
  static const char *const words[] = {"$date", "$version", "$timescale", "$comment", "$scope", "$var"};
  if (count >= sizeof header && memcmp(first, header, sizeof header) == 0) return true;
  if (count > 19 && first[0] == 0xFE && first[17] == 0x1F && first[18] == 0x8B) return true;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (begins_with(first, count, words[i])) return true;
  return false;
}

const struct importer importers[] = {
    {"wave", "one VCD, EVCD or FST, and --pins: which of its signals carry messages", is_wave, import_wave, " pins", .many = false},
    {"netrace", "one file, .tra.bz2", is_netrace, import_netrace, " cycle-ps delivery-ps vc-by", .delivery = true},
    {"nccl-inspector", "JSON: files or folders, of all ranks, or of one that stands for all", is_inspector, import_nccl_inspector,
     " algorithm", .many = true},
    {"tt-npe", "JSON: files or folders, merged and sorted", is_tt_npe, import_tt_npe, " cycle-ps vc-by", .many = true},
    {"goal", "one file, .goal: the text, not what txt2bin makes of it", is_goal, import_goal, "", .many = false},
    {"htsim", "one file, .cm", is_htsim, import_htsim, "", .many = false},
    {"chakra", ".et: a file for each rank, or their folder, or one that stands for all: --ranks", is_chakra, import_chakra,
     " ranks algorithm deps", .many = true},
    {"chakra-json", "is refused: it says no sizes", is_chakra_json, import_chakra_json, "", .many = false},
    {"nccl-log", "of NCCL_DEBUG=INFO NCCL_DEBUG_SUBSYS=INIT,COLL: files or folders, of all ranks, or of one that stands for all",
     is_nccl_log, import_nccl_log, " ranks algorithm", .many = true},
    {"mpi", "what a recorded MPI program left behind: its folder, or rank-*.oiorec (docs/record.md)", is_mpi, import_mpi,
     " algorithm eager-bytes recorded-link", .many = true},
    {"simai", "one text workload of SimAI or ASTRA-sim", is_simai, import_simai, " ranks algorithm", .many = false},
    {"rapidchiplet", "one file of rates, JSON", is_rapidchiplet, import_rapidchiplet, " cycle-ps flit-bytes cycles", .many = false},
    {"popnet", "one text file", is_popnet, import_popnet, " cycle-ps flit-bytes", .many = false},
    {"memory", "one memory trace of DRAMSim2, DRAMsim3 or Ramulator", is_memory, import_memory,
     " cycle-ps vc-by interleave homes memory-ps", .many = false},
    {.name = NULL},
};

const struct importer *importer_named(const char *name) {
  for (const struct importer *at = importers; at->name != NULL; at++)
    if (strcmp(at->name, name) == 0) return at;
  return NULL;
}

/* "netrace, tt-npe" */
static const char *names(char *text, size_t room) {
  size_t used = 0;
  for (const struct importer *at = importers; at->name != NULL && used < room; at++)
    used += (size_t)snprintf(text + used, room - used, "%s%s", at == importers ? "" : ", ", at->name);
  return text;
}

static enum oio_status detect_file(const struct importer **importer, const char *path, struct oio_error *error) {
  unsigned char first[IMPORT_SNIFF_BYTES + 1];
  char known[200];
  errno = 0;
  gzFile file = gzopen(path, "rb");
  if (file == NULL)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", path, strerror(errno != 0 ? errno : ENOMEM));
  errno = 0;
  const int got = gzread(file, first, IMPORT_SNIFF_BYTES);
  const int cause = errno;
  int gzip_cause;
  gzerror(file, &gzip_cause);
  gzclose_r(file);
  if (got < 0 && gzip_cause == Z_MEM_ERROR) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
  if (got < 0)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; copy the file again", path,
                         cause != 0 ? strerror(cause) : "its gzip data is damaged");
  first[got] = '\0';
  for (const struct importer *at = importers; at->name != NULL; at++) {
    if (!at->sniff(first, (size_t)got)) continue;
    *importer = at;
    return OIO_OK;
  }
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: byte 0: a capture of none of the formats that can be read (%s); see --format", path,
                       names(known, sizeof known));
}

static int is_capture(const struct dirent *entry) {
  return entry->d_name[0] != '.' && strcmp(entry->d_name, "topology.json") != 0;
}

static enum oio_status detect_folder(const struct importer **importer, const char *folder, struct oio_error *error) {
  struct dirent **entries = NULL;
  char path[4096];
  const int count = scandir(folder, &entries, is_capture, alphasort);
  if (count < 0) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; check the folder", folder, strerror(errno));
  *importer = NULL;
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    if (*importer == NULL && detect_file(importer, path, error) == OIO_OK && !(*importer)->many) *importer = NULL;
    free(entries[i]);
  }
  free(entries);
  /* Its importer says what is missing in a folder. */
  if (*importer == NULL) *importer = importer_named("tt-npe");
  return OIO_OK;
}

enum oio_status importer_detect(const struct importer **importer, const char *path, struct oio_error *error) {
  struct stat kind;
  const bool folder = stat(path, &kind) == 0 && S_ISDIR(kind.st_mode);
  return folder ? detect_folder(importer, path, error) : detect_file(importer, path, error);
}

void import_changed(struct import_notes *notes, const char *kind, const char *fate, uint64_t count) {
  for (size_t i = 0; count > 0 && i < IMPORT_LEFT_OUT_MAX; i++) {
    struct import_left_out *at = &notes->left_out[i];
    if (at->kind != NULL && strcmp(at->kind, kind) != 0) continue;
    at->kind = kind;
    at->fate = fate;
    at->count += count;
    return;
  }
}

void import_left_out(struct import_notes *notes, const char *kind, uint64_t count) {
  import_changed(notes, kind, "left out", count);
}
