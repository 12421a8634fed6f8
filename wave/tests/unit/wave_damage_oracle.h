/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether two files hold the same, as slow readers have it: of VCD what each variable holds at the end of each tick, as text; FST by the
 * reader that comes with Verilator. Include after chance.h, with _GNU_SOURCE.
 */
#ifndef OIO_TESTS_WAVE_DAMAGE_ORACLE_H
#define OIO_TESTS_WAVE_DAMAGE_ORACLE_H

#include "source.h"
#ifdef OIO_FSTAPI
#include "wave_fst_advice.h"
#include "wave_fst_oracle.h"
#endif

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct bytes {
  uint8_t *at;
  size_t size;
};

struct plain_var {
  char *path, *id;
  char kind;
  unsigned width;
  char *now, *told;
};
struct plain {
  struct plain_var *vars;
  size_t n;
  char *out; /* one line a change, by time and declaration */
  size_t used, room;
};

static inline void say(struct plain *plain, const char *a, const char *b, const char *c) {
  size_t more = strlen(a) + strlen(b) + strlen(c) + 4;
  if (plain->used + more > plain->room) plain->out = realloc(plain->out, plain->room = 2 * (plain->used + more));
  plain->used += (size_t)sprintf(plain->out + plain->used, "%s %s %s\n", a, b, c);
}

static inline int by_path(const void *a, const void *b) {
  return strcmp(((const struct plain_var *)a)->path, ((const struct plain_var *)b)->path);
}

static inline void end_tick(struct plain *plain, const char *time) {
  for (size_t i = 0; i < plain->n; i++) {
    struct plain_var *var = &plain->vars[i];
    if (var->now == NULL || (var->kind != 'e' && var->told != NULL && strcmp(var->now, var->told) == 0)) continue;
    say(plain, time, var->path, var->now);
    free(var->told);
    var->told = var->now;
    var->now = var->kind == 'e' ? NULL : strdup(var->told);
  }
}

static inline char *plain_value(const struct plain_var *var, char letter, const char *text) {
  char *value = calloc(1, var->width + strlen(text) + 40);
  if (var->kind == 'r') {
    sprintf(value, "%a", strtod(text, NULL));
  } else if (var->kind == 's' || var->kind == 'p') {
    sprintf(value, "%c%s", letter, text);
  } else {
    size_t length = strlen(text), width = var->width;
    for (size_t i = 0; i < width; i++) {
      int c = i < length ? tolower((unsigned char)text[length - 1 - i]) : tolower((unsigned char)text[0]);
      value[width - 1 - i] = (char)(i >= length && c == '1' ? '0' : c);
    }
  }
  return value;
}

/* The whole reading on the heap. */
static inline char *read_plainly(struct bytes bytes) {
  struct plain plain = {0};
  char *text = malloc(bytes.size + 1), *rest = text, scope[4000] = "", time[40] = "start", unit[40] = "";
  memcpy(text, bytes.at, bytes.size);
  for (size_t i = 0; i < bytes.size; i++) text[i] = (unsigned char)text[i] <= ' ' ? ' ' : text[i];
  text[bytes.size] = '\0';
  bool body = false;
  for (char *word; (word = strtok_r(rest == text ? text : NULL, " \t\r\n", &rest)) != NULL;) {
    char *words[12];
    size_t n = 0;
    if (word[0] == '$' && !(body && strncmp(word, "$dump", 5) == 0) && strcmp(word, "$end") != 0) {
      for (char *next; (next = strtok_r(NULL, " \t\r\n", &rest)) != NULL && strcmp(next, "$end") != 0;) {
        if (n < 12) words[n++] = next;
      }
      if (strcmp(word, "$scope") == 0 && n >= 2 && strlen(scope) < 3000) sprintf(scope + strlen(scope), "%.500s.", words[1]);
      if (strcmp(word, "$upscope") == 0 && scope[0] != '\0') {
        scope[strlen(scope) - 1] = '\0';
        char *dot = strrchr(scope, '.');
        *(dot == NULL ? scope : dot + 1) = '\0';
      }
      if (strcmp(word, "$timescale") == 0) snprintf(unit, sizeof unit, "%.15s%.15s", n > 0 ? words[0] : "", n > 1 ? words[1] : "");
      if (strcmp(word, "$enddefinitions") == 0) {
        body = true;
        say(&plain, "unit", unit, "");
        if (plain.n > 0) qsort(plain.vars, plain.n, sizeof *plain.vars, by_path);
      }
      if (strcmp(word, "$var") != 0 || n < 4) continue;
      plain.vars = realloc(plain.vars, (plain.n + 1) * sizeof *plain.vars);
      struct plain_var *var = &plain.vars[plain.n++];
      *var = (struct plain_var){.id = strdup(words[2]), .width = (unsigned)strtoul(words[1], NULL, 10) % 5000, .kind = 'b'};
      if (strncmp(words[0], "real", 4) == 0) var->kind = 'r';
      if (strcmp(words[0], "string") == 0) var->kind = 's';
      if (strcmp(words[0], "event") == 0) var->kind = 'e';
      if (strcmp(words[0], "port") == 0) var->kind = 'p';
      assert_true(asprintf(&var->path, "%s%s%s/%c%u", scope, words[3], n > 4 ? words[4] : "", var->kind, var->width) > 0);
    } else if (word[0] == '#') {
      char next[40];
      snprintf(next, sizeof next, "%llu", strtoull(word + 1, NULL, 10));
      if (strcmp(next, time) != 0) end_tick(&plain, time);
      strcpy(time, next);
    } else if (word[0] != '$') {
      char letter = (char)tolower((unsigned char)word[0]), *value = word + 1, *id, joined[200];
      if (letter == 'b' || letter == 'r' || letter == 's') {
        id = strtok_r(NULL, " \t\r\n", &rest);
      } else if (letter == 'p') {
        char *zero = strtok_r(NULL, " \t\r\n", &rest), *one = strtok_r(NULL, " \t\r\n", &rest);
        snprintf(joined, sizeof joined, "%.60s %.60s %.60s", value, zero == NULL ? "" : zero, one == NULL ? "" : one);
        value = joined;
        id = strtok_r(NULL, " \t\r\n", &rest);
      } else {
        id = word + 1;
        joined[0] = word[0];
        joined[1] = '\0';
        value = joined;
      }
      for (size_t i = 0; id != NULL && i < plain.n; i++) {
        if (strcmp(plain.vars[i].id, id) != 0) continue;
        free(plain.vars[i].now);
        plain.vars[i].now = plain_value(&plain.vars[i], letter, value);
      }
    }
  }
  end_tick(&plain, time);
  for (size_t i = 0; i < plain.n; i++) {
    say(&plain, "declared", plain.vars[i].path, "");
    free(plain.vars[i].path);
    free(plain.vars[i].id);
    free(plain.vars[i].now);
    free(plain.vars[i].told);
  }
  free(plain.vars);
  free(text);
  return plain.out == NULL ? strdup("") : plain.out;
}

static inline bool same_plainly(struct bytes a, struct bytes b) {
  char *one = read_plainly(a), *other = read_plainly(b);
  /* A file that does not say its unit takes the other's. */
  char *rest[2] = {one, other};
  if (strncmp(one, "unit  ", 6) == 0 || strncmp(other, "unit  ", 6) == 0) {
    for (int i = 0; i < 2; i++) rest[i] = strchr(rest[i], '\n') == NULL ? rest[i] : strchr(rest[i], '\n');
  }
  bool same = strcmp(rest[0], rest[1]) == 0;
  free(one);
  free(other);
  return same;
}

#ifdef OIO_FSTAPI
/* Whether the other reader, which may crash, reads the same from both files: names, widths, units and every value. */
static inline bool same_by_fstapi(const char *golden, const char *fresh) {
  int status;
  pid_t child = fork();
  if (child == 0) {
    struct fst_histories all[2] = {{0}};
    uint64_t hash[2] = {0};
    const char *paths[2] = {golden, fresh};
    signal(SIGSEGV, SIG_DFL);
    signal(SIGABRT, SIG_DFL);
    alarm(20);
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 2);
    for (int side = 0; side < 2; side++) {
      struct wave_source *source;
      struct wave_error error;
      void *reader = fstReaderOpen(paths[side]);
      if (reader == NULL || wave_open(&source, paths[side], &error) != WAVE_OK) _exit(3);
      char path[4000] = "";
      for (struct fstHier *entry; (entry = fstReaderIterateHier(reader)) != NULL;) {
        if (entry->htyp == FST_HT_SCOPE && strlen(path) < 3000) sprintf(path + strlen(path), ".%.500s", entry->u.scope.name);
        if (entry->htyp == FST_HT_UPSCOPE && strrchr(path, '.') != NULL) *strrchr(path, '.') = '\0';
        if (entry->htyp == FST_HT_VAR)
          hash[side] += fst_hash(path, strlen(path)) * 31 +
                        fst_hash(entry->u.var.name, strlen(entry->u.var.name)) * 7 * entry->u.var.handle + entry->u.var.length;
      }
      hash[side] += (uint64_t)(uint8_t)fstReaderGetTimescale(reader) + (uint64_t)fstReaderGetTimezero(reader) * 1000;
      fstReaderClose(reader);
      if (!fst_histories_by_fstapi(paths[side], &source->decl, &all[side])) _exit(3);
    }
    bool same = hash[0] == hash[1] && all[0].n == all[1].n;
    for (uint32_t i = 0; same && i < all[0].n; i++)
      same = all[0].handles[i].hash == all[1].handles[i].hash && all[0].handles[i].count == all[1].handles[i].count;
    _exit(same ? 0 : 4);
  }
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
#endif

#endif
