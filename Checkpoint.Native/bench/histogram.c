#include "histogram.h"

#include <inttypes.h>

/* Values below 2^7 have a bucket each; each of the powers of two above has 2^7. */
static unsigned index_of(uint64_t value) {
    if (value < HISTOGRAM_SUB)
        return (unsigned)value;
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
    return (unsigned)((shift + 1) * HISTOGRAM_SUB + (value >> shift) - HISTOGRAM_SUB);
}

static uint64_t middle_of(unsigned index) {
    if (index < HISTOGRAM_SUB)
        return index;
    unsigned shift = index / HISTOGRAM_SUB - 1;
    return ((uint64_t)(index % HISTOGRAM_SUB + HISTOGRAM_SUB) << shift) + (((uint64_t)1 << shift) / 2);
}

void histogram_record(struct histogram *h, uint64_t nanoseconds) {
    h->counts[index_of(nanoseconds)]++;
    h->count++;
    if (nanoseconds > h->max)
        h->max = nanoseconds;
}

void histogram_add(struct histogram *to, const struct histogram *from) {
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        to->counts[i] += from->counts[i];
    to->count += from->count;
    if (from->max > to->max)
        to->max = from->max;
}

void histogram_print(FILE *to, const struct histogram *h) {
    fprintf(to, " %" PRIu64, h->max);
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        if (h->counts[i] > 0)
            fprintf(to, " %" PRIu64 ":%" PRIu64, middle_of(i), h->counts[i]);
}
