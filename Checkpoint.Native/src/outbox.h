/*
 * Sending. Small messages never wait: what the socket does not take at once is left in the outbox for the client's thread, in the order of these
 * calls. A large one is written by its caller, one at a time; between two of its pieces goes what small ones have come meanwhile. What is
 * left of it at its deadline goes to the outbox: small ones that come after that wait behind it.
 * The client's lock is held on entry and on return.
 */
#ifndef CKPT_OUTBOX_H
#define CKPT_OUTBOX_H

#include <sys/types.h>

#include "client.h"
#include "request.h"

enum sent {
    SENT,
    /* The time was over before the first byte. */
    SENT_NOTHING,
    /* The connection was lost before the first byte; */
    SENT_NOTHING_LOST,
    /* or later, or there was no memory for the rest, and the connection was given up. */
    SENT_LOST
};

/* A message that nobody waits for; small. Without memory for it the connection is given up. */
void outbox_post(struct client *client, const uint8_t *message, size_t length);

/* Bytes that are no frame (the preamble). */
void outbox_post_raw(struct client *client, const uint8_t *bytes, size_t length);

enum sent outbox_send(struct client *client, const struct request *request, int64_t deadline);

/* Writes what the socket takes now. */
void outbox_flush(struct client *client);

/* Forgets what waits; the connection is gone. */
void outbox_clear(struct client *client);

/* For large.c: pieces as the kernel takes them, so many at most. */
enum { OUTBOX_PIECES = 64 };

/* Bytes that the socket has taken; 0 when it is full; -1 when the connection is of no use any more. */
ssize_t outbox_write(struct client *client, struct iovec *pieces, unsigned count);

/* The same of the first `most` bytes that wait. */
ssize_t outbox_write_waiting(struct client *client, size_t most);

/* Drops the first `skip` bytes of the pieces, leaves the others to the thread. False when there is no memory. */
bool outbox_append(struct client *client, const struct iovec *pieces, unsigned count, size_t skip);

#endif
