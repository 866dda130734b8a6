#include <pthread.h>

#include "callbacks.h"
#include "checkpoint.h"
#include "core.h"
#include "fork.h"

/* What a thread holds while it is in the program's hands; given back when it is cancelled there. */
struct dispatch {
    struct client *client;
    struct callback *callback;
    int cancel_state;
    bool tracks;
    arrival_function arrival;
};

static void call_back(const struct dispatch *dispatch)
{
    const struct callback *callback = dispatch->callback;
    const struct functions *functions = &dispatch->client->functions;
    switch (callback->kind) {
    case CALLBACK_OPEN:
        functions->open(callback->invocation, callback->handle, callback->error);
        break;
    case CALLBACK_SYNCHRONIZE:
        functions->synchronize(callback->invocation, callback->error);
        break;
    case CALLBACK_TRACK:
        if (dispatch->tracks)
            functions->track(callback->handle, callback->vector, callback->count);
        if (dispatch->arrival != NULL)
            dispatch->arrival(callback->handle, callback->vector, callback->count);
        break;
    }
}

static void cancelled_in_callback(void *argument)
{
    struct dispatch *dispatch = argument;
    callback_destroy(dispatch->callback);
    client_release(dispatch->client);
}

/* Without the lock. False in the child of a fork that the callback made: there nothing of ours may be touched. */
static bool run_callback(struct dispatch *dispatch)
{
    unsigned generation = fork_generation();
    pthread_cleanup_push(cancelled_in_callback, dispatch);
    pthread_setcancelstate(dispatch->cancel_state, NULL);
    call_back(dispatch);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cleanup_pop(0);
    return fork_generation() == generation;
}

static void cancelled_in_wait(void *argument)
{
    struct dispatch *dispatch = argument;
    /* A signal that was meant for somebody may have come here. */
    pthread_cond_broadcast(&dispatch->client->callback_queued);
    pthread_mutex_unlock(&dispatch->client->lock);
    client_release(dispatch->client);
}

/* With the lock. The only place besides callbacks where a thread may be cancelled: it holds nothing else here. */
static void wait_for_callback(struct dispatch *dispatch)
{
    pthread_cleanup_push(cancelled_in_wait, dispatch);
    pthread_setcancelstate(dispatch->cancel_state, NULL);
    pthread_cond_wait(&dispatch->client->callback_queued, &dispatch->client->lock);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cleanup_pop(0);
}

static void consumed(struct dispatch *dispatch)
{
    struct callback *callback = dispatch->callback;
    if (callback->kind == CALLBACK_TRACK && !dispatch->client->finalized)
        checkpoint_consumed(callback->checkpoint, 1);
    callback_destroy(callback);
}

/* Takes callbacks until the flags are satisfied. With the lock, but not while one runs. */
static SaAisErrorT run_all(struct dispatch *dispatch, SaDispatchFlagsT flags)
{
    struct client *client = dispatch->client;
    uint64_t last = flags == SA_DISPATCH_BLOCKING ? UINT64_MAX : client->callback_sequence;
    for (;;) {
        SaAisErrorT standing = client_standing(client);
        if (standing != SA_AIS_OK)
            return standing;
        dispatch->callback = callbacks_take(client, last);
        if (dispatch->callback == NULL && flags == SA_DISPATCH_BLOCKING) {
            wait_for_callback(dispatch);
            continue;
        }
        if (dispatch->callback == NULL)
            return SA_AIS_OK;
        dispatch->tracks = client->tracking;
        dispatch->arrival = client->arrival;
        pthread_mutex_unlock(&client->lock);
        if (!run_callback(dispatch))
            return SA_AIS_ERR_LIBRARY;
        pthread_mutex_lock(&client->lock);
        consumed(dispatch);
        if (flags == SA_DISPATCH_ONE)
            return SA_AIS_OK;
    }
}

static SaAisErrorT dispatch_on(struct client *client, SaDispatchFlagsT flags, int cancel_state)
{
    struct dispatch dispatch = {.client = client, .cancel_state = cancel_state};
    unsigned generation = fork_generation();
    pthread_mutex_lock(&client->lock);
    SaAisErrorT before = client_standing(client);
    SaAisErrorT error = before == SA_AIS_OK ? run_all(&dispatch, flags) : before;
    if (fork_generation() != generation)
        return SA_AIS_ERR_LIBRARY;
    pthread_mutex_unlock(&client->lock);
    client_release(client);
    /* Finalized meanwhile: that is how BLOCKING ends. */
    return before == SA_AIS_OK && error == SA_AIS_ERR_BAD_HANDLE ? SA_AIS_OK : error;
}

SaAisErrorT ckpt_dispatch(SaCkptHandleT handle, SaDispatchFlagsT flags, int cancel_state)
{
    bool flags_are_known = flags >= SA_DISPATCH_ONE && flags <= SA_DISPATCH_BLOCKING;
    struct client *client = client_find(handle);
    struct rules rules;
    rules_default(&rules);
    if (client != NULL && flags_are_known)
        return dispatch_on(client, flags, cancel_state);
    if (client == NULL)
        return flags_are_known || rules.dispatch_handle_first ? SA_AIS_ERR_BAD_HANDLE : SA_AIS_ERR_INVALID_PARAM;
    pthread_mutex_lock(&client->lock);
    SaAisErrorT standing = client_standing(client);
    pthread_mutex_unlock(&client->lock);
    bool handle_first = client->rules.dispatch_handle_first;
    client_release(client);
    return handle_first && standing != SA_AIS_OK ? standing : SA_AIS_ERR_INVALID_PARAM;
}
