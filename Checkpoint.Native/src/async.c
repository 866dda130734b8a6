#include "async.h"

#include <stdlib.h>
#include <string.h>

#include "callbacks.h"
#include "checkpoint.h"
#include "deadline.h"
#include "link.h"
#include "outbox.h"

/* The host answers at the deadline itself; only its silence is ended here. */
#define ANSWER_GRACE (300 * NS_PER_MS)

#define RETRY_FIRST (10 * NS_PER_MS)
#define RETRY_MOST (250 * NS_PER_MS)

struct async *async_create(
    const struct request *request, enum purpose purpose, const SaInvocationT *invocation, struct checkpoint *checkpoint, int64_t deadline)
{
    struct async *async = calloc(1, sizeof *async + request->length);
    if (async == NULL)
        return NULL;
    if (invocation != NULL) {
        async->callback = callback_create(purpose == PURPOSE_OPEN ? CALLBACK_OPEN : CALLBACK_SYNCHRONIZE, *invocation, checkpoint);
        if (async->callback == NULL) {
            free(async);
            return NULL;
        }
    }
    async->purpose = purpose;
    async->checkpoint = checkpoint;
    if (checkpoint != NULL)
        object_retain(&checkpoint->object);
    async->has_handle = request->has_handle;
    async->deadline = deadline;
    async->length = request->length;
    request_copy(request, async->message);
    return async;
}

static void discard(struct client *client, struct async *async)
{
    if (async->sent)
        calls_remove(client, &async->call);
    if (async->previous != NULL)
        async->previous->next = async->next;
    else
        client->asyncs = async->next;
    if (async->next != NULL)
        async->next->previous = async->previous;
    else
        client->last_async = async->previous;
    client->async_count--;
    if (async->checkpoint != NULL)
        object_release(&async->checkpoint->object);
    if (async->callback != NULL)
        callback_destroy(async->callback);
    free(async);
}

static bool may_be_sent(const struct client *client, const struct async *async, int64_t now)
{
    if (async->sent || client->link != LINK_UP || async->not_before > now)
        return false;
    return !async->has_handle || async->checkpoint->attachment == ATTACHED;
}

static void try_send(struct client *client, struct async *async, int64_t now)
{
    if (!may_be_sent(client, async, now))
        return;
    if (!calls_add(client, &async->call, true)) {
        client->asyncs_blocked = true;
        return;
    }
    async->sent = true;
    int64_t budget = async->deadline == DEADLINE_NEVER ? DEADLINE_NEVER : async->deadline > now ? async->deadline - now : 1;
    wire_patch_u64(async->message + REQUEST_ID_AT, async->call.id);
    wire_patch_u64(async->message + REQUEST_BUDGET_AT, (uint64_t)budget);
    if (async->has_handle)
        wire_patch_u64(async->message + REQUEST_HANDLE_AT, async->checkpoint->host_handle);
    outbox_post(client, async->message, async->length);
}

/* When it has to be looked at next. */
static int64_t due_of(const struct async *async, int64_t now)
{
    int64_t deadline = async->deadline;
    if (async->sent)
        return deadline >= DEADLINE_NEVER - ANSWER_GRACE ? DEADLINE_NEVER : deadline + ANSWER_GRACE;
    return async->not_before > now && async->not_before < deadline ? async->not_before : deadline;
}

static void note_due(struct client *client, const struct async *async, int64_t now)
{
    int64_t due = due_of(async, now);
    if (due < client->asyncs_due) {
        client->asyncs_due = due;
        link_wake(client);
    }
}

void async_start(struct client *client, struct async *async)
{
    /* At the end: those that wait for the connection or for room go in their order. */
    async->previous = client->last_async;
    if (client->last_async != NULL)
        client->last_async->next = async;
    else
        client->asyncs = async;
    client->last_async = async;
    client->async_count++;
    int64_t now = deadline_now();
    try_send(client, async, now);
    note_due(client, async, now);
    if (client->reader == READER_NONE) /* No thread waits for its answer: ours has to read. */
        link_wake(client);
}

void async_attach(struct client *client, struct checkpoint *checkpoint)
{
    struct request request;
    struct async *async = NULL;
    if (request_init(&request, COMMAND_ATTACH, 1)) {
        request_put_section(&request, checkpoint->name, checkpoint->name_length);
        wire_put_raw(&request.fixed, checkpoint->incarnation, INCARNATION_BYTES);
        wire_put_u32(&request.fixed, checkpoint->flags);
        request_finish(&request);
        async = async_create(&request, PURPOSE_ATTACH, NULL, checkpoint, DEADLINE_NEVER);
        request_destroy(&request);
    }
    if (async == NULL)
        link_give_up(client); /* The next connection tries again. */
    else
        async_start(client, async);
}

void async_track(struct client *client, struct checkpoint *checkpoint, bool on)
{
    struct request request;
    struct async *async = NULL;
    if (request_init_for_handle(&request, COMMAND_TRACK, 0)) {
        wire_put_u8(&request.fixed, on ? 1 : 0);
        request_finish(&request);
        async = async_create(&request, PURPOSE_TRACK, NULL, checkpoint, DEADLINE_NEVER);
        request_destroy(&request);
    }
    if (async == NULL)
        link_give_up(client);
    else
        async_start(client, async);
}

/* To be told of changes or not: a later request has said the contrary meanwhile. */
static bool is_outdated(const struct async *async)
{
    return async->purpose == PURPOSE_TRACK && (async->message[async->length - 1] != 0) != async->checkpoint->tracked;
}

/* The host does not tell this handle's changes: whoever asked for them has to hear it. One whose data is gone has no changes any more. */
static void tracking_refused(struct client *client, struct checkpoint *checkpoint, SaAisErrorT error)
{
    checkpoint->tracked = false;
    if (client->tracking_error == SA_AIS_OK && error != SA_AIS_ERR_NOT_EXIST)
        client->tracking_error = error;
}

/* Over, with an error, or a synchronize with OK. */
static void ended(struct client *client, struct async *async, SaAisErrorT error)
{
    struct checkpoint *checkpoint = async->checkpoint;
    if (async->callback != NULL) {
        callbacks_push(client, async->callback, error);
        async->callback = NULL;
    }
    if (async->purpose == PURPOSE_ATTACH) {
        /* Its data is gone: calls answer NOT_EXIST from now on. */
        checkpoint->attachment = LOST;
        client->asyncs_blocked = true;
    }
    if (async->purpose == PURPOSE_TRACK && checkpoint->tracked && error != SA_AIS_OK && !is_outdated(async))
        tracking_refused(client, checkpoint, error);
    if (async->callback == NULL) /* Somebody may wait until it is over. */
        pthread_cond_broadcast(&client->changed);
    discard(client, async);
}

/* Why a request that was not answered is over. */
static SaAisErrorT without_answer(const struct async *async)
{
    return async->sent || async->is_unknown ? SA_AIS_ERR_TIMEOUT : SA_AIS_ERR_TRY_AGAIN;
}

static void try_again(struct client *client, struct async *async, int64_t now)
{
    int64_t pause = RETRY_FIRST << (async->attempts < 5 ? async->attempts : 5);
    async->attempts++;
    async->not_before = now + (pause < RETRY_MOST ? pause : RETRY_MOST);
    async->sent = false;
    if (is_outdated(async) || async->not_before >= async->deadline)
        ended(client, async, without_answer(async));
    else
        note_due(client, async, now);
}

void asyncs_proceed(struct client *client)
{
    int64_t now = deadline_now();
    client->asyncs_due = DEADLINE_NEVER;
    client->asyncs_blocked = false;
    for (struct async *async = client->asyncs, *next; async != NULL; async = next) {
        next = async->next;
        if (async->has_handle && async->checkpoint->attachment == LOST) {
            ended(client, async, SA_AIS_ERR_NOT_EXIST);
            continue;
        }
        try_send(client, async, now);
        int64_t due = due_of(async, now);
        if (due <= now)
            ended(client, async, without_answer(async));
        else if (due < client->asyncs_due)
            client->asyncs_due = due;
    }
}

static bool opened(struct client *client, struct async *async, struct answer *answer)
{
    struct opened opened;
    if (!result_opened(answer, &opened))
        return false;
    struct wire_reader name;
    uint16_t length;
    wire_reader_init(&name, async->message, async->length);
    wire_raw(&name, REQUEST_COMMAND_AT + 1);
    const uint8_t *bytes = wire_short_bytes(&name, &length);
    struct checkpoint *checkpoint = checkpoint_adopt(client, &opened, async->flags, bytes, length, client->session);
    if (checkpoint != NULL) {
        async->callback->handle = checkpoint->object.handle;
        if (checkpoint_wants_changes(checkpoint))
            checkpoint_track(checkpoint, true);
    }
    ended(client, async, checkpoint == NULL ? SA_AIS_ERR_NO_MEMORY : SA_AIS_OK);
    return true;
}

static bool attached(struct client *client, struct async *async, struct answer *answer)
{
    struct opened opened;
    struct checkpoint *checkpoint = async->checkpoint;
    if (!result_opened(answer, &opened))
        return false;
    checkpoint->host_handle = opened.handle;
    checkpoint->attachment = ATTACHED;
    checkpoint->consumed = 0; /* What the old connection's host was owed. */
    checkpoint->tracked = checkpoint_wants_changes(checkpoint);
    if (checkpoint->tracked)
        async_track(client, checkpoint, true);
    discard(client, async);
    pthread_cond_broadcast(&client->changed);
    client->asyncs_blocked = true; /* Some may have waited for it. */
    return true;
}

/* Of an attempt to attach a handle again. */
static bool is_final(uint16_t status)
{
    return status == SA_AIS_OK || status == SA_AIS_ERR_NOT_EXIST;
}

void async_answered(struct client *client, struct async *async, const struct frame_message *message)
{
    struct wire_reader reader;
    struct answer answer;
    bool understood = true;
    wire_reader_init(&reader, message->bytes, message->length);
    wire_u8(&reader);
    calls_free(client, async->call.id);
    async->sent = false;
    if (!message_read_answer(&reader, &answer))
        understood = false;
    else if (answer.status == SA_AIS_ERR_TRY_AGAIN || (async->purpose == PURPOSE_ATTACH && !is_final(answer.status)))
        try_again(client, async, deadline_now());
    else if (answer.status == SA_AIS_OK && async->purpose == PURPOSE_OPEN)
        understood = opened(client, async, &answer);
    else if (answer.status == SA_AIS_OK && async->purpose == PURPOSE_ATTACH)
        understood = attached(client, async, &answer);
    else
        ended(client, async, client_error(client, answer.status));
    if (!understood)
        link_give_up(client);
}

void asyncs_lost(struct client *client)
{
    for (struct async *async = client->asyncs, *next; async != NULL; async = next) {
        next = async->next;
        async->is_unknown |= async->sent;
        async->sent = false;
        async->not_before = 0;
        /* Ours belong to the connection. A program's open or synchronize does no more when it is asked twice: the lost session's opens are closed. */
        if (async->purpose == PURPOSE_ATTACH || async->purpose == PURPOSE_TRACK)
            discard(client, async);
    }
}

void asyncs_cancel(struct client *client, const struct checkpoint *checkpoint)
{
    for (struct async *async = client->asyncs, *next; async != NULL; async = next) {
        next = async->next;
        if (checkpoint == NULL || async->checkpoint == checkpoint)
            discard(client, async);
    }
}
