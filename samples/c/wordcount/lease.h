/*
 * Who leads: the worker that created the section "active" of a small checkpoint of its own. The section expires unless its owner keeps setting
 * its expiration time on, so a worker that dies is gone from it after one length, by the clock of the service and not of any worker. A worker
 * that only stood still may find another in its place; its writes are refused then by the fence (store.h).
 */
#ifndef SAMPLE_LEASE_H
#define SAMPLE_LEASE_H

#include <pthread.h>
#include <stdbool.h>

#include "../ais.h"

enum { LEASE_MARK_BYTES = 16, LEASE_LENGTH_MS = 2000 };

struct lease {
    SaCkptCheckpointHandleT checkpoint;
    uint8_t mark[LEASE_MARK_BYTES];
    pthread_t keeper;
    /* Readable when the keeper is to end. */
    int stop[2];
};

SaAisErrorT lease_open(struct lease *lease, struct session *session);

/* Unknown counts as taken: look again. An error means that the session is of no more use. */
SaAisErrorT lease_is_taken(struct lease *lease, bool *is_taken);

/* False when another worker was first. Unknown counts as no: what was created all the same expires. */
bool lease_take(struct lease *lease);

/* A thread of its own keeps the lease, while this one waits for its writes. */
void lease_keep(struct lease *lease);
SaAisErrorT lease_is_ours(struct lease *lease, bool *is_ours);

/* Ends the thread, and lets the next one lead without waiting for the expiry. Somebody else's lease is left alone. */
void lease_release(struct lease *lease);

#endif
