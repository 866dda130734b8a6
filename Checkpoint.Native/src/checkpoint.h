/*
 * Open checkpoint handles and their iterations. With the client's lock held unless said otherwise.
 */
#ifndef CKPT_CHECKPOINT_H
#define CKPT_CHECKPOINT_H

#include "client.h"

/*
 * Makes a handle of what the host has opened over the connection `session`. If that is gone, the handle is attached again; without memory the
 * host is told to close it, and NULL is the answer. The handle table has the only reference.
 */
struct checkpoint *checkpoint_adopt(
    struct client *client, const struct opened *opened, SaCkptCheckpointOpenFlagsT flags, const uint8_t *name, uint16_t name_length,
    uint64_t session);

/* The handle and its iterations end; its callbacks are cancelled. False when another thread has done so. The caller has a reference. */
bool checkpoint_retire(struct checkpoint *checkpoint);

/* The connection is lost; a new one is there. */
void checkpoints_detach(struct client *client);
void checkpoints_attach(struct client *client);

/* The handle of the host over this connection, or NULL. */
struct checkpoint *checkpoint_of_host(struct client *client, uint64_t host_handle);

/* Whether the host is to tell changes to this handle. */
bool checkpoint_wants_changes(const struct checkpoint *checkpoint);

/* Changes are told from now on, or no more. */
void checkpoint_track(struct checkpoint *checkpoint, bool on);

/* A callback with changes has run: the host may send more. */
void checkpoint_consumed(struct checkpoint *checkpoint, unsigned events);

/* The host ends a handle or iteration that nobody has here; its answer is of no interest. */
void checkpoint_give_back(struct client *client, enum command command, uint64_t number);

/* With a reference, or NULL; without the lock. */
struct checkpoint *checkpoint_find(SaCkptCheckpointHandleT handle);
struct iteration *iteration_find(SaCkptSectionIterationHandleT handle);

/* NULL when there is no memory; else with the caller's reference besides the table's. */
struct iteration *iteration_adopt(struct checkpoint *checkpoint, uint64_t host_iteration, uint64_t session);
bool iteration_retire(struct iteration *iteration);

#endif
