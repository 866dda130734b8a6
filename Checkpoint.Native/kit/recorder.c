/* The recorder of callbacks, dispatching, threads and events. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "kit.h"
#include "report.h"

/* --- callbacks */

void (*volatile kit_on_callback)(const struct kit_callback *callback);

static pthread_mutex_t callbacks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kit_callback *callbacks;
static size_t callbacks_count, callbacks_room;

static void add_callback(struct kit_callback callback) {
    callback.thread = pthread_self();
    callback.at = kit_mono();
    pthread_mutex_lock(&callbacks_lock);
    if (callbacks_count == callbacks_room) {
        size_t room = callbacks_room == 0 ? 64 : 2 * callbacks_room;
        struct kit_callback *grown = realloc(callbacks, room * sizeof *grown);
        if (grown == NULL)
            kit_error("no memory to record %zu callbacks", room);
        callbacks = grown;
        callbacks_room = room;
    }
    callbacks[callbacks_count++] = callback;
    pthread_mutex_unlock(&callbacks_lock);
    kit_step("callback: kind %d, invocation %llu, error %s", callback.kind, (unsigned long long)callback.invocation, kit_code_name(callback.error));
    void (*hook)(const struct kit_callback *) = kit_on_callback;
    if (hook != NULL)
        hook(&callback);
}

static void on_open(SaInvocationT invocation, SaCkptCheckpointHandleT h, SaAisErrorT error) {
    add_callback((struct kit_callback){.kind = KIT_OPENED, .invocation = invocation, .h = h, .error = error});
}

static void on_synchronize(SaInvocationT invocation, SaAisErrorT error) {
    add_callback((struct kit_callback){.kind = KIT_SYNCHRONIZED, .invocation = invocation, .error = error});
}

const SaCkptCallbacksT kit_callbacks = {on_open, on_synchronize};

size_t kit_callback_count(void) {
    pthread_mutex_lock(&callbacks_lock);
    size_t count = callbacks_count;
    pthread_mutex_unlock(&callbacks_lock);
    return count;
}

struct kit_callback kit_callback_at(size_t i) {
    pthread_mutex_lock(&callbacks_lock);
    bool there = i < callbacks_count;
    struct kit_callback found = there ? callbacks[i] : (struct kit_callback){0};
    pthread_mutex_unlock(&callbacks_lock);
    if (!there)
        kit_error("the case looks at callback %zu, which has not come", i);
    return found;
}

size_t kit_callback_count_of(SaInvocationT invocation) {
    size_t count = 0;
    pthread_mutex_lock(&callbacks_lock);
    for (size_t i = 0; i < callbacks_count; i++)
        count += callbacks[i].invocation == invocation;
    pthread_mutex_unlock(&callbacks_lock);
    return count;
}

void kit_callbacks_clear(void) {
    pthread_mutex_lock(&callbacks_lock);
    callbacks_count = 0;
    pthread_mutex_unlock(&callbacks_lock);
}

SaSelectionObjectT kit_fd(SaCkptHandleT handle) {
    SaSelectionObjectT fd = 0;
    KIT_OK(K.SelectionObjectGet(handle, &fd));
    return fd;
}

bool kit_poll_fd(SaSelectionObjectT fd, int ms) {
    struct pollfd waiting = {(int)fd, POLLIN, 0};
    int64_t until = kit_mono() + (int64_t)ms * 1000000;
    for (;;) {
        int64_t left = (until - kit_mono()) / 1000000;
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            kit_error("poll: %s", strerror(errno));
        if (ready > 0 && (waiting.revents & POLLNVAL) != 0)
            kit_fail("a selection object that can be polled", "descriptor %d is not open", (int)fd);
        return ready > 0;
    }
}

void kit_dispatch_until(SaCkptHandleT handle, size_t count) {
    SaSelectionObjectT fd = kit_fd(handle);
    int64_t patience = INT64_C(10) * 1000000000 * kit_patience(), until = kit_mono() + patience;
    size_t seen = kit_callback_count();
    while (kit_callback_count() < count) {
        if (kit_callback_count() != seen) {
            seen = kit_callback_count();
            until = kit_mono() + patience;
        }
        if (kit_mono() >= until)
            kit_fail("the callbacks of all accepted requests", "%zu of %zu callbacks came, and none for 10 s", seen, count);
        if (kit_poll_fd(fd, 100))
            KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    }
}

/* --- threads */

struct kit_thread {
    pthread_t id;
    void *(*body)(void *);
    void *argument;
    atomic_bool done;
};

static void *run_thread(void *given) {
    struct kit_thread *thread = given;
    void *result = thread->body(thread->argument);
    atomic_store(&thread->done, true);
    return result;
}

struct kit_thread *kit_thread_start(void *(*body)(void *), void *argument) {
    struct kit_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        kit_error("no memory for a thread");
    thread->body = body;
    thread->argument = argument;
    int failed = pthread_create(&thread->id, NULL, run_thread, thread);
    if (failed != 0)
        kit_error("pthread_create: %s", strerror(failed));
    return thread;
}

bool kit_thread_done(const struct kit_thread *thread) {
    return atomic_load(&thread->done);
}

pthread_t kit_thread_id(const struct kit_thread *thread) {
    return thread->id;
}

static struct timespec after_ms(clockid_t clock, int ms) {
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

void *kit_thread_join(struct kit_thread *thread, int ms) {
    struct timespec until = after_ms(CLOCK_REALTIME, ms * kit_patience());
    void *result = NULL;
    int failed = pthread_timedjoin_np(thread->id, &result, &until);
    if (failed != 0)
        kit_fail("the thread returns", "it has not within %d ms (%s)", ms, strerror(failed));
    free(thread);
    return result;
}

void kit_event_set(struct kit_event *event) {
    pthread_mutex_lock(&event->mutex);
    event->set = true;
    pthread_cond_broadcast(&event->changed);
    pthread_mutex_unlock(&event->mutex);
}

bool kit_event_wait(struct kit_event *event, int ms) {
    struct timespec until = after_ms(CLOCK_REALTIME, ms * kit_patience());
    pthread_mutex_lock(&event->mutex);
    while (!event->set)
        if (pthread_cond_timedwait(&event->changed, &event->mutex, &until) == ETIMEDOUT)
            break;
    bool set = event->set;
    pthread_mutex_unlock(&event->mutex);
    return set;
}
