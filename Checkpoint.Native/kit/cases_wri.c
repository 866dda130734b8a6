/* Write: what a vector does to sections, and what is refused (ais-ckpt 5.8, WRI-01 to 22, 28, 31). */
#include <stdlib.h>

#include "kit.h"

#define ELEMENTS(array) (sizeof(array) / sizeof *(array))

/* Refused with this code at this element; beforehand the index says something else. */
#define EXPECT_REFUSED(h, elements, code, at)                                                                                            \
    do {                                                                                                                                 \
        SaUint32T index = 77;                                                                                                            \
        KIT_EXPECT(K.CheckpointWrite(h, elements, ELEMENTS(elements), &index), code);                                                    \
        KIT_EXPECT_EQ_U64(index, at);                                                                                                    \
    } while (0)

KIT_CASE(WRI_01, "WRI-01", KIT_S, "a Write at 0 of an empty section gives it that size") {
    struct kit_f f = KIT_F();
    const void *data = kit_pattern(1, 100);
    kit_section(f.h, "s", NULL, 0);
    kit_write(f.h, "s", data, 100, 0);
    kit_expect_content(f.h, "s", data, 100);
}

KIT_CASE(WRI_02, "WRI-02", KIT_S, "a Write inside changes neither the size nor the bytes beside it") {
    struct kit_f f = KIT_F();
    unsigned char expected[100];
    memcpy(expected, kit_pattern(1, 100), 100);
    kit_section(f.h, "s", expected, 100);
    memset(expected + 40, 'x', 20);
    kit_write(f.h, "s", expected + 40, 20, 40);
    kit_expect_content(f.h, "s", expected, 100);
}

KIT_CASE(WRI_03, "WRI-03", KIT_S, "a Write across the end makes the section offset + n long") {
    struct kit_f f = KIT_F();
    unsigned char expected[130];
    memcpy(expected, kit_pattern(1, 130), 130);
    kit_section(f.h, "s", expected, 100);
    memset(expected + 90, 'x', 40);
    kit_write(f.h, "s", expected + 90, 40, 90);
    kit_expect_content(f.h, "s", expected, 130);
}

KIT_CASE(WRI_04, "WRI-04", KIT_S, "a Write beyond the end fills the gap with zeros") {
    struct kit_f f = KIT_F();
    unsigned char expected[300] = {0};
    memcpy(expected, kit_pattern(1, 50), 50);
    memcpy(expected + 200, kit_pattern(2, 100), 100);
    kit_section(f.h, "s", expected, 50);
    /* What was there before must not show in the gap. */
    kit_write(f.h, "s", kit_pattern(3, 150), 150, 50);
    SaCkptSectionIdT id = kit_id("s");
    KIT_OK(K.SectionOverwrite(f.h, &id, expected, 50));
    kit_write(f.h, "s", expected + 200, 100, 200);
    kit_expect_content(f.h, "s", expected, 300);
}

KIT_CASE(WRI_05, "WRI-05", KIT_S, "all elements of a Write to several sections are applied") {
    struct kit_f f = KIT_F();
    static const char *const ids[] = {"a", "b", "c"};
    SaCkptIOVectorElementT elements[6];
    for (unsigned i = 0; i < 3; i++) {
        kit_section(f.h, ids[i], NULL, 0);
        elements[i] = kit_element(ids[i], kit_pattern(i, 64), 64, 0);
        elements[3 + i] = kit_element(ids[i], kit_pattern(10 + i, 32), 32, 64);
    }
    KIT_OK(K.CheckpointWrite(f.h, elements, 6, NULL));
    for (unsigned i = 0; i < 3; i++) {
        unsigned char expected[96];
        memcpy(expected, kit_pattern(i, 64), 64);
        memcpy(expected + 64, kit_pattern(10 + i, 32), 32);
        kit_expect_content(f.h, ids[i], expected, 96);
    }
}

KIT_CASE(WRI_06, "WRI-06", KIT_S, "where elements of one Write overlap, the later one wins") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", NULL, 0);
    SaCkptIOVectorElementT elements[] = {kit_element("s", "aaaaaaaa", 8, 0), kit_element("s", "bbbb", 4, 2), kit_element("s", "cc", 2, 3)};
    KIT_OK(K.CheckpointWrite(f.h, elements, 3, NULL));
    kit_expect_content(f.h, "s", "aabccbaa", 8);
    SaCkptIOVectorElementT reversed[] = {elements[2], elements[1], elements[0]};
    KIT_OK(K.CheckpointWrite(f.h, reversed, 3, NULL));
    kit_expect_content(f.h, "s", "aaaaaaaa", 8);
}

KIT_CASE(WRI_07, "WRI-07", KIT_S, "a Write without a vector: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    SaUint32T index = 0;
    KIT_EXPECT(K.CheckpointWrite(f.h, NULL, 1, &index), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointWrite(f.h, NULL, 0, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(WRI_08, "WRI-08", KIT_S, "a Write of no elements: INVALID_PARAM") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    SaCkptIOVectorElementT element = kit_element("s", "new", 3, 0);
    SaUint32T index = 0;
    KIT_EXPECT(K.CheckpointWrite(f.h, &element, 0, &index), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_content(f.h, "s", "old", 3);
}

KIT_CASE(WRI_09, "WRI-09", KIT_S, "an element above maxSectionSize: INVALID_PARAM with its index, and nothing before it is applied") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    kit_section(f.h, "t", "old", 3);
    SaCkptIOVectorElementT elements[] = {kit_element("s", "new", 3, 0), kit_element("t", "new", 3, 0), kit_element("s", kit_pattern(1, 1025), 1025, 0),
                                         kit_element("t", "new", 3, 3)};
    EXPECT_REFUSED(f.h, elements, SA_AIS_ERR_INVALID_PARAM, 2);
    kit_expect_content(f.h, "s", "old", 3);
    kit_expect_content(f.h, "t", "old", 3);
}

/* The second element ends above maxSectionSize. */
static void expect_past_max(SaOffsetT offset, SaSizeT size) {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    kit_section(f.h, "t", "old", 3);
    SaCkptIOVectorElementT elements[] = {kit_element("s", "new", 3, 0), kit_element("t", kit_pattern(1, 1024), size, offset)};
    kit_step("offset %llu, size %llu", (unsigned long long)offset, (unsigned long long)size);
    EXPECT_REFUSED(f.h, elements, KIT_BY_PROFILE(SA_AIS_ERR_INVALID_PARAM, SA_AIS_ERR_NO_RESOURCES, SA_AIS_ERR_INVALID_PARAM), 1);
    kit_expect_content(f.h, "s", "old", 3);
    kit_expect_content(f.h, "t", "old", 3);
}

KIT_CASE(WRI_10, "WRI-10", KIT_S, "offset + size above maxSectionSize is refused and nothing changed") {
    expect_past_max(1000, 25);
    expect_past_max(1024, 1);
    expect_past_max(1, 1024);
    /* and up to it is not */
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", NULL, 0);
    kit_write(f.h, "s", "e", 1, 1023);
}

KIT_CASE(WRI_11, "WRI-11", KIT_S, "offset + size above 64 bits is refused like any other that is too large") {
    expect_past_max(UINT64_MAX - 3, 10);
    expect_past_max(UINT64_MAX, 1);
    expect_past_max((SaOffsetT)1 << 63, 1024);
}

KIT_CASE(WRI_12, "WRI-12", KIT_S, "an absent section in the vector: NOT_EXIST with its index, and nothing before it is applied") {
    struct kit_f f = KIT_F();
    static const char *const ids[] = {"a", "b", "c"};
    for (unsigned i = 0; i < 3; i++)
        kit_section(f.h, ids[i], "old", 3);
    SaCkptIOVectorElementT elements[] = {kit_element("a", "new", 3, 0), kit_element("b", "new", 3, 0), kit_element("c", "new", 3, 0),
                                         kit_element("absent", "new", 3, 0), kit_element("a", "end", 3, 3)};
    EXPECT_REFUSED(f.h, elements, SA_AIS_ERR_NOT_EXIST, 3);
    for (unsigned i = 0; i < 3; i++)
        kit_expect_content(f.h, ids[i], "old", 3);
}

KIT_CASE(WRI_13, "WRI-13", KIT_S, "the index pointer of Write may be NULL, in success and in error") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    SaCkptIOVectorElementT elements[] = {kit_element("s", "new", 3, 0), kit_element("absent", "new", 3, 0)};
    KIT_EXPECT(K.CheckpointWrite(f.h, elements, 2, NULL), SA_AIS_ERR_NOT_EXIST);
    kit_expect_content(f.h, "s", "old", 3);
    KIT_OK(K.CheckpointWrite(f.h, elements, 1, NULL));
    kit_expect_content(f.h, "s", "new", 3);
}

KIT_CASE(WRI_14, "WRI-14", KIT_S, "Write through a handle without WRITE: ACCESS") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    SaCkptIOVectorElementT element = kit_element("s", "new", 3, 0);
    SaUint32T index = 0;
    KIT_EXPECT(K.CheckpointWrite(reader, &element, 1, &index), SA_AIS_ERR_ACCESS);
    kit_expect_content(f.h, "s", "old", 3);
}

KIT_CASE(WRI_15, "WRI-15", KIT_S, "Write through a wild, closed or finalized handle: BAD_HANDLE") {
    SaCkptIOVectorElementT element = kit_element("s", "new", 3, 0);
    SaUint32T index = 0;
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
    KIT_EXPECT(K.CheckpointWrite(bad, &element, 1, &index), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(WRI_16, "WRI-16", KIT_S, "Write to the default section where there is none: NOT_EXIST") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    SaCkptIOVectorElementT elements[] = {kit_element("", "new", 3, 0)};
    EXPECT_REFUSED(f.h, elements, SA_AIS_ERR_NOT_EXIST, 0);
    kit_expect_content(f.h, "s", "old", 3);
}

KIT_CASE(WRI_17, "WRI-17", KIT_S, "with maxSections 1 the default section can be written at once") {
    struct kit_f f = KIT_DS();
    kit_write(f.h, "", "data", 4, 0);
    kit_write(f.h, "", "more", 4, 4);
    kit_expect_content(f.h, "", "datamore", 8);
}

KIT_CASE(WRI_18, "WRI-18", KIT_S, "an element of no bytes changes nothing, not even at a large offset (openais: INVALID_PARAM)") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    static const SaOffsetT offsets[] = {0, 2, 3, 500, 1024, 1 << 20, INT64_MAX, UINT64_MAX};
    for (unsigned i = 0; i < ELEMENTS(offsets); i++) {
        SaCkptIOVectorElementT element = kit_element("s", "x", 0, offsets[i]);
        kit_step("size 0 at offset %llu", (unsigned long long)offsets[i]);
        SaAisErrorT legal = KIT_BY_PROFILE(SA_AIS_OK, SA_AIS_OK, SA_AIS_ERR_INVALID_PARAM);
        KIT_EXPECT(K.CheckpointWrite(f.h, &element, 1, NULL), legal);
        element.dataBuffer = NULL;
        KIT_EXPECT(K.CheckpointWrite(f.h, &element, 1, NULL), legal);
        kit_expect_content(f.h, "s", "old", 3);
    }
}

KIT_CASE(WRI_19, "WRI-19", KIT_S, "an element with a size but without data: INVALID_PARAM with its index") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "old", 3);
    SaCkptIOVectorElementT elements[] = {kit_element("s", "new", 3, 0), kit_element("s", NULL, 3, 0)};
    EXPECT_REFUSED(f.h, elements, SA_AIS_ERR_INVALID_PARAM, 1);
    kit_expect_content(f.h, "s", "old", 3);
}

KIT_CASE(WRI_20, "WRI-20", KIT_S, "Write neither reads nor writes an element's readSize") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", NULL, 0);
    SaCkptIOVectorElementT element = kit_element("s", "data", 4, 0);
    element.readSize = 0xFEEDFACECAFEBEEF;
    KIT_OK(K.CheckpointWrite(f.h, &element, 1, NULL));
    KIT_EXPECT_EQ_U64(element.readSize, 0xFEEDFACECAFEBEEF);
    kit_expect_content(f.h, "s", "data", 4);
}

KIT_CASE(WRI_21, "WRI-21", KIT_S, "sections may together hold far more than checkpointSize") {
    struct kit_f f = KIT_F(.attributes.checkpointSize = 100);
    static const char *const ids[] = {"a", "b", "c"};
    for (unsigned i = 0; i < 3; i++) {
        kit_section(f.h, ids[i], NULL, 0);
        kit_write(f.h, ids[i], kit_pattern(i, 1024), 1024, 0);
    }
    for (unsigned i = 0; i < 3; i++)
        kit_expect_content(f.h, ids[i], kit_pattern(i, 1024), 1024);
}

#define LARGE ((size_t)64 << 20)

KIT_CASE_WITHIN(WRI_22, "WRI-22", KIT_S | KIT_ALONE, 60, "64 MiB are written and read in one call each") {
    struct kit_f f = KIT_DS(.attributes.checkpointSize = LARGE, .attributes.maxSectionSize = LARGE);
    const void *data = kit_pattern(1, LARGE);
    kit_write(f.h, "", data, LARGE, 0);
    kit_expect_content(f.h, "", data, LARGE);
}

KIT_CASE(WRI_28, "WRI-28", KIT_S, "a Write that succeeds leaves the index alone (opensaf: sets it to 0)") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", NULL, 0);
    SaCkptIOVectorElementT elements[] = {kit_element("s", "data", 4, 0), kit_element("s", "data", 4, 4)};
    SaUint32T index = 77;
    KIT_OK(K.CheckpointWrite(f.h, elements, 2, &index));
    KIT_EXPECT_EQ_U64(index, KIT_BY_PROFILE(77, 0, 77));
}

/* An id whose bytes cannot be written, in a structure that cannot be. */
static SaCkptSectionIdT *read_only_id(const char *text) {
    SaCkptSectionIdT id = {(SaUint16T)strlen(text), kit_read_only_copy(text, strlen(text))};
    return kit_read_only_copy(&id, sizeof id);
}

KIT_CASE(WRI_31, "WRI-31", KIT_S, "arguments are not written: Open, Write, Overwrite and Delete work from read-only memory") {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaCkptCheckpointHandleT h = 0;
    const SaNameT *name = kit_read_only_copy(kit_name(), sizeof(SaNameT));
    KIT_OK(K.CheckpointOpen(handle, name, kit_read_only_copy(&attributes, sizeof attributes), KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    kit_section(h, "s", NULL, 0);

    const SaCkptSectionIdT *id = read_only_id("s");
    void *data = kit_read_only_copy("read-only", 9);
    SaCkptIOVectorElementT elements[] = {{*id, data, 9, 0, 0}, {*id, data, 9, 9, 0}};
    SaUint32T index = 0;
    KIT_OK(K.CheckpointWrite(h, kit_read_only_copy(elements, sizeof elements), 2, &index));
    kit_expect_content(h, "s", "read-onlyread-only", 18);
    KIT_OK(K.SectionOverwrite(h, id, data, 9));
    kit_expect_content(h, "s", "read-only", 9);
    KIT_OK(K.SectionDelete(h, id));
    kit_expect_no_section(h, "s");
    KIT_OK(K.CheckpointUnlink(handle, name));
}
