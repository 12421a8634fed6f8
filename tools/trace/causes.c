/* SPDX-License-Identifier: Apache-2.0 */
#include "causes.h"

/* A message before the one that is looked at, and what there is of delays at least between both deliveries. */
struct step {
  oio_time_ps path_ps;
  uint32_t message, depth;
};

struct search {
  struct cause *list;
  size_t count;
  const struct message_wait *waits;
  const uint32_t *first_wait;
  struct step open[CAUSES_STEPS];
  size_t found, steps; /* steps: waits looked at, behind all messages */
};

/* The place of a message in the list; count: it is not there. */
static size_t place_of(const struct search *search, uint32_t message) {
  size_t low = 0, high = search->count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (search->list[middle].message < message)
      low = middle + 1;
    else
      high = middle;
  }
  return low < search->count && search->list[low].message == message ? low : search->count;
}

/* Each message before list[from], nearest first: if it is in the list, and after its delay list[from] still is not there, that suffices. */
static void walk_back(struct search *search, size_t from, bool *taken_out) {
  const uint32_t oldest = search->list[0].message;
  size_t next = 0;
  search->found = 1;
  search->open[0] = (struct step){.message = search->list[from].message, .path_ps = search->list[from].delay_ps};
  for (; next < search->found && search->steps < CAUSES_STEPS; next++) {
    const struct step step = search->open[next];
    for (uint32_t i = search->first_wait[step.message]; i < search->first_wait[step.message + 1]; i++) {
      const struct message_wait *wait = &search->waits[i];
      const oio_time_ps path_ps = step.path_ps + wait->delay_ps;
      search->steps++;
      if (wait->wait < oldest) continue;
      const size_t place = place_of(search, wait->wait);
      if (place < search->count && search->list[place].delay_ps <= path_ps) taken_out[place] = true;
      if (step.depth + 1 < CAUSES_DEPTH && search->found < CAUSES_STEPS)
        search->open[search->found++] = (struct step){.message = wait->wait, .path_ps = path_ps, .depth = step.depth + 1};
    }
  }
}

size_t causes_reduce(struct cause *list, size_t count, const struct messages *messages, const struct spill *first_wait) {
  enum { MOST = 256 };
  bool taken_out[MOST] = {false};
  struct search search = {.list = list, .count = count, .waits = messages->held_waits.list, .first_wait = first_wait->list, .found = 0};
  size_t kept = 0;
  if (count < 2 || count > MOST) return count;
  for (size_t from = count; from-- > 1;)
    if (!taken_out[from]) walk_back(&search, from, taken_out);
  for (size_t i = 0; i < count; i++)
    if (!taken_out[i]) list[kept++] = list[i];
  return kept;
}
