/*
 * The primitive fields of docs/WIRE.md: little-endian, length-checked. No I/O and no allocation here.
 */
#ifndef CKPT_WIRE_H
#define CKPT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads from bytes that somebody else keeps. After the first read beyond the end it is bad for good, and every value is 0. */
struct wire_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

void wire_reader_init(struct wire_reader *reader, const void *bytes, size_t length);
size_t wire_remaining(const struct wire_reader *reader);
uint8_t wire_u8(struct wire_reader *reader);
uint16_t wire_u16(struct wire_reader *reader);
uint32_t wire_u32(struct wire_reader *reader);
uint64_t wire_u64(struct wire_reader *reader);
int32_t wire_i32(struct wire_reader *reader);
int64_t wire_i64(struct wire_reader *reader);

/* 0 or 1; anything else is bad. */
bool wire_bool(struct wire_reader *reader);

/* So many bytes where they lie, or NULL. */
const uint8_t *wire_raw(struct wire_reader *reader, size_t length);

/* A text or bytes: u32 length, then they. */
const uint8_t *wire_bytes(struct wire_reader *reader, uint32_t *length);

/* A name or section id: u16 length, then it. */
const uint8_t *wire_short_bytes(struct wire_reader *reader, uint16_t *length);

/* The number of items of a list, each of at least so many bytes: never more than the message can hold. */
uint32_t wire_count(struct wire_reader *reader, size_t item_bytes_min);

/* The message must end here. */
bool wire_ends(struct wire_reader *reader);

/* Writes into a buffer of fixed size; what does not fit makes it full for good, and nothing is written beyond the end. */
struct wire_writer {
    uint8_t *start;
    uint8_t *at;
    uint8_t *end;
    bool full;
};

void wire_writer_init(struct wire_writer *writer, void *buffer, size_t size);
size_t wire_written(const struct wire_writer *writer);
void wire_put_u8(struct wire_writer *writer, uint8_t value);
void wire_put_u16(struct wire_writer *writer, uint16_t value);
void wire_put_u32(struct wire_writer *writer, uint32_t value);
void wire_put_u64(struct wire_writer *writer, uint64_t value);
void wire_put_i64(struct wire_writer *writer, int64_t value);
void wire_put_raw(struct wire_writer *writer, const void *bytes, size_t length);
void wire_put_short_bytes(struct wire_writer *writer, const void *bytes, uint16_t length);

/* Overwrites a value that was written at this place. */
void wire_patch_u32(uint8_t *at, uint32_t value);
void wire_patch_u64(uint8_t *at, uint64_t value);

#endif
