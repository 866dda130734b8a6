/* Watching a closed checkpoint without touching it. */
#ifndef KIT_RETENTION_H
#define KIT_RETENTION_H

#include "kit.h"

/* True while a linked checkpoint has this name. Opening it would stop its retention, so this asks by a creation that does not fit:
 * EXIST tells that it is there. When it is not, the one created instead is gone again at once. */
bool k_is_linked(SaCkptHandleT handle, const SaNameT *name);
/* The checkpoint is there for so many ms after closing (kit_mono() before the last Close) and gone at most 1 s later. */
void k_expect_expiry(SaCkptHandleT handle, const SaNameT *name, int64_t closing, int ms);

#endif
