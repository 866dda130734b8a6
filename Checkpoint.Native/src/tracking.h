/*
 * Waiting until the host has taken in what is tracked and what is not.
 */
#ifndef CKPT_TRACKING_H
#define CKPT_TRACKING_H

#include "client.h"

/* With the lock. False when the deadline passed. */
bool tracking_wait(struct client *client, int64_t deadline);

#endif
