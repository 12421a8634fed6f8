/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel with error correction (SPEC.md section 13) against the line itself: the oracle puts all flits and random fill into the stream,
 * encodes every block, flips the bits that section 10 draws, decodes the words and takes the flits out again. The channel, which has seen
 * nothing but errors, must hand over the same bytes at the same times, and in event fidelity take the same decisions. OIO_SEED.
 */
#define CHANCE_PROGRAM "test_blocks"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "channel/channel_checkpoint.h"
#include "oio/channel.h"
#include "oio/fec.h"
#include "oio/rng.h"

__extension__ typedef unsigned __int128 wide;

enum { FLITS = 4000, WAYS_MAX = 4, SYMBOLS_MAX = WAYS_MAX * 544 };

#define FLIGHT_PS 48970
#define LOGIC_PS 10000
#define FEC_PS 7777

/* A flit that was sent, and what became of it. */
struct flit {
  uint64_t start_ps, begin_bits; /* its first bit in the stream */
  uint64_t begin_ps, end_ps, arrival_ps;
  uint8_t sent[OIO_FLIT_BYTES], got[OIO_FLIT_BYTES], expected[OIO_FLIT_BYTES];
  struct oio_stamp stamp;
  uint32_t syndrome, event_syndrome;
  uint16_t wrong_bits, event_wrong_bits;
  bool condemned;
};

struct line {
  const struct oio_fec_code *code;
  struct oio_fec *fec;
  uint32_t ways;
  uint64_t rate, data_bits, line_bits;
  double ber;
  unsigned format;
  struct flit *flits;
  /* What the oracle has counted. */
  uint64_t wrong_bits, codewords, corrected_symbols, uncorrectable, condemned;
  uint64_t spoilt; /* flits that came with other bytes, and were not condemned: residual errors */
};

/* ---- times, as section 13 has them ---- */

static uint64_t unit_ps(const struct line *l, uint64_t bits) {
  return (uint64_t)((wide)bits * 1000000000000u * l->code->symbols / ((wide)l->rate * l->code->data_symbols));
}

static uint64_t slot_bits(const struct line *l, uint64_t start_ps) {
  const wide unit = (wide)64 * 1000000000000u * l->code->symbols, rate = (wide)l->rate * l->code->data_symbols;
  return (uint64_t)(((wide)start_ps * rate + unit - 1) / unit) * 64;
}

static uint64_t whole_ps(const struct line *l, uint64_t block) {
  return (uint64_t)((wide)(block + 1) * l->line_bits * 1000000000000u / l->rate);
}

static void place(const struct line *l, struct flit *f, const struct flit *before) {
  const uint64_t end = before == NULL ? 0 : before->begin_bits + OIO_FLIT_BITS;
  const uint64_t flit_ps = (uint64_t)((wide)OIO_FLIT_BITS * 1000000000000u * l->code->symbols / ((wide)l->rate * l->code->data_symbols));
  f->begin_bits = f->start_ps <= unit_ps(l, end) ? end : slot_bits(l, f->start_ps);
  f->begin_ps = unit_ps(l, f->begin_bits);
  f->end_ps = unit_ps(l, f->begin_bits + OIO_FLIT_BITS);
  f->arrival_ps = whole_ps(l, (f->begin_bits + OIO_FLIT_BITS - 1) / l->data_bits) + FEC_PS + FLIGHT_PS + LOGIC_PS;
  if (before != NULL && f->arrival_ps < before->arrival_ps + flit_ps) f->arrival_ps = before->arrival_ps + flit_ps;
}

/* ---- the channel ---- */

/* In one fidelity with tables of its own, in the other with those of somebody else: both must come to the same. */
static struct oio_channel *make(const struct line *l, enum oio_fidelity fidelity) {
  const struct oio_channel_config config = {.format = (uint8_t)l->format,
                                            .fidelity = fidelity,
                                            .lanes = 1,
                                            .lane_rate_bits_per_s = l->rate,
                                            .flight_ps = FLIGHT_PS,
                                            .logic_ps = LOGIC_PS,
                                            .bit_error_rate = l->ber,
                                            .fec = l->code->name,
                                            .fec_tables = fidelity == OIO_BIT ? NULL : l->fec,
                                            .fec_ways = l->ways,
                                            .fec_ps = FEC_PS,
                                            .seed = seed,
                                            .stream = 7,
                                            .digest = true};
  struct oio_channel *channel;
  struct oio_error error;
  if (oio_channel_create(&channel, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return channel;
}

static void expect_times(const struct flit *f, const struct oio_wire *wire, uint64_t arrival_ps, uint64_t free_ps) {
  const uint64_t *parts = wire->stamp.parts_ps;
  assert_int_equal(arrival_ps, f->arrival_ps);
  assert_int_equal(free_ps, f->end_ps);
  assert_int_equal(parts[OIO_PART_SERIALISE], f->end_ps - f->begin_ps);
  assert_int_equal(parts[OIO_PART_FLIGHT], FLIGHT_PS);
  assert_int_equal(parts[OIO_PART_LOGIC], LOGIC_PS);
  assert_int_equal(parts[OIO_PART_FEC], f->begin_ps - f->start_ps + (f->arrival_ps - FLIGHT_PS - LOGIC_PS - f->end_ps));
  assert_int_equal(parts[OIO_PART_SERIALISE] + parts[OIO_PART_FLIGHT] + parts[OIO_PART_LOGIC] + parts[OIO_PART_FEC],
                   f->arrival_ps - f->start_ps);
}

/* Sends the flits, half of them as soon as the wire is free, and takes each off at once: bit fidelity; its channel's state. */
static void send_bits(struct line *l, uint64_t *stream, struct oio_channel_state *counted) {
  struct oio_channel *channel = make(l, OIO_BIT);
  const uint64_t flit_ps = oio_channel_flit_ps(channel);
  for (unsigned i = 0; i < FLITS; i++) {
    struct flit *f = &l->flits[i];
    for (unsigned k = 0; k < OIO_FLIT_BYTES; k++) f->sent[k] = (uint8_t)chance(stream);
    oio_flit_seal(oio_flit_format(l->format), f->sent);
    f->start_ps = oio_channel_free_ps(channel) + (chance_below(stream, 2) ? 0 : chance_below(stream, 4 * flit_ps));
    place(l, f, i == 0 ? NULL : f - 1);
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    memcpy(wire->bytes, f->sent, OIO_FLIT_BYTES);
    wire->touched_bytes = OIO_PAYLOAD_BYTES;
    oio_channel_push(channel, f->start_ps);
    expect_times(f, wire, oio_channel_arrival_ps(channel), oio_channel_free_ps(channel));
    assert_int_equal(oio_channel_last_arrival_ps(channel), f->arrival_ps);
    assert_true(f->arrival_ps - f->start_ps >= oio_channel_under_way_ps(channel));
    memcpy(f->got, wire->bytes, OIO_FLIT_BYTES);
    f->syndrome = wire->syndrome;
    f->wrong_bits = wire->wrong_bits;
    oio_channel_pop(channel);
  }
  oio_channel_get_state(channel, counted);
  oio_channel_destroy(channel);
}

/* The same flits in event fidelity, which has the head of each and nothing else. */
static void send_events(struct line *l) {
  struct oio_channel *channel = make(l, OIO_EVENT);
  for (unsigned i = 0; i < FLITS; i++) {
    struct flit *f = &l->flits[i];
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    oio_channel_push(channel, f->start_ps);
    assert_int_equal(oio_channel_arrival_ps(channel), f->arrival_ps);
    f->event_syndrome = wire->syndrome;
    f->event_wrong_bits = wire->wrong_bits;
    oio_channel_pop(channel);
  }
  oio_channel_destroy(channel);
}

/* ---- the line, bit by bit ---- */

struct gaps {
  struct oio_rng rng;
  double inverse_ln;
  uint64_t left; /* right bits before the next wrong one */
};

static void next_gap(struct gaps *g) {
  g->left = g->inverse_ln == 0 ? UINT64_MAX : (uint64_t)(oio_ln(oio_rng_unit(&g->rng)) * g->inverse_ln);
}

static bool is_wrong(struct gaps *g) {
  if (g->left > 0) {
    g->left--;
    return false;
  }
  next_gap(g);
  return true;
}

/* The flit that has a bit of the stream, from *at on; NULL: it is fill. */
static struct flit *flit_at(const struct line *l, uint64_t bit, unsigned *at) {
  while (*at < FLITS && l->flits[*at].begin_bits + OIO_FLIT_BITS <= bit) ++*at;
  return *at < FLITS && l->flits[*at].begin_bits <= bit ? &l->flits[*at] : NULL;
}

static void fill_block(const struct line *l, uint64_t number, unsigned at, uint64_t *stream, uint16_t *block) {
  memset(block, 0, l->ways * l->code->symbols * sizeof *block);
  for (uint64_t i = 0; i < l->data_bits; i++) {
    const uint64_t bit = number * l->data_bits + i;
    const struct flit *f = flit_at(l, bit, &at);
    const uint64_t in_flit = f == NULL ? 0 : bit - f->begin_bits;
    const unsigned one = f == NULL ? (unsigned)chance(stream) & 1 : f->sent[in_flit / 8] >> in_flit % 8 & 1;
    block[i / l->code->symbol_bits] |= (uint16_t)(one << i % l->code->symbol_bits);
  }
  oio_fec_encode(l->fec, block, l->ways * l->code->symbols, l->ways);
}

static void take_out(const struct line *l, uint64_t number, unsigned at, const uint16_t *block, bool condemned) {
  for (uint64_t i = 0; i < l->data_bits; i++) {
    const uint64_t bit = number * l->data_bits + i;
    struct flit *f = flit_at(l, bit, &at);
    if (f == NULL) continue;
    const uint64_t in_flit = bit - f->begin_bits;
    f->condemned |= condemned;
    f->expected[in_flit / 8] |= (uint8_t)((block[i / l->code->symbol_bits] >> i % l->code->symbol_bits & 1) << in_flit % 8);
  }
}

static void carry(struct line *l, uint64_t number, unsigned at, uint64_t *stream, struct gaps *gaps) {
  uint16_t block[SYMBOLS_MAX];
  struct oio_fec_outcome outcomes[OIO_FEC_MAX_WAYS];
  bool condemned = false;
  fill_block(l, number, at, stream, block);
  for (uint64_t i = 0; i < l->line_bits; i++) {
    if (!is_wrong(gaps)) continue;
    block[i / l->code->symbol_bits] ^= (uint16_t)(1u << i % l->code->symbol_bits);
    l->wrong_bits++;
  }
  oio_fec_decode(l->fec, block, l->ways * l->code->symbols, l->ways, outcomes);
  for (uint32_t w = 0; w < l->ways; w++) {
    l->codewords++;
    l->corrected_symbols += outcomes[w].changed_symbols;
    l->uncorrectable += outcomes[w].verdict == OIO_FEC_UNCORRECTABLE;
    condemned |= outcomes[w].verdict == OIO_FEC_UNCORRECTABLE;
  }
  take_out(l, number, at, block, condemned);
}

static void carry_all(struct line *l, uint64_t *stream) {
  struct gaps gaps = {.inverse_ln = 1 / oio_ln1m(l->ber)};
  uint64_t next = 0;
  oio_rng_seed(&gaps.rng, seed, 7);
  next_gap(&gaps);
  for (unsigned i = 0; i < FLITS; i++) {
    const uint64_t first = l->flits[i].begin_bits / l->data_bits, last = (l->flits[i].begin_bits + OIO_FLIT_BITS - 1) / l->data_bits;
    /* A flit before it may have its end in this one's first block. */
    for (uint64_t number = first > next ? first : next; number <= last; number++) carry(l, number, i, stream, &gaps);
    if (last + 1 > next) next = last + 1;
  }
}

static void expect_flit(struct line *l, unsigned i) {
  const struct oio_flit_format *format = oio_flit_format(l->format);
  struct flit *f = &l->flits[i];
  const bool valid = oio_flit_valid(format, f->got);
  if (f->condemned) {
    oio_flit_condemn(format, f->expected);
    l->condemned++;
    assert_false(valid);
  } else {
    l->spoilt += memcmp(f->sent, f->expected, OIO_FLIT_BYTES) != 0;
  }
  if (memcmp(f->got, f->expected, OIO_FLIT_BYTES) != 0)
    fail_msg("flit %u of %s x %u came otherwise than over the line", i, l->code->name, l->ways);
  assert_int_equal(f->syndrome == 0, valid);
  assert_int_equal(f->event_syndrome, f->syndrome);
  assert_int_equal(f->event_wrong_bits, f->wrong_bits);
}

/* ---- tests ---- */

static void go(struct line *l, const char *code, uint32_t ways, uint64_t rate, double ber, unsigned format) {
  uint64_t stream = chance_stream(100 * ways + format);
  struct oio_channel_state counted;
  struct oio_error error;
  *l = (struct line){.code = oio_fec_code_named(code), .ways = ways, .rate = rate, .ber = ber, .format = format};
  l->data_bits = (uint64_t)ways * l->code->data_symbols * l->code->symbol_bits;
  l->line_bits = (uint64_t)ways * l->code->symbols * l->code->symbol_bits;
  l->flits = calloc(FLITS, sizeof *l->flits);
  assert_non_null(l->flits);
  assert_int_equal(oio_fec_create(&l->fec, l->code, NULL, &error), OIO_OK);
  send_bits(l, &stream, &counted);
  send_events(l);
  carry_all(l, &stream);
  for (unsigned i = 0; i < FLITS; i++) expect_flit(l, i);
  assert_int_equal(counted.codewords, l->codewords);
  assert_int_equal(counted.wrong_bits, l->wrong_bits);
  assert_int_equal(counted.corrected_symbols, l->corrected_symbols);
  assert_int_equal(counted.uncorrectable_codewords, l->uncorrectable);
  assert_int_equal(counted.condemned_flits, l->condemned);
  assert_int_equal(counted.wrong_flits, l->condemned + l->spoilt);
  assert_int_equal(counted.miscorrected_codewords > 0, l->spoilt > 0);
  oio_fec_destroy(l->fec);
  free(l->flits);
}

static void flits_come_out_of_the_line_as_the_decoded_words_have_them(void **state) {
  static const struct {
    const char *code;
    double some, many; /* error rates: most words are corrected, and most are not */
  } rows[] = {{"kp4", 2e-3, 8e-3}, {"kr4", 8e-4, 4e-3}, {"ll", 1e-3, 8e-3}};
  (void)state;
  for (unsigned i = 0; i < 3; i++) {
    for (uint32_t ways = 1; ways <= 4; ways *= 2) {
      struct line l;
      go(&l, rows[i].code, ways, 531250000000u, rows[i].some, ways == 2 ? 6 : 3);
      assert_true(l.corrected_symbols > 1000 && l.uncorrectable < l.codewords / 2);
      go(&l, rows[i].code, ways, 106250000001u, rows[i].many, ways == 2 ? 3 : 6);
      assert_true(l.uncorrectable > l.codewords / 2 && l.condemned > FLITS / 2);
    }
  }
}

/* A code that corrects one symbol takes every third word with two wrong ones for another: those errors reach the flits. */
static void what_a_decoder_gets_wrong_reaches_the_flits(void **state) {
  (void)state;
  for (unsigned format = 3; format <= 6; format += 3) {
    struct line l;
    go(&l, "flit", 4, 64000000000u, 2e-3, format);
    assert_true(l.spoilt > 100 && l.condemned > 100);
  }
}

static struct oio_channel *loaded_from(const struct line *l, struct oio_channel *saved) {
  struct oio_checkpoint c = {.out = NULL};
  oio_channel_checkpoint(saved, &c);
  uint8_t *bytes = malloc(c.at);
  assert_non_null(bytes);
  c = (struct oio_checkpoint){.out = bytes, .nbytes = c.at};
  oio_channel_checkpoint(saved, &c);
  struct oio_channel *loaded = make(l, OIO_BIT);
  c = (struct oio_checkpoint){.in = bytes, .nbytes = c.at};
  oio_channel_checkpoint(loaded, &c);
  assert_int_equal(c.wrong, OIO_CHECKPOINT_GOOD);
  free(bytes);
  return loaded;
}

static const uint8_t *push_zeros(struct oio_channel *channel) {
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  oio_channel_push(channel, oio_channel_free_ps(channel));
  const uint8_t *bytes = oio_channel_peek(channel)->bytes;
  oio_channel_pop(channel);
  return bytes;
}

/* Saved behind each flit and loaded elsewhere: of a block that is begun the flits to come have what decoding has left wrong. */
static void what_is_left_of_a_block_is_saved_with_it(void **state) {
  struct line l = {.code = oio_fec_code_named("flit"), .ways = 4, .rate = 64000000000u, .ber = 1e-3, .format = 6};
  struct oio_channel *channel = make(&l, OIO_BIT);
  unsigned wrong = 0;
  (void)state;
  for (unsigned i = 0; i < 500; i++) {
    static const uint8_t zeros[OIO_FLIT_BYTES];
    struct oio_channel *loaded = loaded_from(&l, channel);
    const uint8_t *bytes = push_zeros(channel);
    assert_memory_equal(push_zeros(loaded), bytes, OIO_FLIT_BYTES);
    wrong += memcmp(bytes, zeros, sizeof zeros) != 0;
    oio_channel_destroy(loaded);
  }
  assert_true(wrong > 100);
  oio_channel_destroy(channel);
}

/* At times that a long run has, and in slots of the fastest line there may be, nothing wraps. */
static void late_flits_on_a_fast_line_stand_where_they_must(void **state) {
  struct line l = {.code = oio_fec_code_named("kp4"), .ways = 4, .rate = 1000000000000u, .format = 3};
  struct flit before = {0}, f;
  uint64_t stream = chance_stream(9);
  (void)state;
  l.data_bits = (uint64_t)l.ways * 514 * 10;
  l.line_bits = (uint64_t)l.ways * 544 * 10;
  struct oio_channel *channel = make(&l, OIO_EVENT);
  for (unsigned bits = 12; bits < 62; bits++) { /* each after the one before has left */
    f = (struct flit){.start_ps = ((uint64_t)1 << bits) + chance_below(&stream, 1000)};
    place(&l, &f, bits == 12 ? NULL : &before);
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    oio_channel_push(channel, f.start_ps);
    expect_times(&f, wire, oio_channel_arrival_ps(channel), oio_channel_free_ps(channel));
    oio_channel_pop(channel);
    before = f;
  }
  oio_channel_destroy(channel);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flits_come_out_of_the_line_as_the_decoded_words_have_them),
      cmocka_unit_test(what_a_decoder_gets_wrong_reaches_the_flits),
      cmocka_unit_test(what_is_left_of_a_block_is_saved_with_it),
      cmocka_unit_test(late_flits_on_a_fast_line_stand_where_they_must),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
