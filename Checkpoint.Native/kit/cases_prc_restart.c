/* The local service ends and comes back under its clients (ais-ckpt 5.10, PRC-15, 16). Data is kept where another node, or the service's
 * own means, hold it: the restart of the only node there is cannot pass PRC-15. */
#include <stdatomic.h>

#include "kit.h"

static void *restart(void *unused) {
    (void)unused;
    kit_restart_host();
    return NULL;
}

KIT_CASE_WITHIN(PRC_15, "PRC-15", KIT_S | KIT_RESTART, 90, "while the local service restarts calls answer TRY_AGAIN, then OK again; handles and data are kept") {
    struct kit_f f = KIT_F();
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    uint32_t zero = 0, last = 0;
    kit_section(f.h, "kept", "kept", 4);
    kit_section(f.h, "s", &zero, sizeof zero);
    struct kit_thread *thread = kit_thread_start(restart, NULL);
    for (uint32_t k = 1; !kit_thread_done(thread); k++) {
        SaCkptIOVectorElementT element = kit_element("s", &k, sizeof k, 0);
        /* TIMEOUT: it was sent, and the answer was lost with the service. */
        if (KIT_EXPECT_ANY_RAW(K.CheckpointWrite(f.h, &element, 1, NULL), SA_AIS_OK, SA_AIS_ERR_TRY_AGAIN, SA_AIS_ERR_TIMEOUT) == SA_AIS_OK)
            last = k;
        uint32_t seen = 0;
        SaCkptIOVectorElementT got = kit_element("s", &seen, sizeof seen, 0);
        if (KIT_EXPECT_ANY_RAW(K.CheckpointRead(reader, &got, 1, NULL), SA_AIS_OK, SA_AIS_ERR_TRY_AGAIN, SA_AIS_ERR_TIMEOUT) == SA_AIS_OK)
            KIT_TRUE(seen >= last && seen <= k, "write %u to %u read, not %u", last, k, seen);
        kit_sleep_ms(5);
    }
    kit_thread_join(thread, 1000);
    kit_write(f.h, "s", "after", 5, 0);
    kit_expect_content(reader, "s", "after", 5);
    kit_expect_content(reader, "kept", "kept", 4);
    /* Rights and openers are as they were. */
    SaCkptIOVectorElementT element = kit_element("s", "no", 2, 0);
    KIT_EXPECT(K.CheckpointWrite(reader, &element, 1, NULL), SA_AIS_ERR_ACCESS);
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, 0));
    KIT_OK(K.CheckpointClose(reader));
    kit_expect_present(f.handle, f.name);
    KIT_OK(K.CheckpointClose(f.h));
    kit_expect_absent(f.handle, f.name);
}

static void *block(void *given) {
    SaCkptHandleT handle = *(SaCkptHandleT *)given;
    KIT_EXPECT_CODE(K.Dispatch(handle, SA_DISPATCH_BLOCKING), SA_AIS_OK);
    return NULL;
}

KIT_CASE_WITHIN(PRC_16, "PRC-16", KIT_S | KIT_RESTART, 90, "a thread in BLOCKING stays there while the local service restarts, and delivers later") {
    struct kit_f f = KIT_F();
    const SaNameT *name = kit_name();
    struct kit_thread *thread = kit_thread_start(block, &f.handle);
    kit_restart_host();
    KIT_TRUE(!kit_thread_done(thread), "the thread still in Dispatch");
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    KIT_OK(K.CheckpointOpenAsync(f.handle, 5, name, &attributes, KIT_ALL_MODES));
    KIT_TRUE(KIT_WAIT(kit_callback_count() == 1, 20000), "its callback");
    KIT_EXPECT_EQ_U64(kit_callback_at(0).invocation, 5);
    KIT_EXPECT_ANY_(kit_callback_at(0).error, "error of the open callback", SA_AIS_OK, SA_AIS_ERR_TRY_AGAIN);
    KIT_TRUE(!kit_thread_done(thread), "the thread still in Dispatch");
    KIT_OK(K.Finalize(f.handle));
    kit_thread_join(thread, 5000);
}
