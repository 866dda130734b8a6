#include <stdlib.h>
#include <string.h>

#include "handle_call.h"

static bool time_is_wrong(SaCkptCheckpointHandleT handle, SaCkptSectionsChosenT chosen, SaTimeT time)
{
    if (time >= 0)
        return false;
    if (chosen == SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME || chosen == SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME)
        return true;
    struct rules rules;
    rules_of(handle, &rules);
    return rules.iteration_time_always;
}

static SaAisErrorT adopt(struct handle_call *call, SaCkptSectionIterationHandleT *out)
{
    uint64_t host_iteration;
    if (!result_iteration(&call->exchange.answer, &host_iteration))
        return SA_AIS_ERR_LIBRARY;
    SaAisErrorT error = SA_AIS_OK;
    pthread_mutex_lock(&call->client->lock);
    if (call->checkpoint->closed) {
        error = SA_AIS_ERR_BAD_HANDLE;
    } else {
        struct iteration *iteration = iteration_adopt(call->checkpoint, host_iteration, call->exchange.call.session);
        if (iteration == NULL) {
            error = SA_AIS_ERR_NO_MEMORY; /* Close ends it at the host. */
        } else {
            *out = iteration->object.handle;
            object_release(&iteration->object);
        }
    }
    pthread_mutex_unlock(&call->client->lock);
    return error;
}

SaAisErrorT ckpt_iteration_initialize(
    SaCkptCheckpointHandleT handle, SaCkptSectionsChosenT chosen, SaTimeT time, SaCkptSectionIterationHandleT *out)
{
    struct handle_call call;
    if (out == NULL || chosen < SA_CKPT_SECTIONS_FOREVER || chosen > SA_CKPT_SECTIONS_ANY || time_is_wrong(handle, chosen, time))
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_ITERATION_BEGIN, 0);
    if (error != SA_AIS_OK)
        return error;
    wire_put_u8(&call.request.fixed, (uint8_t)chosen);
    wire_put_i64(&call.request.fixed, time);
    call.request.repeatable = true;
    error = handle_call_perform(&call, call.client->default_limit);
    if (error == SA_AIS_OK)
        error = adopt(&call, out);
    return handle_call_end(&call, error);
}

/* One command of an iteration, with its answer in the exchange. */
static SaAisErrorT perform(struct iteration *iteration, enum command command, struct exchange *exchange)
{
    struct request request;
    struct checkpoint *checkpoint = iteration->checkpoint;
    struct target target = {.client = checkpoint->client, .checkpoint = checkpoint, .iteration = iteration};
    exchange_init(exchange);
    if (!request_init_for_handle(&request, command, 0))
        return SA_AIS_ERR_NO_MEMORY;
    if (command == COMMAND_ITERATION_NEXT)
        wire_put_u32(&request.fixed, 1);
    request_finish(&request);
    SaAisErrorT error = exchange_perform(exchange, &target, &request, checkpoint->client->default_limit);
    request_destroy(&request);
    return error;
}

/* The id stays with the iteration until the next one. */
static SaAisErrorT take_descriptor(struct iteration *iteration, struct exchange *exchange, SaCkptSectionDescriptorT *out)
{
    struct descriptor_read read;
    uint8_t *id = NULL;
    if (!result_section(&exchange->answer, &read))
        return SA_AIS_ERR_LIBRARY;
    if (read.id_length > 0) {
        id = malloc(read.id_length);
        if (id == NULL)
            return SA_AIS_ERR_NO_MEMORY;
        memcpy(id, read.id, read.id_length);
    }
    struct client *client = iteration->checkpoint->client;
    pthread_mutex_lock(&client->lock);
    bool closed = iteration->closed;
    uint8_t *old = closed ? id : iteration->id;
    if (!closed)
        iteration->id = id;
    pthread_mutex_unlock(&client->lock);
    free(old);
    if (closed)
        return SA_AIS_ERR_BAD_HANDLE;
    out->sectionId.idLen = read.id_length;
    out->sectionId.id = id;
    out->expirationTime = read.expiration;
    out->sectionSize = (SaSizeT)read.size;
    out->sectionState = (SaCkptSectionStateT)read.state;
    out->lastUpdate = read.last_update;
    return SA_AIS_OK;
}

/* "Each section once" cannot be kept any more when the host may have told one that did not arrive; what it refused itself it tells again. */
static bool may_have_lost_one(const struct exchange *exchange, SaAisErrorT error)
{
    if (error == SA_AIS_OK)
        return false;
    bool is_ours = error == SA_AIS_ERR_TIMEOUT || error == SA_AIS_ERR_NO_MEMORY;
    return exchange->answer.status == SA_AIS_OK || (is_ours && exchange->answer.status != (uint16_t)error);
}

static bool is_incomplete(struct iteration *iteration)
{
    pthread_mutex_lock(&iteration->checkpoint->client->lock);
    bool incomplete = iteration->is_incomplete;
    pthread_mutex_unlock(&iteration->checkpoint->client->lock);
    return incomplete;
}

static void mark_incomplete(struct iteration *iteration)
{
    pthread_mutex_lock(&iteration->checkpoint->client->lock);
    iteration->is_incomplete = true;
    pthread_mutex_unlock(&iteration->checkpoint->client->lock);
}

SaAisErrorT ckpt_iteration_next(SaCkptSectionIterationHandleT handle, SaCkptSectionDescriptorT *out)
{
    struct exchange exchange;
    if (out == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    struct iteration *iteration = iteration_find(handle);
    if (iteration == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    if (is_incomplete(iteration)) {
        object_release(&iteration->object);
        return SA_AIS_ERR_NOT_EXIST;
    }
    SaAisErrorT error = perform(iteration, COMMAND_ITERATION_NEXT, &exchange);
    if (error == SA_AIS_OK)
        error = take_descriptor(iteration, &exchange, out);
    if (may_have_lost_one(&exchange, error))
        mark_incomplete(iteration);
    exchange_destroy(&exchange);
    object_release(&iteration->object);
    return error;
}

SaAisErrorT ckpt_iteration_finalize(SaCkptSectionIterationHandleT handle)
{
    struct exchange exchange;
    struct iteration *iteration = iteration_find(handle);
    if (iteration == NULL)
        return SA_AIS_ERR_BAD_HANDLE;
    struct client *client = iteration->checkpoint->client;
    SaAisErrorT error = perform(iteration, COMMAND_ITERATION_END, &exchange);
    exchange_destroy(&exchange);
    /* It is over here whatever the host says; what it could not free now goes with the checkpoint handle. */
    if (error != SA_AIS_ERR_BAD_HANDLE && error != SA_AIS_ERR_UNAVAILABLE)
        error = SA_AIS_OK;
    pthread_mutex_lock(&client->lock);
    if (!iteration_retire(iteration))
        error = SA_AIS_ERR_BAD_HANDLE;
    pthread_mutex_unlock(&client->lock);
    object_release(&iteration->object);
    return error;
}
