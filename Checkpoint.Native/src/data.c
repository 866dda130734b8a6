#include <stdlib.h>
#include <string.h>

#include "handle_call.h"

/* A vector's first bad element, or -1, and what is wrong with it. */
struct fault {
    int64_t index;
    SaAisErrorT error;
};

static bool id_is_broken(const SaCkptSectionIdT *id)
{
    return id->idLen > 0 && id->id == NULL;
}

static bool is_too_large(const SaCkptIOVectorElementT *element, const struct checkpoint *checkpoint)
{
    return element->dataSize > checkpoint->attributes.max_section_size;
}

static SaAisErrorT check_write_element(const SaCkptIOVectorElementT *element, const struct checkpoint *checkpoint)
{
    const struct rules *rules = &checkpoint->client->rules;
    uint64_t size_max = checkpoint->attributes.max_section_size;
    if (id_is_broken(&element->sectionId) || is_too_large(element, checkpoint))
        return SA_AIS_ERR_INVALID_PARAM;
    if (element->dataSize == 0)
        return rules->refuses_empty_element ? SA_AIS_ERR_INVALID_PARAM : SA_AIS_OK;
    if (element->dataBuffer == NULL)
        return SA_AIS_ERR_INVALID_PARAM;
    if (element->dataOffset > size_max - element->dataSize)
        return rules->write_past_max;
    return element->dataSize > REQUEST_BYTES_MAX ? SA_AIS_ERR_NO_RESOURCES : SA_AIS_OK;
}

static struct fault check_write(const struct checkpoint *checkpoint, const SaCkptIOVectorElementT *vector, SaUint32T count)
{
    for (SaUint32T i = 0; i < count; i++) {
        SaAisErrorT error = check_write_element(&vector[i], checkpoint);
        if (error != SA_AIS_OK)
            return (struct fault){i, error};
    }
    return (struct fault){-1, count == 0 ? SA_AIS_ERR_INVALID_PARAM : SA_AIS_OK};
}

enum {
    /* Length of the id; offset and length of the data. */
    ID_FIXED_BYTES = 2,
    DATA_FIXED_BYTES = 8 + 4
};

/* So long that it need not be looked at: nobody would take the request. */
static bool is_too_long(SaUint32T count)
{
    return count > REQUEST_BYTES_MAX / (ID_FIXED_BYTES + DATA_FIXED_BYTES);
}

static struct request_room room_of(const SaCkptIOVectorElementT *vector, SaUint32T count)
{
    struct request_room room = {0};
    for (SaUint32T i = 0; i < count; i++) {
        request_room_add(&room, ID_FIXED_BYTES, vector[i].sectionId.idLen);
        request_room_add(&room, DATA_FIXED_BYTES, vector[i].dataSize);
    }
    return room;
}

/* Open mode and sizes in the profile's order: before the open mode stand the elements' own sizes at most, never where they begin. */
static struct fault check_write_call(const struct handle_call *call, const SaCkptIOVectorElementT *vector, SaUint32T count)
{
    if (call->client->rules.write_sizes_before_access && !is_too_long(count))
        for (SaUint32T i = 0; i < count; i++)
            if (is_too_large(&vector[i], call->checkpoint))
                return (struct fault){i, SA_AIS_ERR_INVALID_PARAM};
    SaAisErrorT access = handle_call_needs(call, SA_CKPT_CHECKPOINT_WRITE);
    if (access == SA_AIS_OK && is_too_long(count))
        access = SA_AIS_ERR_NO_RESOURCES;
    return access != SA_AIS_OK ? (struct fault){-1, access} : check_write(call->checkpoint, vector, count);
}

SaAisErrorT ckpt_write(SaCkptCheckpointHandleT handle, const SaCkptIOVectorElementT *vector, SaUint32T count, SaUint32T *index)
{
    struct handle_call call;
    struct rules rules;
    rules_of(handle, &rules);
    if (rules.index_reset)
        tell_index(index, 0);
    if (vector == NULL || (count == 0 && rules.empty_vector_before_handle))
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
    if (error != SA_AIS_OK)
        return error;
    struct fault fault = check_write_call(&call, vector, count);
    if (fault.error != SA_AIS_OK) {
        tell_index(index, fault.index);
        handle_call_abandon(&call);
        return fault.error;
    }
    struct request_room room = room_of(vector, count);
    error = handle_call_request_with(&call, COMMAND_CHANGE, &room);
    if (error != SA_AIS_OK)
        return error;
    uint64_t bytes = 0;
    wire_put_u8(&call.request.fixed, CHANGE_WRITE);
    wire_put_u32(&call.request.fixed, count);
    for (SaUint32T i = 0; i < count; i++) {
        request_put_section(&call.request, vector[i].sectionId.id, vector[i].sectionId.idLen);
        wire_put_u64(&call.request.fixed, vector[i].dataSize > 0 ? vector[i].dataOffset : 0);
        request_put_data(&call.request, vector[i].dataBuffer, (uint32_t)vector[i].dataSize);
        bytes += vector[i].dataSize;
    }
    error = handle_call_perform(&call, ckpt_data_limit(call.client, bytes));
    if (error != SA_AIS_OK && error == (SaAisErrorT)call.exchange.answer.status)
        tell_index(index, call.exchange.answer.erroneous_index);
    return handle_call_end(&call, error);
}

SaAisErrorT ckpt_overwrite(SaCkptCheckpointHandleT handle, const SaCkptSectionIdT *id, const void *data, SaSizeT size)
{
    struct handle_call call;
    if (id == NULL || data == NULL || id_is_broken(id))
        return SA_AIS_ERR_INVALID_PARAM;
    SaAisErrorT error = handle_call_begin(&call, handle);
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
    wire_put_u8(&call.request.fixed, CHANGE_OVERWRITE);
    request_put_section(&call.request, id->id, id->idLen);
    request_put_data(&call.request, data, (uint32_t)size);
    return handle_call_end(&call, handle_call_perform(&call, ckpt_data_limit(call.client, size)));
}
