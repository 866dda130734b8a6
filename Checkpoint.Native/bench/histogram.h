/* Latencies in nanoseconds, in buckets whose width grows with their value: off by less than 1 part in 128, the same memory for ten
 * samples as for ten million. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>

enum { HISTOGRAM_SUB_BITS = 7, HISTOGRAM_SUB = 1 << HISTOGRAM_SUB_BITS, HISTOGRAM_BUCKETS = HISTOGRAM_SUB * (64 - HISTOGRAM_SUB_BITS) };

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max;
};

void histogram_record(struct histogram *h, uint64_t nanoseconds);
void histogram_add(struct histogram *to, const struct histogram *from);

/* " MAX VALUE:COUNT VALUE:COUNT ...": for each bucket in use a value in its middle. */
void histogram_print(FILE *to, const struct histogram *h);

#endif
