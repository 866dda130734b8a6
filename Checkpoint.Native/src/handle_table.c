#include "handle_table.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/*
 * A handle is: generation (38 bits) | kind (2 bits) | slot (24 bits). The generation counts every handle of the process and begins at a
 * random value, so a number of another process or of an object that is gone does not fit.
 */
enum { SLOT_BITS = 24, KIND_BITS = 2, CHUNK_BITS = 8, CHUNK_SLOTS = 1 << CHUNK_BITS, CHUNKS_MAX = 1 << (SLOT_BITS - CHUNK_BITS) };

#define GENERATION_MASK ((UINT64_C(1) << (64 - SLOT_BITS - KIND_BITS)) - 1)

struct slot {
    _Atomic(struct object *) object;
    uint64_t handle;
    uint32_t next_free;
};

#define NO_SLOT UINT32_MAX

/* Held for a few instructions, never over I/O. Chunks are never moved or freed, so a fork's child can walk them. */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot **chunks;
static _Atomic uint32_t chunk_count;
static uint32_t chunk_room;
static uint32_t first_free = NO_SLOT;
static uint32_t last_free = NO_SLOT;
static uint64_t generation;

/* Keeps what a fork's child cannot free reachable for leak checkers. */
static struct slot **volatile abandoned;

void object_init(struct object *object, enum handle_kind kind, void (*destroy)(struct object *object))
{
    atomic_init(&object->references, 1);
    object->kind = kind;
    object->handle = 0;
    object->destroy = destroy;
}

void object_retain(struct object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
}

void object_release(struct object *object)
{
    if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) == 1)
        object->destroy(object);
}

static struct slot *slot_at(uint32_t index)
{
    return &chunks[index >> CHUNK_BITS][index & (CHUNK_SLOTS - 1)];
}

static void free_slot(uint32_t index)
{
    /* Last in, last out: a number rests as long as possible. */
    slot_at(index)->next_free = NO_SLOT;
    if (last_free == NO_SLOT)
        first_free = index;
    else
        slot_at(last_free)->next_free = index;
    last_free = index;
}

static uint64_t random_start(void)
{
    uint64_t value;
    if (getrandom(&value, sizeof value, GRND_NONBLOCK) != sizeof value)
        value = ((uint64_t)getpid() << 20) ^ (uint64_t)time(NULL) * UINT64_C(0x9E3779B97F4A7C15);
    return value;
}

static bool grow(void)
{
    uint32_t count = atomic_load(&chunk_count);
    if (count == CHUNKS_MAX)
        return false;
    if (count == chunk_room) {
        uint32_t room = chunk_room == 0 ? 16 : chunk_room * 2;
        struct slot **grown = malloc(room * sizeof *grown);
        if (grown == NULL)
            return false;
        for (uint32_t i = 0; i < count; i++)
            grown[i] = chunks[i];
        struct slot **old = chunks;
        chunks = grown;
        chunk_room = room;
        free(old);
    }
    struct slot *chunk = calloc(CHUNK_SLOTS, sizeof *chunk);
    if (chunk == NULL)
        return false;
    if (count == 0)
        generation = random_start();
    chunks[count] = chunk;
    atomic_store(&chunk_count, count + 1);
    for (uint32_t i = 0; i < CHUNK_SLOTS; i++)
        free_slot((count << CHUNK_BITS) + i);
    return true;
}

bool handle_issue(struct object *object)
{
    pthread_mutex_lock(&table_lock);
    bool issued = first_free != NO_SLOT || grow();
    if (issued) {
        uint32_t index = first_free;
        struct slot *slot = slot_at(index);
        first_free = slot->next_free;
        if (first_free == NO_SLOT)
            last_free = NO_SLOT;
        generation = (generation + 1) & GENERATION_MASK;
        if (generation == 0)
            generation = 1;
        slot->handle = generation << (SLOT_BITS + KIND_BITS) | (uint64_t)object->kind << SLOT_BITS | index;
        object->handle = slot->handle;
        object_retain(object);
        atomic_store(&slot->object, object);
    }
    pthread_mutex_unlock(&table_lock);
    return issued;
}

static struct slot *find_slot(uint64_t handle)
{
    uint32_t index = (uint32_t)(handle & ((1U << SLOT_BITS) - 1));
    if (index >> CHUNK_BITS >= atomic_load(&chunk_count))
        return NULL;
    struct slot *slot = slot_at(index);
    return slot->handle == handle && atomic_load(&slot->object) != NULL ? slot : NULL;
}

struct object *handle_find(uint64_t handle, enum handle_kind kind)
{
    if ((handle >> SLOT_BITS & ((1U << KIND_BITS) - 1)) != kind)
        return NULL;
    pthread_mutex_lock(&table_lock);
    struct slot *slot = find_slot(handle);
    struct object *object = slot == NULL ? NULL : atomic_load(&slot->object);
    if (object != NULL)
        object_retain(object);
    pthread_mutex_unlock(&table_lock);
    return object;
}

bool handle_revoke(struct object *object)
{
    pthread_mutex_lock(&table_lock);
    struct slot *slot = find_slot(object->handle);
    if (slot != NULL) {
        atomic_store(&slot->object, NULL);
        free_slot((uint32_t)(object->handle & ((1U << SLOT_BITS) - 1)));
    }
    pthread_mutex_unlock(&table_lock);
    if (slot == NULL)
        return false;
    object_release(object);
    return true;
}

void handle_abandon_all(void (*visit)(struct object *object))
{
    uint32_t count = atomic_load(&chunk_count);
    for (uint32_t chunk = 0; chunk < count; chunk++)
        for (uint32_t i = 0; i < CHUNK_SLOTS; i++) {
            struct object *object = atomic_load(&chunks[chunk][i].object);
            if (object != NULL)
                visit(object);
        }
    pthread_mutex_init(&table_lock, NULL);
    abandoned = chunks;
    chunks = NULL;
    chunk_room = 0;
    atomic_store(&chunk_count, 0);
    first_free = last_free = NO_SLOT;
}
