#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

static atomic_ulong count;
static atomic_size_t most = SIZE_MAX;

unsigned long allocations_count(void)
{
    return atomic_load(&count);
}

void allocations_refuse_above(size_t bytes)
{
    atomic_store(&most, bytes);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

bool allocations_are_ours(void)
{
    return false;
}

#else

/* What glibc's own are called besides. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t items, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size);
void *calloc(size_t items, size_t size);
void *realloc(void *block, size_t size);

static bool is_refused(size_t size)
{
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    if (size <= atomic_load_explicit(&most, memory_order_relaxed))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return is_refused(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t items, size_t size)
{
    return is_refused(items > 0 && size > SIZE_MAX / items ? SIZE_MAX : items * size) ? NULL : __libc_calloc(items, size);
}

void *realloc(void *block, size_t size)
{
    return is_refused(size) ? NULL : __libc_realloc(block, size);
}

bool allocations_are_ours(void)
{
    return true;
}

#endif
