/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "results_build.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

enum { ROUND_TO = 4 };

static size_t rounded(size_t nbytes) {
  return (nbytes + ROUND_TO - 1) / ROUND_TO * ROUND_TO;
}

static void take_note(const unsigned char *note, size_t nbytes, char *out) {
  ElfW(Nhdr) head;
  while (nbytes >= sizeof head) {
    memcpy(&head, note, sizeof head);
    const size_t name = rounded(head.n_namesz), whole = sizeof head + name + rounded(head.n_descsz);
    if (whole > nbytes) return;
    const unsigned char *id = note + sizeof head + name;
    if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && memcmp(note + sizeof head, "GNU", 4) == 0) {
      for (size_t i = 0; i < head.n_descsz && 2 * i + 2 < RESULTS_BUILD_BYTES; i++) snprintf(out + 2 * i, 3, "%02x", id[i]);
      return;
    }
    note += whole;
    nbytes -= whole;
  }
}

/* The program itself comes first. */
static int look_at_program(struct dl_phdr_info *info, size_t nbytes, void *out) {
  (void)nbytes;
  for (unsigned i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type == PT_NOTE) take_note((const unsigned char *)(info->dlpi_addr + part->p_vaddr), part->p_memsz, out);
  }
  return 1;
}

const char *results_build(char out[RESULTS_BUILD_BYTES]) {
  out[0] = '\0';
  dl_iterate_phdr(look_at_program, out);
  return out;
}
