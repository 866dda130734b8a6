/*
 * The thread of a library handle and its connection to the host.
 */
#ifndef CKPT_LINK_H
#define CKPT_LINK_H

#include "client.h"

/* Starts the thread, which connects at once. NO_RESOURCES when there is no thread to be had. */
SaAisErrorT link_start(struct client *client);

/* Ends the session and the thread; bounded. The client must be finalized; without the lock. */
void link_stop(struct client *client);

/* The thread looks at what there is to do. With the lock held, as the following. */
void link_wake(struct client *client);

/* The connection is of no use any more; the thread makes a new one. */
void link_give_up(struct client *client);

/* What the host said: the session is open; it is over or was refused. */
void link_welcomed(struct client *client, const struct welcome *welcome);
void link_dismissed(struct client *client, uint16_t status);

#endif
