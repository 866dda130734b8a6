/* Synchronize and its asynchronous form (ais-ckpt 5.9). */
#include "kit.h"

#define TIMEOUT (10 * SA_TIME_ONE_SECOND)

/* F of this kind with one section that has been written. */
static struct kit_f fixture_of(SaCkptCheckpointCreationFlagsT kind) {
    struct kit_f f = KIT_F(.attributes.creationFlags = kind);
    kit_section(f.h, "s", NULL, 0);
    kit_write(f.h, "s", "data", 4, 0);
    return f;
}

KIT_CASE(SYN_01, "SYN-01", KIT_S, "Synchronize of an async or weak checkpoint: OK") {
    static const SaCkptCheckpointCreationFlagsT kinds[] = {KIT_ASYNC, KIT_WEAK, KIT_ASYNC | KIT_COLLOC, KIT_WEAK | KIT_COLLOC};
    for (unsigned i = 0; i < 4; i++) {
        struct kit_f f = fixture_of(kinds[i]);
        KIT_OK(K.CheckpointSynchronize(f.h, TIMEOUT));
        KIT_OK(K.CheckpointSynchronize(f.h, SA_TIME_MAX));
        kit_expect_content(f.h, "s", "data", 4);
    }
}

KIT_CASE(SYN_02, "SYN-02", KIT_S, "Synchronize of a sync checkpoint: BAD_OPERATION") {
    for (unsigned i = 0; i < 2; i++) {
        struct kit_f f = fixture_of(KIT_SYNC | (i == 1 ? KIT_COLLOC : 0));
        KIT_EXPECT(K.CheckpointSynchronize(f.h, TIMEOUT), SA_AIS_ERR_BAD_OPERATION);
        /* Programs call it anyway and go on. */
        kit_write(f.h, "s", "more", 4, 0);
        kit_expect_content(f.h, "s", "more", 4);
    }
}

KIT_CASE(SYN_03, "SYN-03", KIT_S, "Synchronize through a handle without WRITE: ACCESS, before BAD_OPERATION") {
    struct kit_f f = fixture_of(KIT_ASYNC);
    KIT_EXPECT(K.CheckpointSynchronize(kit_open(f.handle, f.name, KIT_READ), TIMEOUT), SA_AIS_ERR_ACCESS);
    struct kit_f sync = fixture_of(KIT_SYNC);
    KIT_EXPECT(K.CheckpointSynchronize(kit_open(sync.handle, sync.name, KIT_READ), TIMEOUT), SA_AIS_ERR_ACCESS);
}

KIT_CASE(SYN_04, "SYN-04", KIT_S, "Synchronize of an async collocated checkpoint without active replica: NOT_EXIST") {
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC | KIT_COLLOC, .no_active = true);
    KIT_EXPECT(K.CheckpointSynchronize(f.h, TIMEOUT), SA_AIS_ERR_NOT_EXIST);
    KIT_OK(K.ActiveReplicaSet(f.h));
    KIT_OK(K.CheckpointSynchronize(f.h, TIMEOUT));
}

KIT_CASE(SYN_05, "SYN-05", KIT_S, "Synchronize through a wild, closed or finalized handle: BAD_HANDLE") {
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
    KIT_EXPECT(K.CheckpointSynchronize(bad, TIMEOUT), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(SYN_06, "SYN-06", KIT_S, "Synchronize without any section: OK") {
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC);
    KIT_OK(K.CheckpointSynchronize(f.h, TIMEOUT));
}

KIT_CASE(SYN_07, "SYN-07", KIT_S, "Synchronize with timeout 0: TIMEOUT (opensaf: the default limit); negative: INVALID_PARAM") {
    struct kit_f f = fixture_of(KIT_ASYNC);
    KIT_EXPECT(K.CheckpointSynchronize(f.h, 0), KIT_BY_PROFILE(SA_AIS_ERR_TIMEOUT, SA_AIS_OK, SA_AIS_ERR_TIMEOUT));
    KIT_EXPECT(K.CheckpointSynchronize(f.h, -1), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointSynchronize(f.h, -TIMEOUT), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointSynchronize(f.h, SA_TIME_UNKNOWN), SA_AIS_ERR_INVALID_PARAM);
    /* In profile openais the 0 is seen before the handle, elsewhere after it. */
    KIT_EXPECT(K.CheckpointSynchronize(KIT_WILD, 0), KIT_BY_PROFILE(SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_BAD_HANDLE, SA_AIS_ERR_TIMEOUT));
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.CheckpointSynchronize(reader, 0), KIT_BY_PROFILE(SA_AIS_ERR_ACCESS, SA_AIS_ERR_ACCESS, SA_AIS_ERR_TIMEOUT));
    struct kit_f sync = fixture_of(KIT_SYNC);
    KIT_EXPECT(K.CheckpointSynchronize(sync.h, 0), KIT_BY_PROFILE(SA_AIS_ERR_BAD_OPERATION, SA_AIS_ERR_BAD_OPERATION, SA_AIS_ERR_TIMEOUT));
    KIT_OK(K.CheckpointSynchronize(f.h, TIMEOUT));
}

KIT_CASE(SYN_08, "SYN-08", KIT_S, "SynchronizeAsync: OK, then exactly one callback with its invocation") {
    struct kit_f f = fixture_of(KIT_ASYNC);
    static const SaInvocationT invocations[] = {0, 7, UINT64_MAX};
    for (unsigned i = 0; i < 3; i++)
        KIT_OK(K.CheckpointSynchronizeAsync(f.h, invocations[i]));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 0); /* only inside Dispatch */
    kit_dispatch_until(f.handle, 3);
    KIT_TRUE(!kit_poll_fd(kit_fd(f.handle), 50), "nothing more to dispatch");
    KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
    for (unsigned i = 0; i < 3; i++) {
        KIT_EXPECT_EQ_U64(kit_callback_count_of(invocations[i]), 1);
        KIT_EXPECT_EQ_U64(kit_callback_at(i).kind, KIT_SYNCHRONIZED);
        KIT_EXPECT_CODE(kit_callback_at(i).error, SA_AIS_OK);
    }
}

static void no_open(SaInvocationT invocation, SaCkptCheckpointHandleT h, SaAisErrorT error) {
    (void)h;
    kit_fail("no open callback", "one with invocation %llu and %s", (unsigned long long)invocation, kit_code_name(error));
}

KIT_CASE(SYN_09, "SYN-09", KIT_S, "SynchronizeAsync without a synchronize callback: INIT") {
    static const SaCkptCallbacksT open_only = {no_open, NULL};
    struct kit_f f = KIT_F(.attributes.creationFlags = KIT_ASYNC, .callbacks = &open_only);
    KIT_EXPECT(K.CheckpointSynchronizeAsync(f.h, 1), SA_AIS_ERR_INIT);
    struct kit_f none = KIT_F(.attributes.creationFlags = KIT_ASYNC, .no_callbacks = true);
    KIT_EXPECT(K.CheckpointSynchronizeAsync(none.h, 1), SA_AIS_ERR_INIT);
    KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
}

KIT_CASE(SYN_10, "SYN-10", KIT_S, "SynchronizeAsync of a sync checkpoint: BAD_OPERATION; without WRITE: ACCESS; through a bad handle: BAD_HANDLE") {
    struct kit_f sync = fixture_of(KIT_SYNC), async = fixture_of(KIT_ASYNC);
    KIT_EXPECT(K.CheckpointSynchronizeAsync(sync.h, 1), SA_AIS_ERR_BAD_OPERATION);
    KIT_EXPECT(K.CheckpointSynchronizeAsync(kit_open(async.handle, async.name, KIT_READ), 2), SA_AIS_ERR_ACCESS);
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
    KIT_EXPECT(K.CheckpointSynchronizeAsync(bad, 3), SA_AIS_ERR_BAD_HANDLE);
    /* Refused by its return value: no callback follows, though one of an accepted request does. */
    KIT_OK(K.CheckpointSynchronizeAsync(async.h, 4));
    kit_dispatch_until(async.handle, 1);
    KIT_OK(K.Dispatch(sync.handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 1);
    KIT_EXPECT_EQ_U64(kit_callback_at(0).invocation, 4);
}

KIT_LEFT_OUT(SYN_11, "SYN-11", KIT_N, "what was written before a Synchronize is not lost with the active node", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(SYN_12, "SYN-12", KIT_N | KIT_T, "Synchronize over a slow link ends at its timeout and succeeds later", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(SYN_13, "SYN-13", KIT_N, "Synchronize returns although others write without end", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(SYN_14, "SYN-14", KIT_N, "Synchronize is not OK before a paused replica has acknowledged or left", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(SYN_15, "SYN-15", KIT_N | KIT_T, "Synchronize with SA_TIME_MAX knows no default limit", KIT_SEVERAL_NODES);
