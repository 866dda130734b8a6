/*
 * The counts in their checkpoint: 256 sections of slots, one with the cursor, and one, the fence, that belongs to the worker that leads. Every
 * piece is one vector write that also touches the fence: it is all or nothing, so once the fence is deleted, no write of that worker can ever be
 * done, however late it arrives.
 */
#ifndef SAMPLE_STORE_H
#define SAMPLE_STORE_H

#include "../ais.h"
#include "slots.h"

enum { FENCE_BYTES = 38 }; /* "fence/" and 32 hexadecimal digits. */

/* The next piece begins at this byte of the file, and so many were counted, by whichever worker. */
struct cursor {
    int64_t offset;
    int64_t pieces;
};

struct store {
    SaCkptCheckpointHandleT checkpoint;
    char fence[FENCE_BYTES + 1];
    struct slots slots;
};

SaAisErrorT store_open(struct store *store, struct session *session);
void store_close(struct store *store);

/* A new fence of our own. It fences nobody yet. */
SaAisErrorT store_raise_fence(struct store *store);
SaAisErrorT store_lower_fence(struct store *store);

/* Deletes every fence but ours: what their owners have sent or will send is refused from here on. */
SaAisErrorT store_fence_others(struct store *store);

/* Reads the counts as they are. To be called behind the fence: nobody else can write them then. */
SaAisErrorT store_load(struct store *store, struct cursor *cursor);

/* The piece that was counted into the slots: counts, cursor and fence in one vector write. */
struct update store_prepare(struct store *store, struct cursor after);

/*
 * What was certainly not done is done again. NOT_EXIST: another worker leads. TIMEOUT: whether it was done is unknown; store_load behind a new
 * fence tells.
 */
SaAisErrorT store_write(struct store *store, const struct update *update);

#endif
