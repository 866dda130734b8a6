/*
 * Sending large messages, piece by piece. The client's lock is held on entry and on return.
 */
#ifndef CKPT_LARGE_H
#define CKPT_LARGE_H

#include "outbox.h"

/* Written by its caller until the deadline; nobody else sends a large one, and nothing waits in the outbox when it begins. */
enum sent large_send(struct client *client, const struct request *request, int64_t deadline);

#endif
