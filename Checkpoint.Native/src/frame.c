#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* The largest frame. What is never read into costs addresses only. */
enum { BUFFER_BYTES = FRAME_PAYLOAD_MAX + FRAME_HEADER_BYTES };

void frame_put_preamble(uint8_t to[FRAME_PREAMBLE_BYTES])
{
    struct wire_writer writer;
    wire_writer_init(&writer, to, FRAME_PREAMBLE_BYTES);
    wire_put_raw(&writer, "CKPT", 4);
    wire_put_u16(&writer, PROTOCOL_VERSION);
    wire_put_u16(&writer, 0);
}

void frame_put_header(uint8_t to[FRAME_HEADER_BYTES], uint16_t type, uint32_t payload_bytes)
{
    struct wire_writer writer;
    wire_writer_init(&writer, to, FRAME_HEADER_BYTES);
    wire_put_u32(&writer, payload_bytes);
    wire_put_u16(&writer, type);
    wire_put_u16(&writer, 0);
}

void frame_put_parcel_header(uint8_t to[PARCEL_HEADER_BYTES], uint64_t id, uint32_t index, uint32_t count)
{
    struct wire_writer writer;
    wire_writer_init(&writer, to, PARCEL_HEADER_BYTES);
    wire_put_u64(&writer, id);
    wire_put_u32(&writer, index);
    wire_put_u32(&writer, count);
}

void frame_parser_init(struct frame_parser *parser)
{
    memset(parser, 0, sizeof *parser);
}

void frame_parser_reset(struct frame_parser *parser)
{
    while (parser->parcel_count > 0)
        free(parser->parcels[--parser->parcel_count].bytes);
    parser->parcel_bytes = 0;
    parser->start = parser->end = 0;
    parser->preamble_seen = false;
}

void frame_parser_destroy(struct frame_parser *parser)
{
    frame_parser_reset(parser);
    free(parser->buffer);
    parser->buffer = NULL;
}

uint8_t *frame_space(struct frame_parser *parser, size_t *size)
{
    if (parser->buffer == NULL && (parser->buffer = malloc(BUFFER_BYTES)) == NULL)
        return NULL;
    if (parser->start > 0) {
        memmove(parser->buffer, parser->buffer + parser->start, parser->end - parser->start);
        parser->end -= parser->start;
        parser->start = 0;
    }
    *size = BUFFER_BYTES - parser->end;
    return parser->buffer + parser->end;
}

void frame_filled(struct frame_parser *parser, size_t bytes)
{
    parser->end += bytes;
}

static enum frame_outcome take_preamble(struct frame_parser *parser)
{
    if (parser->end - parser->start < FRAME_PREAMBLE_BYTES)
        return FRAME_NEEDS_MORE;
    /* Whether the version suits is said by what follows: a welcome, or a farewell. */
    const uint8_t *at = parser->buffer + parser->start;
    if (memcmp(at, "CKPT", 4) != 0 || at[6] != 0 || at[7] != 0)
        return FRAME_BROKEN;
    parser->start += FRAME_PREAMBLE_BYTES;
    parser->preamble_seen = true;
    return FRAME_TAKEN;
}

/* The one with this id, or NULL. */
static struct parcel *find_parcel(struct frame_parser *parser, uint64_t id)
{
    for (unsigned i = 0; i < parser->parcel_count; i++)
        if (parser->parcels[i].id == id)
            return &parser->parcels[i];
    return NULL;
}

/* NULL when there are as many as may be. */
static struct parcel *begin_parcel(struct frame_parser *parser, uint64_t id, int32_t count, const uint8_t *bytes, size_t length)
{
    if (parser->parcel_count == PARCELS_MAX)
        return NULL;
    struct parcel *parcel = &parser->parcels[parser->parcel_count++];
    *parcel = (struct parcel){.id = id, .count = count};
    memcpy(parcel->head, bytes, length < sizeof parcel->head ? length : sizeof parcel->head);
    return parcel;
}

/* Memory grows with what has arrived, never with what was announced. */
static bool append(struct parcel *parcel, const uint8_t *bytes, size_t length)
{
    if (parcel->capacity - parcel->length < length) {
        size_t capacity = parcel->capacity * 2;
        if (capacity < parcel->length + length)
            capacity = parcel->length + length;
        uint8_t *grown = realloc(parcel->bytes, capacity);
        if (grown == NULL)
            return false;
        parcel->bytes = grown;
        parcel->capacity = capacity;
    }
    memcpy(parcel->bytes + parcel->length, bytes, length);
    parcel->length += length;
    return true;
}

/* There is no memory for more of it. */
static void lose(struct frame_parser *parser, struct parcel *parcel)
{
    free(parcel->bytes);
    parcel->bytes = NULL;
    parser->parcel_bytes -= parcel->length;
    parcel->length = parcel->capacity = 0;
    parcel->is_lost = true;
}

static void finish_parcel(struct frame_parser *parser, struct parcel *parcel, struct frame_message *message)
{
    if (parcel->is_lost) {
        memcpy(parser->lost_head, parcel->head, sizeof parser->lost_head);
        *message = (struct frame_message){.bytes = parser->lost_head, .length = sizeof parser->lost_head, .is_lost = true};
    } else {
        *message = (struct frame_message){.bytes = parcel->bytes, .length = parcel->length, .owned = parcel->bytes};
    }
    parser->parcel_bytes -= parcel->length;
    *parcel = parser->parcels[--parser->parcel_count];
}

/* FRAME_NEEDS_MORE when the piece was not the last of its message. */
static enum frame_outcome take_piece(struct frame_parser *parser, const uint8_t *payload, size_t length, struct frame_message *message)
{
    struct wire_reader reader;
    wire_reader_init(&reader, payload, length);
    uint64_t id = wire_u64(&reader);
    int32_t index = wire_i32(&reader);
    int32_t count = wire_i32(&reader);
    size_t bytes = wire_remaining(&reader);
    if (reader.bad || count < 1 || index < 0 || index >= count || bytes == 0 || bytes > PARCEL_PIECE_MAX)
        return FRAME_BROKEN;
    if (bytes < PARCEL_PIECE_MIN && index < count - 1)
        return FRAME_BROKEN;

    struct parcel *parcel = find_parcel(parser, id);
    if (parcel == NULL)
        parcel = begin_parcel(parser, id, count, reader.at, bytes);
    if (parcel == NULL)
        return FRAME_BROKEN;
    if (index != parcel->expected || count != parcel->count || parser->parcel_bytes + bytes > PARCEL_BYTES_MAX)
        return FRAME_BROKEN;
    if (!parcel->is_lost && append(parcel, reader.at, bytes))
        parser->parcel_bytes += bytes;
    else
        lose(parser, parcel);
    parcel->expected++;
    if (parcel->expected < parcel->count)
        return FRAME_NEEDS_MORE;
    finish_parcel(parser, parcel, message);
    return FRAME_TAKEN;
}

/* One frame; *type is 0 while there is none. */
static enum frame_outcome take_frame(struct frame_parser *parser, uint16_t *type, const uint8_t **payload, size_t *length)
{
    *type = 0;
    size_t available = parser->end - parser->start;
    if (available < FRAME_HEADER_BYTES)
        return FRAME_NEEDS_MORE;
    struct wire_reader header;
    wire_reader_init(&header, parser->buffer + parser->start, FRAME_HEADER_BYTES);
    uint32_t bytes = wire_u32(&header);
    uint16_t kind = wire_u16(&header);
    uint16_t flags = wire_u16(&header);
    if (bytes == 0 || bytes > FRAME_PAYLOAD_MAX || kind < FRAME_MESSAGE || kind > FRAME_PARCEL || flags != 0)
        return FRAME_BROKEN;
    if (available < FRAME_HEADER_BYTES + bytes)
        return FRAME_NEEDS_MORE;
    *type = kind;
    *payload = parser->buffer + parser->start + FRAME_HEADER_BYTES;
    *length = bytes;
    parser->start += FRAME_HEADER_BYTES + bytes;
    return FRAME_TAKEN;
}

enum frame_outcome frame_take(struct frame_parser *parser, struct frame_message *message)
{
    enum frame_outcome outcome;
    if (!parser->preamble_seen && (outcome = take_preamble(parser)) != FRAME_TAKEN)
        return outcome;
    for (;;) {
        uint16_t type;
        const uint8_t *payload;
        size_t length;
        outcome = take_frame(parser, &type, &payload, &length);
        if (outcome != FRAME_TAKEN)
            return outcome;
        if (type == FRAME_MESSAGE) {
            *message = (struct frame_message){.bytes = payload, .length = length};
            return FRAME_TAKEN;
        }
        outcome = take_piece(parser, payload, length, message);
        if (outcome != FRAME_NEEDS_MORE)
            return outcome;
    }
}
