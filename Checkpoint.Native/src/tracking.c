#include "tracking.h"

#include "async.h"
#include "checkpoint.h"
#include "core.h"
#include "deadline.h"

static bool is_pending(const struct client *client)
{
    for (const struct async *async = client->asyncs; async != NULL; async = async->next)
        if (async->purpose == PURPOSE_TRACK)
            return true;
    return false;
}

bool tracking_wait(struct client *client, int64_t deadline)
{
    while (client_standing(client) == SA_AIS_OK && is_pending(client))
        if (!deadline_wait(&client->changed, &client->lock, deadline))
            return false;
    return true;
}

/* Tells the host for which handles it is to tell changes. False: the time was over first. */
static bool tell(struct client *client)
{
    for (struct checkpoint *checkpoint = client->checkpoints; checkpoint != NULL; checkpoint = checkpoint->next)
        checkpoint_track(checkpoint, checkpoint_wants_changes(checkpoint));
    return tracking_wait(client, deadline_after(client->default_limit));
}

static SaAisErrorT apply(struct client *client)
{
    if (!is_pending(client)) /* Else somebody still waits to hear of it. */
        client->tracking_error = SA_AIS_OK;
    return tell(client) ? client->tracking_error : SA_AIS_ERR_TIMEOUT;
}

/* After a refusal nothing is tracked that was not before; a TIMEOUT leaves it open. */
static bool is_refusal(SaAisErrorT error)
{
    return error != SA_AIS_OK && error != SA_AIS_ERR_TIMEOUT;
}

static bool has_tracking(const SaVersionT *version)
{
    return version->majorVersion == 2 && version->minorVersion >= 3;
}

static SaAisErrorT switch_tracking(struct client *client, bool on)
{
    SaAisErrorT error = client_standing(client);
    if (error != SA_AIS_OK)
        return error;
    if (!has_tracking(&client->requested))
        return SA_AIS_ERR_VERSION;
    if (client->functions.track == NULL)
        return SA_AIS_ERR_INIT;
    if (!on && !client->tracking)
        return SA_AIS_ERR_NOT_EXIST;
    bool before = client->tracking;
    client->tracking = on;
    error = apply(client);
    if (is_refusal(error) && before != on) {
        client->tracking = before;
        tell(client);
    }
    return error;
}

SaAisErrorT ckpt_track(SaCkptHandleT handle, bool on)
{
    struct client *client = client_find(handle);
    if (client == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    pthread_mutex_lock(&client->lock);
    SaAisErrorT error = switch_tracking(client, on);
    pthread_mutex_unlock(&client->lock);
    client_release(client);
    return error;
}

SaAisErrorT ckpt_arrival_register(SaCkptHandleT handle, arrival_function function)
{
    struct client *client = client_find(handle);
    if (client == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    pthread_mutex_lock(&client->lock);
    SaAisErrorT error = client_standing(client);
    if (error == SA_AIS_OK && function == NULL)
        error = SA_AIS_ERR_INVALID_PARAM;
    if (error == SA_AIS_OK) {
        arrival_function before = client->arrival;
        client->arrival = function;
        error = apply(client);
        if (is_refusal(error)) {
            client->arrival = before;
            tell(client);
        }
    }
    pthread_mutex_unlock(&client->lock);
    client_release(client);
    return error;
}
