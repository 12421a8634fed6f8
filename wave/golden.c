/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "golden.h"
#include "memory.h"

#include "compare.h"
#include "lines.h"
#include "out.h"
#include "rewrite.h"
#include "sha256.h"
#include "write_whole.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { line_max_bytes = 65536, file_max_bytes = 1 << 20 };

static const char certificate[] = ".golden", waveform[] = ".fst", rules_file[] = ".rules", fresh[] = ".kept";

static char *join(const char *folder, const char *name, const char *suffix, const char *more) {
  struct wave_out out = {0};
  wave_out_format(&out, "%s/%s%s%s", folder, name, suffix, more);
  if (out.failed) wave_out_free(&out);
  return out.bytes;
}

char *wave_golden_path(const struct wave_golden *golden, const char *suffix) {
  return join(golden->folder, golden->name, suffix, "");
}

char *wave_golden_rules_path(const struct wave_golden *golden) {
  return golden->rules == NULL ? NULL : join(golden->folder, golden->rules, "", "");
}

void wave_golden_free(struct wave_golden *golden) {
  char *texts[] = {golden->folder, golden->name, golden->command, golden->version, golden->seed,
                   golden->rules,  golden->note, golden->sha256,  golden->content, golden->end};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) free(texts[i]);
  *golden = (struct wave_golden){0};
}

static enum wave_status no_memory(struct wave_error *error) {
  return wave_fail(error, "out of memory");
}

static enum wave_status copy(char **place, const char *text, size_t length, struct wave_error *error) {
  char *copied = wave_malloc(length + 1);
  if (copied == NULL) return no_memory(error);
  memcpy(copied, text, length);
  copied[length] = '\0';
  free(*place);
  *place = copied;
  return WAVE_OK;
}

enum wave_status wave_golden_set(char **place, const char *what, const char *text, struct wave_error *error) {
  if (text == NULL) {
    free(*place);
    *place = NULL;
    return WAVE_OK;
  }
  if (strpbrk(text, "\r\n") != NULL) return wave_fail(error, "%s: must be one line; put longer ones into a script and call that", what);
  text += strspn(text, " \t");
  size_t length = strlen(text);
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
  if (length == 0) return wave_fail(error, "%s: is empty; leave it out", what);
  return copy(place, text, length, error);
}

static bool ends_in(const char *text, size_t length, const char *end) {
  const size_t n = strlen(end);
  return length > n && memcmp(text + length - n, end, n) == 0;
}

enum wave_status wave_golden_name(struct wave_golden *golden, const char *path, struct wave_error *error) {
  const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
  size_t length = strlen(name);
  if (ends_in(name, length, certificate)) length -= strlen(certificate);
  if (ends_in(name, length, waveform)) length -= strlen(waveform);
  *golden = (struct wave_golden){0};
  if (length == 0 || length > 200 || name[0] == '.' || name[0] == '-')
    return wave_fail(error, "'%.200s' names no golden; write it as FOLDER/NAME", path);
  for (size_t i = 0; i < length; i++)
    if (!isalnum((unsigned char)name[i]) && strchr("._+-=@", name[i]) == NULL)
      return wave_fail(error, "'%.200s': a golden's name has letters, digits and any of . _ + - = @ only; choose another", path);
  if (copy(&golden->name, name, length, error) != WAVE_OK) return WAVE_ERROR;
  const size_t folder = slash == NULL ? 0 : (size_t)(slash - path);
  if (slash == NULL || folder == 0) return copy(&golden->folder, slash == NULL ? "." : "/", 1, error);
  return copy(&golden->folder, path, folder, error);
}

bool wave_golden_exists(const struct wave_golden *golden) {
  bool exists = false;
  for (int i = 0; i < 2; i++) {
    char *path = wave_golden_path(golden, i == 0 ? certificate : waveform);
    exists = exists || (path != NULL && access(path, F_OK) == 0);
    free(path);
  }
  return exists;
}

static bool is_digest(const char *text) {
  return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static enum wave_status take(struct wave_golden *golden, const char *key, const char *value, const char *where, int line,
                             struct wave_error *error) {
  const struct {
    const char *key;
    char **place;
  } texts[] = {{"command", &golden->command}, {"version", &golden->version}, {"seed", &golden->seed},       {"rules", &golden->rules},
               {"note", &golden->note},       {"sha256", &golden->sha256},   {"content", &golden->content}, {"end", &golden->end}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (strcmp(key, texts[i].key) != 0) continue;
    if (*texts[i].place != NULL) return wave_fail(error, "%s:%d: '%s' stands there twice; keep one", where, line, key);
    return copy(texts[i].place, value, strlen(value), error);
  }
  if (strcmp(key, "golden") == 0) {
    if (strcmp(value, "1") == 0) return WAVE_OK;
    return wave_fail(error, "%s:%d: certificate format '%.20s', this program knows 1; use a newer one", where, line, value);
  }
  if (strcmp(key, "variables") == 0) {
    golden->variables = strtoull(value, NULL, 10);
    return WAVE_OK;
  }
  return wave_fail(error, "%s:%d: there is no key '%.40s'; a comment begins with #", where, line, key);
}

static enum wave_status read_line(struct wave_golden *golden, char *text, const char *where, int line, struct wave_error *error) {
  size_t length = strlen(text);
  while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL) text[--length] = '\0';
  if (length == 0 || text[0] == '#') return WAVE_OK;
  char *colon = strchr(text, ':');
  if (colon == NULL) return wave_fail(error, "%s:%d: '%.40s' is no 'key: value'", where, line, text);
  *colon = '\0';
  char *value = colon + 1 + strspn(colon + 1, " \t");
  if (*value == '\0') return wave_fail(error, "%s:%d: '%.40s' has no value", where, line, text);
  return take(golden, text, value, where, line, error);
}

static enum wave_status complete(const struct wave_golden *golden, const char *where, struct wave_error *error) {
  if (golden->sha256 == NULL || !is_digest(golden->sha256))
    return wave_fail(error, "%s: no sha256 of the golden; keep it again with oio wave bless --force", where);
  if (golden->rules != NULL && (strchr(golden->rules, '/') != NULL || golden->rules[0] == '.'))
    return wave_fail(error, "%s: the rules '%.80s' are not a file beside it; put them there", where, golden->rules);
  return WAVE_OK;
}

static enum wave_status read_certificate(struct wave_golden *golden, const char *path, struct wave_error *error) {
  struct oio_lines lines;
  char *text, why[120];
  size_t nbytes;
  enum oio_lines_result result = OIO_LINES_ONE;
  enum wave_status status = WAVE_OK;
  if (!oio_lines_open(&lines, path, line_max_bytes, file_max_bytes)) {
    wave_memory_failed(errno);
    return wave_fail(error, "%s: cannot be opened: %s; keep a golden with oio wave bless", path, strerror(errno));
  }
  while (status == WAVE_OK && (result = oio_lines_next(&lines, &text, &nbytes)) == OIO_LINES_ONE) {
    text[nbytes] = '\0';
    status = read_line(golden, text, path, (int)lines.number, error);
  }
  if (result != OIO_LINES_ONE && result != OIO_LINES_END)
    status = wave_fail(error, "%s:%d: %s; keep it again with oio wave bless --force", path, (int)lines.number,
                       oio_lines_why(&lines, result, why, sizeof why));
  oio_lines_close(&lines);
  return status;
}

enum wave_status wave_golden_read(struct wave_golden *golden, struct wave_error *error) {
  char *path = wave_golden_path(golden, certificate);
  enum wave_status status = path == NULL ? no_memory(error) : read_certificate(golden, path, error);
  if (status == WAVE_OK) status = complete(golden, path, error);
  free(path);
  return status;
}

/* SHA-256 of a file. */
static enum wave_status hash_file(const char *path, char text[static 65], struct wave_error *error) {
  uint8_t bytes[16384];
  struct wave_sha256 hash;
  FILE *file = fopen(path, "rb");
  if (file == NULL) wave_memory_failed(errno);
  if (file == NULL) return wave_fail(error, "%s: cannot be opened: %s", path, strerror(errno));
  wave_sha256_init(&hash);
  for (size_t size; (size = fread(bytes, 1, sizeof bytes, file)) > 0;) wave_sha256_add(&hash, bytes, size);
  const bool good = !ferror(file);
  if (!good) wave_fail(error, "%s: cannot be read: %s", path, strerror(errno));
  fclose(file);
  wave_sha256_end(&hash, text);
  return good ? WAVE_OK : WAVE_ERROR;
}

enum wave_status wave_golden_verify(const struct wave_golden *golden, struct wave_error *error) {
  char found[65], *path = wave_golden_path(golden, waveform);
  enum wave_status status = path == NULL ? no_memory(error) : hash_file(path, found, error);
  if (status == WAVE_OK && strcmp(found, golden->sha256) != 0)
    status = wave_fail(
        error, "%s is not what its certificate says; take both from version control, or keep it again with oio wave bless --force", path);
  free(path);
  return status;
}

static void line(struct wave_out *out, const char *key, const char *value) {
  if (value != NULL) wave_out_format(out, "%s:%*s%s\n", key, (int)(10 - strlen(key)), "", value);
}

static void print(struct wave_out *out, const struct wave_golden *golden) {
  char variables[24];
  snprintf(variables, sizeof variables, "%" PRIu64, golden->variables);
  wave_out_format(out, "# The birth certificate of %s%s. `oio wave check` makes the run again and compares it.\n", golden->name, waveform);
  line(out, "golden", "1");
  line(out, "note", golden->note);
  line(out, "command", golden->command);
  line(out, "seed", golden->seed);
  line(out, "rules", golden->rules);
  line(out, "version", golden->version);
  line(out, "variables", variables);
  line(out, "end", golden->end);
  wave_out_text(out, "# of the file, and of its changes whatever the file format:\n");
  line(out, "sha256", golden->sha256);
  line(out, "content", golden->content);
}

static enum wave_status write_certificate(const struct wave_golden *golden, const char *path, struct wave_error *error) {
  struct wave_out out = {0};
  print(&out, golden);
  const enum wave_status status = out.failed ? no_memory(error) : wave_write_whole(path, out.bytes, out.size, error);
  wave_out_free(&out);
  return status;
}

/* Copies a file of rules that can be read as such. */
static enum wave_status copy_rules(const char *from, const char *to, struct wave_error *error) {
  struct wave_out out = {0};
  char bytes[4096];
  FILE *file = fopen(from, "rb");
  if (file == NULL) wave_memory_failed(errno);
  if (file == NULL) return wave_fail(error, "%s: cannot be opened: %s", from, strerror(errno));
  for (size_t size; (size = fread(bytes, 1, sizeof bytes, file)) > 0;) wave_out_bytes(&out, bytes, size);
  const bool good = !ferror(file) && !out.failed;
  fclose(file);
  const enum wave_status status =
      good ? wave_write_whole(to, out.bytes != NULL ? out.bytes : "", out.size, error) : wave_fail(error, "%s: cannot be read", from);
  wave_out_free(&out);
  return status;
}

/* Rules that lie in the golden's folder are shared: they stay where they are. */
static bool lies_beside(const struct wave_golden *golden, const char *path) {
  struct stat folder, other;
  const char *slash = strrchr(path, '/');
  char *parent = slash == NULL ? wave_strdup(".") : wave_strndup(path, slash == path ? 1 : (size_t)(slash - path));
  const bool beside = parent != NULL && stat(golden->folder, &folder) == 0 && stat(parent, &other) == 0 && folder.st_dev == other.st_dev &&
                      folder.st_ino == other.st_ino;
  free(parent);
  return beside;
}

/* The files of a golden under the names they have until all are written: waveform, rules, certificate. */
struct staged {
  char *final[3], *beside[3];
  bool written[3];
};

static bool stage(struct staged *staged, const struct wave_golden *golden) {
  const char *const suffixes[] = {waveform, rules_file, certificate};
  bool good = true;
  *staged = (struct staged){0};
  for (int i = 0; i < 3; i++) {
    staged->final[i] = join(golden->folder, golden->name, suffixes[i], "");
    staged->beside[i] = join(golden->folder, golden->name, suffixes[i], fresh);
    good = good && staged->final[i] != NULL && staged->beside[i] != NULL;
  }
  return good;
}

/* What is kept must be what was run, but for what rules exclude. */
static enum wave_status compare_with_run(const char *run, const char *kept, bool less, bool (*stop)(void), struct wave_error *error) {
  struct wave_rules rules;
  const struct wave_options options = {.rules = &rules, .stop = stop};
  struct wave_report *report = NULL;
  wave_rules_init(&rules);
  enum wave_status status = less ? wave_rules_add(&rules, "missing-in-new ignore", NULL, 0, error) : WAVE_OK;
  if (status == WAVE_OK) status = wave_compare(&report, run, kept, &options, error);
  wave_rules_free(&rules);
  if (status != WAVE_OK) return status;
  const bool same = report->verdict == WAVE_SAME;
  if (!same) wave_fail(error, "%s: cannot be kept: %.300s", run, report->summary != NULL ? report->summary : "it cannot be compared");
  wave_report_free(report);
  return same ? WAVE_OK : WAVE_ERROR;
}

/* The rules that will hold: those given, else those that golden names. NULL in path: none. */
static enum wave_status find_rules(struct wave_golden *golden, struct staged *staged, const char *given, struct wave_rules *rules,
                                   struct wave_error *error) {
  char *named = given == NULL ? wave_golden_rules_path(golden) : NULL;
  const char *path = given != NULL ? given : named;
  enum wave_status status = path != NULL ? wave_rules_read(rules, path, error) : WAVE_OK;
  free(named);
  if (status != WAVE_OK || given == NULL) return status;
  const bool beside = lies_beside(golden, given);
  const char *name = beside ? given : staged->final[1], *slash = strrchr(name, '/');
  if (slash != NULL) name = slash + 1;
  if (!beside) status = copy_rules(given, staged->beside[1], error);
  if (status != WAVE_OK) return status;
  staged->written[1] = !beside;
  return copy(&golden->rules, name, strlen(name), error);
}

static enum wave_status write_waveform(struct wave_golden *golden, const char *from, const char *to, const struct wave_rules *rules,
                                       bool (*stop)(void), struct wave_error *error) {
  struct wave_rewritten about;
  char digest[65];
  if (wave_rewrite(from, to, rules, stop, &about, error) != WAVE_OK) return WAVE_ERROR;
  enum wave_status status = compare_with_run(from, to, about.left_out > 0, stop, error);
  if (status == WAVE_OK) status = hash_file(to, digest, error);
  golden->variables = about.variables;
  if (status == WAVE_OK) status = copy(&golden->sha256, digest, 64, error);
  if (status == WAVE_OK) status = copy(&golden->content, about.content, 64, error);
  if (status == WAVE_OK) status = copy(&golden->end, about.end, strlen(about.end), error);
  if (status != WAVE_OK) unlink(to);
  return status;
}

static enum wave_status write_staged(struct staged *staged, struct wave_golden *golden, const char *from, const char *rules_from,
                                     bool (*stop)(void), struct wave_error *error) {
  struct wave_rules rules;
  wave_rules_init(&rules);
  enum wave_status status = find_rules(golden, staged, rules_from, &rules, error);
  if (status == WAVE_OK) status = write_waveform(golden, from, staged->beside[0], &rules, stop, error);
  staged->written[0] = status == WAVE_OK;
  wave_rules_free(&rules);
  if (status == WAVE_OK) status = write_certificate(golden, staged->beside[2], error);
  staged->written[2] = status == WAVE_OK;
  return status;
}

/* From here on nothing needs room any more: only names change. */
static enum wave_status publish(struct staged *staged, struct wave_error *error) {
  for (int i = 0; i < 3; i++) {
    if (!staged->written[i]) continue;
    if (rename(staged->beside[i], staged->final[i]) != 0)
      return wave_fail(error, "%s: cannot be replaced: %s; keep it again with oio wave bless --force", staged->final[i], strerror(errno));
    staged->written[i] = false;
  }
  return WAVE_OK;
}

static void unstage(struct staged *staged) {
  for (int i = 0; i < 3; i++) {
    if (staged->written[i]) unlink(staged->beside[i]);
    free(staged->final[i]);
    free(staged->beside[i]);
  }
}

enum wave_status wave_golden_store(struct wave_golden *golden, const char *from, const char *rules_from, bool (*stop)(void),
                                   struct wave_error *error) {
  struct staged staged;
  if (mkdir(golden->folder, 0777) != 0 && errno != EEXIST)
    return wave_fail(error, "%s: cannot be made: %s; make the folder first", golden->folder, strerror(errno));
  enum wave_status status = stage(&staged, golden) ? WAVE_OK : no_memory(error);
  if (status == WAVE_OK) status = write_staged(&staged, golden, from, rules_from, stop, error);
  if (status == WAVE_OK) status = publish(&staged, error);
  unstage(&staged);
  return status;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

enum wave_status wave_golden_list(const char *folder, char ***names, uint32_t *n, struct wave_error *error) {
  DIR *directory = opendir(folder);
  if (directory == NULL) wave_memory_failed(errno);
  *names = NULL;
  *n = 0;
  if (directory == NULL)
    return wave_fail(error, "%s: cannot be opened: %s; name the folder that oio wave bless wrote to", folder, strerror(errno));
  enum wave_status status = WAVE_OK;
  errno = 0;
  for (struct dirent *entry; status == WAVE_OK && (entry = readdir(directory)) != NULL; errno = 0) {
    const size_t length = strlen(entry->d_name);
    if (entry->d_name[0] == '.' || !ends_in(entry->d_name, length, certificate)) continue;
    char **larger = wave_realloc(*names, (*n + (size_t)1) * sizeof *larger);
    if (larger == NULL) {
      status = no_memory(error);
      break;
    }
    *names = larger;
    larger[*n] = NULL;
    status = copy(&larger[*n], entry->d_name, length - strlen(certificate), error);
    if (status == WAVE_OK) (*n)++;
  }
  if (status == WAVE_OK && errno != 0) status = wave_fail(error, "%s: cannot be read: %s", folder, strerror(errno));
  closedir(directory);
  if (*n > 0) qsort(*names, *n, sizeof **names, by_name);
  return status;
}
