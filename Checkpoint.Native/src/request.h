/*
 * A request that is being built: fixed fields in a small buffer, larger data where the program keeps it. Nothing is copied before it is sent.
 */
#ifndef CKPT_REQUEST_H
#define CKPT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "message.h"
#include "wire.h"

enum {
    REQUEST_FIXED = 1024,
    REQUEST_SEGMENTS = 12,
    /* Program data up to this size is copied among the fixed fields. */
    REQUEST_COPY_MAX = 128
};

/* No host takes a longer message: one update has at most 127 MiB (docs/WIRE.md). */
#define REQUEST_BYTES_MAX ((uint64_t)128 << 20)

/* What a request will need, summed up before it is built. */
struct request_room {
    uint64_t fixed;
    uint64_t segments;
    uint64_t bytes;
};

struct request {
    struct wire_writer fixed;
    size_t run_start;
    struct iovec *segments;
    unsigned segment_count;
    unsigned segment_room;
    size_t length;
    /* Sent twice it does what it does once: it may be asked again over a new connection. */
    bool repeatable;
    bool has_handle;
    void *heap;
    uint8_t fixed_inline[REQUEST_FIXED];
    struct iovec segments_inline[REQUEST_SEGMENTS];
};

/* Room for a request with so many pieces of program data. False when there is no memory. */
bool request_init(struct request *request, enum command command, unsigned references);

/* Adds a piece of program data with so many bytes of fixed fields before it. */
void request_room_add(struct request_room *room, unsigned fixed, uint64_t length);

/* Room for a request of a handle with exactly these pieces. */
bool request_init_with(struct request *request, enum command command, const struct request_room *room);

/* With a handle's place, which is filled in when it is sent. */
bool request_init_for_handle(struct request *request, enum command command, unsigned references);
void request_put_bytes(struct request *request, const void *bytes, size_t length);
void request_put_section(struct request *request, const void *id, uint16_t length);

/* u32 length and the data. */
void request_put_data(struct request *request, const void *data, uint32_t length);
void request_finish(struct request *request);
void request_destroy(struct request *request);

/* Copies the whole message. */
void request_copy(const struct request *request, uint8_t *to);

/* Where the message's fields stand that are set when it is sent. */
void request_stamp(struct request *request, uint64_t id, int64_t budget, uint64_t handle);

#endif
