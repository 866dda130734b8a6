/* Checkpoints come and go: names, attributes, flags, timeouts, retention; each that could be opened is used once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extreme.h"

#define OPEN_TIMEOUT (20 * SA_TIME_ONE_SECOND)
#define ALL_MODES (SA_CKPT_CHECKPOINT_CREATE | SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE)

/* One attempt to open. */
struct attempt {
    const char *parameter;
    uint64_t value;
    SaCkptCheckpointCreationAttributesT attributes;
    SaCkptCheckpointOpenFlagsT flags;
    SaTimeT timeout;
    SaNameT name;
    bool is_async;
    SaInvocationT invocation;
};

static struct attempt usual(const char *parameter, uint64_t value) {
    struct attempt attempt = {parameter, value, {SA_CKPT_WR_ALL_REPLICAS, 0, 0, 8, 1024, 32}, ALL_MODES, OPEN_TIMEOUT, fresh_name(), false, any()};
    static const SaCkptCheckpointCreationFlagsT kinds[] = {1, 2, 4, 9, 10, 12};
    attempt.attributes.creationFlags = kinds[any_of(6)];
    return attempt;
}

static bool flags_are_legal(SaUint32T flags) {
    return flags == 1 || flags == 2 || flags == 4 || flags == 9 || flags == 10 || flags == 12;
}

static codes expect_open(const struct attempt *attempt) {
    const SaCkptCheckpointCreationAttributesT *a = &attempt->attributes;
    SaSizeT product;
    codes wrong_codes = 0;
    if (attempt->name.length == 0 || attempt->name.length > SA_MAX_NAME_LENGTH || (!attempt->is_async && attempt->timeout < 0))
        wrong_codes |= ONLY(INVALID_PARAM);
    if (attempt->flags == 0 || attempt->flags > 7)
        wrong_codes |= ONLY(BAD_FLAGS);
    else if ((attempt->flags & SA_CKPT_CHECKPOINT_CREATE) == 0) /* The attributes are given all the same. */
        wrong_codes |= ONLY(INVALID_PARAM);
    if (!flags_are_legal(a->creationFlags) || a->maxSections == 0 || a->retentionDuration < 0)
        wrong_codes |= ONLY(INVALID_PARAM);
    if (!__builtin_mul_overflow((SaSizeT)a->maxSections, a->maxSectionSize, &product) && a->checkpointSize > product)
        wrong_codes |= ONLY(INVALID_PARAM);
    return wrong_codes != 0 ? wrong_codes : OK_ONLY;
}

static void compare(const SaCkptCheckpointCreationAttributesT *seen, const SaCkptCheckpointCreationAttributesT *given) {
    if (seen->creationFlags != given->creationFlags || seen->checkpointSize != given->checkpointSize || seen->maxSections != given->maxSections
        || seen->maxSectionSize != given->maxSectionSize || seen->maxSectionIdSize != given->maxSectionIdSize)
        wrong("the attributes are not those of the creation");
    if (seen->retentionDuration != given->retentionDuration)
        wrong("retentionDuration %lld, given %lld", (long long)seen->retentionDuration, (long long)given->retentionDuration);
}

static void look(struct subject *subject) {
    struct kit_status status;
    SaCkptSectionIterationHandleT iteration;
    SaCkptSectionDescriptorT descriptor;
    if (CALL("CheckpointStatusGet", "after open", 0, OK_ONLY, k_status_get(subject->h, &status)) == SA_AIS_OK)
        compare(&status.attributes, &subject->attributes);
    if (CALL("SectionIterationInitialize", "after open", 0, OK_ONLY, K.SectionIterationInitialize(subject->h, SA_CKPT_SECTIONS_ANY, 0, &iteration))
        != SA_AIS_OK)
        return;
    CALL("SectionIterationNext", "after open", 0, OK_ONLY | ONLY(NO_SECTIONS), K.SectionIterationNext(iteration, &descriptor));
    CALL("SectionIterationFinalize", "after open", 0, OK_ONLY, K.SectionIterationFinalize(iteration));
}

/* A section, a write at some boundary, a look. */
static void use(struct subject *subject) {
    SaCkptSectionIdT id = {0, NULL};
    bool is_default = subject->attributes.maxSections == 1;
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    if (!is_default) {
        /* An id of no byte cannot be generated. */
        codes expected = subject->attributes.maxSectionIdSize == 0 ? NO_ROOM | ONLY(NO_SPACE) | ONLY(INVALID_PARAM) : OK_ONLY;
        if (CALL("SectionCreate", "after open", 0, expected, k_section_create(subject->h, &attributes, "", 0)) != SA_AIS_OK)
            return;
        if (id.idLen > subject->attributes.maxSectionIdSize)
            wrong("an id of %u bytes was generated", id.idLen);
    }
    uint64_t offset = any_boundary(U64);
    SaCkptIOVectorElementT element = {id, buffer(), 1, offset, 0};
    CALL("CheckpointWrite", "after open", offset, expect_write(subject, 0, 1, offset), K.CheckpointWrite(subject->h, &element, 1, NULL));
    look(subject);
    if (!is_default && run.profile != OPENAIS)
        CALL("SectionIdFree", "id", 0, OK_ONLY, K.SectionIdFree(subject->h, id.id));
    else
        free(id.id);
}

static void use_and_close(const struct attempt *attempt, SaCkptCheckpointHandleT h) {
    SaUint32T kind = attempt->attributes.creationFlags;
    bool may_write = (attempt->flags & SA_CKPT_CHECKPOINT_WRITE) != 0;
    if (may_write && kind >= 10)
        CALL("ActiveReplicaSet", "after open", 0, OK_ONLY, K.ActiveReplicaSet(h));
    if (attempt->flags == ALL_MODES) {
        struct subject subject = {.what = "just opened", .attributes = attempt->attributes, .h = h};
        use(&subject);
    }
    CALL("CheckpointClose", "after open", 0, OK_ONLY, K.CheckpointClose(h));
}

static SaAisErrorT open_async(const struct attempt *attempt, codes expected, SaCkptCheckpointHandleT *h) {
    uint64_t before = arrived.opened;
    if (CALL("CheckpointOpenAsync", attempt->parameter, attempt->value, expected,
             K.CheckpointOpenAsync(client, attempt->invocation, &attempt->name, &attempt->attributes, attempt->flags))
        != SA_AIS_OK)
        return SA_AIS_ERR_INVALID_PARAM;
    begin("open callback", attempt->parameter, attempt->value);
    if (!dispatch_until(client, &arrived.opened, before + 1)) {
        wrong("no open callback");
        return SA_AIS_ERR_TIMEOUT;
    }
    if (arrived.invocation != attempt->invocation)
        wrong("invocation %#llx", (unsigned long long)arrived.invocation);
    *h = arrived.h;
    return end(arrived.error, OK_ONLY);
}

static void perform(struct attempt attempt) {
    SaCkptCheckpointHandleT h = 0;
    codes expected = expect_open(&attempt);
    SaAisErrorT code;
    if (attempt.is_async)
        code = open_async(&attempt, expected, &h);
    else
        code = CALL("CheckpointOpen", attempt.parameter, attempt.value, expected,
                    K.CheckpointOpen(client, &attempt.name, &attempt.attributes, attempt.flags, attempt.timeout, &h));
    if (code == SA_AIS_OK)
        use_and_close(&attempt, h);
    if (code == SA_AIS_OK || code == SA_AIS_ERR_TIMEOUT)
        CALL("CheckpointUnlink", "after open", 0, OK_ONLY | ONLY(NOT_EXIST), K.CheckpointUnlink(client, &attempt.name));
}

/* ATTEMPT(name of the row, parameter, what is set) makes the row for Open and the one for OpenAsync. */
#define ATTEMPT(row, parameter, ...)                                                                                                                 \
    static void open_##row(uint64_t value) {                                                                                                         \
        struct attempt attempt = usual(parameter, value);                                                                                            \
        __VA_ARGS__;                                                                                                                                 \
        perform(attempt);                                                                                                                            \
    }                                                                                                                                                \
    static void open_async_##row(uint64_t value) {                                                                                                   \
        struct attempt attempt = usual(parameter, value);                                                                                            \
        __VA_ARGS__;                                                                                                                                 \
        attempt.is_async = true;                                                                                                                     \
        perform(attempt);                                                                                                                            \
    }

/* A name of so many bytes that begins as it has to; beyond 256 only its length says so. */
static void lengthen(SaNameT *name, uint64_t length) {
    for (uint64_t i = name->length; i < SA_MAX_NAME_LENGTH; i++)
        name->value[i] = 'x';
    name->length = (SaUint16T)length;
}

static void shorten_sections(SaCkptCheckpointCreationAttributesT *attributes, uint64_t sections) {
    attributes->maxSections = (SaUint32T)sections;
    attributes->checkpointSize = 0;
}

static bool is_too_short(const struct attempt *attempt) {
    return attempt->name.length < 9;
}

static void name_length(uint64_t value, bool is_async) {
    struct attempt attempt = usual("checkpointName.length", value);
    lengthen(&attempt.name, value);
    attempt.is_async = is_async;
    if (value <= 40 && !is_too_short(&attempt))
        return; /* Cut off names could meet. */
    if (is_too_short(&attempt) && run.profile == OPENAIS && value > 0)
        return;
    if (is_too_short(&attempt) && value > 0) { /* Without the whole prefix. */
        codes expected = ONLY(INVALID_PARAM) | (value == 8 ? OK_ONLY : 0);
        SaCkptCheckpointHandleT h;
        SaAisErrorT code = CALL("CheckpointOpen", attempt.parameter, value, expected,
                                K.CheckpointOpen(client, &attempt.name, &attempt.attributes, attempt.flags, attempt.timeout, &h));
        if (code == SA_AIS_OK)
            use_and_close(&attempt, h);
        return;
    }
    perform(attempt);
}

static void open_name_length(uint64_t value) {
    name_length(value, false);
}

static void open_async_name_length(uint64_t value) {
    name_length(value, true);
}

ATTEMPT(creation_flags, "creationFlags", attempt.attributes.creationFlags = (SaUint32T)value)
ATTEMPT(checkpoint_size, "checkpointSize", attempt.attributes.checkpointSize = value; attempt.attributes.maxSectionSize = UINT64_MAX)
ATTEMPT(checkpoint_size_small, "checkpointSize, small sections", attempt.attributes.checkpointSize = value)
ATTEMPT(retention, "retentionDuration", attempt.attributes.retentionDuration = (SaTimeT)value)
ATTEMPT(max_sections, "maxSections", shorten_sections(&attempt.attributes, value))
ATTEMPT(max_section_size, "maxSectionSize", attempt.attributes.maxSectionSize = value)
ATTEMPT(max_section_id_size, "maxSectionIdSize", attempt.attributes.maxSectionIdSize = value)
ATTEMPT(all_attributes, "all attributes", attempt.attributes.maxSections = (SaUint32T)any_boundary(U32); attempt.attributes.maxSectionSize = value;
        attempt.attributes.checkpointSize = any_boundary(U64); attempt.attributes.maxSectionIdSize = any_boundary(U64);
        attempt.attributes.retentionDuration = (SaTimeT)(any_boundary(TIME) & INT64_MAX))
ATTEMPT(open_flags, "checkpointOpenFlags", attempt.flags = (SaUint32T)value)
ATTEMPT(timeout, "timeout", attempt.timeout = (SaTimeT)value)
ATTEMPT(invocation, "invocation", attempt.invocation = value)

static void unlink_length(uint64_t value) {
    SaNameT name = fresh_name();
    lengthen(&name, value);
    codes expected = value > SA_MAX_NAME_LENGTH ? ONLY(INVALID_PARAM) : ONLY(NOT_EXIST);
    CALL("CheckpointUnlink", "checkpointName.length", value, expected | (value == 0 ? ONLY(INVALID_PARAM) : 0) | (value == 8 ? OK_ONLY : 0),
         K.CheckpointUnlink(client, &name));
}

static void retention_set(uint64_t value) {
    struct subject *subject = any_subject();
    codes expected = (SaTimeT)value < 0 ? ONLY(INVALID_PARAM) : OK_ONLY;
    if (CALL("CheckpointRetentionDurationSet", "retentionDuration", value, expected, K.CheckpointRetentionDurationSet(subject->h, (SaTimeT)value))
        == SA_AIS_OK)
        subject->attributes.retentionDuration = (SaTimeT)value;
    look(subject);
}

static void active_replica_set(uint64_t value) {
    struct subject *subject = any_subject();
    bool may = subject->attributes.creationFlags >= 10;
    CALL("ActiveReplicaSet", "again and again", value, may ? OK_ONLY : ONLY(BAD_OPERATION), K.ActiveReplicaSet(subject->h));
}

static const struct row rows[] = {
    {U16, open_name_length},
    {U16, open_async_name_length},
    {U32, open_creation_flags},
    {U32, open_async_creation_flags},
    {U64, open_checkpoint_size},
    {U64, open_async_checkpoint_size},
    {U64, open_checkpoint_size_small},
    {U64, open_async_checkpoint_size_small},
    {TIME, open_retention},
    {TIME, open_async_retention},
    {U32, open_max_sections},
    {U32, open_async_max_sections},
    {U64, open_max_section_size},
    {U64, open_async_max_section_size},
    {U64, open_max_section_id_size},
    {U64, open_async_max_section_id_size},
    {U64, open_all_attributes},
    {U64, open_async_all_attributes},
    {U32, open_open_flags},
    {U32, open_async_open_flags},
    {TIME, open_timeout},
    {U64, open_invocation},
    {U64, open_async_invocation},
    {U16, unlink_length},
    {TIME, retention_set},
    {U8, active_replica_set},
};

struct rows open_rows(void) {
    (void)open_async_timeout; /* It has none. */
    return ROWS(rows);
}
