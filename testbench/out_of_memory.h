// SPDX-License-Identifier: Apache-2.0
// Verilated models and C++ answer a failed allocation with an exception that passes through C, or through constructors before main(): the
// program would abort. Instead it ends here, with the line and the exit status of an unusable run.
#ifndef OUT_OF_MEMORY_H
#define OUT_OF_MEMORY_H

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>
#include <unistd.h>

namespace out_of_memory {

static const char *half_written; // a file that this run is writing, or nullptr
static bool said;                // the line, or another that says why

static void end() {
  static const char line[] = "out of memory; close other programs\n";
  if (half_written != nullptr) unlink(half_written);
  if (!said && write(STDERR_FILENO, line, sizeof line - 1) < 0) _exit(3);
  _exit(2);
}

// A thread that cannot be started has no new handler.
static void terminate() {
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const std::system_error &) {
    end();
  } catch (...) {
  }
  abort();
}

// Before any constructor of the program, and of the libraries that it loads.
static void install() {
  std::set_new_handler(end);
  std::set_terminate(terminate);
}
__attribute__((section(".preinit_array"), used)) static void (*const install_first)() = install;

} // namespace out_of_memory

// Verilator, and its writer of FST, use what malloc() returns unseen: the linker leads their calls here (--wrap).
extern "C" {
void *__real_malloc(std::size_t size);
void *__real_calloc(std::size_t count, std::size_t size);
void *__real_realloc(void *old, std::size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(std::size_t size);
void *__wrap_calloc(std::size_t count, std::size_t size);
void *__wrap_realloc(void *old, std::size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(std::size_t size) {
  void *got = __real_malloc(size);
  if (got == nullptr && size > 0) out_of_memory::end();
  return got;
}
void *__wrap_calloc(std::size_t count, std::size_t size) {
  void *got = __real_calloc(count, size);
  if (got == nullptr && count > 0 && size > 0) out_of_memory::end();
  return got;
}
void *__wrap_realloc(void *old, std::size_t size) {
  void *got = __real_realloc(old, size);
  if (got == nullptr && size > 0) out_of_memory::end();
  return got;
}
char *__wrap_strdup(const char *text) {
  char *got = __real_strdup(text);
  if (got == nullptr) out_of_memory::end();
  return got;
}
}

#endif
