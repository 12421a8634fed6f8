/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "command_line.h"

#include "interrupt.h"
#include "memory.h"
#include "write_whole.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int command_usage_error(const struct command_name *name, const char *format, const char *what) {
  fprintf(stderr, "%s: ", name->says);
  fprintf(stderr, format, what);
  fprintf(stderr, "; `%s --help` lists the options\n", name->call);
  return 2;
}

void command_complain(const struct command_name *name, const struct wave_error *error) {
  static bool told;
  if (wave_memory_failures() == 0 && error != NULL) {
    fprintf(stderr, "%s: %s\n", name->says, error->text);
  } else if (!told) {
    fprintf(stderr, "%s: %s\n", name->says,
            error != NULL && error->memory ? error->text : "out of memory; close other programs, or compare fewer signals (exclude rules)");
    told = true;
  }
}

int command_status(const struct command_name *name, int status) {
  if (wave_memory_failures() == 0 || status == INTERRUPT_EXIT) return status;
  command_complain(name, NULL);
  return 2;
}

bool command_take_number(const struct command_name *name, const char *option, const char *value, uint32_t *number) {
  char *end;
  const unsigned long n = strtoul(value, &end, 10);
  if (*value < '0' || *value > '9' || *end != '\0' || n == 0 || n > 1000000) {
    fprintf(stderr, "%s: %s wants a number from 1 to 1000000, not '%.80s'\n", name->says, option, value);
    return false;
  }
  *number = (uint32_t)n;
  return true;
}

bool command_take_option(const struct command_name *name, const struct command_option *options, size_t n, int argc, char **argv, int *i) {
  const char *option = argv[*i];
  size_t k = 0;
  while (k < n && strcmp(option, options[k].option) != 0) k++;
  if (k == n) {
    command_usage_error(name, "there is no option '%.80s'", option);
    return false;
  }
  if (options[k].flag != NULL) {
    *options[k].flag = true;
    return true;
  }
  if (*i + 1 >= argc) {
    command_usage_error(name, "'%.80s' wants a value", option);
    return false;
  }
  const char *value = argv[++*i];
  if (options[k].number != NULL) return command_take_number(name, option, value, options[k].number);
  *options[k].text = value;
  return true;
}

bool command_write(const struct command_name *name, const char *path, struct wave_out *out) {
  struct wave_error error;
  bool good = wave_memory_failures() == 0;
  if (!good) {
    command_complain(name, NULL);
  } else if (strcmp(path, "-") == 0) {
    good = fwrite(out->bytes, 1, out->size, stdout) == out->size && fflush(stdout) == 0;
    if (!good && !interrupt_reader_gone()) fprintf(stderr, "%s: standard output cannot be written\n", name->says);
  } else if (wave_write_whole(path, out->bytes, out->size, &error) != WAVE_OK) {
    command_complain(name, &error);
    good = false;
  }
  wave_out_free(out);
  return good;
}

bool command_write_job_page(const struct command_name *name, struct wave_out *out) {
  const char *page = getenv("GITHUB_STEP_SUMMARY");
  bool good = true;
  if (page != NULL && *page != '\0') {
    FILE *file = out->failed ? NULL : fopen(page, "a");
    if (file == NULL) wave_memory_failed(errno);
    good = file != NULL && !out->failed && fwrite(out->bytes, 1, out->size, file) == out->size;
    if (file != NULL) good = fclose(file) == 0 && good;
    if (!good && wave_memory_failures() == 0) fprintf(stderr, "%s: %s: cannot be written; unset GITHUB_STEP_SUMMARY\n", name->says, page);
  }
  wave_out_free(out);
  return good;
}

int command_today(void) {
  const time_t now = time(NULL);
  struct tm day;
  return gmtime_r(&now, &day) == NULL ? 0 : 10000 * (day.tm_year + 1900) + 100 * (day.tm_mon + 1) + day.tm_mday;
}
