/* SPDX-License-Identifier: Apache-2.0 */
/* The trace reader against docs/trace-format.md; the files are written by hand or by gzip, never by our writer. */
#define _GNU_SOURCE
#include "trace_fixture.h"

#include <sys/resource.h>

#define HEAD "oio-trace 1\nnodes 4\n---\n"
#define HEAD_2 "oio-trace 2\nnodes 4\ndies 4\n---\n"
#define PLAIN HEAD "0 0 1 0 64 0 -\n10 1 0 7 64 1 0\n10 3 2 1 1073741824 2 0,1\nend 3\n"

struct refusal {
  const char *text;
  const char *error; /* begins right after "FILE:" */
};

static void assert_refused(const struct folder *folder, const void *bytes, size_t count, const char *expected) {
  struct oio_error error;
  uint64_t records;
  char start[160];
  put_file(folder->file, bytes, count);
  assert_int_equal(read_whole(folder->file, &records, &error), OIO_ERR_FORMAT);
  snprintf(start, sizeof start, "%s:%s", folder->file, expected);
  if (strncmp(error.text, start, strlen(start)) != 0) fail_msg("\nexpected: %s...\n     got: %s", start, error.text);
  assert_null(strchr(error.text, '\n'));
  /* Cause; remedy. */
  assert_non_null(strpbrk(error.text + strlen(folder->file), ";"));
}

static void assert_all_refused(void **state, const struct refusal *cases, size_t count) {
  for (size_t i = 0; i < count; i++) assert_refused(*state, cases[i].text, strlen(cases[i].text), cases[i].error);
}
#define ALL_REFUSED(cases) assert_all_refused(state, cases, sizeof cases / sizeof cases[0])

static void a_plain_trace_is_read_field_by_field(void **state) {
  const struct folder *folder = *state;
  static const char text[] = "oio-trace 1\n# note\nsource some program, 3 ps\nmap 0-1:0,2-3:1\nnodes 4\n---\n# x\n"
                             "5 2 3 7 2 40 - 0dfE\n4611686018427387903 3 0 1 1073741824 41 7,39,40\n# y\nend 2\n";
  struct oio_trace_reader *reader;
  struct oio_record record;
  struct oio_error error;
  bool more;
  put_file(folder->file, text, sizeof text - 1);
  assert_int_equal(oio_trace_open(&reader, folder->file, &error), OIO_OK);
  assert_int_equal(oio_trace_header_of(reader)->nodes, 4);
  assert_string_equal(oio_trace_header_of(reader)->source, "some program, 3 ps");
  assert_string_equal(oio_trace_header_of(reader)->map, "0-1:0,2-3:1");
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_true(more && record.time_ps == 5 && record.source == 2 && record.destination == 3 && record.vc == 7 && record.id == 40);
  assert_true(record.bytes == 2 && record.waits_count == 0 && record.payload[0] == 0x0d && record.payload[1] == 0xfe);
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_true(more && record.time_ps == 4611686018427387903u && record.bytes == 1073741824 && record.payload == NULL);
  assert_true(record.waits_count == 3 && record.waits[0] == 7 && record.waits[1] == 39 && record.waits[2] == 40);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
    assert_false(more);
  }
  assert_int_equal(oio_trace_records(reader), 2);
  assert_true(oio_trace_fraction(reader) > 0.99);
  oio_trace_close(reader);
}

static void what_gzip_packed_is_read_the_same(void **state) {
  const struct folder *folder = *state;
  struct oio_error error;
  uint64_t records;
  put_file(folder->file, PLAIN, strlen(PLAIN));
  assert_int_equal(run_command("cd %s && gzip -9 -c t.oiotrace.gz >u && mv u t.oiotrace.gz", folder->path), 0);
  assert_int_equal(read_whole(folder->file, &records, &error), OIO_OK);
  assert_int_equal(records, 3);
  /* Two members, cut inside a line. */
  assert_int_equal(
      run_command("cd %s && zcat t.oiotrace.gz >v && { head -c 40 v | gzip; tail -c +41 v | gzip; } >t.oiotrace.gz", folder->path), 0);
  assert_int_equal(read_whole(folder->file, &records, &error), OIO_OK);
  assert_int_equal(records, 3);
}

static void an_empty_trace_with_head_and_end_is_a_trace(void **state) {
  const struct folder *folder = *state;
  struct oio_error error;
  uint64_t records;
  put_file(folder->file, HEAD "end 0\n", strlen(HEAD "end 0\n"));
  assert_int_equal(read_whole(folder->file, &records, &error), OIO_OK);
  assert_int_equal(records, 0);
}

static void what_is_no_trace_is_called_so(void **state) {
  static const struct refusal cases[] = {
      {"", "1: the file is empty; "},
      {"x", "1: not a trace: "},
      {"oio-trac", "1: not a trace: "},
      {"[{\"type\": 1}]\n",
       "1: not a trace: it does not begin with \"oio-trace 1\" or \"oio-trace 2\"; convert a capture with `oio trace import`"},
      {"BZh91AY&SY plus some more bytes", "1: not a trace: "},
      {"oio-trace one\n", "1: not a trace: "},
      {"oio-trace 0\nnodes 4\n---\n", "1: version 0; this program reads 1 and 2: "},
      {"oio-trace 3\nnodes 4\n---\n", "1: version 3; this program reads 1 and 2: "},
      {"oio-trace 11\n", "1: version 11; this program reads 1 and 2: "},
  };
  ALL_REFUSED(cases);
}

static void a_wrong_head_is_refused_with_its_line(void **state) {
  static const struct refusal cases[] = {
      {"oio-trace 1\n---\nend 0\n", "2: the head has no nodes line; "},
      {"oio-trace 1\nnodes 0\n---\nend 0\n", "2: the number of nodes is not 1 to 65536; "},
      {"oio-trace 1\nnodes 65537\n---\nend 0\n", "2: the number of nodes is not 1 to 65536; "},
      {"oio-trace 1\nnodes 4\nnodes 4\n---\nend 0\n", "3: a second nodes line; "},
      {"oio-trace 1\nnodes 4\ncolour red\n---\nend 0\n", "3: not a line of the head: "},
      {"oio-trace 1\nnodes 4\n0 0 1 0 64 0 -\nend 1\n", "3: not a line of the head: "},
      {"oio-trace 1\nnodes 4\nmap 0-3:0\nmap 0-3:0\n---\nend 0\n", "4: a second map line; "},
      {"oio-trace 1\nnodes 4\nmap 0-2:0\n---\nend 0\n", "4: the map leaves out node 3; "},
      {"oio-trace 1\nnodes 4\nmap 0-3:0,2:1\n---\nend 0\n", "4: the map names node 2 twice; "},
      {"oio-trace 1\nnodes 4\nmap 0-4:0\n---\nend 0\n", "4: the map names node 4; the trace has nodes 0 to 3"},
      {"oio-trace 1\nnodes 4\nmap 0-3:2\n---\nend 0\n", "4: the map names die 2; "},
      {"oio-trace 1\nnodes 4\nmap 3-0:0\n---\nend 0\n", "4: the map has the range 3-0; "},
      {"oio-trace 1\nnodes 4\nmap 0..3:0\n---\nend 0\n", "4: the map cannot be read at character 2; "},
      {"oio-trace 1\nnodes 4\nsource a\tb\n---\nend 0\n", "4: the source is not one line of printable ASCII"},
      {"oio-trace 1\nnodes 4\ndies 2\n---\nend 0\n", "3: not a line of the head: nodes, map, source, or ---"},
      {"oio-trace 2\nnodes 4\ncolour red\n---\nend 0\n", "3: not a line of the head: nodes, dies, map, source, or ---"},
      {"oio-trace 2\nnodes 4\ndies 1\n---\nend 0\n", "3: the number of dies is not 2 to 65536; "},
      {"oio-trace 2\nnodes 4\ndies 65537\n---\nend 0\n", "3: the number of dies is not 2 to 65536; "},
      {"oio-trace 2\nnodes 4\ndies 4\ndies 4\n---\nend 0\n", "4: a second dies line; "},
      {"oio-trace 2\nnodes 4\nmap 0-3:3\ndies 3\n---\nend 0\n", "5: the map names die 3; there are dies 0 to 2: "},
      {"oio-trace 2\nnodes 4\nmap 0-3:2\n---\nend 0\n", "4: the map names die 2; there are dies 0 and 1: "},
  };
  ALL_REFUSED(cases);
}

static void a_line_that_breaks_the_grammar_is_refused_with_its_number(void **state) {
  static const struct refusal cases[] = {
      {HEAD "\nend 0\n", "4: the line ends where a number (time) is expected; "},
      {HEAD "0 0 1 0 64 0\nend 1\n", "4: the line ends where one space is expected; "},
      {HEAD "0 0 1 0 64 0 \nend 1\n", "4: the line ends where a number (waits) is expected; "},
      {HEAD "0 0 1 0 64 0 - \nend 1\n", "4: a payload of 0 bytes in a message of 64; "},
      {HEAD "0  0 1 0 64 0 -\nend 1\n", "4: ' ' where a number (source) is expected; "},
      {HEAD "-5 0 1 0 64 0 -\nend 1\n", "4: '-' where a number (time) is expected; "},
      {HEAD "0\t0 1 0 64 0 -\nend 1\n", "4: byte 0x09 where one space is expected; "},
      {HEAD "0 0 1 0 64 0 -\r\nend 1\n", "4: a carriage return where the end of the line is expected; "},
      {HEAD "0 0 1 0 64 0 -1\nend 1\n", "4: '1' where the end of the line is expected; "},
      {HEAD "0 0 1 0 64 5 3,\nend 1\n", "4: the line ends where a number (waits) is expected; "},
      {HEAD "0 0 1 0 2 0 - 0g11\nend 1\n", "4: 'g' where the second hexadecimal digit of a payload byte is expected; "},
      {HEAD "0 0 1 0 2 0 - 001\nend 1\n", "4: the line ends where the second hexadecimal digit"},
      {HEAD "0 0 1 0 2 0 - 00\nend 1\n", "4: a payload of 1 bytes in a message of 2; "},
      {HEAD "0 0 1 0 1 0 - 0000\nend 1\n", "4: a payload of 2 bytes in a message of 1; "},
      {HEAD "18446744073709551617 0 1 0 64 0 -\nend 1\n", "4: the number for time has 20 digits; "},
      {HEAD "# one\n# two\n0 0 1 0 64 0\nend 1\n", "6: the line ends where one space is expected; "},
      {HEAD "0 0 1 0 64 0 -\nfinish\n", "5: 'f' where a number (time) is expected; "},
      {HEAD "0 0 1 0 64 5 3+1\nend 1\n",
       "4: a delay (+) in a trace of version 1; write oio-trace 2 in the first line, or leave the delay out"},
      {HEAD_2 "0 0 1 0 64 5 3+\nend 1\n", "5: the line ends where a number (delay) is expected; "},
      {HEAD_2 "0 0 1 0 64 5 3+,4\nend 1\n", "5: ',' where a number (delay) is expected; "},
      {HEAD_2 "0 0 1 0 64 5 3+-1\nend 1\n", "5: '-' where a number (delay) is expected; "},
      {HEAD_2 "0 0 1 0 64 5 3+1+2\nend 1\n", "5: '+' where the end of the line is expected; "},
      {HEAD_2 "0 0 1 0 64 5 +1\nend 1\n", "5: '+' where a number (waits) is expected; "},
      {HEAD_2 "0 0 1 0 64 5 -+1\nend 1\n", "5: '+' where the end of the line is expected; "},
      {HEAD_2 "0 0 1 0 64 5 3+10000000000000000000\nend 1\n", "5: the number for delay has 20 digits; "},
  };
  ALL_REFUSED(cases);
}

static void a_record_that_breaks_a_rule_is_refused_with_its_number(void **state) {
  static const struct refusal cases[] = {
      {HEAD "180 0 1 0 64 0 -\n120 0 1 0 64 1 -\nend 2\n",
       "5: time 120 is before the record above (180); sort the trace by time, as `oio trace import` does"},
      {HEAD "4611686018427387904 0 1 0 64 0 -\nend 1\n", "4: time 4611686018427387904 is not below 2^62; "},
      {HEAD_2 "0 0 1 0 64 5 3+4611686018427387904\nend 1\n", "5: the delay 4611686018427387904 is not below 2^62; "},
      {HEAD "0 4 1 0 64 0 -\nend 1\n", "4: node 4 does not exist: the head says nodes 4; "},
      {HEAD "0 0 4294967297 0 64 0 -\nend 1\n", "4: node 4294967295 does not exist"},
      {HEAD "0 0 1 8 64 0 -\nend 1\n", "4: virtual channel 8 does not exist; "},
      {HEAD "0 0 1 256 64 0 -\nend 1\n", "4: virtual channel 255 does not exist; "},
      {HEAD "0 0 1 0 0 0 -\nend 1\n", "4: 0 bytes; "},
      {HEAD "0 0 1 0 1073741825 0 -\nend 1\n", "4: 1073741825 bytes; "},
      {HEAD "0 0 1 0 64 0 -\n0 0 1 0 64 2 -\nend 2\n", "5: id 2 does not follow the record above (0); "},
      {HEAD "0 0 1 0 64 3 -\n0 0 1 0 64 3 -\nend 2\n", "5: id 3 does not follow the record above (3); "},
      {HEAD "0 0 1 0 64 9223372036854775808 -\nend 1\n", "4: id 9223372036854775808 is not below 2^63; "},
      {HEAD "0 0 1 0 64 0 0\nend 1\n", "4: id 0 waits for 0, which is not before it; "},
      {HEAD "0 0 1 0 64 5 6\nend 1\n", "4: id 5 waits for 6, which is not before it; "},
      {HEAD "0 0 1 0 64 5 4,3\nend 1\n", "4: wait 3 follows 4; "},
      {HEAD "0 0 1 0 64 5 3,3\nend 1\n", "4: wait 3 follows 3; "},
  };
  ALL_REFUSED(cases);
}

static void a_wrong_end_is_refused(void **state) {
  static const struct refusal cases[] = {
      {HEAD "0 0 1 0 64 0 -\nend 2\n", "5: the end line says 2 records, the file has 1; "},
      {HEAD "0 0 1 0 64 0 -\nend 0\n", "5: the end line says 0 records, the file has 1; "},
      {HEAD "end x\n", "4: the end line is not `end` and the number of records; "},
      {HEAD "0 0 1 0 64 0 -\nend 1\n\n", "6: there is more after the end line; "},
      {HEAD "0 0 1 0 64 0 -\nend 1\n# later\n", "6: there is more after the end line; "},
      {HEAD "0 0 1 0 64 0 -\nend 1\n0 0 1 0 64 1 -\nend 2\n", "6: there is more after the end line; "},
  };
  ALL_REFUSED(cases);
}

static void text_cut_short_anywhere_is_refused(void **state) {
  for (size_t length = 0; length < strlen(PLAIN); length++) assert_refused(*state, PLAIN, length, "");
  assert_refused(*state, PLAIN, strlen(PLAIN) - strlen("end 3\n"), "7: the file stops here, after 3 records and before its end line; ");
  assert_refused(*state, PLAIN, strlen(PLAIN) - 1, "7: the file stops inside a line, after 3 records and before its end line; ");
}

static size_t packed(const struct folder *folder, const char *text, unsigned char *out, size_t room) {
  char other[128];
  snprintf(other, sizeof other, "%s/packed", folder->path);
  put_file(folder->file, text, strlen(text));
  assert_int_equal(run_command("gzip -c '%s' >'%s'", folder->file, other), 0);
  FILE *file = fopen(other, "rb");
  assert_non_null(file);
  const size_t count = fread(out, 1, room, file);
  fclose(file);
  return count;
}

static void gzip_cut_short_anywhere_is_refused(void **state) {
  unsigned char bytes[4096];
  const size_t count = packed(*state, PLAIN, bytes, sizeof bytes);
  for (size_t length = 0; length < count; length++) assert_refused(*state, bytes, length, "");
  /* All the text is there, the trailer is not: seen before the trace counts as ended. */
  assert_refused(*state, bytes, count - 1, "7: the gzip data stops early: the file is cut short; ");
}

static void gzip_with_a_wrong_byte_anywhere_is_refused_or_gives_the_same(void **state) {
  const struct folder *folder = *state;
  unsigned char bytes[4096];
  struct oio_error error;
  uint64_t records;
  unsigned refused = 0;
  const size_t count = packed(folder, PLAIN, bytes, sizeof bytes);
  for (size_t at = 0; at < count; at++) {
    bytes[at] ^= 0x55;
    put_file(folder->file, bytes, count);
    const enum oio_status status = read_whole(folder->file, &records, &error);
    /* Bytes 4 to 9 are the file time and system of the header, and the name follows: they mean nothing. */
    if (status == OIO_OK) assert_in_range(at, 4, 10 + strlen("t.oiotrace.gz"));
    if (status != OIO_OK) refused++;
    bytes[at] ^= 0x55;
  }
  assert_true(refused > count / 2);
  bytes[count - 6] ^= 1;
  assert_refused(folder, bytes, count, "7: the gzip data is damaged (incorrect data check); copy or record the file again");
}

static void bytes_after_the_gzip_data_are_refused(void **state) {
  unsigned char bytes[4096];
  const size_t count = packed(*state, PLAIN, bytes, sizeof bytes);
  bytes[count] = 'x';
  assert_refused(*state, bytes, count + 1, "7: there are bytes after the end of the gzip data; ");
  bytes[count] = 0x1f;
  assert_refused(*state, bytes, count + 1, "7: the gzip data stops early");
}

static void a_gzip_bomb_of_one_line_is_refused_in_little_memory(void **state) {
  const struct folder *folder = *state;
  struct oio_error error;
  struct rusage before, after;
  uint64_t records;
  assert_int_equal(run_command("{ printf 'oio-trace 1\\nnodes 4\\n---\\n# '; head -c 200000000 /dev/zero; } | gzip -1 >'%s'", folder->file),
                   0);
  getrusage(RUSAGE_SELF, &before);
  assert_int_equal(read_whole(folder->file, &records, &error), OIO_ERR_FORMAT);
  getrusage(RUSAGE_SELF, &after);
  assert_non_null(strstr(error.text, ":4: the line is longer than 262144 bytes; "));
  assert_true(after.ru_maxrss - before.ru_maxrss < 4096);
}

static char *put_many(char *at, unsigned count) {
  for (unsigned i = 0; i < count; i++) at += sprintf(at, "%s%u", i > 0 ? "," : "", i);
  return at;
}

static void version_2_has_a_number_of_dies_and_delays(void **state) {
  const struct folder *folder = *state;
  static const char text[] = "oio-trace 2\nnodes 6\nmap 0-2:4,3-5:0\ndies 5\n---\n0 2 3 7 2 40 7+4611686018427387903,38,39+1 0dfe\n"
                             "0 2 3 0 9 41 40\n0 2 3 0 9 42 40,41+5\n0 2 3 0 9 43 42+0\nend 4\n";
  struct oio_trace_reader *reader;
  struct oio_record record;
  struct oio_error error;
  bool more;
  put_file(folder->file, text, sizeof text - 1);
  assert_int_equal(oio_trace_open(&reader, folder->file, &error), OIO_OK);
  assert_int_equal(oio_trace_header_of(reader)->version, 2);
  assert_int_equal(oio_trace_header_of(reader)->dies, 5);
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_true(record.waits_count == 3 && record.waits[0] == 7 && record.waits[1] == 38 && record.waits[2] == 39);
  assert_true(record.delays_ps[0] == 4611686018427387903u && record.delays_ps[1] == 0 && record.delays_ps[2] == 1);
  assert_true(record.payload[0] == 0x0d && record.payload[1] == 0xfe);
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_true(record.waits_count == 1 && record.waits[0] == 40 && record.delays_ps == NULL);
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_true(record.waits_count == 2 && record.delays_ps[0] == 0 && record.delays_ps[1] == 5);
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_true(record.waits_count == 1 && record.delays_ps[0] == 0);
  assert_int_equal(oio_trace_next(reader, &record, &more, &error), OIO_OK);
  assert_false(more);
  oio_trace_close(reader);
}

/* 4096 waits and delays of 19 digits each, and the largest payload. */
static void the_longest_record_with_delays_is_read_and_written_again(void **state) {
  const struct folder *folder = *state;
  static char text[400000];
  struct oio_trace_reader *reader;
  struct oio_trace_writer *writer;
  struct oio_record record;
  bool more;
  char *at = text + sprintf(text, HEAD_2 "4611686018427387903 3 3 7 65536 9000000000000009000 ");
  for (unsigned i = 0; i < OIO_TRACE_WAITS_MAX; i++)
    at += sprintf(at, "%s%llu+4611686018427387903", i > 0 ? "," : "", (unsigned long long)(9000000000000000000u + i));
  *at++ = ' ';
  memset(at, 'a', 2 * OIO_TRACE_PAYLOAD_MAX);
  at += 2 * OIO_TRACE_PAYLOAD_MAX;
  at += sprintf(at, "\nend 1\n");
  assert_in_range(at - text, 262144, OIO_TRACE_LINE_MAX);
  put_file(folder->file, text, (size_t)(at - text));
  assert_int_equal(oio_trace_open(&reader, folder->file, NULL), OIO_OK);
  assert_int_equal(oio_trace_next(reader, &record, &more, NULL), OIO_OK);
  assert_int_equal(record.delays_ps[OIO_TRACE_WAITS_MAX - 1], 4611686018427387903u);
  char copy[128];
  snprintf(copy, sizeof copy, "%s/copy.gz", folder->path);
  assert_int_equal(oio_trace_create(&writer, copy, oio_trace_header_of(reader), NULL), OIO_OK);
  assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  oio_trace_close(reader);
  assert_int_equal(run_command("zcat '%s' | cmp -s - '%s'", copy, folder->file), 0);
}

static void the_longest_legal_record_is_read_and_one_wait_more_is_not(void **state) {
  const struct folder *folder = *state;
  static char text[400000];
  struct oio_error error;
  uint64_t records;
  for (unsigned extra = 0; extra < 2; extra++) {
    char *at = text + sprintf(text, HEAD "0 0 1 0 65536 9000000000000000000 ");
    at = put_many(at, OIO_TRACE_WAITS_MAX + extra);
    *at++ = ' ';
    memset(at, 'a', 2 * OIO_TRACE_PAYLOAD_MAX);
    at += 2 * OIO_TRACE_PAYLOAD_MAX;
    at += sprintf(at, "\nend 1\n");
    put_file(folder->file, text, (size_t)(at - text));
    assert_int_equal(read_whole(folder->file, &records, &error), extra == 0 ? OIO_OK : OIO_ERR_FORMAT);
  }
  assert_non_null(strstr(error.text, ":4: waits for more than 4096 messages; "));
}

static void an_error_comes_again_at_every_further_call(void **state) {
  const struct folder *folder = *state;
  static const char text[] = HEAD "5 0 1 0 64 0 -\n4 0 1 0 64 1 -\n6 0 1 0 64 1 -\nend 2\n";
  struct oio_trace_reader *reader;
  struct oio_record record;
  struct oio_error first, again;
  bool more;
  put_file(folder->file, text, sizeof text - 1);
  assert_int_equal(oio_trace_open(&reader, folder->file, NULL), OIO_OK);
  assert_int_equal(oio_trace_next(reader, &record, &more, NULL), OIO_OK);
  assert_int_equal(oio_trace_next(reader, &record, &more, &first), OIO_ERR_FORMAT);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(oio_trace_next(reader, &record, &more, &again), OIO_ERR_FORMAT);
    assert_false(more);
    assert_string_equal(first.text, again.text);
  }
  oio_trace_close(reader);
}

static void what_cannot_be_opened_is_named_with_the_cause(void **state) {
  const struct folder *folder = *state;
  struct oio_error error;
  uint64_t records;
  assert_int_equal(read_whole("/nowhere/t.gz", &records, &error), OIO_ERR_IO);
  assert_string_equal(error.text, "/nowhere/t.gz: cannot be opened: No such file or directory; check the name and its permissions");
  assert_int_equal(read_whole(folder->path, &records, &error), OIO_ERR_IO);
  assert_non_null(strstr(error.text, ": is a folder; name the trace file in it"));
  oio_trace_close(NULL);
}

static void a_very_long_name_leaves_room_for_the_cause(void **state) {
  (void)state;
  char path[3000];
  struct oio_error error;
  uint64_t records;
  memset(path, 'a', sizeof path);
  memcpy(path + sizeof path - sizeof "/the-end.gz", "/the-end.gz", sizeof "/the-end.gz");
  assert_int_equal(read_whole(path, &records, &error), OIO_ERR_IO);
  assert_non_null(strstr(error.text, "/the-end.gz: cannot be opened: "));
  assert_non_null(strstr(error.text, "; check the name"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_plain_trace_is_read_field_by_field, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(what_gzip_packed_is_read_the_same, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(an_empty_trace_with_head_and_end_is_a_trace, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(what_is_no_trace_is_called_so, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_wrong_head_is_refused_with_its_line, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_line_that_breaks_the_grammar_is_refused_with_its_number, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_record_that_breaks_a_rule_is_refused_with_its_number, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_wrong_end_is_refused, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(text_cut_short_anywhere_is_refused, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(gzip_cut_short_anywhere_is_refused, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(gzip_with_a_wrong_byte_anywhere_is_refused_or_gives_the_same, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(bytes_after_the_gzip_data_are_refused, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_gzip_bomb_of_one_line_is_refused_in_little_memory, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(version_2_has_a_number_of_dies_and_delays, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(the_longest_record_with_delays_is_read_and_written_again, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(the_longest_legal_record_is_read_and_one_wait_more_is_not, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(an_error_comes_again_at_every_further_call, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_named_with_the_cause, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(a_very_long_name_leaves_room_for_the_cause, open_folder, close_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
