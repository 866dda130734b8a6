/* Whole call orders of programs in the field, where a case for each call alone would not show that they work together (field.md 5.3).
 * As they do: timeout 0, NULL callbacks, NULL index pointers, answers ignored where the programs ignore them. Each structure and each place
 * for a result lies between guards: what the library takes for larger than the program's own layout is found out. */
#include <stddef.h>
#include <stdlib.h>
#include <sys/select.h>

#include "kit.h"

static const uint64_t nothing;
static const SaCkptSectionDescriptorT no_section;

static SaCkptHandleT initialize_plainly(void) {
    SaCkptHandleT *handle = kit_guarded_copy(&nothing, sizeof *handle);
    SaVersionT version = kit_version_of(1, 1);
    KIT_OK(K.Initialize(handle, NULL, KIT_GUARDED(version)));
    return *handle;
}

static SaCkptCheckpointHandleT open_plainly(SaCkptHandleT handle, const SaNameT *name, const SaCkptCheckpointCreationAttributesT *attributes) {
    SaCkptCheckpointHandleT *h = kit_guarded_copy(&nothing, sizeof *h);
    const SaCkptCheckpointCreationAttributesT *given = attributes != NULL ? KIT_GUARDED(*attributes) : NULL;
    KIT_OK(K.CheckpointOpen(handle, KIT_GUARDED(*name), given, given != NULL ? KIT_ALL_MODES : KIT_READ, 0, h));
    return *h;
}

static void close_plainly(SaCkptHandleT handle, SaCkptCheckpointHandleT h) {
    KIT_OK(K.CheckpointClose(h));
    KIT_OK(K.Finalize(handle));
}

static SaCkptSectionIterationHandleT walk_plainly(SaCkptCheckpointHandleT h) {
    SaCkptSectionIterationHandleT *it = kit_guarded_copy(&nothing, sizeof *it);
    KIT_OK(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, it));
    return *it;
}

static void expect_status(SaCkptCheckpointHandleT h, SaUint32T sections) {
    static const unsigned char zeros[sizeof(SaCkptCheckpointDescriptorStandardT)];
    SaUint32T seen;
    unsigned char *status = kit_guarded_copy(zeros, kit_is_so3() ? sizeof(SaCkptCheckpointDescriptorOpenaisT) : sizeof zeros);
    KIT_OK(K.CheckpointStatusGet(h, status));
    memcpy(&seen, status + offsetof(SaCkptCheckpointDescriptorStandardT, numberOfSections), sizeof seen);
    KIT_EXPECT_EQ_U64(seen, sections);
}

KIT_CASE(FLD_01, "FLD-01", KIT_S, "a lock manager without locks: all sizes 0, one section, which is there at once, unlinked and read to the end") {
    SaCkptCheckpointCreationAttributesT attributes = {KIT_SYNC, 0, 0, 1, 0, 0};
    SaCkptHandleT handle = initialize_plainly();
    const SaNameT *name = kit_name();
    SaCkptCheckpointHandleT h = open_plainly(handle, name, &attributes);
    KIT_OK(K.CheckpointUnlink(handle, name));

    SaCkptSectionIterationHandleT it = walk_plainly(h);
    SaCkptSectionDescriptorT *section = KIT_GUARDED(no_section);
    KIT_OK(K.SectionIterationNext(it, section));
    KIT_EXPECT_EQ_U64(section->sectionId.idLen, 0);
    KIT_EXPECT_EQ_U64(section->sectionSize, 0);
    SaCkptSectionIdT id = section->sectionId;
    KIT_EXPECT(K.SectionIterationNext(it, section), SA_AIS_ERR_NO_SECTIONS);
    KIT_OK(K.SectionIterationFinalize(it));
    SaCkptIOVectorElementT read = {id, NULL, 0, 0, 12345}, *element = KIT_GUARDED(read);
    KIT_OK(K.CheckpointRead(h, element, 1, NULL));
    KIT_EXPECT_EQ_U64(element->readSize, 0);
    KIT_OK(K.CheckpointClose(h));
    kit_expect_absent(handle, name);
    KIT_OK(K.Finalize(handle));
}

/* argv: name. Fills a checkpoint for whoever comes next and unlinks it when he has it open. */
KIT_ROLE(fld_predecessor) {
    SaCkptCheckpointCreationAttributesT attributes = {KIT_SYNC, 5 * 100, SA_TIME_MAX, 6, 100, 16};
    const SaNameT *name = kit_name_from(argv[0]);
    kit_expect_hear("go");
    SaCkptHandleT handle = initialize_plainly();
    SaCkptCheckpointHandleT h = open_plainly(handle, name, &attributes);
    for (unsigned i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "bitmap_%u", i);
        kit_section(h, id, kit_pattern(i, 20 * i + 10), 20 * i + 10);
    }
    kit_say("filled");
    kit_expect_hear("unlink");
    KIT_OK(K.CheckpointUnlink(handle, name));
    close_plainly(handle, h);
}

KIT_CASE(FLD_02, "FLD-02", KIT_P, "a hand-over: open read-only until it is there, then walk and read it while it is unlinked under the reader") {
    const SaNameT *name = kit_name();
    struct kit_peer *peer = kit_peer_start("fld_predecessor", kit_name_text(name));
    SaCkptHandleT handle = initialize_plainly();
    SaCkptCheckpointHandleT h = 0;
    KIT_EXPECT(K.CheckpointOpen(handle, name, NULL, KIT_READ, 0, &h), SA_AIS_ERR_NOT_EXIST);
    kit_peer_send(peer, "go");
    KIT_TRUE(KIT_WAIT(K.CheckpointOpen(handle, name, NULL, KIT_READ, 0, &h) == SA_AIS_OK, 5000), "Open OK in the end");
    kit_peer_expect_line(peer, "filled");
    kit_peer_send(peer, "unlink");
    kit_peer_wait(peer);

    expect_status(h, 5);
    SaCkptSectionIterationHandleT it = walk_plainly(h);
    SaCkptSectionDescriptorT *section = KIT_GUARDED(no_section);
    unsigned seen = 0;
    while (KIT_EXPECT_ANY(K.SectionIterationNext(it, section), SA_AIS_OK, SA_AIS_ERR_NO_SECTIONS) == SA_AIS_OK) {
        /* The id is the library's memory; it goes straight into the next call. */
        unsigned number = section->sectionId.id[7] - '0';
        unsigned char *buffer = kit_guarded(100);
        SaCkptIOVectorElementT read = {section->sectionId, buffer, 100, 0, 0}, *element = KIT_GUARDED(read);
        KIT_OK(K.CheckpointRead(h, element, 1, NULL));
        KIT_EXPECT_EQ_U64(element->readSize, section->sectionSize);
        KIT_EXPECT_BYTES(buffer, element->readSize, kit_pattern(number, 20 * number + 10), 20 * number + 10);
        seen |= 1u << number;
    }
    KIT_EXPECT_EQ_U64(seen, 0x1F);
    KIT_OK(K.SectionIterationFinalize(it));
    kit_expect_absent(handle, name);
    close_plainly(handle, h);
}

/* Create the section, or overwrite it when another has; then Synchronize, whatever it answers. */
static void put(SaCkptCheckpointHandleT h, const char *text) {
    SaCkptSectionIdT id = kit_id("state");
    SaCkptSectionCreationAttributesT attributes = {KIT_GUARDED(id), SA_TIME_END};
    if (KIT_EXPECT_ANY(k_section_create(h, KIT_GUARDED(attributes), text, strlen(text)), SA_AIS_OK, SA_AIS_ERR_EXIST) == SA_AIS_ERR_EXIST) {
        SaCkptIOVectorElementT element = kit_element("state", text, strlen(text), 0);
        KIT_OK(K.CheckpointWrite(h, KIT_GUARDED(element), 1, NULL));
    }
    (void)KIT_CALL_RAW(K.CheckpointSynchronize(h, SA_TIME_ONE_SECOND));
}

KIT_CASE(FLD_03, "FLD-03", KIT_S, "a resource manager: create or open, create or write, Synchronize a sync checkpoint, close, and all over again") {
    SaCkptCheckpointCreationAttributesT attributes = {KIT_SYNC, 4096, SA_TIME_MAX, 2, 2048, 16};
    const SaNameT *name = kit_name();
    for (unsigned k = 0; k < 5; k++) {
        char text[32];
        snprintf(text, sizeof text, "owner=node%u", k);
        SaCkptHandleT handle = initialize_plainly();
        SaCkptCheckpointHandleT h = open_plainly(handle, name, &attributes);
        put(h, text);
        KIT_OK(K.CheckpointClose(h));
        h = open_plainly(handle, name, NULL);
        SaCkptIOVectorElementT read = kit_element("state", NULL, 0, 0), *element = KIT_GUARDED(read);
        KIT_OK(K.CheckpointRead(h, element, 1, NULL));
        KIT_EXPECT_BYTES(element->dataBuffer, element->readSize, text, strlen(text));
        free(element->dataBuffer);
        close_plainly(handle, h);
    }
    /* It is never used up: infinite retention, and other attributes do not fit it. */
    SaCkptCheckpointHandleT h = 0;
    SaCkptHandleT handle = initialize_plainly();
    attributes.maxSections = 3;
    KIT_EXPECT(K.CheckpointOpen(handle, name, &attributes, KIT_ALL_MODES, 0, &h), SA_AIS_ERR_EXIST);
    KIT_OK(K.CheckpointUnlink(handle, name)); /* by one that has not opened it */
    kit_expect_absent(handle, name);
}

/* select() and Dispatch until so many callbacks have come. */
static void select_until(SaCkptHandleT handle, size_t count) {
    SaSelectionObjectT fd = kit_fd(handle);
    KIT_TRUE(fd < FD_SETSIZE, "a descriptor that select() can take, not %llu", (unsigned long long)fd);
    while (kit_callback_count() < count) {
        fd_set readable;
        struct timeval limit = {10 * kit_patience(), 0};
        FD_ZERO(&readable);
        FD_SET((int)fd, &readable);
        if (select((int)fd + 1, &readable, NULL, NULL, &limit) <= 0)
            kit_fail("the selection object readable", "it is not within 10 s");
        KIT_OK(K.Dispatch(handle, SA_DISPATCH_ONE));
    }
}

KIT_CASE(FLD_04, "FLD-04", KIT_S, "an event loop: version too new, then the one written back; open errors by callback; Finalize ends all handles") {
    SaCkptHandleT handle = 0;
    SaVersionT too_new = kit_version_of(9, 9), *version = KIT_GUARDED(too_new);
    SaCkptCallbacksT *callbacks = KIT_GUARDED(kit_callbacks);
    KIT_EXPECT(K.Initialize(&handle, callbacks, version), SA_AIS_ERR_VERSION);
    KIT_OK(K.Initialize(&handle, callbacks, version));
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    const SaNameT *name = kit_name();
    KIT_OK(K.CheckpointOpenAsync(handle, 1, name, NULL, KIT_READ));
    select_until(handle, 1);
    KIT_EXPECT_CODE(kit_callback_at(0).error, SA_AIS_ERR_NOT_EXIST);
    KIT_OK(K.CheckpointOpenAsync(handle, 2, name, KIT_GUARDED(attributes), KIT_ALL_MODES));
    select_until(handle, 2);
    KIT_EXPECT_CODE(kit_callback_at(1).error, SA_AIS_OK);
    attributes.maxSectionSize = 2048;
    KIT_OK(K.CheckpointOpenAsync(handle, 3, name, KIT_GUARDED(attributes), KIT_ALL_MODES));
    select_until(handle, 3);
    KIT_EXPECT_CODE(kit_callback_at(2).error, SA_AIS_ERR_EXIST);

    SaCkptCheckpointHandleT h = kit_callback_at(1).h;
    SaCkptSectionIterationHandleT it = 0;
    SaCkptSectionDescriptorT section;
    kit_section(h, "s", "data", 4);
    KIT_OK(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &it));
    KIT_OK(K.Finalize(handle));
    SaCkptIOVectorElementT element = kit_element("s", NULL, 0, 0);
    KIT_EXPECT(K.CheckpointRead(h, &element, 1, NULL), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.SectionIterationNext(it, &section), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.CheckpointClose(h), SA_AIS_ERR_BAD_HANDLE);
    KIT_EXPECT(K.Dispatch(handle, SA_DISPATCH_ALL), SA_AIS_ERR_BAD_HANDLE);
}
