/*
 * The messages of a session as the library reads and writes them (docs/WIRE.md, "Sessions"). Pure: no I/O, no allocation.
 */
#ifndef CKPT_MESSAGE_H
#define CKPT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

enum message_type {
    MESSAGE_HELLO = 1,
    MESSAGE_WELCOME = 2,
    MESSAGE_FAREWELL = 3,
    MESSAGE_HEARTBEAT = 4,
    MESSAGE_REQUEST = 5,
    MESSAGE_ANSWER = 6,
    MESSAGE_CHANGED = 7,
    MESSAGE_GAP = 8,
    MESSAGE_CREDIT = 9
};

enum command {
    COMMAND_OPEN = 1,
    COMMAND_ATTACH = 2,
    COMMAND_CLOSE = 3,
    COMMAND_UNLINK = 4,
    COMMAND_SET_RETENTION = 5,
    COMMAND_SET_ACTIVE = 6,
    COMMAND_GET_STATUS = 7,
    COMMAND_CHANGE = 8,
    COMMAND_READ = 9,
    COMMAND_SYNCHRONIZE = 10,
    COMMAND_ITERATION_BEGIN = 11,
    COMMAND_ITERATION_NEXT = 12,
    COMMAND_ITERATION_END = 13,
    COMMAND_TRACK = 14
};

enum change {
    CHANGE_CREATE = 1,
    CHANGE_DELETE = 2,
    CHANGE_SET_EXPIRATION = 4,
    CHANGE_WRITE = 5,
    CHANGE_OVERWRITE = 6
};

enum result {
    RESULT_NONE = 0,
    RESULT_OPENED = 1,
    RESULT_STATUS = 2,
    RESULT_SECTION_CREATED = 3,
    RESULT_DATA = 4,
    RESULT_ITERATION = 5,
    RESULT_SECTIONS = 6
};

/* Of a SectionChange. */
enum change_told { TOLD_CREATED = 1, TOLD_WRITTEN = 2, TOLD_OVERWRITTEN = 3, TOLD_DELETED = 4, TOLD_EXPIRED = 5 };

enum {
    INCARNATION_BYTES = 16,
    CLIENT_NAME_MAX = 128,
    /* Where these stand in every request, so that they can be set when it is sent. */
    REQUEST_ID_AT = 1,
    REQUEST_BUDGET_AT = 9,
    REQUEST_COMMAND_AT = 17,
    REQUEST_HANDLE_AT = 18
};

/* A read element's size that asks for everything from the offset. */
#define READ_WHOLE INT64_C(-1)

/* The position of a gap after which nothing follows. */
#define GAP_FOR_EVER INT64_MAX

struct attributes {
    uint32_t creation_flags;
    uint64_t checkpoint_size;
    int64_t retention;
    uint32_t max_sections;
    uint64_t max_section_size;
    uint64_t max_section_id_size;
};

struct welcome {
    uint16_t version;
    int32_t outstanding_max;
    uint8_t profile;
};

struct answer {
    uint64_t id;
    uint16_t status;
    int32_t erroneous_index;
    uint8_t result;
    /* Of the result; in the message's memory. */
    struct wire_reader body;
};

struct opened {
    uint64_t handle;
    uint8_t incarnation[INCARNATION_BYTES];
    struct attributes attributes;
};

struct status {
    struct attributes attributes;
    uint32_t sections;
    uint64_t bytes;
};

struct bytes {
    const uint8_t *at;
    uint32_t length;
};

struct descriptor_read {
    const uint8_t *id;
    uint16_t id_length;
    int64_t expiration;
    int64_t size;
    uint8_t state;
    int64_t last_update;
};

/* The head of a changed message; the changes, every one well-formed, follow in the reader. */
struct changed {
    uint64_t handle;
    int64_t position;
    uint32_t count;
    struct wire_reader changes;
};

struct change_read {
    uint8_t kind;
    const uint8_t *id;
    uint16_t id_length;
    int64_t offset;
    int64_t size;
};

/* Each answers false for what is no such message. The type has been read already. */
bool message_read_welcome(struct wire_reader *reader, struct welcome *welcome);
bool message_read_farewell(struct wire_reader *reader, uint16_t *status);
bool message_read_heartbeat(struct wire_reader *reader, uint64_t *number, bool *is_answer);
bool message_read_answer(struct wire_reader *reader, struct answer *answer);
bool message_read_changed(struct wire_reader *reader, struct changed *changed);
bool message_next_change(struct changed *changed, struct change_read *change);
bool message_read_gap(struct wire_reader *reader, uint64_t *handle, int64_t *position);

/* The results; each must be the answer's whole body. */
bool result_opened(struct answer *answer, struct opened *opened);
bool result_status(struct answer *answer, struct status *status);
bool result_section_created(struct answer *answer, const uint8_t **id, uint16_t *length);
bool result_data_begin(struct answer *answer, uint32_t expected_count);
bool result_data_next(struct answer *answer, struct bytes *bytes);
bool result_iteration(struct answer *answer, uint64_t *iteration);
bool result_section(struct answer *answer, struct descriptor_read *descriptor);

void message_put_attributes(struct wire_writer *writer, const struct attributes *attributes);

/* The beginning of a request; id, budget and handle are set when it is sent. */
void message_put_request(struct wire_writer *writer, enum command command);
void message_put_hello(struct wire_writer *writer, const char *client_name, const uint8_t version[3], uint8_t profile);
void message_put_farewell(struct wire_writer *writer);
void message_put_heartbeat_answer(struct wire_writer *writer, uint64_t number);
void message_put_credit(struct wire_writer *writer, uint64_t handle, int32_t events);

#endif
