/* SPDX-License-Identifier: Apache-2.0 */
#include "messages.h"

#include "interrupt.h"
#include "progress.h"

enum { LOOK_AROUND = 4096, TRIM_EVERY = 256 };

static enum oio_status too_many(size_t count, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM,
                       "the capture does not fit the memory and the temporary folder after %zu messages; import it in parts", count);
}

enum oio_status messages_add(struct messages *messages, const struct message *message, struct oio_error *error) {
  messages->held.size = sizeof *message;
  if (messages->limit > 0 && messages->count >= messages->limit)
    return oio_error_set(error, OIO_ERR_FORMAT, "the capture: it becomes more than %zu records; import a part of it, or raise --limit",
                         messages->limit);
  struct message *added = messages->count < MESSAGES_MAX ? spill_push(&messages->held) : NULL;
  if (added == NULL) return too_many(messages->count, error);
  *added = *message;
  added->order = (uint32_t)messages->count;
  messages->list = messages->held.list;
  messages->count++;
  return OIO_OK;
}

enum oio_status messages_add_delay(struct messages *messages, uint32_t message, uint32_t wait, oio_time_ps delay_ps,
                                   struct oio_error *error) {
  messages->held_waits.size = sizeof(struct message_wait);
  struct message_wait *added = spill_push(&messages->held_waits);
  if (added == NULL) return too_many(messages->count, error);
  *added = (struct message_wait){.message = message, .wait = wait, .delay_ps = delay_ps};
  messages->waits_count++;
  messages->has_delays |= delay_ps > 0;
  return OIO_OK;
}

enum oio_status messages_add_wait(struct messages *messages, uint32_t message, uint32_t wait, struct oio_error *error) {
  return messages_add_delay(messages, message, wait, 0, error);
}

static int by_time(const void *left, const void *right) {
  const struct message *a = left, *b = right;
  if (a->time_ps != b->time_ps) return a->time_ps < b->time_ps ? -1 : 1;
  return a->order < b->order ? -1 : a->order > b->order;
}

static int by_message(const void *left, const void *right) {
  const struct message_wait *a = left, *b = right;
  if (a->message != b->message) return a->message < b->message ? -1 : 1;
  if (a->wait != b->wait) return a->wait < b->wait ? -1 : 1;
  return a->delay_ps < b->delay_ps ? -1 : a->delay_ps > b->delay_ps;
}

/* Afterwards waits hold ids, and so are sorted too. */
static enum oio_status number(struct messages *messages, const char *name, struct oio_error *error) {
  struct spill id_of = {.size = sizeof(uint32_t)};
  enum oio_status status = OIO_OK;
  if (!spill_sort(&messages->held, by_time) || !spill_resize(&id_of, messages->count + 1)) {
    spill_free(&id_of);
    return too_many(messages->count, error);
  }
  uint32_t *ids = id_of.list;
  messages->list = messages->held.list;
  for (size_t id = 0; id < messages->count; id++) {
    ids[messages->list[id].order] = (uint32_t)id;
    if (id % TRIM_EVERY == 0) spill_trim();
  }
  struct message_wait *waits = messages->held_waits.list;
  for (size_t i = 0; i < messages->waits_count && status == OIO_OK; i++) {
    struct message_wait *wait = &waits[i];
    const struct message_wait found = {.message = ids[wait->message], .wait = ids[wait->wait], .delay_ps = wait->delay_ps};
    if (found.wait >= found.message)
      status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: record %lu waits for record %lu, which is not before it; correct the capture",
                             name, (unsigned long)wait->message + 1, (unsigned long)wait->wait + 1);
    *wait = found;
    if (i % TRIM_EVERY == 0) spill_trim();
  }
  spill_free(&id_of);
  if (status == OIO_OK && !spill_sort(&messages->held_waits, by_message)) return too_many(messages->count, error);
  return status;
}

/* The waits of message `id`, each once with the longest of its delays, from *at on; -1 when they are more than a trace can hold. */
static int gather(const struct messages *messages, uint32_t id, size_t *at, uint64_t *waits, oio_time_ps *delays_ps) {
  const struct message_wait *list = messages->held_waits.list;
  int count = 0;
  for (; *at < messages->waits_count && list[*at].message == id; ++*at) {
    const bool again = count > 0 && waits[count - 1] == list[*at].wait;
    if (!again && count == OIO_TRACE_WAITS_MAX) return -1;
    count += !again;
    waits[count - 1] = list[*at].wait;
    delays_ps[count - 1] = list[*at].delay_ps;
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
    const int waits_count = gather(messages, (uint32_t)id, &at, waits, delays_ps);
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
    if (messages->has_delays) record.delays_ps = delays_ps;
    if (messages->knows_delivery && waits_count > 0) {
      const oio_time_ps delay_ps = thought_ps(messages, message, waits, waits_count);
      for (int i = 0; i < waits_count; i++) delays_ps[i] = delay_ps;
      record.delays_ps = delays_ps;
    }
    if (waits_count == 0) free_ps = message->time_ps;
    if (messages->delivery_ps > 0) record.time_ps = free_ps;
    status = oio_trace_put(writer, &record, error);
    if (id % TRIM_EVERY == 0) spill_trim();
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
  spill_free(&messages->held);
  spill_free(&messages->held_waits);
}
