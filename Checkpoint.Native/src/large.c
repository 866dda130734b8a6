#include "large.h"

#include <poll.h>
#include <stdlib.h>

#include "deadline.h"
#include "link.h"

/* Pieces of a message as the kernel takes them, and how far it has. */
struct gather {
    const struct request *request;
    unsigned segment;
    size_t offset;
};

/* The next bytes of the message, at most so many, as up to `room` pieces. */
static unsigned gather_next(struct gather *gather, size_t length, struct iovec *pieces, unsigned room)
{
    unsigned count = 0;
    while (length > 0 && count < room && gather->segment < gather->request->segment_count) {
        const struct iovec *segment = &gather->request->segments[gather->segment];
        size_t part = segment->iov_len - gather->offset;
        if (part > length)
            part = length;
        pieces[count++] = (struct iovec){.iov_base = (char *)segment->iov_base + gather->offset, .iov_len = part};
        length -= part;
        gather->offset += part;
        if (gather->offset == segment->iov_len) {
            gather->segment++;
            gather->offset = 0;
        }
    }
    return count;
}

/* A large message on its way, as frames of which `taken` bytes of the current one have gone. */
struct large {
    const struct request *request;
    uint64_t parcel;
    uint32_t index;
    uint32_t count;
    size_t taken;
    /* Where the current frame's part of the message begins. */
    struct gather gather;
};

enum { LARGE_HEAD_BYTES = FRAME_HEADER_BYTES + PARCEL_HEADER_BYTES };

/* The head of the current frame, which is so long; *body is the length of the part of the message behind it. */
static size_t put_head(const struct large *large, uint8_t head[LARGE_HEAD_BYTES], size_t *body)
{
    *body = large->request->length - (size_t)large->index * PARCEL_PIECE_MAX;
    if (large->count == 1) {
        frame_put_header(head, FRAME_MESSAGE, (uint32_t)*body);
        return FRAME_HEADER_BYTES;
    }
    if (*body > PARCEL_PIECE_MAX)
        *body = PARCEL_PIECE_MAX;
    frame_put_header(head, FRAME_PARCEL, (uint32_t)(*body + PARCEL_HEADER_BYTES));
    frame_put_parcel_header(head + FRAME_HEADER_BYTES, large->parcel, large->index, large->count);
    return LARGE_HEAD_BYTES;
}

static void end_frame(struct large *large, const struct gather *behind)
{
    large->gather = *behind;
    large->index++;
    large->taken = 0;
}

/* Passes over so many bytes of the message. */
static void gather_skip(struct gather *gather, size_t length)
{
    struct iovec piece;
    while (length > 0 && gather_next(gather, length, &piece, 1) > 0)
        length -= piece.iov_len;
}

/* Until the socket takes more. False: it is too late. */
static bool wait_for_socket(const struct client *client, int64_t deadline)
{
    struct pollfd full = {.fd = descriptor_number(&client->socket), .events = POLLOUT};
    if (deadline_left(deadline) == 0)
        return false;
    poll(&full, 1, deadline_poll_ms(deadline));
    return true;
}

/* The current frame. Without the lock. 1 done, 0 too late, -1 lost. */
static int write_frame(struct client *client, struct large *large, int64_t deadline)
{
    uint8_t head[LARGE_HEAD_BYTES];
    size_t body;
    size_t head_length = put_head(large, head, &body);
    struct gather from = large->gather;
    for (;;) {
        struct iovec pieces[OUTBOX_PIECES];
        unsigned count = 0;
        size_t body_taken = large->taken > head_length ? large->taken - head_length : 0;
        if (large->taken < head_length)
            pieces[count++] = (struct iovec){.iov_base = head + large->taken, .iov_len = head_length - large->taken};
        struct gather at = from;
        count += gather_next(&at, body - body_taken, pieces + count, OUTBOX_PIECES - count);
        ssize_t sent = outbox_write(client, pieces, count);
        if (sent < 0)
            return -1;
        large->taken += (size_t)sent;
        if (large->taken > head_length)
            gather_skip(&from, large->taken - head_length - body_taken);
        if (large->taken == head_length + body) {
            end_frame(large, &from);
            return 1;
        }
        if (!wait_for_socket(client, deadline))
            return 0;
    }
}

/* Between two pieces: what others have to send by now goes first. With the lock, but not while it waits. 1 done, 0 too late, -1 lost. */
static int let_others_send(struct client *client, int64_t deadline)
{
    size_t left = client->outbox.length;
    while (left > 0) {
        ssize_t sent = outbox_write_waiting(client, left);
        if (sent < 0)
            return -1;
        left -= (size_t)sent;
        if (left == 0)
            break;
        pthread_mutex_unlock(&client->lock);
        bool in_time = wait_for_socket(client, deadline);
        pthread_mutex_lock(&client->lock);
        if (!in_time)
            return 0;
    }
    return 1;
}

/* Appends what is left of the current frame. */
static bool append_frame(struct client *client, struct large *large)
{
    uint8_t head[LARGE_HEAD_BYTES];
    size_t body;
    struct iovec piece = {.iov_base = head, .iov_len = put_head(large, head, &body)};
    size_t skip = large->taken;
    struct gather from = large->gather;
    for (;;) {
        size_t dropped = skip < piece.iov_len ? skip : piece.iov_len;
        if (!outbox_append(client, &piece, 1, dropped))
            return false;
        skip -= dropped;
        if (body == 0 || gather_next(&from, body, &piece, 1) == 0)
            break;
        body -= piece.iov_len;
    }
    end_frame(large, &from);
    return true;
}

/*
 * What is left of a large message at its deadline waits for the thread: the frame that has begun, what others have to send, then the other
 * pieces. The program's memory is not touched afterwards.
 */
static bool leave_rest(struct client *client, struct large *large)
{
    bool kept = true;
    if (large->taken > 0) {
        struct outbox later = client->outbox;
        client->outbox = (struct outbox){0};
        struct iovec piece = {.iov_base = later.bytes + later.start, .iov_len = later.length};
        kept = append_frame(client, large) && (later.length == 0 || outbox_append(client, &piece, 1, 0));
        free(later.bytes);
    }
    while (kept && large->index < large->count)
        kept = append_frame(client, large);
    return kept;
}

enum sent large_send(struct client *client, const struct request *request, int64_t deadline)
{
    struct large large = {.request = request, .gather = {request, 0, 0}, .parcel = ++client->parcels_sent};
    uint64_t session = client->session;
    int outcome = 1;
    large.count = (uint32_t)((request->length + PARCEL_PIECE_MAX - 1) / PARCEL_PIECE_MAX);
    client->sending = true;
    while (outcome == 1 && large.index < large.count) {
        pthread_mutex_unlock(&client->lock);
        outcome = write_frame(client, &large, deadline);
        pthread_mutex_lock(&client->lock);
        if (outcome == 1 && large.index < large.count && !client->finalized) /* The farewell comes last. */
            outcome = let_others_send(client, deadline);
    }

    client->sending = false;
    pthread_cond_broadcast(&client->changed);
    bool nothing = large.index == 0 && large.taken == 0;
    if (client->session != session || client->link != LINK_UP || outcome < 0) {
        if (client->session == session)
            link_give_up(client);
        return nothing ? SENT_NOTHING_LOST : SENT_LOST;
    }
    if (outcome == 0 && nothing) {
        outbox_flush(client);
        return SENT_NOTHING;
    }
    if (outcome == 0 && !leave_rest(client, &large)) {
        link_give_up(client);
        return SENT_LOST;
    }
    outbox_flush(client);
    if (client->outbox.length > 0)
        link_wake(client);
    return SENT;
}
