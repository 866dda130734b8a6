/* What a program is told when its node leaves the cluster, when the host refuses, and when it is silent. The host is a stand-in
 * (Checkpoint.Tests/Native/RefusalTests.cs), which says farewell with UNAVAILABLE once ActiveReplicaSet has been answered.
 * usage: refusals leave MAJOR MINOR | absent MAJOR MINOR | refuse | oversize | forbidden UID      Prints a line for each call: its name and its answer. */
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <saAis.h>
#include <saCkpt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static SaCkptHandleT library;
static SaNameT name = {.length = 12, .value = "safCkpt=demo"};
static int successes;

#define TELL(call) tell(#call, call)

static SaAisErrorT tell(const char *call, SaAisErrorT code) {
    printf("%.*s %d\n", (int)strcspn(call, "("), call, (int)code);
    fflush(stdout);
    return code;
}

static void expect_ok(const char *call, SaAisErrorT code) {
    if (code != SA_AIS_OK)
        exit((tell(call, code), 1));
}

#define OK(call) expect_ok(#call, call)

static void opened(SaInvocationT invocation, SaCkptCheckpointHandleT h, SaAisErrorT error) {
    (void)invocation, (void)h;
    successes += error == SA_AIS_OK;
}

static void synchronized(SaInvocationT invocation, SaAisErrorT error) {
    (void)invocation;
    successes += error == SA_AIS_OK;
}

static void changed(SaCkptCheckpointHandleT h, SaCkptIOVectorElementT *elements, SaUint32T count) {
    (void)h, (void)elements, (void)count;
}

static SaAisErrorT initialize(const char *major, const char *minor) {
    SaVersionT version = {'B', (SaUint8T)atoi(major), (SaUint8T)atoi(minor)};
    SaCkptCallbacksT callbacks = {opened, synchronized};
    return saCkptInitialize(&library, &callbacks, &version);
}

static SaCkptCheckpointHandleT open_demo(void) {
    SaCkptCheckpointCreationAttributesT attributes = {SA_CKPT_WR_ALL_REPLICAS, 8192, SA_TIME_ONE_MINUTE, 8, 1024, 32};
    SaCkptCheckpointHandleT h;
    OK(saCkptCheckpointOpen(library, &name, &attributes, SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE | SA_CKPT_CHECKPOINT_CREATE,
        5 * SA_TIME_ONE_SECOND, &h));
    return h;
}

static void every_call(SaCkptCheckpointHandleT h, SaCkptSectionIterationHandleT it) {
    char buffer[4] = "data";
    SaCkptSectionIdT id = {1, (SaUint8T *)"s"};
    SaCkptSectionCreationAttributesT creation = {&id, SA_TIME_END};
    SaCkptIOVectorElementT element = {id, buffer, sizeof buffer, 0, 0};
    SaCkptCheckpointHandleT other;
    SaCkptCheckpointDescriptorT status;
    SaCkptSectionIterationHandleT another;
    SaCkptSectionDescriptorT section;
    TELL(saCkptCheckpointOpen(library, &name, NULL, SA_CKPT_CHECKPOINT_READ, SA_TIME_ONE_MILLISECOND, &other));
    TELL(saCkptCheckpointUnlink(library, &name));
    TELL(saCkptCheckpointRetentionDurationSet(h, SA_TIME_ONE_SECOND));
    TELL(saCkptActiveReplicaSet(h));
    TELL(saCkptCheckpointStatusGet(h, &status));
    TELL(saCkptSectionCreate(h, &creation, buffer, sizeof buffer));
    TELL(saCkptSectionDelete(h, &id));
    TELL(saCkptSectionExpirationTimeSet(h, &id, SA_TIME_END));
    TELL(saCkptSectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &another));
    TELL(saCkptCheckpointWrite(h, &element, 1, NULL));
    TELL(saCkptSectionOverwrite(h, &id, buffer, sizeof buffer));
    TELL(saCkptCheckpointRead(h, &element, 1, NULL));
    TELL(saCkptCheckpointSynchronize(h, SA_TIME_ONE_MILLISECOND));
    TELL(saCkptCheckpointClose(h));
    /* A B.1 client goes on with another host, which knows no iteration and answers these for themselves. */
    if (it == 0)
        return;
    TELL(saCkptSelectionObjectGet(library, &(SaSelectionObjectT){0}));
    TELL(saCkptDispatch(library, SA_DISPATCH_ALL));
    TELL(saCkptCheckpointOpenAsync(library, 1, &name, NULL, SA_CKPT_CHECKPOINT_READ));
    TELL(saCkptCheckpointSynchronizeAsync(h, 1));
    TELL(saCkptSectionIterationNext(it, &section));
    TELL(saCkptSectionIterationFinalize(it));
    TELL(saCkptSectionIdFree(h, NULL));
    TELL(saCkptIOVectorElementDataFree(h, buffer));
    TELL(saCkptTrack(library));
    TELL(saCkptTrackStop(library));
}

static void *block(void *unused) {
    (void)unused;
    return (void *)(size_t)saCkptDispatch(library, SA_DISPATCH_BLOCKING);
}

/* Milliseconds; -1: the thread goes on. */
static int blocking_ends(pthread_t thread, int ms) {
    struct timespec until;
    void *code;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    return pthread_timedjoin_np(thread, &code, &until) == 0 ? (int)(size_t)code : -1;
}

static void leave(const char *major, const char *minor) {
    SaSelectionObjectT fd;
    SaCkptSectionIterationHandleT it;
    pthread_t thread;
    OK(initialize(major, minor));
    OK(saCkptSelectionObjectGet(library, &fd));
    SaCkptCheckpointHandleT h = open_demo();
    OK(saCkptSectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &it));
    pthread_create(&thread, NULL, block, NULL);
    OK(saCkptCheckpointOpenAsync(library, 7, &name, NULL, SA_CKPT_CHECKPOINT_READ)); /* never answered */
    OK(saCkptActiveReplicaSet(h));
    struct pollfd poller = {.fd = (int)fd, .events = POLLIN};
    int is_b2 = atoi(major) == 2;
    printf("poll %d\n", poll(&poller, 1, is_b2 ? 10000 : 0));
    int code = blocking_ends(thread, is_b2 ? 10000 : 1000);
    printf("blocking %d\n", code);
    every_call(h, is_b2 ? it : 0);
    TELL(saCkptFinalize(library));
    if (code == -1)
        printf("blocking at last %d\n", blocking_ends(thread, 10000));
    printf("opened %d\n", successes);
}

static void refuse(void) {
    SaVersionT version = {'B', 2, 3};
    SaCkptCallbacksT_2 callbacks = {opened, synchronized, changed};
    SaCkptSectionIterationHandleT it;
    SaCkptSectionDescriptorT section;
    OK(saCkptInitialize_2(&library, &callbacks, &version));
    SaCkptCheckpointHandleT h = open_demo();
    TELL(saCkptTrack(library)); /* refused */
    TELL(saCkptTrackStop(library));
    TELL(saCkptTrack(library)); /* not refused any more */
    TELL(saCkptTrackStop(library));
    OK(saCkptSectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, &it));
    TELL(saCkptSectionIterationNext(it, &section)); /* not answered */
    TELL(saCkptSectionIterationNext(it, &section));
    TELL(saCkptSectionIterationFinalize(it));
    TELL(saCkptFinalize(library));
}

/* More than any host takes at a time, in memory that the program really has, although it is nothing but zeros. */
static void oversize(void) {
    SaSizeT all = (SaSizeT)1 << 45;
    void *zeros = mmap(NULL, all, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    SaCkptCheckpointCreationAttributesT attributes = {SA_CKPT_WR_ALL_REPLICAS, 0, SA_TIME_ONE_MINUTE, 8, (SaSizeT)-1, 32};
    SaCkptCheckpointHandleT h;
    SaCkptSectionIdT id = {1, (SaUint8T *)"s"};
    SaCkptSectionCreationAttributesT creation = {&id, SA_TIME_END};
    if (zeros == MAP_FAILED)
        exit(1);
    OK(initialize("2", "2"));
    OK(saCkptCheckpointOpen(library, &name, &attributes, 7, 5 * SA_TIME_ONE_SECOND, &h));
    for (unsigned k = 28; k <= 33; k++) {
        SaSizeT size = (SaSizeT)1 << k;
        SaCkptIOVectorElementT element = {id, zeros, size, 0, 0};
        TELL(saCkptCheckpointWrite(h, &element, 1, NULL));
        TELL(saCkptSectionOverwrite(h, &id, zeros, size));
        TELL(saCkptSectionCreate(h, &creation, zeros, size));
    }
    for (unsigned k = 24; k <= 32; k++) {
        SaUint32T count = (SaUint32T)(((SaSizeT)1 << k) - 1);
        TELL(saCkptCheckpointWrite(h, zeros, count, NULL));
        TELL(saCkptCheckpointRead(h, zeros, count, NULL));
    }
    TELL(saCkptFinalize(library));
}

/* A program that has a session loses the right to have another one: as root by becoming UID, whom no mode lets in; else by the socket's mode. */
static void forbid(int uid) {
    OK(initialize("2", "2"));
    SaCkptCheckpointHandleT h = open_demo();
    SaCkptHandleT first = library;
    int failed = uid == 0 ? chmod(getenv("CHECKPOINT_SOCKET"), 0) : setgroups(0, NULL) != 0 || setgid((gid_t)uid) != 0 || setuid((uid_t)uid) != 0;
    if (failed) {
        perror("refusals");
        exit(1);
    }
    TELL(initialize("2", "2"));
    TELL(initialize("1", "1"));
    library = first;
    TELL(saCkptActiveReplicaSet(h)); /* The host ends the session. */
    SaAisErrorT code;
    int attempts = 0;
    do
        code = saCkptCheckpointUnlink(library, &name);
    while (code == SA_AIS_ERR_TRY_AGAIN && ++attempts < 20);
    tell("saCkptCheckpointUnlink(", code);
    TELL(saCkptFinalize(library));
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "leave") == 0)
        leave(argv[2], argv[3]);
    else if (argc == 4 && strcmp(argv[1], "absent") == 0)
        tell("saCkptInitialize(", initialize(argv[2], argv[3]));
    else if (argc == 2 && strcmp(argv[1], "refuse") == 0)
        refuse();
    else if (argc == 2 && strcmp(argv[1], "oversize") == 0)
        oversize();
    else if (argc == 3 && strcmp(argv[1], "forbidden") == 0)
        forbid(atoi(argv[2]));
    else
        return 2;
    return 0;
}
