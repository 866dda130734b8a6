/* Write between processes: a vector is applied as a whole, at once and in order (ais-ckpt 5.8, WRI-23 to 27, 29, 30). */
#include <stdatomic.h>
#include <stdlib.h>

#include "kit.h"

#define CHUNK 256

/* Who wrote, and which of his writes it was, repeated over the whole element. */
static void stamp(unsigned char *bytes, size_t size, uint32_t writer, uint32_t k) {
    uint64_t word = (uint64_t)writer << 32 | k;
    for (size_t i = 0; i + sizeof word <= size; i += sizeof word)
        memcpy(bytes + i, &word, sizeof word);
}

/* The one stamp of these bytes; a mixture fails the case. */
static uint64_t stamp_of(const unsigned char *bytes, size_t size, const char *what) {
    uint64_t first, word;
    memcpy(&first, bytes, sizeof first);
    for (size_t i = 0; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        if (word != first)
            kit_fail("the bytes of one Write alone", "%s: write %llx at byte 0, write %llx at byte %zu", what, (unsigned long long)first,
                     (unsigned long long)word, i);
    }
    return first;
}

/* argv: name, writer's number, ms. Writes both sections in one vector, again and again. */
KIT_ROLE(wri_pair_writer) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_WRITE);
    unsigned char bytes[CHUNK];
    SaCkptIOVectorElementT elements[] = {kit_element("s1", bytes, CHUNK, 0), kit_element("s2", bytes, CHUNK, 0)};
    uint32_t k = 0;
    kit_say("ready");
    kit_expect_hear("go");
    for (int64_t until = kit_mono() + (int64_t)atoi(argv[2]) * 1000000; kit_mono() < until;) {
        stamp(bytes, CHUNK, (uint32_t)atoi(argv[1]), ++k);
        KIT_OK(K.CheckpointWrite(h, elements, 2, NULL));
    }
    kit_say("%s", k > 1 ? "wrote" : "too slow");
}

static void expect_no_mixture(SaCkptCheckpointCreationFlagsT kind) {
    struct kit_f f = KIT_F(.attributes.creationFlags = kind);
    unsigned char first[CHUNK] = {0}, second[CHUNK] = {0};
    kit_section(f.h, "s1", first, CHUNK);
    kit_section(f.h, "s2", second, CHUNK);
    const char *name = kit_name_text(f.name);
    struct kit_peer *writers[] = {kit_peer_start("wri_pair_writer", name, "1", "600"), kit_peer_start("wri_pair_writer", name, "2", "600")};
    for (int i = 0; i < 2; i++)
        kit_peer_expect_line(writers[i], "ready");
    for (int i = 0; i < 2; i++)
        kit_peer_send(writers[i], "go");
    for (int64_t until = kit_mono() + INT64_C(600) * 1000000; kit_mono() < until;) {
        SaCkptIOVectorElementT elements[] = {kit_element("s1", first, CHUNK, 0), kit_element("s2", second, CHUNK, 0)};
        KIT_OK(K.CheckpointRead(f.h, elements, 2, NULL));
        KIT_EXPECT_EQ_U64(stamp_of(first, CHUNK, "s1"), stamp_of(second, CHUNK, "s2"));
    }
    for (int i = 0; i < 2; i++) {
        kit_peer_expect_line(writers[i], "wrote");
        kit_peer_wait(writers[i]);
    }
}

KIT_CASE(WRI_23, "WRI-23", KIT_P, "a reader never sees a mixture of two Writes, sync or async") {
    expect_no_mixture(KIT_SYNC);
    expect_no_mixture(KIT_ASYNC);
}

struct pair_writer {
    SaCkptCheckpointHandleT h;
    const char *a, *b;
};

static void *write_own_pair(void *given) {
    const struct pair_writer *writer = given;
    uint32_t done = 0;
    for (uint32_t k = 1; k <= 150; k++) {
        SaCkptIOVectorElementT put[] = {kit_element(writer->a, &k, sizeof k, 0), kit_element(writer->b, &k, sizeof k, 0),
                                        kit_element("shared", &k, sizeof k, 0)};
        if (KIT_EXPECT_ANY_RAW(K.CheckpointWrite(writer->h, put, 3, NULL), SA_AIS_OK, SA_AIS_ERR_TRY_AGAIN) == SA_AIS_OK)
            done = k;
        uint32_t a = 0, b = 0;
        SaCkptIOVectorElementT got[] = {kit_element(writer->a, &a, sizeof a, 0), kit_element(writer->b, &b, sizeof b, 0)};
        KIT_OK(K.CheckpointRead(writer->h, got, 2, NULL));
        KIT_EXPECT_EQ_U64(a, done);
        KIT_EXPECT_EQ_U64(b, done);
    }
    KIT_TRUE(done > 0, "some of 150 Writes answered OK");
    return NULL;
}

KIT_CASE(WRI_24, "WRI-24", KIT_P, "two threads write through one handle: OK, or TRY_AGAIN and nothing applied") {
    struct kit_f f = KIT_F();
    static const char *const ids[] = {"a1", "b1", "a2", "b2", "shared"};
    uint32_t zero = 0;
    for (unsigned i = 0; i < 5; i++)
        kit_section(f.h, ids[i], &zero, sizeof zero);
    struct pair_writer writers[] = {{f.h, "a1", "b1"}, {f.h, "a2", "b2"}};
    struct kit_thread *threads[2];
    for (int i = 0; i < 2; i++)
        threads[i] = kit_thread_start(write_own_pair, &writers[i]);
    for (int i = 0; i < 2; i++)
        kit_thread_join(threads[i], 15000);
}

#define PARTS 4
#define PART_BYTES (128 * 1024)
static const char *const part_ids[PARTS] = {"p0", "p1", "p2", "p3"};

/* argv: name. One large vector after the other, until it is killed. */
KIT_ROLE(wri_streamer) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_WRITE);
    unsigned char *bytes = malloc(PART_BYTES);
    SaCkptIOVectorElementT elements[PARTS];
    if (bytes == NULL)
        kit_error("no memory");
    for (int i = 0; i < PARTS; i++)
        elements[i] = kit_element(part_ids[i], bytes, PART_BYTES, 0);
    for (uint32_t k = 1;; k++) {
        stamp(bytes, PART_BYTES, 1, k);
        KIT_OK(K.CheckpointWrite(h, elements, PARTS, NULL));
        if (k == 1)
            kit_say("writing");
    }
}

static struct kit_f fixture_of_parts(SaCkptCheckpointCreationFlagsT kind) {
    struct kit_f f = KIT_F(.attributes.creationFlags = kind, .attributes.maxSectionSize = PART_BYTES, .attributes.checkpointSize = 8 * PART_BYTES);
    for (int i = 0; i < PARTS; i++)
        kit_section(f.h, part_ids[i], NULL, 0);
    return f;
}

/* A writer that is killed while it writes, somewhere else in its call each time. */
static void kill_a_writer(const struct kit_f *f, int round) {
    struct kit_peer *writer = kit_peer_start("wri_streamer", kit_name_text(f->name));
    kit_peer_expect_line(writer, "writing");
    kit_sleep_ms(1 + 3 * round);
    kit_peer_kill(writer);
}

static void expect_whole_writes(SaCkptCheckpointCreationFlagsT kind) {
    struct kit_f f = fixture_of_parts(kind);
    unsigned char *bytes = malloc((size_t)PARTS * PART_BYTES);
    if (bytes == NULL)
        kit_error("no memory");
    for (int round = 0; round < 4; round++) {
        kill_a_writer(&f, round);
        SaCkptIOVectorElementT elements[PARTS];
        for (int i = 0; i < PARTS; i++)
            elements[i] = kit_element(part_ids[i], bytes + i * PART_BYTES, PART_BYTES, 0);
        KIT_OK(K.CheckpointRead(f.h, elements, PARTS, NULL));
        for (int i = 0; i < PARTS; i++)
            KIT_EXPECT_EQ_U64(elements[i].readSize, PART_BYTES);
        stamp_of(bytes, (size_t)PARTS * PART_BYTES, "all sections together");
    }
    free(bytes);
}

KIT_CASE(WRI_25, "WRI-25", KIT_P, "of the Writes of a killed writer each is there as a whole or not at all, sync or async") {
    expect_whole_writes(KIT_SYNC);
    expect_whole_writes(KIT_ASYNC);
}

/* The state of a section as iteration tells it; 0: not there. */
static int state_of(SaCkptCheckpointHandleT h, const char *id, SaCkptSectionsChosenT chosen) {
    SaCkptSectionIterationHandleT it = 0;
    SaCkptSectionDescriptorT section;
    int state = 0;
    KIT_OK(K.SectionIterationInitialize(h, chosen, 0, &it));
    while (KIT_EXPECT_ANY(K.SectionIterationNext(it, &section), SA_AIS_OK, SA_AIS_ERR_NO_SECTIONS) == SA_AIS_OK)
        if (section.sectionId.idLen == strlen(id) && memcmp(section.sectionId.id, id, strlen(id)) == 0)
            state = (int)section.sectionState;
    KIT_OK(K.SectionIterationFinalize(it));
    return state;
}

KIT_CASE(WRI_26, "WRI-26", KIT_P, "weak: after a writer was killed a section is VALID, or CORRUPTED until an Overwrite heals it") {
    struct kit_f f = fixture_of_parts(KIT_WEAK);
    unsigned char *bytes = malloc(PART_BYTES);
    if (bytes == NULL)
        kit_error("no memory");
    for (int round = 0; round < 3; round++) {
        kill_a_writer(&f, round);
        kit_sleep_ms(100); /* Its last Write may still be on its way, and would undo what heals. */
        for (int i = 0; i < PARTS; i++) {
            SaCkptIOVectorElementT element = kit_element(part_ids[i], bytes, PART_BYTES, 0);
            SaAisErrorT code = KIT_EXPECT_ANY(K.CheckpointRead(f.h, &element, 1, NULL), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST);
            KIT_EXPECT_EQ_I64(state_of(f.h, part_ids[i], SA_CKPT_SECTIONS_ANY), code == SA_AIS_OK ? SA_CKPT_SECTION_VALID : SA_CKPT_SECTION_CORRUPTED);
            if (code == SA_AIS_OK)
                stamp_of(bytes, element.readSize, part_ids[i]);
            SaCkptSectionIdT id = kit_id(part_ids[i]);
            KIT_OK(K.SectionOverwrite(f.h, &id, "healed", 6));
            kit_expect_content(f.h, part_ids[i], "healed", 6);
            KIT_EXPECT_EQ_I64(state_of(f.h, part_ids[i], SA_CKPT_SECTIONS_ANY), SA_CKPT_SECTION_VALID);
        }
    }
    free(bytes);
}

KIT_CASE(WRI_27, "WRI-27", KIT_S, "what one handle has written another reads at once, for all six kinds") {
    for (int kind = 0; kind < 6; kind++) {
        struct kit_f f = KIT_F(.attributes.creationFlags = kit_kinds[kind]);
        SaCkptCheckpointHandleT same_client = kit_open(f.handle, f.name, KIT_READ), other_client = kit_open(kit_initialize(), f.name, KIT_READ);
        kit_section(f.h, "s", NULL, 0);
        kit_step("creation flags %u", kit_kinds[kind]);
        for (uint32_t k = 1; k <= 50; k++) {
            kit_write(f.h, "s", &k, sizeof k, 0);
            kit_expect_content(k % 2 == 0 ? same_client : other_client, "s", &k, sizeof k);
        }
    }
}

#define ORDER_MS "200"

/* Runs until it is told that there is no further checkpoint: "go NAME" each. */
static bool next_checkpoint(SaCkptHandleT handle, SaCkptCheckpointOpenFlagsT flags, SaCkptCheckpointHandleT *h) {
    const char *line = kit_hear();
    if (line == NULL || strncmp(line, "go ", 3) != 0)
        return false;
    *h = kit_open(handle, kit_name_from(line + 3), flags);
    return true;
}

KIT_ROLE(wri_order_writer) {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointHandleT h;
    while (next_checkpoint(handle, KIT_WRITE, &h)) {
        uint32_t k = 0;
        for (int64_t until = kit_mono() + (int64_t)atoi(ORDER_MS) * 1000000; k < 2 || kit_mono() < until;) {
            k++;
            SaCkptIOVectorElementT first = kit_element("s1", &k, sizeof k, 0), second = kit_element("s2", &k, sizeof k, 0);
            KIT_OK(K.CheckpointWrite(h, &first, 1, NULL));
            KIT_OK(K.CheckpointWrite(h, &second, 1, NULL));
        }
        kit_say("done");
    }
}

static void expect_order(SaCkptCheckpointHandleT h) {
    uint32_t reads = 0;
    for (int64_t until = kit_mono() + (int64_t)atoi(ORDER_MS) * 1000000; reads < 2 || kit_mono() < until; reads++) {
        uint32_t later = 0, earlier = 0;
        SaCkptIOVectorElementT second = kit_element("s2", &later, sizeof later, 0), first = kit_element("s1", &earlier, sizeof earlier, 0);
        KIT_OK(K.CheckpointRead(h, &second, 1, NULL));
        KIT_OK(K.CheckpointRead(h, &first, 1, NULL));
        KIT_TRUE(earlier >= later, "s1, written before s2, at least as new: s2 is %u, s1 read after it %u", later, earlier);
    }
}

KIT_ROLE(wri_order_reader) {
    SaCkptHandleT handle = kit_initialize();
    SaCkptCheckpointHandleT h;
    while (next_checkpoint(handle, KIT_READ, &h)) {
        expect_order(h);
        kit_say("done");
    }
}

KIT_CASE_WITHIN(WRI_29, "WRI-29", KIT_P, 30, "who sees a later Write sees the earlier ones, across sections, for all six kinds") {
    struct kit_peer *peers[] = {kit_peer_start_plain("wri_order_writer"), kit_peer_start_plain("wri_order_reader")};
    for (int kind = 0; kind < 6; kind++) {
        struct kit_f f = KIT_F(.attributes.creationFlags = kit_kinds[kind]);
        uint32_t zero = 0;
        kit_section(f.h, "s1", &zero, sizeof zero);
        kit_section(f.h, "s2", &zero, sizeof zero);
        for (int i = 0; i < 2; i++)
            kit_peer_send(peers[i], "go %s", kit_name_text(f.name));
        expect_order(f.h);
        for (int i = 0; i < 2; i++)
            kit_peer_expect_line(peers[i], "done");
    }
    for (int i = 0; i < 2; i++) {
        kit_peer_send(peers[i], "end");
        kit_peer_wait(peers[i]);
    }
}

KIT_CASE(WRI_30, "WRI-30", KIT_S | KIT_FAULT, "a CORRUPTED section can only be overwritten or deleted, and the filter lists it") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "good", "good", 4);
    kit_section(f.h, "bad", "bad", 3);
    kit_fault("corrupt", kit_name_text(f.name), "bad");
    KIT_EXPECT_EQ_I64(state_of(f.h, "bad", SA_CKPT_SECTIONS_CORRUPTED), SA_CKPT_SECTION_CORRUPTED);
    KIT_EXPECT_EQ_I64(state_of(f.h, "good", SA_CKPT_SECTIONS_CORRUPTED), 0);

    char buffer[2][8];
    SaUint32T index = 77;
    SaCkptIOVectorElementT read[] = {kit_element("good", buffer[0], 8, 0), kit_element("bad", buffer[1], 8, 0)};
    KIT_EXPECT(K.CheckpointRead(f.h, read, 2, &index), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT_EQ_U64(index, 1);
    index = 77;
    SaCkptIOVectorElementT write[] = {kit_element("good", "new", 3, 0), kit_element("bad", "new", 3, 0)};
    KIT_EXPECT(K.CheckpointWrite(f.h, write, 2, &index), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT_EQ_U64(index, 1);
    kit_expect_content(f.h, "good", "good", 4);

    SaCkptSectionIdT id = kit_id("bad");
    KIT_OK(K.SectionOverwrite(f.h, &id, "healed", 6));
    KIT_EXPECT_EQ_I64(state_of(f.h, "bad", SA_CKPT_SECTIONS_ANY), SA_CKPT_SECTION_VALID);
    kit_expect_content(f.h, "bad", "healed", 6);
    kit_fault("corrupt", kit_name_text(f.name), "bad");
    KIT_OK(K.SectionDelete(f.h, &id));
    kit_expect_no_section(f.h, "bad");
}
