/* Initialize to Finalize, and the handle of every function. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "extreme.h"

/* --- versions */

static codes expect_version(const SaVersionT *version, bool second) {
    unsigned lowest = run.profile == OPENSAF ? 1 : 0;
    unsigned highest = run.profile == OPENAIS ? 1 : 2;
    if (second) /* B.2.3 and up */
        return version->releaseCode == 'B' && version->majorVersion == 2 && version->minorVersion >= 3 ? OK_ONLY : ONLY(VERSION);
    return version->releaseCode == 'B' && version->majorVersion >= lowest && version->majorVersion <= highest ? OK_ONLY : ONLY(VERSION);
}

static void finalize(SaAisErrorT code, SaCkptHandleT handle) {
    if (code == SA_AIS_OK)
        CALL("Finalize", "valid", 0, OK_ONLY, K.Finalize(handle));
}

static void initialize_as(const char *parameter, uint64_t value, SaVersionT version) {
    SaCkptHandleT handle = 0;
    codes expected = expect_version(&version, false);
    SaAisErrorT code = CALL("Initialize", parameter, value, expected, K.Initialize(&handle, &callbacks, &version));
    finalize(code, handle);
}

static void release(uint64_t value) {
    initialize_as("version.releaseCode", value, (SaVersionT){(SaUint8T)value, 1, 1});
}

static void major(uint64_t value) {
    initialize_as("version.majorVersion", value, version_of((unsigned)value, 1));
}

static void minor(uint64_t value) {
    initialize_as("version.minorVersion", value, version_of(1, (unsigned)value));
}

static void version(uint64_t value) {
    initialize_as("version", value, (SaVersionT){'B', (SaUint8T)any_boundary(U8), (SaUint8T)value});
}

static void on_track(SaCkptCheckpointHandleT h, SaCkptIOVectorElementT *vector, SaUint32T count) {
    (void)h, (void)vector, (void)count;
}

static void initialize_2_as(const char *parameter, uint64_t value, SaVersionT requested) {
    if (run.profile == OPENAIS)
        return;
    SaCkptCallbacksT_2 all = {callbacks.saCkptCheckpointOpenCallback, callbacks.saCkptCheckpointSynchronizeCallback, on_track};
    SaCkptHandleT handle = 0;
    codes expected = expect_version(&requested, true) | (requested.majorVersion >= 2 ? 0 : ONLY(VERSION));
    SaAisErrorT code = CALL("Initialize_2", parameter, value, expected, K.Initialize_2(&handle, &all, &requested));
    if (code != SA_AIS_OK)
        return;
    CALL("Track", "valid", value, OK_ONLY, K.Track(handle));
    CALL("TrackStop", "valid", value, OK_ONLY, K.TrackStop(handle));
    CALL("TrackStop", "not tracking", value, ONLY(NOT_EXIST), K.TrackStop(handle));
    finalize(code, handle);
}

static void release_2(uint64_t value) {
    initialize_2_as("version.releaseCode", value, (SaVersionT){(SaUint8T)value, 2, 3});
}

static void major_2(uint64_t value) {
    initialize_2_as("version.majorVersion", value, version_of((unsigned)value, 3));
}

static void minor_2(uint64_t value) {
    initialize_2_as("version.minorVersion", value, version_of(2, (unsigned)value));
}

/* --- dispatch */

static void *finalize_later(void *argument) {
    usleep(20000);
    K.Finalize(*(SaCkptHandleT *)argument);
    return NULL;
}

static void dispatch_blocking(uint64_t value) {
    SaCkptHandleT handle = initialize();
    pthread_t thread;
    if (pthread_create(&thread, NULL, finalize_later, &handle) != 0)
        give_up("no thread");
    CALL("Dispatch", "dispatchFlags", value, OK_ONLY | ONLY(BAD_HANDLE), K.Dispatch(handle, (SaDispatchFlagsT)value));
    pthread_join(thread, NULL);
}

static void dispatch_flags(uint64_t value) {
    if (value == SA_DISPATCH_BLOCKING) {
        dispatch_blocking(value);
        return;
    }
    codes expected = value == SA_DISPATCH_ONE || value == SA_DISPATCH_ALL ? OK_ONLY : ONLY(INVALID_PARAM);
    CALL("Dispatch", "dispatchFlags", value, expected, K.Dispatch(client, (SaDispatchFlagsT)value));
}

static void selection_object(uint64_t value) {
    SaSelectionObjectT fd = value;
    CALL("SelectionObjectGet", "selectionObject", value, OK_ONLY, K.SelectionObjectGet(client, &fd));
}

static const struct row life[] = {
    {U8, release}, {U8, major}, {U8, minor}, {U8, version}, {U8, release_2}, {U8, major_2}, {U8, minor_2}, {U32, dispatch_flags}, {U64, selection_object},
};

struct rows life_rows(void) {
    return ROWS(life);
}

/* --- handles: no boundary was ever issued */

static SaNameT a_name;
static SaCkptSectionIdT an_id = {1, (SaUint8T *)"x"};
static const SaCkptCheckpointOpenFlagsT read_flag = SA_CKPT_CHECKPOINT_READ;

static SaAisErrorT status_of(uint64_t h) {
    struct kit_status status;
    return k_status_get(h, &status);
}

static SaAisErrorT create_in(uint64_t h) {
    SaCkptSectionCreationAttributesT attributes = {&an_id, SA_TIME_END};
    return k_section_create(h, &attributes, "x", 1);
}

static SaAisErrorT next_of(uint64_t iteration) {
    SaCkptSectionDescriptorT descriptor;
    return K.SectionIterationNext(iteration, &descriptor);
}

static SaAisErrorT open_with(uint64_t handle) {
    SaCkptCheckpointHandleT h;
    return K.CheckpointOpen(handle, &a_name, NULL, read_flag, SA_TIME_ONE_SECOND, &h);
}

static SaAisErrorT iterate(uint64_t h) {
    SaCkptSectionIterationHandleT iteration;
    return K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &iteration);
}

static SaAisErrorT fd_of(uint64_t handle) {
    SaSelectionObjectT fd;
    return K.SelectionObjectGet(handle, &fd);
}

static SaAisErrorT write_with(uint64_t h) {
    SaCkptIOVectorElementT element = {an_id, buffer(), 1, 0, 0};
    return K.CheckpointWrite(h, &element, 1, NULL);
}

static SaAisErrorT read_with(uint64_t h) {
    SaCkptIOVectorElementT element = {an_id, buffer(), 1, 0, 0};
    return K.CheckpointRead(h, &element, 1, NULL);
}

/* Not freed: a handle that is none frees nothing. */
static SaAisErrorT free_id(uint64_t h) {
    return K.SectionIdFree(h, buffer());
}

static SaAisErrorT free_data(uint64_t h) {
    return K.IOVectorElementDataFree(h, buffer());
}

/* X(function, call, only in the OpenSAF family) */
#define HANDLE_CALLS(X)                                                                                                                              \
    X(SelectionObjectGet, fd_of(value), false)                                                                                                       \
    X(Dispatch, K.Dispatch(value, SA_DISPATCH_ALL), false)                                                                                           \
    X(Finalize, K.Finalize(value), false)                                                                                                            \
    X(CheckpointOpen, open_with(value), false)                                                                                                       \
    X(CheckpointOpenAsync, K.CheckpointOpenAsync(value, value, &a_name, NULL, read_flag), false)                                                     \
    X(CheckpointClose, K.CheckpointClose(value), false)                                                                                              \
    X(CheckpointUnlink, K.CheckpointUnlink(value, &a_name), false)                                                                                   \
    X(CheckpointRetentionDurationSet, K.CheckpointRetentionDurationSet(value, 0), false)                                                             \
    X(ActiveReplicaSet, K.ActiveReplicaSet(value), false)                                                                                            \
    X(CheckpointStatusGet, status_of(value), false)                                                                                                  \
    X(SectionCreate, create_in(value), false)                                                                                                        \
    X(SectionDelete, K.SectionDelete(value, &an_id), false)                                                                                          \
    X(SectionExpirationTimeSet, K.SectionExpirationTimeSet(value, &an_id, SA_TIME_END), false)                                                       \
    X(SectionIterationInitialize, iterate(value), false)                                                                                             \
    X(SectionIterationNext, next_of(value), false)                                                                                                   \
    X(SectionIterationFinalize, K.SectionIterationFinalize(value), false)                                                                            \
    X(CheckpointWrite, write_with(value), false)                                                                                                     \
    X(SectionOverwrite, K.SectionOverwrite(value, &an_id, "x", 1), false)                                                                            \
    X(CheckpointRead, read_with(value), false)                                                                                                       \
    X(CheckpointSynchronize, K.CheckpointSynchronize(value, SA_TIME_ONE_SECOND), false)                                                              \
    X(CheckpointSynchronizeAsync, K.CheckpointSynchronizeAsync(value, value), false)                                                                 \
    X(SectionIdFree, free_id(value), true)                                                                                                           \
    X(IOVectorElementDataFree, free_data(value), true)                                                                                               \
    X(Track, K.Track(value), true)                                                                                                                   \
    X(TrackStop, K.TrackStop(value), true)

#define HANDLE_FUNCTION(name, action, opensaf)                                                                                                       \
    static void handle_of_##name(uint64_t value) {                                                                                                   \
        a_name = a_name.length == 0 ? fresh_name() : a_name;                                                                                         \
        if (!(opensaf) || run.profile != OPENAIS)                                                                                                    \
            CALL(#name, "handle", value, ONLY(BAD_HANDLE), action);                                                                                  \
    }
HANDLE_CALLS(HANDLE_FUNCTION)

/* Not supported whatever the handle is. */
static void checkpoint_track(uint64_t value) {
    if (run.profile == OPENAIS)
        return;
    CALL("CheckpointTrack", "handle", value, ONLY(NOT_SUPPORTED) | ONLY(BAD_HANDLE), K.CheckpointTrack(value));
    CALL("CheckpointTrackStop", "handle", value, ONLY(NOT_SUPPORTED) | ONLY(BAD_HANDLE), K.CheckpointTrackStop(value));
}

#define HANDLE_ROW(name, action, opensaf) {U64, handle_of_##name},
static const struct row handles[] = {HANDLE_CALLS(HANDLE_ROW){U64, checkpoint_track}};

struct rows handle_rows(void) {
    return ROWS(handles);
}
