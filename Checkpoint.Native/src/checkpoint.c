#include "checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "async.h"
#include "callbacks.h"
#include "outbox.h"

static void destroy_checkpoint(struct object *object)
{
    struct checkpoint *checkpoint = (struct checkpoint *)object;
    client_release(checkpoint->client);
    free(checkpoint);
}

static void destroy_iteration(struct object *object)
{
    struct iteration *iteration = (struct iteration *)object;
    object_release(&iteration->checkpoint->object);
    free(iteration->id);
    free(iteration);
}

bool checkpoint_wants_changes(const struct checkpoint *checkpoint)
{
    const struct client *client = checkpoint->client;
    return (client->tracking || client->arrival != NULL) && (checkpoint->flags & SA_CKPT_CHECKPOINT_READ) != 0;
}

void checkpoint_track(struct checkpoint *checkpoint, bool on)
{
    if (checkpoint->tracked == on || checkpoint->closed)
        return;
    checkpoint->tracked = on;
    checkpoint->consumed = 0;
    if (checkpoint->attachment == ATTACHED)
        async_track(checkpoint->client, checkpoint, on);
}

void checkpoint_consumed(struct checkpoint *checkpoint, unsigned events)
{
    /* One credit for many events, but none is kept back while nothing else waits: the host may allow very few. */
    enum { TOGETHER = 128 };
    struct client *client = checkpoint->client;
    checkpoint->consumed += events;
    if (checkpoint->closed || !checkpoint->tracked || checkpoint->attachment != ATTACHED || client->link != LINK_UP)
        return;
    if (checkpoint->consumed == 0 || (checkpoint->consumed < TOGETHER && client->first_callback != NULL))
        return;
    uint8_t message[16];
    struct wire_writer writer;
    wire_writer_init(&writer, message, sizeof message);
    message_put_credit(&writer, checkpoint->host_handle, (int32_t)checkpoint->consumed);
    checkpoint->consumed = 0;
    outbox_post(client, message, wire_written(&writer));
}

void checkpoint_give_back(struct client *client, enum command command, uint64_t number)
{
    uint8_t message[64];
    struct wire_writer writer;
    wire_writer_init(&writer, message, sizeof message);
    message_put_request(&writer, command);
    wire_put_u64(&writer, number);
    /* An id that no call gets: its answer finds nobody. */
    wire_patch_u64(message + REQUEST_ID_AT, ++client->calls.counter << 16 | 0xFFFF);
    outbox_post(client, message, wire_written(&writer));
}

struct checkpoint *checkpoint_adopt(
    struct client *client, const struct opened *opened, SaCkptCheckpointOpenFlagsT flags, const uint8_t *name, uint16_t name_length,
    uint64_t session)
{
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint + name_length);
    if (checkpoint != NULL) {
        object_init(&checkpoint->object, HANDLE_CHECKPOINT, destroy_checkpoint);
        checkpoint->client = client;
        object_retain(&client->object);
        checkpoint->host_handle = opened->handle;
        memcpy(checkpoint->incarnation, opened->incarnation, INCARNATION_BYTES);
        checkpoint->attributes = opened->attributes;
        checkpoint->flags = flags;
        checkpoint->attachment = session == client->session ? ATTACHED : DETACHED;
        checkpoint->name_length = name_length;
        memcpy(checkpoint->name, name, name_length);
        if (!handle_issue(&checkpoint->object)) {
            object_release(&checkpoint->object);
            checkpoint = NULL;
        }
    }
    if (checkpoint == NULL) {
        if (session == client->session)
            checkpoint_give_back(client, COMMAND_CLOSE, opened->handle);
        return NULL;
    }
    object_release(&checkpoint->object);
    checkpoint->next = client->checkpoints;
    if (checkpoint->next != NULL)
        checkpoint->next->previous = checkpoint;
    client->checkpoints = checkpoint;
    if (checkpoint->attachment == DETACHED && client->link == LINK_UP)
        async_attach(client, checkpoint);
    return checkpoint;
}

bool checkpoint_retire(struct checkpoint *checkpoint)
{
    struct client *client = checkpoint->client;
    if (checkpoint->closed)
        return false;
    checkpoint->closed = true;
    if (checkpoint->previous != NULL)
        checkpoint->previous->next = checkpoint->next;
    else
        client->checkpoints = checkpoint->next;
    if (checkpoint->next != NULL)
        checkpoint->next->previous = checkpoint->previous;
    while (checkpoint->iterations != NULL) {
        struct iteration *iteration = checkpoint->iterations;
        object_retain(&iteration->object);
        iteration_retire(iteration);
        object_release(&iteration->object);
    }
    asyncs_cancel(client, checkpoint);
    callbacks_cancel(client, checkpoint);
    handle_revoke(&checkpoint->object);
    pthread_cond_broadcast(&client->changed);
    return true;
}

void checkpoints_detach(struct client *client)
{
    for (struct checkpoint *checkpoint = client->checkpoints; checkpoint != NULL; checkpoint = checkpoint->next)
        if (checkpoint->attachment == ATTACHED)
            checkpoint->attachment = DETACHED;
}

void checkpoints_attach(struct client *client)
{
    for (struct checkpoint *checkpoint = client->checkpoints; checkpoint != NULL && client->link == LINK_UP; checkpoint = checkpoint->next)
        if (checkpoint->attachment == DETACHED)
            async_attach(client, checkpoint);
}

struct checkpoint *checkpoint_of_host(struct client *client, uint64_t host_handle)
{
    struct checkpoint *checkpoint = client->checkpoints;
    while (checkpoint != NULL && (checkpoint->host_handle != host_handle || checkpoint->attachment != ATTACHED))
        checkpoint = checkpoint->next;
    return checkpoint;
}

struct checkpoint *checkpoint_find(SaCkptCheckpointHandleT handle)
{
    return (struct checkpoint *)handle_find(handle, HANDLE_CHECKPOINT);
}

struct iteration *iteration_find(SaCkptSectionIterationHandleT handle)
{
    return (struct iteration *)handle_find(handle, HANDLE_ITERATION);
}

struct iteration *iteration_adopt(struct checkpoint *checkpoint, uint64_t host_iteration, uint64_t session)
{
    struct iteration *iteration = calloc(1, sizeof *iteration);
    if (iteration == NULL)
        return NULL;
    object_init(&iteration->object, HANDLE_ITERATION, destroy_iteration);
    iteration->checkpoint = checkpoint;
    object_retain(&checkpoint->object);
    iteration->host_iteration = host_iteration;
    iteration->session = session;
    if (!handle_issue(&iteration->object)) {
        object_release(&iteration->object);
        return NULL;
    }
    iteration->next = checkpoint->iterations;
    checkpoint->iterations = iteration;
    return iteration;
}

bool iteration_retire(struct iteration *iteration)
{
    if (iteration->closed)
        return false;
    iteration->closed = true;
    struct iteration **link = &iteration->checkpoint->iterations;
    while (*link != iteration)
        link = &(*link)->next;
    *link = iteration->next;
    free(iteration->id);
    iteration->id = NULL;
    handle_revoke(&iteration->object);
    return true;
}
