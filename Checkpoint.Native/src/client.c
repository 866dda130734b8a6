#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "calls.h"
#include "deadline.h"
#include "outbox.h"

#define SOCKET_DEFAULT "/run/checkpoint/checkpoint.sock"

/* A host that starts makes its socket first and lets its group in then: what lasts no longer than that is no answer. */
#define LASTING (NS_PER_S / 2)

/* Of a call that brings no time; CHECKPOINT_TIMEOUT_MS. */
enum { LIMIT_MS = 14000, LIMIT_MS_MAX = 3600 * 1000 };

static int64_t default_limit(void)
{
    const char *text = getenv("CHECKPOINT_TIMEOUT_MS");
    char *end;
    long value = text == NULL ? 0 : strtol(text, &end, 10);
    if (text == NULL || end == text || *end != '\0' || value < 1 || value > LIMIT_MS_MAX)
        value = LIMIT_MS;
    return value * NS_PER_MS;
}

/* Read here, in a thread of the program: another one of its threads may change the environment later. */
static char *socket_path(void)
{
    const char *path = getenv("CHECKPOINT_SOCKET");
    return strdup(path == NULL || path[0] == '\0' ? SOCKET_DEFAULT : path);
}

static void destroy(struct object *object)
{
    struct client *client = (struct client *)object;
    descriptor_close(&client->selection);
    descriptor_close(&client->wake);
    frame_parser_destroy(&client->parser);
    outbox_clear(client);
    calls_destroy(client);
    free(client->socket_path);
    pthread_cond_destroy(&client->changed);
    pthread_cond_destroy(&client->callback_queued);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

struct client *client_create(const SaVersionT *requested, enum profile profile, const struct functions *functions, SaAisErrorT *error)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        *error = SA_AIS_ERR_NO_MEMORY;
        return NULL;
    }
    object_init(&client->object, HANDLE_CLIENT, destroy);
    pthread_mutex_init(&client->lock, NULL);
    deadline_condition_init(&client->changed);
    deadline_condition_init(&client->callback_queued);
    client->requested = *requested;
    client->functions = *functions;
    rules_init(&client->rules, profile, requested);
    client->default_limit = default_limit();
    client->refusal = SA_AIS_OK;
    client->outstanding_max = 1;
    client->asyncs_due = DEADLINE_NEVER;
    descriptor_init(&client->socket);
    descriptor_init(&client->wake);
    descriptor_init(&client->selection);
    frame_parser_init(&client->parser);
    client->socket_path = socket_path();
    if (client->socket_path == NULL) {
        *error = SA_AIS_ERR_NO_MEMORY;
        object_release(&client->object);
        return NULL;
    }
    /* First the one that the program may use select on: it gets the lowest number. */
    if (!descriptor_take(&client->selection, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
        || !descriptor_take_high(&client->wake, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))) {
        *error = SA_AIS_ERR_NO_RESOURCES;
        object_release(&client->object);
        return NULL;
    }
    return client;
}

struct client *client_find(SaCkptHandleT handle)
{
    return (struct client *)handle_find(handle, HANDLE_CLIENT);
}

void client_release(struct client *client)
{
    object_release(&client->object);
}

SaAisErrorT client_standing(const struct client *client)
{
    if (client->finalized)
        return SA_AIS_ERR_BAD_HANDLE;
    return client->link == LINK_BARRED ? SA_AIS_ERR_UNAVAILABLE : SA_AIS_OK;
}

SaAisErrorT client_absence(const struct client *client)
{
    if (client->connect_error_since == 0 || deadline_now() - client->connect_error_since < LASTING)
        return SA_AIS_ERR_TRY_AGAIN;
    switch (client->connect_error) {
    case EACCES: /* Not of the host's user nor of its group. */
    case EPERM:
    case ENAMETOOLONG:
        return SA_AIS_ERR_LIBRARY;
    case EMFILE:
    case ENFILE:
        return SA_AIS_ERR_NO_RESOURCES;
    case ENOMEM:
    case ENOBUFS:
        return SA_AIS_ERR_NO_MEMORY;
    default:
        return SA_AIS_ERR_TRY_AGAIN;
    }
}

SaAisErrorT client_error(const struct client *client, unsigned status)
{
    if (status == SA_AIS_ERR_UNAVAILABLE && !client->rules.is_b2)
        return SA_AIS_ERR_TRY_AGAIN;
    return (SaAisErrorT)status;
}
