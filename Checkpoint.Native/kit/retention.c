/* Watching a closed checkpoint without touching it. */
#include "retention.h"

/* Timers may tick: one tick of 10 ms before the time is no fault, and the table gives 1 s after it. */
#define EARLY_MS 10
#define LATE_MS 1000

bool k_is_linked(SaCkptHandleT handle, const SaNameT *name) {
    SaCkptCheckpointCreationAttributesT odd = {KIT_SYNC, 77, 0, 11, 7, 3};
    SaCkptCheckpointHandleT h = 0;
    if (KIT_EXPECT_ANY(K.CheckpointOpen(handle, name, &odd, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h), SA_AIS_OK, SA_AIS_ERR_EXIST) == SA_AIS_ERR_EXIST)
        return true;
    KIT_OK(K.CheckpointClose(h));
    return false;
}

void k_expect_expiry(SaCkptHandleT handle, const SaNameT *name, int64_t closing, int ms) {
    while (k_is_linked(handle, name)) {
        if (KIT_MS(kit_mono() - closing) >= ms + LATE_MS * kit_patience())
            kit_fail("the checkpoint gone when its retention duration has passed", "it still exists %ld ms after the last Close", KIT_MS(kit_mono() - closing));
        kit_sleep_ms(20);
    }
    if (KIT_MS(kit_mono() - closing) < ms - EARLY_MS)
        kit_fail("the checkpoint kept for its retention duration", "it was gone %ld ms after the last Close", KIT_MS(kit_mono() - closing));
    kit_expect_absent(handle, name);
}
