// SPDX-License-Identifier: Apache-2.0
// usage: PROGRAM [FORMAT [SEED [TEST | -TEST | ^TEST]]]   format 3 or 6; seed 1; all tests, that one, all but that one, all before it
#include "bridge_tests.h"

#include <cstring>

namespace {

struct Test {
  const char *name;
  void (*run)(unsigned format, uint64_t seed);
};

#define OIO_ENTRY(name) {#name, name},
#if DIE_BUFFER >= 3 && OPTICAL_WINDOW < 12 && !defined(TWO_CLOCKS)
const Test tests[] = {OIO_HAND_TESTS(OIO_ENTRY) OIO_SIDES_TESTS(OIO_ENTRY) OIO_TRAFFIC_TESTS(OIO_ENTRY)};
#elif DIE_BUFFER >= 3 && !defined(TWO_CLOCKS)
const Test tests[] = {OIO_HAND_TESTS(OIO_ENTRY) OIO_TRAFFIC_TESTS(OIO_ENTRY)};
#else
const Test tests[] = {OIO_TRAFFIC_TESTS(OIO_ENTRY)};
#endif
#undef OIO_ENTRY

const char *program, *running = "";
unsigned format = 3;
uint64_t seed = 1;

} // namespace

// An assertion in the RTL stops the program by itself: the command is on the line printed before the test.
[[noreturn]] void fail_test(const char *file, int line, const char *what) {
  fprintf(stderr, "%s:%d: not so: %s\nseed %llu; replay: %s %u %llu %s\n", file, line, what, (unsigned long long)seed, program, format,
          (unsigned long long)seed, running);
  exit(1);
}

int main(int argc, char **argv) {
  program = argv[0];
  if (argc > 1) format = static_cast<unsigned>(strtoul(argv[1], nullptr, 0));
  if (argc > 2) seed = strtoull(argv[2], nullptr, 0);
  unsigned count = 0;
  for (const Test &test : tests) {
    const char *wanted = argc > 3 ? argv[3] : "-";
    const bool but = wanted[0] == '-', before = wanted[0] == '^';
    const bool is_it = strcmp(wanted + (but || before), test.name) == 0;
    if (before && is_it) break;
    if (!before && is_it == but) continue;
    running = test.name;
    printf("%s %u %llu %s\n", program, format, (unsigned long long)seed, test.name);
    fflush(stdout);
    test.run(format, seed);
    count++;
  }
  printf("%u tests\n", count);
  return count > 0 ? 0 : 2;
}
