/* pthread_cancel: a call is no cancellation point, the idle wait of BLOCKING is one (ais-ckpt 5.10, PRC-17, 18). */
#include <stdatomic.h>

#include "kit.h"

struct worker {
    const struct kit_f *f;
    int what; /* 0 Open and Close, 1 Write, 2 Read */
    atomic_bool in_call, ended_in_call, stop;
    atomic_uint calls;
};

static void on_cancel(void *given) {
    struct worker *worker = given;
    atomic_store(&worker->ended_in_call, atomic_load(&worker->in_call));
}

static SaAisErrorT call_once(const struct worker *worker) {
    char buffer[8] = "data";
    SaCkptIOVectorElementT element = kit_element("s", buffer, worker->what == 1 ? 4 : 8, 0);
    SaCkptCheckpointHandleT h = 0;
    if (worker->what == 1)
        return K.CheckpointWrite(worker->f->h, &element, 1, NULL);
    if (worker->what == 2)
        return K.CheckpointRead(worker->f->h, &element, 1, NULL);
    SaAisErrorT code = K.CheckpointOpen(worker->f->handle, worker->f->name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h);
    return code == SA_AIS_OK ? K.CheckpointClose(h) : code;
}

/* Nothing between the calls but pthread_testcancel is a cancellation point here. */
static void *call_until_cancelled(void *given) {
    struct worker *worker = given;
    pthread_cleanup_push(on_cancel, worker);
    while (!atomic_load(&worker->stop)) {
        atomic_store(&worker->in_call, true);
        SaAisErrorT code = call_once(worker);
        atomic_store(&worker->in_call, false);
        KIT_EXPECT_ANY_(code, "a call of a thread that is going to be cancelled", SA_AIS_OK, SA_AIS_ERR_TRY_AGAIN);
        atomic_fetch_add(&worker->calls, 1);
        pthread_testcancel();
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancel_one(const struct kit_f *f, int what, int round) {
    static const char *const names[] = {"Open and Close", "Write", "Read"};
    struct worker worker = {.f = f, .what = what};
    struct kit_thread *thread = kit_thread_start(call_until_cancelled, &worker);
    kit_step("cancelling a thread in %s", names[what]);
    KIT_TRUE(KIT_WAIT(atomic_load(&worker.calls) > 2, 5000), "the thread at work");
    for (int i = 0; i < round; i++)
        sched_yield();
    pthread_cancel(kit_thread_id(thread));
    KIT_TRUE(kit_thread_join(thread, 5000) == PTHREAD_CANCELED, "the thread ended by the cancellation");
    KIT_TRUE(!atomic_load(&worker.ended_in_call), "the call of the library completed first");
}

KIT_CASE(PRC_17, "PRC-17", KIT_S, "a thread cancelled inside Open, Write or Read completes the call first, and no lock is lost") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "data", 4);
    struct worker other = {.f = &f, .what = 1};
    struct kit_thread *thread = kit_thread_start(call_until_cancelled, &other);
    for (int round = 0; round < 8; round++)
        for (int what = 0; what < 3; what++) {
            cancel_one(&f, what, round);
            kit_expect_present(f.handle, f.name);
            kit_write(f.h, "s", "data", 4, 0);
            kit_expect_content(f.h, "s", "data", 4);
            unsigned calls = atomic_load(&other.calls);
            KIT_TRUE(KIT_WAIT(atomic_load(&other.calls) > calls, 5000), "another thread goes on");
        }
    atomic_store(&other.stop, true);
    kit_thread_join(thread, 5000);
    KIT_OK(K.Finalize(f.handle));
}

static struct kit_event sleeping = KIT_EVENT_INIT;

/* The first callback never returns by itself. */
static void sleep_in_first(const struct kit_callback *callback) {
    if (callback->invocation != 1)
        return;
    kit_event_set(&sleeping);
    for (;;)
        kit_sleep_ms(1000);
}

static void *block(void *given) {
    SaCkptHandleT handle = *(SaCkptHandleT *)given;
    KIT_EXPECT_CODE(K.Dispatch(handle, SA_DISPATCH_BLOCKING), SA_AIS_OK);
    return NULL;
}

KIT_CASE(PRC_18, "PRC-18", KIT_S, "threads cancelled while idle in BLOCKING or in a callback end; others dispatch on, and Finalize is OK") {
    struct kit_f f = KIT_F();
    struct kit_thread *threads[3];
    kit_on_callback = sleep_in_first;

    threads[0] = kit_thread_start(block, &f.handle);
    kit_sleep_ms(100); /* inside, most likely; if it is not, it ends all the same */
    pthread_cancel(kit_thread_id(threads[0]));
    KIT_TRUE(kit_thread_join(threads[0], 5000) == PTHREAD_CANCELED, "the idle thread ended by the cancellation");

    for (int i = 1; i < 3; i++)
        threads[i] = kit_thread_start(block, &f.handle);
    KIT_OK(K.CheckpointOpenAsync(f.handle, 1, f.name, NULL, KIT_READ));
    KIT_TRUE(kit_event_wait(&sleeping, 5000), "one of two threads in the callback");
    int asleep = pthread_equal(kit_callback_at(0).thread, kit_thread_id(threads[1])) ? 1 : 2;
    pthread_cancel(kit_thread_id(threads[asleep]));
    KIT_TRUE(kit_thread_join(threads[asleep], 5000) == PTHREAD_CANCELED, "the thread in the callback ended by the cancellation");

    for (SaInvocationT i = 2; i < 7; i++)
        KIT_OK(K.CheckpointOpenAsync(f.handle, i, f.name, NULL, KIT_READ));
    KIT_TRUE(KIT_WAIT(kit_callback_count() == 6, 5000), "five more callbacks in the thread that is left");
    KIT_OK(K.Finalize(f.handle));
    KIT_TRUE(kit_thread_join(threads[3 - asleep], 5000) == NULL, "it returns from Dispatch");
}
