/*
 * Receiving: what the host sends finds those who wait for it.
 */
#ifndef CKPT_INBOX_H
#define CKPT_INBOX_H

#include "client.h"

/*
 * Takes what the socket has and handles it; waits for nothing. By one thread at a time, the reader, without the lock. False when the
 * connection is of no use any more.
 */
bool inbox_receive(struct client *client);

#endif
