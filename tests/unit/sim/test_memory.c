/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulation is said to take, against what the allocator hands out and what the kernel has given the process. */
#define _GNU_SOURCE

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "configured.h"

static const char file_net[] = "test_memory.net";

/* Memory of this process alone that is there. */
static double resident_bytes(void) {
  long size = 0, resident = 0, shared = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld %ld", &size, &resident, &shared) != 3) fail_msg("no /proc/self/statm");
  fclose(file);
  return (double)(resident - shared) * (double)sysconf(_SC_PAGESIZE);
}

static double allocated_bytes(void) {
  const struct mallinfo2 info = mallinfo2();
  return (double)info.uordblks + (double)info.hblkhd;
}

/* said / measured - 1, of what is there at first and of what is allocated. */
struct off {
  double least, most;
};

/* In a process of its own, whose heap is fresh. */
static struct off measure(const struct oio_config *config) {
  struct off off = {1, 1};
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    struct oio_memory memory;
    struct oio_error error;
    struct oio_sim *sim;
    if (oio_sim_memory(config, &memory, &error) != OIO_OK) _exit(2);
    malloc_trim(0);
    const double resident = resident_bytes(), allocated = allocated_bytes();
    if (oio_sim_create(&sim, config, NULL, NULL, &error) != OIO_OK) _exit(3);
    off.least = (double)memory.least_bytes / (resident_bytes() - resident) - 1;
    off.most = (double)memory.most_bytes / (allocated_bytes() - allocated) - 1;
    _exit(write(ends[1], &off, sizeof off) == sizeof off ? 0 : 4);
  }
  int status = 0;
  close(ends[1]);
  if (waitpid(child, &status, 0) != child || status != 0 || read(ends[0], &off, sizeof off) != sizeof off)
    fail_msg("%s: the process that measures ended with %d", config->net, status);
  close(ends[0]);
  return off;
}

static void what_a_net_is_said_to_take_is_what_it_takes(void **state) {
  (void)state;
  static const char *const nets[][4] = {
      {"net.topology=mesh:16x16", "workload.generate=poisson", "workload.messages=100", NULL},
      {"net.topology=fat-tree:12", "workload.generate=poisson", "workload.messages=100", "switch.queues=fifo"},
      {"net.topology=full:48", "workload.generate=poisson", "workload.messages=100", "package.window_flits=300"},
      {"net.topology=torus:6x6x6", "workload.generate=all-reduce", "rack.length_m=3000", "rack.fec=kp4"},
      {"net.topology=./test_memory.net", "workload.generate=all-reduce", "attic.like=row", "attic.length_m=1000"},
  };
  FILE *file = fopen(file_net, "w");
  assert_non_null(file);
  fputs("oio-net 1\ndie a b\nswitch s t\nlink a s attic 40\nlink b t package 40\nlink s t rack 200\nrouting up-down\n", file);
  fclose(file);
  for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
    const char *const settings[] = {nets[i][0], nets[i][1], nets[i][2], nets[i][3], "trace.lookahead_records=1024", NULL};
    struct oio_config config;
    oio_config_defaults(&config);
    for (size_t k = 0; k < 5; k++) {
      if (settings[k] != NULL) set(&config, settings[k]);
    }
    resolve(&config);
    const struct off off = measure(&config);
    print_message("%s: %+.1f %% of what is resident, %+.2f %% of what is allocated\n", config.net, 100 * off.least, 100 * off.most);
    if (off.least < -0.15 || off.least > 0.15) fail_msg("%s: %+.1f %% off what is resident", config.net, 100 * off.least);
    if (off.most < -0.02 || off.most > 0.02) fail_msg("%s: %+.2f %% off what is allocated", config.net, 100 * off.most);
  }
  unlink(file_net);
}

/* The tables of a code take 49 KB; a wire with error correction takes half of that at most. By the estimate, which the test above holds
 * against what is allocated. */
static void wires_of_a_net_share_the_tables_of_their_code(void **state) {
  (void)state;
  static const char *const fec[][2] = {{"package.fec=none", "rack.fec=none"}, {"package.fec=kp4", "rack.fec=ll"}};
  const uint64_t wires = 2 * 128 + 2 * 128; /* of a fat tree of 8 in a package and in a rack: 128 links each */
  struct oio_memory memory[2] = {{0, 0}};
  for (size_t i = 0; i < 2; i++) {
    const struct oio_config config = configured((const char *const[]){"net.topology=fat-tree:8", fec[i][0], fec[i][1], NULL});
    struct oio_error error;
    if (oio_sim_memory(&config, &memory[i], &error) != OIO_OK) fail_msg("%s", error.text);
  }
  const uint64_t added = (memory[1].least_bytes - memory[0].least_bytes) / wires;
  if (added > 24500) fail_msg("%llu bytes for each of %llu wires", (unsigned long long)added, (unsigned long long)wires);
}

static void a_net_that_is_none_says_so(void **state) {
  (void)state;
  const struct oio_config config = configured((const char *const[]){"net.topology=full:10000", NULL});
  struct oio_memory memory;
  struct oio_error error;
  assert_int_equal(oio_sim_memory(&config, &memory, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "49995000 links"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_net_is_said_to_take_is_what_it_takes),
      cmocka_unit_test(wires_of_a_net_share_the_tables_of_their_code),
      cmocka_unit_test(a_net_that_is_none_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
