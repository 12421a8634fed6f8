/* SPDX-License-Identifier: Apache-2.0 */
/* `oio flit encode|decode`: one flit, by hand. */
#include "oio/flit.h"
#include "command.h"
#include "crc_guess.h"
#include "flit_plain.h"
#include "hex.h"
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio flit encode [--format 3|6] [--nop] [--command explicit|ack|nak] [--sequence N] [--round N] [--echo N]\n"
    "                       [--credit N] [--payload HEX]\n"
    "       oio flit decode [--format 3|6] [HEX]\n"
    "       oio flit encode --profile plain [--format 2..6] [--nop] [--protocol 0..3] [--stack 0|1] [--marker 0|1]\n"
    "                       [--type regular|test|management] [--command explicit|ack|nak] [--sequence N] [--payload HEX]\n"
    "       oio flit decode --profile plain [--format 2..6] [HEX]\n"
    "Make one flit and print its bytes as hex, or take one apart (from the argument, or standard input).\n"
    "--profile plain|extended: flits as any adapter of this style sends them, or ours, with round, echo and credit.\n"
    "cmodel/SPEC.md says what every bit means. Where the CRCs are wrong and those of another polynomial, bit order or\n"
    "extension, decode says which. Exit status of decode: 0 valid, 1 a CRC is wrong, 2 unusable input.\n";

static const char *const protocols[] = {"nop", "payload", "reserved 10", "reserved 11"};
static const char *const commands[] = {"explicit", "ack", "nak", "reserved"};

int flit_refuse(const char *what, const char *which) {
  fprintf(stderr, "oio flit: %s '%.80s'; see `oio flit --help`\n", what, which);
  return EXIT_UNUSABLE;
}

static bool number(const char *text, unsigned long most, unsigned long *value) {
  char *end;
  if (!isdigit((unsigned char)text[0])) return false;
  *value = strtoul(text, &end, 10);
  return *end == '\0' && *value <= most;
}

/* Reads hex digits, white space between them allowed; returns the number of bytes, or -1. */
long flit_read_hex(const char *text, uint8_t *out, size_t most) {
  size_t digits = 0;
  memset(out, 0, most);
  for (; *text != '\0'; text++) {
    if (isspace((unsigned char)*text)) continue;
    const int digit = oio_hex_digit((unsigned char)*text);
    if (digit < 0 || digits / 2 >= most) return -1;
    out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | digit);
    digits++;
  }
  return digits % 2 == 0 ? (long)(digits / 2) : -1;
}

void flit_print_hex(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) printf("%02x", bytes[i]);
  printf("\n");
}

/* An option with a value of the head. -1: there is none of that name; 0: not with that value, *range is what it takes; 1: taken. */
static int set_head(struct oio_flit_head *head, const char *name, const char *value, const char **range) {
  static const struct {
    const char *option, *range;
    unsigned long most;
  } options[] = {{"--command", "explicit, ack or nak", 0},
                 {"--sequence", "0 to 65535", 65535},
                 {"--round", "0 to 15", 15},
                 {"--echo", "0 to 15", 15},
                 {"--credit", "0 to 65535", 65535}};
  enum { COMMAND, SEQUENCE, ROUND, ECHO, CREDIT, OPTIONS };
  unsigned option = 0;
  unsigned long n = 0;
  while (option < OPTIONS && strcmp(name, options[option].option) != 0) option++;
  if (option == OPTIONS) return -1;
  *range = options[option].range;
  if (option == COMMAND) {
    while (n <= OIO_NAK && strcmp(value, commands[n]) != 0) n++;
    if (n > OIO_NAK) return 0;
  } else if (!number(value, options[option].most, &n)) {
    return 0;
  }
  if (option == COMMAND) head->command = (uint8_t)n;
  if (option == SEQUENCE) head->sequence = (uint16_t)n;
  if (option == ROUND) head->round = (uint8_t)n;
  if (option == ECHO) head->echo = (uint8_t)n;
  if (option == CREDIT) head->credit_limit = (uint16_t)n;
  return 1;
}

static const struct oio_flit_format *format_named(const char *text) {
  unsigned long n;
  return number(text, 255, &n) ? oio_flit_format((unsigned)n) : NULL;
}

static int encode(int argc, char **argv) {
  const struct oio_flit_format *format = oio_flit_format(3);
  struct oio_flit_head head = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1};
  uint8_t payload[OIO_PAYLOAD_BYTES] = {0}, flit[OIO_FLIT_BYTES] = {0};
  bool filled = false;
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "--nop") == 0) {
      head.protocol = OIO_PROTOCOL_NOP;
      continue;
    }
    if (i + 1 >= argc) return flit_refuse("no such option, or its value is missing:", argv[i]);
    const char *name = argv[i], *value = argv[++i];
    if (strcmp(name, "--profile") == 0) continue; /* has been looked at */
    if (strcmp(name, "--format") == 0) {
      if ((format = format_named(value)) == NULL) return flit_refuse("there is no format", value);
    } else if (strcmp(name, "--payload") == 0) {
      if (flit_read_hex(value, payload, sizeof payload) < 0) return flit_refuse("not hex of at most 236 bytes:", value);
      filled = true;
    } else {
      const char *range = "";
      const int taken = set_head(&head, name, value, &range);
      if (taken < 0) return flit_refuse("there is no option", name);
      if (taken > 0) continue;
      fprintf(stderr, "oio flit: %s is %s, not '%.80s'; see `oio flit --help`\n", name, range, value);
      return EXIT_UNUSABLE;
    }
  }
  if (filled && head.protocol == OIO_PROTOCOL_NOP) return flit_refuse("a NOP carries no payload; leave out --nop, or", "--payload");
  oio_flit_put_payload(format, flit, payload, sizeof payload);
  oio_flit_put_head(format, flit, &head);
  oio_flit_seal(format, flit);
  flit_print_hex(flit, sizeof flit);
  return EXIT_DONE;
}

static void show_guess(const struct oio_flit_format *format, const uint8_t *flit) {
  char guess[CRC_GUESS_BYTES];
  if (crc_guess_flit(format, flit, guess, sizeof guess)) printf("looks like a CRC with %s\n", guess);
}

static int show(const struct oio_flit_format *format, const uint8_t *flit) {
  struct oio_flit_head head = {0};
  uint8_t payload[OIO_PAYLOAD_BYTES];
  const bool valid = oio_flit_valid(format, flit);
  const bool kept = oio_flit_get_head(format, flit, &head);
  printf("format    %u (%s)\ncrc       %s\n", format->number, format->name, valid ? "valid" : "WRONG");
  if (!valid) show_guess(format, flit);
  printf("protocol  %s%s\ncommand   %s\nsequence  %u\nround     %u\necho      %u\ncredit    %u\n", protocols[head.protocol & 3],
         kept ? "" : ", discarded (rule R2)", commands[head.command & 3], head.sequence, head.round, head.echo, head.credit_limit);
  oio_flit_get_payload(format, flit, payload, sizeof payload);
  printf("payload   ");
  for (size_t i = 0; i < sizeof payload; i++) printf("%02x%s", payload[i], i % 32 == 31 && i + 1 < sizeof payload ? "\n          " : "");
  printf("\n");
  return valid ? EXIT_DONE : EXIT_BAD_RESULT;
}

static int wrong_size(size_t bytes, const char *what, const char *text) {
  fprintf(stderr, "oio flit: a flit is %zu hex digits; this %s '%.80s'; see `oio flit --help`\n", 2 * bytes, what, text);
  return EXIT_UNUSABLE;
}

int flit_read(const char *hex, uint8_t *flit, size_t bytes) {
  char input[8 * OIO_FLIT_BYTES];
  if (hex == NULL) {
    const size_t nbytes = fread(input, 1, sizeof input - 1, stdin);
    if (ferror(stdin)) {
      fprintf(stderr, "oio flit: standard input cannot be read: %s; give the flit as an argument\n", strerror(errno));
      return EXIT_UNUSABLE;
    }
    input[nbytes] = '\0';
    if (strlen(input) != nbytes) return wrong_size(bytes, "has a NUL byte behind", input);
    hex = input;
  }
  return flit_read_hex(hex, flit, bytes) == (long)bytes ? 0 : wrong_size(bytes, "is not:", hex);
}

static int decode(int argc, char **argv) {
  const struct oio_flit_format *format = oio_flit_format(3);
  const char *hex = NULL;
  uint8_t flit[OIO_FLIT_BYTES];
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "--format") == 0 && i + 1 < argc) {
      if ((format = format_named(argv[++i])) == NULL) return flit_refuse("there is no format", argv[i]);
    } else if (strcmp(argv[i], "--profile") == 0) {
      i++; /* has been looked at */
    } else if (argv[i][0] == '-' || hex != NULL) {
      return flit_refuse("no such option, or one hex string too many:", argv[i]);
    } else {
      hex = argv[i];
    }
  }
  const int read = flit_read(hex, flit, sizeof flit);
  return read != 0 ? read : show(format, flit);
}

/* The profile that is asked for: 0 extended, 1 plain; or it has been refused. */
static int profile_of(int argc, char **argv) {
  static const char *const profiles[] = {"extended", "plain"};
  int profile = 0;
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "--profile") != 0) continue;
    const char *value = i + 1 < argc ? argv[++i] : "";
    for (profile = 0; profile < 2 && strcmp(value, profiles[profile]) != 0;) profile++;
    if (profile == 2) flit_refuse("--profile is extended or plain, not", value);
  }
  return profile;
}

int oio_command_flit(int argc, char **argv) {
  const bool encodes = argc >= 2 && strcmp(argv[1], "encode") == 0, decodes = argc >= 2 && strcmp(argv[1], "decode") == 0;
  if ((encodes || decodes) && !(argc > 2 && strcmp(argv[2], "--help") == 0)) {
    const int profile = profile_of(argc, argv);
    if (profile > 1) return EXIT_UNUSABLE;
    if (profile == 1) return encodes ? flit_plain_encode(argc, argv) : flit_plain_decode(argc, argv);
    return encodes ? encode(argc, argv) : decode(argc, argv);
  }
  if (argc >= 2 && strcmp(argv[argc - 1], "--help") == 0) {
    fputs(help, stdout);
    return EXIT_DONE;
  }
  return flit_refuse("say encode or decode, not", argc >= 2 ? argv[1] : "");
}
