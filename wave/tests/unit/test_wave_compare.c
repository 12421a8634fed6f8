/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparison against an oracle that is slow and plain: it knows what every signal of both runs holds at every tick, and looks at all
 * of it, tick by tick, under the rule. The files hold the same with all the noise of wave_run.h, in blocks of all sizes, as VCD and as FST.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_compare"
#include "chance.h"
#include "wave_compare_draw.h"
#include "wave_folder.h"

#include "compare.h"
#include "vcd_internal.h"

#include <time.h>
#include <unistd.h>

/* --- Small windows: the linker sends wave_open's call of wave_open_vcd here. --- */

static size_t window_bytes; /* 0: as they are */
static uint32_t window_times;

enum wave_status __real_wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error);
enum wave_status __wrap_wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error);
enum wave_status __wrap_wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error) {
  enum wave_status status = __real_wave_open_vcd(source, path, map, error);
  if (status == WAVE_OK && window_bytes > 0) wave_vcd_set_window(*source, window_bytes, window_times);
  return status;
}

/* --- The report against the oracle. --- */

static uint64_t trial_number;

static bool names(const char *path, unsigned s) {
  char own[20];
  int length = snprintf(own, sizeof own, "v%u", s);
  const char *name = strrchr(path, '.');
  return name != NULL && strncmp(name + 1, own, (size_t)length) == 0 && (name[1 + length] == '\0' || name[1 + length] == '[');
}

static const struct wave_divergence *divergence_of(const struct wave_report *report, unsigned s, bool missing) {
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    if (own->class == WAVE_CLASS_SHORTER || own->extra_beats) continue;
    if ((own->class == WAVE_CLASS_MISSING) != missing) continue;
    if (names(own->path, s)) return own;
    for (char **alias = own->aliases; alias != NULL && *alias != NULL; alias++) {
      if (names(*alias, s)) return own;
    }
  }
  return NULL;
}

#define WRONG(...)                                                                                                                         \
  do {                                                                                                                                     \
    for (uint32_t d = 0; report != NULL && d < report->n_divergences; d++)                                                                 \
      print_error("%s %s at %lld\n", report->divergences[d].path, wave_class_word(report->divergences[d].class),                           \
                  (long long)report->divergences[d].at);                                                                                   \
    print_error("trial %llu, %s %s, window %zu, threads %u\nrules:\n%s", (unsigned long long)trial_number, trial->paths[0],                \
                trial->paths[1], window_bytes, threads, trial->rules);                                                                     \
    FAIL_WITH_REPLAY(__VA_ARGS__);                                                                                                         \
  } while (0)

/* Whether a value that is told is what the signal holds; before its first one a variable is x. */
static bool tells(const struct run_signal *signal, const char *told, const char *held) {
  if (*held == '\0') return told == NULL || *told == '\0' || strspn(told, "x") == strlen(told) || strcmp(told, "nan") == 0;
  if (told == NULL) return false;
  return signal->kind == WAVE_REAL ? strtod(told, NULL) == strtod(held, NULL) : strcmp(told, held) == 0;
}

static void check_signal(const struct trial *trial, const struct wave_report *report, unsigned s, unsigned threads) {
  const struct expected *own = &trial->expected[s];
  const struct wave_divergence *found = divergence_of(report, s, own->missing);
  if ((found != NULL) != (own->differs || own->missing))
    WRONG("v%u (kind %d, %u bits) at %lld: %s", s, (int)trial->sides[0]->signals[s].kind, trial->sides[0]->signals[s].width,
          (long long)(found != NULL ? found->at : own->at), found != NULL ? "a difference that there is not" : "a difference is not found");
  if (found == NULL || own->missing || trial->how.mode == TOLERANT) return;
  if (found->at != own->at) WRONG("v%u: at %lld, not %lld", s, (long long)found->at, (long long)own->at);
  if (found->until != own->until) WRONG("v%u: until %lld, not %lld", s, (long long)found->until, (long long)own->until);
  if (found->times != own->times)
    WRONG("v%u (kind %d, %u bits, at %lld): %llu times, not %llu", s, (int)trial->sides[0]->signals[s].kind,
          trial->sides[0]->signals[s].width, (long long)found->at, (unsigned long long)found->times, (unsigned long long)own->times);
  if (found->total != own->total) WRONG("v%u: total %lld, not %lld", s, (long long)found->total, (long long)own->total);
  const enum wave_counted counted = trial->how.mode == CLOCKED ? WAVE_IN_CYCLES : trial->how.mode == BEATS ? WAVE_IN_BEATS : WAVE_IN_TICKS;
  if (found->counted != counted) WRONG("v%u: the total is counted in %d, not %d", s, (int)found->counted, (int)counted);
  /* Both sides' bits stand in the order of the file that has the vector whole, of golden where both have. */
  const struct run_signal *signal = &trial->sides[trial->sides[0]->signals[s].split]->signals[s];
  for (int side = 0; side < 2 && own->values[side] != NULL; side++) {
    const char *told = side == 0 ? found->golden_value : found->new_value;
    char text[RUN_VALUE];
    const char *held = *own->values[side] == '\0' ? "" : run_text(signal, own->values[side], text);
    if (!tells(signal, told, held))
      WRONG("v%u: %s holds '%s', not '%s'", s, side == 0 ? "golden" : "new", held, told != NULL ? told : "nothing");
  }
}

static void check_report(const struct trial *trial, const struct wave_report *report, unsigned threads) {
  bool differs = trial->goes_on, values_differ = differs, shorter = false, shifted = false;
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    shorter = shorter || own->class == WAVE_CLASS_SHORTER || own->class == WAVE_CLASS_BEATS;
    shifted = shifted || own->class == WAVE_CLASS_SHIFT; /* what is late may go on behind the other's end: that is said already */
    if (i > 0 && own->class != WAVE_CLASS_MISSING && report->divergences[i - 1].at > own->at) WRONG("divergences are not in order");
  }
  for (unsigned s = 0; s < trial->sides[0]->n; s++) {
    check_signal(trial, report, s, threads);
    values_differ = values_differ || trial->expected[s].differs;
    differs = differs || trial->expected[s].differs || trial->expected[s].missing;
  }
  if (trial->one_sided) return;
  bool told = false;
  for (uint32_t i = 0; i < report->n_divergences; i++) told = told || report->divergences[i].class == WAVE_CLASS_SHORTER;
  if (trial->how.mode != BEATS && told != trial->goes_on && !(shifted && !told))
    WRONG("one run goes on: %d, said: %d", trial->goes_on, told);
  if (trial->how.mode == BEATS && trial->goes_on && !shorter) WRONG("other numbers of beats are not told");
  if (report->verdict == WAVE_NOTHING && !values_differ) return;
  if (report->verdict != (differs ? WAVE_DIFFERENT : WAVE_SAME)) WRONG("verdict %d", (int)report->verdict);
}

static bool same_report(const struct wave_report *a, const struct wave_report *b) {
  if (a->verdict != b->verdict || a->n_divergences != b->n_divergences || strcmp(a->summary, b->summary) != 0) return false;
  for (uint32_t i = 0; i < a->n_divergences; i++) {
    const struct wave_divergence *x = &a->divergences[i], *y = &b->divergences[i];
    if (strcmp(x->path, y->path) != 0 || x->class != y->class || x->at != y->at || x->until != y->until || x->times != y->times)
      return false;
    if (x->total != y->total || x->shift != y->shift || x->golden.n != y->golden.n || x->fresh.n != y->fresh.n) return false;
    for (uint32_t k = 0; k < x->golden.n; k++) {
      if (x->golden.events[k].time != y->golden.events[k].time || strcmp(x->golden.events[k].value, y->golden.events[k].value) != 0)
        return false;
    }
  }
  return true;
}

static struct wave_report *run_compare(struct trial *trial, unsigned threads) {
  struct wave_rules rules;
  struct wave_error error;
  struct wave_report *report = NULL;
  read_rules(&rules, trial->rules);
  const struct wave_options options = {.rules = &rules, .threads = threads, .detailed = 20};
  if (wave_compare(&report, trial->paths[0], trial->paths[1], &options, &error) != WAVE_OK) WRONG("%s", error.text);
  wave_rules_free(&rules);
  return report;
}

static void write_side(struct trial *trial, int side) {
  static const char *const files[2][2] = {{"golden.vcd", "golden.fst"}, {"new.vcd", "new.fst"}};
  folder_path(files[side][trial->fst[side]], trial->paths[side]);
#ifdef OIO_FSTAPI
  if (trial->fst[side]) {
    run_write_fst(trial->sides[side], &trial->noise[side], trial->paths[side]);
    return;
  }
#endif
  run_write_vcd(trial->sides[side], &trial->noise[side], trial->paths[side]);
}

/* How both files are written: often alike but for the faults, so that equal bytes are passed over. */
static void draw_noise(struct trial *trial, uint64_t *stream) {
  bool alike = chance_below(stream, 2) == 0, quiet = chance_below(stream, 2) == 0;
  for (int side = 0; side < 2; side++) {
    struct run_noise *noise = &trial->noise[side];
    *noise = (struct run_noise){.stream = chance(stream),
                                .restate = !quiet && chance_below(stream, 2) == 0,
                                .all_ticks = chance_below(stream, 2) == 0,
                                .alias = chance_below(stream, 2) == 0,
                                .shuffle = !quiet && chance_below(stream, 2) == 0,
                                .flush = chance_below(stream, 3) == 0 ? 0 : 2u << chance_below(stream, 7),
                                .pack = (unsigned)chance_below(stream, 3),
                                .path = "tb"};
    if (chance_below(stream, 3) == 0 && trial->how.num == trial->how.den) noise->exponent = (int)chance_below(stream, 4);
    trial->fst[side] = false;
#ifdef OIO_FSTAPI
    trial->fst[side] = chance_below(stream, 2) == 0;
#endif
    for (unsigned s = READY + 1; s < trial->sides[side]->n; s++) {
      struct run_signal *signal = &trial->sides[side]->signals[s];
      if (alike && side == 1) {
        signal->split = trial->sides[0]->signals[s].split;
        signal->upward = trial->sides[0]->signals[s].upward;
        signal->index = trial->sides[0]->signals[s].index;
        signal->absent = trial->sides[0]->signals[s].absent;
      } else {
        signal->split = signal->kind == WAVE_BITS && signal->width > 1 && signal->width < 12 && chance_below(stream, 6) == 0;
        signal->upward = signal->kind == WAVE_BITS && signal->width > 1 && chance_below(stream, 5) == 0;
        signal->index = signal->kind == WAVE_BITS && signal->width == 1 ? "\0\0ir"[chance_below(stream, 4)] : '\0';
        signal->absent = chance_below(stream, 30) == 0 && trial->how.mode != BEATS;
      }
    }
  }
  if (alike) {
    trial->noise[1] = trial->noise[0];
    trial->fst[1] = trial->fst[0];
  } else if (chance_below(stream, 5) == 0) {
    trial->noise[1].path = chance_below(stream, 2) == 0 ? "other" : "TOP.a.tb";
  }
  /* Both bit by bit is no more than other names. */
  for (unsigned s = 0; s < trial->sides[0]->n; s++) {
    if (trial->sides[0]->signals[s].split && trial->sides[1]->signals[s].split)
      trial->sides[0]->signals[s].split = trial->sides[1]->signals[s].split = false;
    /* A difference of the lone bits is another one. */
    if (trial->sides[0]->signals[s].absent || trial->sides[1]->signals[s].absent)
      trial->sides[0]->signals[s].split = trial->sides[1]->signals[s].split = false;
  }
  int finer = trial->noise[0].exponent > trial->noise[1].exponent ? trial->noise[0].exponent : trial->noise[1].exponent;
  trial->mul = finer == 0 ? 1 : finer == 1 ? 10 : finer == 2 ? 100 : 1000;
  window_bytes = chance_below(stream, 3) == 0 ? 0 : 40 + chance_below(stream, 2000);
  window_times = chance_below(stream, 2) == 0 ? 1u << 20 : 2 + (uint32_t)chance_below(stream, 30);
}

static void one_trial(struct trial *trial, uint64_t *stream) {
  draw_how(trial, stream);
  draw_run(trial->sides[0], stream, &trial->how);
  memcpy(trial->sides[1], trial->sides[0], sizeof *trial->sides[1]);
  spoil(trial->sides[1], stream, &trial->how);
  hold_values(trial->sides[1]);
  if (chance_below(stream, 6) == 0) {
    struct run *shorter = trial->sides[chance_below(stream, 2)];
    shorter->end -= (int)chance_below(stream, 15);
  }
  if (chance_below(stream, 8) == 0) {
    struct run *later = trial->sides[chance_below(stream, 2)];
    later->begin += (int)chance_below(stream, 5);
  }
  draw_windows(trial, stream);
  draw_noise(trial, stream);
  write_rules(trial, stream);
  for (int side = 0; side < 2; side++) write_side(trial, side);
  expect(trial);
  struct wave_report *alone = run_compare(trial, 1);
  check_report(trial, alone, 1);
  if (trial_number % 4 == 0) {
    unsigned threads = 4;
    struct wave_report *report = run_compare(trial, threads), *together = report;
    if (!same_report(alone, together)) WRONG("four threads find something else than one");
    wave_report_free(together);
  }
  wave_report_free(alone);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void test_trials(void **state) {
  static struct run golden, fresh;
  struct trial trial = {.sides = {&golden, &fresh}};
  const char *wanted = getenv("OIO_WAVE_TRIALS"), *only = getenv("OIO_WAVE_TRIAL");
  uint64_t n = wanted == NULL ? 4000 : strtoull(wanted, NULL, 0), differ = 0;
  (void)state;
  double began = now();
  for (trial_number = only == NULL ? 0 : strtoull(only, NULL, 0); trial_number < n && now() - began < 45; trial_number++) {
    uint64_t stream = chance_stream(1000 + trial_number);
    one_trial(&trial, &stream);
    for (unsigned s = 0; s < golden.n; s++) {
      if (!trial.expected[s].differs) continue;
      differ++;
      break;
    }
    if (only != NULL && wanted == NULL) break;
  }
  print_message("%llu trials, %llu with differences of values\n", (unsigned long long)trial_number, (unsigned long long)differ);
}

/* A clock of so many edges in a run of 100 ns, and a counter of them. */
static void write_cycles(const char *path, unsigned edges) {
  FILE *vcd = fopen(path, "w");
  assert_non_null(vcd);
  fprintf(vcd, "$timescale 1ns $end $scope module tb $end $var wire 1 c clk $end $var wire 8 d n[7:0] $end $upscope $end\n"
               "$enddefinitions $end\n#0 0c b0 d\n");
  for (unsigned i = 1; i <= edges; i++)
    fprintf(vcd, "#%u 1c\n#%u 0c b%u%u%u%u d\n", 10 * i - 5, 10 * i, i >> 3 & 1, i >> 2 & 1, i >> 1 & 1, i & 1);
  fprintf(vcd, "#100\n");
  fclose(vcd);
}

/* Which run ends is told by the clock, when the files end together. */
static void test_clock_ends(void **state) {
  char paths[2][FOLDER_PATH];
  (void)state;
  folder_path("golden.vcd", paths[0]);
  folder_path("new.vcd", paths[1]);
  for (int shorter = 0; shorter < 2; shorter++) {
    struct wave_rules rules;
    struct wave_error error;
    struct wave_report *report;
    write_cycles(paths[shorter], 6);
    write_cycles(paths[!shorter], 9);
    read_rules(&rules, "exclude tb.clk\ncompare tb.n : clock=tb.clk\n");
    const struct wave_options options = {.rules = &rules, .threads = 1};
    if (wave_compare(&report, paths[0], paths[1], &options, &error) != WAVE_OK) fail_msg("%s", error.text);
    assert_string_equal(report->summary, shorter == 0 ? "golden ends after 6 cycles of tb.clk, new goes on"
                                                      : "new ends after 6 cycles of tb.clk, golden goes on");
    assert_string_equal(report->groups[0].title, shorter == 0 ? "golden ends earlier" : "new ends earlier");
    wave_report_free(report);
    wave_rules_free(&rules);
  }
}

/* The files of one trial are there to be looked at. */
static int remove_unless_replayed(void **state) {
  return getenv("OIO_WAVE_TRIAL") != NULL ? 0 : remove_folder(state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_trials),
      cmocka_unit_test(test_clock_ends),
  };
  return cmocka_run_group_tests_name("test_wave_compare", tests, make_folder, remove_unless_replayed);
}
