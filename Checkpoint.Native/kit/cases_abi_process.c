/* A library in somebody else's process: its signals, descriptors, stacks, ends and budgets (ais-ckpt 5.13, ABI-09 to 15). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit.h"

/* What a program does with the library, from Initialize to Finalize. */
static void session(void) {
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
    SaCkptSectionIterationHandleT it = 0;
    SaCkptSectionDescriptorT section;
    struct kit_status status;
    kit_section(f.h, "s", NULL, 0);
    kit_write(f.h, "s", "data", 4, 0);
    kit_expect_content(f.h, "s", "data", 4);
    KIT_OK(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_ANY, 0, &it));
    KIT_OK(K.SectionIterationNext(it, &section));
    KIT_OK(K.SectionIterationFinalize(it));
    KIT_OK(k_status_get(f.h, &status));
    KIT_OK(K.CheckpointSynchronize(f.h, KIT_OPEN_TIMEOUT));
    size_t callbacks = kit_callback_count();
    KIT_OK(K.CheckpointOpenAsync(f.handle, 1, f.name, NULL, KIT_READ));
    kit_dispatch_until(f.handle, callbacks + 1);
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    KIT_OK(K.CheckpointClose(f.h));
    KIT_OK(K.Finalize(f.handle));
}

/* --- signals */

static atomic_uint signals_seen;

static void on_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals_seen, 1);
}

static const int own_signals[] = {SIGSEGV, SIGCHLD, SIGUSR1, SIGPIPE};

static void expect_own_handlers(void) {
    for (int i = 0; i < 4; i++) {
        struct sigaction now;
        sigaction(own_signals[i], NULL, &now);
        KIT_TRUE(now.sa_handler == on_signal, "the program's handler of signal %d still installed", own_signals[i]);
    }
}

KIT_CASE(ABI_09, "ABI-09", KIT_S, "the program's own signal handlers stay installed") {
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t mask, mask_now;
    for (int i = 0; i < 4; i++)
        sigaction(own_signals[i], &action, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    struct kit_f f = KIT_F();
    expect_own_handlers();
    session();
    KIT_OK(K.Finalize(f.handle));
    expect_own_handlers();
    pthread_sigmask(SIG_SETMASK, NULL, &mask_now);
    for (int number = 1; number < SIGRTMIN; number++)
        KIT_EXPECT_EQ_I64(sigismember(&mask_now, number), sigismember(&mask, number));
    unsigned before = atomic_load(&signals_seen);
    raise(SIGUSR1);
    KIT_EXPECT_EQ_U64(atomic_load(&signals_seen), before + 1);
}

/* --- descriptors that a program thinks are its own */

static void survives(SaAisErrorT code) {
    KIT_EXPECT_ANY_(code, "a call after the program closed descriptors by number", SA_AIS_OK, SA_AIS_ERR_LIBRARY, SA_AIS_ERR_TRY_AGAIN);
}

#define OWN 8

KIT_CASE(ABI_10, "ABI-10", KIT_S, "a program that closes its descriptors by number, and once too often, gets its work done or LIBRARY, no crash and no hang") {
    for (int fd = 3; fd < 100; fd++)
        close(fd);
    int own[OWN];
    for (int i = 0; i < OWN; i++)
        own[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    for (int i = 0; i < OWN; i++)
        close(own[i]);
    kit_expect_content(f.h, "s", "data", 4); /* So far it closed only what it had opened. */
    session();

    struct kit_f second = KIT_F(); /* Its selection object may have one of the old numbers. */
    SaSelectionObjectT fd = kit_fd(second.handle);
    kit_step("the second selection object is %d; closing 3 to 63 again", (int)fd);
    for (int i = 3; i < 64; i++)
        close(i);
    SaCkptIOVectorElementT element = kit_element("s", "more", 4, 0);
    survives(KIT_CALL(K.CheckpointWrite(f.h, &element, 1, NULL)));
    survives(KIT_CALL(K.CheckpointOpenAsync(second.handle, 1, f.name, NULL, KIT_READ)));
    kit_sleep_ms(20); /* The answer comes, and finds no selection object to make readable. */
    survives(KIT_CALL(K.Dispatch(second.handle, SA_DISPATCH_ALL)));
    survives(KIT_CALL(K.Dispatch(f.handle, SA_DISPATCH_ALL)));
    survives(KIT_CALL(K.Finalize(second.handle)));
    survives(KIT_CALL(K.Finalize(f.handle)));
    SaCkptHandleT anew = 0;
    SaVersionT version = kit_version();
    survives(KIT_CALL(K.Initialize(&anew, NULL, &version)));
}

/* --- loading and unloading */

typedef SaAisErrorT (*InitializeFn)(SaCkptHandleT *, const SaCkptCallbacksT *, SaVersionT *);
typedef SaAisErrorT (*FinalizeFn)(SaCkptHandleT);

/* Bound anew each time: K may point into a library that is gone. */
static void *symbol_of(void *library, const char *name) {
    void *found = dlsym(library, name);
    return found != NULL ? found : dlvsym(library, name, "OPENAIS_CKPT_B.01.01");
}

KIT_CASE(ABI_11, "ABI-11", KIT_S, "dlopen, use and dlclose, twice, and once more than it was opened here: no crash, and the code stays") {
    for (int round = 0; round < 3; round++) {
        void *library = dlopen(kit_vendor_path(), RTLD_NOW | RTLD_LOCAL);
        InitializeFn initialize = NULL;
        FinalizeFn finalize = NULL;
        SaCkptHandleT handle = 0, left = 0;
        SaVersionT version = kit_version();
        if (library == NULL)
            kit_fail("dlopen again", "%s", dlerror());
        void *at = symbol_of(library, "saCkptInitialize");
        memcpy(&initialize, &at, sizeof at);
        at = symbol_of(library, "saCkptFinalize");
        memcpy(&finalize, &at, sizeof at);
        KIT_OK(initialize(&left, &kit_callbacks, &version)); /* never finalized: a thread of the library may run on */
        KIT_OK(initialize(&handle, &kit_callbacks, &version));
        KIT_OK(finalize(handle));
        dlclose(library);
        if (round == 1)
            dlclose(library); /* the kit's own reference: now nobody holds the library */
        kit_sleep_ms(50);
    }
    void *still = dlopen(kit_vendor_path(), RTLD_NOW | RTLD_NOLOAD);
    KIT_TRUE(still != NULL, "the library still loaded: its threads run in its code");
}

/* --- stacks */

static void *run_session(void *unused) {
    (void)unused;
    session();
    return NULL;
}

KIT_CASE(ABI_12, "ABI-12", KIT_S, "a thread with a stack of 64 KiB can do everything") {
    pthread_attr_t attributes;
    pthread_t thread;
    struct timespec until;
    pthread_attr_init(&attributes);
    if (pthread_attr_setstacksize(&attributes, 64 * 1024) != 0)
        kit_error("no stack of 64 KiB");
    int failed = pthread_create(&thread, &attributes, run_session, NULL);
    if (failed != 0)
        kit_error("pthread_create: %s", strerror(failed));
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 15;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        kit_fail("the thread ends", "it has not within 15 s");
}

/* --- daemons */

/* Initialize, then into the background by fork, as old daemons do. */
KIT_ROLE(abi_daemon) {
    struct kit_f f = KIT_F(.name = kit_name_from(argv[0]));
    kit_section(f.h, "s", "data", 4);
    pid_t child = fork();
    if (child < 0)
        kit_error("fork: %s", strerror(errno));
    if (child > 0)
        _exit(0);
    alarm(15); /* Out of the kit's process group nobody else would end it. */
    setsid();
    char buffer[4];
    SaCkptIOVectorElementT element = kit_element("s", buffer, 4, 0);
    SaCkptCheckpointHandleT h = 0;
    KIT_EXPECT_ANY_RAW(K.CheckpointRead(f.h, &element, 1, NULL), SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_LIBRARY);
    KIT_EXPECT_ANY_RAW(K.CheckpointOpen(f.handle, f.name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h), SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_LIBRARY);
    KIT_EXPECT_ANY_RAW(K.Dispatch(f.handle, SA_DISPATCH_BLOCKING), SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_LIBRARY);
    KIT_EXPECT_ANY_RAW(K.Finalize(f.handle), SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_LIBRARY);
    kit_say("refused");
    SaCkptHandleT handle = kit_initialize();
    h = kit_open(handle, f.name, KIT_READ | KIT_WRITE);
    kit_write(h, "s", "more", 4, 0);
    kit_expect_content(h, "s", "more", 4);
    KIT_OK(K.Finalize(handle));
    kit_say("worked");
}

KIT_CASE(ABI_13, "ABI-13", KIT_P, "after Initialize and a daemon's fork the child's calls fail at once, and a new Initialize is OK") {
    const SaNameT *name = kit_name();
    struct kit_peer *peer = kit_peer_start("abi_daemon", kit_name_text(name));
    kit_peer_expect_line(peer, "refused");
    kit_peer_expect_line(peer, "worked");
    kit_peer_wait(peer);
}

/* --- the end of a program that is not ready for it */

static void *block(void *given) {
    (void)K.Dispatch(*(SaCkptHandleT *)given, SA_DISPATCH_BLOCKING);
    return NULL;
}

static void *open_for_ever(void *given) {
    const struct kit_f *f = given;
    for (;;) {
        SaCkptCheckpointHandleT h = 0;
        if (K.CheckpointOpen(f->handle, f->name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h) == SA_AIS_OK)
            (void)K.CheckpointClose(h);
    }
    return NULL;
}

KIT_ROLE(abi_leaver) {
    static struct kit_f f;
    f = KIT_F(.name = kit_name_from(argv[0]));
    kit_thread_start(block, &f.handle);
    kit_thread_start(open_for_ever, &f);
    for (SaInvocationT i = 0; i < 20; i++)
        KIT_OK(K.CheckpointOpenAsync(f.handle, i, f.name, NULL, KIT_READ));
    kit_sleep_ms(20);
    kit_say("leaving");
    exit(0);
}

KIT_CASE(ABI_14, "ABI-14", KIT_S, "exit() with calls on their way and a thread in BLOCKING ends the process within 2 s") {
    struct kit_peer *peer = kit_peer_start("abi_leaver", kit_name_text(kit_name()));
    kit_peer_expect_line(peer, "leaving");
    int64_t from = kit_mono();
    kit_peer_wait(peer);
    KIT_TRUE(kit_mono() - from < INT64_C(2000000000) * kit_patience(), "ended within 2 s, not after %ld ms", KIT_MS(kit_mono() - from));
}

/* --- budgets, ours: the best of 20 Initialize within 50 ms; 50 more handles cost at most 256 KiB and one thread each */

static long resident_kib(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &pages, &resident) != 2)
        kit_error("/proc/self/statm cannot be read");
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

#define HANDLES 50

KIT_CASE(ABI_15, "ABI-15", KIT_S, "Initialize takes at most 50 ms, and a library handle at most 256 KiB of memory and one thread") {
    int64_t best = INT64_MAX;
    for (int i = 0; i < 20; i++) {
        int64_t from = kit_mono();
        SaCkptHandleT handle = kit_initialize();
        if (kit_mono() - from < best)
            best = kit_mono() - from;
        KIT_OK(K.Finalize(handle));
    }
    KIT_TRUE(best <= INT64_C(50000000) * kit_patience(), "the best of 20 within 50 ms, not %ld ms", KIT_MS(best));
    SaCkptHandleT handles[HANDLES];
    long before = resident_kib();
    unsigned threads = kit_running_threads();
    for (int i = 0; i < HANDLES; i++)
        handles[i] = kit_initialize();
    long grown = resident_kib() - before;
    KIT_TRUE(grown <= HANDLES * 256L * kit_patience(), "at most %ld KiB for %d handles, not %ld", HANDLES * 256L, HANDLES, grown);
    KIT_TRUE(kit_running_threads() <= threads + HANDLES, "at most one thread a handle, not %u for %d", kit_running_threads() - threads, HANDLES);
    for (int i = 0; i < HANDLES; i++)
        KIT_OK(K.Finalize(handles[i]));
}
