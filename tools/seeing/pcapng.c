/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets in pcapng, all numbers little-endian: a section, an interface for each wire, and for each flit a packet with a header of ours
 * (docs/seeing.md), and in bit fidelity the 256 bytes. Times of packets are arrivals, rounded down to nanoseconds: readers in
 * common use keep no more, and some reckon picoseconds wrongly. The header has them whole.
 */
#include "flit_files.h"

#include <string.h>

enum { SECTION = 0x0A0D0D0A, INTERFACE = 1, PACKET = 6, BYTE_ORDER_MAGIC = 0x1A2B3C4D, LINKTYPE_USER0 = 147 };
enum { OPTION_END = 0, OPTION_NAME = 2, OPTION_DESCRIPTION = 3, OPTION_APPLICATION = 4, OPTION_TIME_RESOLUTION = 9 };
enum { HEADER_VERSION = 1, HEADER_BYTES = 72, NANOSECONDS = 9, BLOCK_ROOM = 512 };

/* A block as it grows; its two lengths are filled in at the end. */
struct block {
  uint8_t bytes[BLOCK_ROOM];
  size_t nbytes;
};

static void put_number(struct block *block, uint64_t value, unsigned nbytes) {
  for (unsigned i = 0; i < nbytes; i++) block->bytes[block->nbytes++] = (uint8_t)(value >> 8 * i);
}

static void put_bytes(struct block *block, const void *bytes, size_t nbytes) {
  memcpy(block->bytes + block->nbytes, bytes, nbytes);
  block->nbytes += nbytes;
  while (block->nbytes % 4 != 0) block->bytes[block->nbytes++] = 0;
}

static void put_option(struct block *block, unsigned code, const void *bytes, size_t nbytes) {
  put_number(block, code, 2);
  put_number(block, nbytes, 2);
  put_bytes(block, bytes, nbytes);
}

static void begin_block(struct block *block, uint32_t type) {
  block->nbytes = 0;
  put_number(block, type, 4);
  put_number(block, 0, 4);
}

static bool end_block(struct block *block, FILE *file) {
  const size_t nbytes = block->nbytes + 4;
  block->nbytes = 4;
  put_number(block, nbytes, 4);
  block->nbytes = nbytes - 4;
  put_number(block, nbytes, 4);
  return fwrite(block->bytes, 1, nbytes, file) == nbytes;
}

static bool put_section(FILE *file) {
  char application[80];
  struct block block;
  const int length = snprintf(application, sizeof application, "oio %s", oio_version());
  begin_block(&block, SECTION);
  put_number(&block, BYTE_ORDER_MAGIC, 4);
  put_number(&block, 1, 2);
  put_number(&block, 0, 2);
  put_number(&block, UINT64_MAX, 8); /* how long the section is: not said */
  put_option(&block, OPTION_APPLICATION, application, (size_t)length);
  put_option(&block, OPTION_END, "", 0);
  return end_block(&block, file);
}

static bool put_interface(FILE *file, const struct flit_wires *wires, uint32_t wire) {
  char name[FLIT_WIRE_NAME_BYTES], description[FLIT_WIRE_NAME_BYTES + 32];
  const uint8_t resolution = NANOSECONDS;
  struct block block;
  flit_wire_name(wires, wire, name);
  const int length = snprintf(description, sizeof description, "wire %u of link %u: %s", (unsigned)wire, (unsigned)wire / 2, name);
  begin_block(&block, INTERFACE);
  put_number(&block, LINKTYPE_USER0, 2);
  put_number(&block, 0, 2);
  put_number(&block, 0, 4); /* packets of any length */
  put_option(&block, OPTION_NAME, name, strlen(name));
  put_option(&block, OPTION_DESCRIPTION, description, (size_t)length);
  put_option(&block, OPTION_TIME_RESOLUTION, &resolution, 1);
  put_option(&block, OPTION_END, "", 0);
  return end_block(&block, file);
}

static bool begin(void **state, FILE *file, const struct flit_wires *wires) {
  (void)state;
  bool good = put_section(file);
  for (uint32_t wire = 0; wire < wires->wires && good; wire++) good = put_interface(file, wires, wire);
  return good;
}

static void put_header(struct block *block, const struct flit_wires *wires, const struct oio_life *life) {
  const struct oio_flit_head *head = &life->head;
  put_number(block, HEADER_VERSION, 1);
  put_number(block, HEADER_BYTES, 1);
  put_number(block, wires->format, 1);
  put_number(block, life->whole, 1);
  put_number(block, life->kind, 1);
  put_number(block, life->verdict, 1);
  put_number(block, life->wrong_bits, 2);
  put_number(block, life->wire, 4);
  put_number(block, flit_wire_from(wires, life->wire), 4);
  put_number(block, flit_wire_to(wires, life->wire), 4);
  put_number(block, life->sequence, 2);
  put_number(block, life->replays, 2);
  put_number(block, life->number, 8);
  put_number(block, life->sent_ps, 8);
  put_number(block, life->left_ps, 8);
  put_number(block, life->arrival_ps, 8);
  put_number(block, head->protocol, 1);
  put_number(block, head->command, 1);
  put_number(block, head->sequence, 2);
  put_number(block, head->round, 1);
  put_number(block, head->echo, 1);
  put_number(block, head->credit_limit, 2);
  put_number(block, life->unacked_flits, 4);
  put_number(block, life->credit_flits, 4);
}

static void put(void *state, FILE *file, const struct flit_wires *wires, const struct oio_life *life) {
  const uint64_t time_ns = life->arrival_ps / OIO_NS;
  struct block block;
  (void)state;
  begin_block(&block, PACKET);
  put_number(&block, life->wire, 4);
  put_number(&block, time_ns >> 32, 4);
  put_number(&block, time_ns, 4);
  put_number(&block, HEADER_BYTES + (life->whole ? OIO_FLIT_BYTES : 0u), 4);
  put_number(&block, HEADER_BYTES + OIO_FLIT_BYTES, 4);
  put_header(&block, wires, life);
  if (life->whole) put_bytes(&block, life->bytes, OIO_FLIT_BYTES);
  end_block(&block, file);
}

static void end(void *state, FILE *file) {
  (void)state;
  (void)file;
}

const struct flit_writer pcapng_writer = {.begin = begin, .put = put, .end = end};
