/* The boundaries of each type, and the seeded row. */
#include <stdlib.h>

#include "extreme.h"

enum { BOUNDARIES_MAX = 512 };

static struct {
    unsigned count;
    uint64_t values[BOUNDARIES_MAX];
} types[TIME + 1];

static uint64_t state;

uint64_t any(void) {
    if (state == 0)
        state = run.seed;
    /* splitmix64 */
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t any_of(uint64_t count) {
    return any() % count;
}

static unsigned bits_of(enum type type) {
    static const unsigned bits[] = {[U8] = 8, [U16] = 16, [U32] = 32, [U64] = 64, [TIME] = 63};
    return bits[type];
}

static void add(enum type type, uint64_t value) {
    for (unsigned i = 0; i < types[type].count; i++)
        if (types[type].values[i] == value)
            return;
    types[type].values[types[type].count++] = value;
}

/* In a brief run the exponents where machines and formats have their limits. */
static bool is_taken(unsigned k, unsigned bits) {
    return !run.brief || k == 31 || k == bits - 1;
}

static void fill(enum type type) {
    unsigned bits = bits_of(type);
    uint64_t max = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
    add(type, 0);
    add(type, 1);
    for (unsigned k = 1; k < bits; k++) {
        if (!is_taken(k, bits))
            continue;
        add(type, (UINT64_C(1) << k) - 1);
        add(type, UINT64_C(1) << k);
        add(type, (UINT64_C(1) << k) + 1);
    }
    add(type, max - 1);
    add(type, max);
    if (type != TIME)
        return;
    for (unsigned i = types[type].count; i-- > 0;)
        add(type, (uint64_t)0 - types[type].values[i]);
    add(type, (uint64_t)INT64_MIN);
}

unsigned boundary_count(enum type type) {
    if (types[type].count == 0)
        fill(type);
    return types[type].count;
}

uint64_t boundary(enum type type, unsigned which) {
    return which < boundary_count(type) ? types[type].values[which] : 0;
}

uint64_t any_boundary(enum type type) {
    return boundary(type, (unsigned)any_of(boundary_count(type)));
}
