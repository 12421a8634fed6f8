/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file may say, and what makes it unusable: small VCD texts by hand, each with the verdict that it must get. What is wrong in a file
 * is so whatever the other one holds: beside itself, with other ids, with other line ends, and in gzip.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_verdict"
#include "chance.h"
#include "wave_folder.h"

#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* @1 .. @6 are the ids of a bit, four bits, a real, an event, 80 bits and a string. */
static const char head[] = "$timescale 1ns $end\n$scope module t $end\n$var wire 1 @1 bit $end\n$var wire 4 @2 four [3:0] $end\n"
                           "$var real 64 @3 real $end\n$var event 1 @4 event $end\n$var wire 80 @5 wide [79:0] $end\n"
                           "$var string 0 @6 string $end\n$upscope $end\n$enddefinitions $end\n";

enum form { PLAIN, OTHER_IDS, OTHER_LINES, GZIP, FORMS };
static const char *const form_names[FORMS] = {"the same bytes", "other ids", "other line ends", "gzip"};

/* The text with one set of ids, lines ended one way. On the heap. */
static char *written(const char *body, enum form form) {
  static const char *const ids[2][6] = {{"!", "\"", "#r", "$e", "%", "&s"}, {"a1", "b22", "c", "d", "e", "f333"}};
  const char *const *id = ids[form == OTHER_IDS], *const parts[2] = {head, body};
  char *text = malloc(2 * (strlen(head) + strlen(body)) + 1000), *to = text;
  assert_non_null(text);
  for (int part = 0; part < 2; part++) {
    for (const char *at = parts[part]; *at != '\0'; at++) {
      if (*at == '@') {
        to = stpcpy(to, id[*++at - '1']);
      } else {
        if (*at == '\n' && form == OTHER_LINES) *to++ = '\r';
        *to++ = *at;
      }
    }
  }
  *to = '\0';
  return text;
}

static void store(const char *path, const char *body, enum form form) {
  char *text = written(body, form);
  gzFile file = gzopen(path, form == GZIP ? "wb" : "wbT");
  assert_non_null(file);
  assert_int_equal(gzwrite(file, text, (unsigned)strlen(text)), (int)strlen(text));
  assert_int_equal(gzclose(file), Z_OK);
  free(text);
}

static int status_of(const char *golden, const char *fresh, char said[static 512]) {
  struct wave_report *report;
  struct wave_error error = {.text = ""};
  const struct wave_options options = {.threads = 2, .detailed = 3};
  if (wave_compare(&report, golden, fresh, &options, &error) != WAVE_OK) {
    snprintf(said, 512, "%s", error.text);
    return 2;
  }
  int status = (int)report->verdict;
  snprintf(said, 512, "%s", report->summary);
  wave_report_free(report);
  return status;
}

static void expect(const char *golden_body, const char *fresh_body, int wanted) {
  char golden[FOLDER_PATH], fresh[FOLDER_PATH], said[512];
  store(folder_path("golden", golden), golden_body, PLAIN);
  for (int form = 0; form < FORMS; form++) {
    store(folder_path("new", fresh), fresh_body, (enum form)form);
    int there = status_of(golden, fresh, said), back = status_of(fresh, golden, said);
    if (there != wanted || back != wanted)
      fail_msg("%s against %s, %s: %d and %d, not %d: %s", golden_body, fresh_body, form_names[form], there, back, wanted, said);
  }
}

/* Behind a good first time. */
static const char *const unreadable[] = {
    "b102 @2\n",                                                                               /* no digit */
    "b10001 @2\n",                                                                             /* more digits than bits */
    "bx0001 @2\n",                                                                             /* also where the first is no one */
    "b11111 @2\n",                                                                             /* also where they look like a sign */
    "b10 @1\n",                                                                                /* a bit has one */
    "b @2\n",                                                                                  /* none */
    "b@2\n",                                                                                   /* no id */
    "b100000000000000000000000000000000000000000000000000000000000000000000000000000000 @5\n", /* 81 of 80 */
    "b0x2 @5\n",                                                                               /* no digit among many */
    "r1.5.2 @3\n",                                                                             /* no number */
    "r @3\n",                                                                                  /* none */
    "r1e @3\n",                                                                                /* half a number */
    "r1e400 @3\n",                                                                             /* beyond a double */
    "r-1e400 @3\n",                                                                            /* beyond it */
    "r1e-400 @3\n",                                                                            /* below the smallest */
    "b100000000000000000000000000000000000000000000000000001 @3\n",                            /* 54 bits: a double has 53 */
    "r1.5 @2\n",                                                                               /* a real for a vector */
    "sword @2\n",                                                                              /* a string for it */
    "pD 6 6 @2\n",                                                                             /* a port's value for it */
    "pD 6 6 @3\n",                                                                             /* for a real */
    "pD 6 6 @6\n",                                                                             /* for a string */
    "r1.5 @4\n",                                                                               /* for an event */
    "1nobody\n",                                                                               /* an id that is not declared */
    "#5\n#4\n",                                                                                /* time goes back */
    "#x\n",                                                                                    /* no time */
    "#18446744073709551616\n",                                                                 /* 2^64 */
    "#9223372036854775807\n0@1\n",                                                             /* 2^63 - 1 has no place on the axis */
    "$dumpvars\n1@1\n$end0@1\n",                                                               /* a value that sticks to a keyword */
    "$comment no end\n",                                                                       /* which swallows the rest */
    "q\n",                                                                                     /* nothing */
};

static void what_cannot_be_read_is_unusable_whatever_the_other_file_holds(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
    char *bad, *first;
    assert_true(asprintf(&bad, "#0\n0@1\nb1 @2\nr0 @3\n#3\n%s#20\n1@1\n", unreadable[i]) > 0);
    assert_true(asprintf(&first, "#0\n%s0@1\nb1 @2\nr0 @3\n#20\n1@1\n", unreadable[i]) > 0);
    expect(bad, bad, 2);
    expect(first, first, 2); /* damage within the first time is damage, too, and no difference */
    /* Behind a whole first time that says nothing, all else is a difference. */
    if (unreadable[i][0] != '#') expect(first, "#0\n0@1\nb1 @2\nr0 @3\n#20\n1@1\n", 2);
    expect(bad, "#0\n0@1\nb1 @2\nr0 @3\n#20\n1@1\n", 2);
    free(bad);
    free(first);
  }
}

/* What differs before the damage differs. */
static void a_difference_before_the_damage_counts(void **state) {
  (void)state;
  expect("#0\n0@1\n#1\n1@1\n#3\nb102 @2\n", "#0\n0@1\n#2\n1@1\n#4\n", 1);
}

static const struct {
  const char *golden, *fresh;
  int status;
} pairs[] = {
    /* Digits without bits for them that say nothing: zeros, or more of an x. */
    {"#0\nb000101 @2\n#5\n", "#0\nb101 @2\n#5\n", 0},
    {"#0\nbxxxxx1 @2\n#5\n", "#0\nbx1 @2\n#5\n", 0},
    {"#0\nb00000000000000000000000000000000000000000000000000000000000000000000000000000000001 @5\n#5\n", "#0\nb1 @5\n#5\n", 0},
    {"#0\nb000101 @2\n#5\n", "#0\nb111 @2\n#5\n", 1},
    /* An event that is among the values of a dump has not happened, unless it is 1. */
    {"#0\n$dumpvars\nx@4\n$end\n#5\n1@4\n#9\n", "#0\n#5\n1@4\n#9\n", 0},
    {"#5\n$dumpvars\n0@4\n0@1\n$end\n#9\n", "#5\n0@1\n#9\n", 0},
    {"x@4\n0@1\n#5\n1@1\n#9\n", "0@1\n#5\n1@1\n#9\n", 0},
    {"#0\n#5\n$dumpall\n1@4\n$end\n#9\n", "#0\n#5\n#9\n", 1},
    {"#0\n#5\nx@4\n#9\n", "#0\n#5\n#9\n", 1}, /* outside of a dump any value says that it happens */
    /* A time that sticks to the keyword before it swallows nothing. */
    {"$dumpvars\n0@1\n$end#1\n1@1\n#2\n0@1\n$dumpall\n0@1\n$end\n#9\n", "0@1\n#1\n1@1\n#2\n0@1\n#9\n", 0},
    {"$dumpvars\n0@1\n$end#1\n1@1\n#2\n0@1\n$dumpall\n0@1\n$end\n#9\n", "0@1\n#2\n0@1\n#9\n", 1},
    {"$comment x $end#1\n1@1\n#9\n", "#1\n1@1\n#9\n", 0},
    /* A real that is written as a word is the number, if it is one. */
    {"#0\ns3.5 @3\n#2\ns4 @3\n#5\n", "#0\nr3.5 @3\n#2\nr4 @3\n#5\n", 0},
    {"#0\ns3.5 @3\n#2\ns4 @3\n#5\n", "#0\ns3.5 @3\n#2\ns5 @3\n#5\n", 1},
    {"#0\nsIDLE @3\n#2\nsBUSY @3\n#5\n", "#0\nsIDLE @3\n#2\nsIDLE @3\n#5\n", 1},
    /* 53 bits are a double, exactly. */
    {"#0\nb10000000000000000000000000000000000000000000000000001 @3\n#5\n", "#0\nr4503599627370497 @3\n#5\n", 0},
    {"#0\nr-inf @3\n#5\n", "#0\nr-INF @3\n#5\n", 0},
    {"#0\nr4.9e-324 @3\n#5\n", "#0\nr0 @3\n#5\n", 1},
};

static void small_files_are_judged_rightly(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) expect(pairs[i].golden, pairs[i].fresh, pairs[i].status);
}

/* Whole files, by their declarations. */
static const struct {
  const char *golden, *fresh;
  int status;
} files[] = {
    /* 499,000 s are more than 2^63 fs: they are no part of the axis that both share. */
    {"$timescale 1s $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#1\n1!\n#499000\n0!\n#500000\n",
     "$timescale 1fs $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#1000000000000000\n1!\n#2000000000000000\n", 2},
    {"$timescale 1s $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#9000\n1!\n",
     "$timescale 1fs $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#9000000000000000000\n1!\n", 0},
    {"$timescale 1s $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#1\n1!\n",
     "$timescale 1fs $end\n$timezero 9223372036854775807 $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n", 2},
    /* A unit times the decimal places of the times: more than 64 bits have. */
    {"$timescale 123456789ns $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#1.000000000000001\n1!\n",
     "$timescale 123456789ns $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#1.000000000000001\n1!\n", 2},
    /* A unit that cannot be read: the other's. */
    {"$timescale 1 nq $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n",
     "$timescale 10 ps $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n", 0},
    {"$timescale 1 nq $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n",
     "$timescale 15 ps $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#8\n0!\n", 1},
    {"$timescale $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n",
     "$timescale 15 ps $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n", 0},
    {"$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9.5\n0!\n",
     "$timescale 1 ns $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9.50\n0!\n", 0},
    {"$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9.5\n0!\n",
     "$timescale 100 ps $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#95\n0!\n", 1},
    /* The same body says other things where the ids stand for other signals, or their bits for others. */
    {"$var wire 1 ! a $end\n$var wire 1 % b $end\n$enddefinitions $end\n#0\n0!\n1%\n#5\n1!\n#9\n0!\n",
     "$var wire 1 ! b $end\n$var wire 1 % a $end\n$enddefinitions $end\n#0\n0!\n1%\n#5\n1!\n#9\n0!\n", 1},
    {"$var wire 1 ! a $end\n$var wire 1 % b $end\n$enddefinitions $end\n#0\n0!\n0%\n#5\n1!\n#9\n0!\n#12\n0!\n",
     "$var wire 1 ! b $end\n$var wire 1 % a $end\n$enddefinitions $end\n#0\n0!\n0%\n#5\n1!\n#9\n0!\n#12\n0!\n0%\n", 1},
    {"$var wire 4 ! a [3:0] $end\n$enddefinitions $end\n#0\nb0 !\n#5\nb1 !\n#9\nb0 !\n",
     "$var wire 4 ! a [0:3] $end\n$enddefinitions $end\n#0\nb0 !\n#5\nb1 !\n#9\nb0 !\n", 1},
    /* Declarations that stick together. */
    {"$scope module t $end$var wire 1 ! a $end$upscope $end$enddefinitions $end#0\n1!\n#9\n0!\n",
     "$scope module t $end\n$var wire 1 ! a $end\n$upscope $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n", 0},
    /* A parameter of no bits is a real when its first value is one; else a string. */
    {"$var parameter 0 ! p $end\n$enddefinitions $end\n#0\nr2.50 !\n#9\n",
     "$var real_parameter 64 % p $end\n$enddefinitions $end\n#0\nr2.5 %\n#9\n", 0},
    {"$var parameter 0 ! p $end\n$enddefinitions $end\n#0\ns2.50 !\n#9\n", "$var string 0 % p $end\n$enddefinitions $end\n#0\ns2.5 %\n#9\n",
     1},
    /* One digit of strength is that of all bits. */
    {"$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 6 0 <1\n#2\n",
     "$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 6666 0000 <1\n#2\n", 0},
    {"$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 6 0 <1\n#2\n",
     "$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 6666 0001 <1\n#2\n", 1},
    {"$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 66 00 <1\n#2\n",
     "$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 66 00 <1\n#2\n", 2},
    {"$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 6 8 <1\n#2\n",
     "$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0000 6 8 <1\n#2\n", 2},
    {"$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0q00 6 6 <1\n#2\n",
     "$var port [0:3] <1 v $end\n$enddefinitions $end\n#0\np0q00 6 6 <1\n#2\n", 2},
};

static void store_text(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void declarations_are_judged_rightly(void **state) {
  char golden[FOLDER_PATH], fresh[FOLDER_PATH], said[512];
  (void)state;
  folder_path("golden", golden);
  folder_path("new", fresh);
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    store_text(golden, files[i].golden);
    store_text(fresh, files[i].fresh);
    int there = status_of(golden, fresh, said), back = status_of(fresh, golden, said);
    if (there != files[i].status || back != files[i].status)
      fail_msg("%s\nagainst\n%s\n%d and %d, not %d: %s", files[i].golden, files[i].fresh, there, back, files[i].status, said);
  }
}

/* Where bytes of the end are missing, the sum or the size is not there. */
static void gzip_that_is_cut_anywhere_is_unusable(void **state) {
  char golden[FOLDER_PATH], whole[FOLDER_PATH], fresh[FOLDER_PATH], said[512];
  uint8_t bytes[4000];
  (void)state;
  const char body[] = "#0\n0@1\n#5\n1@1\n#9\n0@1\n";
  store(folder_path("golden", golden), body, PLAIN);
  store(folder_path("whole", whole), body, GZIP);
  FILE *file = fopen(whole, "rb");
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  assert_true(size > 30 && size < sizeof bytes);
  for (size_t cut = 0; cut < 30; cut++) {
    file = fopen(folder_path("new", fresh), "wb");
    assert_int_equal(fwrite(bytes, 1, size - cut, file), size - cut);
    fclose(file);
    int other = status_of(golden, fresh, said), itself = status_of(fresh, fresh, said);
    if (other != (cut == 0 ? 0 : 2) || itself != other) fail_msg("%zu bytes cut: %d, and %d with itself: %s", cut, other, itself, said);
  }
}

/* Formats that are not read are named, with what to do; so is a pipe. */
static void what_is_no_waveform_is_named(void **state) {
  static const struct {
    const char *bytes;
    size_t size;
    const char *said;
  } others[] = {
      {"\xfd\x37zXZ\0\0\4", 8, "the xz data is cut"},
      {"\x28\xb5\x2f\xfd\x24\0", 6, "the zstd data is cut"},
      {"BZh91AY", 7, "bzip2 -dk"},
      {"GHDLwave\n\020\0", 11, "is GHW"},
      {"PK\3\4", 4, "neither a VCD nor an FST"},
  };
  char fresh[FOLDER_PATH], said[512];
  (void)state;
  folder_path("new", fresh);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    FILE *file = fopen(fresh, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(others[i].bytes, 1, others[i].size, file), others[i].size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(status_of(fresh, fresh, said), 2);
    if (strstr(said, others[i].said) == NULL) fail_msg("%s, not: %s", said, others[i].said);
  }
  assert_int_equal(status_of(folder, folder, said), 2);
  assert_non_null(strstr(said, "pipe"));
}

/* As many variables of one name as one likes: each is paired with one of the other file, in order, in time that follows their number. */
static void many_variables_of_one_name_are_paired_in_order(void **state) {
  enum { MANY = 30000 };
  char golden[FOLDER_PATH], fresh[FOLDER_PATH], said[512];
  (void)state;
  folder_path("golden", golden);
  folder_path("new", fresh);
  for (int turn = 0; turn < 2; turn++) {
    for (int side = 0; side < 2; side++) {
      FILE *file = fopen(side == 0 ? golden : fresh, "w");
      assert_non_null(file);
      for (int i = 0; i < MANY; i++) fprintf(file, "$var wire 1 %c%d a $end\n", side == 0 ? 'g' : 'n', i);
      fputs("$enddefinitions $end\n#0\n", file);
      for (int i = 0; i < MANY; i++)
        fprintf(file, "%d%c%d\n", i % 7 == 3 || (turn == 1 && side == 1 && i == MANY - 1), side == 0 ? 'g' : 'n', i);
      assert_int_equal(fclose(file), 0);
    }
    int status = status_of(golden, fresh, said);
    if (status != turn) fail_msg("turn %d: %d: %s", turn, status, said);
  }
}

/* Text that both files share is read as carefully as any other, wherever in it the fault is. */
static void a_fault_deep_in_equal_text_is_found(void **state) {
  enum { STEPS = 400000 }; /* some megabytes: several pieces are looked at side by side */
  static const int places[] = {1, 100000, 199999, 262144, STEPS - 1};
  char golden[FOLDER_PATH], fresh[FOLDER_PATH], said[512];
  (void)state;
  folder_path("golden", golden);
  folder_path("new", fresh);
  for (size_t i = 0; i <= sizeof places / sizeof places[0]; i++) {
    const int bad = i < sizeof places / sizeof places[0] ? places[i] : -1;
    for (int side = 0; side < 2; side++) {
      FILE *file = fopen(side == 0 ? golden : fresh, "w");
      assert_non_null(file);
      fputs("$var wire 1 ! a $end\n$var wire 4 \" b $end\n$enddefinitions $end\n", file);
      for (int t = 0; t < STEPS; t++) {
        fprintf(file, "#%d\n%d!\nb%d%d \"\n", t, t & 1, t >> 1 & 1, t >> 2 & 1);
        if (t == bad) fputs(i % 2 == 0 ? "b10001 \"\n" : "b12 \"\n", file);
      }
      assert_int_equal(fclose(file), 0);
    }
    int status = status_of(golden, fresh, said);
    if (status != (bad < 0 ? 0 : 2)) fail_msg("a fault at time %d: %d: %s", bad, status, said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_cannot_be_read_is_unusable_whatever_the_other_file_holds),
      cmocka_unit_test(a_difference_before_the_damage_counts),
      cmocka_unit_test(small_files_are_judged_rightly),
      cmocka_unit_test(declarations_are_judged_rightly),
      cmocka_unit_test(gzip_that_is_cut_anywhere_is_unusable),
      cmocka_unit_test(what_is_no_waveform_is_named),
      cmocka_unit_test(many_variables_of_one_name_are_paired_in_order),
      cmocka_unit_test(a_fault_deep_in_equal_text_is_found),
  };
  return cmocka_run_group_tests_name("test_wave_verdict", tests, make_folder, remove_folder);
}
