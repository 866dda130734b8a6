#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* Enough for dozens of small answers at a time; a larger frame makes it grow. */
enum { BUFFER_FIRST = 16 * 1024, BUFFER_MAX = FRAME_PAYLOAD_MAX + FRAME_HEADER_BYTES };

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
    while (parser->parcels != NULL) {
        struct parcel *parcel = parser->parcels;
        parser->parcels = parcel->next;
        free(parcel->bytes);
        free(parcel);
    }
    parser->parcel_count = 0;
    parser->parcel_bytes = 0;
    parser->start = parser->end = 0;
    parser->preamble_seen = false;
}

void frame_parser_destroy(struct frame_parser *parser)
{
    frame_parser_reset(parser);
    free(parser->buffer);
    parser->buffer = NULL;
    parser->capacity = 0;
}

static bool reserve(struct frame_parser *parser, size_t capacity)
{
    if (parser->capacity >= capacity)
        return true;
    uint8_t *grown = realloc(parser->buffer, capacity);
    if (grown == NULL)
        return false;
    parser->buffer = grown;
    parser->capacity = capacity;
    return true;
}

uint8_t *frame_space(struct frame_parser *parser, size_t *size)
{
    if (!reserve(parser, BUFFER_FIRST))
        return NULL;
    if (parser->start > 0) {
        memmove(parser->buffer, parser->buffer + parser->start, parser->end - parser->start);
        parser->end -= parser->start;
        parser->start = 0;
    }
    *size = parser->capacity - parser->end;
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

static struct parcel *find_parcel(struct frame_parser *parser, uint64_t id, struct parcel ***link)
{
    struct parcel **at = &parser->parcels;
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    *link = at;
    return *at;
}

static struct parcel *begin_parcel(struct frame_parser *parser, uint64_t id, int32_t count)
{
    struct parcel *parcel = calloc(1, sizeof *parcel);
    if (parcel == NULL)
        return NULL;
    parcel->id = id;
    parcel->count = count;
    parcel->next = parser->parcels;
    parser->parcels = parcel;
    parser->parcel_count++;
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

static void finish_parcel(struct frame_parser *parser, struct parcel **link, struct frame_message *message)
{
    struct parcel *parcel = *link;
    message->bytes = message->owned = parcel->bytes;
    message->length = parcel->length;
    *link = parcel->next;
    parser->parcel_count--;
    parser->parcel_bytes -= parcel->length;
    free(parcel);
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

    struct parcel **link;
    struct parcel *parcel = find_parcel(parser, id, &link);
    if (parcel == NULL) {
        if (parser->parcel_count >= PARCELS_MAX)
            return FRAME_BROKEN;
        parcel = begin_parcel(parser, id, count);
        if (parcel == NULL)
            return FRAME_NO_MEMORY;
        link = &parser->parcels;
    }
    if (index != parcel->expected || count != parcel->count || parser->parcel_bytes + bytes > PARCEL_BYTES_MAX)
        return FRAME_BROKEN;
    if (!append(parcel, reader.at, bytes))
        return FRAME_NO_MEMORY;
    parcel->expected++;
    parser->parcel_bytes += bytes;
    if (parcel->expected < parcel->count)
        return FRAME_NEEDS_MORE;
    finish_parcel(parser, link, message);
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
    if (available < FRAME_HEADER_BYTES + bytes) {
        if (FRAME_HEADER_BYTES + bytes > parser->capacity && !reserve(parser, BUFFER_MAX))
            return FRAME_NO_MEMORY;
        return FRAME_NEEDS_MORE;
    }
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
            *message = (struct frame_message){payload, length, NULL};
            return FRAME_TAKEN;
        }
        outcome = take_piece(parser, payload, length, message);
        if (outcome != FRAME_NEEDS_MORE)
            return outcome;
    }
}
