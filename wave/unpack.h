/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Unpacks what FST files pack: LZ4 blocks, FastLZ (both levels), zlib. Small pieces at once, large ones bit by bit through a window, so
 * that a file of some kilobytes cannot make us hold gigabytes.
 */
#ifndef WAVE_UNPACK_H
#define WAVE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether so many packed bytes can become so many at all. pack: '4', 'F', or another for zlib. */
bool wave_unpack_possible(uint8_t pack, uint64_t packed, uint64_t unpacked);
/** All at once; false unless it gives exactly size bytes. */
bool wave_unpack(uint8_t pack, const uint8_t *from, size_t packed, uint8_t *to, size_t size);

struct z_stream_s;
/** All that was asked for is inflated: whether the stream ends there, with the right sum. */
bool wave_inflate_ends(struct z_stream_s *zlib);

struct wave_unpacker;
struct wave_unpacker *wave_unpacker_new(void);
void wave_unpacker_free(struct wave_unpacker *unpacker);
/** Begins a stream that gives size bytes in the end. False when memory ran out. */
bool wave_unpacker_start(struct wave_unpacker *unpacker, uint8_t pack, const uint8_t *from, size_t packed, uint64_t size);
/**
 * Unpacks more behind what is not used yet: *at .. *end are the unused bytes before and after. False when the stream is damaged. When it is
 * done, *more becomes false; until then at least 64 KiB are there afterwards.
 */
bool wave_unpacker_more(struct wave_unpacker *unpacker, const uint8_t **at, const uint8_t **end, bool *more);

#endif
