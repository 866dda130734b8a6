#include "inbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "async.h"
#include "callbacks.h"
#include "calls.h"
#include "checkpoint.h"
#include "link.h"
#include "outbox.h"

/* Reads at a time before the lock is given to others. */
enum { READS_AT_ONCE = 16 };

/* The answer to a request that nobody waits for any more. What it opened is given back: nobody else can. */
static bool late_answer(struct client *client, struct wire_reader *reader)
{
    struct answer answer;
    struct opened opened;
    uint64_t iteration;
    if (!message_read_answer(reader, &answer))
        return false;
    calls_free(client, answer.id);
    if (answer.status == SA_AIS_OK && answer.result == RESULT_OPENED && result_opened(&answer, &opened))
        checkpoint_give_back(client, COMMAND_CLOSE, opened.handle);
    else if (answer.status == SA_AIS_OK && answer.result == RESULT_ITERATION && result_iteration(&answer, &iteration))
        checkpoint_give_back(client, COMMAND_ITERATION_END, iteration);
    return true;
}

static bool take_answer(struct client *client, struct wire_reader *reader, struct frame_message *message)
{
    struct wire_reader id_reader = *reader;
    uint64_t id = wire_u64(&id_reader);
    struct call *call = calls_find(client, id);
    if (call == NULL && message->is_lost) { /* Data alone are that large: nothing has to be given back. */
        calls_free(client, id);
        return true;
    }
    if (call == NULL)
        return late_answer(client, reader);
    if (call->is_async) {
        async_answered(client, (struct async *)call, message);
        return true;
    }
    calls_answer(client, call, message);
    message->owned = NULL; /* It went along. */
    return true;
}

static bool take_changed(struct client *client, struct wire_reader *reader, bool is_lost)
{
    struct changed changed;
    struct wire_reader handle_reader = *reader;
    if (!is_lost && !message_read_changed(reader, &changed))
        return false;
    struct checkpoint *checkpoint = checkpoint_of_host(client, wire_u64(&handle_reader));
    if (checkpoint != NULL && is_lost) /* As without memory for its callback. */
        checkpoint_consumed(checkpoint, 1);
    else if (checkpoint != NULL && checkpoint->tracked)
        callbacks_push_changes(checkpoint, &changed);
    return true;
}

static bool take_gap(struct client *client, struct wire_reader *reader)
{
    uint64_t handle;
    int64_t position;
    if (!message_read_gap(reader, &handle, &position))
        return false;
    struct checkpoint *checkpoint = checkpoint_of_host(client, handle);
    if (checkpoint != NULL && position != GAP_FOR_EVER)
        checkpoint_consumed(checkpoint, 1);
    return true;
}

static bool take_greeting(struct client *client, uint8_t type, struct wire_reader *reader)
{
    struct welcome welcome;
    if (type != MESSAGE_WELCOME || client->link != LINK_GREETING || !message_read_welcome(reader, &welcome))
        return false;
    link_welcomed(client, &welcome);
    return true;
}

static bool take_message(struct client *client, struct frame_message *message)
{
    struct wire_reader reader;
    wire_reader_init(&reader, message->bytes, message->length);
    uint8_t type = wire_u8(&reader);
    uint64_t number;
    uint16_t status;
    bool is_answer;
    if (message->is_lost && type != MESSAGE_ANSWER && type != MESSAGE_CHANGED)
        return false; /* None of the others is so large. */
    if (client->link == LINK_GREETING && type != MESSAGE_FAREWELL)
        return take_greeting(client, type, &reader);
    switch (type) {
    case MESSAGE_ANSWER:
        return take_answer(client, &reader, message);
    case MESSAGE_CHANGED:
        return take_changed(client, &reader, message->is_lost);
    case MESSAGE_GAP:
        return take_gap(client, &reader);
    case MESSAGE_HEARTBEAT:
        if (!message_read_heartbeat(&reader, &number, &is_answer))
            return false;
        if (!is_answer) {
            uint8_t bytes[16];
            struct wire_writer writer;
            wire_writer_init(&writer, bytes, sizeof bytes);
            message_put_heartbeat_answer(&writer, number);
            outbox_post(client, bytes, wire_written(&writer));
        }
        return true;
    case MESSAGE_FAREWELL:
        if (!message_read_farewell(&reader, &status))
            return false;
        link_dismissed(client, status);
        return true;
    default:
        return false;
    }
}

/* All messages that are complete. */
static bool take_messages(struct client *client)
{
    uint64_t session = client->session;
    for (;;) {
        struct frame_message message;
        switch (frame_take(&client->parser, &message)) {
        case FRAME_NEEDS_MORE:
            if (client->asyncs_blocked)
                asyncs_proceed(client);
            return true;
        case FRAME_TAKEN:
            break;
        default:
            return false;
        }
        bool understood = client->finalized || take_message(client, &message);
        free(message.owned);
        if (!understood || client->session != session)
            return false;
    }
}

bool inbox_receive(struct client *client)
{
    for (unsigned i = 0; i < READS_AT_ONCE; i++) {
        size_t size;
        uint8_t *space = frame_space(&client->parser, &size);
        if (space == NULL || !descriptor_is_ours(&client->socket))
            return false;
        ssize_t received = recv(descriptor_number(&client->socket), space, size, MSG_DONTWAIT);
        if (received < 0 && errno == EINTR)
            continue;
        if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (received <= 0)
            return false;
        frame_filled(&client->parser, (size_t)received);
        pthread_mutex_lock(&client->lock);
        bool useful = take_messages(client);
        pthread_mutex_unlock(&client->lock);
        if (!useful)
            return false;
        if ((size_t)received < size)
            return true;
    }
    return true;
}
