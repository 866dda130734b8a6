#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "deadline.h"

enum { SLOT_BITS = 16, ROOM_FIRST = 64, ROOM_MAX = 1 << SLOT_BITS };

/* Requests of threads that wait always find some room beside those that nobody waits for. */
enum { RESERVED_FOR_WAITING = 64 };

static bool grow(struct call_table *table)
{
    uint32_t room = table->room == 0 ? ROOM_FIRST : table->room * 2;
    if (room > ROOM_MAX)
        return false;
    struct call_slot *grown = realloc(table->slots, room * sizeof *grown);
    if (grown == NULL)
        return false;
    memset(grown + table->room, 0, (room - table->room) * sizeof *grown);
    table->slots = grown;
    table->next = table->room;
    table->room = room;
    return true;
}

bool calls_have_room(const struct client *client)
{
    return client->calls.used < (uint32_t)client->outstanding_max && client->calls.used < ROOM_MAX;
}

bool calls_add(struct client *client, struct call *call, bool is_async)
{
    struct call_table *table = &client->calls;
    int64_t limit = client->outstanding_max;
    if (is_async && limit > 2 * RESERVED_FOR_WAITING)
        limit -= RESERVED_FOR_WAITING;
    if (table->used >= limit || (table->used == table->room && !grow(table)))
        return false;
    while (table->slots[table->next].id != 0)
        table->next = (table->next + 1) % table->room;
    call->is_async = is_async;
    call->id = ++table->counter << SLOT_BITS | table->next;
    call->session = client->session;
    table->slots[table->next] = (struct call_slot){call, call->id};
    table->used++;
    return true;
}

static struct call_slot *slot_of(struct client *client, uint64_t id)
{
    uint64_t slot = id & (ROOM_MAX - 1);
    if (slot >= client->calls.room || client->calls.slots[slot].id != id)
        return NULL;
    return &client->calls.slots[slot];
}

struct call *calls_find(struct client *client, uint64_t id)
{
    struct call_slot *slot = slot_of(client, id);
    return slot != NULL ? slot->call : NULL;
}

void calls_remove(struct client *client, struct call *call)
{
    struct call_slot *slot = slot_of(client, call->id);
    if (slot != NULL)
        slot->call = NULL;
}

void calls_free(struct client *client, uint64_t id)
{
    struct call_slot *slot = slot_of(client, id);
    if (slot == NULL)
        return;
    *slot = (struct call_slot){NULL, 0};
    client->calls.used--;
    if (client->calls.wanted > 0)
        pthread_cond_broadcast(&client->changed);
}

static void complete(struct call *call, enum call_state state)
{
    bool sleeps = !call->is_reader;
    atomic_store_explicit(&call->state, state, memory_order_release);
    if (sleeps)
        deadline_wake_word(&call->state);
}

void calls_answer(struct client *client, struct call *call, const struct frame_message *message)
{
    calls_free(client, call->id);
    if (message->is_lost) {
        complete(call, CALL_NO_MEMORY);
        return;
    }
    call->length = message->length;
    call->owned = message->owned;
    if (message->owned != NULL) {
        call->bytes = message->owned;
    } else if (message->length <= CALL_INLINE) {
        memcpy(call->buffer, message->bytes, message->length);
        call->bytes = call->buffer;
    } else {
        call->owned = malloc(message->length);
        if (call->owned == NULL) {
            complete(call, CALL_NO_MEMORY);
            return;
        }
        memcpy(call->owned, message->bytes, message->length);
        call->bytes = call->owned;
    }
    complete(call, CALL_ANSWERED);
}

void calls_lose_all(struct client *client)
{
    struct call_table *table = &client->calls;
    for (uint32_t i = 0; i < table->room && table->used > 0; i++) {
        struct call *call = table->slots[i].call;
        if (table->slots[i].id == 0)
            continue;
        table->slots[i] = (struct call_slot){NULL, 0};
        table->used--;
        if (call != NULL && !call->is_async)
            complete(call, CALL_LOST);
    }
}

void calls_destroy(struct client *client)
{
    free(client->calls.slots);
}
