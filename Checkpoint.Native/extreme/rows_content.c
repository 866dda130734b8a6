/* Write, Overwrite, Read, Synchronize. */
#include <stdlib.h>
#include <string.h>

#include "extreme.h"

/* As many elements as really lie in memory; beyond, a vector is of empty elements. */
#define VECTOR_MAX 65537

static void verify_read(const SaCkptIOVectorElementT *element, const struct subject *subject, unsigned section) {
    uint64_t length = subject->sizes[section];
    if (length == UNKNOWN || element->dataOffset > length)
        return;
    uint64_t left = length - element->dataOffset;
    uint64_t size = element->dataSize < left ? element->dataSize : left;
    if (element->readSize != size)
        wrong("read %llu bytes of %llu at %llu, %llu expected (%s)", (unsigned long long)element->readSize, (unsigned long long)length,
              (unsigned long long)element->dataOffset, (unsigned long long)size, subject->what);
}

static void write_element(const char *parameter, uint64_t value, uint64_t size, uint64_t offset) {
    struct subject *subject = any_subject();
    unsigned section = any_section(subject);
    SaCkptIOVectorElementT element = {section_id(subject, section), (void *)(uintptr_t)zeros(), size, offset, 0};
    SaUint32T index = 77;
    SaAisErrorT code = CALL("CheckpointWrite", parameter, value, expect_write(subject, section, size, offset),
                            K.CheckpointWrite(subject->h, &element, 1, any_of(2) == 0 ? &index : NULL));
    note_write(subject, section, code, size, offset);
    settle(subject, section);
}

static void write_size(uint64_t value) {
    write_element("dataSize", value, value, any_of(3) == 0 ? any_of(100) : 0);
}

static void write_offset(uint64_t value) {
    write_element("dataOffset", value, 1 + any_of(4), value);
}

static void write_both(uint64_t value) {
    write_element("dataSize, dataOffset", value, value, any_boundary(U64));
}

static void write_to_end(uint64_t value) {
    write_element("dataOffset + dataSize = 2^64", value, value, (uint64_t)0 - value);
}

static SaUint8T *some_id(uint64_t length) {
    SaUint8T *id = malloc(length + 1);
    memset(id, 0xE0 | (int)any_of(16), length + 1);
    return id;
}

/* No section has such an id. */
static codes expect_absent(const struct subject *subject, uint64_t length) {
    return length == 0 && subject->is_default ? OK_ONLY : ONLY(NOT_EXIST) | ONLY(INVALID_PARAM);
}

static void write_id(uint64_t value) {
    struct subject *subject = any_subject();
    SaUint8T *id = some_id(value);
    SaCkptIOVectorElementT element = {{(SaUint16T)value, value == 0 ? NULL : id}, buffer(), 0, 0, 0};
    element.dataSize = subject->attributes.maxSectionSize > 0 ? 1 : 0;
    codes expected = expect_absent(subject, value);
    if (element.dataSize == 0)
        expected |= ONLY(INVALID_PARAM) | OK_ONLY;
    SaAisErrorT code = CALL("CheckpointWrite", "idLen", value, expected, K.CheckpointWrite(subject->h, &element, 1, NULL));
    if (value == 0 && subject->is_default)
        note_write(subject, 0, code, element.dataSize, 0);
    free(id);
}

/* A vector over its sections, each element four bytes further than the one before in the same section. */
static SaCkptIOVectorElementT *vector_of(const struct subject *subject, uint64_t count, void *data) {
    SaCkptIOVectorElementT *vector = calloc(count + 1, sizeof *vector);
    uint64_t step = subject->attributes.maxSectionSize > 1024 ? 4 : 0;
    uint64_t size = subject->attributes.maxSectionSize > 4 ? 4 : 0;
    for (uint64_t i = 0; i < count; i++)
        vector[i] = (SaCkptIOVectorElementT){section_id(subject, (unsigned)(i % SECTIONS)), data, size, i / SECTIONS * step, 0};
    return vector;
}

static void write_count(uint64_t value) {
    struct subject *subject = any_subject();
    bool is_real = value <= VECTOR_MAX;
    SaCkptIOVectorElementT *vector = is_real ? vector_of(subject, value, buffer()) : NULL;
    const SaCkptIOVectorElementT *from = is_real ? vector : zeros();
    codes expected = value == 0 ? ONLY(INVALID_PARAM) : is_real ? OK_ONLY : OK_ONLY | NO_ROOM | ONLY(NOT_EXIST) | ONLY(INVALID_PARAM);
    if (is_real && subject->attributes.maxSectionSize == 0)
        expected |= ONLY(INVALID_PARAM);
    SaAisErrorT code = CALL("CheckpointWrite", "numberOfElements", value, expected, K.CheckpointWrite(subject->h, from, (SaUint32T)value, NULL));
    for (uint64_t i = 0; i < value && is_real; i++)
        note_write(subject, subject->is_default ? 0 : i % SECTIONS, code, vector[i].dataSize, vector[i].dataOffset);
    for (unsigned i = 0; i < (subject->is_default ? 1 : SECTIONS); i++)
        settle(subject, i);
    free(vector);
}

static void overwrite_size(uint64_t value) {
    struct subject *subject = any_subject();
    unsigned section = any_section(subject);
    SaCkptSectionIdT id = section_id(subject, section);
    SaAisErrorT code = CALL("SectionOverwrite", "dataSize", value, expect_replace(subject, value), K.SectionOverwrite(subject->h, &id, zeros(), value));
    note_replace(subject, section, code, value);
    settle(subject, section);
}

static void overwrite_id(uint64_t value) {
    struct subject *subject = any_subject();
    SaUint8T *bytes = some_id(value);
    SaCkptSectionIdT id = {(SaUint16T)value, value == 0 ? NULL : bytes};
    SaAisErrorT code = CALL("SectionOverwrite", "idLen", value, expect_absent(subject, value), K.SectionOverwrite(subject->h, &id, "x", 0));
    if (value == 0 && subject->is_default)
        note_replace(subject, 0, code, 0);
    free(bytes);
}

static void read_element(const char *parameter, uint64_t value, uint64_t size, uint64_t offset) {
    struct subject *subject = any_subject();
    unsigned section = any_section(subject);
    SaCkptIOVectorElementT element = {section_id(subject, section), buffer(), size, offset, 99};
    if (CALL("CheckpointRead", parameter, value, expect_read(subject, section, true, size, offset), K.CheckpointRead(subject->h, &element, 1, NULL))
        == SA_AIS_OK)
        verify_read(&element, subject, section);
}

static void read_size(uint64_t value) {
    read_element("dataSize", value, value, 0);
}

static void read_offset(uint64_t value) {
    read_element("dataOffset", value, 1, value);
}

static void read_both(uint64_t value) {
    read_element("dataSize, dataOffset", value, value, any_boundary(U64));
}

/* With a buffer of the library's the size does not count. */
static void read_allocated(const char *parameter, uint64_t value, uint64_t size, uint64_t offset) {
    struct subject *subject = any_subject();
    unsigned section = any_section(subject);
    SaCkptIOVectorElementT element = {section_id(subject, section), NULL, size, offset, 99};
    codes expected = expect_read(subject, section, false, size, offset);
    if (CALL("CheckpointRead", parameter, value, expected, K.CheckpointRead(subject->h, &element, 1, NULL)) != SA_AIS_OK)
        return;
    element.dataSize = UINT64_MAX;
    verify_read(&element, subject, section);
    if (element.dataBuffer == NULL)
        return;
    if (run.profile == OPENAIS)
        free(element.dataBuffer);
    else
        CALL("IOVectorElementDataFree", "data", value, OK_ONLY, K.IOVectorElementDataFree(subject->h, element.dataBuffer));
}

static void read_ignored_size(uint64_t value) {
    read_allocated("dataSize, no buffer", value, value, 0);
}

static void read_offset_allocated(uint64_t value) {
    read_allocated("dataOffset, no buffer", value, 0, value);
}

static void read_id(uint64_t value) {
    struct subject *subject = any_subject();
    SaUint8T *id = some_id(value);
    SaCkptIOVectorElementT element = {{(SaUint16T)value, value == 0 ? NULL : id}, buffer(), 1, 0, 0};
    codes expected = expect_absent(subject, value) | (subject->attributes.maxSectionSize == 0 ? ONLY(INVALID_PARAM) : 0);
    CALL("CheckpointRead", "idLen", value, expected, K.CheckpointRead(subject->h, &element, 1, NULL));
    free(id);
}

static void read_count(uint64_t value) {
    struct subject *subject = any_subject();
    bool is_real = value <= VECTOR_MAX;
    while (!is_real && subject->is_default)
        subject = any_subject();
    SaCkptIOVectorElementT *vector = is_real ? vector_of(subject, value, buffer()) : NULL;
    for (uint64_t i = 0; i < value && is_real; i++)
        vector[i].dataOffset = 0;
    codes expected = value == 0 ? ONLY(INVALID_PARAM) : OK_ONLY;
    if (!is_real) /* Not writable: nothing of it may be read successfully. */
        expected = NO_ROOM | ONLY(NOT_EXIST) | ONLY(INVALID_PARAM);
    else if (subject->attributes.maxSectionSize == 0)
        expected |= ONLY(INVALID_PARAM);
    SaCkptIOVectorElementT *from = is_real ? vector : (SaCkptIOVectorElementT *)(uintptr_t)zeros();
    CALL("CheckpointRead", "numberOfElements", value, expected, K.CheckpointRead(subject->h, from, (SaUint32T)value, NULL));
    free(vector);
}

static bool is_synchronous(const struct subject *subject) {
    return (subject->attributes.creationFlags & SA_CKPT_WR_ALL_REPLICAS) != 0;
}

static void synchronize_timeout(uint64_t value) {
    struct subject *subject = any_subject();
    codes expected = is_synchronous(subject) ? ONLY(BAD_OPERATION) : OK_ONLY;
    if ((SaTimeT)value < 0)
        expected = ONLY(INVALID_PARAM);
    CALL("CheckpointSynchronize", "timeout", value, expected, K.CheckpointSynchronize(subject->h, (SaTimeT)value));
}

static void synchronize_invocation(uint64_t value) {
    struct subject *subject = any_subject();
    uint64_t before = arrived.synchronized;
    /* By return value or by callback. */
    codes expected = is_synchronous(subject) ? ONLY(BAD_OPERATION) | OK_ONLY : OK_ONLY;
    if (CALL("CheckpointSynchronizeAsync", "invocation", value, expected, K.CheckpointSynchronizeAsync(subject->h, value)) != SA_AIS_OK)
        return;
    begin("synchronize callback", "invocation", value);
    if (!dispatch_until(client, &arrived.synchronized, before + 1))
        wrong("no synchronize callback");
    else if (arrived.invocation != value)
        wrong("invocation %#llx", (unsigned long long)arrived.invocation);
    else
        end(arrived.error, is_synchronous(subject) ? ONLY(BAD_OPERATION) : OK_ONLY);
}

static const struct row rows[] = {
    {U64, write_size},          {U64, write_offset},      {U64, write_both},  {U64, write_to_end},         {U16, write_id},
    {U32, write_count},         {U64, overwrite_size},    {U16, overwrite_id}, {U64, read_size},           {U64, read_offset},
    {U64, read_both},           {U64, read_ignored_size}, {U64, read_offset_allocated}, {U16, read_id},    {U32, read_count},
    {TIME, synchronize_timeout}, {U64, synchronize_invocation},
};

struct rows content_rows(void) {
    return ROWS(rows);
}
