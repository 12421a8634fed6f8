/* SPDX-License-Identifier: Apache-2.0 */
/* A row of CSV for each flit. */
#include "flit_files.h"

#include <inttypes.h>

static bool begin(void **state, FILE *file, const struct flit_wires *wires) {
  (void)state;
  (void)wires;
  return fputs("wire,from,to,number,sent_ps,left_ps,arrival_ps,kind,sequence,replays,command,told,round,echo,credit_limit,"
               "unacked_flits,credit_flits,wrong_bits,verdict\n",
               file) >= 0;
}

static void put(void *state, FILE *file, const struct flit_wires *wires, const struct oio_life *life) {
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES];
  const struct oio_flit_head *head = &life->head;
  (void)state;
  fprintf(file, "%" PRIu32 ",%s,%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%u,%u,", life->wire,
          oio_topology_name(wires->topology, flit_wire_from(wires, life->wire), from),
          oio_topology_name(wires->topology, flit_wire_to(wires, life->wire), to), life->number, life->sent_ps, life->left_ps,
          life->arrival_ps, oio_life_kind_name(life->kind), life->sequence, life->replays);
  fprintf(file, "%s,%u,%u,%u,%u,%" PRIu32 ",%" PRIu32 ",%u,%s\n", flit_command_name(head->command), head->sequence, head->round, head->echo,
          head->credit_limit, life->unacked_flits, life->credit_flits, life->wrong_bits, oio_verdict_name(life->verdict));
}

static void end(void *state, FILE *file) {
  (void)state;
  (void)file;
}

const struct flit_writer flit_log_writer = {.begin = begin, .put = put, .end = end};
