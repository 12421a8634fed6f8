/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "spill.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM_FIRST = 256, RUN = 65536, GROW_BYTES_MAX = 1 << 20, LOOK_AROUND = 256 };

static struct spill *in_files;
static uint64_t resident_bytes_max = (uint64_t)32 << 20;

static size_t bytes_of(size_t count, size_t size) {
  const size_t page = 65536;
  return (count * size + page - 1) / page * page;
}

/* An open file without a name; -1: there is no place for one. */
static int nameless(void) {
  char path[4096];
  const char *folder = getenv("TMPDIR");
  if (folder == NULL || *folder == '\0') folder = "/tmp";
  const int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  if (snprintf(path, sizeof path, "%s/oio-trace-XXXXXX", folder) >= (int)sizeof path) return -1;
  const int named = mkostemp(path, O_CLOEXEC);
  if (named >= 0) unlink(path);
  return named;
}

static bool to_file(struct spill *spill, size_t room) {
  const size_t bytes = bytes_of(room, spill->size);
  const int file = nameless();
  if (file < 0) return false;
  void *list = posix_fallocate(file, 0, (off_t)bytes) == 0 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  if (list == MAP_FAILED) {
    close(file);
    return false;
  }
  if (spill->count > 0) memcpy(list, spill->list, spill->count * spill->size);
  free(spill->list);
  close(file);
  spill->list = list;
  spill->room = room;
  spill->in_file = true;
  spill->next = in_files;
  in_files = spill;
  return true;
}

/* The file has lost its descriptor; a longer one takes its place. */
static bool longer_file(struct spill *spill, size_t room) {
  struct spill larger = {.size = spill->size};
  if (!to_file(&larger, room)) return false;
  for (size_t at = 0, whole = spill->count * spill->size; at < whole; at += GROW_BYTES_MAX) {
    const size_t piece = whole - at < GROW_BYTES_MAX ? whole - at : GROW_BYTES_MAX;
    memcpy((char *)larger.list + at, (char *)spill->list + at, piece);
    spill_trim();
  }
  in_files = larger.next;
  munmap(spill->list, bytes_of(spill->room, spill->size));
  spill->list = larger.list;
  return true;
}

static bool reserve(struct spill *spill, size_t room) {
  if (room <= spill->room) return true;
  if (room > SIZE_MAX / 4 / spill->size) return false;
  bool good;
  if (spill->in_file) {
    good = longer_file(spill, room);
  } else if (room * spill->size > SPILL_FROM_BYTES) {
    good = to_file(spill, room);
  } else {
    void *larger = realloc(spill->list, room * spill->size);
    if (larger != NULL) spill->list = larger;
    good = larger != NULL;
  }
  if (good) spill->room = room;
  return good;
}

void *spill_push(struct spill *spill) {
  if (spill->count == spill->room && !reserve(spill, spill->room == 0 ? ROOM_FIRST : 2 * spill->room)) return NULL;
  if (spill->count % (LOOK_AROUND * 16) == 0) spill_trim();
  void *element = (char *)spill->list + spill->count++ * spill->size;
  return memset(element, 0, spill->size);
}

bool spill_resize(struct spill *spill, size_t count) {
  if (!reserve(spill, count)) return false;
  if (count > spill->count && !spill->in_file)
    memset((char *)spill->list + spill->count * spill->size, 0, (count - spill->count) * spill->size);
  spill->count = count;
  return true;
}

static uint64_t resident_bytes(void) {
  unsigned long long pages = 0;
  char text[128];
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  const ssize_t got = file >= 0 ? read(file, text, sizeof text - 1) : -1;
  if (file >= 0) close(file);
  if (got <= 0) return UINT64_MAX;
  text[got] = '\0';
  sscanf(text, "%*u %llu", &pages);
  return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* What a page of a file's mapping holds is in the file: dropping it loses nothing. */
void spill_trim(void) {
  if (in_files == NULL || resident_bytes() < resident_bytes_max) return;
  for (struct spill *at = in_files; at != NULL; at = at->next) madvise(at->list, bytes_of(at->room, at->size), MADV_DONTNEED);
}

static bool is_sorted(const struct spill *spill, int (*compare)(const void *left, const void *right)) {
  const char *list = spill->list;
  for (size_t i = 1; i < spill->count; i++) {
    if (i % (LOOK_AROUND * 16) == 0) spill_trim();
    if (compare(list + (i - 1) * spill->size, list + i * spill->size) > 0) return false;
  }
  return true;
}

/* Two sorted runs of `from`, one behind the other, as one of `to`. */
static void merge(const struct spill *from, const struct spill *to, size_t begin, size_t middle, size_t end,
                  int (*compare)(const void *left, const void *right)) {
  const size_t size = from->size;
  const char *list = from->list;
  char *out = (char *)to->list + begin * size;
  for (size_t left = begin, right = middle, i = begin; i < end; i++, out += size) {
    const bool take_left = right == end || (left < middle && compare(list + left * size, list + right * size) <= 0);
    memcpy(out, list + (take_left ? left++ : right++) * size, size);
    if (i % (LOOK_AROUND * 16) == 0) spill_trim();
  }
}

bool spill_sort(struct spill *spill, int (*compare)(const void *left, const void *right)) {
  struct spill other = {.size = spill->size};
  if (spill->count < 2 || is_sorted(spill, compare)) return true;
  for (size_t at = 0; at < spill->count; at += RUN) {
    qsort((char *)spill->list + at * spill->size, spill->count - at < RUN ? spill->count - at : RUN, spill->size, compare);
    spill_trim();
  }
  if (spill->count <= RUN) return true;
  if (!spill_resize(&other, spill->count)) return false;
  struct spill *from = spill, *to = &other;
  for (size_t width = RUN; width < spill->count; width *= 2) {
    for (size_t begin = 0; begin < spill->count; begin += 2 * width) {
      const size_t middle = spill->count - begin < width ? spill->count : begin + width;
      const size_t end = spill->count - begin < 2 * width ? spill->count : begin + 2 * width;
      merge(from, to, begin, middle, end, compare);
    }
    struct spill *swapped = from;
    from = to;
    to = swapped;
  }
  for (size_t at = 0; from == &other && at < spill->count; at += RUN) {
    const size_t count = spill->count - at < RUN ? spill->count - at : RUN;
    memcpy((char *)spill->list + at * spill->size, (char *)other.list + at * spill->size, count * spill->size);
    spill_trim();
  }
  spill_free(&other);
  return true;
}

void spill_allow(uint64_t bytes) {
  resident_bytes_max = bytes;
}

void spill_free(struct spill *spill) {
  if (spill->in_file) {
    struct spill **at = &in_files;
    while (*at != spill) at = &(*at)->next;
    *at = spill->next;
    munmap(spill->list, bytes_of(spill->room, spill->size));
  } else {
    free(spill->list);
  }
  *spill = (struct spill){.size = spill->size};
}
