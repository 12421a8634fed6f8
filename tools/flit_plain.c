/* SPDX-License-Identifier: Apache-2.0 */
#include "flit_plain.h"

#include "command.h"
#include "crc_guess.h"
#include "oio/flit.h"
#include "oio/plain.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const commands[] = {"explicit", "ack", "nak", "reserved", NULL};
static const char *const types[] = {"regular", "test", "management", "pause of the data stream", NULL};

/* A number up to most, or one of the names. -1: it is neither. */
static long value_of(const char *text, long most, const char *const *names) {
  char *end;
  for (long i = 0; names != NULL && names[i] != NULL && i <= most; i++) {
    if (strcmp(text, names[i]) == 0) return i;
  }
  const long n = strtol(text, &end, 10);
  return text[0] >= '0' && text[0] <= '9' && *end == '\0' && n <= most ? n : -1;
}

struct asked {
  const struct oio_plain_format *format;
  struct oio_plain_head head;
  const char *payload, *hex;
};

/* An option with its value. False: it has been refused. */
static bool take(struct asked *asked, bool encodes, const char *name, const char *value) {
  const struct {
    const char *option, *range;
    long most;
    const char *const *names;
    uint8_t *field;
  } options[] = {{"--protocol", "0 to 3, 0 being a NOP", 3, NULL, &asked->head.protocol},
                 {"--stack", "0 or 1", 1, NULL, &asked->head.stack},
                 {"--marker", "0 or 1", 1, NULL, &asked->head.marker},
                 {"--type", "regular, test or management, or a number to 3", 3, types, &asked->head.type},
                 {"--command", "explicit, ack or nak, or a number to 3", 3, commands, &asked->head.command},
                 {"--sequence", "0 to 255", 255, NULL, &asked->head.sequence}};
  if (strcmp(name, "--format") == 0) {
    const long number = value_of(value, 255, NULL);
    asked->format = number < 0 ? NULL : oio_plain_format((unsigned)number);
    if (asked->format == NULL) flit_refuse("a format of the plain profile is 2 to 6, not", value);
    return asked->format != NULL;
  }
  if (encodes && strcmp(name, "--payload") == 0) {
    asked->payload = value;
    return true;
  }
  for (size_t i = 0; encodes && i < sizeof options / sizeof *options; i++) {
    if (strcmp(name, options[i].option) != 0) continue;
    const long n = value_of(value, options[i].most, options[i].names);
    if (n < 0) fprintf(stderr, "oio flit: %s is %s, not '%.80s'; see `oio flit --help`\n", name, options[i].range, value);
    *options[i].field = (uint8_t)n;
    return n >= 0;
  }
  flit_refuse("the plain profile has no option", name);
  return false;
}

static bool read_options(struct asked *asked, bool encodes, int argc, char **argv) {
  *asked = (struct asked){.format = oio_plain_format(3), .head = {.protocol = 1, .sequence = 1}};
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "--profile") == 0) {
      i++; /* has been looked at */
    } else if (encodes && strcmp(argv[i], "--nop") == 0) {
      asked->head.protocol = 0;
    } else if (!encodes && argv[i][0] != '-' && asked->hex == NULL) {
      asked->hex = argv[i];
    } else if (i + 1 >= argc) {
      return flit_refuse("no such option, or its value is missing:", argv[i]), false;
    } else {
      i++;
      if (!take(asked, encodes, argv[i - 1], argv[i])) return false;
    }
  }
  return true;
}

int flit_plain_encode(int argc, char **argv) {
  struct asked asked;
  uint8_t payload[OIO_PLAIN_FLIT_BYTES_MAX] = {0}, flit[OIO_PLAIN_FLIT_BYTES_MAX] = {0};
  if (!read_options(&asked, true, argc, argv)) return EXIT_UNUSABLE;
  if (asked.payload != NULL && asked.head.protocol == 0) return flit_refuse("a NOP carries no payload; leave out --nop, or", "--payload");
  if (asked.payload != NULL && flit_read_hex(asked.payload, payload, asked.format->payload_bytes) < 0) {
    fprintf(stderr, "oio flit: a payload of format %u is hex of at most %u bytes, not '%.80s'\n", asked.format->number,
            asked.format->payload_bytes, asked.payload);
    return EXIT_UNUSABLE;
  }
  oio_plain_put_payload(asked.format, flit, payload);
  oio_plain_put_head(asked.format, flit, &asked.head);
  oio_plain_seal(asked.format, flit);
  flit_print_hex(flit, asked.format->bytes);
  return EXIT_DONE;
}

/* Whether the CRCs agree and, where they do not, what they look like. */
static bool show_crcs(const struct oio_plain_format *format, const uint8_t *flit) {
  struct crc_place places[2];
  char guess[CRC_GUESS_BYTES];
  size_t count = 0;
  bool valid = true;
  for (unsigned half = 0; half < 2 && format->crc[half].bytes > 0; half++) {
    const bool good = oio_plain_half_valid(format, flit, half);
    printf("crc%u      %s\n", half, good ? "valid" : "WRONG");
    places[count++] = (struct crc_place){format->crc[half].from, format->crc[half].bytes, format->crc[half].at};
    valid = valid && good;
  }
  if (!valid && crc_guess(flit, places, count, guess, sizeof guess))
    printf("%s a CRC with %s\n", count == 1 ? "may be" : "looks like", guess); /* one of a hundred wrong ones agrees with some variant */
  return valid;
}

int flit_plain_decode(int argc, char **argv) {
  static const char *const protocols[] = {"nop", "payload 1", "payload 2", "payload 3"};
  struct asked asked;
  struct oio_plain_head head;
  uint8_t flit[OIO_PLAIN_FLIT_BYTES_MAX], payload[OIO_PLAIN_PAYLOAD_BYTES_MAX];
  if (!read_options(&asked, false, argc, argv)) return EXIT_UNUSABLE;
  const int read = flit_read(asked.hex, flit, asked.format->bytes);
  if (read != 0) return read;
  oio_plain_get_head(asked.format, flit, &head);
  const uint8_t *bytes = flit + asked.format->header_at;
  const bool discarded = (bytes[0] | bytes[1]) == 0 || head.command > OIO_NAK;
  printf("format    %u (%s), plain profile\n", asked.format->number, asked.format->name);
  const bool valid = show_crcs(asked.format, flit);
  printf("protocol  %s%s\nstack     %u\nmarker    %u\ntype      %s\ncommand   %s\nsequence  %u\npayload   ", protocols[head.protocol],
         discarded ? ", discarded (rule PR2)" : "", head.stack, head.marker, types[head.type], commands[head.command], head.sequence);
  oio_plain_get_payload(asked.format, flit, payload);
  for (unsigned i = 0; i < asked.format->payload_bytes; i++)
    printf("%02x%s", payload[i], i % 32 == 31 && i + 1 < asked.format->payload_bytes ? "\n          " : "");
  printf("\n");
  return valid ? EXIT_DONE : EXIT_BAD_RESULT;
}
