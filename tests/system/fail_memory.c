/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded, lets the allocations that OIO_FAIL_AT names fail: "7" only the seventh, "7-" it and all that follow. With OIO_FAIL_COUNT the
 * number of allocations is written to that file when the program ends. With OIO_FAIL_PID only in that process, not in what it starts.
 * With OIO_FAIL_SPARE, a piece of a library's name, what that library takes by malloc() itself never fails: it is not ours to mend.
 * glibc's own (strdup, getline, fopen, opendir) and C++'s new come by here too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong allocations;
static unsigned long first; /* 0: none */
static bool all_that_follow, known;

static bool meant(void) {
  const char *pid = getenv("OIO_FAIL_PID");
  return pid == NULL || strtol(pid, NULL, 10) == (long)getpid();
}

/* Before the program's own constructors, but some of the loader's are earlier: whoever comes first reads it. */
static bool fails(void) {
  if (!known) {
    const char *text = getenv("OIO_FAIL_AT");
    char *end = NULL;
    known = true;
    if (text != NULL && meant()) first = strtoul(text, &end, 10);
    all_that_follow = end != NULL && *end == '-';
  }
  const unsigned long number = atomic_fetch_add(&allocations, 1) + 1;
  if (first == 0 || (all_that_follow ? number < first : number != first)) return false;
  errno = ENOMEM;
  return true;
}

static bool spared(const void *caller) {
  const char *piece = getenv("OIO_FAIL_SPARE");
  Dl_info from;
  return piece != NULL && dladdr(caller, &from) != 0 && from.dli_fname != NULL && strstr(from.dli_fname, piece) != NULL;
}

void *malloc(size_t size) {
  if (spared(__builtin_return_address(0))) return __libc_malloc(size);
  return fails() ? NULL : __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  return fails() ? NULL : __libc_calloc(count, size);
}
void *realloc(void *old, size_t size) {
  return fails() ? NULL : __libc_realloc(old, size);
}
void *memalign(size_t alignment, size_t size) {
  return fails() ? NULL : __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void **out, size_t alignment, size_t size) {
  void *got = memalign(alignment, size);
  if (got != NULL) *out = got;
  return got != NULL ? 0 : ENOMEM;
}

__attribute__((destructor)) static void tell(void) {
  char text[32];
  const char *path = getenv("OIO_FAIL_COUNT");
  const int file = path == NULL || !meant() ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0) return;
  const int length = snprintf(text, sizeof text, "%lu\n", atomic_load(&allocations));
  if (write(file, text, (size_t)length) < 0) _exit(99);
  close(file);
}
