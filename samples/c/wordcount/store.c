#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    CURSOR_BYTES = 16,
    /* Sections read in one call: a bounded answer, whatever the file is. */
    SECTIONS_AT_A_TIME = 32,
    FENCES_AT_A_TIME = 16,
    /* Elements of a piece's update before those of the slots: the fence and the cursor. */
    OWN_ELEMENTS = 2
};

static const char fence_prefix[] = "fence/";
static SaCkptSectionIdT cursor_id = {6, (SaUint8T *)"cursor"};

static SaCkptSectionIdT fence_id(struct store *store)
{
    return (SaCkptSectionIdT){FENCE_BYTES, (SaUint8T *)store->fence};
}

SaAisErrorT store_open(struct store *store, struct session *session)
{
    static const SaCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = SA_CKPT_WR_ALL_REPLICAS,
        .checkpointSize = 1UL << 28,
        .retentionDuration = SA_TIME_ONE_HOUR,
        .maxSections = 1024,
        .maxSectionSize = 64UL << 20,
        .maxSectionIdSize = 64,
    };
    memset(store, 0, sizeof *store);
    slots_begin(&store->slots);
    return session_open(session, "safCkpt=wordcount", &attributes, &store->checkpoint);
}

void store_close(struct store *store)
{
    slots_end(&store->slots);
    struct patience patience = patience_begin();
    while (ais_again(saCkptCheckpointClose(store->checkpoint), &patience))
        continue;
}

/* EXIST is as good: our own attempt before, or whoever counted before us. */
static SaAisErrorT create(struct store *store, SaCkptSectionIdT id, const void *data, SaSizeT size)
{
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
        error = saCkptSectionCreate(store->checkpoint, &attributes, data, size);
    } while (ais_again(error, &patience));
    return error == SA_AIS_ERR_EXIST ? SA_AIS_OK : error;
}

/* NOT_EXIST is as good. */
static SaAisErrorT delete(struct store *store, SaCkptSectionIdT id)
{
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        error = saCkptSectionDelete(store->checkpoint, &id);
    } while (ais_again(error, &patience));
    return error == SA_AIS_ERR_NOT_EXIST ? SA_AIS_OK : error;
}

SaAisErrorT store_raise_fence(struct store *store)
{
    uint8_t random[(FENCE_BYTES - 6) / 2];
    if (getrandom(random, sizeof random, 0) != sizeof random) {
        perror("wordcount: getrandom");
        exit(1);
    }
    size_t at = (size_t)sprintf(store->fence, "%s", fence_prefix);
    for (size_t i = 0; i < sizeof random; i++)
        at += (size_t)sprintf(store->fence + at, "%02x", random[i]);
    static const uint8_t empty[8];
    return create(store, fence_id(store), empty, sizeof empty);
}

SaAisErrorT store_lower_fence(struct store *store)
{
    return delete(store, fence_id(store));
}

static bool is_other_fence(const struct store *store, const SaCkptSectionIdT *id)
{
    return id->idLen == FENCE_BYTES && memcmp(id->id, fence_prefix, sizeof fence_prefix - 1) == 0
        && memcmp(id->id, store->fence, FENCE_BYTES) != 0;
}

/* Copies the ids: they are the library's until the next call of the iteration. */
static SaAisErrorT find_fences(struct store *store, uint8_t found[FENCES_AT_A_TIME][FENCE_BYTES], int *count)
{
    *count = 0;
    SaCkptSectionIterationHandleT iteration;
    SaAisErrorT error = saCkptSectionIterationInitialize(store->checkpoint, SA_CKPT_SECTIONS_ANY, 0, &iteration);
    if (error != SA_AIS_OK)
        return error;
    SaCkptSectionDescriptorT section;
    while (*count < FENCES_AT_A_TIME && (error = saCkptSectionIterationNext(iteration, &section)) == SA_AIS_OK)
        if (is_other_fence(store, &section.sectionId))
            memcpy(found[(*count)++], section.sectionId.id, FENCE_BYTES);
    saCkptSectionIterationFinalize(iteration);
    return error == SA_AIS_ERR_NO_SECTIONS ? SA_AIS_OK : error;
}

SaAisErrorT store_fence_others(struct store *store)
{
    uint8_t found[FENCES_AT_A_TIME][FENCE_BYTES];
    int count;
    do {
        struct patience patience = patience_begin();
        SaAisErrorT error;
        do {
            error = find_fences(store, found, &count);
        } while (ais_again(error, &patience));
        for (int i = 0; i < count && error == SA_AIS_OK; i++)
            error = delete(store, (SaCkptSectionIdT){FENCE_BYTES, found[i]});
        if (error != SA_AIS_OK)
            return error;
    } while (count == FENCES_AT_A_TIME);
    return SA_AIS_OK;
}

static SaAisErrorT read(struct store *store, SaCkptIOVectorElementT *elements, SaUint32T count)
{
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        error = saCkptCheckpointRead(store->checkpoint, elements, count, NULL);
    } while (ais_again(error, &patience));
    return error;
}

/* The cursor comes last: where it is, everything is. */
static SaAisErrorT create_sections(struct store *store)
{
    SaAisErrorT error = SA_AIS_OK;
    for (unsigned i = 0; i < SLOT_SECTIONS && error == SA_AIS_OK; i++)
        error = create(store, slots_section(i), NULL, 0);
    static const uint8_t start[CURSOR_BYTES];
    return error == SA_AIS_OK ? create(store, cursor_id, start, sizeof start) : error;
}

static SaAisErrorT read_cursor(struct store *store, struct cursor *cursor)
{
    uint8_t bytes[CURSOR_BYTES] = {0};
    SaCkptIOVectorElementT element = {.sectionId = cursor_id, .dataBuffer = bytes, .dataSize = sizeof bytes};
    SaAisErrorT error = read(store, &element, 1);
    *cursor = (struct cursor){(int64_t)get_u64(bytes), (int64_t)get_u64(bytes + 8)};
    return error;
}

/* The library allocates the buffers: nobody knows how large the sections are. */
static SaAisErrorT load_sections(struct store *store, unsigned first)
{
    SaCkptIOVectorElementT elements[SECTIONS_AT_A_TIME] = {0};
    for (unsigned i = 0; i < SECTIONS_AT_A_TIME; i++)
        elements[i].sectionId = slots_section(first + i);
    SaAisErrorT error = read(store, elements, SECTIONS_AT_A_TIME);
    if (error != SA_AIS_OK)
        return error;
    for (unsigned i = 0; i < SECTIONS_AT_A_TIME; i++) {
        if (!slots_load(&store->slots, first + i, elements[i].dataBuffer, elements[i].readSize)) {
            fprintf(stderr, "wordcount: section %u does not end where a slot does\n", first + i);
            exit(1);
        }
        if (elements[i].dataBuffer != NULL)
            saCkptIOVectorElementDataFree(store->checkpoint, elements[i].dataBuffer);
    }
    return SA_AIS_OK;
}

SaAisErrorT store_load(struct store *store, struct cursor *cursor)
{
    slots_end(&store->slots);
    slots_begin(&store->slots);
    SaAisErrorT error = read_cursor(store, cursor);
    if (error == SA_AIS_ERR_NOT_EXIST) {
        *cursor = (struct cursor){0, 0};
        error = create_sections(store);
    }
    for (unsigned first = 0; first < SLOT_SECTIONS && error == SA_AIS_OK; first += SECTIONS_AT_A_TIME)
        error = load_sections(store, first);
    return error;
}

struct update store_prepare(struct store *store, struct cursor after)
{
    struct update update = slots_take(&store->slots, OWN_ELEMENTS);
    static uint8_t bytes[CURSOR_BYTES];
    put_u64(bytes, (uint64_t)after.offset);
    put_u64(bytes + 8, (uint64_t)after.pieces);
    update.elements[0] = (SaCkptIOVectorElementT){.sectionId = fence_id(store), .dataBuffer = bytes + 8, .dataSize = 8};
    update.elements[1] = (SaCkptIOVectorElementT){.sectionId = cursor_id, .dataBuffer = bytes, .dataSize = sizeof bytes};
    return update;
}

SaAisErrorT store_write(struct store *store, const struct update *update)
{
    struct patience patience = patience_begin();
    SaAisErrorT error;
    do {
        error = saCkptCheckpointWrite(store->checkpoint, update->elements, update->count, NULL);
    } while (error != SA_AIS_ERR_TIMEOUT && ais_again(error, &patience));
    return error;
}
