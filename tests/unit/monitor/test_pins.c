/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pins of RTL against hand-made beats: 64 bytes a beat, a clock of 1000 ps; a flit is four beats and takes the wire 4000 ps, its flight
 * and logic 5000.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oio/channel.h"
#include "oio/pins.h"

enum { BEAT = 64, CLOCK_PS = 1000, WAY_PS = 5000 };

struct port {
  struct oio_channel *in, *out;
  struct oio_pins *pins;
};

static struct port start(void) {
  const struct oio_channel_config wire = {
      .format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 32000000000u, .flight_ps = WAY_PS - 1000, .logic_ps = 1000};
  struct port p;
  assert_int_equal(oio_channel_create(&p.in, &wire, NULL), OIO_OK);
  assert_int_equal(oio_channel_create(&p.out, &wire, NULL), OIO_OK);
  const struct oio_pins_config config = {.in = p.in, .out = p.out, .clock_ps = CLOCK_PS, .beat_bytes = BEAT};
  assert_int_equal(oio_pins_create(&p.pins, &config, NULL), OIO_OK);
  return p;
}

static void finish(struct port *p) {
  oio_pins_destroy(p->pins);
  oio_channel_destroy(p->in);
  oio_channel_destroy(p->out);
}

static void number_bytes(uint8_t *bytes) {
  for (unsigned i = 0; i < OIO_FLIT_BYTES; i++) bytes[i] = (uint8_t)(i * 7 + 3);
}

static void four_beats_are_a_flit_on_the_wire_from_the_edge_of_the_first(void **state) {
  (void)state;
  struct port p = start();
  uint8_t flit[OIO_FLIT_BYTES];
  number_bytes(flit);
  struct oio_wire *slot = oio_channel_slot(p.out);
  memset(slot, 0xA5, sizeof *slot); /* what was there before */
  for (unsigned beat = 0; beat < 4; beat++) {
    assert_int_equal(oio_pins_flits_out(p.pins), 0);
    assert_ptr_equal(oio_channel_peek(p.out), NULL);
    oio_pins_put(p.pins, 7000 + beat * CLOCK_PS, beat == 0, flit + BEAT * beat);
    if (beat < 3) assert_int_equal(oio_pins_next(p.pins, 7000 + (beat + 1) * CLOCK_PS), OIO_PINS_READY);
  }
  assert_int_equal(oio_pins_flits_out(p.pins), 1);
  assert_int_equal(oio_channel_arrival_ps(p.out), 7000 + 4000 + WAY_PS);
  const struct oio_wire *wire = oio_channel_peek(p.out);
  assert_memory_equal(wire->bytes, flit, OIO_FLIT_BYTES);
  assert_int_equal(wire->syndrome, 0);
  assert_int_equal(wire->wrong_bits, 0);
  assert_int_equal(wire->touched_bytes, OIO_PAYLOAD_BYTES);
  assert_false(wire->tainted);
  /* Nothing but what the channel took is in its stamp. */
  assert_int_equal(wire->stamp.parts_ps[OIO_PART_QUEUE] + wire->stamp.parts_ps[OIO_PART_RETRY], 0);
  assert_int_equal(wire->stamp.parts_ps[OIO_PART_SERIALISE], 4000);
  assert_int_equal(oio_pins_framing_errors(p.pins), 0);
  /* The wire takes the next flit from 11000 on. */
  assert_int_equal(oio_pins_next(p.pins, 10999), 0);
  assert_int_equal(oio_pins_next(p.pins, 11000), OIO_PINS_READY);
  finish(&p);
}

static void a_flit_goes_in_so_that_its_last_beat_is_shown_when_it_has_arrived(void **state) {
  (void)state;
  struct port p = start();
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  uint8_t beat_bytes[BEAT];
  number_bytes(wire.bytes);
  assert_true(oio_pins_next_ps(p.pins) == OIO_NEVER);
  oio_channel_send(p.in, 500, &wire); /* arrives at 500 + 4000 + 5000 = 9500 */
  assert_int_equal(oio_pins_next_ps(p.pins), 9500 - 3 * CLOCK_PS);
  assert_int_equal(oio_pins_next(p.pins, 6499), OIO_PINS_READY);
  for (unsigned beat = 0; beat < 4; beat++) {
    assert_int_equal(oio_pins_flits_in(p.pins), 0);
    const int shown = oio_pins_next(p.pins, 6500 + beat * CLOCK_PS);
    assert_int_equal(shown, OIO_PINS_READY | OIO_PINS_VALID | (beat == 0 ? OIO_PINS_SOF : 0));
    oio_pins_beat(p.pins, beat_bytes);
    assert_memory_equal(beat_bytes, wire.bytes + BEAT * beat, BEAT);
    assert_true(beat == 3 || oio_pins_next_ps(p.pins) == 0);
  }
  assert_int_equal(oio_pins_flits_in(p.pins), 1);
  assert_int_equal(oio_pins_next(p.pins, 10500), OIO_PINS_READY);
  finish(&p);
}

static void each_break_of_framing_is_counted_and_a_flit_half_out_is_dropped(void **state) {
  (void)state;
  struct port p = start();
  uint8_t flit[OIO_FLIT_BYTES];
  number_bytes(flit);
  oio_pins_put(p.pins, 1000, false, flit); /* no sof */
  assert_int_equal(oio_pins_framing_errors(p.pins), 1);
  oio_pins_put(p.pins, 2000, true, flit);
  oio_pins_put(p.pins, 3000, true, flit); /* sof within: it begins anew */
  assert_int_equal(oio_pins_framing_errors(p.pins), 2);
  oio_pins_put(p.pins, 5000, false, flit + BEAT); /* a hole */
  assert_int_equal(oio_pins_framing_errors(p.pins), 3);
  oio_pins_moved(p.pins, 5500);
  assert_int_equal(oio_pins_framing_errors(p.pins), 4);
  oio_pins_put(p.pins, 6000, false, flit + 2 * BEAT);
  oio_pins_put(p.pins, 7000, false, flit + 3 * BEAT);
  assert_int_equal(oio_pins_flits_out(p.pins), 1);
  assert_int_equal(oio_channel_arrival_ps(p.out), 3000 + 4000 + WAY_PS);
  oio_pins_put(p.pins, 8000, true, flit);
  oio_pins_reset(p.pins);
  oio_pins_put(p.pins, 9000, true, flit);
  assert_int_equal(oio_pins_framing_errors(p.pins), 4);
  finish(&p);
}

static void what_the_clock_cannot_carry_is_refused(void **state) {
  (void)state;
  struct port p = start();
  struct oio_error error;
  struct oio_pins *pins;
  struct oio_pins_config config = {.in = p.in, .out = p.out, .clock_ps = 1001, .beat_bytes = BEAT};
  assert_int_equal(oio_pins_create(&pins, &config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "takes the RTL 4004 ps (4 beats"));
  config.beat_bytes = 128;
  assert_int_equal(oio_pins_create(&pins, &config, &error), OIO_OK);
  oio_pins_destroy(pins);
  config.beat_bytes = 32;
  assert_int_equal(oio_pins_create(&pins, &config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "use 64 or 128"));
  finish(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(four_beats_are_a_flit_on_the_wire_from_the_edge_of_the_first),
      cmocka_unit_test(a_flit_goes_in_so_that_its_last_beat_is_shown_when_it_has_arrived),
      cmocka_unit_test(each_break_of_framing_is_counted_and_a_flit_half_out_is_dropped),
      cmocka_unit_test(what_the_clock_cannot_carry_is_refused),
  };
  return cmocka_run_group_tests_name("pins", tests, NULL, NULL);
}
