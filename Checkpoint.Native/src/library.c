#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async.h"
#include "callbacks.h"
#include "calls.h"
#include "checkpoint.h"
#include "core.h"
#include "deadline.h"
#include "link.h"

/* How long Initialize looks for a host that is not there; and waits for one that has taken the connection. */
#define CONNECT_PATIENCE NS_PER_S
#define GREETING_PATIENCE (5 * NS_PER_S)

static SaAisErrorT wait_for_session(struct client *client)
{
    int64_t connect_by = deadline_after(CONNECT_PATIENCE);
    int64_t greeted_by = deadline_after(GREETING_PATIENCE);
    SaAisErrorT outcome = SA_AIS_OK;
    pthread_mutex_lock(&client->lock);
    while (client->link != LINK_UP) {
        if (client->refusal != SA_AIS_OK && client->refusal != SA_AIS_ERR_TRY_AGAIN) {
            outcome = client->refusal;
            break;
        }
        int64_t deadline = client->link == LINK_GREETING ? greeted_by : connect_by;
        if (deadline_left(deadline) == 0) {
            outcome = client_absence(client);
            break;
        }
        deadline_wait(&client->changed, &client->lock, deadline);
    }
    pthread_mutex_unlock(&client->lock);
    return outcome;
}

/* A code has no room for the reason. Nothing is printed unless CHECKPOINT_DEBUG asks for it. */
static void explain(struct client *client, SaAisErrorT error)
{
    const char *wanted = getenv("CHECKPOINT_DEBUG");
    if (wanted == NULL || wanted[0] == '\0')
        return;
    pthread_mutex_lock(&client->lock);
    int reason = client->connect_error;
    pthread_mutex_unlock(&client->lock);
    char text[128];
    const char *why = reason != 0 ? strerror_r(reason, text, sizeof text) : "the host did not welcome this program";
    fprintf(stderr, "libSaCkpt: %s: %s (Initialize answers %d)\n", client->socket_path, why, (int)error);
}

/* Nothing begins any more; whoever waits is released. */
static void end_everything(struct client *client)
{
    pthread_mutex_lock(&client->lock);
    client->finalized = true;
    while (client->checkpoints != NULL) {
        struct checkpoint *checkpoint = client->checkpoints;
        object_retain(&checkpoint->object);
        checkpoint_retire(checkpoint);
        object_release(&checkpoint->object);
    }
    asyncs_cancel(client, NULL);
    callbacks_cancel(client, NULL);
    calls_lose_all(client);
    pthread_cond_broadcast(&client->changed);
    pthread_cond_broadcast(&client->callback_queued);
    pthread_mutex_unlock(&client->lock);
}

static void close_descriptors(struct client *client)
{
    pthread_mutex_lock(&client->lock);
    descriptor_close(&client->selection);
    descriptor_close(&client->wake);
    pthread_mutex_unlock(&client->lock);
}

static SaAisErrorT begin(struct client *client)
{
    SaAisErrorT error = link_start(client);
    if (error != SA_AIS_OK)
        return error;
    error = wait_for_session(client);
    if (error != SA_AIS_OK)
        explain(client, error);
    if (error == SA_AIS_OK && !handle_issue(&client->object))
        error = SA_AIS_ERR_NO_MEMORY;
    if (error != SA_AIS_OK) {
        end_everything(client);
        link_stop(client);
    }
    return error;
}

SaAisErrorT ckpt_initialize(SaCkptHandleT *out, const struct functions *functions, SaVersionT *version, SaUint8T minor_min)
{
    if (out == NULL || version == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    SaVersionT requested = *version;
    const SaVersionT highest = {'B', flavour.major, flavour.minor};
    enum profile profile = profile_of_environment();
    bool is_too_low = minor_min > 0 && (requested.majorVersion < flavour.major || requested.minorVersion < minor_min);
    if (is_too_low || !version_is_supported(profile, &requested)) {
        *version = highest;
        return SA_AIS_ERR_VERSION;
    }

    SaAisErrorT error;
    struct client *client = client_create(&requested, profile, functions, &error);
    if (client == NULL)
        return error;
    error = begin(client);
    if (error == SA_AIS_OK) {
        /* Not before: who tries again with the same structure still asks for what it was written for. */
        *version = highest;
        *out = client->object.handle;
    }
    client_release(client);
    return error;
}

SaAisErrorT ckpt_selection_object_get(SaCkptHandleT handle, SaSelectionObjectT *out)
{
    if (out == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    struct client *client = client_find(handle);
    if (client == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    pthread_mutex_lock(&client->lock);
    SaAisErrorT error = client_standing(client);
    if (error == SA_AIS_OK)
        *out = (SaSelectionObjectT)descriptor_number(&client->selection);
    pthread_mutex_unlock(&client->lock);
    client_release(client);
    return error;
}

SaAisErrorT ckpt_finalize(SaCkptHandleT handle)
{
    struct client *client = client_find(handle);
    if (client == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    SaAisErrorT error = SA_AIS_ERR_BAD_HANDLE;
    if (handle_revoke(&client->object)) {
        end_everything(client);
        link_stop(client);
        close_descriptors(client);
        error = SA_AIS_OK;
    }
    client_release(client);
    return error;
}
