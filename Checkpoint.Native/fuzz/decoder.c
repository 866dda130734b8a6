/*
 * The fuzzers' target: everything that the library makes of bytes from its host, from the stream's first byte to the fields of each message. The
 * first byte of the input says how the stream is cut into reads, the second when there is no memory. Whatever arrives, the decoder may only read
 * within the message.
 *
 * Built with a small least size of a piece (FRAME_PIECE_MIN) and with --wrap=realloc, which is how large messages get their memory.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "message.h"

enum { CONTROL_BYTES = 2, BLOCK_STEP = 8, WATCHED = 64, READS_MAX = 128, /* A step that also ends the parser. */ ENDS = 128 };

static size_t block_max = SIZE_MAX;

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_realloc(void *block, size_t size)
{
    return size > block_max ? NULL : __real_realloc(block, size);
}

static volatile unsigned sink;

/* The decoder must never say that something was read and leave it outside of the message. */
static void check(bool holds)
{
    if (!holds)
        abort();
}

/* No byte of the range may be another's. A loop over them would cost more than everything else. */
static void touch(const uint8_t *bytes, size_t length)
{
#ifdef __SANITIZE_ADDRESS__
    check(length == 0 || __asan_region_is_poisoned((void *)(uintptr_t)bytes, length) == NULL);
#else
    if (length > 0)
        sink += bytes[0] + bytes[length - 1];
#endif
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
    for (uint32_t i = 0; i < changed.count; i++) {
        check(message_next_change(&changed, &change));
        touch(change.id, change.id_length);
    }
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

/* There was no memory for it: whose it was stands in its head. */
static void read_lost(const uint8_t *head)
{
    struct wire_reader reader;
    wire_reader_init(&reader, head, FRAME_LOST_HEAD_BYTES);
    sink += wire_u8(&reader);
    sink += (unsigned)wire_u64(&reader);
    check(!reader.bad);
}

/* All messages that are there. False when the stream is of no use any more. */
static bool take_all(struct frame_parser *parser)
{
    for (;;) {
        struct frame_message message = {0};
        enum frame_outcome outcome = frame_take(parser, &message);
        if (outcome != FRAME_TAKEN)
            return outcome == FRAME_NEEDS_MORE;
        if (message.is_lost) {
            check(message.owned == NULL && message.length == FRAME_LOST_HEAD_BYTES);
            read_lost(message.bytes);
            continue;
        }
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

/* What the buffer holds behind the bytes that were read may not be looked at. */
static void forbid(const uint8_t *from, size_t length)
{
#ifdef __SANITIZE_ADDRESS__
    __asan_poison_memory_region(from, length);
#else
    (void)from, (void)length;
#endif
}

static void allow(const uint8_t *from, size_t length)
{
#ifdef __SANITIZE_ADDRESS__
    __asan_unpoison_memory_region(from, length);
#else
    (void)from, (void)length;
#endif
}

static void feed(struct frame_parser *parser, size_t step, const uint8_t *data, size_t size)
{
    bool is_good = true;
    if (step > 0 && step < size / READS_MAX)
        step = size / READS_MAX;
    for (size_t at = 0; is_good && at < size;) {
        size_t room;
        uint8_t *space = frame_space(parser, &room);
        if (space == NULL)
            abort();
        check(room > 0);
        size_t length = size - at < room ? size - at : room;
        if (step > 0 && length > step)
            length = step;
        memcpy(space, data + at, length);
        frame_filled(parser, length);
        size_t behind = room - length < WATCHED ? room - length : WATCHED;
        forbid(space + length, behind);
        at += length;
        is_good = take_all(parser);
        allow(space + length, behind);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Its buffer stays, as between two connections: to take it and give it back costs more than most inputs. */
    static struct frame_parser parser;
    if (size < CONTROL_BYTES)
        return 0;
    /* 0: as much as fits; else so many bytes a read. 0: any amount; else blocks up to so many times that. */
    block_max = data[1] == 0 ? SIZE_MAX : data[1] * (size_t)BLOCK_STEP;
    feed(&parser, data[0], data + CONTROL_BYTES, size - CONTROL_BYTES);
    block_max = SIZE_MAX;
    frame_parser_reset(&parser);
    if (data[0] == ENDS) {
        frame_parser_destroy(&parser);
        frame_parser_init(&parser);
    }
    return 0;
}
