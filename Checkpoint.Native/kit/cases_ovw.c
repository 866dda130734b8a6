/* Overwrite: content and size of a section as a whole (ais-ckpt 5.8). */
#include <stdlib.h>

#include "kit.h"

static SaAisErrorT overwrite(SaCkptCheckpointHandleT h, const char *id, const void *data, SaSizeT size) {
    SaCkptSectionIdT section = kit_id(id);
    return K.SectionOverwrite(h, &section, data, size);
}

KIT_CASE(OVW_01, "OVW-01", KIT_S, "an Overwrite with fewer bytes makes the section smaller") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", kit_pattern(1, 500), 500);
    KIT_OK(overwrite(f.h, "s", "small", 5));
    kit_expect_content(f.h, "s", "small", 5);
    KIT_OK(overwrite(f.h, "s", kit_pattern(2, 700), 700));
    kit_expect_content(f.h, "s", kit_pattern(2, 700), 700);
}

KIT_CASE(OVW_02, "OVW-02", KIT_S, "an Overwrite up to maxSectionSize is OK; one byte more is INVALID_PARAM and changes nothing") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", NULL, 0);
    const void *largest = kit_pattern(1, 1024);
    KIT_OK(overwrite(f.h, "s", largest, 1024));
    KIT_EXPECT(overwrite(f.h, "s", kit_pattern(2, 1025), 1025), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_content(f.h, "s", largest, 1024);
}

KIT_CASE(OVW_03, "OVW-03", KIT_S, "an Overwrite with no bytes empties the section") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    KIT_OK(overwrite(f.h, "s", "ignored", 0));
    kit_expect_content(f.h, "s", NULL, 0);
}

KIT_CASE(OVW_04, "OVW-04", KIT_S, "an Overwrite without an id or without data, whatever the size: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    KIT_EXPECT(K.SectionOverwrite(f.h, NULL, "new", 3), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(overwrite(f.h, "s", NULL, 3), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(overwrite(f.h, "s", NULL, 0), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_content(f.h, "s", "old", 3);
}

KIT_CASE(OVW_05, "OVW-05", KIT_S, "an Overwrite of an absent section: NOT_EXIST, and it does not come into being") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(overwrite(f.h, "absent", "new", 3), SA_AIS_ERR_NOT_EXIST);
    kit_expect_no_section(f.h, "absent");
    /* the default section too, where there is none */
    KIT_EXPECT(overwrite(f.h, "", "new", 3), SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(OVW_06, "OVW-06", KIT_S, "an Overwrite through a handle without WRITE: ACCESS") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(overwrite(reader, "s", "new", 3), SA_AIS_ERR_ACCESS);
    kit_expect_content(f.h, "s", "old", 3);
}

KIT_CASE(OVW_07, "OVW-07", KIT_S, "an Overwrite through a wild, closed or finalized handle: BAD_HANDLE") {
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
    KIT_EXPECT(overwrite(bad, "s", "new", 3), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(OVW_08, "OVW-08", KIT_S, "the default section can be overwritten") {
    struct kit_f f = KIT_DS();
    KIT_OK(overwrite(f.h, "", "first", 5));
    kit_expect_content(f.h, "", "first", 5);
    KIT_OK(overwrite(f.h, "", "2nd", 3));
    kit_expect_content(f.h, "", "2nd", 3);
}

#define RACE_MS 700

/* argv: name */
KIT_ROLE(ovw_alternating) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_WRITE);
    char few[10], many[1000];
    unsigned rounds = 0;
    memset(few, 'a', sizeof few);
    memset(many, 'b', sizeof many);
    kit_say("ready");
    kit_expect_hear("go");
    for (int64_t until = kit_mono() + (int64_t)RACE_MS * 1000000; kit_mono() < until; rounds++) {
        KIT_OK(overwrite(h, "s", few, sizeof few));
        KIT_OK(overwrite(h, "s", many, sizeof many));
    }
    kit_say("%s", rounds > 0 ? "wrote" : "too slow");
}

KIT_CASE(OVW_09, "OVW-09", KIT_P, "a reader beside Overwrites of 10 'a' and 1000 'b' sees the one or the other") {
    struct kit_f f = KIT_F();
    char buffer[1024];
    memset(buffer, 'b', 1000);
    kit_section(f.h, "s", buffer, 1000);
    struct kit_peer *writer = kit_peer_start("ovw_alternating", kit_name_text(f.name));
    kit_peer_expect_line(writer, "ready");
    kit_peer_send(writer, "go");
    for (int64_t until = kit_mono() + (int64_t)RACE_MS * 1000000; kit_mono() < until;) {
        SaCkptIOVectorElementT element = kit_element("s", buffer, sizeof buffer, 0);
        KIT_OK(K.CheckpointRead(f.h, &element, 1, NULL));
        KIT_TRUE(element.readSize == 10 || element.readSize == 1000, "10 or 1000 bytes, not %llu", (unsigned long long)element.readSize);
        for (size_t i = 0; i < element.readSize; i++)
            KIT_EXPECT_EQ_U64(buffer[i], element.readSize == 10 ? 'a' : 'b');
    }
    kit_peer_expect_line(writer, "wrote");
    kit_peer_wait(writer);
}

#define LARGE ((size_t)25000000)

KIT_CASE_WITHIN(OVW_10, "OVW-10", KIT_S | KIT_ALONE, 60, "25 MB are overwritten in a checkpoint that declares 4096 bytes") {
    struct kit_f f = KIT_DS(.attributes.checkpointSize = 4096, .attributes.maxSectionSize = LARGE);
    const void *data = kit_pattern(1, LARGE);
    KIT_OK(overwrite(f.h, "", data, LARGE));
    kit_expect_content(f.h, "", data, LARGE);
}
