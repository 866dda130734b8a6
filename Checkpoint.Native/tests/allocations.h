/*
 * The program's own malloc, calloc and realloc, which the library uses as well: counts them, and refuses large blocks when asked to. Not under a
 * sanitizer, which brings its own.
 */
#ifndef TEST_ALLOCATIONS_H
#define TEST_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether they are ours. */
bool allocations_are_ours(void);

/* How many blocks any thread has asked for so far. */
unsigned long allocations_count(void);

/* From now on nobody gets a block above this size. */
void allocations_refuse_above(size_t bytes);

#endif
