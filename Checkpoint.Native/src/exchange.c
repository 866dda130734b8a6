#include "exchange.h"

#include <stdlib.h>

#include "deadline.h"
#include "link.h"
#include "outbox.h"

/* The host answers at the deadline itself, and knows better what came of the request; only its silence is ended here. */
#define GRACE_MOST (300 * NS_PER_MS)
#define GRACE_LEAST (20 * NS_PER_MS)

/* Between two attempts after TRY_AGAIN. */
#define PAUSE_FIRST (5 * NS_PER_MS)
#define PAUSE_MOST (250 * NS_PER_MS)

void exchange_init(struct exchange *exchange)
{
    exchange->call.owned = NULL;
    exchange->call.buffer = exchange->buffer;
    exchange->call.is_reader = false;
    exchange->answer.status = 0;
    exchange->answer.erroneous_index = -1;
}

void exchange_destroy(struct exchange *exchange)
{
    free(exchange->call.owned);
}

static SaAisErrorT standing_of(const struct target *target)
{
    SaAisErrorT standing = client_standing(target->client);
    if (standing != SA_AIS_OK)
        return standing;
    if (target->checkpoint != NULL) {
        if (target->checkpoint->closed)
            return SA_AIS_ERR_BAD_HANDLE;
        if (target->checkpoint->attachment == LOST)
            return SA_AIS_ERR_NOT_EXIST;
    }
    if (target->iteration != NULL) {
        if (target->iteration->closed)
            return SA_AIS_ERR_BAD_HANDLE;
        if (target->iteration->session != target->client->session) /* It went with the host that knew what had been returned. */
            return SA_AIS_ERR_NOT_EXIST;
    }
    return SA_AIS_OK;
}

/* Waits for the connection, the handle's attachment and room among the requests on their way. OK, or why it may not be sent. */
static SaAisErrorT wait_until_ready(const struct target *target, int64_t deadline)
{
    struct client *client = target->client;
    for (bool in_time = true;;) {
        SaAisErrorT standing = standing_of(target);
        if (standing != SA_AIS_OK)
            return standing;
        bool is_attached = target->checkpoint == NULL || target->checkpoint->attachment == ATTACHED;
        if (client->link == LINK_UP && is_attached && calls_have_room(client))
            return SA_AIS_OK;
        if (!in_time)
            return client_absence(client);
        client->calls.wanted++;
        in_time = deadline_wait(&client->changed, &client->lock, deadline);
        client->calls.wanted--;
    }
}

static void pause_until(struct client *client, int64_t until)
{
    while (deadline_wait(&client->changed, &client->lock, until) && client_standing(client) == SA_AIS_OK) {
    }
}

static int64_t pause_after(unsigned attempts)
{
    int64_t pause = PAUSE_FIRST << (attempts < 6 ? attempts : 6);
    return pause < PAUSE_MOST ? pause : PAUSE_MOST;
}

static int64_t answer_deadline(int64_t deadline, int64_t limit)
{
    int64_t grace = limit / 10;
    if (grace < GRACE_LEAST)
        grace = GRACE_LEAST;
    if (grace > GRACE_MOST)
        grace = GRACE_MOST;
    return deadline >= DEADLINE_NEVER - grace ? DEADLINE_NEVER : deadline + grace;
}

/* Sends once. With the lock. SENT: the call waits for its answer, *error is of no meaning then. */
static enum sent send_once(struct exchange *exchange, const struct target *target, struct request *request, int64_t deadline)
{
    struct client *client = target->client;
    struct call *call = &exchange->call;
    atomic_store_explicit(&call->state, CALL_WAITS, memory_order_relaxed);
    call->is_reader = false;
    if (!calls_add(client, call, false))
        return SENT_NOTHING;
    int64_t left = deadline_left(deadline);
    uint64_t handle = 0;
    if (target->iteration != NULL)
        handle = target->iteration->host_iteration;
    else if (target->checkpoint != NULL)
        handle = target->checkpoint->host_handle;
    request_stamp(request, call->id, left > 0 ? left : 1, handle);
    enum sent sent = outbox_send(client, request, deadline);
    if (sent != SENT)
        calls_free(client, call->id);
    return sent;
}

/* The state after the answer, or CALL_WAITS when it is given up. With the lock, but not while it waits. */
static enum call_state wait_for_answer(struct exchange *exchange, struct client *client, int64_t deadline)
{
    struct call *call = &exchange->call;
    call->is_reader = link_may_read(client);
    if (call->is_reader) {
        link_read_until(client, &call->state, CALL_WAITS, deadline);
    } else {
        pthread_mutex_unlock(&client->lock);
        deadline_wait_word(&call->state, CALL_WAITS, deadline);
        pthread_mutex_lock(&client->lock);
    }
    enum call_state state = (enum call_state)atomic_load_explicit(&call->state, memory_order_acquire);
    if (state == CALL_WAITS)
        calls_remove(client, call);
    return state;
}

static SaAisErrorT read_answer(struct exchange *exchange, const struct client *client)
{
    struct wire_reader reader;
    wire_reader_init(&reader, exchange->call.bytes, exchange->call.length);
    wire_u8(&reader);
    if (!message_read_answer(&reader, &exchange->answer))
        return SA_AIS_ERR_LIBRARY;
    return client_error(client, exchange->answer.status);
}

/* One attempt. *again: another one is allowed, after a pause if the answer was TRY_AGAIN. */
static SaAisErrorT attempt(
    struct exchange *exchange, const struct target *target, struct request *request, int64_t deadline, int64_t limit, bool *again)
{
    struct client *client = target->client;
    *again = false;
    SaAisErrorT error = wait_until_ready(target, deadline);
    if (error != SA_AIS_OK)
        return error;
    switch (send_once(exchange, target, request, deadline)) {
    case SENT:
        break;
    case SENT_NOTHING:
    case SENT_NOTHING_LOST:
        *again = true;
        return SA_AIS_ERR_TRY_AGAIN;
    case SENT_LOST:
        *again = request->repeatable;
        return SA_AIS_ERR_TIMEOUT;
    }
    enum call_state state = wait_for_answer(exchange, client, answer_deadline(deadline, limit));
    switch (state) {
    case CALL_ANSWERED:
        error = read_answer(exchange, client);
        /* A call without a limit never answers TIMEOUT. */
        *again = error == SA_AIS_ERR_TRY_AGAIN || (error == SA_AIS_ERR_TIMEOUT && deadline == DEADLINE_NEVER && request->repeatable);
        return error;
    case CALL_NO_MEMORY:
        return SA_AIS_ERR_NO_MEMORY;
    case CALL_LOST:
        error = standing_of(target);
        if (error != SA_AIS_OK)
            return error;
        *again = request->repeatable;
        return SA_AIS_ERR_TIMEOUT;
    default:
        return SA_AIS_ERR_TIMEOUT;
    }
}

SaAisErrorT exchange_perform(struct exchange *exchange, const struct target *target, struct request *request, int64_t limit)
{
    struct client *client = target->client;
    int64_t deadline = deadline_after(limit);
    SaAisErrorT error;
    /* An earlier attempt may have been executed before its connection was lost. */
    bool is_unknown = false;
    pthread_mutex_lock(&client->lock);
    for (unsigned attempts = 0;; attempts++) {
        bool again;
        error = attempt(exchange, target, request, deadline, limit, &again);
        is_unknown |= error == SA_AIS_ERR_TIMEOUT;
        if (!again)
            break;
        int64_t until = deadline_after(pause_after(attempts));
        if (until >= deadline)
            break;
        free(exchange->call.owned);
        exchange->call.owned = NULL;
        if (client->link == LINK_UP)
            pause_until(client, until);
    }
    pthread_mutex_unlock(&client->lock);
    return error == SA_AIS_ERR_TRY_AGAIN && is_unknown ? SA_AIS_ERR_TIMEOUT : error;
}
