/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is written as FST is what others read: the reader that comes with Verilator, where it is installed, and fst2vcd; and files appear
 * whole or not at all.
 */
#define _XOPEN_SOURCE 700
#include "fst_write.h"
#include "output.h"
#include "wave_sample.h"
#include "write_whole.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_fst_write"
#include "chance.h"
#include "wave_folder.h"

#ifdef OIO_FSTAPI
#include "fstapi.h"
#endif

enum { handles = 60, aliases = 10, blocks = 5, ticks = 4000, value_room = 200 };

static unsigned files_in_folder(void) {
  unsigned count = 0;
  DIR *files = opendir(folder);
  for (struct dirent *file; (file = readdir(files)) != NULL;) count += file->d_name[0] != '.';
  closedir(files);
  return count;
}

/* A run made by chance: every value of every handle at every tick, as readers print it. */
struct run {
  struct wave_decl decl;
  char (*values)[handles][value_room]; /* [tick][handle] */
  bool (*changed)[handles];            /* something was written at that tick */
};

/* Some handles change as the one before does, so that blocks have equal chains. */
static bool is_twin(uint32_t handle) {
  return handle % 4 == 3 && handle < handles;
}

static void declare(struct run *run, uint64_t *stream) {
  static const enum wave_kind kinds[] = {WAVE_BITS, WAVE_BITS, WAVE_BITS, WAVE_REAL, WAVE_STRING, WAVE_EVENT};
  static const uint8_t types[] = {16, 3, 21, 0};
  char name[40];
  uint32_t scope = WAVE_NONE;
  wave_decl_init(&run->decl);
  run->decl.timescale_exponent = -12;
  for (uint32_t i = 0; i < handles + aliases; i++) {
    if (i % 7 == 0) {
      snprintf(name, sizeof name, "scope%u", (unsigned)i);
      scope = wave_decl_scope(&run->decl, chance(stream) % 3 == 0 ? WAVE_NONE : scope, 0, name, strlen(name));
    }
    enum wave_kind kind = kinds[chance(stream) % 6];
    uint32_t width = kind == WAVE_BITS   ? chance(stream) % 2 == 0 ? 1 : 2 + (uint32_t)(chance(stream) % 130)
                       : kind == WAVE_REAL ? 64
                                         : kind == WAVE_EVENT;
    if (is_twin(i)) {
      kind = (enum wave_kind)run->decl.handles[i - 1].kind;
      width = run->decl.handles[i - 1].width;
    }
    const uint32_t handle = i < handles ? wave_decl_handle(&run->decl, kind, width) : (uint32_t)(chance(stream) % handles);
    const bool bus = run->decl.handles[handle].kind == WAVE_BITS && run->decl.handles[handle].width > 1;
    snprintf(name, sizeof name, bus ? "v%u[%u:0]" : "v%u", (unsigned)i, (unsigned)run->decl.handles[handle].width - 1);
    wave_decl_var(&run->decl, scope, types[run->decl.handles[handle].kind], 0, name, strlen(name), handle);
  }
}

static void draw_value(uint64_t *stream, const struct wave_handle *handle, char text[static value_room]) {
  const bool known = chance(stream) % 4 != 0;
  const size_t length = handle->kind == WAVE_STRING ? 1 + chance(stream) % 20 : handle->width;
  if (handle->kind == WAVE_REAL) {
    snprintf(text, value_room, "%.16g", (double)(int64_t)chance(stream) / 1e15);
    return;
  }
  for (size_t i = 0; i < length; i++)
    text[i] = handle->kind == WAVE_STRING ? (char)('a' + chance(stream) % 26)
              : known                     ? (char)('0' + chance(stream) % 2)
                                          : "01xzhuwl-"[chance(stream) % 9];
  text[length] = '\0';
  if (handle->kind == WAVE_EVENT) memcpy(text, "1", 2);
}

static void make_run(struct run *run, uint64_t *stream) {
  declare(run, stream);
  run->values = calloc(ticks + 1, sizeof *run->values);
  run->changed = calloc(ticks + 1, sizeof *run->changed);
  assert_true(run->values != NULL && run->changed != NULL);
  for (uint32_t tick = 0; tick <= ticks; tick++)
    for (uint32_t i = 0; i < handles; i++) {
      if (tick > 0) memcpy(run->values[tick][i], run->values[tick - 1][i], value_room);
      if (is_twin(i)) {
        memcpy(run->values[tick][i], run->values[tick][i - 1], value_room);
        run->changed[tick][i] = run->changed[tick][i - 1];
      } else if (chance(stream) % 16 == 0 && i % 9 != 0) {
        draw_value(stream, &run->decl.handles[i], run->values[tick][i]);
        run->changed[tick][i] = true;
      }
    }
}

static void free_run(struct run *run) {
  wave_decl_free(&run->decl);
  free(run->values);
  free(run->changed);
}

/* The entry of a value, made from the words of chain.h. */
static void put_entry(struct wave_out *out, const struct wave_handle *handle, uint64_t step, const char *value) {
  uint8_t bytes[10];
  uint64_t head = step << 1;
  const bool two = strspn(value, "01") == strlen(value);
  if (handle->kind == WAVE_REAL || (handle->kind == WAVE_BITS && handle->width > 1 && !two)) head |= 1;
  if ((handle->kind == WAVE_BITS && handle->width == 1) || handle->kind == WAVE_EVENT)
    head = two ? step << 2 | (uint64_t)(*value - '0') << 1 : step << 4 | (uint64_t)(strchr(WAVE_CODES, *value) - WAVE_CODES) << 1 | 1;
  wave_out_bytes(out, bytes, (size_t)(wave_put_varint(bytes, head) - bytes));
  if (handle->kind == WAVE_STRING) {
    wave_out_bytes(out, bytes, (size_t)(wave_put_varint(bytes, strlen(value)) - bytes));
    wave_out_text(out, value);
  } else if (handle->kind == WAVE_REAL) {
    const double number = strtod(value, NULL);
    wave_out_bytes(out, &number, sizeof number);
  } else if (handle->kind == WAVE_BITS && handle->width > 1 && two) {
    for (uint32_t i = 0; i < handle->width; i += 8) {
      char byte = 0;
      for (uint32_t bit = i; bit < i + 8 && bit < handle->width; bit++) byte = (char)(byte | (value[bit] == '1') << (7 - bit % 8));
      wave_out_bytes(out, &byte, 1);
    }
  } else if (handle->kind == WAVE_BITS && handle->width > 1) {
    wave_out_text(out, value);
  }
}

/* What a handle held before a tick, in the forms of chain.h; the bytes are kept in `room`. */
static struct wave_value held(const struct run *run, uint32_t tick, uint32_t handle, uint8_t room[static value_room]) {
  const struct wave_handle *kind = &run->decl.handles[handle];
  const char *text = tick > 0 ? run->values[tick - 1][handle] : "";
  struct wave_value value = {room, (uint32_t)strlen(text), WAVE_NINE};
  if (*text == '\0' || kind->kind == WAVE_EVENT) return (struct wave_value){NULL, 0, WAVE_UNKNOWN};
  memcpy(room, text, strlen(text));
  if (kind->kind == WAVE_STRING) value.form = WAVE_BYTES;
  if (kind->kind == WAVE_REAL) {
    const double number = strtod(text, NULL);
    memcpy(room, &number, sizeof number);
    value = (struct wave_value){room, sizeof number, WAVE_DOUBLE};
  } else if (kind->kind == WAVE_BITS && strspn(text, "01") == strlen(text)) {
    memset(room, 0, value_room);
    for (uint32_t i = 0; i < kind->width; i++) room[i / 8] = (uint8_t)(room[i / 8] | (text[i] == '1') << (7 - i % 8));
    value = (struct wave_value){room, (kind->width + 7) / 8, WAVE_TWO};
  }
  return value;
}

/* Ticks from..to-1 as one block whose times begin with `from` or later, as readers give them. */
static void write_block(struct wave_fst *fst, const struct run *run, uint32_t from, uint32_t to) {
  static uint64_t times[ticks + 1];
  static uint8_t rooms[handles][value_room];
  struct wave_out outs[handles] = {{0}};
  struct wave_fst_chain chains[handles] = {{0}};
  struct wave_value frame[handles];
  uint32_t n = 0, place[handles] = {0};
  struct wave_error error;
  for (uint32_t tick = from; tick < to; tick++) {
    times[n] = tick;
    for (uint32_t i = 0; i < handles; i++) {
      if (!run->changed[tick][i]) continue;
      put_entry(&outs[i], &run->decl.handles[i], n - place[i], run->values[tick][i]);
      place[i] = n;
    }
    n++;
  }
  for (uint32_t i = 0; i < handles; i++) {
    frame[i] = held(run, from, i, rooms[i]);
    chains[i] = (struct wave_fst_chain){(const uint8_t *)outs[i].bytes, outs[i].size};
  }
  const struct wave_fst_block block = {from, to - 1, times, n, frame, chains};
  assert_int_equal(wave_fst_block(fst, &block, &error), WAVE_OK);
  for (uint32_t i = 0; i < handles; i++) wave_out_free(&outs[i]);
}

static void write_run(const struct run *run, const char *path, bool gzip, uint32_t begin) {
  struct wave_fst *fst = NULL;
  struct wave_error error = {.text = ""};
  const struct wave_fst_options options = {.gzip = gzip, .version = "test"};
  if (wave_fst_begin(&fst, path, &run->decl, &options, &error) != WAVE_OK) FAIL_WITH_REPLAY("%s", error.text);
  for (uint32_t i = 0; i < blocks; i++)
    write_block(fst, run, begin + (ticks - begin) * i / blocks, begin + (ticks - begin) * (i + 1) / blocks);
  if (wave_fst_end(fst, &error) != WAVE_OK) FAIL_WITH_REPLAY("%s", error.text);
}

#ifdef OIO_FSTAPI
struct seen {
  const struct run *run;
  uint32_t order[handles]; /* the handle of each number in the file */
  char now[handles][value_room];
  uint64_t time, begin;
  unsigned changes;
};

static void check_until(struct seen *seen, uint64_t time) {
  for (; seen->time < time; seen->time++)
    for (uint32_t i = 0; i < handles; i++) {
      const uint32_t handle = seen->order[i];
      if (seen->run->decl.handles[handle].kind == WAVE_EVENT) continue;
      const char *expected = seen->run->values[seen->time][handle], *got = seen->now[i];
      if (*expected == '\0' && (*got == '\0' || *got == 'x' || strcmp(got, "nan") == 0)) continue;
      if (strcmp(expected, got) != 0)
        FAIL_WITH_REPLAY("handle %u at %u: '%s', not '%s'", (unsigned)handle, (unsigned)seen->time, got, expected);
    }
}

static void take(void *context, uint64_t time, fstHandle number, const unsigned char *value, uint32_t length) {
  struct seen *seen = context;
  check_until(seen, time);
  assert_true(length < value_room);
  memcpy(seen->now[number - 1], value, length);
  seen->now[number - 1][length] = '\0';
  seen->changes++;
}

static void take_fixed(void *context, uint64_t time, fstHandle number, const unsigned char *value) {
  take(context, time, number, value, (uint32_t)strlen((const char *)value));
}

/* Names, widths and aliases as declared; fills the order of the handles. */
static void check_hierarchy(void *reader, struct seen *seen) {
  uint32_t vars = 0, depth = 0;
  for (struct fstHier *entry; (entry = fstReaderIterateHier(reader)) != NULL;) {
    depth += entry->htyp == FST_HT_SCOPE;
    depth -= entry->htyp == FST_HT_UPSCOPE;
    if (entry->htyp != FST_HT_VAR) continue;
    const unsigned index = (unsigned)strtoul(entry->u.var.name + 1, NULL, 10);
    const struct wave_var *var = &seen->run->decl.vars[index];
    const struct wave_handle *handle = &seen->run->decl.handles[var->handle];
    if (!entry->u.var.is_alias) seen->order[entry->u.var.handle - 1] = var->handle;
    assert_int_equal(seen->order[entry->u.var.handle - 1], var->handle);
    assert_int_equal(entry->u.var.length, handle->kind == WAVE_REAL ? 8 : handle->width);
    vars++;
  }
  assert_int_equal(depth, 0);
  assert_int_equal(vars, handles + aliases);
}

static void read_back(const struct run *run, const char *path, uint64_t begin) {
  struct seen *seen = calloc(1, sizeof *seen);
  void *reader = fstReaderOpen(path);
  assert_non_null(reader);
  seen->run = run;
  seen->time = begin;
  check_hierarchy(reader, seen);
  assert_int_equal(fstReaderGetStartTime(reader), begin);
  assert_int_equal(fstReaderGetEndTime(reader), ticks - 1);
  assert_int_equal(fstReaderGetValueChangeSectionCount(reader), blocks);
  fstReaderSetFacProcessMaskAll(reader);
  fstReaderIterBlocks2(reader, take_fixed, take, seen, NULL);
  check_until(seen, ticks);
  assert_true(seen->changes > 1000);
  fstReaderClose(reader);
  free(seen);
}
#else
static void read_back(const struct run *run, const char *path, uint64_t begin) {
  (void)run;
  (void)path;
  (void)begin;
  print_message("skipped: Verilator's fstapi.c is not installed\n");
}
#endif

static void the_reference_reader_sees_every_value(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (int turn = 0; turn < 6; turn++) {
    struct run run;
    make_run(&run, &stream);
    write_run(&run, in_folder("a.fst"), turn % 2 == 1, turn < 3 ? 0 : 100);
    read_back(&run, in_folder("a.fst"), turn < 3 ? 0 : 100);
    free_run(&run);
    assert_int_equal(files_in_folder(), 1);
  }
}

static void the_same_run_gives_the_same_file(void **state) {
  (void)state;
  uint64_t stream = chance_stream(2);
  struct run run;
  char command[1300];
  make_run(&run, &stream);
  write_run(&run, in_folder("a.fst"), false, 0);
  write_run(&run, in_folder("b.fst"), false, 0);
  snprintf(command, sizeof command, "cmp '%s' '%s'", in_folder("a.fst"), in_folder("b.fst"));
  assert_int_equal(system(command), 0);
  free_run(&run);
}

static void fst2vcd_reads_the_merged_file_of_each_sample(void **state) {
  (void)state;
  if (system("command -v fst2vcd >/dev/null 2>&1") != 0) {
    print_message("skipped: fst2vcd is not installed; it comes with gtkwave\n");
    return;
  }
  for (int sample = 0; sample < SAMPLES; sample++) {
    struct wave_report *report = sample_report((enum wave_sample)sample);
    struct wave_error error = {.text = ""};
    char command[1300];
    const enum wave_status status = wave_diff_fst(in_folder("diff.fst"), report, &error);
    assert_true(status == WAVE_OK || status == WAVE_END);
    snprintf(command, sizeof command, "fst2vcd '%s' 2>/dev/null | grep -q '^\\$scope module diff \\$end'", in_folder("diff.fst"));
    if (status == WAVE_OK) assert_int_equal(system(command), 0);
    if (status == WAVE_OK)
      assert_int_equal(unlink(in_folder("diff.fst")) | unlink(in_folder("diff.gtkw")) | unlink(in_folder("diff.sucl")), 0);
    wave_report_free(report);
  }
}

/* The whole text of a command's output; the caller frees. */
static char *output_of(const char *command) {
  struct wave_out out = {0};
  char bytes[4096];
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  for (size_t size; (size = fread(bytes, 1, sizeof bytes, pipe)) > 0;) wave_out_bytes(&out, bytes, size);
  pclose(pipe);
  return out.bytes;
}

static void the_merged_file_holds_golden_new_and_where_they_differ(void **state) {
  (void)state;
  if (system("command -v fst2vcd >/dev/null 2>&1") != 0) {
    print_message("skipped: fst2vcd is not installed; it comes with gtkwave\n");
    return;
  }
  struct wave_report *report = sample_report(SAMPLE_GLITCH);
  struct wave_error error = {.text = ""};
  char command[700];
  assert_int_equal(wave_diff_fst(in_folder("diff.fst"), report, &error), WAVE_OK);
  snprintf(command, sizeof command, "fst2vcd '%s'", in_folder("diff.fst"));
  char *vcd = output_of(command);
  assert_non_null(strstr(vcd, "#130000\n"));
  assert_non_null(strstr(strstr(vcd, "#130000\n"), "#130250\n"));
  free(vcd);
  snprintf(command, sizeof command, "cat '%s'", in_folder("diff.gtkw"));
  char *save = output_of(command);
  assert_non_null(strstr(save, "\n[timestart] 80000\n"));
  assert_non_null(strstr(save, " 130000 -1 -1 "));
  assert_non_null(strstr(save,
                         "\n@28\n+{golden top.clk} golden.top.clk\n+{new    top.clk} new.top.clk\n+{golden valid} golden.top.bus.valid\n"
                         "+{new    valid} new.top.bus.valid\n+{diff   valid} diff.top.bus.valid\n"));
  free(save);
  snprintf(command, sizeof command, "cat '%s'", in_folder("diff.sucl"));
  save = output_of(command);
  char *absolute = realpath(in_folder("diff.fst"), NULL);
  snprintf(command, sizeof command,
           "# oio wavediff\nload_file %s\nvariable_add golden.top.clk\nvariable_add new.top.clk\nvariable_add golden.top.bus.valid\n"
           "variable_add new.top.bus.valid\nvariable_add diff.top.bus.valid\nzoom_fit\ncursor_set 130000\n",
           absolute);
  assert_string_equal(save, command);
  free(absolute);
  free(save);
  wave_report_free(report);
}

static void a_file_appears_whole_or_not_at_all(void **state) {
  (void)state;
  struct wave_error error = {.text = ""};
  struct stat status;
  assert_int_equal(wave_write_whole(in_folder("w"), "old", 3, &error), WAVE_OK);
  assert_int_equal(chmod(in_folder("w"), 0640), 0);
  const unsigned files = files_in_folder();
  struct wave_whole whole;
  assert_int_equal(wave_whole_begin(&whole, in_folder("w"), &error), WAVE_OK);
  assert_int_equal(wave_whole_add(&whole, "newer", 5, &error), WAVE_OK);
  assert_int_equal(files_in_folder(), files + 1);
  wave_whole_abandon(&whole);
  assert_int_equal(stat(in_folder("w"), &status), 0);
  assert_int_equal(status.st_size, 3);
  assert_int_equal(files_in_folder(), files);
  assert_int_equal(wave_write_whole(in_folder("w"), "newer", 5, &error), WAVE_OK);
  assert_int_equal(stat(in_folder("w"), &status), 0);
  assert_int_equal(status.st_size, 5);
  assert_int_equal(status.st_mode & 0777, 0640);
  assert_int_equal(files_in_folder(), files);
}

static void a_link_stays_a_link(void **state) {
  (void)state;
  struct wave_error error = {.text = ""};
  struct stat status;
  assert_int_equal(wave_write_whole(in_folder("target"), "x", 1, &error), WAVE_OK);
  assert_int_equal(symlink("target", in_folder("link")), 0);
  assert_int_equal(wave_write_whole(in_folder("link"), "four", 4, &error), WAVE_OK);
  assert_int_equal(lstat(in_folder("link"), &status), 0);
  assert_true(S_ISLNK(status.st_mode));
  assert_int_equal(stat(in_folder("target"), &status), 0);
  assert_int_equal(status.st_size, 4);
}

static void what_cannot_be_written_is_said_in_one_line_with_the_remedy(void **state) {
  (void)state;
  struct wave_error error = {.text = ""};
  struct stat status;
  static char large[1 << 20];
  assert_int_equal(wave_write_whole("/dev/full", large, sizeof large, &error), WAVE_ERROR);
  assert_string_equal(error.text, "/dev/full: cannot be written: No space left on device; free some space or name another place");
  assert_int_equal(wave_write_whole("/dev/full", "x", 1, &error), WAVE_ERROR);
  assert_string_equal(error.text, "/dev/full: cannot be written: No space left on device; free some space or name another place");
  assert_int_equal(stat("/dev/full", &status), 0);
  assert_true(S_ISCHR(status.st_mode));
  assert_int_equal(wave_write_whole("/dev/null", "x", 1, &error), WAVE_OK);
  assert_int_equal(wave_write_whole("/nowhere/file", "x", 1, &error), WAVE_ERROR);
  assert_string_equal(error.text, "/nowhere/file: cannot be written: No such file or directory; make the folder first");
  assert_int_equal(wave_write_whole("/", "x", 1, &error), WAVE_ERROR);
  assert_string_equal(error.text, "/: cannot be written: Is a directory; name a file in it");
  const unsigned files = files_in_folder();
  struct wave_report *report = sample_report(SAMPLE_ONE);
  assert_int_equal(wave_diff_fst("/dev/full", report, &error), WAVE_ERROR);
  assert_string_equal(error.text, "/dev/full: an FST file cannot be written to a device or a pipe; name a regular file");
  wave_report_free(report);
  assert_int_equal(files_in_folder(), files);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_reference_reader_sees_every_value),
      cmocka_unit_test(the_same_run_gives_the_same_file),
      cmocka_unit_test(fst2vcd_reads_the_merged_file_of_each_sample),
      cmocka_unit_test(the_merged_file_holds_golden_new_and_where_they_differ),
      cmocka_unit_test(a_file_appears_whole_or_not_at_all),
      cmocka_unit_test(a_link_stays_a_link),
      cmocka_unit_test(what_cannot_be_written_is_said_in_one_line_with_the_remedy),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
