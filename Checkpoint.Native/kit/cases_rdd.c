/* Read: buffers of the program and of the library, sizes, refusals (ais-ckpt 5.8). */
#include <stdlib.h>

#include "kit.h"

#define FILL 0xA5

/* A buffer whose untouched bytes can be told. */
struct guarded_buffer {
    unsigned char before[32], bytes[1100], after[32];
};

static void fill(struct guarded_buffer *buffer) {
    memset(buffer, FILL, sizeof *buffer);
}

/* The first size bytes are these, all others still as filled. */
static void expect_only(const struct guarded_buffer *buffer, const void *data, size_t size) {
    KIT_EXPECT_BYTES(buffer->bytes, size, data, size);
    for (size_t i = 0; i < sizeof buffer->before; i++)
        KIT_TRUE(buffer->before[i] == FILL, "the bytes before the buffer untouched");
    for (size_t i = size; i < sizeof buffer->bytes; i++)
        KIT_TRUE(buffer->bytes[i] == FILL, "byte %zu of the buffer, behind what was read, untouched", i);
    for (size_t i = 0; i < sizeof buffer->after; i++)
        KIT_TRUE(buffer->after[i] == FILL, "the bytes behind the buffer untouched");
}

/* Reads size bytes at offset and expects these. */
static void expect_read(SaCkptCheckpointHandleT h, size_t size, size_t offset, const void *data, size_t length) {
    struct guarded_buffer buffer;
    fill(&buffer);
    SaCkptIOVectorElementT element = kit_element("s", buffer.bytes, size, offset);
    element.readSize = 12345;
    KIT_OK(K.CheckpointRead(h, &element, 1, NULL));
    KIT_EXPECT_EQ_U64(element.readSize, length);
    KIT_TRUE(element.dataBuffer == buffer.bytes, "the caller's buffer stays in the element");
    expect_only(&buffer, data, length);
}

static struct kit_f fixture_with(const void *data, size_t size) {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", data, size);
    return f;
}

KIT_CASE(RDD_01, "RDD-01", KIT_S, "a Read into a buffer of the section's size delivers all of it") {
    const void *data = kit_pattern(1, 100);
    expect_read(fixture_with(data, 100).h, 100, 0, data, 100);
}

KIT_CASE(RDD_02, "RDD-02", KIT_S, "a Read into a shorter buffer delivers the beginning and no byte more") {
    const void *data = kit_pattern(1, 100);
    expect_read(fixture_with(data, 100).h, 40, 0, data, 40);
}

KIT_CASE(RDD_03, "RDD-03", KIT_S, "a Read into a longer buffer delivers the section and leaves the rest") {
    const void *data = kit_pattern(1, 100);
    struct kit_f f = fixture_with(data, 100);
    expect_read(f.h, 101, 0, data, 100);
    expect_read(f.h, 1024, 0, data, 100);
}

KIT_CASE(RDD_04, "RDD-04", KIT_S, "a Read at an offset delivers to the beginning of the buffer") {
    const unsigned char *data = kit_pattern(1, 100);
    struct kit_f f = fixture_with(data, 100);
    expect_read(f.h, 20, 30, data + 30, 20);
    expect_read(f.h, 900, 99, data + 99, 1);
}

KIT_CASE(RDD_05, "RDD-05", KIT_S, "a Read at the end of the section delivers nothing and is OK") {
    struct kit_f f = fixture_with(kit_pattern(1, 100), 100);
    expect_read(f.h, 20, 100, "", 0);
}

KIT_CASE(RDD_06, "RDD-06", KIT_S, "a Read behind the end of the section: INVALID_PARAM with the element's index") {
    struct kit_f f = fixture_with(kit_pattern(1, 100), 100);
    static const SaOffsetT offsets[] = {101, 500, (SaOffsetT)1 << 40, UINT64_MAX};
    for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        char buffer[2][10];
        SaUint32T index = 77;
        SaCkptIOVectorElementT elements[] = {kit_element("s", buffer[0], 10, 0), kit_element("s", buffer[1], 10, offsets[i])};
        kit_step("offset %llu", (unsigned long long)offsets[i]);
        KIT_EXPECT(K.CheckpointRead(f.h, elements, 2, &index), SA_AIS_ERR_INVALID_PARAM);
        KIT_EXPECT_EQ_U64(index, 1);
        index = 77;
        elements[1].dataBuffer = NULL;
        KIT_EXPECT(K.CheckpointRead(f.h, elements, 2, &index), SA_AIS_ERR_INVALID_PARAM);
        KIT_EXPECT_EQ_U64(index, 1);
    }
}

KIT_CASE(RDD_10, "RDD-10", KIT_S, "the default section can be read before it was written: nothing") {
    struct kit_f f = KIT_DS();
    char buffer[10];
    SaCkptIOVectorElementT element = kit_element("", buffer, sizeof buffer, 0);
    element.readSize = 12345;
    KIT_OK(K.CheckpointRead(f.h, &element, 1, NULL));
    KIT_EXPECT_EQ_U64(element.readSize, 0);
}

KIT_CASE(RDD_12, "RDD-12", KIT_S, "the index pointer of Read may be NULL, in success and in error") {
    struct kit_f f = fixture_with("data", 4);
    char buffer[2][4];
    SaCkptIOVectorElementT elements[] = {kit_element("s", buffer[0], 4, 0), kit_element("absent", buffer[1], 4, 0)};
    KIT_EXPECT(K.CheckpointRead(f.h, elements, 2, NULL), SA_AIS_ERR_NOT_EXIST);
    KIT_OK(K.CheckpointRead(f.h, elements, 1, NULL));
    KIT_EXPECT_BYTES(buffer[0], elements[0].readSize, "data", 4);
}

KIT_CASE(RDD_13, "RDD-13", KIT_S, "a Read without a vector, or of no elements: INVALID_PARAM") {
    struct kit_f f = fixture_with("data", 4);
    char buffer[4];
    SaUint32T index = 0;
    SaCkptIOVectorElementT element = kit_element("s", buffer, 4, 0);
    KIT_EXPECT(K.CheckpointRead(f.h, NULL, 1, &index), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointRead(f.h, &element, 0, &index), SA_AIS_ERR_INVALID_PARAM);
}

static void expect_read_of(SaSizeT max_section_size, SaSizeT data_size, SaAisErrorT code) {
    struct kit_f f = KIT_F(.attributes.maxSectionSize = max_section_size);
    kit_section(f.h, "s", "data", 4);
    struct guarded_buffer buffer;
    fill(&buffer);
    SaCkptIOVectorElementT element = kit_element("s", buffer.bytes, data_size, 0);
    KIT_EXPECT(K.CheckpointRead(f.h, &element, 1, NULL), code);
}

KIT_CASE(RDD_14, "RDD-14", KIT_S, "a Read into a buffer of more than maxSectionSize: INVALID_PARAM") {
    expect_read_of(1024, 1025, SA_AIS_ERR_INVALID_PARAM);
    /* The whole of the type counts: none of these is cut to a smaller number. */
    expect_read_of(1024, UINT64_MAX, SA_AIS_ERR_INVALID_PARAM);
    expect_read_of(INT64_MAX, (SaSizeT)INT64_MAX + 1, SA_AIS_ERR_INVALID_PARAM);
    expect_read_of(INT64_MAX, (SaSizeT)INT64_MAX + 2, SA_AIS_ERR_INVALID_PARAM);
    expect_read_of((SaSizeT)INT64_MAX + 1, (SaSizeT)INT64_MAX + 2, SA_AIS_ERR_INVALID_PARAM);
    expect_read_of(UINT64_MAX - 2, UINT64_MAX - 1, SA_AIS_ERR_INVALID_PARAM);
    expect_read_of(UINT64_MAX - 1, UINT64_MAX, SA_AIS_ERR_INVALID_PARAM);
    expect_read_of(UINT64_MAX - 1, UINT64_MAX - 1, SA_AIS_OK);
    expect_read_of(UINT64_MAX, UINT64_MAX, SA_AIS_OK);
}

KIT_CASE(RDD_15, "RDD-15", KIT_S, "a Read through a handle without READ: ACCESS") {
    struct kit_f f = fixture_with("data", 4);
    SaCkptCheckpointHandleT writer = kit_open(f.handle, f.name, KIT_WRITE);
    char buffer[4];
    SaCkptIOVectorElementT element = kit_element("s", buffer, 4, 0);
    KIT_EXPECT(K.CheckpointRead(writer, &element, 1, NULL), SA_AIS_ERR_ACCESS);
}

KIT_CASE(RDD_16, "RDD-16", KIT_S, "a Read through a wild, closed or finalized handle: BAD_HANDLE") {
    char buffer[4] = {0};
    SaCkptIOVectorElementT element = kit_element("s", buffer, 4, 0);
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
    KIT_EXPECT(K.CheckpointRead(bad, &element, 1, NULL), SA_AIS_ERR_BAD_HANDLE);
}

#define MANY 1000

KIT_CASE_WITHIN(RDD_17, "RDD-17", KIT_S, 40, "1000 sections of 1 KB are read by one call") {
    struct kit_f f = KIT_F(.attributes.maxSections = MANY, .attributes.checkpointSize = MANY * 1024);
    static char ids[MANY][16];
    static SaCkptIOVectorElementT elements[MANY];
    unsigned char *bytes = malloc((size_t)MANY * 1024);
    if (bytes == NULL)
        kit_error("no memory");
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "s%u", i);
        kit_section(f.h, ids[i], kit_pattern(i, 1024), 1024);
        elements[i] = kit_element(ids[i], bytes + (size_t)i * 1024, 1024, 0);
    }
    KIT_OK(K.CheckpointRead(f.h, elements, MANY, NULL));
    for (unsigned i = 0; i < MANY; i++)
        KIT_EXPECT_BYTES(bytes + (size_t)i * 1024, elements[i].readSize, kit_pattern(i, 1024), 1024);
    free(bytes);
}

static void *overwrite_often(void *given) {
    SaCkptCheckpointHandleT h = *(SaCkptCheckpointHandleT *)given;
    SaCkptSectionIdT id = kit_id("s");
    unsigned char bytes[1024];
    for (unsigned k = 0; k < 300; k++) {
        memset(bytes, (int)(k % 255), sizeof bytes);
        KIT_OK(K.SectionOverwrite(h, &id, bytes, sizeof bytes));
    }
    return NULL;
}

KIT_CASE(RDD_18, "RDD-18", KIT_S, "several elements of one Read that name one section show one state of it") {
    unsigned char zeros[1024] = {0}, parts[3][1024];
    struct kit_f f = fixture_with(zeros, sizeof zeros);
    struct kit_thread *writer = kit_thread_start(overwrite_often, &f.h);
    unsigned rounds = 0;
    while (!kit_thread_done(writer) || rounds++ < 2) {
        SaCkptIOVectorElementT elements[] = {kit_element("s", parts[0], 1024, 0), kit_element("s", parts[1], 100, 500),
                                             kit_element("s", parts[2], 1, 1023)};
        KIT_OK(K.CheckpointRead(f.h, elements, 3, NULL));
        KIT_EXPECT_EQ_U64(elements[0].readSize, 1024);
        KIT_EXPECT_EQ_U64(elements[1].readSize, 100);
        KIT_EXPECT_EQ_U64(elements[2].readSize, 1);
        KIT_EXPECT_BYTES(parts[1], 100, parts[0] + 500, 100);
        KIT_EXPECT_BYTES(parts[2], 1, parts[0], 1);
        KIT_EXPECT_BYTES(parts[0] + 1, 1023, parts[0], 1023); /* all alike: of one Overwrite */
    }
    kit_thread_join(writer, 10000);
}

KIT_CASE(RDD_22, "RDD-22", KIT_S, "a Read into a buffer of size 0 delivers nothing and is OK (opensaf: INVALID_PARAM)") {
    struct kit_f f = fixture_with("data", 4);
    struct guarded_buffer buffer;
    fill(&buffer);
    SaCkptIOVectorElementT element = kit_element("s", buffer.bytes, 0, 0);
    element.readSize = 12345;
    KIT_EXPECT(K.CheckpointRead(f.h, &element, 1, NULL), KIT_BY_PROFILE(SA_AIS_OK, SA_AIS_ERR_INVALID_PARAM, SA_AIS_OK));
    if (kit_profile() != KIT_OPENSAF)
        KIT_EXPECT_EQ_U64(element.readSize, 0);
    expect_only(&buffer, "", 0);
}

KIT_CASE(RDD_23, "RDD-23", KIT_S, "offset + size of a Read above maxSectionSize is a short read (opensaf: INVALID_PARAM)") {
    const unsigned char *data = kit_pattern(1, 20);
    struct kit_f f = fixture_with(data, 20);
    if (kit_profile() != KIT_OPENSAF) {
        expect_read(f.h, 1024, 10, data + 10, 10);
        return;
    }
    struct guarded_buffer buffer;
    fill(&buffer);
    SaCkptIOVectorElementT element = kit_element("s", buffer.bytes, 1024, 10);
    KIT_EXPECT(K.CheckpointRead(f.h, &element, 1, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(RDD_24, "RDD-24", KIT_S, "readSize is written also when it is 0") {
    struct kit_f f = fixture_with("data", 4);
    char buffer[10];
    kit_section(f.h, "empty", NULL, 0);
    SaCkptIOVectorElementT elements[] = {kit_element("s", buffer, 10, 4), kit_element("empty", buffer, 10, 0)};
    elements[0].readSize = elements[1].readSize = 0xFEEDFACECAFEBEEF;
    KIT_OK(K.CheckpointRead(f.h, elements, 2, NULL));
    KIT_EXPECT_EQ_U64(elements[0].readSize, 0);
    KIT_EXPECT_EQ_U64(elements[1].readSize, 0);
}
