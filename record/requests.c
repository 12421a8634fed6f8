/* SPDX-License-Identifier: Apache-2.0 */
#include "recorder.h"

#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 4096 };

static struct request *slots[SLOTS], *spare;

static struct request **slot_of(const void *handle) {
  return &slots[((uintptr_t)handle * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
}

struct request *request_add(const void *handle, enum request_kind kind, const struct comm *comm) {
  struct request *request = spare != NULL ? spare : malloc(sizeof *request);
  if (request == NULL) {
    fputs("oio record: out of memory; a request is not recorded\n", stderr);
    return NULL;
  }
  if (spare != NULL) spare = spare->next;
  struct request **slot = slot_of(handle);
  *request = (struct request){.handle = handle, .kind = kind, .comm = comm, .active = true, .next = *slot};
  *slot = request;
  return request;
}

struct request *request_find(const void *handle, bool active) {
  struct request *request = *slot_of(handle);
  while (request != NULL && (request->handle != handle || (active && !request->active))) request = request->next;
  return request;
}

void request_remove(struct request *request) {
  struct request **at = slot_of(request->handle);
  while (*at != request) at = &(*at)->next;
  *at = request->next;
  request->next = spare;
  spare = request;
}
