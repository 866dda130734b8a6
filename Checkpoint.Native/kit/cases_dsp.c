/* Selection object and Dispatch (ais-ckpt 5.2). What completes a request here is mostly an OpenAsync of a checkpoint that does not
 * exist: it ends in exactly one callback with NOT_EXIST and leaves nothing behind. */
#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

#include "kit.h"

/* So long a call may take that must answer "at once". */
#define AT_ONCE_MS 2000
/* So long a thread is watched to see that it does not return. */
#define STAYS_MS 200
/* So long a thread that was released may take to return. */
#define RETURNS_MS 5000

static const SaNameT *absent_name;

static void request(SaCkptHandleT handle, SaInvocationT invocation) {
    if (absent_name == NULL)
        absent_name = kit_name();
    KIT_OK(K.CheckpointOpenAsync(handle, invocation, absent_name, NULL, KIT_READ));
}

/* The requests 1 .. count; returns when the first is pending, and most likely all. */
static void make_pending(SaCkptHandleT handle, unsigned count, int settle_ms) {
    for (unsigned i = 1; i <= count; i++)
        request(handle, i);
    KIT_TRUE(kit_poll_fd(kit_fd(handle), RETURNS_MS), "the selection object readable when a callback is pending");
    if (count > 1)
        kit_sleep_ms(settle_ms);
}

static void expect_each_once(unsigned count) {
    KIT_EXPECT_EQ_U64(kit_callback_count(), count);
    for (unsigned i = 1; i <= count; i++)
        KIT_EXPECT_EQ_U64(kit_callback_count_of(i), 1);
}

/* The call answers OK at once. */
#define EXPECT_AT_ONCE(call)                                                                                                             \
    do {                                                                                                                                 \
        int64_t begun_ = kit_mono();                                                                                                     \
        KIT_OK(call);                                                                                                                    \
        KIT_TRUE(kit_mono() - begun_ < AT_ONCE_MS * SA_TIME_ONE_MILLISECOND, "an answer at once (it took %ld ms)",                      \
                 KIT_MS(kit_mono() - begun_));                                                                                           \
    } while (0)

/* A thread in Dispatch(BLOCKING); its result is the code. */
static void *block(void *handle) {
    SaAisErrorT code = KIT_CALL_RAW(K.Dispatch(*(SaCkptHandleT *)handle, SA_DISPATCH_BLOCKING));
    return (void *)(uintptr_t)code;
}

static void expect_released(struct kit_thread *thread) {
    SaAisErrorT blocking_dispatch = (SaAisErrorT)(uintptr_t)kit_thread_join(thread, RETURNS_MS);
    KIT_EXPECT_CODE(blocking_dispatch, SA_AIS_OK);
}

static void expect_still_blocking(const struct kit_thread *thread) {
    KIT_TRUE(!KIT_WAIT(kit_thread_done(thread), STAYS_MS), "the thread stays in Dispatch(BLOCKING)");
}

KIT_CASE(DSP_01, "DSP-01", KIT_S, "SelectionObjectGet gives a descriptor that is not readable while nothing is pending") {
    SaCkptHandleT handle = kit_initialize();
    KIT_TRUE(!kit_poll_fd(kit_fd(handle), 0), "a selection object that is not readable");
}

KIT_CASE(DSP_02, "DSP-02", KIT_S, "SelectionObjectGet answers the same value every time until Finalize") {
    SaCkptHandleT handle = kit_initialize();
    SaSelectionObjectT first = kit_fd(handle);
    KIT_EXPECT_EQ_U64(kit_fd(handle), first);
    request(handle, 1);
    kit_dispatch_until(handle, 1);
    KIT_EXPECT_EQ_U64(kit_fd(handle), first);
    KIT_OK(K.Finalize(handle));
}

KIT_CASE(DSP_03, "DSP-03", KIT_S, "SelectionObjectGet without a place for the descriptor answers INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    KIT_EXPECT(K.SelectionObjectGet(handle, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(DSP_04, "DSP-04", KIT_S, "SelectionObjectGet on a wild, zero or finalized handle answers BAD_HANDLE") {
    SaSelectionObjectT fd = 0;
    KIT_EACH_BAD_HANDLE(bad)
        KIT_EXPECT(K.SelectionObjectGet(bad, &fd), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(DSP_05, "DSP-05", KIT_S, "a handle without callbacks has a valid selection object too") {
    SaCkptHandleT handle = kit_initialize_with(kit_version().majorVersion, kit_version().minorVersion, NULL);
    SaSelectionObjectT fd = kit_fd(handle);
    KIT_TRUE(fcntl((int)fd, F_GETFD) >= 0, "an open descriptor (it is %d)", (int)fd);
    KIT_TRUE(!kit_poll_fd(fd, 0), "a selection object that is not readable");
}

KIT_CASE(DSP_06, "DSP-06", KIT_S, "a pending callback makes the selection object readable; nothing runs before Dispatch") {
    SaCkptHandleT handle = kit_initialize();
    make_pending(handle, 1, 0);
    kit_sleep_ms(100);
    KIT_EXPECT_EQ_U64(kit_callback_count(), 0);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    expect_each_once(1);
}

KIT_CASE(DSP_07, "DSP-07", KIT_S, "Dispatch(ONE) with nothing pending answers OK at once") {
    SaCkptHandleT handle = kit_initialize();
    EXPECT_AT_ONCE(K.Dispatch(handle, SA_DISPATCH_ONE));
}

KIT_CASE(DSP_08, "DSP-08", KIT_S, "Dispatch(ALL) with nothing pending answers OK at once") {
    SaCkptHandleT handle = kit_initialize();
    EXPECT_AT_ONCE(K.Dispatch(handle, SA_DISPATCH_ALL));
}

KIT_CASE(DSP_09, "DSP-09", KIT_S, "Dispatch(ONE) runs one of three pending callbacks and leaves the selection object readable") {
    SaCkptHandleT handle = kit_initialize();
    make_pending(handle, 3, 0);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ONE));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 1);
    KIT_TRUE(kit_poll_fd(kit_fd(handle), RETURNS_MS), "the selection object readable while callbacks are pending");
    kit_dispatch_until(handle, 3);
    expect_each_once(3);
}

KIT_CASE(DSP_10, "DSP-10", KIT_S, "Dispatch(ALL) runs all three pending callbacks; the selection object is not readable any more") {
    /* The service may be slow to answer all three: then it gets more time. */
    for (int settle = 200; settle <= 3200; settle *= 4) {
        SaCkptHandleT handle = kit_initialize();
        kit_callbacks_clear();
        make_pending(handle, 3, settle);
        KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
        bool last = settle == 3200;
        if (kit_callback_count() == 3 || last) {
            expect_each_once(3);
            KIT_TRUE(!kit_poll_fd(kit_fd(handle), 0), "a selection object that is not readable");
            return;
        }
        KIT_OK(K.Finalize(handle));
    }
}

KIT_CASE(DSP_11, "DSP-11", KIT_S, "Dispatch with flags other than 1, 2 and 3 answers INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    const int wrong[] = {0, 4, 99, -1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        kit_step("flags %d", wrong[i]);
        KIT_EXPECT(K.Dispatch(handle, (SaDispatchFlagsT)wrong[i]), SA_AIS_ERR_INVALID_PARAM);
    }
}

KIT_CASE(DSP_12, "DSP-12", KIT_S, "Dispatch on a wild or finalized handle answers BAD_HANDLE") {
    KIT_EACH_BAD_HANDLE(bad) {
        KIT_EXPECT(K.Dispatch(bad, SA_DISPATCH_ONE), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.Dispatch(bad, SA_DISPATCH_ALL), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.Dispatch(bad, SA_DISPATCH_BLOCKING), SA_AIS_ERR_BAD_HANDLE);
    }
}

KIT_CASE(DSP_13, "DSP-13", KIT_S, "a thread in Dispatch(BLOCKING) runs what another thread requests, and stays") {
    SaCkptHandleT handle = kit_initialize();
    struct kit_thread *thread = kit_thread_start(block, &handle);
    for (unsigned i = 1; i <= 5; i++)
        request(handle, i);
    KIT_TRUE(KIT_WAIT(kit_callback_count() == 5, RETURNS_MS), "5 callbacks (seen: %zu)", kit_callback_count());
    expect_still_blocking(thread);
    expect_each_once(5);
    for (size_t i = 0; i < 5; i++)
        KIT_TRUE(pthread_equal(kit_callback_at(i).thread, kit_thread_id(thread)), "callback %zu in the dispatching thread", i);
    KIT_OK(K.Finalize(handle));
    expect_released(thread);
}

KIT_CASE(DSP_14, "DSP-14", KIT_S, "Finalize releases a thread from Dispatch(BLOCKING), which answers OK") {
    SaCkptHandleT handle = kit_initialize();
    struct kit_thread *thread = kit_thread_start(block, &handle);
    expect_still_blocking(thread);
    KIT_OK(K.Finalize(handle));
    expect_released(thread);
}

static SaCkptHandleT hooked; /* what the hooks below work on */

static void finalize_once(const struct kit_callback *callback) {
    if (callback->invocation == 1)
        KIT_OK(K.Finalize(hooked));
}

KIT_CASE(DSP_15, "DSP-15", KIT_S, "a callback may Finalize its handle during Dispatch(BLOCKING), which returns; no callback comes later") {
    hooked = kit_initialize();
    kit_on_callback = finalize_once;
    request(hooked, 1);
    KIT_TRUE(kit_poll_fd(kit_fd(hooked), RETURNS_MS), "the selection object readable when a callback is pending");
    struct kit_thread *thread = kit_thread_start(block, &hooked);
    expect_released(thread);
    size_t seen = kit_callback_count();
    kit_sleep_ms(STAYS_MS);
    KIT_EXPECT_EQ_U64(kit_callback_count(), seen);
    KIT_EXPECT(K.Dispatch(hooked, SA_DISPATCH_ALL), SA_AIS_ERR_BAD_HANDLE);

    /* And with more of them pending behind the one that finalizes. */
    kit_callbacks_clear();
    hooked = kit_initialize();
    make_pending(hooked, 3, 200);
    int64_t begun = kit_mono();
    KIT_CALL_RAW(K.Dispatch(hooked, SA_DISPATCH_BLOCKING));
    KIT_TRUE(kit_mono() - begun < RETURNS_MS * SA_TIME_ONE_MILLISECOND, "Dispatch returns (it took %ld ms)", KIT_MS(kit_mono() - begun));
    struct kit_callback last = kit_callback_at(kit_callback_count() - 1);
    KIT_EXPECT_EQ_U64(last.invocation, 1);
}

static struct kit_f in_callback;
static unsigned worked;

static void work(const struct kit_callback *callback) {
    (void)callback;
    SaCkptCheckpointHandleT h = kit_open(in_callback.handle, in_callback.name, KIT_READ | KIT_WRITE);
    kit_write(h, "s", "callback", 8, 0);
    kit_expect_content(h, "s", "callback", 8);
    KIT_OK(K.CheckpointClose(h));
    worked++;
}

KIT_CASE(DSP_16, "DSP-16", KIT_S, "a callback may Open, Write, Read and Close") {
    in_callback = KIT_F();
    kit_section(in_callback.h, "s", "", 0);
    kit_on_callback = work;
    request(in_callback.handle, 1);
    kit_dispatch_until(in_callback.handle, 1);
    KIT_EXPECT_EQ_U64(worked, 1);
    kit_expect_content(in_callback.h, "s", "callback", 8);
}

static void dispatch_again(const struct kit_callback *callback) {
    (void)callback;
    KIT_OK(K.Dispatch(hooked, SA_DISPATCH_ALL));
}

KIT_CASE(DSP_17, "DSP-17", KIT_S, "a callback may call Dispatch(ALL): no deadlock, and each pending callback runs once") {
    hooked = kit_initialize();
    make_pending(hooked, 5, 200);
    kit_on_callback = dispatch_again;
    kit_dispatch_until(hooked, 5);
    kit_sleep_ms(50);
    KIT_OK(K.Dispatch(hooked, SA_DISPATCH_ALL));
    expect_each_once(5);
}

KIT_CASE(DSP_18, "DSP-18", KIT_S, "a callback runs in the thread that called Dispatch") {
    SaCkptHandleT handle = kit_initialize();
    make_pending(handle, 1, 0);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ONE));
    expect_each_once(1);
    KIT_TRUE(pthread_equal(kit_callback_at(0).thread, pthread_self()), "the callback in the thread of Dispatch");
}

/* Dispatches as long as callbacks are missing. */
struct dispatching {
    SaCkptHandleT handle;
    SaSelectionObjectT fd;
    size_t until;
};

static void *dispatch_all(void *given) {
    const struct dispatching *what = given;
    int64_t end = kit_mono() + 10 * SA_TIME_ONE_SECOND;
    while (kit_callback_count() < what->until && kit_mono() < end) {
        kit_poll_fd(what->fd, 50);
        KIT_OK(K.Dispatch(what->handle, SA_DISPATCH_ALL));
    }
    return NULL;
}

KIT_CASE(DSP_19, "DSP-19", KIT_S, "two threads in Dispatch(ALL) share 100 pending callbacks; none runs twice") {
    SaCkptHandleT handle = kit_initialize();
    make_pending(handle, 100, 500);
    struct dispatching what = {handle, kit_fd(handle), 100};
    struct kit_thread *a = kit_thread_start(dispatch_all, &what), *b = kit_thread_start(dispatch_all, &what);
    kit_thread_join(a, 11000);
    kit_thread_join(b, 11000);
    kit_sleep_ms(50);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    expect_each_once(100);
}

/* Three pending, the middle one's handle closed, one Dispatch(ALL): how many callbacks that ran. */
static size_t dispatch_around_closed(int settle_ms) {
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
    SaCkptCheckpointHandleT middle = kit_open(f.handle, f.name, KIT_READ | KIT_WRITE), last = kit_open(f.handle, f.name, KIT_READ | KIT_WRITE);
    kit_callbacks_clear();
    KIT_OK(K.CheckpointSynchronizeAsync(f.h, 1));
    KIT_OK(K.CheckpointSynchronizeAsync(middle, 2));
    KIT_OK(K.CheckpointSynchronizeAsync(last, 3));
    KIT_TRUE(kit_poll_fd(kit_fd(f.handle), RETURNS_MS), "the selection object readable");
    kit_sleep_ms(settle_ms);
    KIT_OK(K.CheckpointClose(middle));
    KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
    size_t at_once = kit_callback_count();
    kit_sleep_ms(50);
    KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(kit_callback_count_of(2), 0);
    KIT_OK(K.Finalize(f.handle));
    return at_once;
}

KIT_CASE(DSP_20, "DSP-20", KIT_S, "closing one of three checkpoint handles with a pending SynchronizeAsync does not keep Dispatch(ALL) from the other two") {
    /* The service may be slow to answer all three: then it gets more time. A Dispatch that stops at the cancelled one never runs both. */
    for (int settle = 200; settle <= 3200; settle *= 4) {
        size_t at_once = dispatch_around_closed(settle);
        if (at_once == 2 || settle == 3200) {
            KIT_EXPECT_EQ_U64(at_once, 2);
            KIT_EXPECT_EQ_U64(kit_callback_count_of(1), 1);
            KIT_EXPECT_EQ_U64(kit_callback_count_of(3), 1);
            return;
        }
    }
}

KIT_CASE(DSP_21, "DSP-21", KIT_S, "bad flags on a wild handle: INVALID_PARAM comes first (profile opensaf: BAD_HANDLE)") {
    SaAisErrorT first = KIT_BY_PROFILE(SA_AIS_ERR_INVALID_PARAM, SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.Dispatch(KIT_WILD, (SaDispatchFlagsT)99), first);
}

KIT_CASE(DSP_22, "DSP-22", KIT_S, "Dispatch(BLOCKING) passes over a cancelled callback, runs the live one, and stays") {
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
    SaCkptCheckpointHandleT second = kit_open(f.handle, f.name, KIT_READ | KIT_WRITE);
    KIT_OK(K.CheckpointSynchronizeAsync(second, 1));
    KIT_TRUE(kit_poll_fd(kit_fd(f.handle), RETURNS_MS), "the selection object readable");
    KIT_OK(K.CheckpointClose(second));
    struct kit_thread *thread = kit_thread_start(block, &f.handle);
    KIT_OK(K.CheckpointSynchronizeAsync(f.h, 2));
    KIT_TRUE(KIT_WAIT(kit_callback_count_of(2) == 1, RETURNS_MS), "the live callback runs");
    expect_still_blocking(thread);
    KIT_OK(K.Finalize(f.handle));
    expect_released(thread);
}

KIT_CASE(DSP_23, "DSP-23", KIT_S, "two library handles have different selection objects, and each runs only its own callbacks") {
    SaCkptHandleT first = kit_initialize(), second = kit_initialize();
    KIT_TRUE(kit_fd(first) != kit_fd(second), "two descriptors (both are %d)", (int)kit_fd(first));
    make_pending(first, 1, 0);
    KIT_TRUE(!kit_poll_fd(kit_fd(second), 100), "the other handle's selection object not readable");
    EXPECT_AT_ONCE(K.Dispatch(second, SA_DISPATCH_ONE));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 0);
    KIT_OK(K.Dispatch(first, SA_DISPATCH_ONE));
    expect_each_once(1);
}

KIT_CASE(DSP_24, "DSP-24", KIT_S, "three threads in Dispatch(BLOCKING) run 30 callbacks once each; one Finalize releases all three") {
    SaCkptHandleT handle = kit_initialize();
    struct kit_thread *threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = kit_thread_start(block, &handle);
    for (unsigned i = 1; i <= 30; i++)
        request(handle, i);
    KIT_TRUE(KIT_WAIT(kit_callback_count() == 30, RETURNS_MS), "30 callbacks (seen: %zu)", kit_callback_count());
    KIT_OK(K.Finalize(handle));
    for (int i = 0; i < 3; i++)
        expect_released(threads[i]);
    expect_each_once(30);
}

static struct kit_event second_ran = KIT_EVENT_INIT;
static atomic_bool first_taken, overlapped;

/* Whichever comes first waits for the other one. */
static void wait_for_other(const struct kit_callback *callback) {
    (void)callback;
    if (atomic_exchange(&first_taken, true))
        kit_event_set(&second_ran);
    else
        atomic_store(&overlapped, kit_event_wait(&second_ran, RETURNS_MS));
}

KIT_CASE(DSP_25, "DSP-25", KIT_S, "callbacks in two dispatching threads may overlap: the first may wait for the second") {
    kit_on_callback = wait_for_other;
    SaCkptHandleT handle = kit_initialize();
    struct kit_thread *a = kit_thread_start(block, &handle), *b = kit_thread_start(block, &handle);
    request(handle, 1);
    request(handle, 2);
    KIT_TRUE(KIT_WAIT(atomic_load(&overlapped), RETURNS_MS), "the second callback runs beside the first, both threads in BLOCKING");
    KIT_OK(K.Finalize(handle));
    expect_released(a);
    expect_released(b);
    expect_each_once(2);

    kit_callbacks_clear();
    atomic_store(&first_taken, false);
    atomic_store(&overlapped, false);
    second_ran.set = false;
    handle = kit_initialize();
    make_pending(handle, 2, 200);
    struct dispatching what = {handle, kit_fd(handle), 2};
    a = kit_thread_start(dispatch_all, &what);
    b = kit_thread_start(dispatch_all, &what);
    kit_thread_join(a, 11000);
    kit_thread_join(b, 11000);
    KIT_TRUE(atomic_load(&overlapped), "the second callback runs beside the first, both threads in ALL");
    expect_each_once(2);
}

static void *dispatch_one(void *handle) {
    KIT_OK(K.Dispatch(*(SaCkptHandleT *)handle, SA_DISPATCH_ONE));
    return NULL;
}

KIT_CASE(DSP_26, "DSP-26", KIT_S, "who finds that another thread has taken the callback gets OK at once") {
    SaCkptHandleT handle = kit_initialize();
    make_pending(handle, 1, 0);
    kit_thread_join(kit_thread_start(dispatch_one, &handle), RETURNS_MS);
    expect_each_once(1);
    EXPECT_AT_ONCE(K.Dispatch(handle, SA_DISPATCH_ONE));
    EXPECT_AT_ONCE(K.Dispatch(handle, SA_DISPATCH_ALL));
    expect_each_once(1);
}

static void request_another(const struct kit_callback *callback) {
    request(hooked, callback->invocation + 1);
}

KIT_CASE(DSP_27, "DSP-27", KIT_S, "Dispatch(ALL) returns although each callback requests another, which stays pending") {
    hooked = kit_initialize();
    kit_on_callback = request_another;
    make_pending(hooked, 1, 0);
    for (unsigned round = 1; round <= 5; round++) {
        KIT_OK(K.Dispatch(hooked, SA_DISPATCH_ALL));
        expect_each_once(round);
        KIT_TRUE(kit_poll_fd(kit_fd(hooked), RETURNS_MS), "the selection object readable for the callback requested last");
    }
}

KIT_CASE(DSP_28, "DSP-28", KIT_S, "the selection object lies below FD_SETSIZE and works with select() while 500 other descriptors are open") {
    for (int i = 0; i < 500; i++)
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
            kit_not_applicable("this process may not open 500 descriptors");
    SaCkptHandleT handle = kit_initialize();
    SaSelectionObjectT fd = kit_fd(handle);
    KIT_TRUE(fd < FD_SETSIZE, "a descriptor below %d (it is %llu)", FD_SETSIZE, (unsigned long long)fd);
    request(handle, 1);
    fd_set set;
    FD_ZERO(&set);
    FD_SET((int)fd, &set);
    struct timeval limit = {RETURNS_MS / 1000, 0};
    KIT_EXPECT_EQ_I64(select((int)fd + 1, &set, NULL, NULL, &limit), 1);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    expect_each_once(1);
}

KIT_CASE(DSP_29, "DSP-29", KIT_S, "a callback that Finalizes releases two more threads in Dispatch(BLOCKING) without a deadlock") {
    hooked = kit_initialize();
    kit_on_callback = finalize_once;
    struct kit_thread *threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = kit_thread_start(block, &hooked);
    for (int i = 0; i < 3; i++)
        expect_still_blocking(threads[i]);
    request(hooked, 1);
    for (int i = 0; i < 3; i++)
        expect_released(threads[i]);
    expect_each_once(1);
}
