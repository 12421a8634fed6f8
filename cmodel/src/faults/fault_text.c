/* SPDX-License-Identifier: Apache-2.0 */
/* An event as the text that says it. */
#include "oio/faults.h"

#include <stdio.h>

static void write_part(char *out, size_t room, const struct oio_channel_event *event, const char *part, const char *ends,
                       const char *returns) {
  snprintf(out, room, "%s %u %s", part, event->number, event->returns ? returns : ends);
}

static void write_heat(char *out, size_t room, const struct oio_channel_event *event) {
  const bool warms = event->value >= 0;
  const int used = snprintf(out, room, "%s %.17g K", warms ? "warms" : "cools", warms ? event->value : -event->value);
  if (event->for_ps > 0) snprintf(out + used, room - (size_t)used, " over %llups", (unsigned long long)event->for_ps);
}

static void write_flips(char *out, size_t room, const struct oio_channel_event *event) {
  int used = snprintf(out, room, "flip bits ");
  for (unsigned i = 0; i < event->bits; i++) used += snprintf(out + used, room - (size_t)used, "%s%u", i == 0 ? "" : ",", event->bit[i]);
}

static void write_forgery(char *out, size_t room, const struct oio_channel_event *event) {
  snprintf(out, room, "forge %s %s%u", oio_forged_name((enum oio_forged_field)event->bit[0]), event->returns ? "by " : "", event->number);
}

static void write_of_a_flit(char *out, size_t room, const struct oio_channel_event *event) {
  switch (event->what) {
  case OIO_EVENT_FLIP:
    write_flips(out, room, event);
    return;
  case OIO_EVENT_BURST:
    snprintf(out, room, "burst of %u bits at %u", event->bit[0], event->number);
    return;
  case OIO_EVENT_TRUNCATE:
    snprintf(out, room, "truncate at %u", event->number);
    return;
  case OIO_EVENT_DELAY:
    snprintf(out, room, "delay %llups", (unsigned long long)event->for_ps);
    return;
  case OIO_EVENT_LOSE_ACK:
  case OIO_EVENT_LOSE_CREDIT:
    snprintf(out, room, "lose %s", event->what == OIO_EVENT_LOSE_ACK ? "ack" : "credit");
    return;
  case OIO_EVENT_DUPLICATE:
  case OIO_EVENT_SWAP:
    snprintf(out, room, "%s", event->what == OIO_EVENT_SWAP ? "swap" : "duplicate");
    return;
  case OIO_EVENT_FORGE:
    write_forgery(out, room, event);
    return;
  default:
    snprintf(out, room, "%s", event->what == OIO_EVENT_HEADER ? "damage header" : "drop");
    return;
  }
}

static void write_what(char *out, size_t room, const struct oio_fault *fault) {
  const struct oio_channel_event *event = &fault->event;
  if (oio_event_is_of_a_flit(event)) {
    write_of_a_flit(out, room, event);
    return;
  }
  switch (event->what) {
  case OIO_EVENT_LANE:
    write_part(out, room, event, "lane", "dies", "returns");
    return;
  case OIO_EVENT_LASER:
    write_part(out, room, event, "laser", "dies", "returns");
    return;
  case OIO_EVENT_FIBRE:
    write_part(out, room, event, "fibre", "cut", "mended");
    return;
  case OIO_EVENT_RATE:
    snprintf(out, room, "error rate %.17g", event->value);
    return;
  case OIO_EVENT_LOSS:
    snprintf(out, room, "loss %.17g dB", event->value);
    return;
  case OIO_EVENT_DETUNE:
    write_heat(out, room, event);
    return;
  default:
    break;
  }
  if (fault->flaps || event->returns || event->for_ps == OIO_NEVER) {
    snprintf(out, room, "%s", fault->flaps ? "flap" : event->returns ? "up" : "down");
  } else {
    snprintf(out, room, "down for %llups", (unsigned long long)event->for_ps);
  }
}

const char *oio_fault_text(const struct oio_fault *fault, char out[OIO_FAULT_TEXT_BYTES]) {
  char place[OIO_FAULT_CLASS_BYTES + 16], what[72];
  if (fault->place == OIO_FAULT_ALL) {
    snprintf(place, sizeof place, "all");
  } else if (fault->place == OIO_FAULT_CLASS) {
    snprintf(place, sizeof place, "class %s", fault->link_class);
  } else {
    snprintf(place, sizeof place, "%s %u", fault->place == OIO_FAULT_LINK ? "link" : "wire", fault->which);
  }
  write_what(what, sizeof what, fault);
  const bool by_flit = fault->event.by_flit;
  snprintf(out, OIO_FAULT_TEXT_BYTES, "at %s%llu%s %s: %s", by_flit ? "flit " : "", (unsigned long long)fault->event.at_ps,
           by_flit ? "" : "ps", place, what);
  return out;
}
