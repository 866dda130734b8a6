/* Many threads, handles of every kind, signals (ais-ckpt 5.10, PRC-07 to 11, 14, 23). */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>

#include "kit.h"

KIT_CASE(PRC_07, "PRC-07", KIT_S, "a handle of the wrong kind: BAD_HANDLE, and the handles stay good") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    SaCkptSectionIterationHandleT it = 0, other = 0;
    KIT_OK(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_ANY, 0, &it));
    const uint64_t not_library[] = {f.h, it}, not_checkpoint[] = {f.handle, it}, not_iteration[] = {f.handle, f.h};
    SaCkptSectionIdT id = kit_id("s");
    SaCkptSectionDescriptorT section;
    struct kit_status status;
    for (int i = 0; i < 2; i++) {
        SaSelectionObjectT fd = 0;
        SaCkptCheckpointHandleT h = 0;
        KIT_EXPECT(K.SelectionObjectGet(not_library[i], &fd), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.Dispatch(not_library[i], SA_DISPATCH_ALL), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointOpen(not_library[i], f.name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointOpenAsync(not_library[i], 1, f.name, NULL, KIT_READ), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointUnlink(not_library[i], f.name), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.Finalize(not_library[i]), SA_AIS_ERR_BAD_HANDLE);

        SaCkptIOVectorElementT element = kit_element("s", "evil", 4, 0);
        KIT_EXPECT(k_status_get(not_checkpoint[i], &status), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointWrite(not_checkpoint[i], &element, 1, NULL), SA_AIS_ERR_BAD_HANDLE);
        element.dataBuffer = NULL;
        KIT_EXPECT(K.CheckpointRead(not_checkpoint[i], &element, 1, NULL), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.SectionOverwrite(not_checkpoint[i], &id, "evil", 4), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.SectionDelete(not_checkpoint[i], &id), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointRetentionDurationSet(not_checkpoint[i], 1), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.ActiveReplicaSet(not_checkpoint[i]), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointSynchronize(not_checkpoint[i], SA_TIME_ONE_SECOND), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.SectionIterationInitialize(not_checkpoint[i], SA_CKPT_SECTIONS_ANY, 0, &other), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.CheckpointClose(not_checkpoint[i]), SA_AIS_ERR_BAD_HANDLE);

        KIT_EXPECT(K.SectionIterationNext(not_iteration[i], &section), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.SectionIterationFinalize(not_iteration[i]), SA_AIS_ERR_BAD_HANDLE);
    }
    KIT_OK(K.SectionIterationNext(it, &section));
    KIT_OK(K.SectionIterationFinalize(it));
    kit_expect_content(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointClose(f.h));
    KIT_OK(K.Finalize(f.handle));
}

static int compare_handles(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

#define OPENS 10000

KIT_CASE_WITHIN(PRC_08, "PRC-08", KIT_S, 90, "the value of a closed handle is not issued again within 10 000 opens") {
    struct kit_f f = KIT_F();
    static uint64_t values[OPENS];
    for (int i = 0; i < OPENS; i++) {
        values[i] = kit_open(f.handle, f.name, KIT_READ);
        KIT_OK(K.CheckpointClose(values[i]));
    }
    qsort(values, OPENS, sizeof *values, compare_handles);
    for (int i = 1; i < OPENS; i++)
        KIT_TRUE(values[i] != values[i - 1], "10 000 different handles; 0x%llx came twice", (unsigned long long)values[i]);
}

/* --- 16 threads, one handle */

#define THREADS 16
#define CONTESTED 4
static SaCkptCheckpointHandleT shared_h;
static atomic_int created[CONTESTED], deleted[CONTESTED];
static const char *const contested[CONTESTED] = {"c0", "c1", "c2", "c3"};

static void contest(unsigned which) {
    SaCkptSectionIdT id = kit_id(contested[which]);
    SaCkptSectionCreationAttributesT attributes = {&id, SA_TIME_END};
    if (KIT_EXPECT_ANY(k_section_create(shared_h, &attributes, "x", 1), SA_AIS_OK, SA_AIS_ERR_EXIST) == SA_AIS_OK)
        atomic_fetch_add(&created[which], 1);
    if (KIT_EXPECT_ANY(K.SectionDelete(shared_h, &id), SA_AIS_OK, SA_AIS_ERR_NOT_EXIST) == SA_AIS_OK)
        atomic_fetch_add(&deleted[which], 1);
    if (KIT_EXPECT_ANY(k_section_create(shared_h, &attributes, "y", 1), SA_AIS_OK, SA_AIS_ERR_EXIST) == SA_AIS_OK)
        atomic_fetch_add(&created[which], 1);
}

static void walk(const char *own) {
    SaCkptSectionIterationHandleT it = 0;
    SaCkptSectionDescriptorT section;
    unsigned seen = 0;
    KIT_OK(K.SectionIterationInitialize(shared_h, SA_CKPT_SECTIONS_ANY, 0, &it));
    /* One walk belongs to one thread; its bytes stay until the next Next. */
    while (KIT_EXPECT_ANY(K.SectionIterationNext(it, &section), SA_AIS_OK, SA_AIS_ERR_NO_SECTIONS) == SA_AIS_OK)
        seen += section.sectionId.idLen == strlen(own) && memcmp(section.sectionId.id, own, strlen(own)) == 0;
    KIT_OK(K.SectionIterationFinalize(it));
    KIT_EXPECT_EQ_U64(seen, 1);
}

static void *mixed_work(void *given) {
    unsigned number = *(unsigned *)given;
    char own[16];
    snprintf(own, sizeof own, "t%u", number);
    SaCkptSectionIdT id = kit_id(own);
    kit_section(shared_h, own, NULL, 0);
    for (uint32_t k = 0; k < 15; k++) {
        uint32_t words[2] = {number, k};
        struct kit_status status;
        KIT_OK(K.SectionOverwrite(shared_h, &id, "0123456789", 10));
        kit_write(shared_h, own, words, sizeof words, 10);
        KIT_OK(K.SectionOverwrite(shared_h, &id, words, sizeof words));
        kit_expect_content(shared_h, own, words, sizeof words);
        contest((number + k) % CONTESTED);
        walk(own);
        KIT_OK(k_status_get(shared_h, &status));
        KIT_TRUE(status.sections >= 1 && status.sections <= THREADS + CONTESTED, "1 to %d sections, not %u", THREADS + CONTESTED, status.sections);
    }
    return NULL;
}

KIT_CASE_WITHIN(PRC_09, "PRC-09", KIT_S, 30, "16 threads use one handle at once: legal codes only, and the result of some serial order") {
    /* One place more than are ever taken: profile openais says NO_SPACE for an id that is there once all are. */
    struct kit_f f = KIT_F(.attributes.maxSections = THREADS + CONTESTED + 1);
    static unsigned numbers[THREADS];
    struct kit_thread *threads[THREADS];
    shared_h = f.h;
    for (unsigned i = 0; i < THREADS; i++) {
        numbers[i] = i;
        threads[i] = kit_thread_start(mixed_work, &numbers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++)
        kit_thread_join(threads[i], 25000);
    for (uint32_t i = 0; i < THREADS; i++) {
        char own[16];
        uint32_t words[2] = {i, 14};
        snprintf(own, sizeof own, "t%u", i);
        kit_expect_content(f.h, own, words, sizeof words);
    }
    for (int i = 0; i < CONTESTED; i++) {
        int there = atomic_load(&created[i]) - atomic_load(&deleted[i]);
        KIT_TRUE(there == 0 || there == 1, "%s created at most once more often than deleted, not %d times", contested[i], there);
        if (there == 0)
            kit_expect_no_section(f.h, contested[i]);
        else {
            SaCkptSectionIdT id = kit_id(contested[i]);
            KIT_OK(K.SectionDelete(f.h, &id));
        }
    }
}

/* --- a handle that dies under its users */

static void *write_until_closed(void *given) {
    SaCkptCheckpointHandleT h = *(SaCkptCheckpointHandleT *)given;
    SaCkptIOVectorElementT element = kit_element("s", "data", 4, 0);
    while (KIT_EXPECT_ANY(K.CheckpointWrite(h, &element, 1, NULL), SA_AIS_OK, SA_AIS_ERR_BAD_HANDLE) == SA_AIS_OK)
        continue;
    return NULL;
}

KIT_CASE(PRC_10, "PRC-10", KIT_S, "Close while other threads write: each Write is OK or BAD_HANDLE") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    for (int round = 0; round < 12; round++) {
        struct kit_thread *threads[3];
        SaCkptCheckpointHandleT h = kit_open(f.handle, f.name, KIT_WRITE);
        for (int i = 0; i < 3; i++)
            threads[i] = kit_thread_start(write_until_closed, &h);
        kit_sleep_ms(round);
        KIT_OK(K.CheckpointClose(h));
        for (int i = 0; i < 3; i++)
            kit_thread_join(threads[i], 5000);
    }
    kit_expect_content(f.h, "s", "data", 4);
}

struct client {
    struct kit_f f;
};

static void *open_until_finalized(void *given) {
    const struct client *client = given;
    SaCkptCheckpointHandleT h = 0;
    while (KIT_EXPECT_ANY(K.CheckpointOpen(client->f.handle, client->f.name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_OK,
                          SA_AIS_ERR_BAD_HANDLE) == SA_AIS_OK)
        continue;
    return NULL;
}

static void *read_until_finalized(void *given) {
    const struct client *client = given;
    char buffer[8];
    SaCkptIOVectorElementT element = kit_element("s", buffer, 8, 0);
    while (KIT_EXPECT_ANY(K.CheckpointRead(client->f.h, &element, 1, NULL), SA_AIS_OK, SA_AIS_ERR_BAD_HANDLE) == SA_AIS_OK)
        KIT_EXPECT_BYTES(buffer, element.readSize, "data", 4);
    return NULL;
}

static void *dispatch_until_finalized(void *given) {
    const struct client *client = given;
    while (KIT_EXPECT_ANY(K.Dispatch(client->f.handle, SA_DISPATCH_ALL), SA_AIS_OK, SA_AIS_ERR_BAD_HANDLE) == SA_AIS_OK) {
        KIT_EXPECT_ANY(K.CheckpointOpenAsync(client->f.handle, 1, client->f.name, NULL, KIT_READ), SA_AIS_OK, SA_AIS_ERR_BAD_HANDLE);
        kit_sleep_ms(1);
    }
    return NULL;
}

static void *block_until_finalized(void *given) {
    const struct client *client = given;
    KIT_EXPECT_ANY(K.Dispatch(client->f.handle, SA_DISPATCH_BLOCKING), SA_AIS_OK, SA_AIS_ERR_BAD_HANDLE);
    return NULL;
}

KIT_CASE(PRC_11, "PRC-11", KIT_S, "Finalize while other threads open, read and dispatch: each call is OK or BAD_HANDLE") {
    static void *(*const bodies[])(void *) = {open_until_finalized, read_until_finalized, dispatch_until_finalized, block_until_finalized};
    for (int round = 0; round < 8; round++) {
        struct client client = {KIT_F()};
        struct kit_thread *threads[4];
        kit_section(client.f.h, "s", "data", 4);
        for (int i = 0; i < 4; i++)
            threads[i] = kit_thread_start(bodies[i], &client);
        kit_sleep_ms(2 * round);
        KIT_OK(K.Finalize(client.f.handle));
        for (int i = 0; i < 4; i++)
            kit_thread_join(threads[i], 5000);
    }
}

/* --- signals */

static atomic_uint signals_seen;

static void on_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals_seen, 1);
}

KIT_CASE(PRC_14, "PRC-14", KIT_S, "in a storm of signals without SA_RESTART every call does its work, and none answers INTERRUPT") {
    struct sigaction action = {.sa_handler = on_signal}, before;
    struct itimerval storm = {{0, 1000}, {0, 1000}}, calm = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &storm, NULL);
    int64_t until = kit_mono() + INT64_C(1000000000);
    size_t callbacks = 0;
    while (kit_mono() < until || callbacks < 5) {
        struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
        const void *data = kit_pattern((unsigned)callbacks, 1024);
        kit_section(f.h, "s", NULL, 0);
        for (int i = 0; i < 20; i++) {
            kit_write(f.h, "s", data, 1024, 0);
            kit_expect_content(f.h, "s", data, 1024);
        }
        KIT_OK(K.CheckpointSynchronize(f.h, KIT_OPEN_TIMEOUT));
        KIT_OK(K.CheckpointOpenAsync(f.handle, 1, f.name, NULL, KIT_READ));
        kit_dispatch_until(f.handle, ++callbacks);
        KIT_EXPECT_CODE(kit_callback_at(callbacks - 1).error, SA_AIS_OK);
        KIT_OK(K.CheckpointUnlink(f.handle, f.name));
        KIT_OK(K.CheckpointClose(f.h));
        KIT_OK(K.Finalize(f.handle));
    }
    setitimer(ITIMER_REAL, &calm, NULL);
    sigaction(SIGALRM, &before, NULL);
    KIT_TRUE(atomic_load(&signals_seen) > 50, "many signals; only %u came", atomic_load(&signals_seen));
}

KIT_CASE(PRC_23, "PRC-23", KIT_S, "a program with one thread and without Dispatch can synchronize by trying for 1 ms again and again") {
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
    kit_section(f.h, "s", NULL, 0);
    for (uint32_t k = 1; k <= 30; k++) {
        int64_t until = kit_mono() + INT64_C(10000000000);
        kit_write(f.h, "s", &k, sizeof k, 0);
        while (KIT_EXPECT_ANY(K.CheckpointSynchronize(f.h, SA_TIME_ONE_MILLISECOND), SA_AIS_OK, SA_AIS_ERR_TIMEOUT) != SA_AIS_OK)
            if (kit_mono() >= until)
                kit_fail("OK in the end", "TIMEOUT for 10 s");
        kit_expect_content(f.h, "s", &k, sizeof k);
    }
}
