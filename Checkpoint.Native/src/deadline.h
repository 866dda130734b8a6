/*
 * Points in time on the monotonic clock, in nanoseconds, over the whole range of SaTimeT; and waiting for one.
 */
#ifndef CKPT_DEADLINE_H
#define CKPT_DEADLINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define DEADLINE_NEVER INT64_MAX

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

int64_t deadline_now(void);

/* The duration SA_TIME_MAX is infinite; other large ones do not wrap. */
int64_t deadline_after(int64_t duration);

/* What is left, at least 0; DEADLINE_NEVER of DEADLINE_NEVER. */
int64_t deadline_left(int64_t deadline);

/* For poll: rounded up, some seconds at most, so that the caller looks again. */
int deadline_poll_ms(int64_t deadline);

/* A condition variable for the waits below. */
void deadline_condition_init(pthread_cond_t *condition);

/* False when the deadline has passed; spurious wakes are possible. */
bool deadline_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline);

/* Waits while *word is expected. False when the deadline has passed. */
bool deadline_wait_word(atomic_uint *word, unsigned expected, int64_t deadline);
void deadline_wake_word(atomic_uint *word);

#endif
