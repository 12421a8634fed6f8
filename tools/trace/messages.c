/* SPDX-License-Identifier: Apache-2.0 */
#include "messages.h"

#include "interrupt.h"
#include "progress.h"

#include <stdlib.h>

enum { ROOM_FIRST = 4096, LOOK_AROUND = 4096 };

/* Room for one more of `size` bytes. */
static void *grown(void *list, size_t count, size_t *room, size_t size) {
  if (count < *room) return list;
  const size_t wanted = *room == 0 ? ROOM_FIRST : 2 * *room;
  void *larger = realloc(list, wanted * size);
  if (larger != NULL) *room = wanted;
  return larger;
}

static enum oio_status too_many(size_t count, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "the capture does not fit the memory after %zu messages; import it in parts", count);
}

enum oio_status messages_add(struct messages *messages, const struct message *message, struct oio_error *error) {
  struct message *list = messages->count < MESSAGES_MAX ? grown(messages->list, messages->count, &messages->room, sizeof *list) : NULL;
  if (list == NULL) return too_many(messages->count, error);
  messages->list = list;
  list[messages->count] = *message;
  list[messages->count].order = (uint32_t)messages->count;
  messages->count++;
  return OIO_OK;
}

enum oio_status messages_add_wait(struct messages *messages, uint32_t message, uint32_t wait, struct oio_error *error) {
  struct message_wait *waits = grown(messages->waits, messages->waits_count, &messages->waits_room, sizeof *waits);
  if (waits == NULL) return too_many(messages->count, error);
  messages->waits = waits;
  waits[messages->waits_count++] = (struct message_wait){.message = message, .wait = wait};
  return OIO_OK;
}

static int by_time(const void *left, const void *right) {
  const struct message *a = left, *b = right;
  if (a->time_ps != b->time_ps) return a->time_ps < b->time_ps ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

static int by_message(const void *left, const void *right) {
  const struct message_wait *a = left, *b = right;
  if (a->message != b->message) return a->message < b->message ? -1 : 1;
  return a->wait < b->wait ? -1 : a->wait > b->wait;
}

/* Afterwards waits hold ids, and so are sorted too. */
static enum oio_status number(struct messages *messages, const char *name, struct oio_error *error) {
  if (messages->count > 0) qsort(messages->list, messages->count, sizeof *messages->list, by_time);
  uint32_t *id_of = malloc((messages->count + 1) * sizeof *id_of);
  if (id_of == NULL) return too_many(messages->count, error);
  for (size_t id = 0; id < messages->count; id++) id_of[messages->list[id].order] = (uint32_t)id;
  for (size_t i = 0; i < messages->waits_count; i++) {
    struct message_wait *wait = &messages->waits[i];
    const struct message_wait ids = {.message = id_of[wait->message], .wait = id_of[wait->wait]};
    if (ids.wait >= ids.message) {
      const unsigned long later = (unsigned long)wait->message + 1, cause = (unsigned long)wait->wait + 1;
      free(id_of);
      return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: record %lu waits for record %lu, which is not before it; correct the capture",
                           name, later, cause);
    }
    *wait = ids;
  }
  free(id_of);
  if (messages->waits_count > 0) qsort(messages->waits, messages->waits_count, sizeof *messages->waits, by_message);
  return OIO_OK;
}

/* The waits of message `id`, each once, from *at on; -1 when they are more than a trace can hold. */
static int gather(const struct messages *messages, uint32_t id, size_t *at, uint64_t *waits) {
  int count = 0;
  for (; *at < messages->waits_count && messages->waits[*at].message == id; ++*at) {
    const uint32_t wait = messages->waits[*at].wait;
    if (count > 0 && waits[count - 1] == wait) continue;
    if (count == OIO_TRACE_WAITS_MAX) return -1;
    waits[count++] = wait;
  }
  return count;
}

/* What the source did between the last of the deliveries and its message. */
static oio_time_ps thought_ps(struct messages *messages, const struct message *message, const uint64_t *waits, int count) {
  oio_time_ps delivered_ps = 0;
  for (int i = 0; i < count; i++) {
    const oio_time_ps at_ps = messages->list[waits[i]].time_ps + messages->delivery_ps;
    if (at_ps > delivered_ps) delivered_ps = at_ps;
  }
  messages->too_short += delivered_ps > message->time_ps;
  return delivered_ps < message->time_ps ? message->time_ps - delivered_ps : 0;
}

static enum oio_status write_all(struct messages *messages, struct oio_trace_writer *writer, const char *name, struct oio_error *error) {
  static uint64_t waits[OIO_TRACE_WAITS_MAX];
  static oio_time_ps delays_ps[OIO_TRACE_WAITS_MAX];
  oio_time_ps free_ps = 0; /* of the last that waits for nothing */
  struct progress progress;
  enum oio_status status = OIO_OK;
  size_t at = 0;
  progress_start(&progress, "writing");
  for (size_t id = 0; id < messages->count && status == OIO_OK; id++) {
    const struct message *message = &messages->list[id];
    const int waits_count = gather(messages, (uint32_t)id, &at, waits);
    if (waits_count < 0) {
      status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: record %lu waits for more than %d others; a trace cannot hold that", name,
                             (unsigned long)message->order + 1, OIO_TRACE_WAITS_MAX);
      break;
    }
    struct oio_record record = {.time_ps = message->time_ps,
                                .id = id,
                                .bytes = message->bytes,
                                .source = message->source,
                                .destination = message->destination,
                                .vc = message->vc,
                                .waits = waits,
                                .waits_count = (uint32_t)waits_count};
    if (messages->knows_delivery && waits_count > 0) {
      const oio_time_ps delay_ps = thought_ps(messages, message, waits, waits_count);
      for (int i = 0; i < waits_count; i++) delays_ps[i] = delay_ps;
      record.delays_ps = delays_ps;
    }
    if (waits_count == 0) free_ps = message->time_ps;
    if (messages->delivery_ps > 0) record.time_ps = free_ps;
    status = oio_trace_put(writer, &record, error);
    if (id % LOOK_AROUND == 0) {
      if (interrupt_requested()) break;
      progress_update(&progress, (double)id / (double)messages->count);
    }
  }
  progress_end(&progress);
  return status;
}

enum oio_status messages_write(struct messages *messages, struct oio_trace_writer *writer, const char *name, struct oio_error *error) {
  const enum oio_status status = number(messages, name, error);
  return status == OIO_OK ? write_all(messages, writer, name, error) : status;
}

void messages_free(struct messages *messages) {
  free(messages->list);
  free(messages->waits);
}
