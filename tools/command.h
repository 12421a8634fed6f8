/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The commands of `oio`: argv[0] is the command's name. Each returns the exit status: 0 done, 1 a check failed, 2 wrong usage, or input or
 * output that cannot be used, 130 interrupted.
 */
#ifndef COMMAND_H
#define COMMAND_H

int oio_command_sim(int argc, char **argv);
int oio_command_cosim(int argc, char **argv);
int oio_command_trace(int argc, char **argv);
int oio_command_net(int argc, char **argv);
int oio_command_sweep(int argc, char **argv);
int oio_command_results(int argc, char **argv);
int oio_command_tech(int argc, char **argv);
int oio_command_compare(int argc, char **argv);
int oio_command_faults(int argc, char **argv);
int oio_command_new_bench(int argc, char **argv);
int oio_command_regress(int argc, char **argv);
int oio_command_check(int argc, char **argv);
int oio_command_cover(int argc, char **argv);
int oio_command_flit(int argc, char **argv);

#endif
