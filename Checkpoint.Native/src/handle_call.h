/*
 * The frame of most functions: find the handle, ask the host, give everything back.
 */
#ifndef CKPT_HANDLE_CALL_H
#define CKPT_HANDLE_CALL_H

#include "checkpoint.h"
#include "core.h"
#include "exchange.h"

/* A call of one checkpoint handle, from the moment that the handle is known to be one. */
struct handle_call {
    struct checkpoint *checkpoint;
    struct client *client;
    struct request request;
    struct exchange exchange;
};

/* Finds the handle: OK, BAD_HANDLE or UNAVAILABLE. When it is not OK nothing has to be given back. */
SaAisErrorT handle_call_begin(struct handle_call *call, SaCkptCheckpointHandleT handle);

/* Gives the handle back without a request. */
void handle_call_abandon(struct handle_call *call);

/* Begins the request; with NO_MEMORY the handle is given back. */
SaAisErrorT handle_call_request(struct handle_call *call, enum command command, unsigned references);

/* The same for what needs so much room; NO_RESOURCES, in place of sending it, where no host takes so much. */
SaAisErrorT handle_call_request_with(struct handle_call *call, enum command command, const struct request_room *room);

/* Sends what was built, within the limit. */
SaAisErrorT handle_call_perform(struct handle_call *call, int64_t limit);

/* Gives everything back and passes the error on. */
SaAisErrorT handle_call_end(struct handle_call *call, SaAisErrorT error);

/* ACCESS unless the handle was opened with these flags. */
SaAisErrorT handle_call_needs(const struct handle_call *call, SaCkptCheckpointOpenFlagsT flags);

/* The rules of a handle's client, or the default ones where it is no handle: for what is checked before the handle. */
void rules_of(SaCkptCheckpointHandleT handle, struct rules *rules);

/* Tells the program the first bad element, if there is one and it wants to know. */
void tell_index(SaUint32T *index, int64_t value);

#endif
