/* SPDX-License-Identifier: Apache-2.0 */
/* Two link ends and a channel each way: 100 payloads go from the left to the right across a channel with errors. C11 and C++17 alike. */
#include <oio/channel.h>
#include <oio/link.h>

#include <stdio.h>
#include <string.h>

enum { PAYLOADS = 100, LEFT = 0, RIGHT = 1 };

static struct oio_link *link_end[2];
static struct oio_channel *channel[2]; /* by its transmitter */

static bool make(void) {
  struct oio_error error = {""};
  struct oio_link_config link_config;
  struct oio_channel_config channel_config;
  memset(&link_config, 0, sizeof link_config);
  link_config.format = 3;
  link_config.sequence_bits = 16;
  link_config.fidelity = OIO_BIT;
  link_config.window_flits = 64;
  link_config.buffer_flits = 64;
  link_config.peer_buffer_flits = 64;
  link_config.replay_limit = 255;
  link_config.timeout_ps = 10 * OIO_US;
  link_config.nak_repeat_ps = 1 * OIO_US;
  link_config.ack_delay_ps = 50 * OIO_NS;
  memset(&channel_config, 0, sizeof channel_config);
  channel_config.format = 3;
  channel_config.fidelity = OIO_BIT;
  channel_config.lanes = 16;
  channel_config.lane_rate_bits_per_s = 32000000000u;
  channel_config.flight_ps = 50 * OIO_NS;
  channel_config.bit_error_rate = 1e-4;
  channel_config.seed = 1;
  for (unsigned side = LEFT; side <= RIGHT; side++) {
    channel_config.stream = side;
    if (oio_link_create(&link_end[side], &link_config, &error) != OIO_OK ||
        oio_channel_create(&channel[side], &channel_config, &error) != OIO_OK) {
      fprintf(stderr, "%s\n", error.text);
      return false;
    }
  }
  return true;
}

static void fill(struct oio_payload *payload, unsigned number) {
  memset(payload, 0, sizeof *payload);
  memset(payload->bytes, (int)number, sizeof payload->bytes);
  payload->touched_bytes = OIO_PAYLOAD_BYTES;
}

/* Everything that happens at one instant, in the order that link.h demands. */
static bool instant(oio_time_ps now_ps, unsigned *sent, unsigned *received) {
  struct oio_payload payload, expected;
  for (unsigned side = LEFT; side <= RIGHT; side++) {
    struct oio_channel *in = channel[1 - side];
    while (oio_channel_arrival_ps(in) <= now_ps) {
      oio_link_rx(link_end[side], now_ps, oio_channel_peek(in));
      oio_channel_pop(in);
    }
  }
  while (oio_link_recv(link_end[RIGHT], now_ps, &payload)) {
    fill(&expected, (*received)++);
    if (memcmp(payload.bytes, expected.bytes, sizeof payload.bytes) != 0) return false;
  }
  if (*sent < PAYLOADS && oio_link_can_send(link_end[LEFT])) {
    fill(&payload, (*sent)++);
    if (oio_link_send(link_end[LEFT], now_ps, &payload) != OIO_OK) return false;
  }
  for (unsigned side = LEFT; side <= RIGHT; side++) {
    if (oio_channel_free_ps(channel[side]) > now_ps) continue;
    if (oio_link_tx(link_end[side], now_ps, oio_channel_slot(channel[side]))) oio_channel_push(channel[side], now_ps);
  }
  return true;
}

int main(void) {
  unsigned sent = 0, received = 0;
  struct oio_channel_state state;
  if (!make()) return 1;
  for (oio_time_ps now_ps = 0; received < PAYLOADS && now_ps < 1 * OIO_MS; now_ps += 1 * OIO_NS) {
    if (!instant(now_ps, &sent, &received)) {
      fprintf(stderr, "payload %u is wrong\n", received);
      return 1;
    }
  }
  oio_channel_get_state(channel[LEFT], &state);
  if (received != PAYLOADS || state.wrong_flits == 0) {
    fprintf(stderr, "%u payloads arrived; the channel spoiled %llu flits\n", received, (unsigned long long)state.wrong_flits);
    return 1;
  }
  for (unsigned side = LEFT; side <= RIGHT; side++) {
    oio_link_destroy(link_end[side]);
    oio_channel_destroy(channel[side]);
  }
  printf("ok: %u payloads\n", received);
  return 0;
}
