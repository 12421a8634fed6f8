/* SPDX-License-Identifier: Apache-2.0 */
#include "golden_command.h"

#include "out.h"

#include <string.h>

void golden_print_said(FILE *file, const char *said) {
  struct wave_out out = {0};
  while (said != NULL && *said != '\0') {
    const size_t length = strcspn(said, "\n");
    struct wave_out line = {0};
    wave_out_bytes(&line, said, length);
    wave_out_text(&out, "  | ");
    if (!line.failed) wave_out_clean(&out, line.bytes != NULL ? line.bytes : "");
    wave_out_text(&out, "\n");
    wave_out_free(&line);
    said += length;
    if (*said == '\n') said++;
  }
  if (!out.failed && out.size > 0) fwrite(out.bytes, 1, out.size, file);
  wave_out_free(&out);
}
