/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A JSON file that is one array of objects, taken object by object, with the line of each.
 */
#ifndef TRACE_JSON_FILE_H
#define TRACE_JSON_FILE_H

#include "oio/base.h"

#include <jansson.h>

/** Called for each object; `line` is where it begins. What it returns other than OIO_OK ends the reading. */
typedef enum oio_status json_file_taker(void *context, const json_t *object, uint64_t line, struct oio_error *error);

/** error names file and line. */
enum oio_status json_file_each(const char *path, json_file_taker *take, void *context, struct oio_error *error);

/** The same of objects one behind the other (a line each, or pretty-printed), or in one array. */
enum oio_status json_file_each_object(const char *path, json_file_taker *take, void *context, struct oio_error *error);

#endif
