/*
 * Sending. Frames go out one after the other in the order of these calls. Small ones never wait: what the socket does not take at once is
 * left in the outbox for the client's thread. A large one is written by its caller, until its deadline; the rest goes to the outbox.
 * The client's lock is held on entry and on return.
 */
#ifndef CKPT_OUTBOX_H
#define CKPT_OUTBOX_H

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

#endif
