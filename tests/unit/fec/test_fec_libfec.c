/* SPDX-License-Identifier: Apache-2.0 */
/* The codec beside Debian's libfec, which others wrote: the same parity, the same corrections, the same words given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fec.h>

#define CHANCE_PROGRAM "test_fec_libfec"
#include "chance.h"
#include "oio/fec.h"

enum { SYMBOLS = 1023 };

/* What libfec makes of a word in place: how many symbols it changed, or -1. It also makes changes of more than t symbols where they happen
 * to lead to a codeword; a bounded-distance decoder has none. */
static int libfec_decode(const struct oio_fec_code *code, void *rs, uint16_t *word) {
  unsigned wide[SYMBOLS];
  for (uint32_t i = 0; i < code->symbols; i++) wide[i] = word[i];
  const int changed = decode_rs_int(rs, wide, NULL, 0);
  if (changed > code->correctable_symbols) return -1;
  for (uint32_t i = 0; i < code->symbols; i++) word[i] = (uint16_t)wide[i];
  return changed;
}

static void check_round(const struct oio_fec *fec, void *rs, uint32_t errors, uint64_t *stream) {
  const struct oio_fec_code *code = oio_fec_code_of(fec);
  const uint32_t n = code->symbols, k = code->data_symbols;
  uint16_t ours[SYMBOLS], theirs[SYMBOLS];
  unsigned data[SYMBOLS], parity[OIO_FEC_MAX_PARITY];
  for (uint32_t i = 0; i < k; i++) data[i] = ours[i] = (uint16_t)(chance(stream) >> (64 - code->symbol_bits));
  oio_fec_encode(fec, ours, n, 1);
  encode_rs_int(rs, data, parity);
  for (uint32_t i = k; i < n; i++)
    if (ours[i] != parity[i - k]) FAIL_WITH_REPLAY("%s: parity symbol %u is %u, libfec says %u", code->name, i - k, ours[i], parity[i - k]);
  for (uint32_t i = 0; i < errors; i++)
    ours[chance_below(stream, n)] ^= (uint16_t)(1 + chance_below(stream, (1u << code->symbol_bits) - 1));
  memcpy(theirs, ours, sizeof ours);
  struct oio_fec_outcome outcome;
  oio_fec_decode(fec, ours, n, 1, &outcome);
  const int changed = libfec_decode(code, rs, theirs);
  if ((outcome.verdict == OIO_FEC_UNCORRECTABLE) != (changed < 0) || (changed >= 0 && outcome.changed_symbols != (uint32_t)changed))
    FAIL_WITH_REPLAY("%s, %u errors: verdict %d, %u changed; libfec %d", code->name, errors, outcome.verdict, outcome.changed_symbols,
                     changed);
  if (memcmp(ours, theirs, n * sizeof *ours) != 0) FAIL_WITH_REPLAY("%s, %u errors: libfec has another word", code->name, errors);
}

/* libfec also takes corrections in symbols that a shortened codeword does not have; so small codes are compared at their full length. In
 * the others what is beyond t goes to another codeword once in some 10^12 (kp4); of kr4 and ll only what they correct is compared. */
static void compare(const char *kernel) {
  const struct oio_fec_code full8 = {"255 symbols", 0x11D, 8, 1, 255, 253}, full6 = {"63 symbols", 0x43, 6, 3, 63, 57};
  const struct {
    const struct oio_fec_code *code;
    uint32_t most_errors, rounds;
  } runs[] = {{oio_fec_code_named("rs15"), 15, 100000},
              {&full8, 5, 10000},
              {&full6, 8, 20000},
              {oio_fec_code_named("kp4"), 18, 3000},
              {oio_fec_code_named("kr4"), 7, 3000},
              {oio_fec_code_named("ll"), 7, 3000}};
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    uint64_t stream = chance_stream(i);
    const struct oio_fec_code *code = runs[i].code;
    struct oio_fec *fec = NULL;
    assert_int_equal(oio_fec_create(&fec, code, kernel, NULL), OIO_OK);
    void *rs =
        init_rs_int(code->symbol_bits, code->field, 0, 1, code->symbols - code->data_symbols, (1 << code->symbol_bits) - 1 - code->symbols);
    assert_non_null(rs);
    for (uint32_t round = 0; round < runs[i].rounds; round++)
      check_round(fec, rs, (uint32_t)chance_below(&stream, runs[i].most_errors + 1), &stream);
    free_rs_int(rs);
    oio_fec_destroy(fec);
  }
}

static void every_code_does_as_libfec_does(void **state) {
  (void)state;
  for (size_t k = 0; oio_fec_kernel(k) != NULL; k++) compare(oio_fec_kernel(k));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_does_as_libfec_does)};
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
