/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "surfer.h"
#include "memory.h"

#include "gtkw.h"
#include "match.h"
#include "out.h"
#include "write_whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { traces_most = 60, path_most = 1000 };

/* A command takes one word: a name with a blank in it cannot be told, nor one that ends the line. */
static bool is_word(const char *path) {
  for (const char *at = path; *at != '\0'; at++)
    if ((unsigned char)*at <= ' ' || *at == 0x7f) return false;
  return true;
}

static void variables(struct wave_out *out, const struct wave_decl *decl) {
  char path[path_most];
  for (uint32_t i = 0; i < decl->n_vars && i < traces_most; i++)
    if (wave_path(decl, i, path, sizeof path) < sizeof path && is_word(path)) wave_out_format(out, "variable_add %s\n", path);
}

enum wave_status wave_surfer(const char *fst_path, const struct wave_decl *decl, const struct wave_report *report,
                             struct wave_error *error) {
  const struct wave_divergence *divergence = wave_first_shown(report);
  const size_t length = strlen(fst_path);
  struct wave_out out = {0}, name = {0};
  if (divergence == NULL) return WAVE_END;
  const uint64_t failures = wave_memory_failures();
  char *absolute = realpath(fst_path, NULL);
  if (absolute == NULL) wave_memory_failed(errno);
  wave_out_bytes(&name, fst_path, length > 4 && strcmp(fst_path + length - 4, ".fst") == 0 ? length - 4 : length);
  wave_out_text(&name, ".sucl");
  wave_out_format(&out, "# oio wavediff\nload_file %s\n", absolute != NULL ? absolute : fst_path);
  variables(&out, decl);
  wave_out_format(&out, "zoom_fit\ncursor_set %lld\n", (long long)(divergence->at - decl->timezero));
  const bool failed = wave_memory_failures() != failures;
  const enum wave_status status = failed ? wave_fail(error, "%s: cannot be written: not enough memory; close other programs", fst_path)
                                         : wave_write_whole(name.bytes, out.bytes, out.size, error);
  wave_out_free(&out);
  wave_out_free(&name);
  free(absolute);
  return status;
}
