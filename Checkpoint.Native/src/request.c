#include "request.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* The fixed fields of any request. */
    FIXED_FIRST = 64,
    /* Those around one piece of program data, generously. */
    FIXED_PER_REFERENCE = 24 + REQUEST_COPY_MAX
};

static bool init(struct request *request, enum command command, size_t fixed, size_t segments)
{
    uint8_t *fixed_at = request->fixed_inline;
    request->segments = request->segments_inline;
    request->segment_room = REQUEST_SEGMENTS;
    request->heap = NULL;
    if (fixed > REQUEST_FIXED || segments > REQUEST_SEGMENTS) {
        request->heap = malloc(segments * sizeof(struct iovec) + fixed);
        if (request->heap == NULL)
            return false;
        request->segments = request->heap;
        request->segment_room = (unsigned)segments;
        fixed_at = (uint8_t *)(request->segments + segments);
    } else {
        fixed = REQUEST_FIXED;
    }
    wire_writer_init(&request->fixed, fixed_at, fixed);
    request->run_start = 0;
    request->segment_count = 0;
    request->length = 0;
    request->repeatable = false;
    request->has_handle = false;
    message_put_request(&request->fixed, command);
    return true;
}

bool request_init(struct request *request, enum command command, unsigned references)
{
    return init(request, command, FIXED_FIRST + (size_t)references * FIXED_PER_REFERENCE, 2 * (size_t)references + 1);
}

static void put_handle_place(struct request *request)
{
    request->has_handle = true;
    wire_put_u64(&request->fixed, 0);
}

bool request_init_for_handle(struct request *request, enum command command, unsigned references)
{
    if (!request_init(request, command, references))
        return false;
    put_handle_place(request);
    return true;
}

void request_room_add(struct request_room *room, unsigned fixed, uint64_t length)
{
    room->fixed += fixed;
    room->bytes += fixed + length;
    if (length <= REQUEST_COPY_MAX)
        room->fixed += length;
    else
        room->segments += 2; /* The fixed fields before it, and itself. */
}

bool request_init_with(struct request *request, enum command command, const struct request_room *room)
{
    if (!init(request, command, FIXED_FIRST + (size_t)room->fixed, (size_t)room->segments + 1))
        return false;
    put_handle_place(request);
    return true;
}

static void add_segment(struct request *request, const void *at, size_t length)
{
    if (length == 0)
        return;
    request->segments[request->segment_count++] = (struct iovec){.iov_base = (void *)(uintptr_t)at, .iov_len = length};
    request->length += length;
}

/* The fixed fields since the last piece of program data become a segment. */
static void end_run(struct request *request)
{
    size_t written = wire_written(&request->fixed);
    add_segment(request, request->fixed.start + request->run_start, written - request->run_start);
    request->run_start = written;
}

void request_put_bytes(struct request *request, const void *bytes, size_t length)
{
    if (length <= REQUEST_COPY_MAX) {
        wire_put_raw(&request->fixed, bytes, length);
        return;
    }
    end_run(request);
    add_segment(request, bytes, length);
}

void request_put_section(struct request *request, const void *id, uint16_t length)
{
    wire_put_u16(&request->fixed, length);
    request_put_bytes(request, id, length);
}

void request_put_data(struct request *request, const void *data, uint32_t length)
{
    wire_put_u32(&request->fixed, length);
    request_put_bytes(request, data, length);
}

void request_finish(struct request *request)
{
    end_run(request);
}

void request_destroy(struct request *request)
{
    free(request->heap);
}

void request_copy(const struct request *request, uint8_t *to)
{
    for (unsigned i = 0; i < request->segment_count; i++) {
        memcpy(to, request->segments[i].iov_base, request->segments[i].iov_len);
        to += request->segments[i].iov_len;
    }
}

void request_stamp(struct request *request, uint64_t id, int64_t budget, uint64_t handle)
{
    uint8_t *message = request->fixed.start;
    wire_patch_u64(message + REQUEST_ID_AT, id);
    wire_patch_u64(message + REQUEST_BUDGET_AT, (uint64_t)budget);
    if (request->has_handle)
        wire_patch_u64(message + REQUEST_HANDLE_AT, handle);
}
