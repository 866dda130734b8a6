#include <stdlib.h>
#include <string.h>

#include "handle_call.h"

/* Before the handle in the order of checks: the first element that is wrong whatever the checkpoint is, or -1. */
static int64_t wrong_element(const struct rules *rules, const SaCkptIOVectorElementT *vector, SaUint32T count)
{
    for (SaUint32T i = 0; i < count; i++) {
        if (vector[i].sectionId.idLen > 0 && vector[i].sectionId.id == NULL)
            return i;
        if (vector[i].dataBuffer != NULL && vector[i].dataSize == 0 && rules->refuses_zero_buffer)
            return i;
    }
    return -1;
}

enum { ELEMENT_FIXED_BYTES = 2 + 8 + 8 };

static bool is_too_long(SaUint32T count)
{
    return count > REQUEST_BYTES_MAX / ELEMENT_FIXED_BYTES;
}

static SaAisErrorT check_arguments(
    SaCkptCheckpointHandleT handle, const SaCkptIOVectorElementT *vector, SaUint32T count, SaUint32T *index)
{
    struct rules rules;
    rules_of(handle, &rules);
    if (vector == NULL || (count == 0 && rules.empty_vector_before_handle))
        return SA_AIS_ERR_INVALID_PARAM;
    /* Too long to be looked at: the handle has its say, and then nobody would take the request. */
    int64_t wrong = is_too_long(count) ? -1 : wrong_element(&rules, vector, count);
    tell_index(index, wrong);
    return wrong >= 0 ? SA_AIS_ERR_INVALID_PARAM : SA_AIS_OK;
}

/* The wire has no 2^64-1, which stands for READ_WHOLE there; one byte less has the same answer, unless the limit is between the two. */
static void put_range(struct request *request, const SaCkptIOVectorElementT *element, SaSizeT max_section_size)
{
    bool is_whole = element->dataBuffer == NULL;
    bool has_no_wire_form = !is_whole && element->dataSize == UINT64_MAX;
    bool is_refused = has_no_wire_form && max_section_size == UINT64_MAX - 1;
    uint64_t size = has_no_wire_form ? UINT64_MAX - 1 : element->dataSize;
    wire_put_u64(&request->fixed, is_refused ? UINT64_MAX : element->dataOffset); /* No section has so many bytes. */
    wire_put_i64(&request->fixed, is_whole ? READ_WHOLE : (int64_t)size);
}

static void put_elements(
    struct request *request, const SaCkptIOVectorElementT *vector, SaUint32T count, SaSizeT max_section_size)
{
    wire_put_u32(&request->fixed, count);
    for (SaUint32T i = 0; i < count; i++) {
        request_put_section(request, vector[i].sectionId.id, vector[i].sectionId.idLen);
        put_range(request, &vector[i], max_section_size);
    }
}

/* The interface has no NO_RESOURCES for reads. */
static SaAisErrorT begin_request(struct handle_call *call, const SaCkptIOVectorElementT *vector, SaUint32T count)
{
    if (is_too_long(count)) {
        handle_call_abandon(call);
        return SA_AIS_ERR_NO_MEMORY;
    }
    struct request_room room = {0};
    for (SaUint32T i = 0; i < count; i++)
        request_room_add(&room, ELEMENT_FIXED_BYTES, vector[i].sectionId.idLen);
    SaAisErrorT error = handle_call_request_with(call, COMMAND_READ, &room);
    return error == SA_AIS_ERR_NO_RESOURCES ? SA_AIS_ERR_NO_MEMORY : error;
}

/* Takes the buffers of the first `count` elements back that were allocated here: those for which a size was read. */
static void take_back(SaCkptIOVectorElementT *vector, const uint8_t *allocated, SaUint32T count)
{
    for (SaUint32T i = 0; i < count; i++)
        if (allocated[i / 8] & (1U << (i % 8))) {
            free(vector[i].dataBuffer);
            vector[i].dataBuffer = NULL;
        }
}

static SaAisErrorT deliver(SaCkptIOVectorElementT *element, const struct bytes *bytes, bool *allocated)
{
    *allocated = false;
    if (element->dataBuffer == NULL) {
        if (bytes->length > 0) {
            element->dataBuffer = malloc(bytes->length);
            if (element->dataBuffer == NULL)
                return SA_AIS_ERR_NO_MEMORY;
            *allocated = true;
        }
        if (flavour.read_sets_data_size)
            element->dataSize = bytes->length;
    } else if (bytes->length > element->dataSize) {
        return SA_AIS_ERR_LIBRARY;
    }
    if (bytes->length > 0)
        memcpy(element->dataBuffer, bytes->at, bytes->length);
    element->readSize = bytes->length;
    return SA_AIS_OK;
}

static SaAisErrorT deliver_all(
    struct answer *answer, SaCkptIOVectorElementT *vector, SaUint32T count, uint8_t *allocated, SaUint32T *index)
{
    if (!result_data_begin(answer, count))
        return SA_AIS_ERR_LIBRARY;
    for (SaUint32T i = 0; i < count; i++) {
        struct bytes bytes;
        bool is_new = false;
        SaAisErrorT error = result_data_next(answer, &bytes) ? deliver(&vector[i], &bytes, &is_new) : SA_AIS_ERR_LIBRARY;
        if (is_new)
            allocated[i / 8] |= (uint8_t)(1U << (i % 8));
        if (error != SA_AIS_OK) {
            take_back(vector, allocated, i + 1);
            tell_index(index, i);
            return error;
        }
    }
    return SA_AIS_OK;
}

static SaAisErrorT take_data(struct exchange *exchange, SaCkptIOVectorElementT *vector, SaUint32T count, SaUint32T *index)
{
    enum { FEW = 256 };
    uint8_t few[FEW / 8] = {0};
    uint8_t *allocated = count <= FEW ? few : calloc(1, ((size_t)count + 7) / 8);
    if (allocated == NULL)
        return SA_AIS_ERR_NO_MEMORY;
    SaAisErrorT error = deliver_all(&exchange->answer, vector, count, allocated, index);
    if (allocated != few)
        free(allocated);
    return error;
}

SaAisErrorT ckpt_read(SaCkptCheckpointHandleT handle, SaCkptIOVectorElementT *vector, SaUint32T count, SaUint32T *index)
{
    struct handle_call call;
    SaAisErrorT error = check_arguments(handle, vector, count, index);
    if (error == SA_AIS_OK)
        error = handle_call_begin(&call, handle);
    if (error == SA_AIS_OK)
        error = begin_request(&call, vector, count);
    if (error != SA_AIS_OK)
        return error;
    uint64_t bytes = 0;
    put_elements(&call.request, vector, count, call.checkpoint->attributes.max_section_size);
    for (SaUint32T i = 0; i < count; i++) {
        uint64_t size = vector[i].dataBuffer == NULL ? call.checkpoint->attributes.max_section_size : vector[i].dataSize;
        bytes = bytes + size < bytes ? UINT64_MAX : bytes + size;
    }
    call.request.repeatable = true;
    error = handle_call_perform(&call, ckpt_data_limit(call.client, bytes));
    if (error == SA_AIS_OK)
        error = take_data(&call.exchange, vector, count, index);
    else if (error == (SaAisErrorT)call.exchange.answer.status)
        tell_index(index, call.exchange.answer.erroneous_index);
    return handle_call_end(&call, error);
}
