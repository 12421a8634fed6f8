/* SPDX-License-Identifier: Apache-2.0 */
/* The trace writer; what it writes is judged by gzip, zcat and awk, and by the text expected. */
#define _GNU_SOURCE
#include "trace_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const struct oio_trace_header head = {.nodes = 4, .source = "a test", .map = "0-1:0,2-3:1"};

static struct oio_record plain(uint64_t id) {
  return (struct oio_record){.time_ps = 10 * id, .id = id, .bytes = 64, .source = 0, .destination = 3, .vc = 1};
}

static struct oio_trace_writer *created(const char *path) {
  struct oio_trace_writer *writer;
  struct oio_error error;
  if (oio_trace_create(&writer, path, &head, &error) != OIO_OK) fail_msg("%s", error.text);
  return writer;
}

static void zcat_shows_exactly_the_expected_text(void **state) {
  const struct folder *folder = *state;
  static const uint64_t waits[] = {0, 1};
  static const uint8_t payload[] = {0x00, 0x9a, 0xff};
  struct oio_trace_writer *writer = created(folder->file);
  struct oio_record record = plain(0);
  char text[1000];
  assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  record = plain(1);
  record.payload = payload;
  record.bytes = sizeof payload;
  assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  record = (struct oio_record){
      .time_ps = OIO_TRACE_TIME_MAX - 1, .id = 2, .bytes = OIO_TRACE_BYTES_MAX, .source = 3, .vc = 7, .waits = waits, .waits_count = 2};
  assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  output_of(text, sizeof text, "gzip -t '%s' && zcat '%s'", folder->file, folder->file);
  assert_string_equal(text, "oio-trace 1\nnodes 4\nmap 0-1:0,2-3:1\nsource a test\n---\n0 0 3 1 64 0 -\n10 0 3 1 3 1 - 009aff\n"
                            "4611686018427387903 3 0 7 1073741824 2 0,1\nend 3");
  assert_int_equal(entries_in(folder->path), 1);
}

/* A number of dies needs version 2, and who asks for it has it; what needs nothing of it stays version 1. */
static void the_lowest_version_that_holds_the_head_is_written(void **state) {
  const struct folder *folder = *state;
  static const struct {
    struct oio_trace_header head;
    const char *text;
  } cases[] = {
      {{.nodes = 4}, "oio-trace 1\nnodes 4\n---\n0 0 3 1 64 0 -\n10 0 3 1 64 1 0\nend 2"},
      {{.version = 1, .nodes = 4}, "oio-trace 1\nnodes 4\n---\n0 0 3 1 64 0 -\n10 0 3 1 64 1 0\nend 2"},
      {{.version = 2, .nodes = 4}, "oio-trace 2\nnodes 4\n---\n0 0 3 1 64 0 -\n10 0 3 1 64 1 0+7\nend 2"},
      {{.nodes = 4, .dies = 3, .map = "0:2,1-3:0"},
       "oio-trace 2\nnodes 4\ndies 3\nmap 0:2,1-3:0\n---\n0 0 3 1 64 0 -\n10 0 3 1 64 1 0+7\nend 2"},
  };
  static const uint64_t wait[] = {0};
  for (unsigned i = 0; i < 4; i++) {
    const oio_time_ps delay_ps[] = {i < 2 ? 0 : 7};
    struct oio_trace_writer *writer;
    char text[1000];
    struct oio_record record = plain(0);
    assert_int_equal(oio_trace_create(&writer, folder->file, &cases[i].head, NULL), OIO_OK);
    assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
    record = plain(1);
    record.waits = wait;
    record.waits_count = 1;
    record.delays_ps = delay_ps;
    assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
    assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
    output_of(text, sizeof text, "zcat '%s'", folder->file);
    assert_string_equal(text, cases[i].text);
  }
}

static void awk_counts_what_was_put(void **state) {
  const struct folder *folder = *state;
  struct oio_trace_writer *writer = created(folder->file);
  struct oio_error error;
  char text[100];
  uint64_t records, bytes = 0;
  for (uint64_t id = 0; id < 100000; id++) {
    struct oio_record record = plain(id);
    const uint64_t wait = id / 2;
    record.bytes = 1 + id % 4096;
    record.waits = &wait;
    record.waits_count = id > 0;
    bytes += record.bytes;
    assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  }
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  output_of(text, sizeof text, "zcat '%s' | awk '/^[0-9]/ { n++; b += $5; w += $7 != \"-\" } /^end/ { e = $2 } END { print n, b, w, e }'",
            folder->file);
  char expected[100];
  snprintf(expected, sizeof expected, "100000 %llu 99999 100000", (unsigned long long)bytes);
  assert_string_equal(text, expected);
  assert_int_equal(read_whole(folder->file, &records, &error), OIO_OK);
  assert_int_equal(records, 100000);
}

static void the_same_records_make_the_same_bytes(void **state) {
  const struct folder *folder = *state;
  char other[128];
  snprintf(other, sizeof other, "%s/other.gz", folder->path);
  for (int copy = 0; copy < 2; copy++) {
    struct oio_trace_writer *writer = created(copy == 0 ? folder->file : other);
    for (uint64_t id = 0; id < 5000; id++) {
      const struct oio_record record = plain(id);
      assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
    }
    assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  }
  assert_int_equal(run_command("cmp -s '%s' '%s'", folder->file, other), 0);
}

static void a_record_that_the_reader_would_refuse_is_not_written(void **state) {
  const struct folder *folder = *state;
  const uint64_t self = 8;
  const uint64_t earlier = 7, delay = 1;
  struct oio_record wrong[10];
  static const char *const whys[] = {"time 10 is before", "node 4 does not exist", "virtual channel 8", "0 bytes",
                                     "1073741825 bytes",  "id 9 does not follow",  "waits for 8",       "a payload of 65537 bytes",
                                     "not named",         "a wait with a delay"};
  for (size_t i = 0; i < 10; i++) wrong[i] = plain(8);
  wrong[0].time_ps = 10;
  wrong[1].destination = 4;
  wrong[2].vc = 8;
  wrong[3].bytes = 0;
  wrong[4].bytes = OIO_TRACE_BYTES_MAX + 1;
  wrong[5].id = 9;
  wrong[6].waits = &self;
  wrong[6].waits_count = 1;
  wrong[7].bytes = OIO_TRACE_PAYLOAD_MAX + 1;
  wrong[7].payload = (const uint8_t *)"";
  wrong[8].waits_count = 2;
  wrong[9].waits = &earlier;
  wrong[9].waits_count = 1;
  wrong[9].delays_ps = &delay;
  for (size_t i = 0; i < 10; i++) {
    struct oio_trace_writer *writer = created(folder->file);
    struct oio_error error, again;
    struct oio_record record = plain(7);
    assert_int_equal(oio_trace_put(writer, &record, &error), OIO_OK);
    assert_int_equal(oio_trace_put(writer, &wrong[i], &error), OIO_ERR_FORMAT);
    assert_non_null(strstr(error.text, whys[i]));
    assert_non_null(strstr(error.text, "t.oiotrace.gz: record 2: "));
    assert_int_equal(oio_trace_finish(writer, &again), OIO_ERR_FORMAT);
    assert_string_equal(error.text, again.text);
    assert_int_equal(entries_in(folder->path), 0);
  }
}

static void a_wrong_head_is_not_written(void **state) {
  const struct folder *folder = *state;
  struct oio_trace_header wrong[8] = {head, head, head, head, head, head, head, head};
  static const char *const whys[] = {"0 nodes; ",
                                     "65537 nodes; ",
                                     "the map leaves out node 3",
                                     "the source is not one line",
                                     "version 3; a trace is of version 1 or 2",
                                     "a number of dies has no place in version 1; ",
                                     "1 dies; a net has 2 to 65536",
                                     "the map names die 3; there are dies 0 to 2: "};
  wrong[4].version = 3;
  wrong[5].version = 1;
  wrong[5].dies = 2;
  wrong[6].dies = 1;
  wrong[7].dies = 3;
  strcpy(wrong[7].map, "0-3:3");
  wrong[0].nodes = 0;
  wrong[1].nodes = 65537;
  strcpy(wrong[2].map, "0-2:0");
  strcpy(wrong[3].source, "two\nlines");
  for (size_t i = 0; i < 8; i++) {
    struct oio_trace_writer *writer;
    struct oio_error error;
    assert_int_equal(oio_trace_create(&writer, folder->file, &wrong[i], &error), OIO_ERR_FORMAT);
    assert_null(writer);
    assert_non_null(strstr(error.text, whys[i]));
    assert_int_equal(entries_in(folder->path), 0);
  }
}

static void until_it_is_finished_the_old_file_stays(void **state) {
  const struct folder *folder = *state;
  char text[100];
  put_file(folder->file, "old", 3);
  struct oio_trace_writer *writer = created(folder->file);
  const struct oio_record record = plain(0);
  assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  assert_int_equal(entries_in(folder->path), 2);
  output_of(text, sizeof text, "cat '%s'", folder->file);
  assert_string_equal(text, "old");
  oio_trace_abandon(writer);
  assert_int_equal(entries_in(folder->path), 1);
  writer = created(folder->file);
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  assert_int_equal(entries_in(folder->path), 1);
  output_of(text, sizeof text, "zcat '%s' | tail -1", folder->file);
  assert_string_equal(text, "end 0");
  oio_trace_abandon(NULL);
}

static void a_new_file_has_the_permissions_that_the_user_asks_for(void **state) {
  const struct folder *folder = *state;
  struct stat status;
  const mode_t before = umask(027);
  struct oio_trace_writer *writer = created(folder->file);
  umask(before);
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  assert_int_equal(stat(folder->file, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0640);
}

static void a_folder_that_cannot_be_written_is_named(void **state) {
  const struct folder *folder = *state;
  static const char *const paths[] = {"/nowhere/t.gz", "/proc/t.gz", "/dev/null/t.gz"};
  struct oio_trace_writer *writer;
  struct oio_error error;
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(oio_trace_create(&writer, paths[i], &head, &error), OIO_ERR_IO);
    assert_null(writer);
    assert_ptr_equal(strstr(error.text, paths[i]), error.text);
    assert_non_null(strstr(error.text, ": cannot be created: "));
    assert_non_null(strstr(error.text, "; choose a folder that exists and can be written"));
  }
  assert_int_equal(oio_trace_create(&writer, folder->path, &head, &error), OIO_ERR_IO);
  assert_non_null(strstr(error.text, ": is a folder; name a file in it"));
}

/* Enough that does not compress away to pass every buffer. */
static enum oio_status put_noise(struct oio_trace_writer *writer, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  uint64_t noise = 1;
  struct oio_record record = plain(0);
  for (uint64_t id = 0; id < 50000 && status == OIO_OK; id++) {
    noise = noise * 6364136223846793005u + 1442695040888963407u;
    record.id = id;
    record.time_ps += noise >> 40;
    record.bytes = 1 + (noise >> 34) % OIO_TRACE_BYTES_MAX;
    status = oio_trace_put(writer, &record, error);
  }
  return status;
}

static void a_full_disk_is_named_and_nothing_is_left(void **state) {
  const struct folder *folder = *state;
  struct oio_error error;
  struct oio_trace_writer *writer = created("/dev/full");
  assert_int_equal(oio_trace_finish(writer, &error), OIO_ERR_IO);
  assert_string_equal(error.text, "/dev/full: cannot be written: No space left on device; free some space or choose another folder");
  assert_int_equal(access("/dev/full", F_OK), 0);
  /* A limit on the file's size stands for a disk that fills up while a real file is written. */
  struct rlimit before, small;
  getrlimit(RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 100000;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  writer = created(folder->file);
  const enum oio_status put = put_noise(writer, &error);
  const enum oio_status finished = oio_trace_finish(writer, &error);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_equal(put, OIO_ERR_IO);
  assert_int_equal(finished, OIO_ERR_IO);
  assert_non_null(strstr(error.text, "t.oiotrace.gz: cannot be written: File too large; "));
  assert_int_equal(entries_in(folder->path), 0);
}

static void a_pipe_is_written_directly(void **state) {
  const struct folder *folder = *state;
  char text[100], pipe[128];
  snprintf(pipe, sizeof pipe, "%s/pipe", folder->path);
  assert_int_equal(mkfifo(pipe, 0600), 0);
  assert_int_equal(run_command("zcat <'%s' >'%s' &", pipe, folder->file), 0);
  struct oio_trace_writer *writer = created(pipe);
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  output_of(text, sizeof text, "for i in 1 2 3 4 5 6 7 8 9; do grep -qs end '%s' && break; sleep 0.2; done; tail -1 '%s'", folder->file,
            folder->file);
  assert_string_equal(text, "end 0");
  struct stat status;
  assert_int_equal(stat(pipe, &status), 0);
  assert_true(S_ISFIFO(status.st_mode));
}

static void maps_are_parsed_node_by_node(void **state) {
  (void)state;
  uint32_t die[6];
  struct oio_error error;
  assert_int_equal(oio_trace_map_parse("5:1,0-2:0,3-4:1", 6, 2, die, &error), OIO_OK);
  static const uint32_t expected[] = {0, 0, 0, 1, 1, 1};
  assert_memory_equal(die, expected, sizeof die);
  static const char *const wrong[] = {"",       ",",
                                      "0-5:0,", "0-5",
                                      "0-5:",   "0-5:0 ",
                                      "a",      "0-5:00000000000000000000",
                                      "0-4:0",  "0-5:0,5:0",
                                      "0-5:2",  "0-6:0",
                                      "5-0:1",  "0-18446744073709551615:0"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    if (oio_trace_map_parse(wrong[i], 6, 2, die, &error) != OIO_ERR_FORMAT) fail_msg("accepted: %s", wrong[i]);
  assert_memory_equal(die, expected, sizeof die);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(zcat_shows_exactly_the_expected_text, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(the_lowest_version_that_holds_the_head_is_written, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(awk_counts_what_was_put, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(the_same_records_make_the_same_bytes, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_record_that_the_reader_would_refuse_is_not_written, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_wrong_head_is_not_written, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(until_it_is_finished_the_old_file_stays, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_new_file_has_the_permissions_that_the_user_asks_for, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_written_is_named, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_full_disk_is_named_and_nothing_is_left, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_pipe_is_written_directly, open_folder, close_folder),
      cmocka_unit_test(maps_are_parsed_node_by_node),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
