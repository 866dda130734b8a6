#include "outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deadline.h"
#include "large.h"
#include "link.h"

enum {
    SMALL_MAX = 32 * 1024,
    /* Small messages wait for room above it. */
    OUTBOX_MAX = 1024 * 1024
};

ssize_t outbox_write(struct client *client, struct iovec *pieces, unsigned count)
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

/* Room behind what waits. Bytes are moved only when at least as many have gone since the last time, so each is moved once on average at most. */
static bool reserve(struct outbox *outbox, size_t more)
{
    size_t needed = outbox->length + more;
    if (outbox->start + needed <= outbox->capacity)
        return true;
    if (needed <= outbox->capacity && outbox->start >= outbox->length) {
        memcpy(outbox->bytes, outbox->bytes + outbox->start, outbox->length);
        outbox->start = 0;
        return true;
    }
    size_t capacity = outbox->capacity == 0 ? 4096 : outbox->capacity * 2;
    while (capacity < needed)
        capacity *= 2;
    uint8_t *grown = malloc(capacity);
    if (grown == NULL)
        return false;
    if (outbox->length > 0)
        memcpy(grown, outbox->bytes + outbox->start, outbox->length);
    free(outbox->bytes);
    *outbox = (struct outbox){.bytes = grown, .length = outbox->length, .capacity = capacity};
    return true;
}

bool outbox_append(struct client *client, const struct iovec *pieces, unsigned count, size_t skip)
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
        memcpy(client->outbox.bytes + client->outbox.start + client->outbox.length, (char *)pieces[i].iov_base + dropped, length);
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
        sent = outbox_write(client, pieces, count);
        if (sent < 0) {
            link_give_up(client);
            return SENT_NOTHING_LOST;
        }
        if ((size_t)sent == total)
            return SENT;
    }
    if (outbox_append(client, pieces, count, (size_t)sent))
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

/* The socket has taken so many bytes of it. */
static void gone(struct client *client, size_t bytes)
{
    struct outbox *outbox = &client->outbox;
    bool was_full = outbox->length >= OUTBOX_MAX;
    outbox->start += bytes;
    outbox->length -= bytes;
    if (outbox->length == 0 && outbox->capacity > OUTBOX_MAX)
        outbox_clear(client);
    else if (outbox->length == 0)
        outbox->start = 0;
    if (client->senders_waiting > 0 && (outbox->length == 0 || (was_full && outbox->length < OUTBOX_MAX)))
        pthread_cond_broadcast(&client->changed);
}

ssize_t outbox_write_waiting(struct client *client, size_t most)
{
    struct iovec piece = {.iov_base = client->outbox.bytes + client->outbox.start, .iov_len = most};
    ssize_t sent = outbox_write(client, &piece, 1);
    if (sent > 0)
        gone(client, (size_t)sent);
    return sent;
}

void outbox_flush(struct client *client)
{
    if (client->sending || client->outbox.length == 0 || (client->link != LINK_UP && client->link != LINK_GREETING))
        return;
    if (outbox_write_waiting(client, client->outbox.length) < 0)
        link_give_up(client);
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

enum sent outbox_send(struct client *client, const struct request *request, int64_t deadline)
{
    bool is_small = request->length <= SMALL_MAX && request->segment_count < OUTBOX_PIECES;
    if (is_small ? client->outbox.length >= OUTBOX_MAX : client->sending || client->outbox.length > 0) {
        uint64_t session = client->session;
        if (!wait_for_room(client, is_small, deadline))
            return client->session == session && client->link == LINK_UP ? SENT_NOTHING : SENT_NOTHING_LOST;
    }
    if (!is_small)
        return large_send(client, request, deadline);
    uint8_t header[FRAME_HEADER_BYTES];
    struct iovec pieces[OUTBOX_PIECES];
    frame_put_header(header, FRAME_MESSAGE, (uint32_t)request->length);
    pieces[0] = (struct iovec){.iov_base = header, .iov_len = sizeof header};
    for (unsigned i = 0; i < request->segment_count; i++)
        pieces[i + 1] = request->segments[i];
    return send_small(client, pieces, request->segment_count + 1);
}
