/* A closed loop: each of so many threads starts its next operation when its last one has ended. It ends at the earlier of a time and a
 * number of operations; what is under way then is waited for and counts. */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include "histogram.h"

struct loop {
    /* Gets each number, from 0, once; buffer is the thread's own, of buffer_bytes. */
    void (*operation)(void *context, uint64_t number, void *buffer);
    void *context;
    size_t buffer_bytes;
    unsigned outstanding;
    uint64_t nanoseconds;
    uint64_t operations_max;
};

struct outcome {
    struct histogram latencies;
    uint64_t elapsed;
    uint64_t retries;
};

/* The caller frees it. */
struct outcome *loop_run(const struct loop *loop);

#endif
