/*
 * The thread of a library handle and its connection to the host.
 */
#ifndef CKPT_LINK_H
#define CKPT_LINK_H

#include <stdatomic.h>

#include "client.h"

/* Starts the thread, which connects at once. NO_RESOURCES when there is no thread to be had. */
SaAisErrorT link_start(struct client *client);

/* Ends the session and the thread; bounded. The client must be finalized; without the lock. */
void link_stop(struct client *client);

/*
 * The calling thread takes the part of the reader until its call is over, if nobody has it. Without it false; the answer comes by itself then.
 * link_read_until returns when the call is over or its deadline has passed, and gives the part back. Both with the lock held.
 */
bool link_may_read(struct client *client);
void link_read_until(struct client *client, atomic_uint *state, unsigned waits, int64_t deadline);

/* The thread looks at what there is to do. With the lock held, as the following. */
void link_wake(struct client *client);

/* The connection is of no use any more; the thread makes a new one. */
void link_give_up(struct client *client);

/* What the host said: the session is open; it is over or was refused. */
void link_welcomed(struct client *client, const struct welcome *welcome);
void link_dismissed(struct client *client, uint16_t status);

#endif
