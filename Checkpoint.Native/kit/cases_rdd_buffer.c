/* Read into buffers that the library supplies: whose they are and how they are given back (ais-ckpt 5.8, RDD-07 to 09, 11, 19 to 21). */
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit.h"

/* B.2 programs give a buffer back through the library, B.1 programs by free(). */
static void give_back(SaCkptCheckpointHandleT h, void *data) {
    if (kit_is_so3())
        free(data);
    else
        KIT_OK(K.IOVectorElementDataFree(h, data));
}

static struct kit_f fixture_with(const void *data, size_t size) {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", data, size);
    return f;
}

/* Reads from the offset on into a buffer of the library, with this in dataSize beforehand. */
static void expect_supplied(SaCkptCheckpointHandleT h, SaSizeT data_size, size_t offset, const void *data, size_t length) {
    SaCkptIOVectorElementT element = kit_element("s", NULL, data_size, offset);
    KIT_OK(K.CheckpointRead(h, &element, 1, NULL));
    KIT_TRUE(element.dataBuffer != NULL, "a buffer of the library");
    KIT_EXPECT_BYTES(element.dataBuffer, element.readSize, data, length);
    if (kit_is_so3())
        KIT_EXPECT_EQ_U64(element.dataSize, length); /* Programs of that family look there. */
    give_back(h, element.dataBuffer);
}

KIT_CASE(RDD_07, "RDD-07", KIT_S, "without a buffer the library supplies one for all from the offset on, and the caller can free it") {
    const unsigned char *data = kit_pattern(1, 300);
    struct kit_f f = fixture_with(data, 300);
    expect_supplied(f.h, 0, 0, data, 300);
    expect_supplied(f.h, 0, 100, data + 100, 200);
}

KIT_CASE(RDD_08, "RDD-08", KIT_S, "without a buffer the element's dataSize is ignored") {
    const unsigned char *data = kit_pattern(1, 300);
    struct kit_f f = fixture_with(data, 300);
    expect_supplied(f.h, 1, 0, data, 300);
    expect_supplied(f.h, 5000, 0, data, 300);
    expect_supplied(f.h, 0xFEEDFACECAFEBEEF, 10, data + 10, 290);
    expect_supplied(f.h, UINT64_MAX, 299, data + 299, 1);
}

KIT_CASE(RDD_09, "RDD-09", KIT_S, "without a buffer an empty section leaves it NULL; DataFree of NULL: INVALID_PARAM") {
    struct kit_f f = fixture_with(NULL, 0);
    SaCkptIOVectorElementT element = kit_element("s", NULL, 0, 0);
    element.readSize = 12345;
    KIT_OK(K.CheckpointRead(f.h, &element, 1, NULL));
    KIT_EXPECT_EQ_U64(element.readSize, 0);
    KIT_TRUE(element.dataBuffer == NULL, "no buffer for no bytes");
    if (!kit_is_so3())
        KIT_EXPECT(K.IOVectorElementDataFree(f.h, element.dataBuffer), SA_AIS_ERR_INVALID_PARAM);
}

/* Present only in a build with a sanitizer. One keeps blocks that were given back for a while, to catch who still uses them. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static long memory_kib(void) {
    long pages = 0, resident = 0;
    if (__sanitizer_get_current_allocated_bytes != NULL)
        return (long)(__sanitizer_get_current_allocated_bytes() / 1024);
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &pages, &resident) != 2)
        kit_error("/proc/self/statm cannot be read");
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* The process may not have grown by more than this since. */
static void expect_constant_memory(long before_kib, long most_kib) {
    long grown = memory_kib() - before_kib;
    KIT_TRUE(grown <= most_kib, "memory grown by at most %ld KiB, not by %ld", most_kib, grown);
}

static void read_beside_absent(SaCkptCheckpointHandleT h) {
    SaUint32T index = 77;
    SaCkptIOVectorElementT elements[] = {kit_element("s", NULL, 0, 0), kit_element("absent", NULL, 0, 0), kit_element("s", NULL, 0, 0)};
    KIT_EXPECT(K.CheckpointRead(h, elements, 3, &index), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT_EQ_U64(index, 1);
    /* On failure buffers may have been changed; what is then there is the caller's. */
    for (int i = 0; i < 3; i++)
        free(elements[i].dataBuffer);
}

#define BIG ((size_t)64 * 1024)

KIT_CASE(RDD_11, "RDD-11", KIT_S, "an absent section in the vector of a Read: NOT_EXIST with its index, and no buffer is lost") {
    struct kit_f f = KIT_F(.attributes.maxSectionSize = BIG);
    kit_section(f.h, "s", kit_pattern(1, BIG), BIG);
    for (int i = 0; i < 50; i++)
        read_beside_absent(f.h);
    long before = memory_kib();
    for (int i = 0; i < 400; i++)
        read_beside_absent(f.h); /* 25 MiB, if each lost the first one */
    expect_constant_memory(before, 4096);
}

KIT_CASE(RDD_19, "RDD-19", KIT_S | KIT_B2, "DataFree of NULL: INVALID_PARAM; through a bad handle: BAD_HANDLE") {
    struct kit_f f = fixture_with("data", 4);
    KIT_EXPECT(K.IOVectorElementDataFree(f.h, NULL), SA_AIS_ERR_INVALID_PARAM);
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad) {
        void *data = malloc(16);
        KIT_EXPECT(K.IOVectorElementDataFree(bad, data), SA_AIS_ERR_BAD_HANDLE);
        memset(data, 0, 16); /* refused: it is still ours */
        free(data);
        KIT_EXPECT(K.IOVectorElementDataFree(bad, NULL), SA_AIS_ERR_INVALID_PARAM);
    }
}

KIT_CASE(RDD_20, "RDD-20", KIT_S, "a B.1 client gives the library's buffers back by free()") {
    struct kit_f f = KIT_F(.b1 = true);
    for (unsigned size = 1; size <= 1024; size = size * 3 / 2 + 1) {
        SaCkptSectionIdT id = kit_id("s");
        if (size == 1)
            kit_section(f.h, "s", kit_pattern(size, size), size);
        else
            KIT_OK(K.SectionOverwrite(f.h, &id, kit_pattern(size, size), size));
        SaCkptIOVectorElementT element = kit_element("s", NULL, 0, 0);
        KIT_OK(K.CheckpointRead(f.h, &element, 1, NULL));
        KIT_EXPECT_BYTES(element.dataBuffer, element.readSize, kit_pattern(size, size), size);
        KIT_TRUE(malloc_usable_size(element.dataBuffer) >= size, "a block of the C heap of at least %u bytes", size);
        void *grown = realloc(element.dataBuffer, 4096); /* What free() may do to it, realloc may. */
        if (grown == NULL)
            kit_error("no memory");
        free(grown);
    }
}

KIT_CASE_WITHIN(RDD_21, "RDD-21", KIT_S, 60, "10 000 Reads into buffers of the library, each given back, use constant memory") {
    struct kit_f f = fixture_with(kit_pattern(1, 1024), 1024);
    long before = 0;
    for (int i = 0; i < 10000; i++) {
        SaCkptIOVectorElementT element = kit_element("s", NULL, 0, 0);
        KIT_OK(K.CheckpointRead(f.h, &element, 1, NULL));
        KIT_EXPECT_EQ_U64(element.readSize, 1024);
        give_back(f.h, element.dataBuffer);
        if (i == 2000)
            before = memory_kib();
    }
    expect_constant_memory(before, 2048);
}
