/* Iteration over sections while they change (ais-ckpt 5.7). */
#include "sections.h"

static void delete_section(SaCkptCheckpointHandleT h, const unsigned char *bytes, SaUint16T length) {
    unsigned char copy[K_ID_MAX];
    memcpy(copy, bytes, length);
    SaCkptSectionIdT id = {length, copy};
    KIT_OK(K.SectionDelete(h, &id));
}

/* Ten sections, of which three have come. */
struct begun {
    struct kit_f f;
    struct k_walk walk;
};

static struct begun begin_ten(void) {
    struct begun begun = {.f = KIT_F(.attributes.maxSections = 16)};
    k_fill(begun.f.h, 10);
    begun.walk = k_walk_start(begun.f.h, SA_CKPT_SECTIONS_ANY, 0);
    for (int i = 0; i < 3; i++)
        KIT_TRUE(k_walk_next(&begun.walk), "three of ten sections");
    return begun;
}

static void expect_all_ten(const struct k_walk *walk) {
    k_walk_expect(walk, "s0 s1 s2 s3 s4 s5 s6 s7 s8 s9");
}

KIT_CASE(ITR_13, "ITR-13", KIT_S, "when those that have not come are deleted, the iteration ends cleanly and shows none twice") {
    struct begun begun = begin_ten();
    for (int i = 0; i < 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "s%d", i);
        if (k_walk_find(&begun.walk, id) == NULL)
            delete_section(begun.f.h, (unsigned char *)id, (SaUint16T)strlen(id));
    }
    k_walk_rest(&begun.walk);
    KIT_TRUE(begun.walk.count <= 10, "at most the ten sections that there were");
}

KIT_CASE(ITR_14, "ITR-14", KIT_S, "deleting the section that came last does not end the iteration: the other 7 come") {
    struct begun begun = begin_ten();
    delete_section(begun.f.h, begun.walk.sections[2].id, begun.walk.sections[2].id_length);
    k_walk_rest(&begun.walk);
    expect_all_ten(&begun.walk);
}

KIT_CASE(ITR_15, "ITR-15", KIT_S, "deleting all sections that have come does not end the iteration: the other 7 come") {
    struct begun begun = begin_ten();
    for (int i = 0; i < 3; i++)
        delete_section(begun.f.h, begun.walk.sections[i].id, begun.walk.sections[i].id_length);
    k_walk_rest(&begun.walk);
    expect_all_ten(&begun.walk);
}

KIT_CASE(ITR_16, "ITR-16", KIT_S, "of sections created meanwhile each comes at most once, and the others all come") {
    struct begun begun = begin_ten();
    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "new%d", i);
        kit_section(begun.f.h, id, "data", 4);
    }
    k_walk_rest(&begun.walk);
    for (int i = 0; i < 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "s%d", i);
        KIT_TRUE(k_walk_find(&begun.walk, id) != NULL, "section \"%s\" in the iteration", id);
    }
    KIT_TRUE(begun.walk.count <= 15, "at most the fifteen sections that there are");
}

KIT_CASE(ITR_17, "ITR-17", KIT_S, "a section whose expiration time changes meanwhile comes once, with the time it then has") {
    struct kit_f f = KIT_F();
    SaTimeT first = kit_now() + 3600 * SA_TIME_ONE_SECOND, second = first + SA_TIME_ONE_MINUTE;
    const char *ids[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++)
        KIT_OK(k_create(f.h, ids[i], first, "data", 4));
    /* Chosen by the time at Initialize, so the new one takes none of them out. */
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, first);
    for (int i = 0; i < 2; i++)
        KIT_TRUE(k_walk_next(&walk), "two of five sections");
    for (int i = 0; i < 5; i++) {
        SaCkptSectionIdT id = kit_id(ids[i]);
        KIT_OK(K.SectionExpirationTimeSet(f.h, &id, second));
    }
    k_walk_rest(&walk);
    k_walk_expect(&walk, "a b c d e");
    for (size_t i = 0; i < walk.count; i++)
        KIT_EXPECT_EQ_I64(walk.sections[i].expiration, i < 2 ? first : second);
}

KIT_CASE(ITR_18, "ITR-18", KIT_S, "two iterations on one handle are independent") {
    struct begun begun = begin_ten();
    struct k_walk second = k_walk_start(begun.f.h, SA_CKPT_SECTIONS_ANY, 0), third = k_walk_start(begun.f.h, SA_CKPT_SECTIONS_FOREVER, 0);
    for (int i = 0; i < 5; i++) {
        KIT_TRUE(k_walk_next(&second), "five of ten sections");
        KIT_TRUE(k_walk_next(&begun.walk), "eight of ten sections");
        KIT_TRUE(k_walk_next(&third), "five of ten sections");
    }
    KIT_OK(K.SectionIterationFinalize(third.it));
    k_walk_rest(&begun.walk);
    expect_all_ten(&begun.walk);
    k_walk_rest(&second);
    expect_all_ten(&second);
}

static struct k_section descriptor_of(SaCkptCheckpointHandleT h, const char *id) {
    struct k_walk walk = k_walk_all(h, SA_CKPT_SECTIONS_ANY, 0);
    const struct k_section *section = k_walk_find(&walk, id);
    KIT_TRUE(section != NULL, "section \"%s\" in the iteration", id);
    return *section;
}

/* Between these two moments, in nanoseconds since 1970; a service that counts in seconds or milliseconds is far off. */
static void expect_time(SaTimeT seen, SaTimeT from, SaTimeT to) {
    if (seen < from - SA_TIME_ONE_SECOND || seen > to + SA_TIME_ONE_SECOND)
        kit_fail("the time of the last update in ns since 1970, as near as two clocks are", "%lld, but it was between %lld and %lld", (long long)seen,
                 (long long)from, (long long)to);
}

KIT_CASE(ITR_19, "ITR-19", KIT_S, "sectionSize and lastUpdate follow each change: bytes, and ns since 1970 that grow") {
    struct kit_f f = KIT_F();
    SaCkptSectionIdT id = kit_id("s");
    SaTimeT from = kit_now();
    kit_section(f.h, "s", "data", 4);
    struct k_section created = descriptor_of(f.h, "s");
    KIT_EXPECT_EQ_U64(created.size, 4);
    expect_time(created.last_update, from, kit_now());

    kit_sleep_ms(30);
    from = kit_now();
    kit_write(f.h, "s", "more", 4, 100);
    struct k_section written = descriptor_of(f.h, "s");
    KIT_EXPECT_EQ_U64(written.size, 104);
    expect_time(written.last_update, from, kit_now());
    KIT_TRUE(written.last_update > created.last_update, "a lastUpdate after the one of the creation");

    kit_sleep_ms(30);
    from = kit_now();
    KIT_OK(K.SectionOverwrite(f.h, &id, "x", 1));
    struct k_section overwritten = descriptor_of(f.h, "s");
    KIT_EXPECT_EQ_U64(overwritten.size, 1);
    expect_time(overwritten.last_update, from, kit_now());
    KIT_TRUE(overwritten.last_update > written.last_update, "a lastUpdate after the one of the write");
}

KIT_CASE(ITR_20, "ITR-20", KIT_S, "the bytes of the id stay as they are until the next Next, whatever else is called") {
    struct kit_f f = KIT_F();
    SaCkptSectionDescriptorT section;
    const char *long_id = "0123456789abcdef0123456789abcdef";
    kit_section(f.h, long_id, "data", 4);
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_OK(K.SectionIterationNext(walk.it, &section));
    KIT_EXPECT_BYTES(section.sectionId.id, section.sectionId.idLen, long_id, 32);
    k_fill(f.h, 5);
    struct k_walk other = k_walk_all(f.h, SA_CKPT_SECTIONS_ANY, 0);
    KIT_EXPECT_EQ_U64(other.count, 6);
    SaCkptSectionIdT id = kit_id(long_id);
    KIT_OK(K.SectionDelete(f.h, &id));
    kit_expect_content(f.h, "s0", "0", 1);
    KIT_EXPECT_BYTES(section.sectionId.id, section.sectionId.idLen, long_id, 32);
    KIT_OK(K.SectionIterationFinalize(walk.it));
}

KIT_LEFT_OUT(ITR_21, "ITR-21", KIT_N, "an iteration outlives the node of the active replica; IterationFinalize answers OK", KIT_SEVERAL_NODES);

/* --- in masses */

enum { MASS = 10000, QUARTER = MASS / 4 };

static void create_one(unsigned i, void *context) {
    char id[16];
    snprintf(id, sizeof id, "%u", i);
    KIT_OK(k_create(*(SaCkptCheckpointHandleT *)context, id, SA_TIME_END, "data", 4));
}

/* The number that is the section's id; each may come once. */
static void tick_off(bool *came, const SaCkptSectionDescriptorT *section) {
    unsigned number = 0;
    for (SaUint16T i = 0; i < section->sectionId.idLen; i++)
        number = number * 10 + section->sectionId.id[i] - '0';
    KIT_TRUE(number < MASS, "a section that was created, not \"%.*s\"", (int)section->sectionId.idLen, (const char *)section->sectionId.id);
    KIT_TRUE(!came[number], "section %u once only", number);
    came[number] = true;
}

KIT_CASE_WITHIN(ITR_22, "ITR-22", KIT_S | KIT_ALONE, 120, "over 10000 sections the iteration is complete, and no Next takes longer because of the others") {
    static bool came[MASS];
    struct kit_f f = KIT_F(.attributes.maxSections = MASS, .attributes.maxSectionSize = 16, .attributes.checkpointSize = 16 * MASS);
    SaCkptSectionDescriptorT section;
    int64_t quarters[4];
    k_in_parallel(MASS, create_one, &f.h);
    struct k_walk walk = k_walk_start(f.h, SA_CKPT_SECTIONS_ANY, 0);
    for (int quarter = 0; quarter < 4; quarter++) {
        int64_t start = kit_mono();
        for (int i = 0; i < QUARTER; i++) {
            KIT_OK(K.SectionIterationNext(walk.it, &section));
            tick_off(came, &section);
        }
        quarters[quarter] = kit_mono() - start;
    }
    KIT_EXPECT(K.SectionIterationNext(walk.it, &section), SA_AIS_ERR_NO_SECTIONS);
    k_expect_flat("Next", quarters[0], quarters[3]);
}
