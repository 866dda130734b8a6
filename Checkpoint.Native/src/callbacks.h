/*
 * Callbacks that wait for a thread in Dispatch. With the client's lock held.
 */
#ifndef CKPT_CALLBACKS_H
#define CKPT_CALLBACKS_H

#include "client.h"

enum callback_kind { CALLBACK_OPEN, CALLBACK_SYNCHRONIZE, CALLBACK_TRACK };

enum {
    /* Queued, or requested and not answered yet. */
    CALLBACKS_MAX = 65536
};

struct callback {
    struct callback *next;
    enum callback_kind kind;
    uint64_t sequence;
    SaInvocationT invocation;
    SaAisErrorT error;
    /* What the callback refers to, with a reference: cancelled when that is closed. NULL for an open. */
    struct checkpoint *checkpoint;
    SaCkptCheckpointHandleT handle;
    /* Tracking: the vector, and the ids behind it. */
    SaCkptIOVectorElementT *vector;
    SaUint32T count;
};

/* NULL when there is no memory. */
struct callback *callback_create(enum callback_kind kind, SaInvocationT invocation, struct checkpoint *checkpoint);
void callback_destroy(struct callback *callback);

/* Queues it; the selection object becomes readable. */
void callbacks_push(struct client *client, struct callback *callback, SaAisErrorT error);

/* Changes of a tracked checkpoint. */
void callbacks_push_changes(struct checkpoint *checkpoint, struct changed *changed);

/* The next one up to this sequence, which is the caller's then, or NULL. */
struct callback *callbacks_take(struct client *client, uint64_t last_sequence);

/* Those that refer to a checkpoint; NULL: all. The selection object stays readable until the next Dispatch. */
void callbacks_cancel(struct client *client, const struct checkpoint *checkpoint);

/* The selection object becomes readable and stays so; wakes every waiting thread. */
void callbacks_wake_all(struct client *client);

#endif
