/* SPDX-License-Identifier: Apache-2.0 */
/** Where this program is. */
#ifndef OWN_PATH_H
#define OWN_PATH_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Its file, by the whole name. False: that is not known, or does not fit, and *path is "". */
bool own_path(char *path, size_t path_nbytes);
/** Its folder, without a slash behind it; likewise. */
bool own_folder(char *path, size_t path_nbytes);

/**
 * Goes on as the program `name` beside this one, with the same arguments. Returns only when that cannot be: the exit status, after a line
 * on standard error that begins with `command` and ends with the remedy.
 */
int own_hand_over(const char *command, const char *name, char **argv, const char *remedy);

#ifdef __cplusplus
}
#endif
#endif
