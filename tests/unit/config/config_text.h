/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration from the text of a file, for tests of what files say. Include after <cmocka.h>, <stdio.h> and <unistd.h>.
 */
#ifndef OIO_TESTS_CONFIG_TEXT_H
#define OIO_TESTS_CONFIG_TEXT_H

#include "oio/config.h"

enum { CONFIG_PATH_BYTES = 64 };

/* Defaults, and over them the text, out of a file that is gone afterwards; path becomes its name, which errors begin with. */
static inline enum oio_status load_text(struct oio_config *config, const char *text, char path[CONFIG_PATH_BYTES],
                                        struct oio_error *error) {
  snprintf(path, CONFIG_PATH_BYTES, "config_text-%ld.conf", (long)getpid());
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  oio_config_defaults(config);
  const enum oio_status status = oio_config_load(config, path, error);
  unlink(path);
  return status;
}

#endif
