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

/* Room for an id that the host will generate: taken before, so that no section is left that nobody knows. */
static size_t generated_max(const struct checkpoint *checkpoint)
{
    uint64_t allowed = checkpoint->attributes.max_section_id_size;
    return allowed == 0 ? 1 : allowed > UINT16_MAX ? UINT16_MAX : (size_t)allowed;
}

/* The id that the host generated goes to the program, in memory that it can free. */
static SaAisErrorT take_generated(struct exchange *exchange, SaUint8T **room, size_t size, SaCkptSectionIdT *id)
{
    const uint8_t *generated;
    uint16_t length;
    if (!result_section_created(&exchange->answer, &generated, &length) || length == 0 || length > size)
        return SA_AIS_ERR_LIBRARY;
    memcpy(*room, generated, length);
    SaUint8T *fitting = realloc(*room, length);
    id->idLen = length;
    id->id = fitting != NULL ? fitting : *room;
    *room = NULL;
    return SA_AIS_OK;
}

/* The host says EXIST either way; both answers are legal, so a second look a moment later does no harm. */
static bool is_full(SaCkptCheckpointHandleT handle)
{
    struct status status;
    return ckpt_status_get(handle, &status) == SA_AIS_OK && status.attributes.max_sections > 1
        && status.sections >= status.attributes.max_sections;
}

static SaAisErrorT create(struct handle_call *call, SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size)
{
    SaCkptSectionIdT *id = attributes->sectionId;
    SaUint8T *room = NULL;
    size_t room_size = generated_max(call->checkpoint);
    bool is_generated = is_default(id);
    if (is_generated && (room = malloc(room_size)) == NULL)
        return SA_AIS_ERR_NO_MEMORY;
    put_change(call, CHANGE_CREATE);
    request_put_section(&call->request, id->id, id->idLen);
    wire_put_i64(&call->request.fixed, attributes->expirationTime);
    request_put_data(&call->request, data, (uint32_t)size);
    SaAisErrorT error = handle_call_perform(call, ckpt_data_limit(call->client, size));
    if (error == SA_AIS_OK && is_generated)
        error = take_generated(&call->exchange, &room, room_size, id);
    free(room);
    return error;
}

SaAisErrorT ckpt_section_create(
    SaCkptCheckpointHandleT handle, SaCkptSectionCreationAttributesT *attributes, const void *data, SaSizeT size)
{
    struct handle_call call;
    struct rules rules;
    if (attributes == NULL || attributes->sectionId == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    rules_of(handle, &rules);
    SaAisErrorT error = check_create(attributes, data, size, &rules);
    if (error == SA_AIS_OK)
        error = handle_call_begin(&call, handle);
    if (error != SA_AIS_OK)
        return error;
    error = handle_call_needs(&call, SA_CKPT_CHECKPOINT_WRITE);
    if (error == SA_AIS_OK && size > call.checkpoint->attributes.max_section_size)
        error = SA_AIS_ERR_INVALID_PARAM;
    if (error == SA_AIS_OK && size > REQUEST_BYTES_MAX)
        error = SA_AIS_ERR_NO_RESOURCES;
    if (error != SA_AIS_OK) {
        handle_call_abandon(&call);
        return error;
    }
    error = handle_call_request(&call, COMMAND_CHANGE, 2);
    if (error != SA_AIS_OK)
        return error;
    error = handle_call_end(&call, create(&call, attributes, data, size));
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
