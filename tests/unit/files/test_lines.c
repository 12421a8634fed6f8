/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of lines against the whole text looked at byte by byte, however it arrives. */
#define CHANCE_PROGRAM "test_lines"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "lines.h"

enum { TEXT_MAX = 400, LINE = 40 };

struct arrival {
  const char *text;
  size_t nbytes, at, most, fails_at;
  uint64_t *stream;
};

static bool arrive(void *context, char *out, size_t room, size_t *got) {
  struct arrival *arrival = context;
  size_t piece = 1 + chance_below(arrival->stream, arrival->most);
  if (arrival->at >= arrival->fails_at) return false;
  if (piece > room) piece = room;
  if (piece > arrival->nbytes - arrival->at) piece = arrival->nbytes - arrival->at;
  memcpy(out, arrival->text + arrival->at, piece);
  arrival->at += piece;
  *got = piece;
  return true;
}

/* What the next line of what is left should be. The newline that the last one may lack counts. */
static enum oio_lines_result expected(const char *text, size_t left, size_t *nbytes) {
  *nbytes = 0;
  while (*nbytes < left && text[*nbytes] != '\n') ++*nbytes;
  if (left == 0) return OIO_LINES_END;
  if (*nbytes + 1 > LINE) return OIO_LINES_TOO_LONG;
  for (size_t i = 0; i < *nbytes; i++)
    if (text[i] == '\0') return OIO_LINES_NUL;
  return OIO_LINES_ONE;
}

static size_t draw_text(uint64_t *stream, char *text) {
  const size_t nbytes = chance_below(stream, TEXT_MAX);
  const uint64_t newlines = 1 + chance_below(stream, 60), odd = chance_below(stream, 3) == 0 ? 150 : 1000000;
  for (size_t i = 0; i < nbytes; i++)
    text[i] = (char)(chance_below(stream, newlines) == 0 ? '\n'
                     : chance_below(stream, odd) == 0    ? '\0'
                                                         : 'a' + (int)chance_below(stream, 26));
  return nbytes;
}

static void each_line_is_what_stands_between_newlines(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  unsigned seen[OIO_LINES_UNREADABLE + 1] = {0};
  for (unsigned turn = 0; turn < 20000; turn++) {
    char text[TEXT_MAX], buffer[2 * LINE + 1], *line;
    const size_t text_nbytes = draw_text(&stream, text);
    struct arrival arrival = {
        .text = text, .nbytes = text_nbytes, .most = 1 + chance_below(&stream, 60), .fails_at = SIZE_MAX, .stream = &stream};
    struct oio_lines lines = {.read = arrive,
                              .context = &arrival,
                              .buffer = buffer,
                              .size = LINE + 1 + chance_below(&stream, LINE),
                              .line_max = LINE,
                              .text_max = TEXT_MAX};
    oio_lines_start(&lines);
    enum oio_lines_result result = OIO_LINES_ONE;
    uint64_t number = 0;
    for (size_t at = 0; result == OIO_LINES_ONE;) {
      size_t wanted, got, peeked;
      const char *next;
      const enum oio_lines_result want = expected(text + at, text_nbytes - at, &wanted);
      const size_t look = chance_below(&stream, 12);
      assert_int_equal(oio_lines_peek(&lines, look, &next, &peeked), OIO_LINES_ONE);
      assert_int_equal(peeked, look < text_nbytes - at ? look : text_nbytes - at);
      assert_memory_equal(next, text + at, peeked);
      result = oio_lines_next(&lines, &line, &got);
      if (result != want) fail_msg("OIO_SEED=%" PRIu64 " turn %u byte %zu: %d, not %d", seed, turn, at, (int)result, (int)want);
      assert_int_equal(lines.number, ++number);
      seen[result]++;
      if (result != OIO_LINES_ONE) break;
      assert_int_equal(got, wanted);
      assert_memory_equal(line, text + at, wanted);
      at += wanted;
      assert_int_equal(line[got], at < text_nbytes ? '\n' : '\0');
      at += at < text_nbytes;
    }
  }
  /* None of the four is missing from what was drawn. */
  for (enum oio_lines_result i = OIO_LINES_ONE; i <= OIO_LINES_NUL; i++) assert_true(i == OIO_LINES_TOO_MUCH || seen[i] > 100);
}

static void a_line_of_the_bound_is_taken_and_one_byte_more_is_not(void **state) {
  (void)state;
  uint64_t stream = 1;
  for (size_t length = LINE - 2; length <= LINE + 1; length++) {
    char text[TEXT_MAX], buffer[3 * LINE], *line;
    size_t got;
    memset(text, 'x', sizeof text);
    text[length - 1] = '\n';
    struct arrival arrival = {.text = text, .nbytes = length, .most = 1000, .fails_at = SIZE_MAX, .stream = &stream};
    struct oio_lines lines = {
        .read = arrive, .context = &arrival, .buffer = buffer, .size = sizeof buffer, .line_max = LINE, .text_max = TEXT_MAX};
    oio_lines_start(&lines);
    assert_int_equal(oio_lines_next(&lines, &line, &got), length <= LINE ? OIO_LINES_ONE : OIO_LINES_TOO_LONG);
  }
}

static void what_cannot_be_read_is_no_end_and_what_is_too_much_is_told(void **state) {
  (void)state;
  uint64_t stream = 2;
  char text[TEXT_MAX], buffer[3 * LINE], *line, why[80];
  size_t got;
  memset(text, '\n', sizeof text);
  for (unsigned much = 0; much < 2; much++) {
    struct arrival arrival = {.text = text, .nbytes = TEXT_MAX, .most = 7, .fails_at = much ? SIZE_MAX : 100, .stream = &stream};
    struct oio_lines lines = {
        .read = arrive, .context = &arrival, .buffer = buffer, .size = sizeof buffer, .line_max = LINE, .text_max = 200};
    enum oio_lines_result result;
    oio_lines_start(&lines);
    while ((result = oio_lines_next(&lines, &line, &got)) == OIO_LINES_ONE) continue;
    assert_int_equal(result, much ? OIO_LINES_TOO_MUCH : OIO_LINES_UNREADABLE);
    assert_in_range(lines.number, much ? 190 : 100, much ? 201 : 108);
    if (much) assert_string_equal(oio_lines_why(&lines, result, why, sizeof why), "the file is longer than 200 bytes");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_line_is_what_stands_between_newlines),
      cmocka_unit_test(a_line_of_the_bound_is_taken_and_one_byte_more_is_not),
      cmocka_unit_test(what_cannot_be_read_is_no_end_and_what_is_too_much_is_told),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
