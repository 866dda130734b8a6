/* ActiveReplicaSet, and life without an active replica (ais-ckpt 5.5). */
#include "sections.h"

#define KIND(flags) .attributes.creationFlags = (flags)

static void expect_to_be_settable(SaCkptCheckpointCreationFlagsT kind) {
    struct kit_f f = KIT_F(KIND(kind), .no_active = true);
    KIT_OK(K.ActiveReplicaSet(f.h));
    k_use_everything(f.h);
}

KIT_CASE(ACT_01, "ACT-01", KIT_S, "of an asynchronous collocated checkpoint the active replica can be set, and it is then used") {
    expect_to_be_settable(KIT_ASYNC | KIT_COLLOC);
}

KIT_CASE(ACT_02, "ACT-02", KIT_S, "of a weak collocated checkpoint the active replica can be set, and it is then used") {
    expect_to_be_settable(KIT_WEAK | KIT_COLLOC);
}

KIT_CASE(ACT_03, "ACT-03", KIT_S, "of a synchronous or a non-collocated checkpoint it cannot: BAD_OPERATION") {
    const SaCkptCheckpointCreationFlagsT kinds[] = {KIT_SYNC, KIT_SYNC | KIT_COLLOC, KIT_ASYNC, KIT_WEAK};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct kit_f f = KIT_F(KIND(kinds[i]));
        kit_step("creation flags %u", kinds[i]);
        KIT_EXPECT(K.ActiveReplicaSet(f.h), SA_AIS_ERR_BAD_OPERATION);
    }
}

KIT_CASE(ACT_04, "ACT-04", KIT_S, "a handle opened for reading only may not set it: ACCESS") {
    struct kit_f f = KIT_F(KIND(KIT_ASYNC | KIT_COLLOC));
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.ActiveReplicaSet(reader), SA_AIS_ERR_ACCESS);
}

KIT_CASE(ACT_05, "ACT-05", KIT_S, "the open mode is looked at before the kind: ACCESS for a reader of a synchronous checkpoint") {
    struct kit_f f = KIT_F(KIND(KIT_SYNC));
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.ActiveReplicaSet(reader), SA_AIS_ERR_ACCESS);
}

KIT_CASE(ACT_06, "ACT-06", KIT_S, "on a wild, closed or finalized handle: BAD_HANDLE") {
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(K.ActiveReplicaSet(bad), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(ACT_07, "ACT-07", KIT_S, "setting it again on the same node: OK, and nothing is lost") {
    struct kit_f f = KIT_F(KIND(KIT_ASYNC | KIT_COLLOC), .no_active = true);
    KIT_OK(K.ActiveReplicaSet(f.h));
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.ActiveReplicaSet(f.h));
    kit_expect_content(f.h, "s", "data", 4);
}

/* By return value or, once accepted, by the one callback. */
static void expect_synchronize_async_refused(struct kit_f f) {
    SaAisErrorT code = KIT_EXPECT_ANY(K.CheckpointSynchronizeAsync(f.h, 42), SA_AIS_ERR_NOT_EXIST, SA_AIS_OK);
    if (code == SA_AIS_OK) {
        kit_callbacks_clear();
        kit_dispatch_until(f.handle, 1);
        KIT_EXPECT_CODE(kit_callback_at(0).error, SA_AIS_ERR_NOT_EXIST);
        KIT_EXPECT_EQ_U64(kit_callback_at(0).invocation, 42);
    }
}

static void expect_nothing_without_active(struct kit_f f) {
    SaCkptSectionIdT id = kit_id("s");
    SaCkptSectionIterationHandleT it = 0;
    struct kit_status status;
    char buffer[4] = "data";
    SaCkptIOVectorElementT element = kit_element("s", buffer, 4, 0);
    SaUint32T index = 0;
    KIT_EXPECT(k_create(f.h, "s", SA_TIME_END, "data", 4), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.SectionDelete(f.h, &id), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.SectionExpirationTimeSet(f.h, &id, SA_TIME_END), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.CheckpointWrite(f.h, &element, 1, &index), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.SectionOverwrite(f.h, &id, "data", 4), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.CheckpointRead(f.h, &element, 1, &index), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(k_status_get(f.h, &status), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.SectionIterationInitialize(f.h, SA_CKPT_SECTIONS_ANY, 0, &it), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(K.CheckpointSynchronize(f.h, KIT_OPEN_TIMEOUT), SA_AIS_ERR_NOT_EXIST);
    expect_synchronize_async_refused(f);
}

KIT_CASE(ACT_08, "ACT-08", KIT_S, "before a collocated asynchronous checkpoint has an active replica, all calls on its content answer NOT_EXIST") {
    const SaCkptCheckpointCreationFlagsT kinds[] = {KIT_ASYNC | KIT_COLLOC, KIT_WEAK | KIT_COLLOC};
    for (size_t i = 0; i < 2; i++) {
        struct kit_f f = KIT_F(KIND(kinds[i]), .no_active = true);
        kit_step("creation flags %u", kinds[i]);
        expect_nothing_without_active(f);
        KIT_OK(K.ActiveReplicaSet(f.h));
        k_use_everything(f.h); /* Also: nothing of what was refused has been done. */
    }
}

KIT_CASE(ACT_09, "ACT-09", KIT_S, "without an active replica RetentionDurationSet, Unlink and Close work") {
    struct kit_f f = KIT_F(KIND(KIT_ASYNC | KIT_COLLOC), .no_active = true);
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, SA_TIME_ONE_SECOND));
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    KIT_OK(K.CheckpointClose(f.h));
    kit_expect_absent(f.handle, f.name);
}

KIT_CASE(ACT_10, "ACT-10", KIT_S, "a refused ActiveReplicaSet changes nothing") {
    struct kit_f f = KIT_F(KIND(KIT_ASYNC | KIT_COLLOC), .no_active = true);
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.ActiveReplicaSet(reader), SA_AIS_ERR_ACCESS);
    expect_nothing_without_active(f);

    struct kit_f sync = KIT_F(KIND(KIT_SYNC));
    kit_section(sync.h, "s", "data", 4);
    KIT_EXPECT(K.ActiveReplicaSet(sync.h), SA_AIS_ERR_BAD_OPERATION);
    kit_expect_content(sync.h, "s", "data", 4);
    KIT_EXPECT(K.CheckpointSynchronize(sync.h, KIT_OPEN_TIMEOUT), SA_AIS_ERR_BAD_OPERATION);
}

KIT_LEFT_OUT(ACT_11, "ACT-11", KIT_N, "set on one node, the active replica serves another node at once", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(ACT_12, "ACT-12", KIT_N, "after a switch without Synchronize all data is there on both nodes", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(ACT_13, "ACT-13", KIT_N, "a switch after 1000 writes loses and tears nothing and keeps their order", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(ACT_14, "ACT-14", KIT_N, "set on two nodes at once: both OK, exactly one active, no NOT_EXIST afterwards", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(ACT_15, "ACT-15", KIT_N | KIT_T, "the active replica stays when the openers of its node have closed", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(ACT_16, "ACT-16", KIT_N, "a writer during a switch is held up or told TRY_AGAIN; nothing is lost, order is kept", KIT_SEVERAL_NODES);

KIT_CASE(ACT_17, "ACT-17", KIT_S, "a synchronous collocated checkpoint needs no active replica: all calls on its content answer OK") {
    struct kit_f f = KIT_F(KIND(KIT_SYNC | KIT_COLLOC));
    k_use_everything(f.h);
}

KIT_CASE(ACT_18, "ACT-18", KIT_S, "profile opensaf: SynchronizeAsync without an active replica answers NOT_EXIST in the call, and no callback comes") {
    struct kit_f f = KIT_F(KIND(KIT_ASYNC | KIT_COLLOC), .no_active = true);
    kit_callbacks_clear();
    if (kit_profile() != KIT_OPENSAF) {
        expect_synchronize_async_refused(f);
        return;
    }
    KIT_EXPECT(K.CheckpointSynchronizeAsync(f.h, 1), SA_AIS_ERR_NOT_EXIST);
    KIT_OK(K.ActiveReplicaSet(f.h));
    KIT_OK(K.CheckpointSynchronizeAsync(f.h, 2));
    kit_dispatch_until(f.handle, 1);
    KIT_EXPECT_EQ_U64(kit_callback_at(0).invocation, 2);
    KIT_EXPECT_CODE(kit_callback_at(0).error, SA_AIS_OK);
}
