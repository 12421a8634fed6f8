/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/flit_code.h"

#include "base/cold.h"
#include "channel/correction.h"

#include <string.h>

enum { WAYS = OIO_FLIT_CODEWORDS, PARITY_BYTES = 6, LINE_BYTES = OIO_FLIT_BYTES, DATA_BYTES = LINE_BYTES - PARITY_BYTES, WORD_BYTES = 86 };

_Static_assert(WORD_BYTES *WAYS >= LINE_BYTES, "the bytes of a codeword");

bool oio_fec_is_of_a_flit(const struct oio_channel_config *config) {
  return config->fec != NULL && strcmp(config->fec, "flit") == 0 && config->fec_ways == WAYS;
}

bool oio_flit_code_create(struct oio_flit_code *code, const struct oio_flit_format *format, const struct oio_fec *fec,
                          enum oio_fec_mode mode) {
  *code = (struct oio_flit_code){.fec = fec, .mode = mode, .left_out = format->reserved_at};
  if (fec != NULL) return true;
  if (oio_fec_create(&code->own, oio_fec_code_named("flit"), NULL, NULL) != OIO_OK) return false;
  code->fec = code->own;
  return true;
}

void oio_flit_code_destroy(struct oio_flit_code *code) {
  oio_fec_destroy(code->own);
}

void oio_flit_code_memory(const struct oio_flit_code *code, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *code);
  if (code->own != NULL) oio_fec_memory(code->own, memory);
}

/* The wrong bits of the flit on the line, by byte. */
static void draw(struct oio_errors *errors, uint8_t line[LINE_BYTES], struct oio_channel_state *counted) {
  uint64_t bit = oio_errors_first(errors);
  memset(line, 0, LINE_BYTES);
  for (; bit < OIO_FLIT_BITS; bit = oio_errors_after(errors, bit)) {
    line[bit / 8] |= (uint8_t)(1u << bit % 8);
    counted->wrong_bits++;
  }
  oio_errors_leave(errors, bit - OIO_FLIT_BITS);
}

/* Flips what is left wrong in a byte of the line, if that is one of the flit. */
static bool flip(const struct oio_flit_code *code, const struct oio_errors *errors, struct oio_wire *wire, uint32_t at, uint32_t value) {
  if (at >= DATA_BYTES) return false;
  const uint32_t byte = at < code->left_out ? at : at + PARITY_BYTES;
  for (unsigned i = 0; i < 8; i++) {
    if ((value >> i & 1) != 0) oio_errors_flip(errors, wire, 8 * byte + i);
  }
  return true;
}

/* One codeword. Returns whether something is left wrong in the flit. */
static bool decode_way(const struct oio_flit_code *code, const struct oio_errors *errors, const uint8_t *line, uint32_t way,
                       struct oio_wire *wire, bool *condemned, struct oio_channel_state *counted) {
  struct oio_fec_error wrong[WORD_BYTES], residual[WORD_BYTES + 1];
  uint32_t count = 0, left;
  bool any = false;
  for (uint32_t at = way; at < LINE_BYTES; at += WAYS) {
    if (line[at] != 0) wrong[count++] = (struct oio_fec_error){.symbol = (uint16_t)(at / WAYS), .value = line[at]};
  }
  if (count == 0) return false;
  *condemned |= oio_correct(code->mode, code->fec, oio_fec_symbols_of(LINE_BYTES, WAYS, way), wrong, count, residual, &left, counted);
  for (uint32_t i = 0; i < left; i++) any |= flip(code, errors, wire, residual[i].symbol * WAYS + way, residual[i].value);
  return any;
}

OIO_COLD void oio_flit_code_decode(const struct oio_flit_code *code, struct oio_errors *errors, struct oio_wire *wire,
                                   struct oio_channel_state *counted) {
  uint8_t line[LINE_BYTES];
  bool wrong = false, condemned = false;
  draw(errors, line, counted);
  for (uint32_t way = 0; way < WAYS; way++) wrong |= decode_way(code, errors, line, way, wire, &condemned, counted);
  if (condemned) oio_errors_condemn(errors, wire);
  counted->condemned_flits += condemned;
  counted->wrong_flits += wrong || condemned;
}
