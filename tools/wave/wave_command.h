/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The commands on waveforms: `oio wavediff` (also the plain program `wavediff`) and `oio wave`. argv[0] is the command's name. Each returns
 * the exit status: 0 the same, 1 different, 2 unusable input or usage, 3 nothing compared, 130 interrupted.
 */
#ifndef WAVE_COMMAND_H
#define WAVE_COMMAND_H

int oio_command_wavediff(int argc, char **argv);
int oio_command_wave(int argc, char **argv);

#endif
