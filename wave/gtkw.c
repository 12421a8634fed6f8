/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "gtkw.h"
#include "memory.h"

#include "out.h"
#include "output.h"
#include "write_whole.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How gtkwave shows a trace: hex, binary, as it is; and a line of text. */
enum { show_hex = 0x22, show_binary = 0x28, show_plain = 0x20, show_comment = 0x200 };
enum { traces_most = 60 };

/* The name that gtkwave makes of a variable: scopes and name with dots between, the range right behind. False: no line can hold it. */
static bool full_name(struct wave_out *out, const struct wave_decl *decl, const struct wave_var *var) {
  const char *parts[64];
  size_t depth = 0;
  for (uint32_t scope = var->scope; scope != WAVE_NONE && depth < 64; scope = decl->scopes[scope].parent)
    parts[depth++] = decl->names + decl->scopes[scope].name;
  while (depth > 0) {
    wave_out_text(out, parts[--depth]);
    wave_out_fill(out, '.', 1);
  }
  wave_out_text(out, decl->names + var->name);
  if (var->ranged) wave_out_format(out, "[%ld:%ld]", (long)var->msb, (long)var->lsb);
  for (const char *at = out->bytes; at != NULL && *at != '\0'; at++)
    if ((unsigned char)*at < ' ' || *at == 0x7f) return false;
  return !out->failed;
}

static int look_of(const struct wave_handle *handle) {
  return handle->kind != WAVE_BITS ? show_plain : handle->width > 1 ? show_hex : show_binary;
}

/* gtkwave shows the last part of a name only, which golden and new share: the side goes before it. */
static void alias(struct wave_out *out, const struct wave_decl *decl, const struct wave_var *var) {
  const char *name = decl->names + var->name;
  uint32_t scope = var->scope;
  if (scope == WAVE_NONE || strpbrk(name, "{}") != NULL) return;
  while (decl->scopes[scope].parent != WAVE_NONE) scope = decl->scopes[scope].parent;
  wave_out_format(out, "+{%-6s %s", decl->names + decl->scopes[scope].name, name);
  if (var->ranged) wave_out_format(out, "[%ld:%ld]", (long)var->msb, (long)var->lsb);
  wave_out_text(out, "} ");
}

static void traces(struct wave_out *out, const struct wave_decl *decl) {
  int look = -1;
  for (uint32_t i = 0; i < decl->n_vars && i < traces_most; i++) {
    struct wave_out name = {0};
    const int wanted = look_of(&decl->handles[decl->vars[i].handle]);
    if (full_name(&name, decl, &decl->vars[i])) {
      if (wanted != look) wave_out_format(out, "@%x\n", (unsigned)wanted);
      alias(out, decl, &decl->vars[i]);
      wave_out_format(out, "%s\n", name.bytes);
      look = wanted;
    }
    wave_out_free(&name);
  }
}

const struct wave_divergence *wave_first_shown(const struct wave_report *report) {
  for (uint32_t i = 0; i < report->n_divergences; i++)
    if (report->divergences[i].detailed && !wave_is_declared(&report->divergences[i])) return &report->divergences[i];
  return NULL;
}

/* Zoom so that about 700 pixels hold the window: 200 pixels hold 2^-zoom ticks. Then the cursor, and the 26 markers that are not
 * set. */
static void view(struct wave_out *out, const struct wave_divergence *divergence, int64_t zero) {
  const double span = (double)(divergence->window_to - divergence->window_from);
  wave_out_format(out, "[timestart] %lld\n", (long long)(divergence->window_from - zero));
  wave_out_format(out, "[size] 1400 800\n[pos] -1 -1\n[sst_expanded] 0\n[signals_width] 340\n*%.6f %lld",
                  -log2(span > 3.5 ? span / 3.5 : 1), (long long)(divergence->at - zero));
  for (int i = 0; i < 26; i++) wave_out_text(out, " -1");
  wave_out_text(out, "\n");
}

enum wave_status wave_gtkw(const char *fst_path, const struct wave_decl *decl, const struct wave_report *report, struct wave_error *error) {
  const struct wave_divergence *divergence = wave_first_shown(report);
  const size_t length = strlen(fst_path);
  struct wave_out out = {0}, name = {0}, title = {0};
  if (divergence == NULL) return WAVE_END;
  const uint64_t failures = wave_memory_failures();
  char *absolute = realpath(fst_path, NULL);
  if (absolute == NULL) wave_memory_failed(errno);
  wave_out_bytes(&name, fst_path, length > 4 && strcmp(fst_path + length - 4, ".fst") == 0 ? length - 4 : length);
  wave_out_text(&name, ".gtkw");
  wave_out_format(&out, "[*]\n[*] oio wavediff\n[*]\n[dumpfile] \"%s\"\n", absolute != NULL ? absolute : fst_path);
  view(&out, divergence, decl->timezero);
  wave_out_clean(&title, report->summary);
  wave_out_format(&out, "@%x\n-%s\n", (unsigned)show_comment, title.bytes != NULL ? title.bytes : "");
  traces(&out, decl);
  const bool failed = wave_memory_failures() != failures;
  const enum wave_status status = failed ? wave_fail(error, "%s: cannot be written: not enough memory; close other programs", fst_path)
                                         : wave_write_whole(name.bytes, out.bytes, out.size, error);
  wave_out_free(&out);
  wave_out_free(&name);
  wave_out_free(&title);
  free(absolute);
  return status;
}
