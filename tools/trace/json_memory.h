/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Memory for jansson, which does not always tell where there is none: a parse may fail without a word, or go on with a token cut short.
 */
#ifndef TRACE_JSON_MEMORY_H
#define TRACE_JSON_MEMORY_H

#include <stdbool.h>

/** From here on jansson allocates where it is seen. Before each parse. */
void json_memory_watch(void);
/** Whether an allocation has failed since: what was parsed is not to be trusted, and what jansson says is not the cause. */
bool json_memory_lacked(void);

#endif
