/* SPDX-License-Identifier: Apache-2.0 */
/* Cooks text into a block: the quick path as far as it goes, then the careful one takes a token, with every check. */
#include "vcd_cook.h"
#include "vcd_chain.h"

/* The file's whole part ends here; the tick that is not whole goes. */
static enum vcd_step stop(struct vcd *vcd, const uint8_t *place, const char *what, bool tick_is_whole) {
  const struct vcd_text *text = &vcd->text;
  uint64_t line = text->lines + 1, byte = text->offset + (uint64_t)(place - text->begin);
  for (const uint8_t *at = text->begin; (at = memchr(at, '\n', (size_t)(place - at))) != NULL; at++) line++;
  vcd->source.partial = true;
  vcd->ended = true;
  wave_fail(&vcd->source.why, "%s: line %llu, byte %llu: %s; what follows is not used", vcd->source.name, (unsigned long long)line,
            (unsigned long long)byte, what);
  if (!tick_is_whole && vcd->n_times > 0) vcd_chains_drop(vcd, --vcd->n_times);
  return STEP_STOP;
}

static enum vcd_step take_time(struct vcd *vcd, const struct vcd_limits *limits, const uint8_t *place, struct vcd_span digits) {
  uint64_t time;
  const char *wrong = vcd_time(vcd, digits, &time);
  if (wrong != NULL) return stop(vcd, place, wrong, false);
  if (vcd->timed && time < vcd->last_time) return stop(vcd, place, "time goes backwards", true);
  if (time > vcd->source.last_allowed) return stop(vcd, place, wave_too_late, true);
  if (vcd->timed && time == vcd->last_time && vcd->n_times > 0) return STEP_GO;
  if (vcd_block_is_full(vcd, limits, place, time)) return STEP_BLOCK;
  vcd_begin_tick(vcd, time);
  return STEP_GO;
}

static void put_scalar(struct vcd_chain *chain, uint64_t step, uint8_t digit) {
  uint64_t head = step << 2 | (uint64_t)(digit & 1) << 1;
  if ((digit | 1) != '1') head = step << 4 | (uint64_t)(strchr(WAVE_CODES, digit) - WAVE_CODES) << 1 | 1;
  chain->used = (uint32_t)(wave_put_varint(chain->bytes + chain->used, head) - chain->bytes);
  chain->last = digit;
}

static void put_value(struct vcd_chain *chain, uint64_t step, const struct vcd_value *value) {
  bool two = value->form == WAVE_TWO;
  uint8_t *at = wave_put_varint(chain->bytes + chain->used, step << 1 | (!two && value->form != WAVE_BYTES));
  chain->last = (uint32_t)(at - chain->bytes);
  chain->two = two;
  if (value->form == WAVE_BYTES) at = wave_put_varint(at, value->size);
  if (value->size > 0) memcpy(at, value->bytes, value->size);
  chain->used = (uint32_t)(at + value->size - chain->bytes);
}

/* Appends any value to a handle's chain. False: no memory. */
static bool append(struct vcd *vcd, uint32_t handle, const struct vcd_value *value) {
  if (!vcd_chain_room(vcd, handle, (size_t)value->size + VCD_ENTRY_MAX)) return false;
  vcd_touch(vcd, handle);
  struct vcd_chain *chain = &vcd->chains[handle];
  uint32_t place = vcd->n_times - 1;
  uint64_t step = place - chain->place;
  chain->place = place;
  vcd->cooked += value->size;
  if (chain->width == 1 && (chain->kind == WAVE_BITS || chain->kind == WAVE_EVENT))
    put_scalar(chain, step, value->form == WAVE_TWO ? (uint8_t)('0' + (value->bytes[0] >> 7)) : value->bytes[0]);
  else
    put_value(chain, step, value);
  return true;
}

/* Of an event: it happens. Any other value among those that hold says that it has not. */
static bool is_one(const struct vcd_value *value) {
  return value->form == WAVE_TWO && value->bytes[0] >> 7 == 1;
}

static enum vcd_step take_change(struct vcd *vcd, const uint8_t *place, const struct vcd_change *change) {
  struct vcd_value value;
  uint32_t handle = vcd_ids_find(&vcd->ids, change->id.at, change->id.size);
  if (vcd->n_times == 0) vcd_begin_tick(vcd, 0);
  if (handle == WAVE_NONE) return stop(vcd, place, "a value for an id that no $var declares", false);
  if (vcd->chains[handle].class == VCD_SKIP) return STEP_GO;
  const char *wrong = vcd_value_read(&vcd->value, &vcd->chains[handle], change->letter, change->text, &value);
  if (wrong != NULL) return stop(vcd, place, wrong, false);
  if (vcd->mode.dumping && vcd->chains[handle].kind == WAVE_EVENT && !is_one(&value)) return STEP_GO;
  if (vcd->cooked > VCD_COOKED_HARD) return stop(vcd, place, "one tick takes more than 256 MB", false);
  return append(vcd, handle, &value) ? STEP_GO : stop(vcd, place, "out of memory", false);
}

static enum vcd_step at_end(struct vcd *vcd, const uint8_t *place) {
  const char *damage = wave_gzip_damage(vcd->text.gzip);
  if (damage != NULL) return stop(vcd, place, damage, false);
  if (vcd->mode.skipping) return stop(vcd, place, "the file ends inside of a comment", false);
  vcd->ended = true;
  return STEP_END;
}

/* One token, with every check. */
static enum vcd_step take_token(struct vcd *vcd, const struct vcd_limits *limits) {
  struct vcd_text *text = &vcd->text;
  struct vcd_change change;
  const uint8_t *at = text->at;
  enum vcd_got got = vcd_token(&at, text->end, text->final, &vcd->mode, &change);
  const uint8_t *place = text->at;
  while (place < text->end && vcd_blank(*place)) place++;
  enum vcd_step step = STEP_GO;
  switch (got) {
  case VCD_GOT_TIME:
    step = take_time(vcd, limits, place, change.text);
    break;
  case VCD_GOT_CHANGE:
    step = take_change(vcd, place, &change);
    break;
  case VCD_GOT_NOTHING:
    break;
  case VCD_GOT_END:
    return at_end(vcd, place);
  case VCD_GOT_MORE:
    text->at = place;
    return STEP_MORE;
  case VCD_GOT_CUT: {
    const char *damage = wave_gzip_damage(text->gzip);
    return stop(vcd, place, damage != NULL ? damage : "the file ends in the middle of a change", false);
  }
  case VCD_GOT_GARBAGE:
    return stop(vcd, place, "this is no change, time or keyword", false);
  }
  text->at = step == STEP_BLOCK ? place : at;
  return step;
}

/* Cooks from the text's place to the end of a block, or of the text in hand. */
static enum vcd_step cook(struct vcd *vcd, const struct vcd_limits *limits) {
  struct vcd_text *text = &vcd->text;
  enum vcd_step step = STEP_GO;
  while (step == STEP_GO) {
    bool long_enough = text->end - text->at > VCD_MARGIN;
    if (long_enough && vcd->n_times > 0 && !vcd->mode.skipping) {
      step = vcd_quick(vcd, limits);
    }
    if (step == STEP_GO) step = take_token(vcd, limits);
  }
  return step;
}

/* Cooks a block, through as much text as it takes. */
void vcd_cook_block(struct vcd *vcd, uint64_t until) {
  struct vcd_text *text = &vcd->text;
  /* A wish may make the block twice as long, so that blocks of two files can end together. */
  uint64_t end = vcd_offset(text, text->at) + (until == UINT64_MAX ? vcd->window : 2 * vcd->window);
  while (!vcd->ended) {
    uint64_t held_end = vcd_offset(text, text->end);
    struct vcd_limits limits = {.window = end > held_end ? text->end : text->begin + (end > text->offset ? end - text->offset : 0),
                                .until = until};
    if (cook(vcd, &limits) != STEP_MORE) return;
    if (!vcd_more(text) && !text->final) stop(vcd, text->at, "one change takes more than 64 MB of text", false);
  }
}
