#include "callbacks.h"

#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"

struct callback *callback_create(enum callback_kind kind, SaInvocationT invocation, struct checkpoint *checkpoint)
{
    struct callback *callback = calloc(1, sizeof *callback);
    if (callback == NULL)
        return NULL;
    callback->kind = kind;
    callback->invocation = invocation;
    callback->checkpoint = checkpoint;
    if (checkpoint != NULL)
        object_retain(&checkpoint->object);
    callback->handle = ~UINT64_C(0); /* What openais passes with an error. */
    return callback;
}

void callback_destroy(struct callback *callback)
{
    if (callback->checkpoint != NULL)
        object_release(&callback->checkpoint->object);
    free(callback->vector);
    free(callback);
}

static void raise_selection(struct client *client)
{
    if (client->selection_raised)
        return;
    client->selection_raised = true;
    descriptor_raise(&client->selection);
}

void callbacks_push(struct client *client, struct callback *callback, SaAisErrorT error)
{
    callback->error = error;
    callback->sequence = ++client->callback_sequence;
    callback->next = NULL;
    if (client->last_callback == NULL)
        client->first_callback = callback;
    else
        client->last_callback->next = callback;
    client->last_callback = callback;
    client->callback_count++;
    raise_selection(client);
    pthread_cond_signal(&client->callback_queued);
}

static bool is_told(const struct change_read *change)
{
    switch (change->kind) {
    case TOLD_CREATED:
        return change->size > 0;
    case TOLD_WRITTEN:
    case TOLD_OVERWRITTEN:
    case TOLD_DELETED:
        return true;
    default:
        return false;
    }
}

/* Two passes over the message: one counts, one copies into a single block. */
static SaUint32T copy_changes(struct changed changed, SaCkptIOVectorElementT *vector, uint8_t *ids, size_t *id_bytes)
{
    SaUint32T count = 0;
    *id_bytes = 0;
    for (uint32_t i = 0; i < changed.count; i++) {
        struct change_read change;
        message_next_change(&changed, &change);
        if (!is_told(&change))
            continue;
        if (vector != NULL) {
            memset(&vector[count], 0, sizeof *vector);
            if (change.id_length > 0) {
                memcpy(ids + *id_bytes, change.id, change.id_length);
                vector[count].sectionId.id = ids + *id_bytes;
            }
            vector[count].sectionId.idLen = change.id_length;
            vector[count].dataSize = change.kind == TOLD_DELETED ? 0 : (SaSizeT)change.size;
            vector[count].dataOffset = change.kind == TOLD_DELETED ? 0 : (SaOffsetT)change.offset;
        }
        *id_bytes += change.id_length;
        count++;
    }
    return count;
}

void callbacks_push_changes(struct checkpoint *checkpoint, struct changed *changed)
{
    struct client *client = checkpoint->client;
    size_t id_bytes;
    SaUint32T count = copy_changes(*changed, NULL, NULL, &id_bytes);
    struct callback *callback = NULL;
    if (count > 0 && client->callback_count < CALLBACKS_MAX)
        callback = callback_create(CALLBACK_TRACK, 0, checkpoint);
    if (callback != NULL)
        callback->vector = malloc(count * sizeof(SaCkptIOVectorElementT) + id_bytes);
    if (callback == NULL || callback->vector == NULL) {
        if (callback != NULL)
            callback_destroy(callback);
        checkpoint_consumed(checkpoint, 1);
        return;
    }
    callback->count = count;
    callback->handle = checkpoint->object.handle;
    copy_changes(*changed, callback->vector, (uint8_t *)(callback->vector + count), &id_bytes);
    callbacks_push(client, callback, SA_AIS_OK);
}

struct callback *callbacks_take(struct client *client, uint64_t last_sequence)
{
    struct callback *callback = client->first_callback;
    if (callback != NULL && callback->sequence > last_sequence)
        return NULL;
    if (callback != NULL) {
        client->first_callback = callback->next;
        client->callback_count--;
        if (callback->next == NULL)
            client->last_callback = NULL;
    }
    if (client->first_callback == NULL && client->selection_raised && client->link != LINK_BARRED) {
        client->selection_raised = false;
        descriptor_lower(&client->selection);
    }
    return callback;
}

void callbacks_cancel(struct client *client, const struct checkpoint *checkpoint)
{
    struct callback **link = &client->first_callback;
    client->last_callback = NULL;
    while (*link != NULL) {
        struct callback *callback = *link;
        if (checkpoint != NULL && callback->checkpoint != checkpoint) {
            client->last_callback = callback;
            link = &callback->next;
            continue;
        }
        *link = callback->next;
        client->callback_count--;
        callback_destroy(callback);
    }
}

void callbacks_wake_all(struct client *client)
{
    raise_selection(client);
    pthread_cond_broadcast(&client->callback_queued);
}
