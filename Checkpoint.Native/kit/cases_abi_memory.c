/* Arguments: not looked at after the call, and places for results not before (ais-ckpt 5.13, ABI-17, 18). */
#include <stdlib.h>

#include "kit.h"

/* What a call is given lies on pages that go away as soon as it has returned. */
#define GIVEN_MAX 16
static void *given_areas[GIVEN_MAX];
static unsigned given_count;

static void *given(const void *bytes, size_t size) {
    if (given_count == GIVEN_MAX)
        kit_error("more than %d arguments", GIVEN_MAX);
    return given_areas[given_count++] = kit_guarded_copy(bytes, size);
}

#define GIVEN(value) given(&(value), sizeof(value))

static void take_back(void) {
    while (given_count > 0)
        kit_forbid(given_areas[--given_count]);
}

/* The value that a call left there, and all that it was given gone. */
static uint64_t result(const uint64_t *at) {
    uint64_t value = *at;
    take_back();
    return value;
}

static SaCkptSectionIdT given_id(const char *text) {
    return (SaCkptSectionIdT){(SaUint16T)strlen(text), given(text, strlen(text))};
}

static const uint64_t zero;

static SaCkptHandleT initialize_and_forget(void) {
    SaVersionT version = kit_version();
    uint64_t *out = GIVEN(zero);
    KIT_OK(K.Initialize(out, GIVEN(kit_callbacks), GIVEN(version)));
    return result(out);
}

static SaCkptCheckpointHandleT open_and_forget(SaCkptHandleT handle, const SaNameT *name) {
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    attributes.creationFlags = KIT_ASYNC;
    uint64_t *out = GIVEN(zero);
    KIT_OK(K.CheckpointOpen(handle, GIVEN(*name), GIVEN(attributes), KIT_ALL_MODES, KIT_OPEN_TIMEOUT, out));
    return result(out);
}

static void create_and_forget(SaCkptCheckpointHandleT h) {
    SaCkptSectionIdT id = given_id("s");
    SaCkptSectionCreationAttributesT attributes = {GIVEN(id), SA_TIME_END};
    KIT_OK(k_section_create(h, GIVEN(attributes), given("created", 7), 7));
    take_back();

    SaCkptSectionIdT none = SA_CKPT_GENERATED_SECTION_ID, *generated = GIVEN(none);
    attributes.sectionId = generated;
    KIT_OK(k_section_create(h, GIVEN(attributes), given("generated", 9), 9));
    KIT_TRUE(generated->idLen > 0 && generated->id != NULL, "an id");
    SaCkptSectionIdT copy = {generated->idLen, given(generated->id, generated->idLen)};
    free(generated->id);
    KIT_OK(K.SectionDelete(h, GIVEN(copy)));
    take_back();
}

static void write_and_forget(SaCkptCheckpointHandleT h) {
    SaUint32T index = 0;
    SaCkptSectionIdT id = given_id("s");
    SaCkptIOVectorElementT elements[] = {{id, given("first", 5), 5, 0, 0}, {id, given("second", 6), 6, 5, 0}};
    KIT_OK(K.CheckpointWrite(h, GIVEN(elements), 2, GIVEN(index)));
    take_back();
    id = given_id("s");
    KIT_OK(K.SectionOverwrite(h, GIVEN(id), given("overwritten", 11), 11));
    take_back();
}

static void read_and_forget(SaCkptCheckpointHandleT h) {
    SaUint32T index = 0;
    char buffer[11] = "";
    SaCkptSectionIdT id = given_id("s");
    SaCkptIOVectorElementT elements[] = {{id, GIVEN(buffer), sizeof buffer, 0, 0}, {id, NULL, 0, 0, 0}};
    SaCkptIOVectorElementT *vector = GIVEN(elements);
    KIT_OK(K.CheckpointRead(h, vector, 2, GIVEN(index)));
    KIT_EXPECT_BYTES(vector[0].dataBuffer, vector[0].readSize, "overwritten", 11);
    KIT_EXPECT_BYTES(vector[1].dataBuffer, vector[1].readSize, "overwritten", 11);
    free(vector[1].dataBuffer);
    take_back();
}

static void walk_and_forget(SaCkptCheckpointHandleT h) {
    uint64_t *out = GIVEN(zero);
    KIT_OK(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, out));
    SaCkptSectionIterationHandleT it = result(out);
    SaCkptSectionDescriptorT section = {0};
    KIT_OK(K.SectionIterationNext(it, GIVEN(section)));
    take_back();
    KIT_EXPECT(K.SectionIterationNext(it, GIVEN(section)), SA_AIS_ERR_NO_SECTIONS);
    take_back();
    KIT_OK(K.SectionIterationFinalize(it));
}

KIT_CASE(ABI_17, "ABI-17", KIT_S, "no blocking call touches its arguments after it has returned") {
    const SaNameT *name = kit_name();
    for (int round = 0; round < 3; round++) {
        SaCkptHandleT handle = initialize_and_forget();
        uint64_t *fd = GIVEN(zero);
        KIT_OK(K.SelectionObjectGet(handle, fd));
        KIT_TRUE(!kit_poll_fd(result(fd), 0), "nothing to dispatch");
        SaCkptCheckpointHandleT h = open_and_forget(handle, name);
        create_and_forget(h);
        write_and_forget(h);
        read_and_forget(h);
        walk_and_forget(h);
        unsigned char descriptor[64] = {0};
        KIT_OK(K.CheckpointStatusGet(h, given(descriptor, kit_is_so3() ? 56 : 64)));
        take_back();
        SaCkptSectionIdT id = given_id("s");
        KIT_OK(K.SectionExpirationTimeSet(h, GIVEN(id), SA_TIME_END));
        take_back();
        KIT_OK(K.CheckpointSynchronize(h, KIT_OPEN_TIMEOUT));
        KIT_OK(K.CheckpointUnlink(handle, GIVEN(*name)));
        take_back();
        kit_sleep_ms(20); /* for a thread of the library that is late */
        KIT_OK(K.CheckpointClose(h));
        KIT_OK(K.Finalize(handle));
    }
}

/* What a program can tell of the results of the script below; differences between two runs are told by their line. */
#define SEEN_MAX 64
struct seen {
    uint64_t values[SEEN_MAX];
    unsigned count;
};

static void see(struct seen *seen, uint64_t value) {
    if (seen->count == SEEN_MAX)
        kit_error("more than %d results", SEEN_MAX);
    seen->values[seen->count++] = value;
}

static void see_read(struct seen *seen, SaCkptCheckpointHandleT h, SaCkptIOVectorElementT *elements, SaUint32T count, int fill) {
    SaUint32T index;
    memset(&index, fill, sizeof index);
    for (SaUint32T i = 0; i < count; i++)
        memset(&elements[i].readSize, fill, sizeof elements[i].readSize);
    SaAisErrorT code = KIT_CALL(K.CheckpointRead(h, elements, count, &index));
    see(seen, code);
    if (code != SA_AIS_OK)
        see(seen, index);
    for (SaUint32T i = 0; i < count && code == SA_AIS_OK; i++)
        see(seen, elements[i].readSize);
}

static void see_status(struct seen *seen, SaCkptCheckpointHandleT h, int fill) {
    _Alignas(16) unsigned char area[64];
    SaCkptCheckpointDescriptorStandardT standard;
    SaCkptCheckpointDescriptorOpenaisT openais;
    memset(area, fill, sizeof area);
    KIT_OK(K.CheckpointStatusGet(h, area));
    memcpy(&standard, area, sizeof standard);
    memcpy(&openais, area, sizeof openais);
    see(seen, standard.checkpointCreationAttributes.creationFlags);
    see(seen, standard.checkpointCreationAttributes.checkpointSize);
    see(seen, (uint64_t)standard.checkpointCreationAttributes.retentionDuration);
    see(seen, standard.checkpointCreationAttributes.maxSections);
    see(seen, standard.checkpointCreationAttributes.maxSectionSize);
    see(seen, standard.checkpointCreationAttributes.maxSectionIdSize);
    see(seen, standard.numberOfSections);
    see(seen, kit_is_so3() ? openais.memoryUsed : standard.memoryUsed);
}

static void see_walk(struct seen *seen, SaCkptCheckpointHandleT h, int fill) {
    SaCkptSectionIterationHandleT it;
    SaCkptSectionDescriptorT section;
    memset(&it, fill, sizeof it);
    memset(&section, fill, sizeof section);
    KIT_OK(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &it));
    KIT_OK(K.SectionIterationNext(it, &section));
    see(seen, section.sectionId.idLen);
    see(seen, section.sectionId.id[0]);
    see(seen, (uint64_t)section.expirationTime);
    see(seen, section.sectionSize);
    see(seen, section.sectionState);
    KIT_TRUE(section.lastUpdate > 0 && section.lastUpdate < SA_TIME_END, "a time of the last update");
    KIT_OK(K.SectionIterationFinalize(it));
}

static struct seen run_with(int fill) {
    struct seen seen = {.count = 0};
    SaCkptHandleT handle;
    SaSelectionObjectT fd;
    SaCkptCheckpointHandleT h;
    SaVersionT version = kit_version();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    memset(&handle, fill, sizeof handle);
    memset(&fd, fill, sizeof fd);
    memset(&h, fill, sizeof h);
    KIT_OK(K.Initialize(&handle, &kit_callbacks, &version));
    KIT_OK(K.SelectionObjectGet(handle, &fd));
    KIT_TRUE(!kit_poll_fd(fd, 0), "a descriptor with nothing to dispatch");
    KIT_OK(K.CheckpointOpen(handle, kit_name(), &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    kit_section(h, "s", "data", 4);

    SaUint32T index;
    memset(&index, fill, sizeof index);
    SaCkptIOVectorElementT writes[] = {kit_element("s", "more", 4, 0), kit_element("absent", "x", 1, 0)};
    see(&seen, KIT_CALL(K.CheckpointWrite(h, writes, 2, &index)));
    see(&seen, index);
    see(&seen, KIT_CALL(K.CheckpointWrite(h, writes, 1, &index)));

    char buffer[16];
    memset(buffer, fill, sizeof buffer);
    SaCkptIOVectorElementT reads[] = {kit_element("s", buffer, sizeof buffer, 0), kit_element("s", buffer, sizeof buffer, 4),
                                      kit_element("s", NULL, 0, 0)};
    memset(&reads[2].dataSize, fill, sizeof reads[2].dataSize);
    see_read(&seen, h, reads, 3, fill);
    KIT_EXPECT_BYTES(buffer, 4, "more", 4);
    free(reads[2].dataBuffer);
    reads[1] = kit_element("absent", buffer, sizeof buffer, 0);
    see_read(&seen, h, reads, 2, fill);
    see_status(&seen, h, fill);
    see_walk(&seen, h, fill);
    KIT_OK(K.Finalize(handle));
    return seen;
}

KIT_CASE(ABI_18, "ABI-18", KIT_S, "what stands in the places for results before a call does not change what comes out") {
    struct seen zeros = run_with(0x00), ones = run_with(0xFF);
    KIT_EXPECT_EQ_U64(zeros.count, ones.count);
    for (unsigned i = 0; i < zeros.count; i++)
        KIT_TRUE(zeros.values[i] == ones.values[i], "the same results; result %u is 0x%llx after 0x00 and 0x%llx after 0xFF", i,
                 (unsigned long long)zeros.values[i], (unsigned long long)ones.values[i]);
    KIT_EXPECT_EQ_U64(zeros.values[0], SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT_EQ_U64(zeros.values[1], 1);
    KIT_EXPECT_EQ_U64(zeros.values[2], SA_AIS_OK);
}
