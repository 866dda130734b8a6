#include "handle_call.h"

SaAisErrorT handle_call_begin(struct handle_call *call, SaCkptCheckpointHandleT handle)
{
    struct checkpoint *checkpoint = checkpoint_find(handle);
    if (checkpoint == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    struct client *client = checkpoint->client;
    pthread_mutex_lock(&client->lock);
    SaAisErrorT error = checkpoint->closed ? SA_AIS_ERR_BAD_HANDLE : client_standing(client);
    pthread_mutex_unlock(&client->lock);
    call->checkpoint = checkpoint;
    call->client = client;
    if (error != SA_AIS_OK)
        handle_call_abandon(call);
    return error;
}

void handle_call_abandon(struct handle_call *call)
{
    object_release(&call->checkpoint->object);
}

SaAisErrorT handle_call_request(struct handle_call *call, enum command command, unsigned references)
{
    if (!request_init_for_handle(&call->request, command, references)) {
        handle_call_abandon(call);
        return SA_AIS_ERR_NO_MEMORY;
    }
    exchange_init(&call->exchange);
    return SA_AIS_OK;
}

SaAisErrorT handle_call_request_with(struct handle_call *call, enum command command, const struct request_room *room)
{
    bool is_too_long = room->bytes > REQUEST_BYTES_MAX;
    if (is_too_long || !request_init_with(&call->request, command, room)) {
        handle_call_abandon(call);
        return is_too_long ? SA_AIS_ERR_NO_RESOURCES : SA_AIS_ERR_NO_MEMORY;
    }
    exchange_init(&call->exchange);
    return SA_AIS_OK;
}

SaAisErrorT handle_call_perform(struct handle_call *call, int64_t limit)
{
    struct target target = {.client = call->client, .checkpoint = call->checkpoint};
    request_finish(&call->request);
    return exchange_perform(&call->exchange, &target, &call->request, limit);
}

SaAisErrorT handle_call_end(struct handle_call *call, SaAisErrorT error)
{
    exchange_destroy(&call->exchange);
    request_destroy(&call->request);
    handle_call_abandon(call);
    return error;
}

SaAisErrorT handle_call_needs(const struct handle_call *call, SaCkptCheckpointOpenFlagsT flags)
{
    return (call->checkpoint->flags & flags) == flags ? SA_AIS_OK : SA_AIS_ERR_ACCESS;
}

void rules_of(SaCkptCheckpointHandleT handle, struct rules *rules)
{
    struct checkpoint *checkpoint = checkpoint_find(handle);
    if (checkpoint == NULL) {
        rules_default(rules);
        return;
    }
    *rules = checkpoint->client->rules;
    object_release(&checkpoint->object);
}

void tell_index(SaUint32T *index, int64_t value)
{
    if (index != NULL && value >= 0)
        *index = (SaUint32T)value;
}
