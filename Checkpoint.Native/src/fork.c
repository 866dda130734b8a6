#include "fork.h"

#include <pthread.h>
#include <stdatomic.h>

#include "client.h"

static atomic_uint generation;

unsigned fork_generation(void)
{
    return atomic_load_explicit(&generation, memory_order_relaxed);
}

/* The child must not keep the parent's connections open: the host would take the parent for alive. */
static void leave_behind(struct object *object)
{
    if (object->kind != HANDLE_CLIENT)
        return;
    struct client *client = (struct client *)object;
    descriptor_close(&client->socket);
    descriptor_close(&client->wake);
    descriptor_close(&client->selection);
}

static void in_child(void)
{
    atomic_fetch_add_explicit(&generation, 1, memory_order_relaxed);
    handle_abandon_all(leave_behind);
}

/* Inherited handles are wild numbers in the child, so every call with one fails; a new Initialize begins afresh. */
__attribute__((constructor)) static void watch_for_fork(void)
{
    pthread_atfork(NULL, NULL, in_child);
}
