#include <stdlib.h>
#include <string.h>

#include "handle_call.h"

/* Exactly one of length and address. */
static bool is_half(const SaCkptSectionIdT *id)
{
    return (id->idLen == 0) != (id->id == NULL);
}

static bool is_default(const SaCkptSectionIdT *id)
{
    return id->idLen == 0;
}

static void put_change(struct handle_call *call, enum change kind)
{
    wire_put_u8(&call->request.fixed, (uint8_t)kind);
}

/* What stands before the handle in the order of checks. */
static SaAisErrorT check_create(
    const SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size, const struct rules *rules)
{
    if (is_half(attributes->sectionId))
        return SA_AIS_ERR_INVALID_PARAM;
    if (data == NULL && (size > 0 || rules->refuses_null_data))
        return SA_AIS_ERR_INVALID_PARAM;
    if (attributes->expirationTime < 0 && rules->refuses_negative_expiration)
        return SA_AIS_ERR_INVALID_PARAM;
    return SA_AIS_OK;
}

/* The id that the host generated goes to the program, in memory that it can free. */
static SaAisErrorT take_generated(struct exchange *exchange, SaCkptSectionIdT *id)
{
    const uint8_t *generated;
    uint16_t length;
    if (!result_section_created(&exchange->answer, &generated, &length) || length == 0)
        return SA_AIS_ERR_LIBRARY;
    SaUint8T *copy = malloc(length);
    if (copy == NULL)
        return SA_AIS_ERR_NO_MEMORY;
    memcpy(copy, generated, length);
    id->idLen = length;
    id->id = copy;
    return SA_AIS_OK;
}

/* The host says EXIST either way; both answers are legal, so a second look a moment later does no harm. */
static bool is_full(SaCkptCheckpointHandleT handle)
{
    struct status status;
    return ckpt_status_get(handle, &status) == SA_AIS_OK && status.attributes.max_sections > 1
        && status.sections >= status.attributes.max_sections;
}

SaAisErrorT ckpt_section_create(
    SaCkptCheckpointHandleT handle, SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size)
{
    struct handle_call call;
    struct rules rules;
    if (attributes == NULL || attributes->sectionId == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    rules_of(handle, &rules);
    SaCkptSectionIdT *id = attributes->sectionId;
    SaAisErrorT error = check_create(attributes, data, size, &rules);
    if (error == SA_AIS_OK)
        error = handle_call_begin(&call, handle);
    if (error != SA_AIS_OK)
        return error;
    error = handle_call_needs(&call, SA_CKPT_CHECKPOINT_WRITE);
    if (error == SA_AIS_OK && (size > call.checkpoint->attributes.max_section_size || size > UINT32_MAX))
        error = SA_AIS_ERR_INVALID_PARAM;
    if (error != SA_AIS_OK) {
        handle_call_abandon(&call);
        return error;
    }
    error = handle_call_request(&call, COMMAND_CHANGE, 2);
    if (error != SA_AIS_OK)
        return error;
    put_change(&call, CHANGE_CREATE);
    request_put_section(&call.request, id->id, id->idLen);
    wire_put_i64(&call.request.fixed, attributes->expirationTime);
    request_put_data(&call.request, data, (uint32_t)size);
    error = handle_call_perform(&call, ckpt_data_limit(call.client, size));
    if (error == SA_AIS_OK && is_default(id))
        error = take_generated(&call.exchange, id);
    error = handle_call_end(&call, error);
    return error == SA_AIS_ERR_EXIST && rules.full_before_present && is_full(handle) ? SA_AIS_ERR_NO_SPACE : error;
}

SaAisErrorT ckpt_section_delete(SaCkptCheckpointHandleT handle, const SaCkptSectionIdT *id)
{
    struct handle_call call;
    struct rules rules;
    if (id == NULL || (id->idLen > 0 && id->id == NULL))
        return SA_AIS_ERR_INVALID_PARAM;
    rules_of(handle, &rules);
    if (is_default(id) && rules.default_id_before_handle)
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_CHANGE, 1);
    if (error != SA_AIS_OK)
        return error;
    put_change(&call, CHANGE_DELETE);
    request_put_section(&call.request, id->id, id->idLen);
    return handle_call_end(&call, handle_call_perform(&call, call.client->default_limit));
}

SaAisErrorT ckpt_section_expiration_time_set(SaCkptCheckpointHandleT handle, const SaCkptSectionIdT *id, SaTimeT time)
{
    struct handle_call call;
    struct rules rules;
    if (id == NULL || time < 0 || (id->idLen > 0 && id->id == NULL))
        return SA_AIS_ERR_INVALID_PARAM;
    rules_of(handle, &rules);
    if (is_default(id) && rules.default_id_before_handle)
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = handle_call_request(&call, COMMAND_CHANGE, 1);
    if (error != SA_AIS_OK)
        return error;
    put_change(&call, CHANGE_SET_EXPIRATION);
    request_put_section(&call.request, id->id, id->idLen);
    wire_put_i64(&call.request.fixed, time);
    return handle_call_end(&call, handle_call_perform(&call, call.client->default_limit));
}

SaAisErrorT ckpt_section_id_free(SaCkptCheckpointHandleT handle, SaUint8T *id)
{
    struct handle_call call;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error != SA_AIS_OK)
        return error;
    handle_call_abandon(&call);
    if (id == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    free(id);
    return SA_AIS_OK;
}

SaAisErrorT ckpt_data_free(SaCkptCheckpointHandleT handle, void *data)
{
    struct handle_call call;
    if (data == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error != SA_AIS_OK)
        return error;
    handle_call_abandon(&call);
    free(data);
    return SA_AIS_OK;
}
