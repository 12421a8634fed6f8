/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of the body and their values, one at a time and with every case: what the quick path of vcd_quick.c does not take. */
#include "vcd_internal.h"

#include "hex.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static uint8_t lower(uint8_t c) {
  return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static const uint8_t *word_begin(const uint8_t *at, const uint8_t *end) {
  while (at < end && vcd_blank(*at)) at++;
  return at;
}

static const uint8_t *word_end(const uint8_t *at, const uint8_t *end) {
  while (at < end && !vcd_blank(*at)) at++;
  return at;
}

/* The next word; false: its end is not in the text in hand, or there is none. */
static bool next_word(const uint8_t **at, const uint8_t *end, bool final, struct vcd_span *word) {
  const uint8_t *begin = word_begin(*at, end), *stop = word_end(begin, end);
  *word = (struct vcd_span){begin, (size_t)(stop - begin)};
  *at = stop;
  return begin < stop && (stop < end || final);
}

static bool is_scalar(uint8_t c) {
  return c != '\0' && strchr("01xXzZhHuUwWlL-?", c) != NULL;
}

/* The words after the first of a change: (words) of them, the last is the id. */
static enum vcd_got get_rest(const uint8_t **at, const uint8_t *end, bool final, unsigned words, struct vcd_change *change) {
  const uint8_t *from = *at;
  for (unsigned i = 0; i < words; i++) {
    if (i + 1 == words) change->text.size = (size_t)(from - change->text.at);
    if (!next_word(&from, end, final, &change->id)) return final ? VCD_GOT_CUT : VCD_GOT_MORE;
  }
  *at = from;
  return VCD_GOT_CHANGE;
}

/* A keyword of the body whose contents are changes. */
static bool is_section(struct vcd_span word) {
  static const char *const sections[] = {"$end",          "$dumpvars",    "$dumpall",      "$dumpon",         "$dumpoff",   "$dumpports",
                                         "$dumpportsall", "$dumpportson", "$dumpportsoff", "$dumpportsflush", "$dumpflush", "$vcdclose"};
  for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
    if (strlen(sections[i]) == word.size && memcmp(sections[i], word.at, word.size) == 0) return true;
  }
  return false;
}

/* The letters of a keyword: what is glued behind them is the next word. */
static size_t keyword_size(struct vcd_span word) {
  size_t size = 1;
  while (size < word.size && ((unsigned)((word.at[size] | 32) - 'a') < 26 || word.at[size] == '_')) size++;
  return size;
}

/* A keyword, or a word between one that nobody knows and its $end. A time may stick to a keyword ("$end#10"): *end is moved back to it. */
static enum vcd_got pass_word(struct vcd_span word, const uint8_t **end, struct vcd_mode *mode) {
  if (word.at[0] != '$') return VCD_GOT_NOTHING; /* skipping */
  size_t size = keyword_size(word);
  bool glued = size < word.size && word.at[size] == '#';
  if (size < word.size && !glued) return mode->skipping ? VCD_GOT_NOTHING : VCD_GOT_GARBAGE;
  word.size = size;
  bool is_end = size == 4 && memcmp(word.at, "$end", 4) == 0;
  if (mode->skipping && !is_end) return VCD_GOT_NOTHING;
  if (glued) *end = word.at + size;
  mode->skipping = !is_end && !is_section(word);
  mode->dumping = !is_end && !mode->skipping;
  return VCD_GOT_NOTHING;
}

enum vcd_got vcd_token(const uint8_t **at, const uint8_t *end, bool final, struct vcd_mode *mode, struct vcd_change *change) {
  const uint8_t *from = word_begin(*at, end);
  struct vcd_span word;
  *at = from;
  if (from == end) return final ? VCD_GOT_END : VCD_GOT_MORE;
  if (!next_word(&from, end, final, &word)) return VCD_GOT_MORE;
  uint8_t letter = lower(word.at[0]);
  change->letter = letter;
  change->text = (struct vcd_span){word.at + 1, word.size - 1};
  enum vcd_got got = VCD_GOT_GARBAGE;
  if (mode->skipping || letter == '$') {
    got = pass_word(word, &from, mode);
  } else if (letter == '#') {
    got = VCD_GOT_TIME;
    mode->dumping = false;
  } else if (letter == 'b' || letter == 'r' || letter == 's') {
    got = get_rest(&from, end, final, 1, change);
  } else if (letter == 'p') {
    got = get_rest(&from, end, final, 3, change);
  } else if (is_scalar(letter)) {
    change->id = change->text;
    change->text = (struct vcd_span){word.at, 1};
    got = VCD_GOT_CHANGE;
    if (change->id.size == 0 && !next_word(&from, end, final, &change->id)) got = final ? VCD_GOT_CUT : VCD_GOT_MORE;
  }
  if (got <= VCD_GOT_NOTHING) *at = from;
  return got;
}

const char *vcd_time(const struct vcd *vcd, struct vcd_span text, uint64_t *time) {
  uint64_t sum = 0;
  unsigned places = 0;
  bool dot = false, fits = true;
  if (text.size == 0 || text.at[0] == '.') return "'#' without a time";
  for (size_t i = 0; i < text.size; i++) {
    uint8_t c = text.at[i];
    if (c == '.' && !dot) {
      dot = true;
      continue;
    }
    if (c < '0' || c > '9') return "a time that is no number";
    if (dot && places == vcd->digits) {
      if (c != '0') return "a time with more decimal places than the times at the begin of the file";
      continue;
    }
    if (dot) places++;
    fits = fits && !__builtin_mul_overflow(sum, 10u, &sum) && !__builtin_add_overflow(sum, (uint64_t)(c - '0'), &sum);
  }
  uint64_t factor = vcd->unit;
  for (unsigned i = 0; i < places; i++) factor /= 10;
  if (!fits || __builtin_mul_overflow(sum, factor, time)) *time = UINT64_MAX - 1; /* later than anything that is allowed */
  return NULL;
}

/* Packs digits that are 0 and 1 only, in place. */
static void pack(uint8_t *digits, size_t size) {
  for (size_t i = 0; i < size; i += 8) {
    uint8_t byte = 0;
    for (size_t j = 0; j < 8 && i + j < size; j++) byte = (uint8_t)(byte | (digits[i + j] & 1) << (7 - j));
    digits[i / 8] = byte;
  }
}

/* Digits in front of those that there are bits for: 0, or what makes the vector longer without making it another. */
static bool say_nothing(const uint8_t *at, const uint8_t *end) {
  const uint8_t first = lower(*end);
  for (; at < end; at++) {
    const uint8_t digit = lower(*at);
    if (digit != '0' && (digit != first || digit == '1')) return false;
  }
  return true;
}

/* Digits to exactly width of them: too few get more of the first (but 0 before a 1). */
static const char *read_bits(struct wave_scratch *scratch, uint32_t width, struct vcd_span text, struct vcd_value *value) {
  if (text.size >= 2 && text.at[0] == '0' && lower(text.at[1]) == 'b') text = (struct vcd_span){text.at + 2, text.size - 2};
  if (text.size == 0) return "a vector without digits";
  uint8_t *digits = wave_scratch_reserve(scratch, width);
  if (digits == NULL) return "out of memory";
  size_t given = text.size < width ? text.size : width, more = width - given;
  const uint8_t *from = text.at + text.size - given;
  bool two = true;
  for (size_t i = 0; i < text.size; i++) {
    if (!is_scalar(text.at[i])) return "a vector with an unknown digit";
  }
  if (!say_nothing(text.at, from)) return "a vector with more digits than its variable has bits";
  for (size_t i = 0; i < given; i++) {
    uint8_t digit = lower(from[i]);
    two &= (digit | 1) == '1';
    digits[more + i] = digit;
  }
  uint8_t first = digits[more] == '1' ? '0' : digits[more];
  memset(digits, first, more);
  if (two) pack(digits, width);
  *value = (struct vcd_value){digits, two ? (width + 7) / 8 : width, two ? WAVE_TWO : WAVE_NINE};
  return NULL;
}

/* Powers of ten that a double holds exactly. */
static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The usual short numbers, exactly: both parts fit a double, so that one division or multiplication rounds once. */
static bool short_real(struct vcd_span text, double *number) {
  uint64_t mantissa = 0;
  int places = 0, exponent = 0;
  size_t i = 0;
  bool negative = text.size > 0 && text.at[0] == '-', dot = false, minus = false;
  size_t digits = 0;
  for (i = negative; i < text.size; i++) {
    uint8_t c = text.at[i];
    if (c == '.' && !dot) {
      dot = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    if (++digits > 18) return false;
    mantissa = mantissa * 10 + (uint64_t)(c - '0');
    places += dot;
  }
  if (digits == 0 || mantissa > (uint64_t)1 << 53) return false;
  if (i < text.size) {
    if (lower(text.at[i]) != 'e' || ++i == text.size) return false;
    minus = text.at[i] == '-';
    if (minus || text.at[i] == '+') i++;
    if (i == text.size || text.size - i > 3) return false;
    for (; i < text.size; i++) {
      if (text.at[i] < '0' || text.at[i] > '9') return false;
      exponent = exponent * 10 + (text.at[i] - '0');
    }
  }
  exponent = (minus ? -exponent : exponent) - places;
  if (exponent < -22 || exponent > 22) return false;
  double size = (double)mantissa;
  size = exponent < 0 ? size / tens[-exponent] : size * tens[exponent];
  *number = negative ? -size : size;
  return true;
}

/* NULL when good. A number that only infinity or nothing is left of in a double is none that could be compared. */
static const char *number_of(struct vcd_span text, double *number) {
  static const char none[] = "a real that is no number";
  char copy[400], *end;
  if (short_real(text, number)) return NULL;
  if (text.size == 0 || text.size >= sizeof copy) return none;
  memcpy(copy, text.at, text.size);
  copy[text.size] = '\0';
  errno = 0;
  *number = strtod(copy, &end);
  if (end != copy + text.size) return none;
  if (errno == ERANGE && (isinf(*number) || *number == 0)) return "a real that no double can hold";
  return NULL;
}

static const char *put_double(struct wave_scratch *scratch, double number, struct vcd_value *value) {
  uint8_t *to = wave_scratch_reserve(scratch, 8);
  if (to == NULL) return "out of memory";
  if (isnan(number)) number = (double)NAN;
  memcpy(to, &number, 8);
  *value = (struct vcd_value){to, 8, WAVE_DOUBLE};
  return NULL;
}

static const char *read_real(struct wave_scratch *scratch, struct vcd_span text, struct vcd_value *value) {
  double number;
  const char *wrong = number_of(text, &number);
  return wrong != NULL ? wrong : put_double(scratch, number, value);
}

/* Digits for a real: their number, or NaN with an x or z among them. */
static const char *read_real_bits(struct wave_scratch *scratch, struct vcd_span text, struct vcd_value *value) {
  double number = 0;
  size_t first = text.size, last = 0; /* ones */
  if (text.size == 0) return "a vector without digits";
  for (size_t i = 0; i < text.size; i++) {
    if (!is_scalar(text.at[i])) return "a vector with an unknown digit";
    number = (text.at[i] | 1) == '1' ? number * 2 + (text.at[i] & 1) : (double)NAN;
    if (text.at[i] != '1') continue;
    if (first > i) first = i;
    last = i;
  }
  if (isinf(number) || (!isnan(number) && first < last && last - first >= 53)) return "a real with more digits than a double has";
  return put_double(scratch, number, value);
}

/* Some tools declare a variable as real and write words to it. A number is one; other words are a NaN of their own each, so that other
 * words are other values. */
static const char *read_real_word(struct wave_scratch *scratch, struct vcd_span text, struct vcd_value *value) {
  double number;
  if (number_of(text, &number) == NULL) return put_double(scratch, number, value);
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < text.size; i++) hash = (hash ^ text.at[i]) * 0x100000001b3u;
  uint64_t bits = (uint64_t)0x7ff8 << 48 | (hash >> 13 ^ hash) >> 13 | 1;
  uint8_t *to = wave_scratch_reserve(scratch, 8);
  if (to == NULL) return "out of memory";
  memcpy(to, &bits, 8);
  *value = (struct vcd_value){to, 8, WAVE_DOUBLE};
  return NULL;
}

/* One escape behind its backslash; returns the place after it. */
static const uint8_t *escape(const uint8_t *at, const uint8_t *end, uint8_t *byte) {
  static const char letters[] = "abfnrtv", bytes[] = "\a\b\f\n\r\t\v";
  const char *letter = *at != '\0' ? strchr(letters, *at) : NULL;
  if (letter != NULL) {
    *byte = (uint8_t)bytes[letter - letters];
    return at + 1;
  }
  if (*at == 'x' && end - at >= 3 && oio_hex_digit(at[1]) >= 0 && oio_hex_digit(at[2]) >= 0) {
    *byte = (uint8_t)(oio_hex_digit(at[1]) * 16 + oio_hex_digit(at[2]));
    return at + 3;
  }
  if (*at < '0' || *at > '7') {
    *byte = *at;
    return at + 1;
  }
  unsigned sum = 0;
  const uint8_t *stop = end - at > 3 ? at + 3 : end;
  for (; at < stop && *at >= '0' && *at <= '7'; at++) sum = sum * 8 + (unsigned)(*at - '0');
  *byte = (uint8_t)sum;
  return at;
}

/* A string's text has C escapes for blanks and the like. */
static const char *read_string(struct wave_scratch *scratch, struct vcd_span text, struct vcd_value *value) {
  uint8_t *to = wave_scratch_reserve(scratch, text.size + 1);
  if (to == NULL) return "out of memory";
  uint32_t size = 0;
  const uint8_t *end = text.at + text.size;
  for (const uint8_t *at = text.at; at < end;) {
    if (*at == '\\' && end - at > 1)
      at = escape(at + 1, end, &to[size++]);
    else
      to[size++] = *at++;
  }
  *value = (struct vcd_value){to, size, WAVE_BYTES};
  return NULL;
}

static bool only_of(struct vcd_span word, const char *set) {
  for (size_t i = 0; i < word.size; i++) {
    if (word.at[i] == '\0' || strchr(set, word.at[i]) == NULL) return false;
  }
  return true;
}

/* States and two strengths, each of the same length, with one blank between them; a strength of one digit is that of all bits. */
static const char *read_port(struct wave_scratch *scratch, uint32_t width, struct vcd_span text, struct vcd_value *value) {
  uint32_t bits = (width - 2) / 3, size = 0;
  const uint8_t *at = text.at, *end = text.at + text.size;
  uint8_t *to = wave_scratch_reserve(scratch, width);
  if (to == NULL) return "out of memory";
  for (unsigned i = 0; i < 3; i++) {
    struct vcd_span word;
    if (!next_word(&at, end, true, &word) || (word.size != bits && (i == 0 || word.size != 1)))
      return "a port's value that does not have its size";
    if (!only_of(word, i == 0 ? "DUNZLHXT01?FABCfabcdunzlhxt-" : "01234567")) return "a port's value with an unknown letter or strength";
    if (i > 0) to[size++] = ' ';
    if (word.size == bits)
      memcpy(to + size, word.at, bits);
    else
      memset(to + size, word.at[0], bits);
    size += bits;
  }
  *value = (struct vcd_value){to, width, WAVE_NINE};
  return NULL;
}

const char *vcd_value_read(struct wave_scratch *scratch, const struct vcd_chain *chain, uint8_t letter, struct vcd_span text,
                           struct vcd_value *value) {
  bool digits = letter != 'r' && letter != 's' && letter != 'p';
  switch (chain->kind) {
  case WAVE_REAL:
    if (letter == 'r') return read_real(scratch, text, value);
    if (letter == 's') return read_real_word(scratch, text, value);
    return digits ? read_real_bits(scratch, text, value) : "a value that does not fit a real";
  case WAVE_STRING:
    return letter != 'p' ? read_string(scratch, text, value) : "a port's value for a string";
  case WAVE_PORT:
    return letter == 'p' ? read_port(scratch, chain->width, text, value) : "a value that does not fit a port";
  default:
    return digits ? read_bits(scratch, chain->width, text, value) : "a value that does not fit a vector";
  }
}
