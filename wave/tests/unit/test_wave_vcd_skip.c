/* SPDX-License-Identifier: Apache-2.0 */
/* Text that two files share is passed over: what comes behind is as the plain interpreter has it, for both. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_vcd_skip"
#include "chance.h"
#include "wave_vcd_check.h"
#include "wave_vcd_maker.h"

/* The same body, but for one place or its end. */
static struct text differing(struct maker *maker, size_t body) {
  struct text other = {0};
  add_bytes(&other, maker->text.bytes, maker->text.size);
  size_t at = body + pick(maker, other.size - body);
  unsigned how = (unsigned)pick(maker, 5);
  if (how == 0) return other;
  if (how == 1) {
    other.size = at;
    return other;
  }
  if (how == 2) {
    add(&other, "#%" PRIu64 "\n", maker->time + 10);
    return other;
  }
  while (at < other.size && other.bytes[at] != '0' && other.bytes[at] != '1') at++;
  if (at < other.size) other.bytes[at] ^= 1;
  return other;
}

/* Where both sides are, as the interpreter has it. */
static void follow(struct check *check) {
  const struct run *run = check->run;
  uint64_t last = check->source->last_tick;
  while (check->next_time < run->n_times && run->times[check->next_time] <= last) check->next_time++;
  for (size_t i = 0; i < run->n_signals; i++) {
    while (check->next[i] < run->signals[i].count && run->signals[i].changes[check->next[i]].time <= last) check->next[i]++;
  }
}

struct side {
  struct run run;
  struct check check;
  const struct text *text;
};

static void open_side(struct side *side, const struct text *text, const char *what) {
  side->text = text;
  interpret(&side->run, text->bytes, text->bytes + text->size);
  side->check = (struct check){.run = &side->run, .source = open_bytes(text->bytes, text->size)};
  side->check.next = calloc(side->run.n_signals + 1, sizeof *side->check.next);
  snprintf(side->check.what, sizeof side->check.what, "%s", what);
}

static void close_side(struct side *side) {
  free(side->check.next);
  wave_close(side->check.source);
  run_free(&side->run);
}

/* Some blocks of both, as long as their texts are equal. */
static void cook_some(struct side *sides, unsigned blocks) {
  for (; blocks > 0; blocks--) {
    const struct vcd *left = (struct vcd *)sides[0].check.source, *right = (struct vcd *)sides[1].check.source;
    size_t ahead = (size_t)(left->text.at - left->text.begin) + 800;
    if (ahead > sides[0].text->size || ahead > sides[1].text->size) break;
    if (memcmp(sides[0].text->bytes, sides[1].text->bytes, ahead) != 0 ||
        left->text.at - left->text.begin != right->text.at - right->text.begin)
      break;
    for (int i = 0; i < 2; i++) {
      struct wave_source *source = sides[i].check.source;
      source->ops->next(source, UINT64_MAX, NULL);
    }
  }
}

static unsigned skip_and_check(struct maker *maker, const struct text *other, const char *what) {
  struct side sides[2];
  open_side(&sides[0], &maker->text, what);
  open_side(&sides[1], other, what);
  unsigned skips = 0;
  for (int i = 0; i < 2; i++) wave_vcd_set_window(sides[i].check.source, 100, 5);
  for (int round = 0; round < 2; round++) {
    cook_some(sides, (unsigned)pick(maker, 4));
    skips += wave_vcd_skip_equal(sides[0].check.source, sides[1].check.source) > 0;
  }
  for (int i = 0; i < 2; i++) {
    bool first = !((struct vcd *)sides[i].check.source)->passed;
    if (!first) follow(&sides[i].check);
    check_blocks(&sides[i].check, &maker->chances, first, sides[i].check.source->last_tick);
    close_side(&sides[i]);
  }
  return skips;
}

static void equal_text_is_passed_over_without_loss(void **state) {
  (void)state;
  unsigned skips = 0;
  for (unsigned round = 0; round < 600; round++) {
    struct maker maker;
    char what[64];
    make_text(&maker, chance_stream(5000 + round));
    struct text other = differing(&maker, body_of(&maker.text));
    snprintf(what, sizeof what, "skip %u", round);
    skips += skip_and_check(&maker, &other, what);
    free(other.bytes);
    free(maker.text.bytes);
  }
  print_message("%u skips\n", skips);
  assert_true(skips > 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_text_is_passed_over_without_loss),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
