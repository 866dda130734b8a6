/* Sections: creating, walking, and every call in a row. */
#include "sections.h"

#include <stdatomic.h>
#include <stdlib.h>

/* --- creating */

SaAisErrorT k_create(SaCkptCheckpointHandleT h, const char *id, SaTimeT expiration, const void *data, SaSizeT size) {
    SaCkptSectionIdT section = kit_id(id);
    SaCkptSectionCreationAttributesT attributes = {&section, expiration};
    return k_section_create(h, &attributes, data, size);
}

void k_fill(SaCkptCheckpointHandleT h, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        char id[16], content = (char)('0' + i % 10);
        snprintf(id, sizeof id, "s%u", i);
        kit_section(h, id, &content, 1);
    }
}

/* --- in masses */

struct mass {
    unsigned count;
    void (*one)(unsigned i, void *context);
    void *context;
    atomic_uint next;
};

static void *work(void *given) {
    struct mass *mass = given;
    for (unsigned i; (i = atomic_fetch_add(&mass->next, 1)) < mass->count;)
        mass->one(i, mass->context);
    return NULL;
}

void k_in_parallel(unsigned count, void (*one)(unsigned i, void *context), void *context) {
    struct mass mass = {count, one, context, 0};
    struct kit_thread *threads[K_THREADS];
    for (int i = 0; i < K_THREADS; i++)
        threads[i] = kit_thread_start(work, &mass);
    for (int i = 0; i < K_THREADS; i++)
        kit_thread_join(threads[i], 3600 * 1000); /* The case's own deadline is shorter. */
}

#define FLAT_FACTOR 3
#define FLAT_SLACK_MS 1000

void k_expect_flat(const char *what, int64_t first_ns, int64_t last_ns) {
    kit_step("%s: the first part took %ld ms, the last %ld ms", what, KIT_MS(first_ns), KIT_MS(last_ns));
    if (KIT_MS(last_ns) > FLAT_FACTOR * KIT_MS(first_ns) + FLAT_SLACK_MS * kit_patience())
        kit_fail("a cost per call that does not grow with the number of sections", "%s: the first part took %ld ms, the last %ld ms", what, KIT_MS(first_ns),
                 KIT_MS(last_ns));
}

/* --- iteration */

struct k_walk k_walk_start(SaCkptCheckpointHandleT h, SaCkptSectionsChosenT chosen, SaTimeT time) {
    struct k_walk walk = {0};
    KIT_OK(K.SectionIterationInitialize(h, chosen, time, &walk.it));
    return walk;
}

static void add(struct k_walk *walk, const SaCkptSectionDescriptorT *seen) {
    if (seen->sectionId.idLen > K_ID_MAX)
        kit_fail("an id as long as one that was created", "an id of %u bytes", seen->sectionId.idLen);
    if (seen->sectionId.idLen > 0 && seen->sectionId.id == NULL)
        kit_fail("the bytes of the id", "a length of %u and no bytes", seen->sectionId.idLen);
    for (size_t i = 0; i < walk->count; i++)
        if (walk->sections[i].id_length == seen->sectionId.idLen && memcmp(walk->sections[i].id, seen->sectionId.id, seen->sectionId.idLen) == 0)
            kit_fail("each section once", "\"%.*s\" comes again", (int)seen->sectionId.idLen, (const char *)seen->sectionId.id);
    if ((walk->count & (walk->count - 1)) == 0) {
        /* Full at 0, 1, 2, 4 ...: twice as much, of memory that nobody has to free. */
        struct k_section *larger = kit_keep((walk->count == 0 ? 1 : 2 * walk->count) * sizeof *larger);
        if (walk->count > 0)
            memcpy(larger, walk->sections, walk->count * sizeof *larger);
        walk->sections = larger;
    }
    struct k_section *section = &walk->sections[walk->count++];
    *section = (struct k_section){.id_length = seen->sectionId.idLen,
                                  .expiration = seen->expirationTime,
                                  .last_update = seen->lastUpdate,
                                  .size = seen->sectionSize,
                                  .state = seen->sectionState};
    if (seen->sectionId.idLen > 0)
        memcpy(section->id, seen->sectionId.id, seen->sectionId.idLen);
}

bool k_walk_next(struct k_walk *walk) {
    SaCkptSectionDescriptorT seen;
    memset(&seen, 0xA5, sizeof seen);
    if (KIT_EXPECT_ANY(K.SectionIterationNext(walk->it, &seen), SA_AIS_OK, SA_AIS_ERR_NO_SECTIONS) == SA_AIS_ERR_NO_SECTIONS)
        return false;
    add(walk, &seen);
    return true;
}

void k_walk_rest(struct k_walk *walk) {
    SaCkptSectionDescriptorT seen;
    while (k_walk_next(walk))
        continue;
    KIT_EXPECT(K.SectionIterationNext(walk->it, &seen), SA_AIS_ERR_NO_SECTIONS);
    KIT_OK(K.SectionIterationFinalize(walk->it));
}

struct k_walk k_walk_all(SaCkptCheckpointHandleT h, SaCkptSectionsChosenT chosen, SaTimeT time) {
    struct k_walk walk = k_walk_start(h, chosen, time);
    k_walk_rest(&walk);
    return walk;
}

static const struct k_section *find(const struct k_walk *walk, const char *id, size_t length) {
    for (size_t i = 0; i < walk->count; i++)
        if (walk->sections[i].id_length == length && memcmp(walk->sections[i].id, id, length) == 0)
            return &walk->sections[i];
    return NULL;
}

const struct k_section *k_walk_find(const struct k_walk *walk, const char *id) {
    return find(walk, id, strlen(id));
}

void k_walk_expect(const struct k_walk *walk, const char *ids) {
    size_t expected = 0;
    for (const char *at = ids; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (find(walk, at, length) == NULL)
            kit_fail(ids, "%zu sections, and none of them is \"%.*s\"", walk->count, (int)length, at);
        expected++;
        at += length;
        at += strspn(at, " ");
    }
    /* Each came once, so more in number means a stranger. */
    if (walk->count != expected)
        kit_fail(*ids != '\0' ? ids : "no section", "%zu sections", walk->count);
}

/* --- calls for their codes */

static void expect_section_calls(SaCkptCheckpointHandleT h, SaAisErrorT code) {
    SaCkptSectionIdT id = kit_id("new");
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    SaCkptSectionIterationHandleT it = 0;
    KIT_EXPECT(k_section_create(h, &attributes, "data", 4), code);
    KIT_EXPECT(K.SectionExpirationTimeSet(h, &id, SA_TIME_END), code);
    KIT_EXPECT(K.SectionDelete(h, &id), code);
    KIT_EXPECT(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &it), code);
}

static void expect_data_calls(SaCkptCheckpointHandleT h, SaAisErrorT code) {
    char buffer[8] = "data";
    SaCkptIOVectorElementT element = kit_element("s", buffer, 4, 0);
    SaUint32T index = 0;
    KIT_EXPECT(K.CheckpointWrite(h, &element, 1, &index), code);
    KIT_EXPECT(K.SectionOverwrite(h, &element.sectionId, buffer, 4), code);
    KIT_EXPECT(K.CheckpointRead(h, &element, 1, &index), code);
    KIT_EXPECT(K.CheckpointSynchronize(h, KIT_OPEN_TIMEOUT), code);
    KIT_EXPECT(K.CheckpointSynchronizeAsync(h, 1), code);
}

/* What is refused must not be freed: it is freed here, and a heap that checks would tell. */
static void expect_free_calls(SaCkptCheckpointHandleT h, SaAisErrorT code) {
    void *memory = calloc(1, 16);
    if (kit_vendor_symbol("saCkptSectionIdFree") != NULL)
        KIT_EXPECT(K.SectionIdFree(h, memory), code);
    if (kit_vendor_symbol("saCkptIOVectorElementDataFree") != NULL)
        KIT_EXPECT(K.IOVectorElementDataFree(h, memory), code);
    free(memory);
}

void k_expect_every_call(SaCkptCheckpointHandleT h, SaAisErrorT code) {
    struct kit_status status;
    expect_section_calls(h, code);
    expect_data_calls(h, code);
    expect_free_calls(h, code);
    KIT_EXPECT(k_status_get(h, &status), code);
    KIT_EXPECT(K.ActiveReplicaSet(h), code);
    KIT_EXPECT(K.CheckpointRetentionDurationSet(h, SA_TIME_ONE_MINUTE), code);
    KIT_EXPECT(K.CheckpointClose(h), code);
}

void k_use_everything(SaCkptCheckpointHandleT h) {
    struct kit_status status;
    SaCkptSectionIdT id = kit_id("everything");
    kit_section(h, "everything", "0123456789", 10);
    kit_write(h, "everything", "ab", 2, 4);
    kit_expect_content(h, "everything", "0123ab6789", 10);
    KIT_OK(K.SectionOverwrite(h, &id, "whole", 5));
    kit_expect_content(h, "everything", "whole", 5);
    KIT_OK(K.SectionExpirationTimeSet(h, &id, SA_TIME_END));
    KIT_OK(k_status_get(h, &status));
    KIT_EXPECT_EQ_U64(status.sections, 1);
    KIT_EXPECT_EQ_U64(status.memory_used, 5);
    struct k_walk walk = k_walk_all(h, SA_CKPT_SECTIONS_ANY, 0);
    k_walk_expect(&walk, "everything");
    KIT_OK(K.SectionDelete(h, &id));
    kit_expect_no_section(h, "everything");
}
