#include "async.h"
#include "deadline.h"
#include "handle_call.h"

/* A call that is to return at once does not wait longer for a host that hangs. */
#define ASKING_MAX (NS_PER_S / 2)

static SaAisErrorT check_kind(const struct checkpoint *checkpoint)
{
    return (checkpoint->attributes.creation_flags & SA_CKPT_WR_ALL_REPLICAS) != 0 ? SA_AIS_ERR_BAD_OPERATION : SA_AIS_OK;
}

/* No time is too little for anything, but what else is wrong comes first. All of it is known here: nobody is asked. */
static SaAisErrorT without_time(struct handle_call *call)
{
    SaAisErrorT error = handle_call_needs(call, SA_CKPT_CHECKPOINT_WRITE);
    if (error == SA_AIS_OK)
        error = check_kind(call->checkpoint);
    handle_call_abandon(call);
    return error == SA_AIS_OK ? SA_AIS_ERR_TIMEOUT : error;
}

SaAisErrorT ckpt_synchronize(SaCkptCheckpointHandleT handle, SaTimeT timeout)
{
    struct handle_call call;
    struct rules rules;
    if (timeout < 0)
        return SA_AIS_ERR_INVALID_PARAM;
    rules_of(handle, &rules);
    if (timeout == 0 && rules.zero_synchronize_times_out && rules.zero_synchronize_before_handle)
        return SA_AIS_ERR_TIMEOUT;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK && timeout == 0 && rules.zero_synchronize_times_out)
        return without_time(&call);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_SYNCHRONIZE, 0);
    if (error != SA_AIS_OK)
        return error;
    call.request.repeatable = true;
    error = handle_call_perform(&call, timeout == 0 ? call.client->default_limit : timeout);
    return handle_call_end(&call, error);
}

/* Open mode, kind and callback in the profile's order. */
static SaAisErrorT check_async(const struct handle_call *call)
{
    SaAisErrorT access = handle_call_needs(call, SA_CKPT_CHECKPOINT_WRITE);
    if (access != SA_AIS_OK)
        return access;
    SaAisErrorT kind = check_kind(call->checkpoint);
    bool has_callback = call->client->functions.synchronize != NULL;
    if (!has_callback && (kind == SA_AIS_OK || call->client->rules.init_before_operation))
        return SA_AIS_ERR_INIT;
    return kind;
}

static SaAisErrorT start(struct handle_call *call, SaInvocationT invocation)
{
    struct client *client = call->client;
    SaAisErrorT error = SA_AIS_OK;
    pthread_mutex_lock(&client->lock);
    if (call->checkpoint->closed)
        error = SA_AIS_ERR_BAD_HANDLE;
    else if (call->checkpoint->attachment == LOST)
        error = SA_AIS_ERR_NOT_EXIST;
    else if (client->callback_count + client->async_count >= CALLBACKS_MAX)
        error = SA_AIS_ERR_TRY_AGAIN;
    if (error == SA_AIS_OK) {
        struct async *async = async_create(
            &call->request, PURPOSE_SYNCHRONIZE, &invocation, call->checkpoint, deadline_after(client->default_limit));
        if (async == NULL)
            error = SA_AIS_ERR_NO_MEMORY;
        else
            async_start(client, async);
    }
    pthread_mutex_unlock(&client->lock);
    return error;
}

/*
 * Whether the host says at once that there is no active replica. Any other answer is for the request itself to hear, as is this one of a program
 * that may not ask (B.2, opened without READ): it comes by the callback then.
 */
static bool is_without_active_replica(SaCkptCheckpointHandleT handle)
{
    struct handle_call call;
    if (handle_call_begin(&call, handle) != SA_AIS_OK || handle_call_request(&call, COMMAND_GET_STATUS, 0) != SA_AIS_OK)
        return false;
    call.request.repeatable = true;
    return handle_call_end(&call, handle_call_perform(&call, ASKING_MAX)) == SA_AIS_ERR_NOT_EXIST;
}

SaAisErrorT ckpt_synchronize_async(SaCkptCheckpointHandleT handle, SaInvocationT invocation)
{
    struct handle_call call;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error != SA_AIS_OK)
        return error;
    error = check_async(&call);
    if (error != SA_AIS_OK || call.client->rules.synchronize_asks_first) {
        handle_call_abandon(&call);
        if (error != SA_AIS_OK)
            return error;
        if (is_without_active_replica(handle))
            return SA_AIS_ERR_NOT_EXIST;
        error = handle_call_begin(&call, handle);
        if (error != SA_AIS_OK)
            return error;
    }
    error = handle_call_request(&call, COMMAND_SYNCHRONIZE, 0);
    if (error != SA_AIS_OK)
        return error;
    request_finish(&call.request);
    return handle_call_end(&call, start(&call, invocation));
}
