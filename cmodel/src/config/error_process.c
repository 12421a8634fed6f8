/* SPDX-License-Identifier: Apache-2.0 */
#include "config/error_process.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MAX = 3 };

/* A word, and as many numbers as it needs, each behind a colon. */
static const struct {
  const char *word;
  unsigned numbers;
  struct oio_error_process process; /* the numbers are still to come */
} kinds[] = {
    {"independent", 0, {.kind = OIO_ERRORS_INDEPENDENT}},
    {"nrz", 1, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 1}},
    {"pam4", 1, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2}},
    {"precoded", 1, {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .precoded = true}},
    {"two-state", 3, {.kind = OIO_ERRORS_GILBERT}},
};

/* Nothing but so many numbers behind colons. */
static bool read_numbers(const char *text, const char *end, unsigned count, double *numbers) {
  for (unsigned i = 0; i < count; i++) {
    char *next;
    if (*text != ':' || !(isdigit((unsigned char)text[1]) || text[1] == '.')) return false;
    numbers[i] = strtod(text + 1, &next);
    text = next;
  }
  return text == end;
}

/* Adds what a word and its numbers say, from text to end, to a process that does not have such yet. */
static bool read_word(const char *text, const char *end, struct oio_error_process *process) {
  const size_t nbytes = strcspn(text, ":+");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    double numbers[NUMBERS_MAX] = {0};
    const struct oio_error_process *kind = &kinds[i].process;
    if (strlen(kinds[i].word) != nbytes || strncmp(kinds[i].word, text, nbytes) != 0) continue;
    if (!read_numbers(text + nbytes, end, kinds[i].numbers, numbers)) return false;
    if (kind->kind == OIO_ERRORS_GILBERT) {
      process->bad_rate = numbers[0];
      process->bad_part = numbers[1];
      process->bad_bits = numbers[2];
    } else {
      process->symbol_bits = kind->symbol_bits;
      process->precoded = kind->precoded;
      process->propagation = numbers[0];
    }
    process->kind = kind->kind;
    return true;
  }
  return false;
}

/* One word, or runs + two-state. */
static bool read(const char *text, struct oio_error_process *process) {
  const char *plus = strchr(text, '+'), *end = text + strlen(text);
  *process = (struct oio_error_process){.kind = OIO_ERRORS_INDEPENDENT};
  if (!read_word(text, plus != NULL ? plus : end, process)) return false;
  if (plus == NULL) return true;
  if (process->kind != OIO_ERRORS_RUNS || !read_word(plus + 1, end, process) || process->kind != OIO_ERRORS_GILBERT) return false;
  process->kind = OIO_ERRORS_BOTH;
  return true;
}

enum oio_status oio_error_process_read(const struct oio_config *config, unsigned link_class, struct oio_error_process *process,
                                       struct oio_error *error) {
  const struct oio_link_class *of = &config->classes[link_class];
  const char *name = oio_config_class_name(config, link_class);
  struct oio_error why;
  if (!read(of->errors, process)) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s.errors=%s: use independent, nrz:A, pam4:A or precoded:A, A being how often an error follows an error, "
                         "two-state:RATE:PART:BITS of the bad state, or one of those with A, a + and that",
                         name, of->errors);
  }
  if (oio_channel_check_errors(process, of->bit_error_rate, &why) == OIO_OK) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "%s.errors=%s: %s", name, of->errors, why.text);
}
