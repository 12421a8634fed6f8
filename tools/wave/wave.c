/* SPDX-License-Identifier: Apache-2.0 */
/* `oio wave`: what else there is to do with waveforms. */
#include "memory.h"
#include "wave_command.h"

#include "command_line.h"
#include "golden_command.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "usage: oio wave COMMAND [ARGUMENT]...\n"
                           "\n"
                           "  rules FILE    check a file of rules, and show how each is understood\n"
                           "  bless ...     keep a run that is good as a golden, with the command that makes it\n"
                           "  check FOLDER  make the runs of goldens again, and compare\n"
                           "  parts ...     compare a run that is split over several files with one that has it all\n"
                           "\n"
                           "`oio wave bless --help`, `oio wave check --help` and `oio wave parts --help` list the options of these.\n";

static const struct command_name own_name = {"oio wave rules", "oio wave"};

/* All rules in their normal form, for the caller to free. NULL: no memory. */
static char *rules_text(const struct wave_rules *rules) {
  size_t size = wave_rules_text(rules, NULL, 0) + 1;
  for (uint32_t i = 0; i < rules->n_rules; i++) size += wave_rule_text(&rules->rules[i], NULL, 0) + 1;
  for (uint32_t i = 0; i < rules->n_waivers; i++) size += wave_waiver_text(&rules->waivers[i], NULL, 0) + 1;
  char *text = wave_malloc(size);
  if (text == NULL) return NULL;
  size_t used = wave_rules_text(rules, text, size);
  for (uint32_t i = 0; i < rules->n_rules; i++) {
    used += wave_rule_text(&rules->rules[i], text + used, size - used);
    text[used++] = '\n';
  }
  for (uint32_t i = 0; i < rules->n_waivers; i++) {
    used += wave_waiver_text(&rules->waivers[i], text + used, size - used);
    text[used++] = '\n';
  }
  text[used] = '\0';
  return text;
}

static int show_rules(const char *path) {
  struct wave_rules rules;
  struct wave_error error;
  char *text = NULL;
  wave_rules_init(&rules);
  if (wave_rules_read(&rules, path, &error) != WAVE_OK) {
    command_complain(&own_name, &error);
  } else if ((text = rules_text(&rules)) != NULL) {
    fputs(text, stdout);
  }
  const int status = text != NULL ? 0 : 2;
  free(text);
  wave_rules_free(&rules);
  return command_status(&own_name, status);
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
  if (argc >= 2 && strcmp(argv[1], "parts") == 0) return wave_parts(argc - 1, argv + 1);
  fputs(help, stderr);
  return 2;
}
