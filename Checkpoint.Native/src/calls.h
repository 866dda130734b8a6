/*
 * Requests on their way, and how their answers find those who wait. All with the client's lock held, except calls_wait.
 */
#ifndef CKPT_CALLS_H
#define CKPT_CALLS_H

#include <stdatomic.h>

#include "client.h"

enum call_state { CALL_WAITS, CALL_ANSWERED, CALL_LOST, CALL_NO_MEMORY };

/* Answers up to this size are handed over without an allocation. */
enum { CALL_INLINE = 4608 };

struct call {
    /* An enum call_state; written last by whoever completes the call, then nothing of the call is touched any more. */
    atomic_uint state;
    bool is_async;
    /* The caller looks at the state itself, after each read: it needs not be woken. */
    bool is_reader;
    uint64_t id;
    uint64_t session;
    /* The answer, with its type; in the buffer or in a block of its own. */
    const uint8_t *bytes;
    size_t length;
    uint8_t *owned;
    uint8_t *buffer;
};

/* Whether the host allows one more, of a thread that waits. */
bool calls_have_room(const struct client *client);

/* Gives the call its id. False when as many as the host allows are on their way, or there is no memory. */
bool calls_add(struct client *client, struct call *call, bool is_async);

/* Nobody waits for it any more. Its place stays taken until the answer comes: the host would refuse what is above its limit. */
void calls_remove(struct client *client, struct call *call);

/* It is answered, or was never sent: its place is free. */
void calls_free(struct client *client, uint64_t id);

/* The waiting call of an id, or NULL. */
struct call *calls_find(struct client *client, uint64_t id);

/* Hands an answer, or that it is lost, to a thread that waits, and removes the call. */
void calls_answer(struct client *client, struct call *call, const struct frame_message *message);

/* The connection is gone, or the handle: no answer will come for those who wait. */
void calls_lose_all(struct client *client);

void calls_destroy(struct client *client);

#endif
