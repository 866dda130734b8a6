/* What is large by number or by size: buffers of many MiB, vectors of tens of thousands, thousands of handles, iterations, pending requests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extreme.h"

#define MIB (UINT64_C(1) << 20)
#define OPEN_TIMEOUT (20 * SA_TIME_ONE_SECOND)
#define ALL_MODES (SA_CKPT_CHECKPOINT_CREATE | SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE)

/* Bounds that a host's configuration has by default, or that this test sets for itself. */
enum {
    LARGE_SECTIONS = 20000,
    BRIEF_SECTIONS = 1000,
    HANDLES = 5000,
    ITERATIONS = 1200,
    PENDING = 4000,
    CLIENTS = 300,
    TRACKERS = 300,
    ID_BYTES = 6
};

static SaNameT name;
static SaCkptCheckpointHandleT h;

static unsigned scaled(unsigned count) {
    return run.brief ? count / 20 : count;
}

static void open_huge(SaCkptCheckpointCreationFlagsT kind) {
    name = fresh_name();
    SaCkptCheckpointCreationAttributesT attributes = {kind, 0, 0, UINT32_MAX, UINT64_MAX, 32};
    if (CALL("CheckpointOpen", "valid", 0, OK_ONLY, K.CheckpointOpen(client, &name, &attributes, ALL_MODES, OPEN_TIMEOUT, &h)) != SA_AIS_OK)
        give_up("no checkpoint for masses");
}

static void close_huge(void) {
    CALL("CheckpointClose", "valid", 0, OK_ONLY, K.CheckpointClose(h));
}

/* --- large buffers */

static void buffers_of(uint64_t size) {
    SaCkptSectionIdT id = {5, (SaUint8T *)"large"};
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    codes may = OK_ONLY | NO_ROOM;
    if (CALL("SectionCreate", "MiB", size / MIB, may, k_section_create(h, &attributes, zeros(), size)) != SA_AIS_OK)
        CALL("SectionCreate", "valid", 0, OK_ONLY, k_section_create(h, &attributes, "x", 1));
    SaCkptIOVectorElementT element = {id, (void *)(uintptr_t)zeros(), size, size / 2, 0};
    CALL("CheckpointWrite", "MiB", size / MIB, may, K.CheckpointWrite(h, &element, 1, NULL));
    bool is_there = CALL("SectionOverwrite", "MiB", size / MIB, may, K.SectionOverwrite(h, &id, zeros(), size)) == SA_AIS_OK;
    element = (SaCkptIOVectorElementT){id, NULL, 0, 0, 0};
    if (CALL("CheckpointRead", "MiB", size / MIB, OK_ONLY | ONLY(NO_MEMORY), K.CheckpointRead(h, &element, 1, NULL)) == SA_AIS_OK) {
        if (is_there && element.readSize != size)
            wrong("%llu bytes read", (unsigned long long)element.readSize);
        free(element.dataBuffer);
    }
    CALL("SectionDelete", "MiB", size / MIB, OK_ONLY, K.SectionDelete(h, &id));
}

static void large_buffers(void) {
    static const unsigned sizes[] = {1, 16, 64, 127, 128, 256};
    open_huge(SA_CKPT_WR_ALL_REPLICAS);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int step = -1; step <= (run.brief ? -1 : 1); step++)
            buffers_of(sizes[i] * MIB + (uint64_t)step);
    close_huge();
}

/* --- many sections: vectors over them, iterations over them */

static SaUint8T *ids;
static unsigned section_count;

static SaCkptSectionIdT id_of(unsigned i) {
    return (SaCkptSectionIdT){ID_BYTES, ids + (size_t)i * (ID_BYTES + 1)};
}

static void create_sections(unsigned count) {
    section_count = count;
    ids = calloc(count, ID_BYTES + 1);
    for (unsigned i = 0; i < count; i++) {
        snprintf((char *)ids + (size_t)i * (ID_BYTES + 1), ID_BYTES + 1, "%06u", i);
        SaCkptSectionIdT id = id_of(i);
        SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
        CALL("SectionCreate", "20,000 sections", i, OK_ONLY, k_section_create(h, &attributes, "x", 1));
    }
}

static SaCkptIOVectorElementT *vector_over(unsigned sections, unsigned count, uint64_t size, uint64_t step) {
    SaCkptIOVectorElementT *vector = calloc(count, sizeof *vector);
    for (unsigned i = 0; vector != NULL && i < count; i++)
        vector[i] = (SaCkptIOVectorElementT){id_of(i % sections), buffer(), size, i / sections * step, 0};
    if (vector == NULL)
        give_up("no memory");
    return vector;
}

static void write_vector(const char *what, unsigned sections, unsigned count, uint64_t size, uint64_t step) {
    SaCkptIOVectorElementT *vector = vector_over(sections, count, size, step);
    CALL("CheckpointWrite", what, count, OK_ONLY, K.CheckpointWrite(h, vector, count, NULL));
    CALL("CheckpointRead", what, count, OK_ONLY, K.CheckpointRead(h, vector, count, NULL));
    free(vector);
}

/* The last element names a section that is absent: nothing of the vector may be there. */
static void write_bad_vector(unsigned count) {
    SaCkptIOVectorElementT *vector = vector_over(section_count, count, 64, 64);
    SaUint32T index = 0;
    vector[count - 1].sectionId = (SaCkptSectionIdT){3, (SaUint8T *)"not"};
    CALL("CheckpointWrite", "last element is absent", count, ONLY(NOT_EXIST), K.CheckpointWrite(h, vector, count, &index));
    if (index != count - 1)
        wrong("erroneousVectorIndex %u", index);
    free(vector);
}

static void vectors(void) {
    static const unsigned counts[] = {20000, 65535, 65536, 65537, 200000};
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        unsigned count = scaled(counts[i]);
        write_vector("elements over sections", section_count, count, 4, 4);
        write_vector("elements, longer each time", section_count, count, 40 + i, 40 + i);
        write_vector("elements in one section", 1, count, 4, 4);
        write_vector("elements at one place", 1, count, 4, 0);
        write_bad_vector(count);
    }
}

static void iterations(void) {
    unsigned count = scaled(ITERATIONS), open = 0;
    SaCkptSectionIterationHandleT *all = calloc(count, sizeof *all);
    for (; all != NULL && open < count; open++)
        if (CALL("SectionIterationInitialize", "number of iterations", open, open == 0 ? OK_ONLY : OK_ONLY | NO_ROOM,
                 K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &all[open]))
            != SA_AIS_OK)
            break;
    unsigned seen = 0;
    SaCkptSectionDescriptorT descriptor;
    while (open > 0 && CALL("SectionIterationNext", "20,000 sections", seen, OK_ONLY | ONLY(NO_SECTIONS), K.SectionIterationNext(all[0], &descriptor)) == SA_AIS_OK)
        seen++;
    if (seen != section_count)
        wrong("%u sections of %u were returned", seen, section_count);
    for (unsigned i = 0; i < open; i++)
        CALL("SectionIterationFinalize", "number of iterations", i, OK_ONLY, K.SectionIterationFinalize(all[i]));
    free(all);
}

static void many_sections(void) {
    open_huge(SA_CKPT_WR_ALL_REPLICAS);
    create_sections(run.brief ? BRIEF_SECTIONS : LARGE_SECTIONS);
    vectors();
    iterations();
    close_huge();
    free(ids);
}

/* --- many handles and clients */

static void handles(void) {
    unsigned count = scaled(HANDLES), open = 0;
    SaCkptCheckpointHandleT *all = calloc(count, sizeof *all);
    open_huge(SA_CKPT_WR_ACTIVE_REPLICA);
    for (; all != NULL && open < count; open++)
        if (CALL("CheckpointOpen", "number of handles", open, OK_ONLY | NO_ROOM,
                 K.CheckpointOpen(client, &name, NULL, SA_CKPT_CHECKPOINT_READ, OPEN_TIMEOUT, &all[open]))
            != SA_AIS_OK)
            break;
    for (unsigned i = 0; i < open; i++)
        CALL("CheckpointClose", "number of handles", i, OK_ONLY, K.CheckpointClose(all[i]));
    close_huge();
    free(all);
}

static void clients(void) {
    unsigned count = scaled(CLIENTS), open = 0;
    SaCkptHandleT *all = calloc(count, sizeof *all);
    for (; all != NULL && open < count; open++) {
        SaVersionT version = version_of(1, 1);
        if (CALL("Initialize", "number of clients", open, OK_ONLY | NO_ROOM, K.Initialize(&all[open], &callbacks, &version)) != SA_AIS_OK)
            break;
    }
    for (unsigned i = 0; i < open; i++)
        CALL("Finalize", "number of clients", i, OK_ONLY, K.Finalize(all[i]));
    free(all);
}

/* --- many pending requests */

/* Opened and given back with the client handle: a thousand closes more would show nothing. */
static void pending_opens(void) {
    SaCkptHandleT other = initialize();
    uint64_t before = arrived.opened, accepted = 0;
    unsigned count = scaled(PENDING);
    open_huge(SA_CKPT_WR_ALL_REPLICAS);
    for (unsigned i = 0; i < count; i++)
        if (CALL("CheckpointOpenAsync", "pending callbacks", i, OK_ONLY | NO_ROOM, K.CheckpointOpenAsync(other, i, &name, NULL, SA_CKPT_CHECKPOINT_READ))
            == SA_AIS_OK)
            accepted++;
    begin("open callback", "pending callbacks", accepted);
    if (!dispatch_until(other, &arrived.opened, before + accepted))
        wrong("%llu of %llu callbacks came", (unsigned long long)(arrived.opened - before), (unsigned long long)accepted);
    end_many(arrived.opened - before);
    CALL("Finalize", "pending callbacks", accepted, OK_ONLY, K.Finalize(other));
    close_huge();
}

static void pending_synchronizes(void) {
    uint64_t before = arrived.synchronized, accepted = 0;
    unsigned count = scaled(PENDING);
    open_huge(SA_CKPT_WR_ACTIVE_REPLICA);
    for (unsigned i = 0; i < count; i++)
        if (CALL("CheckpointSynchronizeAsync", "pending callbacks", i, OK_ONLY | NO_ROOM, K.CheckpointSynchronizeAsync(h, i)) == SA_AIS_OK)
            accepted++;
    begin("synchronize callback", "pending callbacks", accepted);
    if (!dispatch_until(client, &arrived.synchronized, before + accepted))
        wrong("%llu of %llu callbacks came", (unsigned long long)(arrived.synchronized - before), (unsigned long long)accepted);
    end_many(arrived.synchronized - before);
    close_huge();
}

/* --- many trackers of a large vector */

static _Atomic uint64_t tracked;

static void on_track(SaCkptCheckpointHandleT of, SaCkptIOVectorElementT *vector, SaUint32T count) {
    (void)of, (void)vector, (void)count;
    tracked++;
}

static void trackers(void) {
    if (run.profile == OPENAIS)
        return;
    unsigned count = scaled(TRACKERS);
    SaCkptCallbacksT_2 all = {callbacks.saCkptCheckpointOpenCallback, callbacks.saCkptCheckpointSynchronizeCallback, on_track};
    SaCkptHandleT other = 0;
    SaVersionT version = version_of(2, 3);
    SaCkptCheckpointHandleT reader;
    if (CALL("Initialize_2", "valid", 0, OK_ONLY, K.Initialize_2(&other, &all, &version)) != SA_AIS_OK)
        return;
    open_huge(SA_CKPT_WR_ALL_REPLICAS);
    create_sections(scaled(2000));
    for (unsigned i = 0; i < count; i++)
        CALL("CheckpointOpen", "number of trackers", i, OK_ONLY | NO_ROOM, K.CheckpointOpen(other, &name, NULL, SA_CKPT_CHECKPOINT_READ, OPEN_TIMEOUT, &reader));
    CALL("Track", "number of trackers", count, OK_ONLY | NO_ROOM, K.Track(other));
    for (int i = 0; i < 3; i++)
        write_vector("elements, tracked", section_count, scaled(20000), 4, 4);
    begin("track callback", "number of trackers", count);
    dispatch_until(other, &tracked, count);
    if (tracked == 0)
        wrong("no track callback");
    end_many(tracked);
    CALL("TrackStop", "number of trackers", count, OK_ONLY, K.TrackStop(other));
    CALL("Finalize", "number of trackers", count, OK_ONLY, K.Finalize(other));
    close_huge();
    free(ids);
}

void run_masses(void) {
    static const struct {
        const char *what;
        void (*run)(void);
    } parts[] = {
        {"pending opens", pending_opens}, {"pending synchronizes", pending_synchronizes}, {"handles", handles},
        {"clients", clients},             {"trackers", trackers},                         {"many sections", many_sections},
        {"large buffers", large_buffers},
    };
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int64_t from = now_ns();
        uint64_t calls = calls_made();
        parts[i].run();
        printf("masses: %s: %llu calls in %.1f s\n", parts[i].what, (unsigned long long)(calls_made() - calls), (double)(now_ns() - from) / 1e9);
        fflush(stdout);
    }
}
