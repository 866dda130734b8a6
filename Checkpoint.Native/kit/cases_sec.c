/* Creating and deleting sections (ais-ckpt 5.6). */
#include "sections.h"

#include <stdlib.h>

KIT_CASE(SEC_01, "SEC-01", KIT_S, "a created section holds what it was created with") {
    struct kit_f f = KIT_F();
    KIT_OK(k_create(f.h, "s1", SA_TIME_END, "0123456789", 10));
    kit_expect_content(f.h, "s1", "0123456789", 10);
}

KIT_CASE(SEC_02, "SEC-02", KIT_S, "no data and size 0: an empty section; profile openais: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    if (kit_profile() == KIT_OPENAIS) {
        KIT_EXPECT(k_create(f.h, "s1", SA_TIME_END, NULL, 0), SA_AIS_ERR_INVALID_PARAM);
        kit_expect_no_section(f.h, "s1");
    } else {
        KIT_OK(k_create(f.h, "s1", SA_TIME_END, NULL, 0));
        struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
        k_walk_expect(&walk, "s1");
        KIT_EXPECT_EQ_U64(walk.sections[0].size, 0);
    }
}

KIT_CASE(SEC_03, "SEC-03", KIT_S, "no data and a size: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(k_create(f.h, "s1", SA_TIME_END, NULL, 5), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_no_section(f.h, "s1");
}

KIT_CASE(SEC_04, "SEC-04", KIT_S, "no attributes, or no id in them: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    SaCkptSectionCreationAttributesT attributes = {NULL, SA_TIME_END};
    KIT_EXPECT(k_section_create(f.h, NULL, "data", 4), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(k_section_create(f.h, &attributes, "data", 4), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(SEC_05, "SEC-05", KIT_S, "as many bytes as maxSectionSize: OK; one more: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    const void *data = kit_pattern(5, 1025);
    KIT_OK(k_create(f.h, "full", SA_TIME_END, data, 1024));
    kit_expect_content(f.h, "full", data, 1024);
    KIT_EXPECT(k_create(f.h, "over", SA_TIME_END, data, 1025), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_no_section(f.h, "over");
}

KIT_CASE(SEC_06, "SEC-06", KIT_S, "an id as long as maxSectionIdSize: OK; one byte more: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    const char *longest = "0123456789abcdef0123456789abcdef";
    KIT_OK(k_create(f.h, longest, SA_TIME_END, "data", 4));
    kit_expect_content(f.h, longest, "data", 4);
    KIT_EXPECT(k_create(f.h, "0123456789abcdef0123456789abcdefX", SA_TIME_END, "data", 4), SA_AIS_ERR_INVALID_PARAM);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, longest);
}

KIT_CASE(SEC_07, "SEC-07", KIT_S, "a length without bytes, or bytes without a length: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    SaUint8T bytes[] = "abc";
    SaCkptSectionIdT no_bytes = {3, NULL}, no_length = {0, bytes};
    SaCkptSectionCreationAttributesT attributes = {&no_bytes, SA_TIME_END};
    KIT_EXPECT(k_section_create(f.h, &attributes, "data", 4), SA_AIS_ERR_INVALID_PARAM);
    attributes.sectionId = &no_length;
    KIT_EXPECT(k_section_create(f.h, &attributes, "data", 4), SA_AIS_ERR_INVALID_PARAM);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, "");
}

KIT_CASE(SEC_08, "SEC-08", KIT_S, "an id that is there already: EXIST, and its content stays") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s1", "first", 5);
    KIT_EXPECT(k_create(f.h, "s1", SA_TIME_END, "second", 6), SA_AIS_ERR_EXIST);
    kit_expect_content(f.h, "s1", "first", 5);
}

KIT_CASE(SEC_09, "SEC-09", KIT_S, "when there are maxSections sections: NO_SPACE, and nothing is created") {
    struct kit_f f = KIT_F();
    k_fill(f.h, 8);
    KIT_EXPECT(k_create(f.h, "new", SA_TIME_END, "data", 4), SA_AIS_ERR_NO_SPACE);
    kit_expect_no_section(f.h, "new");
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, "s0 s1 s2 s3 s4 s5 s6 s7");
}

KIT_CASE(SEC_10, "SEC-10", KIT_S, "full, and the id is there: EXIST; profile openais: NO_SPACE") {
    struct kit_f f = KIT_F();
    k_fill(f.h, 8);
    KIT_EXPECT(k_create(f.h, "s3", SA_TIME_END, "data", 4), KIT_BY_PROFILE(SA_AIS_ERR_EXIST, SA_AIS_ERR_EXIST, SA_AIS_ERR_NO_SPACE));
    kit_expect_content(f.h, "s3", "3", 1);
}

KIT_CASE(SEC_11, "SEC-11", KIT_S, "a deletion makes room for another section") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s3");
    k_fill(f.h, 8);
    KIT_EXPECT(k_create(f.h, "new", SA_TIME_END, "data", 4), SA_AIS_ERR_NO_SPACE);
    KIT_OK(K.SectionDelete(f.h, &id));
    KIT_OK(k_create(f.h, "new", SA_TIME_END, "data", 4));
    kit_expect_content(f.h, "new", "data", 4);
}

KIT_CASE(SEC_12, "SEC-12", KIT_S, "with maxSections 1 no section can be created: EXIST, for any id and for the default one") {
    struct kit_f f = KIT_DS();
    KIT_EXPECT(k_create(f.h, "any", SA_TIME_END, "data", 4), SA_AIS_ERR_EXIST);
    KIT_EXPECT(k_create(f.h, "", SA_TIME_END, "data", 4), SA_AIS_ERR_EXIST);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, 1);
}

KIT_CASE(SEC_13, "SEC-13", KIT_S, "on a handle opened for reading only: ACCESS") {
    struct kit_f f = KIT_F();
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(k_create(reader, "s1", SA_TIME_END, "data", 4), SA_AIS_ERR_ACCESS);
    kit_expect_no_section(f.h, "s1");
}

KIT_CASE(SEC_14, "SEC-14", KIT_S, "on a wild, closed or finalized handle: BAD_HANDLE") {
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(k_create(bad, "s1", SA_TIME_END, "data", 4), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(SEC_15, "SEC-15", KIT_S, "ids are bytes: with NUL, with 0xFF, and one the beginning of another, they are different sections") {
    struct kit_f f = KIT_F(.attributes.maxSections = 16);
    static const struct {
        SaUint16T length;
        char bytes[4];
    } ids[] = {{1, "a"}, {2, "a\0"}, {3, "a\0b"}, {2, "ab"}, {1, "\0"}, {2, "\0"}, {1, "\xFF"}, {2, "\xFF\xFF"}, {2, "a\xFF"}, {1, "A"}};
    enum { COUNT = sizeof ids / sizeof ids[0] };
    for (int i = 0; i < COUNT; i++) {
        SaUint8T bytes[4];
        memcpy(bytes, ids[i].bytes, 4);
        SaCkptSectionIdT id = {ids[i].length, bytes};
        SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
        char content = (char)('A' + i);
        kit_step("id %d", i);
        KIT_OK(k_section_create(f.h, &attributes, &content, 1));
    }
    for (int i = 0; i < COUNT; i++) {
        SaUint8T bytes[4], content = 0;
        memcpy(bytes, ids[i].bytes, 4);
        SaCkptIOVectorElementT element = {{ids[i].length, bytes}, &content, 1, 0, 0};
        SaUint32T index = 0;
        kit_step("id %d", i);
        KIT_OK(K.CheckpointRead(f.h, &element, 1, &index));
        KIT_EXPECT_EQ_U64(content, 'A' + i);
    }
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, COUNT);
}

KIT_CASE(SEC_25, "SEC-25", KIT_S, "a deleted section is gone: NOT_EXIST from Read") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s1");
    k_fill(f.h, 3);
    KIT_OK(K.SectionDelete(f.h, &id));
    kit_expect_no_section(f.h, "s1");
    kit_expect_content(f.h, "s0", "0", 1);
    kit_expect_content(f.h, "s2", "2", 1);
}

KIT_CASE(SEC_26, "SEC-26", KIT_S, "deleting an absent section, or one twice: NOT_EXIST") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT absent = kit_id("absent"), there = kit_id("s0");
    k_fill(f.h, 1);
    KIT_EXPECT(K.SectionDelete(f.h, &absent), SA_AIS_ERR_NOT_EXIST);
    KIT_OK(K.SectionDelete(f.h, &there));
    KIT_EXPECT(K.SectionDelete(f.h, &there), SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(SEC_27, "SEC-27", KIT_S, "deleting without an id: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(K.SectionDelete(f.h, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(SEC_28, "SEC-28", KIT_S, "the default section cannot be deleted: INVALID_PARAM, and it stays") {
    struct kit_f f = KIT_DS();
    SaCkptSectionIdT id = SA_CKPT_DEFAULT_SECTION_ID;
    kit_write(f.h, "", "data", 4, 0);
    KIT_EXPECT(K.SectionDelete(f.h, &id), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_content(f.h, "", "data", 4);
}

KIT_CASE(SEC_29, "SEC-29", KIT_S, "deleting on a handle opened for reading only: ACCESS") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s0");
    k_fill(f.h, 1);
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.SectionDelete(reader, &id), SA_AIS_ERR_ACCESS);
    kit_expect_content(f.h, "s0", "0", 1);
}

KIT_CASE(SEC_30, "SEC-30", KIT_S, "a section that is created again has only its new content") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s1");
    kit_section(f.h, "s1", kit_pattern(1, 900), 900);
    KIT_OK(K.SectionDelete(f.h, &id));
    kit_section(f.h, "s1", "new", 3);
    kit_expect_content(f.h, "s1", "new", 3);
    /* Growing it must not bring the old bytes back. */
    kit_write(f.h, "s1", "!", 1, 8);
    kit_expect_content(f.h, "s1", "new\0\0\0\0\0!", 9);
}

KIT_CASE(SEC_31, "SEC-31", KIT_S, "the bytes of the id and the data are copied: scribbling over them afterwards changes nothing") {
    struct kit_f f = KIT_F();
    SaUint8T bytes[] = "s1";
    char data[] = "data";
    SaCkptSectionIdT id = {2, bytes};
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    KIT_OK(k_section_create(f.h, &attributes, data, 4));
    memset(bytes, 'X', 2);
    memset(data, 'Y', 4);
    kit_expect_content(f.h, "s1", "data", 4);
    kit_expect_no_section(f.h, "XX");
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, "s1");
}

KIT_CASE(SEC_33, "SEC-33", KIT_S, "deleting another id where there is only the default section: NOT_EXIST; profile opensaf: INVALID_PARAM") {
    struct kit_f f = KIT_DS();
    SaCkptSectionIdT id = kit_id("x");
    KIT_EXPECT(K.SectionDelete(f.h, &id), KIT_BY_PROFILE(SA_AIS_ERR_NOT_EXIST, SA_AIS_ERR_INVALID_PARAM, SA_AIS_ERR_NOT_EXIST));
}
