#include "wire.h"

#include <string.h>

void wire_reader_init(struct wire_reader *reader, const void *bytes, size_t length)
{
    reader->at = bytes;
    reader->end = reader->at + length;
    reader->bad = false;
}

size_t wire_remaining(const struct wire_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

const uint8_t *wire_raw(struct wire_reader *reader, size_t length)
{
    if (reader->bad || wire_remaining(reader) < length) {
        reader->bad = true;
        reader->at = reader->end;
        return NULL;
    }
    const uint8_t *bytes = reader->at;
    reader->at += length;
    return bytes;
}

/* The byte order is written out so that the code is right on any machine; the compiler makes one load of it. */
static uint64_t read_little(struct wire_reader *reader, unsigned length)
{
    const uint8_t *bytes = wire_raw(reader, length);
    uint64_t value = 0;
    if (bytes != NULL)
        for (unsigned i = 0; i < length; i++)
            value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

uint8_t wire_u8(struct wire_reader *reader)
{
    return (uint8_t)read_little(reader, 1);
}

uint16_t wire_u16(struct wire_reader *reader)
{
    return (uint16_t)read_little(reader, 2);
}

uint32_t wire_u32(struct wire_reader *reader)
{
    return (uint32_t)read_little(reader, 4);
}

uint64_t wire_u64(struct wire_reader *reader)
{
    return read_little(reader, 8);
}

int32_t wire_i32(struct wire_reader *reader)
{
    return (int32_t)wire_u32(reader);
}

int64_t wire_i64(struct wire_reader *reader)
{
    return (int64_t)wire_u64(reader);
}

bool wire_bool(struct wire_reader *reader)
{
    uint8_t value = wire_u8(reader);
    if (value > 1)
        reader->bad = true;
    return value == 1;
}

const uint8_t *wire_bytes(struct wire_reader *reader, uint32_t *length)
{
    *length = wire_u32(reader);
    const uint8_t *bytes = wire_raw(reader, *length);
    if (bytes == NULL)
        *length = 0;
    return bytes;
}

const uint8_t *wire_short_bytes(struct wire_reader *reader, uint16_t *length)
{
    *length = wire_u16(reader);
    const uint8_t *bytes = wire_raw(reader, *length);
    if (bytes == NULL)
        *length = 0;
    return bytes;
}

uint32_t wire_count(struct wire_reader *reader, size_t item_bytes_min)
{
    uint32_t count = wire_u32(reader);
    if (reader->bad || count > wire_remaining(reader) / item_bytes_min) {
        reader->bad = true;
        return 0;
    }
    return count;
}

bool wire_ends(struct wire_reader *reader)
{
    return !reader->bad && reader->at == reader->end;
}

void wire_writer_init(struct wire_writer *writer, void *buffer, size_t size)
{
    writer->start = writer->at = buffer;
    writer->end = writer->start + size;
    writer->full = false;
}

size_t wire_written(const struct wire_writer *writer)
{
    return (size_t)(writer->at - writer->start);
}

void wire_put_raw(struct wire_writer *writer, const void *bytes, size_t length)
{
    if (writer->full || (size_t)(writer->end - writer->at) < length) {
        writer->full = true;
        return;
    }
    if (length > 0)
        memcpy(writer->at, bytes, length);
    writer->at += length;
}

static void put_little(struct wire_writer *writer, uint64_t value, unsigned length)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < length; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    wire_put_raw(writer, bytes, length);
}

void wire_put_u8(struct wire_writer *writer, uint8_t value)
{
    put_little(writer, value, 1);
}

void wire_put_u16(struct wire_writer *writer, uint16_t value)
{
    put_little(writer, value, 2);
}

void wire_put_u32(struct wire_writer *writer, uint32_t value)
{
    put_little(writer, value, 4);
}

void wire_put_u64(struct wire_writer *writer, uint64_t value)
{
    put_little(writer, value, 8);
}

void wire_put_i64(struct wire_writer *writer, int64_t value)
{
    put_little(writer, (uint64_t)value, 8);
}

void wire_put_short_bytes(struct wire_writer *writer, const void *bytes, uint16_t length)
{
    wire_put_u16(writer, length);
    wire_put_raw(writer, bytes, length);
}

void wire_patch_u32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

void wire_patch_u64(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}
