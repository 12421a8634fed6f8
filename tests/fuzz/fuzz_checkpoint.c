/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A net that anything is loaded into. The input is the number of a net, and a checkpoint; its head is made right again first, so that what
 * is wrong lies behind it. Refused, the net is as it was, to the last byte that it would save. Loaded, it saves the same bytes again, and
 * runs on, whatever it says: a lie may fail a link, and breaks nothing else.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdio.h>

#include "../unit/net_host.h"
#include "fuzz.h"

enum { HEAD_BYTES = 32, NETS = 24, INSTANTS_AFTER = 150 };

static const char *const shapes[] = {"pair", "bridged", "star:2", "ring:2", "full:3", "mesh:2"};

static void require(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

static void begin(struct net_host *h, unsigned number, unsigned instants) {
  net_host_draw(h, shapes[number % 6], oio_mix64(number));
  h->bring_instants = 0;
  require(h->net != NULL, "a net cannot be made");
  for (unsigned i = 0; i < instants; i++) net_host_step(h);
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  struct net_host h;
  if (index >= NETS) return 0;
  begin(&h, index, 60 + 40 * index);
  struct net_host_bytes saved = net_host_save(h.net);
  if (saved.nbytes >= FUZZ_INPUT_MAX) saved.nbytes = 0;
  data[0] = (uint8_t)index;
  memcpy(data + 1, saved.at, saved.nbytes);
  oio_net_destroy(h.net);
  free(saved.at);
  return 1 + saved.nbytes;
}

static void store(uint8_t *at, uint64_t value) {
  for (unsigned i = 0; i < 8; i++) at[i] = (uint8_t)(value >> 8 * i);
}

/* As net_checkpoint.c describes it; the digest is that of a wire (docs/results.schema.json) on which all was put at once at time 0. */
static void mend_head(uint8_t *bytes, size_t nbytes) {
  memcpy(bytes, "oio net\n\1\0\0\0\0\0\0\0", 16);
  store(bytes + 16, nbytes);
  const uint64_t digest = XXH3_64bits(bytes + HEAD_BYTES, nbytes - HEAD_BYTES) * 0xD6E8FEB86659FD93u;
  store(bytes + 24, digest ^ digest >> 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct net_host h;
  if (size < 1 + HEAD_BYTES) return 0;
  const size_t nbytes = size - 1;
  uint8_t *bytes = malloc(nbytes);
  require(bytes != NULL, "out of memory");
  memcpy(bytes, data + 1, nbytes);
  mend_head(bytes, nbytes);
  begin(&h, data[0] % NETS, 30);
  const struct net_host_bytes before = net_host_save(h.net), given = {.at = bytes, .nbytes = nbytes};
  if (oio_net_load(h.net, bytes, nbytes, NULL) != OIO_OK) {
    require(net_host_saves_the_same(h.net, &before), "refused, and the net is another");
  } else {
    require(net_host_saves_the_same(h.net, &given), "loaded, and saved otherwise");
  }
  for (unsigned i = 0; i < INSTANTS_AFTER; i++) net_host_step(&h);
  oio_net_destroy(h.net);
  free(before.at);
  free(bytes);
  return 0;
}
