/* OpenAsync (ais-ckpt 5.3). */
#include <stdlib.h>

#include "kit.h"

typedef SaCkptCheckpointCreationAttributesT attributes_t;

/* So long nothing must come that must never come. */
#define NEVER_MS 300

static void expect_no_callback(SaCkptHandleT handle) {
    kit_sleep_ms(NEVER_MS);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 0);
}

/* The one callback that came. */
static struct kit_callback only_callback(SaCkptHandleT handle) {
    kit_dispatch_until(handle, 1);
    kit_sleep_ms(50);
    KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 1);
    KIT_EXPECT_EQ_U64(kit_callback_at(0).kind, KIT_OPENED);
    return kit_callback_at(0);
}

KIT_CASE(OPA_01, "OPA-01", KIT_S, "OpenAsync ends in one callback with its invocation and a handle that works") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    KIT_OK(K.CheckpointOpenAsync(handle, 0x123456789ABCDEF0, kit_name(), &attributes, KIT_ALL_MODES));
    struct kit_callback callback = only_callback(handle);
    KIT_EXPECT_EQ_U64(callback.invocation, 0x123456789ABCDEF0);
    KIT_EXPECT_CODE(callback.error, SA_AIS_OK);
    kit_section(callback.h, "s", "async", 5);
    kit_expect_content(callback.h, "s", "async", 5);
    KIT_OK(K.CheckpointClose(callback.h));
}

KIT_CASE(OPA_02, "OPA-02", KIT_S, "OpenAsync without an open callback answers INIT") {
    attributes_t attributes = kit_attributes();
    SaCkptCallbacksT others = {NULL, kit_callbacks.saCkptCheckpointSynchronizeCallback};
    SaVersionT version = kit_version();
    const SaNameT *name = kit_name();
    SaCkptHandleT none = kit_initialize_with(version.majorVersion, version.minorVersion, NULL);
    SaCkptHandleT other = kit_initialize_with(version.majorVersion, version.minorVersion, &others);
    KIT_EXPECT(K.CheckpointOpenAsync(none, 1, name, &attributes, KIT_ALL_MODES), SA_AIS_ERR_INIT);
    KIT_EXPECT(K.CheckpointOpenAsync(other, 1, name, &attributes, KIT_ALL_MODES), SA_AIS_ERR_INIT);
    kit_sleep_ms(NEVER_MS);
    kit_expect_absent(none, name);
}

KIT_CASE(OPA_03, "OPA-03", KIT_S, "OpenAsync of an absent checkpoint without CREATE is accepted; its callback tells NOT_EXIST") {
    SaCkptHandleT handle = kit_initialize();
    KIT_OK(K.CheckpointOpenAsync(handle, 5, kit_name(), NULL, KIT_READ));
    struct kit_callback callback = only_callback(handle);
    KIT_EXPECT_EQ_U64(callback.invocation, 5);
    KIT_EXPECT_CODE(callback.error, SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(OPA_04, "OPA-04", KIT_S, "OpenAsync with other attributes than the checkpoint's is accepted; its callback tells EXIST") {
    struct kit_f f = KIT_F();
    attributes_t other = f.attributes;
    other.maxSections++;
    KIT_OK(K.CheckpointOpenAsync(f.handle, 6, f.name, &other, KIT_ALL_MODES));
    struct kit_callback callback = only_callback(f.handle);
    KIT_EXPECT_EQ_U64(callback.invocation, 6);
    KIT_EXPECT_CODE(callback.error, SA_AIS_ERR_EXIST);
}

/* Every wrong argument of OpenAsync: INVALID_PARAM by return. */
static void ask_with_wrong_arguments(SaCkptHandleT handle, const SaNameT *name) {
    attributes_t good = kit_attributes(), bad;
    SaNameT empty = {0, {0}}, longer = {257, {'s'}};
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, NULL, &good, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, &empty, &good, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, &longer, &good, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, NULL, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, &good, KIT_READ), SA_AIS_ERR_INVALID_PARAM);
    const unsigned kinds[] = {0, 3, 7, 8, 13, 16};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bad = good;
        bad.creationFlags = kinds[i];
        kit_step("creation flags %u", kinds[i]);
        KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, &bad, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    }
    bad = good;
    bad.checkpointSize = 8193;
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, &bad, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    bad = good;
    bad.retentionDuration = -1;
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, &bad, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
}

static void ask_with_wrong_flags(SaCkptHandleT handle, const SaNameT *name) {
    attributes_t attributes = kit_attributes();
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, NULL, 0), SA_AIS_ERR_BAD_FLAGS);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, NULL, 0x10), SA_AIS_ERR_BAD_FLAGS);
    KIT_EXPECT(K.CheckpointOpenAsync(handle, 1, name, &attributes, 0xFFFFFFFFu), SA_AIS_ERR_BAD_FLAGS);
}

static void ask_on_bad_handles(const SaNameT *name) {
    attributes_t attributes = kit_attributes();
    KIT_EACH_BAD_HANDLE(bad)
        KIT_EXPECT(K.CheckpointOpenAsync(bad, 1, name, &attributes, KIT_ALL_MODES), SA_AIS_ERR_BAD_HANDLE);
}

KIT_CASE(OPA_05, "OPA-05", KIT_S, "wrong arguments of OpenAsync are told by INVALID_PARAM at once, never by the callback") {
    SaCkptHandleT handle = kit_initialize();
    ask_with_wrong_arguments(handle, kit_name());
    expect_no_callback(handle);
}

KIT_CASE(OPA_06, "OPA-06", KIT_S, "wrong open flags of OpenAsync are told by BAD_FLAGS at once") {
    struct kit_f f = KIT_F();
    ask_with_wrong_flags(f.handle, f.name);
    expect_no_callback(f.handle);
}

KIT_CASE(OPA_07, "OPA-07", KIT_S, "OpenAsync on a wild, zero or finalized handle answers BAD_HANDLE") {
    ask_on_bad_handles(kit_name());
}

KIT_CASE(OPA_08, "OPA-08", KIT_S, "100 OpenAsync with any invocations, 0 and 2^64-1 among them, end in one callback each") {
    struct kit_f f = KIT_F();
    SaInvocationT invocations[100];
    for (unsigned i = 0; i < 100; i++)
        invocations[i] = i == 0 ? 0 : i == 1 ? UINT64_MAX : UINT64_C(0x9E3779B97F4A7C15) * i;
    for (unsigned i = 0; i < 100; i++)
        KIT_OK(K.CheckpointOpenAsync(f.handle, invocations[i], f.name, NULL, KIT_READ));
    kit_dispatch_until(f.handle, 100);
    kit_sleep_ms(50);
    KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 100);
    for (unsigned i = 0; i < 100; i++) {
        KIT_EXPECT_EQ_U64(kit_callback_count_of(invocations[i]), 1);
        KIT_EXPECT_CODE(kit_callback_at(i).error, SA_AIS_OK);
    }
}

KIT_CASE(OPA_09, "OPA-09", KIT_S, "name and attributes may be overwritten as soon as OpenAsync has returned") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *name = kit_name();
    SaNameT *given_name = kit_guarded_copy(name, sizeof *name);
    attributes_t attributes = kit_attributes(), *given = kit_guarded_copy(&attributes, sizeof attributes);
    KIT_OK(K.CheckpointOpenAsync(handle, 1, given_name, given, KIT_ALL_MODES));
    memset(given_name, 0xEE, sizeof *given_name);
    memset(given, 0xEE, sizeof *given);
    kit_forbid(given_name);
    kit_forbid(given);
    struct kit_callback callback = only_callback(handle);
    KIT_EXPECT_CODE(callback.error, SA_AIS_OK);
    struct kit_status status = {0};
    KIT_OK(k_status_get(callback.h, &status));
    KIT_EXPECT_EQ_U64(status.attributes.maxSections, attributes.maxSections);
    KIT_EXPECT_EQ_U64(status.attributes.maxSectionSize, attributes.maxSectionSize);
    KIT_EXPECT_EQ_I64(status.attributes.retentionDuration, attributes.retentionDuration);
    kit_expect_present(handle, name);
}

KIT_LEFT_OUT(OPA_10, "OPA-10", KIT_N | KIT_T, "while the service stalls past the limit the callback tells TIMEOUT or TRY_AGAIN", KIT_SEVERAL_NODES);

/* NAME: OpenAsync with CREATE and retention 0, and ends without Dispatch. */
KIT_ROLE(opa_leaver) {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    attributes.retentionDuration = 0;
    KIT_OK(K.CheckpointOpenAsync(handle, 1, kit_name_from(argv[0]), &attributes, KIT_ALL_MODES));
    KIT_TRUE(kit_poll_fd(kit_fd(handle), 5000), "the selection object readable");
    kit_say("pending");
    kit_expect_hear("end");
}

KIT_CASE(OPA_11, "OPA-11", KIT_S, "an OpenAsync whose process ends without Dispatch leaves no reference behind") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *name = kit_name();
    struct kit_peer *peer = kit_peer_start("opa_leaver", kit_name_text(name));
    kit_peer_expect_line(peer, "pending");
    kit_expect_present(handle, name);
    kit_peer_send(peer, "end");
    kit_peer_wait(peer);
    kit_expect_absent_within(handle, name, 2000);
}

KIT_CASE(OPA_12, "OPA-12", KIT_S, "a value other than OK cancels the request: no callback follows, nothing is opened") {
    struct kit_f f = KIT_F();
    const SaNameT *name = kit_name();
    attributes_t attributes = kit_attributes();
    SaVersionT version = kit_version();
    SaCkptHandleT silent = kit_initialize_with(version.majorVersion, version.minorVersion, NULL);
    ask_with_wrong_arguments(f.handle, name);
    ask_with_wrong_flags(f.handle, name);
    ask_on_bad_handles(name);
    KIT_EXPECT(K.CheckpointOpenAsync(silent, 1, name, &attributes, KIT_ALL_MODES), SA_AIS_ERR_INIT);
    expect_no_callback(f.handle);
    KIT_OK(K.Dispatch(silent, SA_DISPATCH_ALL));
    kit_expect_absent(f.handle, name);
}

KIT_CASE_WITHIN(OPA_13, "OPA-13", KIT_S, 60, "1000 accepted requests, half of them failing, end in exactly 1000 callbacks") {
    struct kit_f f = KIT_F();
    const SaNameT *absent = kit_name();
    for (unsigned i = 0; i < 1000; i++)
        KIT_OK(K.CheckpointOpenAsync(f.handle, i, i % 2 == 0 ? f.name : absent, NULL, KIT_READ));
    kit_dispatch_until(f.handle, 1000);
    kit_sleep_ms(NEVER_MS);
    KIT_OK(K.Dispatch(f.handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(kit_callback_count(), 1000);
    for (unsigned i = 0; i < 1000; i++) {
        struct kit_callback callback = kit_callback_at(i);
        KIT_EXPECT_EQ_U64(kit_callback_count_of(i), 1);
        KIT_EXPECT_CODE(callback.error, callback.invocation % 2 == 0 ? SA_AIS_OK : SA_AIS_ERR_NOT_EXIST);
    }
}
