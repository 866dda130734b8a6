#include "deadline.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How long a thread may go without a look at its descriptors: one that the program has closed wakes nobody. */
#define POLL_MOST (5 * NS_PER_S)

int64_t deadline_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t deadline_after(int64_t duration)
{
    int64_t now = deadline_now();
    return duration >= DEADLINE_NEVER - now ? DEADLINE_NEVER : now + duration;
}

int64_t deadline_left(int64_t deadline)
{
    if (deadline == DEADLINE_NEVER)
        return DEADLINE_NEVER;
    int64_t now = deadline_now();
    return deadline > now ? deadline - now : 0;
}

int deadline_poll_ms(int64_t deadline)
{
    int64_t left = deadline_left(deadline);
    if (left > POLL_MOST)
        left = POLL_MOST;
    return (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}

static struct timespec timespec_of(int64_t deadline)
{
    return (struct timespec){.tv_sec = (time_t)(deadline / NS_PER_S), .tv_nsec = (long)(deadline % NS_PER_S)};
}

void deadline_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool deadline_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline)
{
    if (deadline == DEADLINE_NEVER) {
        pthread_cond_wait(condition, lock);
        return true;
    }
    struct timespec until = timespec_of(deadline);
    return pthread_cond_timedwait(condition, lock, &until) != ETIMEDOUT;
}

bool deadline_wait_word(atomic_uint *word, unsigned expected, int64_t deadline)
{
    struct timespec until = timespec_of(deadline);
    while (atomic_load_explicit(word, memory_order_acquire) == expected) {
        long outcome = syscall(
            SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline == DEADLINE_NEVER ? NULL : &until, NULL,
            FUTEX_BITSET_MATCH_ANY);
        if (outcome != 0 && errno == ETIMEDOUT)
            return atomic_load_explicit(word, memory_order_acquire) != expected;
    }
    return true;
}

void deadline_wake_word(atomic_uint *word)
{
    /* The waiter may be gone already and its stack used for something else: then this wakes nobody, or somebody who looks again. */
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
