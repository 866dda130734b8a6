/*
 * Requests that no thread waits for: they wait for the connection, are sent, asked again, and end in a callback or in nothing. All with
 * the client's lock held.
 */
#ifndef CKPT_ASYNC_H
#define CKPT_ASYNC_H

#include "callbacks.h"
#include "calls.h"
#include "request.h"

enum purpose {
    /* The program's; each ends in exactly one callback. */
    PURPOSE_OPEN,
    PURPOSE_SYNCHRONIZE,
    /* Ours: attach a handle again over a new connection, */
    PURPOSE_ATTACH,
    /* be told of changes, or not any more. */
    PURPOSE_TRACK
};

struct async {
    struct call call;
    struct async *next;
    struct async *previous;
    enum purpose purpose;
    /* What a program's request ends in; made beforehand, so that it cannot fail. */
    struct callback *callback;
    /* With a reference; NULL for an open. */
    struct checkpoint *checkpoint;
    SaCkptCheckpointOpenFlagsT flags;
    bool has_handle;
    bool sent;
    /* It was sent over a connection that was lost before the answer: the host may have done it. */
    bool is_unknown;
    unsigned attempts;
    int64_t deadline;
    int64_t not_before;
    size_t length;
    uint8_t message[];
};

/*
 * A copy of the request, which must be finished. NULL when there is no memory. Takes a reference of the checkpoint. A program's request has
 * an invocation, ours has none.
 */
struct async *async_create(
    const struct request *request, enum purpose purpose, const SaInvocationT *invocation, struct checkpoint *checkpoint, int64_t deadline);

/* The client's from now on. */
void async_start(struct client *client, struct async *async);

/* Begins to attach a checkpoint again; to track it or not. */
void async_attach(struct client *client, struct checkpoint *checkpoint);
void async_track(struct client *client, struct checkpoint *checkpoint, bool on);

/* Sends what may be sent; looks after deadlines. */
void asyncs_proceed(struct client *client);
void async_answered(struct client *client, struct async *async, const struct frame_message *message);

/* The connection is lost. */
void asyncs_lost(struct client *client);

/* Whatever refers to the checkpoint; NULL: everything. No callback follows. */
void asyncs_cancel(struct client *client, const struct checkpoint *checkpoint);

#endif
