/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching with two places to come back to: the last `*` and the last `**`. That is enough. What stands between two `**` may end as early
 * as it can, since the second takes up anything; and between two `*` the leftmost place is as good as any, because a later place can be
 * reached only over characters that are no dots. So no star before the last one of its kind is ever tried again, and the time is at most
 * the square of the length of the path, times that of the glob.
 */
#include "glob.h"
#include "rules.h"

#include <string.h>

/* A star to come back to. */
struct retry {
  const char *glob; /* after the star; NULL: none */
  const char *path; /* where it ends now */
  size_t number;
};

struct walk {
  const char *glob, *path;
  size_t number; /* of the next wildcard */
  struct retry star, any;
};

size_t wave_wildcard_length(const char *glob) {
  if (*glob == '?') return 1;
  return strspn(glob, "*");
}

size_t wave_wildcards(const char *glob, char kinds[static WAVE_WILDCARDS_MAX]) {
  size_t count = 0;
  while (*glob != '\0') {
    const size_t length = wave_wildcard_length(glob);
    if (length > 0 && count < WAVE_WILDCARDS_MAX) kinds[count] = length > 1 ? 'A' : *glob;
    count += length > 0;
    glob += length > 0 ? length : 1;
  }
  return count;
}

static void capture(struct wave_capture *captures, size_t number, size_t begin, size_t end) {
  if (captures != NULL && number < WAVE_WILDCARDS_MAX) captures[number] = (struct wave_capture){begin, end};
}

/* Takes one element of the glob; false when it does not fit here. */
static bool take(struct walk *walk, const char *start, struct wave_capture *captures) {
  const size_t length = wave_wildcard_length(walk->glob), at = (size_t)(walk->path - start);
  if (*walk->glob == '*') {
    struct retry *retry = length > 1 ? &walk->any : &walk->star;
    if (length > 1) walk->star.glob = NULL;
    *retry = (struct retry){walk->glob + length, walk->path, walk->number};
    capture(captures, walk->number++, at, at);
    walk->glob += length;
    return true;
  }
  if (*walk->path == '\0') return *walk->glob == '\0';
  if (length == 1) {
    if (*walk->path == '.') return false;
    capture(captures, walk->number++, at, at + 1);
  } else if (*walk->glob != *walk->path) {
    return false;
  }
  walk->glob++;
  walk->path++;
  return true;
}

/* Lets the star that can still grow take one more character; false when there is none. */
static bool grow(struct walk *walk, const char *start, struct wave_capture *captures) {
  struct retry *retry = &walk->star;
  if (retry->glob == NULL || *retry->path == '\0' || *retry->path == '.') retry = &walk->any;
  if (retry->glob == NULL || *retry->path == '\0') return false;
  retry->path++;
  if (captures != NULL && retry->number < WAVE_WILDCARDS_MAX) captures[retry->number].end = (size_t)(retry->path - start);
  walk->glob = retry->glob;
  walk->path = retry->path;
  walk->number = retry->number + 1;
  return true;
}

bool wave_glob_captures(const char *glob, const char *path, struct wave_capture *captures) {
  struct walk walk = {.glob = glob, .path = path};
  while (*walk.glob != '\0' || *walk.path != '\0') {
    if (take(&walk, path, captures)) continue;
    if (!grow(&walk, path, captures)) return false;
  }
  return true;
}

bool wave_glob(const char *glob, const char *path) {
  return wave_glob_captures(glob, path, NULL);
}

struct wave_shape wave_glob_shape(const char *glob) {
  struct wave_shape shape = {.prefix = strcspn(glob, "*?"), .length = strlen(glob)};
  while (shape.suffix < shape.length - shape.prefix && strchr("*?", glob[shape.length - shape.suffix - 1]) == NULL) shape.suffix++;
  const size_t middle = shape.length - shape.prefix - shape.suffix;
  shape.any = middle > 1 && strspn(glob + shape.prefix, "*") == middle;
  return shape;
}

bool wave_glob_fits(const char *glob, const struct wave_shape *shape, const char *path, size_t length) {
  if (length < shape->prefix + shape->suffix) return false;
  /* Neighbours differ near the end of what they share. */
  if (shape->prefix > 0 && glob[shape->prefix - 1] != path[shape->prefix - 1]) return false;
  if (shape->suffix > 0 && glob[shape->length - 1] != path[length - 1]) return false;
  if (memcmp(glob, path, shape->prefix) != 0) return false;
  if (memcmp(glob + shape->length - shape->suffix, path + length - shape->suffix, shape->suffix) != 0) return false;
  if (shape->any) return true;
  if (shape->prefix == shape->length) return length == shape->length;
  return wave_glob(glob + shape->prefix, path + shape->prefix);
}
