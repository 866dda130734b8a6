/* Generated section ids, and sections in masses (ais-ckpt 5.6). */
#include <malloc.h>
#include <stdlib.h>

#include "sections.h"

/* Releases a generated id as a program of this client's version does. */
static void free_id(SaCkptCheckpointHandleT h, SaUint8T *id, bool b1) {
    if (b1 || kit_is_so3())
        free(id);
    else
        KIT_OK(K.SectionIdFree(h, id));
}

/* Creates a section with a generated id, holding this content. The id is the library's to allocate and ours to release. */
static SaCkptSectionIdT generate(SaCkptCheckpointHandleT h, const void *data, size_t size) {
    SaCkptSectionIdT id = SA_CKPT_GENERATED_SECTION_ID;
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    KIT_OK(k_section_create(h, &attributes, data, size));
    KIT_TRUE(id.idLen > 0 && id.id != NULL, "the struct filled with the generated id");
    return id;
}

static void expect_content_of(SaCkptCheckpointHandleT h, SaCkptSectionIdT id, const void *data, size_t size) {
    SaCkptIOVectorElementT element = {id, NULL, 0, 0, 0};
    SaUint32T index = 0;
    KIT_OK(K.CheckpointRead(h, &element, 1, &index));
    KIT_EXPECT_BYTES(element.dataBuffer, element.readSize, data, size);
    free(element.dataBuffer);
}

/* count sections; each one's content tells which it is, so that two with one id cannot hide. */
static void generate_many(SaCkptCheckpointHandleT h, SaCkptSectionIdT *ids, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        ids[i] = generate(h, &i, sizeof i);
    for (unsigned i = 0; i < count; i++)
        expect_content_of(h, ids[i], &i, sizeof i);
}

KIT_CASE(SEC_16, "SEC-16", KIT_S, "with an empty id the library makes one of 1 to maxSectionIdSize bytes, and it can be used") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = generate(f.h, "data", 4);
    KIT_TRUE(id.idLen <= 32, "at most 32 bytes, not %u", id.idLen);
    expect_content_of(f.h, id, "data", 4);
    KIT_OK(K.SectionOverwrite(f.h, &id, "other", 5));
    expect_content_of(f.h, id, "other", 5);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, 1);
    KIT_EXPECT_BYTES(walk.sections[0].id, walk.sections[0].id_length, id.id, id.idLen);
    KIT_OK(K.SectionDelete(f.h, &id));
    free_id(f.h, id.id, false);
}

KIT_CASE(SEC_17, "SEC-17", KIT_S, "generated ids differ from each other; when the checkpoint is full: NO_SPACE") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT ids[8], none = SA_CKPT_GENERATED_SECTION_ID;
    SaCkptSectionCreationAttributesT attributes = {&none, SA_TIME_END};
    generate_many(f.h, ids, 8);
    KIT_EXPECT(k_section_create(f.h, &attributes, "data", 4), SA_AIS_ERR_NO_SPACE);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, 8);
    for (int i = 0; i < 8; i++)
        free_id(f.h, ids[i].id, false);
}

/* Learns from one checkpoint what the generator makes first, takes that in another one, and lets it generate there. */
static void expect_to_avoid(unsigned id_size_max) {
    enum { COUNT = 8 };
    struct kit_f model = KIT_F(.attributes.maxSectionIdSize = id_size_max), f = KIT_F(.attributes.maxSectionIdSize = id_size_max,
                                                                                      .attributes.maxSections = 2 * COUNT);
    SaCkptSectionIdT likely[COUNT], ids[COUNT];
    generate_many(model.h, likely, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        SaCkptSectionCreationAttributesT attributes = {&likely[i], SA_TIME_END};
        KIT_OK(k_section_create(f.h, &attributes, "user", 4));
    }
    generate_many(f.h, ids, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        expect_content_of(f.h, likely[i], "user", 4);
        free(ids[i].id);
        free(likely[i].id);
    }
}

KIT_CASE(SEC_18, "SEC-18", KIT_S, "the generator avoids ids that the user has taken") {
    expect_to_avoid(32);
    expect_to_avoid(1);
}

KIT_CASE(SEC_19, "SEC-19", KIT_S, "where ids may have 1 byte, 8 generated ones have 1 byte and differ") {
    struct kit_f f = KIT_F(.attributes.maxSectionIdSize = 1);
    SaCkptSectionIdT ids[8];
    generate_many(f.h, ids, 8);
    for (int i = 0; i < 8; i++) {
        KIT_EXPECT_EQ_U64(ids[i].idLen, 1);
        free_id(f.h, ids[i].id, false);
    }
}

KIT_CASE(SEC_20, "SEC-20", KIT_S, "a refused creation with a generated id leaves the struct alone and leaks nothing") {
    enum { ROUNDS = 600, SLACK = 8192 };
    struct kit_f f = KIT_F();
    k_fill(f.h, 8);
    size_t before = 0;
    for (int round = 0; round < ROUNDS; round++) {
        SaCkptSectionIdT id = SA_CKPT_GENERATED_SECTION_ID;
        SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
        KIT_EXPECT(k_section_create(f.h, &attributes, "data", 4), SA_AIS_ERR_NO_SPACE);
        KIT_EXPECT_EQ_U64(id.idLen, 0);
        KIT_TRUE(id.id == NULL, "no bytes in the struct");
        if (round == ROUNDS / 10)
            before = mallinfo2().uordblks;
    }
    size_t after = mallinfo2().uordblks;
    if (after > before + SLACK)
        kit_fail("no memory kept by a refused call", "%zu bytes more in use after %d of them", after - before, ROUNDS);
}

KIT_CASE(SEC_21, "SEC-21", KIT_S, "a generated id is released by SectionIdFree (B.2) or by free() (B.1)") {
    struct kit_f b1 = KIT_F(.b1 = true);
    for (int i = 0; i < 8; i++)
        free_id(b1.h, generate(b1.h, "data", 4).id, true);
    if (kit_is_so3())
        return;
    struct kit_f f = KIT_F();
    for (int i = 0; i < 8; i++)
        free_id(f.h, generate(f.h, "data", 4).id, false);
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, 8);
}

KIT_CASE(SEC_22, "SEC-22", KIT_S | KIT_B2, "SectionIdFree without an id: INVALID_PARAM; on a wild handle: BAD_HANDLE") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = generate(f.h, "data", 4);
    KIT_EXPECT(K.SectionIdFree(f.h, NULL), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.SectionIdFree(KIT_WILD, id.id), SA_AIS_ERR_BAD_HANDLE);
    KIT_OK(K.SectionIdFree(f.h, id.id));
}

/* --- in masses */

enum { MASS = 100000, TENTH = MASS / 10 };

struct many {
    SaCkptCheckpointHandleT h;
    unsigned from;
};

static void create_one(unsigned i, void *context) {
    const struct many *many = context;
    char id[16];
    snprintf(id, sizeof id, "m%u", many->from + i);
    KIT_OK(k_create(many->h, id, SA_TIME_END, "data", 4));
}

static void delete_one(unsigned i, void *context) {
    const struct many *many = context;
    char id[16];
    snprintf(id, sizeof id, "m%u", many->from + i);
    SaCkptSectionIdT section = kit_id(id);
    KIT_OK(K.SectionDelete(many->h, &section));
}

/* In ten parts; the first and the last one compared. */
static void expect_flat_row(const char *what, SaCkptCheckpointHandleT h, void (*one)(unsigned i, void *context)) {
    int64_t parts[10];
    for (unsigned part = 0; part < 10; part++) {
        struct many many = {h, part * TENTH};
        int64_t start = kit_mono();
        k_in_parallel(TENTH, one, &many);
        parts[part] = kit_mono() - start;
    }
    k_expect_flat(what, parts[0], parts[9]);
}

KIT_CASE_WITHIN(SEC_32, "SEC-32", KIT_S | KIT_ALONE, 180, "100000 sections can be created and deleted, and no call takes longer because of the others") {
    struct kit_f f = KIT_F(.attributes.maxSections = MASS, .attributes.maxSectionSize = 16, .attributes.checkpointSize = 16 * MASS);
    struct kit_status status;
    expect_flat_row("create", f.h, create_one);
    KIT_OK(k_status_get(f.h, &status));
    KIT_EXPECT_EQ_U64(status.sections, MASS);
    KIT_EXPECT_EQ_U64(status.memory_used, 4 * MASS);
    expect_flat_row("delete", f.h, delete_one);
    KIT_OK(k_status_get(f.h, &status));
    KIT_EXPECT_EQ_U64(status.sections, 0);
}

/* --- several processes */

#define PROCESSES 8

/* name, number, how many: generates so many sections at the word "go", then finds each of them again by the id it was given. */
KIT_ROLE(sec_generator) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_READ | KIT_WRITE);
    int count = atoi(argv[2]);
    SaCkptSectionIdT *ids = calloc((size_t)count, sizeof *ids);
    kit_say("ready");
    kit_expect_hear("go");
    for (int i = 0; i < count; i++) {
        char content[32];
        snprintf(content, sizeof content, "%s/%d", argv[1], i);
        ids[i] = generate(h, content, strlen(content));
    }
    for (int i = 0; i < count; i++) {
        char content[32];
        snprintf(content, sizeof content, "%s/%d", argv[1], i);
        expect_content_of(h, ids[i], content, strlen(content));
        free(ids[i].id);
    }
    free(ids);
    kit_say("done");
    kit_expect_hear("end");
}

static void start_all(struct kit_peer *peers[PROCESSES], const char *role, const SaNameT *name, const char *count) {
    for (int i = 0; i < PROCESSES; i++) {
        char number[8];
        snprintf(number, sizeof number, "%d", i);
        peers[i] = kit_peer_start(role, kit_name_text(name), number, count);
    }
    for (int i = 0; i < PROCESSES; i++)
        kit_peer_expect_line(peers[i], "ready");
    for (int i = 0; i < PROCESSES; i++)
        kit_peer_send(peers[i], "go");
}

static void end_all(struct kit_peer *peers[PROCESSES]) {
    for (int i = 0; i < PROCESSES; i++)
        kit_peer_send(peers[i], "end");
    for (int i = 0; i < PROCESSES; i++)
        kit_peer_wait(peers[i]);
}

KIT_CASE_WITHIN(SEC_23, "SEC-23", KIT_P, 40, "ids generated by 8 processes at once are all different") {
    enum { EACH = 100 };
    struct kit_f f = KIT_F(.attributes.maxSections = PROCESSES * EACH, .attributes.maxSectionSize = 64, .attributes.checkpointSize = 51200);
    struct kit_peer *peers[PROCESSES];
    start_all(peers, "sec_generator", f.name, "100");
    for (int i = 0; i < PROCESSES; i++)
        kit_peer_expect_line(peers[i], "done");
    struct k_walk walk = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(walk.count, PROCESSES * EACH);
    end_all(peers);
}

/* name, number, how many: creates r0, r1, ... like all the others, and tells for each whether it was the one. */
KIT_ROLE(sec_racer) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_READ | KIT_WRITE);
    int rounds = atoi(argv[2]);
    kit_say("ready");
    kit_expect_hear("go");
    for (int round = 0; round < rounds; round++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", round);
        SaAisErrorT code = KIT_EXPECT_ANY(k_create(h, id, SA_TIME_END, argv[1], strlen(argv[1])), SA_AIS_OK, SA_AIS_ERR_EXIST);
        kit_say("%s", code == SA_AIS_OK ? "won" : "lost");
    }
    kit_expect_hear("end");
}

KIT_CASE_WITHIN(SEC_24, "SEC-24", KIT_P, 40, "of 8 processes that create the same section at once one gets OK and 7 get EXIST") {
    enum { ROUNDS = 20 };
    /* One more than there will be: in profile openais a full checkpoint answers NO_SPACE. */
    struct kit_f f = KIT_F(.attributes.maxSections = ROUNDS + 1, .attributes.checkpointSize = ROUNDS * 1024);
    struct kit_peer *peers[PROCESSES];
    start_all(peers, "sec_racer", f.name, "20");
    for (int round = 0; round < ROUNDS; round++) {
        int winner = -1, winners = 0;
        for (int i = 0; i < PROCESSES; i++) {
            const char *line = kit_peer_line(peers[i]);
            if (line != NULL && strcmp(line, "won") == 0) {
                winner = i;
                winners++;
            }
        }
        if (winners != 1)
            kit_fail("exactly one OK", "%d processes were told OK for section r%d", winners, round);
        char id[16], content = (char)('0' + winner);
        snprintf(id, sizeof id, "r%d", round);
        kit_expect_content(f.h, id, &content, 1);
    }
    end_all(peers);
}
