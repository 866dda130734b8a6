/* StatusGet (ais-ckpt 5.5). */
#include "sections.h"

static void expect_counts(SaCkptCheckpointHandleT h, unsigned sections, unsigned bytes) {
    struct kit_status status;
    KIT_OK(k_status_get(h, &status));
    KIT_EXPECT_EQ_U64(status.sections, sections);
    KIT_EXPECT_EQ_U64(status.memory_used, bytes);
}

KIT_CASE(STA_01, "STA-01", KIT_S, "a fresh checkpoint: its creation attributes, no section, no byte used") {
    for (int kind = 0; kind < 6; kind++) {
        struct kit_f f = KIT_F(.attributes.creationFlags = kit_kinds[kind]);
        struct kit_status status;
        KIT_OK(k_status_get(f.h, &status));
        KIT_EXPECT_EQ_U64(status.attributes.creationFlags, f.attributes.creationFlags);
        KIT_EXPECT_EQ_U64(status.attributes.checkpointSize, f.attributes.checkpointSize);
        KIT_EXPECT_EQ_I64(status.attributes.retentionDuration, f.attributes.retentionDuration);
        KIT_EXPECT_EQ_U64(status.attributes.maxSections, f.attributes.maxSections);
        KIT_EXPECT_EQ_U64(status.attributes.maxSectionSize, f.attributes.maxSectionSize);
        KIT_EXPECT_EQ_U64(status.attributes.maxSectionIdSize, f.attributes.maxSectionIdSize);
        expect_counts(f.h, 0, 0);
    }
}

KIT_CASE(STA_02, "STA-02", KIT_S, "the default section counts: 1 section, no byte used") {
    struct kit_f f = KIT_DS();
    expect_counts(f.h, 1, 0);
}

/* Sections of 10, 20 and 30 bytes. */
static void make_three(struct kit_f f) {
    kit_section(f.h, "first", kit_pattern(1, 10), 10);
    kit_section(f.h, "second", kit_pattern(2, 20), 20);
    kit_section(f.h, "third", kit_pattern(3, 30), 30);
}

KIT_CASE(STA_03, "STA-03", KIT_S, "sections of 10, 20 and 30 bytes: 3 sections, 60 bytes") {
    struct kit_f f = KIT_F();
    make_three(f);
    expect_counts(f.h, 3, 60);
}

KIT_CASE(STA_04, "STA-04", KIT_S, "after an overwrite by 5 bytes and a deletion: 2 sections, 35 bytes") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT first = kit_id("first"), second = kit_id("second");
    make_three(f);
    KIT_OK(K.SectionOverwrite(f.h, &first, "five!", 5));
    KIT_OK(K.SectionDelete(f.h, &second));
    expect_counts(f.h, 2, 35);
}

KIT_CASE(STA_05, "STA-05", KIT_S, "without a descriptor: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(k_status_get(f.h, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(STA_06, "STA-06", KIT_S, "on a wild, closed or finalized handle: BAD_HANDLE") {
    struct kit_status status;
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(k_status_get(bad, &status), SA_AIS_ERR_BAD_HANDLE);
}

static void expect_from_writer(bool b1, SaAisErrorT code) {
    struct kit_f f = KIT_F(.b1 = b1);
    struct kit_status status;
    SaCkptCheckpointHandleT writer = kit_open(f.handle, f.name, KIT_WRITE);
    KIT_EXPECT(k_status_get(writer, &status), code);
}

KIT_CASE(STA_07, "STA-07", KIT_S, "on a handle opened for writing only: ACCESS for B.2 clients, OK for B.1 clients") {
    if (!kit_is_so3())
        expect_from_writer(false, kit_b2_rules() ? SA_AIS_ERR_ACCESS : SA_AIS_OK);
    expect_from_writer(true, SA_AIS_OK);
}

KIT_LEFT_OUT(STA_08, "STA-08", KIT_N, "every node shows the same counts after synchronous writes", KIT_SEVERAL_NODES);
