/* Unlink: the name goes at once, the checkpoint when nobody has it open (ais-ckpt 5.4). */
#include <stdlib.h>

#include "retention.h"
#include "sections.h"

/* Attributes that no checkpoint of F has. */
static SaCkptCheckpointCreationAttributesT other_attributes(void) {
    return (SaCkptCheckpointCreationAttributesT){KIT_ASYNC, 4096, SA_TIME_ONE_MINUTE, 4, 2048, 16};
}

KIT_CASE(UNL_01, "UNL-01", KIT_S, "unlinking a checkpoint that nobody has open deletes it") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    kit_expect_present(f.handle, f.name);
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    kit_expect_absent(f.handle, f.name);
}

KIT_CASE(UNL_02, "UNL-02", KIT_S, "unlinking an absent name: NOT_EXIST") {
    SaCkptHandleT handle = kit_initialize();
    KIT_EXPECT(K.CheckpointUnlink(handle, kit_name()), SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(UNL_03, "UNL-03", KIT_S, "unlinking twice while it is open: NOT_EXIST the second time") {
    struct kit_f f = KIT_F();
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    KIT_EXPECT(K.CheckpointUnlink(f.handle, f.name), SA_AIS_ERR_NOT_EXIST);
    k_use_everything(f.h);
}

KIT_CASE(UNL_04, "UNL-04", KIT_S, "without a name: INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    KIT_EXPECT(K.CheckpointUnlink(handle, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(UNL_05, "UNL-05", KIT_S, "with a wild, zero or finalized handle: BAD_HANDLE, and nothing is unlinked") {
    struct kit_f f = KIT_F();
    KIT_EACH_BAD_HANDLE(bad)
        KIT_EXPECT(K.CheckpointUnlink(bad, f.name), SA_AIS_ERR_BAD_HANDLE);
    kit_expect_present(f.handle, f.name);
}

KIT_CASE(UNL_06, "UNL-06", KIT_S, "whoever has an unlinked checkpoint open keeps full access, whatever its kind") {
    for (int kind = 0; kind < 6; kind++) {
        struct kit_f f = KIT_F(.attributes.creationFlags = kit_kinds[kind]);
        kit_section(f.h, "s", "data", 4);
        KIT_OK(K.CheckpointUnlink(f.handle, f.name));
        kit_expect_absent(f.handle, f.name);
        kit_expect_content(f.h, "s", "data", 4);
        SaCkptSectionIdT id = kit_id("s");
        KIT_OK(K.SectionDelete(f.h, &id));
        k_use_everything(f.h);
        KIT_EXPECT(K.CheckpointSynchronize(f.h, KIT_OPEN_TIMEOUT), (kit_kinds[kind] & KIT_SYNC) != 0 ? SA_AIS_ERR_BAD_OPERATION : SA_AIS_OK);
        KIT_OK(K.Finalize(f.handle));
    }
}

/* An open, unlinked checkpoint with a section "s" of "old", and a namesake with one of "new". */
struct namesakes {
    struct kit_f f;
    SaCkptCheckpointHandleT new;
};

static struct namesakes make_namesakes(void) {
    struct namesakes two = {.f = KIT_F()};
    SaCkptCheckpointCreationAttributesT other = other_attributes();
    struct kit_status status;
    kit_section(two.f.h, "s", "old", 3);
    KIT_OK(K.CheckpointUnlink(two.f.handle, two.f.name));
    two.new = kit_create(two.f.handle, two.f.name, &other);
    KIT_OK(k_status_get(two.new, &status));
    KIT_EXPECT_EQ_U64(status.sections, 0);
    KIT_EXPECT_EQ_U64(status.attributes.creationFlags, KIT_ASYNC);
    kit_section(two.new, "s", "new", 3);
    return two;
}

KIT_CASE(UNL_07, "UNL-07", KIT_S, "the name may be taken by a new checkpoint at once, and the two share nothing") {
    struct namesakes two = make_namesakes();
    struct kit_status status;
    kit_expect_content(two.f.h, "s", "old", 3);
    kit_expect_content(two.new, "s", "new", 3);
    kit_section(two.f.h, "only-old", "x", 1);
    kit_expect_no_section(two.new, "only-old");
    KIT_OK(k_status_get(two.f.h, &status));
    KIT_EXPECT_EQ_U64(status.attributes.creationFlags, KIT_SYNC);
    KIT_EXPECT_EQ_U64(status.sections, 2);
    SaCkptCheckpointHandleT by_name = kit_open(two.f.handle, two.f.name, KIT_READ);
    kit_expect_content(by_name, "s", "new", 3);
}

KIT_CASE(UNL_08, "UNL-08", KIT_S, "closing the unlinked checkpoint leaves its namesake alone") {
    struct namesakes two = make_namesakes();
    KIT_OK(K.CheckpointClose(two.f.h));
    kit_expect_content(two.new, "s", "new", 3);
    kit_write(two.new, "s", "NEW", 3, 0);
    SaCkptCheckpointHandleT by_name = kit_open(two.f.handle, two.f.name, KIT_READ);
    kit_expect_content(by_name, "s", "NEW", 3);
}

KIT_CASE(UNL_09, "UNL-09", KIT_S, "when the namesake is unlinked too and both are closed, both are gone") {
    struct namesakes two = make_namesakes();
    SaCkptCheckpointCreationAttributesT third = kit_attributes();
    KIT_OK(K.CheckpointUnlink(two.f.handle, two.f.name));
    kit_expect_absent(two.f.handle, two.f.name);
    kit_expect_content(two.f.h, "s", "old", 3);
    kit_expect_content(two.new, "s", "new", 3);
    KIT_OK(K.CheckpointClose(two.new));
    kit_expect_content(two.f.h, "s", "old", 3);
    KIT_OK(K.CheckpointClose(two.f.h));
    kit_expect_absent(two.f.handle, two.f.name);
    SaCkptCheckpointHandleT h = kit_create(two.f.handle, two.f.name, &third);
    kit_expect_no_section(h, "s");
}

/* What is not released either becomes NO_MEMORY or NO_RESOURCES, or is seen where the service's process can be. */
KIT_CASE_WITHIN(UNL_10, "UNL-10", KIT_S | KIT_ALONE, 60, "the last Close of an unlinked checkpoint releases its memory") {
    enum { HALF = 12, MIB = 8, GROWTH_MAX_MIB = HALF * MIB * 2 / 3 };
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointCreationAttributesT large = {KIT_SYNC, MIB << 20, SA_TIME_ONE_MINUTE, 2, MIB << 20, 8};
    const void *data = kit_pattern(1, MIB << 20);
    long before = 0; /* after a first half, in which its heap takes the size it needs */
    for (int round = 0; round < 2 * HALF; round++) {
        const SaNameT *name = kit_name();
        SaCkptCheckpointHandleT h = kit_create(handle, name, &large);
        kit_section(h, "s", data, MIB << 20);
        KIT_OK(K.CheckpointUnlink(handle, name));
        KIT_OK(K.CheckpointClose(h));
        if (round == HALF - 1)
            before = kit_service_memory();
    }
    long after = kit_service_memory();
    if (before == 0 || after == 0)
        kit_not_applicable("the service's memory cannot be seen: CHECKPOINT_SOCKET does not name the socket of a process on this machine; all calls were OK");
    kit_step("resident memory of the service: %ld MiB, and %ld MiB when %d MiB more had come and gone", before, after, HALF * MIB);
    if (after - before > GROWTH_MAX_MIB)
        kit_fail("the memory of unlinked and closed checkpoints released", "the service grew by %ld MiB while %d MiB came and went", after - before,
                 HALF * MIB);
}

KIT_ROLE(unl_stranger) {
    KIT_OK(K.CheckpointUnlink(kit_initialize(), kit_name_from(argv[0])));
}

KIT_ROLE(unl_reader) {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointHandleT h = kit_open(handle, kit_name_from(argv[0]), KIT_READ);
    KIT_OK(K.CheckpointUnlink(handle, kit_name_from(argv[0])));
    kit_expect_content(h, "s", "data", 4);
}

static void expect_unlink_by(const char *role) {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    struct kit_peer *peer = kit_peer_start(role, kit_name_text(f.name));
    kit_peer_wait(peer);
    kit_expect_absent(f.handle, f.name);
    kit_expect_content(f.h, "s", "data", 4);
    kit_write(f.h, "s", "DATA", 4, 0);
    kit_expect_content(f.h, "s", "DATA", 4);
}

KIT_CASE(UNL_11, "UNL-11", KIT_P, "a process that never opened it may unlink; those who have it open go on") {
    expect_unlink_by("unl_stranger");
}

KIT_CASE(UNL_12, "UNL-12", KIT_P, "a process that opened it for reading only may unlink") {
    expect_unlink_by("unl_reader");
}

KIT_CASE(UNL_13, "UNL-13", KIT_S | KIT_T, "during retention Unlink deletes at once, and the old retention does not touch a namesake") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_ONE_SECOND);
    SaCkptCheckpointCreationAttributesT other = other_attributes();
    kit_section(f.h, "s", "old", 3);
    KIT_OK(K.CheckpointClose(f.h));
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    kit_expect_absent(f.handle, f.name);
    /* Closed in its turn, and so in a retention of its own: there the two could be taken for each other. */
    SaCkptCheckpointHandleT namesake = kit_create(f.handle, f.name, &other);
    kit_section(namesake, "s", "new", 3);
    KIT_OK(K.CheckpointClose(namesake));
    kit_sleep_ms(1600);
    namesake = kit_open(f.handle, f.name, KIT_READ);
    kit_expect_content(namesake, "s", "new", 3);
}

KIT_CASE(UNL_14, "UNL-14", KIT_S, "unlinking what was deleted at its last Close: NOT_EXIST") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    KIT_OK(K.CheckpointClose(f.h));
    KIT_EXPECT(K.CheckpointUnlink(f.handle, f.name), SA_AIS_ERR_NOT_EXIST);
}
