/* Sections come and go: ids, sizes, expiration times; iterations over them. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "extreme.h"

enum { OPENSAF_ID_MAX = 49, STEPS_MAX = 8 };

static SaUint8T *new_id(uint64_t length) {
    SaUint8T *id = malloc(length + 1);
    for (uint64_t i = 0; i <= length; i++)
        id[i] = (SaUint8T)(0x80 | any_of(128));
    return id;
}

static codes expect_id(const struct subject *subject, uint64_t length) {
    uint64_t max = subject->attributes.maxSectionIdSize;
    codes expected = subject->is_default ? ONLY(EXIST) : 0;
    if (run.profile == OPENSAF && max > OPENSAF_ID_MAX)
        max = OPENSAF_ID_MAX;
    if (length > max)
        return expected | ONLY(INVALID_PARAM);
    if (length == 0 && max == 0)
        return expected | ONLY(INVALID_PARAM) | NO_ROOM | ONLY(NO_SPACE);
    return subject->is_default ? expected : OK_ONLY;
}

static codes either(codes first, codes second) {
    codes both = (first & ~OK_ONLY) | (second & ~OK_ONLY);
    return (first & second & OK_ONLY) | both;
}

/* Creates, and takes back what could be created. */
static void create(const char *parameter, uint64_t value, uint64_t id_length, uint64_t size, SaTimeT expiration) {
    struct subject *subject = any_subject();
    SaUint8T *bytes = new_id(id_length);
    SaCkptSectionIdT id = {(SaUint16T)id_length, id_length == 0 ? NULL : bytes};
    SaCkptSectionCreationAttributesT attributes = {&id, expiration};
    uint64_t effective = kit_is_so3() ? (SaUint32T)size : size;
    codes expected = either(expect_id(subject, id_length), expect_replace(subject, effective));
    if (expiration < 0 && run.profile == STRICT)
        expected = (expected & ~OK_ONLY) | ONLY(INVALID_PARAM);
    bool may_expire = run.profile == STRICT && expiration != SA_TIME_END;
    if (CALL("SectionCreate", parameter, value, expected, k_section_create(subject->h, &attributes, zeros(), size)) == SA_AIS_OK) {
        codes gone = may_expire ? OK_ONLY | ONLY(NOT_EXIST) : OK_ONLY;
        CALL("SectionDelete", "after create", value, gone, K.SectionDelete(subject->h, &id));
    }
    if (id.id != bytes && id.id != NULL) {
        if (run.profile == OPENAIS)
            free(id.id);
        else
            CALL("SectionIdFree", "id", value, OK_ONLY, K.SectionIdFree(subject->h, id.id));
    }
    free(bytes);
}

static void create_id(uint64_t value) {
    create("idLen", value, value, 0, SA_TIME_END);
}

static void create_size(uint64_t value) {
    create("initialDataSize", value, 8, value, SA_TIME_END);
}

static void create_expiration(uint64_t value) {
    create("expirationTime", value, 8, 0, (SaTimeT)value);
}

static void delete_id(uint64_t value) {
    struct subject *subject = any_subject();
    SaUint8T *bytes = new_id(value);
    SaCkptSectionIdT id = {(SaUint16T)value, value == 0 ? NULL : bytes};
    codes expected = ONLY(NOT_EXIST) | ONLY(INVALID_PARAM);
    CALL("SectionDelete", "idLen", value, value == 0 ? ONLY(INVALID_PARAM) : expected, K.SectionDelete(subject->h, &id));
    CALL("SectionExpirationTimeSet", "idLen", value, value == 0 ? ONLY(INVALID_PARAM) : expected, K.SectionExpirationTimeSet(subject->h, &id, SA_TIME_END));
    free(bytes);
}

static void set_expiration(uint64_t value) {
    struct subject *subject = any_subject();
    SaCkptSectionIdT id = {6, (SaUint8T *)"expire"};
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    codes created = subject->is_default ? ONLY(EXIST) | ONLY(INVALID_PARAM) : OK_ONLY;
    if (CALL("SectionCreate", "before expiration", value, created, k_section_create(subject->h, &attributes, "x", 1)) != SA_AIS_OK && !subject->is_default)
        return;
    codes expected = expect_expiration((SaTimeT)value);
    if (subject->is_default)
        expected = ONLY(NOT_EXIST) | ONLY(INVALID_PARAM);
    CALL("SectionExpirationTimeSet", "expirationTime", value, expected, K.SectionExpirationTimeSet(subject->h, &id, (SaTimeT)value));
    if (!subject->is_default)
        CALL("SectionDelete", "after expiration", value, OK_ONLY | ONLY(NOT_EXIST), K.SectionDelete(subject->h, &id));
}

static void set_default_expiration(uint64_t value) {
    struct subject *subject = any_subject();
    SaCkptSectionIdT id = {0, NULL};
    CALL("SectionExpirationTimeSet", "default section", value, ONLY(INVALID_PARAM) | (subject->is_default ? 0 : ONLY(NOT_EXIST)),
         K.SectionExpirationTimeSet(subject->h, &id, (SaTimeT)value));
}

static const struct row sections[] = {
    {U16, create_id}, {U64, create_size}, {TIME, create_expiration}, {U16, delete_id}, {TIME, set_expiration}, {TIME, set_default_expiration},
};

struct rows section_rows(void) {
    return ROWS(sections);
}

/* --- iterations */

static void walk(const struct subject *subject, SaCkptSectionIterationHandleT iteration, uint64_t value) {
    SaCkptSectionDescriptorT descriptor;
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        codes expected = i < SECTIONS + 1 ? OK_ONLY | ONLY(NO_SECTIONS) : ONLY(NO_SECTIONS);
        if (CALL("SectionIterationNext", "after initialize", value, expected, K.SectionIterationNext(iteration, &descriptor)) != SA_AIS_OK)
            break;
        if (descriptor.sectionId.idLen > subject->attributes.maxSectionIdSize)
            wrong("a section id of %u bytes", descriptor.sectionId.idLen);
    }
    CALL("SectionIterationFinalize", "after initialize", value, OK_ONLY, K.SectionIterationFinalize(iteration));
    CALL("SectionIterationFinalize", "twice", value, ONLY(BAD_HANDLE), K.SectionIterationFinalize(iteration));
}

static void iterate(const char *parameter, uint64_t value, uint64_t chosen, SaTimeT time) {
    struct subject *subject = any_subject();
    SaCkptSectionIterationHandleT iteration;
    bool time_counts = chosen == SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME || chosen == SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME || run.profile == OPENSAF;
    codes expected = chosen >= 1 && chosen <= 5 && (time >= 0 || !time_counts) ? OK_ONLY : ONLY(INVALID_PARAM);
    if (CALL("SectionIterationInitialize", parameter, value, expected,
             K.SectionIterationInitialize(subject->h, (SaCkptSectionsChosenT)chosen, time, &iteration))
        == SA_AIS_OK)
        walk(subject, iteration, value);
}

static void iterate_chosen(uint64_t value) {
    iterate("sectionsChosen", value, value, 0);
}

static void iterate_time(uint64_t value) {
    iterate("expirationTime", value, 1 + any_of(5), (SaTimeT)value);
}

static const struct row iterations[] = {{U32, iterate_chosen}, {TIME, iterate_time}};

struct rows iteration_rows(void) {
    return ROWS(iterations);
}
