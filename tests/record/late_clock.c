/* SPDX-License-Identifier: Apache-2.0 */
/* Stands before a rank with LD_PRELOAD: once, when the recorder has looked at its clock for 5 ms, another program has the processor before
 * the recorder goes on. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LOOKED_NS = 5000000, TAKEN_NS = 30000000 };

static bool is_recorder(const void *caller) {
  Dl_info library;
  return dladdr(caller, &library) != 0 && strstr(library.dli_fname, "liboio_record") != NULL;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now) {
  static int64_t first_ns;
  static bool taken;
  const int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (taken || !is_recorder(__builtin_return_address(0))) return result;
  const int64_t now_ns = (int64_t)now->tv_sec * 1000000000 + now->tv_nsec;
  if (first_ns == 0) first_ns = now_ns;
  taken = now_ns >= first_ns + LOOKED_NS;
  if (taken) nanosleep(&(struct timespec){.tv_nsec = TAKEN_NS}, NULL);
  return result;
}
