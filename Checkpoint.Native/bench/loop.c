#include "loop.h"

#include <pthread.h>
#include <stdlib.h>

#include "service.h"

struct shared {
    const struct loop *loop;
    uint64_t started;
    atomic_uint_fast64_t next;
};

struct worker {
    pthread_t thread;
    struct shared *shared;
    void *buffer;
    struct histogram latencies;
};

static void *allocated(size_t bytes) {
    void *memory = calloc(1, bytes > 0 ? bytes : 1);
    if (memory == NULL)
        service_give_up(0, "out of memory");
    return memory;
}

static void *work(void *argument) {
    struct worker *self = argument;
    const struct loop *loop = self->shared->loop;
    while (service_now() - self->shared->started < loop->nanoseconds) {
        uint64_t number = atomic_fetch_add(&self->shared->next, 1);
        if (number >= loop->operations_max)
            break;
        uint64_t begun = service_now();
        loop->operation(loop->context, number, self->buffer);
        histogram_record(&self->latencies, service_now() - begun);
    }
    return NULL;
}

struct outcome *loop_run(const struct loop *loop) {
    struct outcome *outcome = allocated(sizeof *outcome);
    struct worker *workers = allocated(loop->outstanding * sizeof *workers);
    struct shared shared = {.loop = loop, .started = service_now()};
    unsigned long retries = atomic_load(&service_retries);
    for (unsigned i = 0; i < loop->outstanding; i++) {
        workers[i].shared = &shared;
        workers[i].buffer = allocated(loop->buffer_bytes);
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            service_give_up(0, "no thread can be made");
    }
    for (unsigned i = 0; i < loop->outstanding; i++) {
        pthread_join(workers[i].thread, NULL);
        histogram_add(&outcome->latencies, &workers[i].latencies);
        free(workers[i].buffer);
    }
    outcome->elapsed = service_now() - shared.started;
    outcome->retries = atomic_load(&service_retries) - retries;
    free(workers);
    return outcome;
}
