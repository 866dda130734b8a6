/* What the cases about sections share: creating with an expiration time, walking an iteration, and calls made only for their codes. */
#ifndef KIT_SECTIONS_H
#define KIT_SECTIONS_H

#include "kit.h"

/* --- creating */

/* SectionCreate with a text id. */
SaAisErrorT k_create(SaCkptCheckpointHandleT h, const char *id, SaTimeT expiration, const void *data, SaSizeT size);
/* Creates "s0", "s1", ... up to count, each with its own content of one byte, none expiring. */
void k_fill(SaCkptCheckpointHandleT h, unsigned count);

/* --- in masses */

/* one(0) ... one(count - 1), begun in this order by several threads. */
#define K_THREADS 8
void k_in_parallel(unsigned count, void (*one)(unsigned i, void *context), void *context);
/* The cost of a call does not grow with what is there: the last part of a row of equal calls takes no longer than the first one did,
 * up to a factor for a busy machine. */
void k_expect_flat(const char *what, int64_t first_ns, int64_t last_ns);

/* --- iteration */

#define K_ID_MAX 64
struct k_section {
    unsigned char id[K_ID_MAX];
    SaUint16T id_length;
    SaTimeT expiration, last_update;
    SaSizeT size;
    SaCkptSectionStateT state;
};
struct k_walk {
    SaCkptSectionIterationHandleT it;
    struct k_section *sections; /* in the order in which they came; ids are copies */
    size_t count;
};
struct k_walk k_walk_start(SaCkptCheckpointHandleT h, SaCkptSectionsChosenT chosen, SaTimeT time);
/* One more section; false at NO_SECTIONS. Fails the case for any other code, and for a section that came before. */
bool k_walk_next(struct k_walk *walk);
/* To the end; NO_SECTIONS must then repeat. Finalizes the iteration. */
void k_walk_rest(struct k_walk *walk);
/* All three at once. */
struct k_walk k_walk_all(SaCkptCheckpointHandleT h, SaCkptSectionsChosenT chosen, SaTimeT time);
/* NULL when it did not come. */
const struct k_section *k_walk_find(const struct k_walk *walk, const char *id);
/* Exactly these, given by their text ids with spaces between. */
void k_walk_expect(const struct k_walk *walk, const char *ids);

/* --- calls for their codes */

/* Each call that takes a checkpoint handle, with arguments that are good in themselves; those that it does not have are left out. */
void k_expect_every_call(SaCkptCheckpointHandleT h, SaAisErrorT code);
/* Each call on sections, data, status and iteration answers OK and does what it says. Leaves no section behind. */
void k_use_everything(SaCkptCheckpointHandleT h);

#endif
