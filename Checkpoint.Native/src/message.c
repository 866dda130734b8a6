#include "message.h"

#include <string.h>

#include "frame.h"

enum { STATUS_MIN = 1, STATUS_MAX = 31, PROFILE_MAX = 3, SESSION_BYTES = 16, CHANGE_BYTES_MIN = 1 + 2 + 8 + 8, BUFFER_BYTES_MIN = 4 };

static bool read_status(struct wire_reader *reader, uint16_t *status)
{
    *status = wire_u16(reader);
    if (*status < STATUS_MIN || *status > STATUS_MAX)
        reader->bad = true;
    return !reader->bad;
}

static void skip_text(struct wire_reader *reader)
{
    uint32_t length;
    wire_bytes(reader, &length);
}

static void read_attributes(struct wire_reader *reader, struct attributes *attributes)
{
    attributes->creation_flags = wire_u32(reader);
    attributes->checkpoint_size = wire_u64(reader);
    attributes->retention = wire_i64(reader);
    attributes->max_sections = wire_u32(reader);
    attributes->max_section_size = wire_u64(reader);
    attributes->max_section_id_size = wire_u64(reader);
}

bool message_read_welcome(struct wire_reader *reader, struct welcome *welcome)
{
    welcome->version = wire_u16(reader);
    wire_raw(reader, SESSION_BYTES);
    skip_text(reader); /* The host's name, */
    skip_text(reader); /* its address, */
    wire_i64(reader);  /* and its uid. */
    wire_i64(reader);  /* A local client needs no heartbeat, */
    wire_i64(reader);  /* and no limit of silence. */
    welcome->outstanding_max = wire_i32(reader);
    welcome->profile = wire_u8(reader);
    return wire_ends(reader) && welcome->version == PROTOCOL_VERSION && welcome->outstanding_max > 0 && welcome->profile >= 1
        && welcome->profile <= PROFILE_MAX;
}

bool message_read_farewell(struct wire_reader *reader, uint16_t *status)
{
    if (!read_status(reader, status))
        return false;
    skip_text(reader);
    return wire_ends(reader);
}

bool message_read_heartbeat(struct wire_reader *reader, uint64_t *number, bool *is_answer)
{
    *number = wire_u64(reader);
    *is_answer = wire_bool(reader);
    return wire_ends(reader);
}

bool message_read_answer(struct wire_reader *reader, struct answer *answer)
{
    answer->id = wire_u64(reader);
    if (!read_status(reader, &answer->status))
        return false;
    if (wire_bool(reader))
        skip_text(reader);
    answer->erroneous_index = wire_i32(reader);
    answer->result = wire_u8(reader);
    answer->body = *reader;
    return !reader->bad;
}

bool message_read_changed(struct wire_reader *reader, struct changed *changed)
{
    changed->handle = wire_u64(reader);
    changed->position = wire_i64(reader);
    changed->count = wire_count(reader, CHANGE_BYTES_MIN);
    changed->changes = *reader;
    struct changed rest = *changed;
    for (uint32_t i = 0; i < changed->count; i++) {
        struct change_read change;
        if (!message_next_change(&rest, &change))
            return false;
    }
    return wire_ends(&rest.changes);
}

bool message_next_change(struct changed *changed, struct change_read *change)
{
    struct wire_reader *reader = &changed->changes;
    change->kind = wire_u8(reader);
    change->id = wire_short_bytes(reader, &change->id_length);
    change->offset = wire_i64(reader);
    change->size = wire_i64(reader);
    return !reader->bad && change->kind >= TOLD_CREATED && change->kind <= TOLD_EXPIRED;
}

bool message_read_gap(struct wire_reader *reader, uint64_t *handle, int64_t *position)
{
    *handle = wire_u64(reader);
    *position = wire_i64(reader);
    return wire_ends(reader);
}

bool result_opened(struct answer *answer, struct opened *opened)
{
    if (answer->result != RESULT_OPENED)
        return false;
    opened->handle = wire_u64(&answer->body);
    const uint8_t *incarnation = wire_raw(&answer->body, INCARNATION_BYTES);
    if (incarnation != NULL)
        memcpy(opened->incarnation, incarnation, INCARNATION_BYTES);
    read_attributes(&answer->body, &opened->attributes);
    return wire_ends(&answer->body);
}

bool result_status(struct answer *answer, struct status *status)
{
    if (answer->result != RESULT_STATUS)
        return false;
    read_attributes(&answer->body, &status->attributes);
    status->sections = wire_u32(&answer->body);
    status->bytes = wire_u64(&answer->body);
    return wire_ends(&answer->body);
}

bool result_section_created(struct answer *answer, const uint8_t **id, uint16_t *length)
{
    if (answer->result != RESULT_SECTION_CREATED)
        return false;
    *id = wire_short_bytes(&answer->body, length);
    return wire_ends(&answer->body);
}

bool result_data_begin(struct answer *answer, uint32_t expected_count)
{
    return answer->result == RESULT_DATA && wire_count(&answer->body, BUFFER_BYTES_MIN) == expected_count && !answer->body.bad;
}

bool result_data_next(struct answer *answer, struct bytes *bytes)
{
    bytes->at = wire_bytes(&answer->body, &bytes->length);
    return !answer->body.bad;
}

bool result_iteration(struct answer *answer, uint64_t *iteration)
{
    if (answer->result != RESULT_ITERATION)
        return false;
    *iteration = wire_u64(&answer->body);
    return wire_ends(&answer->body);
}

bool result_section(struct answer *answer, struct descriptor_read *descriptor)
{
    struct wire_reader *body = &answer->body;
    if (answer->result != RESULT_SECTIONS || wire_u32(body) != 1)
        return false;
    descriptor->id = wire_short_bytes(body, &descriptor->id_length);
    descriptor->expiration = wire_i64(body);
    descriptor->size = wire_i64(body);
    descriptor->state = wire_u8(body);
    descriptor->last_update = wire_i64(body);
    return wire_ends(body) && (descriptor->state == 1 || descriptor->state == 2);
}

void message_put_attributes(struct wire_writer *writer, const struct attributes *attributes)
{
    wire_put_u32(writer, attributes->creation_flags);
    wire_put_u64(writer, attributes->checkpoint_size);
    wire_put_i64(writer, attributes->retention);
    wire_put_u32(writer, attributes->max_sections);
    wire_put_u64(writer, attributes->max_section_size);
    wire_put_u64(writer, attributes->max_section_id_size);
}

void message_put_request(struct wire_writer *writer, enum command command)
{
    wire_put_u8(writer, MESSAGE_REQUEST);
    wire_put_u64(writer, 0);
    wire_put_i64(writer, 0);
    wire_put_u8(writer, (uint8_t)command);
}

void message_put_hello(struct wire_writer *writer, const char *client_name, const uint8_t version[3], uint8_t profile)
{
    uint32_t length = (uint32_t)strnlen(client_name, CLIENT_NAME_MAX);
    wire_put_u8(writer, MESSAGE_HELLO);
    wire_put_u16(writer, PROTOCOL_VERSION);
    wire_put_u32(writer, length);
    wire_put_raw(writer, client_name, length);
    wire_put_raw(writer, version, 3);
    wire_put_u8(writer, profile);
}

void message_put_farewell(struct wire_writer *writer)
{
    wire_put_u8(writer, MESSAGE_FAREWELL);
    wire_put_u16(writer, 1); /* OK: the client ends of its own will. */
    wire_put_u32(writer, 0);
}

void message_put_heartbeat_answer(struct wire_writer *writer, uint64_t number)
{
    wire_put_u8(writer, MESSAGE_HEARTBEAT);
    wire_put_u64(writer, number);
    wire_put_u8(writer, 1);
}

void message_put_credit(struct wire_writer *writer, uint64_t handle, int32_t events)
{
    wire_put_u8(writer, MESSAGE_CREDIT);
    wire_put_u64(writer, handle);
    wire_put_u32(writer, (uint32_t)events);
}
