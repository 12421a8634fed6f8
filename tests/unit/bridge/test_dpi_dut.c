/* SPDX-License-Identifier: Apache-2.0 */
/* The ready bench for a device that is not ours, with one that is known to be sound: the model of the plain profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oio/plain.h"
#include "oio_dpi_dut.h"

enum { BEAT = 64, BEATS = 4, FLIT = OIO_PLAIN_FLIT_BYTES_MAX, WIDE = 256, FIFO = 256, CLOCKS_MOST = 4000000 };

/* Beats of 64 bytes at every port. */
struct device {
  struct oio_plain *end;
  const struct oio_plain_format *format;
  void *bench;
  uint8_t line_out[WIDE], taken[WIDE], line_in[WIDE], send[WIDE];
  uint8_t sending[FLIT], receiving[FLIT], accepted[2 * WIDE], handed_on[FIFO][OIO_PLAIN_PAYLOAD_BYTES_MAX + BEAT];
  unsigned sending_at, receiving_at, accepted_at, taken_at, payload_beats, first, count;
  bool on_the_line, accepted_whole;
  uint64_t clock;
};

static int show(struct device *d) {
  int pins = OIO_DUT_LINE_IN_READY | (d->accepted_whole ? 0 : OIO_DUT_SEND_READY);
  if (d->on_the_line) {
    pins |= OIO_DUT_LINE_OUT_VALID;
    memcpy(d->line_out, d->sending + (size_t)d->sending_at * BEAT, BEAT);
  }
  if (d->count > 0) {
    pins |= OIO_DUT_TAKEN_VALID;
    memcpy(d->taken, d->handed_on[d->first] + (size_t)d->taken_at * BEAT, BEAT);
  }
  return pins;
}

static void receive(struct device *d, const uint8_t *beat) {
  struct oio_plain_taken got;
  memcpy(d->receiving + (size_t)d->receiving_at * BEAT, beat, BEAT);
  d->receiving_at = (d->receiving_at + 1) % BEATS;
  if (d->receiving_at > 0) return;
  oio_plain_rx(d->end, d->clock / BEATS, d->receiving, &got);
  if (!got.second) return;
  assert_in_range(d->count, 0, FIFO - 1);
  oio_plain_get_payload(d->format, got.flit, d->handed_on[(d->first + d->count++) % FIFO]);
}

static void accept(struct device *d, const uint8_t *beat) {
  memcpy(d->accepted + (size_t)d->accepted_at * BEAT, beat, BEAT);
  d->accepted_at = (d->accepted_at + 1) % d->payload_beats;
  d->accepted_whole = d->accepted_at == 0;
}

/* A clock: `drive` is what the bench has driven while `pins` were shown. */
static void step(struct device *d, int pins, int drive, const uint8_t *line_in, const uint8_t *send) {
  d->clock++;
  if (drive & OIO_DUT_LINE_IN_VALID) receive(d, line_in);
  if ((drive & OIO_DUT_TAKEN_READY) && (pins & OIO_DUT_TAKEN_VALID)) {
    d->taken_at = (d->taken_at + 1) % d->payload_beats;
    if (d->taken_at == 0) {
      d->first = (d->first + 1) % FIFO;
      d->count--;
    }
  }
  if ((drive & OIO_DUT_SEND_VALID) && (pins & OIO_DUT_SEND_READY)) accept(d, send);
  if (d->accepted_whole && oio_plain_can_send(d->end))
    d->accepted_whole = oio_plain_send(d->end, &(struct oio_plain_head){.protocol = 1}, d->accepted) != OIO_OK;
  if (d->on_the_line && (drive & OIO_DUT_LINE_OUT_READY)) {
    d->sending_at = (d->sending_at + 1) % BEATS;
    d->on_the_line = d->sending_at > 0;
  }
  if (!d->on_the_line) d->on_the_line = oio_plain_tx(d->end, d->clock / BEATS, d->sending);
}

/* Does the bench call it good? Its report goes to `report`. */
static bool good(const char *settings, unsigned format, char report[1600]) {
  static struct device d;
  struct oio_plain_config config = oio_plain_usual();
  struct oio_error error;
  char text[500];
  d = (struct device){.format = oio_plain_format((uint8_t)format)};
  d.payload_beats = (d.format->payload_bytes + BEAT - 1u) / BEAT;
  config.format = (uint8_t)format;
  config.handshake_limit = 1000; /* longer than any round trip here */
  snprintf(text, sizeof text, "line_bytes=64 send_bytes=64 taken_bytes=64 always_ready=6 format=%u line.out=lo line.in=li %s", format,
           settings);
  d.bench = oio_dpi_dut_create(text);
  if (oio_dpi_dut_failed(d.bench)) fail_msg("%s", oio_dpi_dut_error(d.bench));
  assert_int_equal(oio_plain_create(&d.end, &config, &error), OIO_OK);
  for (int drive = OIO_DUT_RESET; oio_dpi_dut_done(d.bench) == 0 && d.clock < CLOCKS_MOST;) {
    uint8_t line_in[WIDE], send[WIDE];
    const int pins = drive & OIO_DUT_RESET ? 0 : show(&d), driven = drive;
    memcpy(line_in, d.line_in, sizeof line_in);
    memcpy(send, d.send, sizeof send);
    drive = oio_dpi_dut_step(d.bench, pins, (uint32_t *)d.line_out, (uint32_t *)d.taken, (uint32_t *)d.line_in, (uint32_t *)d.send);
    if (!(driven & OIO_DUT_RESET)) step(&d, pins, driven, line_in, send);
  }
  const bool is_good = oio_dpi_dut_done(d.bench) == 1;
  snprintf(report, 1600, "%s", oio_dpi_dut_report(d.bench));
  oio_dpi_dut_destroy(d.bench);
  oio_plain_destroy(d.end);
  return is_good;
}

/* With round trips that fill the window of 127, and replays from its oldest. */
static void a_sound_device_is_good(void **state) {
  (void)state;
  char settings[200], report[1600];
  int bad = 0;
  for (unsigned format = 3; format <= 6; format++) {
    for (unsigned seed = 1; seed <= 20; seed++) {
      snprintf(settings, sizeof settings, "payloads=400 seed=%u delay_flits=%u damage_every=%u valid_percent=%u", seed, 40 + 5 * (seed % 5),
               23 + 6 * seed, 100 - 10 * (seed % 3));
      if (good(settings, format, report)) continue;
      print_error("format %u %s: %s\n", format, settings, report);
      bad++;
    }
  }
  assert_int_equal(bad, 0);
}

/* The usual limit of 128 flits spans 64 flit times of wire (section 16): over more, the far end has as many more. */
static void a_handshake_lasts_as_long_as_the_wire(void **state) {
  (void)state;
  static const unsigned delays[] = {0, 62, 63, 100, 180};
  char settings[200], report[1600];
  for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
    snprintf(settings, sizeof settings, "payloads=300 damage_every=0 delay_flits=%u", delays[i]);
    if (!good(settings, 3, report)) fail_msg("%s: %s", settings, report);
  }
}

static void a_handshake_shorter_than_the_round_trip_is_refused(void **state) {
  (void)state;
  void *bench = oio_dpi_dut_create("handshake_limit=128 delay_flits=63");
  assert_true(oio_dpi_dut_failed(bench));
  if (strstr(oio_dpi_dut_error(bench), "handshake_limit=128: a round trip of 126 flit times") == NULL)
    fail_msg("%s", oio_dpi_dut_error(bench));
  oio_dpi_dut_destroy(bench);
  bench = oio_dpi_dut_create("delay_flits=62 handshake_limit=128");
  assert_false(oio_dpi_dut_failed(bench));
  oio_dpi_dut_destroy(bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sound_device_is_good),
      cmocka_unit_test(a_handshake_lasts_as_long_as_the_wire),
      cmocka_unit_test(a_handshake_shorter_than_the_round_trip_is_refused),
  };
  return cmocka_run_group_tests_name("ready bench", tests, NULL, NULL);
}
