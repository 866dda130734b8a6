/*
 * The fuzzers' target: everything that the library makes of bytes from its host, from the stream's first byte to the fields of each message. The
 * first byte of the input says how the stream is cut into reads. Whatever arrives, the decoder may only read within the message.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "message.h"

/* Each byte is read once, so that a sanitizer sees a range that is not the message's. */
static volatile unsigned sink;

static void touch(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sink += bytes[i];
}

/* The decoder must never say that something was read and leave it outside of the message. */
static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_data(struct answer answer)
{
    struct wire_reader count = answer.body;
    uint32_t buffers = wire_u32(&count);
    if (!result_data_begin(&answer, buffers))
        return;
    struct bytes bytes;
    for (uint32_t i = 0; i < buffers && result_data_next(&answer, &bytes); i++)
        touch(bytes.at, bytes.length);
}

/* The library asks for the result that it expects, whatever the answer brings. */
static void read_answer(struct wire_reader *reader)
{
    struct answer answer;
    if (!message_read_answer(reader, &answer))
        return;
    struct answer again = answer;
    struct opened opened;
    if (result_opened(&again, &opened))
        touch(opened.incarnation, INCARNATION_BYTES);
    again = answer;
    struct status status;
    if (result_status(&again, &status))
        sink += status.sections;
    again = answer;
    const uint8_t *id;
    uint16_t length;
    if (result_section_created(&again, &id, &length))
        touch(id, length);
    again = answer;
    uint64_t iteration;
    if (result_iteration(&again, &iteration))
        sink += (unsigned)iteration;
    again = answer;
    struct descriptor_read descriptor;
    if (result_section(&again, &descriptor))
        touch(descriptor.id, descriptor.id_length);
    read_data(answer);
}

static void read_changed(struct wire_reader *reader)
{
    struct changed changed;
    if (!message_read_changed(reader, &changed))
        return;
    check(changed.count <= wire_remaining(&changed.changes));
    struct change_read change;
    for (uint32_t i = 0; i < changed.count && message_next_change(&changed, &change); i++)
        touch(change.id, change.id_length);
}

static void read_message(const uint8_t *bytes, size_t length)
{
    struct wire_reader reader;
    struct welcome welcome;
    uint16_t status;
    uint64_t number;
    int64_t position;
    bool is_answer;
    wire_reader_init(&reader, bytes, length);
    switch (wire_u8(&reader)) {
    case MESSAGE_WELCOME:
        check(!message_read_welcome(&reader, &welcome) || welcome.outstanding_max > 0);
        break;
    case MESSAGE_FAREWELL:
        message_read_farewell(&reader, &status);
        break;
    case MESSAGE_HEARTBEAT:
        message_read_heartbeat(&reader, &number, &is_answer);
        break;
    case MESSAGE_ANSWER:
        read_answer(&reader);
        break;
    case MESSAGE_CHANGED:
        read_changed(&reader);
        break;
    case MESSAGE_GAP:
        message_read_gap(&reader, &number, &position);
        break;
    default:
        break;
    }
    check(wire_remaining(&reader) <= length);
}

/* All messages that are there. False when the stream is of no use any more. */
static bool take_all(struct frame_parser *parser)
{
    for (;;) {
        struct frame_message message = {0};
        enum frame_outcome outcome = frame_take(parser, &message);
        if (outcome != FRAME_TAKEN)
            return outcome == FRAME_NEEDS_MORE;
        /* A block of its own and of its exact size: a sanitizer sees the first byte behind it. */
        uint8_t *copy = malloc(message.length);
        if (copy == NULL)
            abort();
        memcpy(copy, message.bytes, message.length);
        free(message.owned);
        read_message(copy, message.length);
        free(copy);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    /* 0: as much as fits; else so many bytes a read. */
    size_t step = data[0];
    size_t at = 1;
    struct frame_parser parser;
    frame_parser_init(&parser);
    bool is_good = true;
    while (is_good && at < size) {
        size_t room;
        uint8_t *space = frame_space(&parser, &room);
        if (space == NULL)
            break;
        check(room > 0);
        size_t length = size - at < room ? size - at : room;
        if (step > 0 && length > step)
            length = step;
        memcpy(space, data + at, length);
        frame_filled(&parser, length);
        at += length;
        is_good = take_all(&parser);
    }
    frame_parser_reset(&parser);
    frame_parser_destroy(&parser);
    return 0;
}
