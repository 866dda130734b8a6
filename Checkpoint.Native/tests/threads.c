/*
 * Many threads on one library handle, each round ended by a Finalize in the middle: opens, writes, reads, iterations, closes of one another's
 * handles, dispatching in every mode, callbacks that call the library. For ThreadSanitizer (build.sh tsan), and for AddressSanitizer as well. Every
 * answer must be one that the interface allows there, whoever was first.
 *
 * usage: threads [ROUNDS [MILLISECONDS-A-ROUND]]     (10, 500); the host at CHECKPOINT_SOCKET
 */
#include <poll.h>
#include <pthread.h>
#include <saCkpt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAMES = 3, SECTIONS = 4, SHARED = 16, WORKERS = 4 };

static SaCkptHandleT handle;
/* Checkpoint handles that any thread uses and any thread closes; 0 is none. */
static _Atomic SaCkptCheckpointHandleT shared[SHARED];
static atomic_bool stop;
static atomic_ulong calls, callbacks_run, refused, faults;

/* An answer that the interface does not allow here. */
static void judge(const char *call, SaAisErrorT error, bool is_allowed)
{
    atomic_fetch_add(&calls, 1);
    if (error != SA_AIS_OK)
        atomic_fetch_add(&refused, 1);
    if (is_allowed)
        return;
    atomic_fetch_add(&faults, 1);
    fprintf(stderr, "threads: %s answered %d\n", call, (int)error);
}

/* Whatever may come of a call while others close, delete and finalize. */
static bool is_common(SaAisErrorT error)
{
    return error == SA_AIS_OK || error == SA_AIS_ERR_BAD_HANDLE || error == SA_AIS_ERR_TRY_AGAIN || error == SA_AIS_ERR_TIMEOUT
        || error == SA_AIS_ERR_NO_RESOURCES;
}

static void judge_common(const char *call, SaAisErrorT error)
{
    judge(call, error, is_common(error));
}

static void judge_section(const char *call, SaAisErrorT error)
{
    judge(call, error, is_common(error) || error == SA_AIS_ERR_NOT_EXIST || error == SA_AIS_ERR_EXIST || error == SA_AIS_ERR_NO_SPACE);
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void pause_ms(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static void name_of(unsigned index, SaNameT *name)
{
    memset(name, 0, sizeof *name);
    name->length = (SaUint16T)snprintf((char *)name->value, sizeof name->value, "safCkpt=threads-%d-%u", (int)getpid(), index % NAMES);
}

static const SaCkptCheckpointCreationAttributesT attributes = {
    .creationFlags = SA_CKPT_WR_ACTIVE_REPLICA,
    .checkpointSize = 64 * 1024,
    .retentionDuration = 0,
    .maxSections = 16,
    .maxSectionSize = 4096,
    .maxSectionIdSize = 16,
};

enum { ALL_RIGHTS = SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | SA_CKPT_CHECKPOINT_CREATE };

/* Puts a handle where others find it, and closes the one that it displaces. */
static void share(unsigned place, SaCkptCheckpointHandleT checkpoint)
{
    SaCkptCheckpointHandleT old = atomic_exchange(&shared[place % SHARED], checkpoint);
    if (old != 0)
        judge_common("Close", saCkptCheckpointClose(old));
}

static void on_opened(SaInvocationT invocation, SaCkptCheckpointHandleT checkpoint, SaAisErrorT error)
{
    atomic_fetch_add(&callbacks_run, 1);
    judge_section("the open callback", error);
    if (error == SA_AIS_OK)
        share((unsigned)invocation, checkpoint);
}

static void on_synchronized(SaInvocationT invocation, SaAisErrorT error)
{
    (void)invocation;
    atomic_fetch_add(&callbacks_run, 1);
    judge_section("the synchronize callback", error);
}

static void on_changed(SaCkptCheckpointHandleT checkpoint, SaCkptIOVectorElementT *elements, SaUint32T count)
{
    atomic_fetch_add(&callbacks_run, 1);
    unsigned char sum = 0;
    for (SaUint32T i = 0; i < count; i++)
        for (unsigned at = 0; at < elements[i].sectionId.idLen; at++)
            sum = (unsigned char)(sum + elements[i].sectionId.id[at]);
    SaCkptCheckpointDescriptorT status;
    if (sum % 4 == 0)
        judge_section("StatusGet in a callback", saCkptCheckpointStatusGet(checkpoint, &status));
}

static void open_one(unsigned random)
{
    SaNameT name;
    name_of(random, &name);
    SaCkptCheckpointHandleT checkpoint;
    SaAisErrorT error = saCkptCheckpointOpen(handle, &name, &attributes, ALL_RIGHTS, SA_TIME_ONE_SECOND * 10, &checkpoint);
    judge_section("Open", error);
    if (error == SA_AIS_OK)
        share(random >> 4, checkpoint);
    else
        pause_ms(1); /* Finalized: a few calls on a dead handle are enough. */
}

static void read_one(SaCkptCheckpointHandleT checkpoint, const SaCkptSectionIdT *id, bool is_own_buffer)
{
    char buffer[512];
    SaCkptIOVectorElementT element = {.sectionId = *id, .dataBuffer = is_own_buffer ? buffer : NULL, .dataSize = sizeof buffer};
    SaUint32T index;
    SaAisErrorT error = saCkptCheckpointRead(checkpoint, &element, 1, &index);
    judge_section("Read", error);
    if (error == SA_AIS_OK && !is_own_buffer && element.dataBuffer != NULL) {
        SaAisErrorT freed = saCkptIOVectorElementDataFree(checkpoint, element.dataBuffer);
        judge_common("IOVectorElementDataFree", freed);
        if (freed == SA_AIS_ERR_BAD_HANDLE)
            free(element.dataBuffer); /* Its handle was closed meanwhile; the memory is ours all the same. */
    }
}

static void iterate(SaCkptCheckpointHandleT checkpoint)
{
    SaCkptSectionIterationHandleT iteration;
    SaAisErrorT error = saCkptSectionIterationInitialize(checkpoint, SA_CKPT_SECTIONS_ANY, 0, &iteration);
    judge_section("IterationInitialize", error);
    SaCkptSectionDescriptorT section;
    while (error == SA_AIS_OK) {
        error = saCkptSectionIterationNext(iteration, &section);
        judge("IterationNext", error, is_common(error) || error == SA_AIS_ERR_NO_SECTIONS || error == SA_AIS_ERR_NOT_EXIST);
        if (error == SA_AIS_ERR_NO_SECTIONS)
            judge_common("IterationFinalize", saCkptSectionIterationFinalize(iteration));
    }
}

static void change_sections(SaCkptCheckpointHandleT checkpoint, unsigned random, const char *data)
{
    char text[8];
    SaCkptSectionIdT id = {(SaUint16T)snprintf(text, sizeof text, "s%u", random / 8 % SECTIONS), (SaUint8T *)text};
    SaCkptSectionCreationAttributesT creation = {&id, SA_TIME_END};
    SaCkptIOVectorElementT element = {.sectionId = id, .dataBuffer = (void *)(uintptr_t)data, .dataSize = 100 + random % 300};
    switch (random % 8) {
    case 0:
        judge_section("SectionCreate", saCkptSectionCreate(checkpoint, &creation, data, 64));
        break;
    case 1:
        judge_section("SectionDelete", saCkptSectionDelete(checkpoint, &id));
        break;
    case 2:
        judge_section("Overwrite", saCkptSectionOverwrite(checkpoint, &id, data, 200));
        break;
    case 3:
    case 4:
        read_one(checkpoint, &id, random % 8 == 3);
        break;
    case 5:
        iterate(checkpoint);
        break;
    default:
        judge_section("Write", saCkptCheckpointWrite(checkpoint, &element, 1, NULL));
        break;
    }
}

static void use_one(unsigned random, const char *data)
{
    SaCkptCheckpointHandleT checkpoint = atomic_load(&shared[random % SHARED]);
    if (checkpoint == 0) {
        open_one(random);
        return;
    }
    SaNameT name;
    SaCkptCheckpointDescriptorT status;
    switch (random / SHARED % 16) {
    case 0:
        if (atomic_compare_exchange_strong(&shared[random % SHARED], &checkpoint, 0))
            judge_common("Close", saCkptCheckpointClose(checkpoint));
        break;
    case 1:
        name_of(random >> 9, &name);
        judge_section("OpenAsync", saCkptCheckpointOpenAsync(handle, random >> 3, &name, &attributes, ALL_RIGHTS));
        break;
    case 2:
        judge_section("SynchronizeAsync", saCkptCheckpointSynchronizeAsync(checkpoint, random));
        break;
    case 3:
        judge_section("StatusGet", saCkptCheckpointStatusGet(checkpoint, &status));
        break;
    default:
        change_sections(checkpoint, random >> 8, data);
        break;
    }
}

static void *work(void *argument)
{
    static const char data[512] = "threads";
    unsigned random = (unsigned)(uintptr_t)argument;
    while (!atomic_load(&stop))
        use_one(next_random(&random), data);
    return NULL;
}

static void *dispatch_blocking(void *argument)
{
    (void)argument;
    SaAisErrorT error;
    do {
        error = saCkptDispatch(handle, SA_DISPATCH_BLOCKING);
        judge_common("Dispatch BLOCKING", error);
    } while (error != SA_AIS_OK && error != SA_AIS_ERR_BAD_HANDLE);
    return NULL;
}

static void *dispatch_polling(void *argument)
{
    SaSelectionObjectT selection_object;
    SaAisErrorT error = saCkptSelectionObjectGet(handle, &selection_object);
    judge_common("SelectionObjectGet", error);
    for (bool is_one = argument != NULL; error != SA_AIS_ERR_BAD_HANDLE && !atomic_load(&stop); is_one = !is_one) {
        /* A short wait: the descriptor is closed under us when the handle is finalized. */
        poll(&(struct pollfd){.fd = (int)selection_object, .events = POLLIN}, 1, 20);
        error = saCkptDispatch(handle, is_one ? SA_DISPATCH_ONE : SA_DISPATCH_ALL);
        judge_common("Dispatch", error);
    }
    return NULL;
}

static void start(pthread_t *thread, void *(*run)(void *), uintptr_t argument)
{
    if (pthread_create(thread, NULL, run, (void *)argument) != 0) {
        perror("threads: pthread_create");
        exit(2);
    }
}

static bool begin(void)
{
    static const SaCkptCallbacksT_2 callbacks = {on_opened, on_synchronized, on_changed};
    SaAisErrorT error;
    for (int attempt = 0; attempt < 500; attempt++) {
        SaVersionT version = {'B', 2, 3};
        error = saCkptInitialize_2(&handle, &callbacks, &version);
        if (error != SA_AIS_ERR_TRY_AGAIN && error != SA_AIS_ERR_TIMEOUT)
            break;
        pause_ms(20);
    }
    if (error != SA_AIS_OK)
        fprintf(stderr, "threads: Initialize answered %d\n", (int)error);
    return error == SA_AIS_OK;
}

static void round_of(unsigned number, long milliseconds)
{
    pthread_t threads[WORKERS + 4];
    size_t count = 0;
    judge_common("Track", saCkptTrack(handle));
    for (unsigned i = 0; i < WORKERS; i++)
        start(&threads[count++], work, number * 101 + i * 7919 + 1);
    start(&threads[count++], dispatch_blocking, 0);
    start(&threads[count++], dispatch_blocking, 0);
    start(&threads[count++], dispatch_polling, 0);
    start(&threads[count++], dispatch_polling, 1);
    pause_ms(milliseconds);
    SaAisErrorT error;
    do {
        error = saCkptFinalize(handle);
        judge_common("Finalize", error);
    } while (error == SA_AIS_ERR_TRY_AGAIN || error == SA_AIS_ERR_TIMEOUT);
    /* The others go on for a moment on a handle that is none any more. */
    pause_ms(20);
    atomic_store(&stop, true);
    while (count > 0)
        pthread_join(threads[--count], NULL);
    atomic_store(&stop, false);
    for (unsigned i = 0; i < SHARED; i++)
        atomic_store(&shared[i], 0);
}

int main(int count, char **arguments)
{
    long rounds = count > 1 ? strtol(arguments[1], NULL, 10) : 10;
    long milliseconds = count > 2 ? strtol(arguments[2], NULL, 10) : 500;
    for (long i = 0; i < rounds; i++) {
        if (!begin())
            return 1;
        round_of((unsigned)i, milliseconds);
    }
    printf(
        "%ld rounds, %lu calls (%lu refused), %lu callbacks, %lu answers that are not allowed\n", rounds, atomic_load(&calls),
        atomic_load(&refused), atomic_load(&callbacks_run), atomic_load(&faults));
    return atomic_load(&faults) == 0 && atomic_load(&calls) > 0 && atomic_load(&callbacks_run) > 0 ? 0 : 1;
}
