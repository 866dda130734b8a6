/*
 * The handles that programs hold: 64-bit numbers that say nothing, are not issued again soon, and may be anything when they come back.
 * An object that was found stays alive until it is released, whoever closes it meanwhile.
 */
#ifndef CKPT_HANDLE_TABLE_H
#define CKPT_HANDLE_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum handle_kind { HANDLE_CLIENT = 1, HANDLE_CHECKPOINT = 2, HANDLE_ITERATION = 3 };

/* The beginning of every object that has a handle. */
struct object {
    atomic_uint references;
    enum handle_kind kind;
    uint64_t handle;
    void (*destroy)(struct object *object);
};

/* With one reference, the caller's. */
void object_init(struct object *object, enum handle_kind kind, void (*destroy)(struct object *object));
void object_retain(struct object *object);
void object_release(struct object *object);

/* Gives the object its handle; the table has a reference of its own then. False when there is no memory. */
bool handle_issue(struct object *object);

/* The object with a reference for the caller, or NULL. */
struct object *handle_find(uint64_t handle, enum handle_kind kind);

/* Ends a handle; false when another thread has done so already. */
bool handle_revoke(struct object *object);

/* In the child of a fork: visits each object, then forgets all handles. No other thread exists, but the table may be in any state. */
void handle_abandon_all(void (*visit)(struct object *object));

#endif
