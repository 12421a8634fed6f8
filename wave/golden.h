/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Golden keeping: FOLDER/NAME.fst is a run that was looked at and found good, FOLDER/NAME.golden its birth certificate, FOLDER/NAME.rules,
 * where there is one, the rules that new runs are compared under. The certificate has a line `key: value` for each thing known, and
 * comments.
 */
#ifndef WAVE_GOLDEN_H
#define WAVE_GOLDEN_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Texts are on the heap; NULL: not known. */
struct wave_golden {
  char *folder, *name;
  char *command; /**< makes the run again; {out} stands for the file it writes */
  char *version; /**< of the program that kept it */
  char *seed;    /**< stands for {seed} in the command */
  char *rules;   /**< a file in the folder */
  char *note;
  char *sha256;  /**< of NAME.fst */
  char *content; /**< of its changes, whatever the file format */
  char *end;
  uint64_t variables;
};

/** FOLDER/NAMEsuffix on the heap; NULL when memory ran out. */
char *wave_golden_path(const struct wave_golden *golden, const char *suffix);
/** The rules that new runs are compared under, or NULL: none (or memory ran out). */
char *wave_golden_rules_path(const struct wave_golden *golden);
void wave_golden_free(struct wave_golden *golden);
/** Starts a certificate: "FOLDER/NAME" is taken apart; a suffix .fst or .golden may stand there. Refuses names that are no file names. */
enum wave_status wave_golden_name(struct wave_golden *golden, const char *path, struct wave_error *error);
/** Sets one of the texts; refuses what has line breaks. NULL clears it. */
enum wave_status wave_golden_set(char **place, const char *what, const char *text, struct wave_error *error);
/** Reads FOLDER/NAME.golden after wave_golden_name. */
enum wave_status wave_golden_read(struct wave_golden *golden, struct wave_error *error);
/** Whether there is a certificate or a waveform of this name. */
bool wave_golden_exists(const struct wave_golden *golden);
/** NAME.fst is what the certificate says it is. */
enum wave_status wave_golden_verify(const struct wave_golden *golden, struct wave_error *error);
/**
 * Keeps the run `from`: writes NAME.fst, NAME.rules as a copy of rules_from (unless that lies in FOLDER; NULL: what golden->rules names
 * stays) and NAME.golden, all or nothing, and fills in what golden says about the file. Replaces what was there.
 */
enum wave_status wave_golden_store(struct wave_golden *golden, const char *from, const char *rules_from, bool (*stop)(void),
                                   struct wave_error *error);
/** The names of all certificates of a folder, sorted; on the heap, each of them too. */
enum wave_status wave_golden_list(const char *folder, char ***names, uint32_t *n, struct wave_error *error);

#endif
