/* RetentionDurationSet (ais-ckpt 5.4). */
#include "retention.h"
#include "sections.h"

static void expect_duration(SaCkptCheckpointHandleT h, SaTimeT duration) {
    struct kit_status status;
    KIT_OK(k_status_get(h, &status));
    KIT_EXPECT_EQ_I64(status.attributes.retentionDuration, duration);
}

KIT_CASE(RET_01, "RET-01", KIT_S, "a new retention duration is what StatusGet then shows") {
    struct kit_f f = KIT_F();
    const SaTimeT durations[] = {0, SA_TIME_ONE_SECOND, 90 * SA_TIME_ONE_SECOND + 1000, SA_TIME_END, SA_TIME_ONE_MINUTE};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        KIT_OK(K.CheckpointRetentionDurationSet(f.h, durations[i]));
        expect_duration(f.h, durations[i]);
    }
}

KIT_CASE(RET_02, "RET-02", KIT_S | KIT_T, "shortened from SA_TIME_END to 1 s it is gone 1 s after Close") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_END);
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, SA_TIME_ONE_SECOND));
    int64_t closing = kit_mono();
    KIT_OK(K.CheckpointClose(f.h));
    k_expect_expiry(f.handle, f.name, closing, 1000);
}

KIT_CASE(RET_03, "RET-03", KIT_S | KIT_T, "prolonged from 1 s to SA_TIME_END it is still there after 2 s") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_ONE_SECOND);
    kit_section(f.h, "s", "data", 4);
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, SA_TIME_END));
    KIT_OK(K.CheckpointClose(f.h));
    kit_sleep_ms(2000);
    SaCkptCheckpointHandleT again = kit_open(f.handle, f.name, KIT_READ);
    kit_expect_content(again, "s", "data", 4);
}

KIT_CASE(RET_04, "RET-04", KIT_S, "set to 0 it is gone at Close") {
    struct kit_f f = KIT_F();
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, 0));
    KIT_OK(K.CheckpointClose(f.h));
    kit_expect_absent(f.handle, f.name);
}

KIT_CASE(RET_05, "RET-05", KIT_S, "for an unlinked checkpoint: BAD_OPERATION") {
    struct kit_f f = KIT_F();
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    KIT_EXPECT(K.CheckpointRetentionDurationSet(f.h, SA_TIME_ONE_SECOND), SA_AIS_ERR_BAD_OPERATION);
}

KIT_CASE(RET_06, "RET-06", KIT_S, "a negative duration: INVALID_PARAM, and nothing changes") {
    struct kit_f f = KIT_F();
    const SaTimeT negative[] = {-1, -SA_TIME_ONE_MINUTE, SA_TIME_UNKNOWN};
    for (size_t i = 0; i < sizeof negative / sizeof negative[0]; i++)
        KIT_EXPECT(K.CheckpointRetentionDurationSet(f.h, negative[i]), SA_AIS_ERR_INVALID_PARAM);
    expect_duration(f.h, f.attributes.retentionDuration);
}

/* What a handle opened for reading only is told; what it asked for is done or not accordingly. */
static void expect_from_reader(bool b1, SaAisErrorT code) {
    struct kit_f f = KIT_F(.b1 = b1);
    SaCkptCheckpointHandleT reader = kit_open(f.handle, f.name, KIT_READ);
    KIT_EXPECT(K.CheckpointRetentionDurationSet(reader, 5 * SA_TIME_ONE_SECOND), code);
    expect_duration(reader, code == SA_AIS_OK ? 5 * SA_TIME_ONE_SECOND : f.attributes.retentionDuration);
}

KIT_CASE(RET_07, "RET-07", KIT_S, "on a handle opened for reading only: ACCESS for B.2 clients, OK for B.1 clients") {
    if (!kit_is_so3())
        expect_from_reader(false, kit_b2_rules() ? SA_AIS_ERR_ACCESS : SA_AIS_OK);
    expect_from_reader(true, SA_AIS_OK);
}

KIT_CASE(RET_08, "RET-08", KIT_S, "on a wild, closed or finalized handle: BAD_HANDLE") {
    KIT_EACH_BAD_CHECKPOINT_HANDLE(bad)
        KIT_EXPECT(K.CheckpointRetentionDurationSet(bad, SA_TIME_ONE_SECOND), SA_AIS_ERR_BAD_HANDLE);
}

KIT_ROLE(ret_setter) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_WRITE);
    KIT_OK(K.CheckpointRetentionDurationSet(h, 7 * SA_TIME_ONE_SECOND));
    kit_say("set");
    kit_expect_hear("end");
}

KIT_CASE(RET_09, "RET-09", KIT_P, "what one process sets another sees") {
    struct kit_f f = KIT_F();
    struct kit_peer *peer = kit_peer_start("ret_setter", kit_name_text(f.name));
    kit_peer_expect_line(peer, "set");
    expect_duration(f.h, 7 * SA_TIME_ONE_SECOND);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
}

KIT_CASE(RET_10, "RET-10", KIT_S, "a duration below 10 ms is read back as it was given, at creation and when set, also in profile opensaf") {
    const SaTimeT durations[] = {1, 100, 100 * SA_TIME_ONE_MICROSECOND, 10 * SA_TIME_ONE_MILLISECOND - 1, 10 * SA_TIME_ONE_MILLISECOND};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        struct kit_f f = KIT_F(.attributes.retentionDuration = durations[i]);
        expect_duration(f.h, durations[i]);
        KIT_OK(K.CheckpointRetentionDurationSet(f.h, durations[i] + 1));
        expect_duration(f.h, durations[i] + 1);
    }
}

KIT_CASE(RET_11, "RET-11", KIT_S, "profile opensaf: set below 10 ms it is gone at Close") {
    struct kit_f f = KIT_F();
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, 10 * SA_TIME_ONE_MILLISECOND - 1));
    KIT_OK(K.CheckpointClose(f.h));
    if (kit_profile() == KIT_OPENSAF)
        KIT_EXPECT(K.CheckpointUnlink(f.handle, f.name), SA_AIS_ERR_NOT_EXIST);
    kit_expect_absent_within(f.handle, f.name, 1000 * kit_patience());
}
