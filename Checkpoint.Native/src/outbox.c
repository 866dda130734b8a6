#include "outbox.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deadline.h"
#include "link.h"

enum {
    SMALL_MAX = 32 * 1024,
    /* Small messages wait for room above it. */
    OUTBOX_MAX = 1024 * 1024,
    PIECES_AT_ONCE = 64
};

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

/* Bytes taken; 0 when the socket is full; -1 when the connection is of no use any more. */
static ssize_t send_some(struct client *client, struct iovec *pieces, unsigned count)
{
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    for (;;) {
        if (!descriptor_is_ours(&client->socket))
            return -1;
        ssize_t sent = sendmsg(descriptor_number(&client->socket), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0)
            return sent;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
            return 0;
        if (errno != EINTR)
            return -1;
    }
}

static bool reserve(struct outbox *outbox, size_t more)
{
    size_t needed = outbox->length + more;
    if (needed <= outbox->capacity)
        return true;
    size_t capacity = outbox->capacity == 0 ? 4096 : outbox->capacity;
    while (capacity < needed)
        capacity *= 2;
    uint8_t *grown = realloc(outbox->bytes, capacity);
    if (grown == NULL)
        return false;
    outbox->bytes = grown;
    outbox->capacity = capacity;
    return true;
}

/* Drops the first `skip` bytes of the pieces, appends the others. */
static bool append_pieces(struct client *client, const struct iovec *pieces, unsigned count, size_t skip)
{
    size_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += pieces[i].iov_len;
    if (!reserve(&client->outbox, total - skip))
        return false;
    for (unsigned i = 0; i < count; i++) {
        size_t dropped = skip < pieces[i].iov_len ? skip : pieces[i].iov_len;
        size_t length = pieces[i].iov_len - dropped;
        skip -= dropped;
        if (length == 0)
            continue;
        memcpy(client->outbox.bytes + client->outbox.length, (char *)pieces[i].iov_base + dropped, length);
        client->outbox.length += length;
    }
    link_wake(client);
    return true;
}

/* Never waits. */
static enum sent send_small(struct client *client, struct iovec *pieces, unsigned count)
{
    ssize_t sent = 0;
    size_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += pieces[i].iov_len;
    if (!client->sending && client->outbox.length == 0) {
        sent = send_some(client, pieces, count);
        if (sent < 0) {
            link_give_up(client);
            return SENT_NOTHING_LOST;
        }
        if ((size_t)sent == total)
            return SENT;
    }
    if (append_pieces(client, pieces, count, (size_t)sent))
        return SENT;
    if (sent == 0)
        return SENT_NOTHING;
    link_give_up(client);
    return SENT_LOST;
}

void outbox_post_raw(struct client *client, const uint8_t *bytes, size_t length)
{
    struct iovec piece = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    if (send_small(client, &piece, 1) == SENT_NOTHING)
        link_give_up(client);
}

void outbox_post(struct client *client, const uint8_t *message, size_t length)
{
    uint8_t header[FRAME_HEADER_BYTES];
    struct iovec pieces[2] = {
        {.iov_base = header, .iov_len = sizeof header}, {.iov_base = (void *)(uintptr_t)message, .iov_len = length}};
    frame_put_header(header, FRAME_MESSAGE, (uint32_t)length);
    if (send_small(client, pieces, 2) == SENT_NOTHING)
        link_give_up(client);
}

void outbox_flush(struct client *client)
{
    struct outbox *outbox = &client->outbox;
    if (client->sending || outbox->length == 0 || (client->link != LINK_UP && client->link != LINK_GREETING))
        return;
    struct iovec piece = {.iov_base = outbox->bytes, .iov_len = outbox->length};
    ssize_t sent = send_some(client, &piece, 1);
    if (sent < 0) {
        link_give_up(client);
        return;
    }
    outbox->length -= (size_t)sent;
    memmove(outbox->bytes, outbox->bytes + sent, outbox->length);
    if (outbox->length == 0 && outbox->capacity > OUTBOX_MAX)
        outbox_clear(client);
    if (outbox->length == 0 && client->senders_waiting > 0)
        pthread_cond_broadcast(&client->changed);
}

void outbox_clear(struct client *client)
{
    free(client->outbox.bytes);
    client->outbox = (struct outbox){0};
}

/* Waits until this one may send. False: the time is over, or the connection. */
static bool wait_for_room(struct client *client, bool is_small, int64_t deadline)
{
    uint64_t session = client->session;
    client->senders_waiting++;
    bool in_time = true;
    for (;;) {
        if (client->session != session || client->link != LINK_UP || client->finalized)
            break;
        if (is_small ? client->outbox.length < OUTBOX_MAX : !client->sending && client->outbox.length == 0)
            break;
        if (!in_time)
            break;
        in_time = deadline_wait(&client->changed, &client->lock, deadline);
    }
    client->senders_waiting--;
    return client->session == session && client->link == LINK_UP && !client->finalized && in_time;
}

/* One frame of a large message: its head and the next `length` bytes. Without the lock. 1 done, 0 too late, -1 lost; *taken counts bytes. */
static int write_frame(
    struct client *client, struct gather *gather, const uint8_t *head, size_t head_length, size_t length, int64_t deadline, size_t *taken)
{
    size_t total = head_length + length;
    struct gather from = *gather;
    *taken = 0;
    while (*taken < total) {
        struct iovec pieces[PIECES_AT_ONCE];
        unsigned count = 0;
        size_t body = *taken > head_length ? *taken - head_length : 0;
        if (*taken < head_length)
            pieces[count++] = (struct iovec){.iov_base = (void *)(uintptr_t)(head + *taken), .iov_len = head_length - *taken};
        struct gather at = from;
        count += gather_next(&at, length - body, pieces + count, PIECES_AT_ONCE - count);
        ssize_t sent = send_some(client, pieces, count);
        if (sent < 0)
            return -1;
        *taken += (size_t)sent;
        size_t skip = *taken > head_length ? *taken - head_length - body : 0;
        while (skip > 0) {
            struct iovec step;
            if (gather_next(&from, skip, &step, 1) == 0)
                break;
            skip -= step.iov_len;
        }
        if (*taken == total)
            break;
        struct pollfd full = {.fd = descriptor_number(&client->socket), .events = POLLOUT};
        if (deadline_left(deadline) == 0)
            return 0;
        poll(&full, 1, deadline_poll_ms(deadline));
    }
    *gather = from;
    return 1;
}

/* What is left of a large message at its deadline goes before whatever else waits. The program's memory is not touched afterwards. */
static bool leave_rest(struct client *client, const struct request *request, uint64_t parcel, uint32_t index, uint32_t count, size_t taken)
{
    struct outbox later = client->outbox;
    client->outbox = (struct outbox){0};
    size_t start = (size_t)index * PARCEL_PIECE_MAX;
    struct gather gather = {request, 0, 0};
    bool kept = true;
    struct iovec piece;
    for (size_t skip = start; skip > 0; skip -= piece.iov_len)
        gather_next(&gather, skip, &piece, 1);
    for (uint32_t i = index; i < count && kept; i++) {
        uint8_t head[FRAME_HEADER_BYTES + PARCEL_HEADER_BYTES];
        size_t length = request->length - (size_t)i * PARCEL_PIECE_MAX;
        if (length > PARCEL_PIECE_MAX)
            length = PARCEL_PIECE_MAX;
        bool whole = count == 1;
        frame_put_header(head, whole ? FRAME_MESSAGE : FRAME_PARCEL, (uint32_t)(length + (whole ? 0 : PARCEL_HEADER_BYTES)));
        frame_put_parcel_header(head + FRAME_HEADER_BYTES, parcel, i, count);
        size_t skip = i == index ? taken : 0;
        piece = (struct iovec){.iov_base = head, .iov_len = whole ? FRAME_HEADER_BYTES : sizeof head};
        for (;;) {
            size_t dropped = skip < piece.iov_len ? skip : piece.iov_len;
            kept = append_pieces(client, &piece, 1, dropped);
            skip -= dropped;
            if (!kept || length == 0 || gather_next(&gather, length, &piece, 1) == 0)
                break;
            length -= piece.iov_len;
        }
    }
    piece = (struct iovec){.iov_base = later.bytes, .iov_len = later.length};
    kept = kept && (later.length == 0 || append_pieces(client, &piece, 1, 0));
    free(later.bytes);
    return kept;
}

static enum sent send_large(struct client *client, const struct request *request, int64_t deadline)
{
    uint64_t parcel = ++client->parcels_sent;
    uint64_t session = client->session;
    uint32_t count = (uint32_t)((request->length + PARCEL_PIECE_MAX - 1) / PARCEL_PIECE_MAX);
    struct gather gather = {request, 0, 0};
    client->sending = true;
    pthread_mutex_unlock(&client->lock);

    int outcome = 1;
    uint32_t index = 0;
    size_t taken = 0;
    for (; index < count; index++) {
        uint8_t head[FRAME_HEADER_BYTES + PARCEL_HEADER_BYTES];
        size_t length = request->length - (size_t)index * PARCEL_PIECE_MAX;
        if (length > PARCEL_PIECE_MAX)
            length = PARCEL_PIECE_MAX;
        bool whole = count == 1;
        frame_put_header(head, whole ? FRAME_MESSAGE : FRAME_PARCEL, (uint32_t)(length + (whole ? 0 : PARCEL_HEADER_BYTES)));
        frame_put_parcel_header(head + FRAME_HEADER_BYTES, parcel, index, count);
        outcome = write_frame(client, &gather, head, whole ? FRAME_HEADER_BYTES : sizeof head, length, deadline, &taken);
        if (outcome != 1)
            break;
    }

    pthread_mutex_lock(&client->lock);
    client->sending = false;
    pthread_cond_broadcast(&client->changed);
    bool nothing = index == 0 && taken == 0;
    if (client->session != session || client->link != LINK_UP || outcome < 0) {
        if (client->session == session)
            link_give_up(client);
        return nothing ? SENT_NOTHING_LOST : SENT_LOST;
    }
    if (outcome == 0 && nothing) {
        outbox_flush(client);
        return SENT_NOTHING;
    }
    if (outcome == 0 && !leave_rest(client, request, parcel, index, count, taken)) {
        link_give_up(client);
        return SENT_LOST;
    }
    outbox_flush(client);
    if (client->outbox.length > 0)
        link_wake(client);
    return SENT;
}

enum sent outbox_send(struct client *client, const struct request *request, int64_t deadline)
{
    bool is_small = request->length <= SMALL_MAX && request->segment_count < PIECES_AT_ONCE;
    if (is_small ? client->outbox.length >= OUTBOX_MAX : client->sending || client->outbox.length > 0) {
        uint64_t session = client->session;
        if (!wait_for_room(client, is_small, deadline))
            return client->session == session && client->link == LINK_UP ? SENT_NOTHING : SENT_NOTHING_LOST;
    }
    if (!is_small)
        return send_large(client, request, deadline);
    uint8_t header[FRAME_HEADER_BYTES];
    struct iovec pieces[PIECES_AT_ONCE];
    frame_put_header(header, FRAME_MESSAGE, (uint32_t)request->length);
    pieces[0] = (struct iovec){.iov_base = header, .iov_len = sizeof header};
    for (unsigned i = 0; i < request->segment_count; i++)
        pieces[i + 1] = request->segments[i];
    return send_small(client, pieces, request->segment_count + 1);
}
