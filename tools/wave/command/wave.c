/* SPDX-License-Identifier: Apache-2.0 */
/* `oio wave`: what else there is to do with waveforms. */
#include "wave_command.h"

#include "golden_command.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "usage: oio wave COMMAND [ARGUMENT]...\n"
                           "\n"
                           "  rules FILE    check a file of rules, and show how each is understood\n"
                           "  bless ...     keep a run that is good as a golden, with the command that makes it\n"
                           "  check FOLDER  make the runs of goldens again, and compare\n"
                           "\n"
                           "`oio wave bless --help` and `oio wave check --help` list the options of these.\n";

static int show_rules(const char *path) {
  struct wave_rules rules;
  struct wave_error error;
  char text[4096];
  wave_rules_init(&rules);
  enum wave_status status = wave_rules_read(&rules, path, &error);
  if (status != WAVE_OK) {
    fprintf(stderr, "oio wave rules: %s\n", error.text);
  } else {
    wave_rules_text(&rules, text, sizeof text);
    fputs(text, stdout);
    for (uint32_t i = 0; i < rules.n_rules; i++) {
      wave_rule_text(&rules.rules[i], text, sizeof text);
      puts(text);
    }
  }
  wave_rules_free(&rules);
  return status == WAVE_OK ? 0 : 2;
}

int oio_command_wave(int argc, char **argv) {
  if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
    fputs(help, stdout);
    return 0;
  }
  if (argc == 3 && strcmp(argv[1], "rules") == 0 && argv[2][0] != '-') return show_rules(argv[2]);
  if (argc == 3 && strcmp(argv[1], "rules") == 0 && strcmp(argv[2], "--help") == 0) {
    fputs(help, stdout);
    return 0;
  }
  if (argc >= 2 && strcmp(argv[1], "bless") == 0) return golden_bless(argc - 1, argv + 1);
  if (argc >= 2 && strcmp(argv[1], "check") == 0) return golden_check(argc - 1, argv + 1);
  fputs(help, stderr);
  return 2;
}
