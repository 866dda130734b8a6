#include "deadline.h"
#include "handle_call.h"
#include "name.h"

/* A command of a handle and nothing else, with an answer without a result. */
static SaAisErrorT perform_plain(struct handle_call *call, bool repeatable)
{
    call->request.repeatable = repeatable;
    return handle_call_perform(call, call->client->default_limit);
}

static SaAisErrorT retire(struct handle_call *call, SaAisErrorT error)
{
    struct checkpoint *checkpoint = call->checkpoint;
    pthread_mutex_lock(&call->client->lock);
    if (error == SA_AIS_ERR_NOT_EXIST && checkpoint->attachment == LOST)
        error = SA_AIS_OK; /* It was lost with its host: there is nothing to close any more. */
    if (error == SA_AIS_ERR_BAD_HANDLE && checkpoint->close_unknown && !checkpoint->closed)
        error = SA_AIS_OK; /* An earlier Close whose outcome was not known did it. */
    if (error == SA_AIS_ERR_TIMEOUT)
        checkpoint->close_unknown = true;
    if (error == SA_AIS_OK && !checkpoint_retire(checkpoint))
        error = SA_AIS_ERR_BAD_HANDLE;
    pthread_mutex_unlock(&call->client->lock);
    return error;
}

SaAisErrorT ckpt_close(SaCkptCheckpointHandleT handle)
{
    struct handle_call call;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_CLOSE, 0);
    if (error != SA_AIS_OK)
        return error;
    /* Over a new connection it closes what was attached again. */
    error = perform_plain(&call, true);
    return handle_call_end(&call, retire(&call, error));
}

SaAisErrorT ckpt_unlink(SaCkptHandleT handle, const SaNameT *from)
{
    if (from == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    struct name name;
    struct request request;
    struct exchange exchange;
    struct client *client = client_find(handle);
    SaAisErrorT error = name_read(from, client != NULL ? client->rules.profile : profile_of_environment(), &name);
    if (error == SA_AIS_OK && client == NULL)
        error = SA_AIS_ERR_BAD_HANDLE;
    if (error == SA_AIS_OK && name.length == 0)
        error = SA_AIS_ERR_NOT_EXIST;
    if (error == SA_AIS_OK && !request_init(&request, COMMAND_UNLINK, 1)) {
        error = SA_AIS_ERR_NO_MEMORY;
    } else if (error == SA_AIS_OK) {
        struct target target = {.client = client};
        request_put_section(&request, name.bytes, name.length);
        request_finish(&request);
        exchange_init(&exchange);
        error = exchange_perform(&exchange, &target, &request, client->default_limit);
        exchange_destroy(&exchange);
        request_destroy(&request);
    }
    if (client != NULL)
        client_release(client);
    return error;
}

SaAisErrorT ckpt_retention_duration_set(SaCkptCheckpointHandleT handle, SaTimeT duration)
{
    struct handle_call call;
    if (duration < 0)
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_SET_RETENTION, 0);
    if (error != SA_AIS_OK)
        return error;
    wire_put_i64(&call.request.fixed, duration);
    return handle_call_end(&call, perform_plain(&call, true));
}

SaAisErrorT ckpt_active_replica_set(SaCkptCheckpointHandleT handle)
{
    struct handle_call call;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_SET_ACTIVE, 0);
    if (error != SA_AIS_OK)
        return error;
    return handle_call_end(&call, perform_plain(&call, true));
}

SaAisErrorT ckpt_status_get(SaCkptCheckpointHandleT handle, struct status *status)
{
    struct handle_call call;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_GET_STATUS, 0);
    if (error != SA_AIS_OK)
        return error;
    error = perform_plain(&call, true);
    if (error == SA_AIS_OK && !result_status(&call.exchange.answer, status))
        error = SA_AIS_ERR_LIBRARY;
    return handle_call_end(&call, error);
}

void ckpt_write_attributes(const struct attributes *from, SaCkptCheckpointCreationAttributesT *to)
{
    to->creationFlags = from->creation_flags;
    to->checkpointSize = from->checkpoint_size;
    to->retentionDuration = from->retention;
    to->maxSections = from->max_sections;
    to->maxSectionSize = from->max_section_size;
    to->maxSectionIdSize = from->max_section_id_size;
}

int64_t ckpt_data_limit(const struct client *client, uint64_t bytes)
{
    /* As OpenSAF's: 4 s more a MB; it must not wrap for any size. */
    uint64_t megabytes = bytes / 1000000;
    if (megabytes > 100000)
        megabytes = 100000;
    return client->default_limit + (int64_t)megabytes * 4 * NS_PER_S;
}
