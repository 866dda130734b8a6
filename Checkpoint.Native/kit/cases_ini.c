/* Initialize: versions, arguments, independence of library handles (ais-ckpt 5.1). */
#include <stdlib.h>

#include "kit.h"

/* What Initialize answers to this version, and that it writes back what it must. */
static void expect_version(SaUint8T release, unsigned major, unsigned minor, SaAisErrorT code) {
    SaCkptHandleT handle = 0;
    SaVersionT version = {release, (SaUint8T)major, (SaUint8T)minor}, highest = kit_highest_version();
    kit_step("release 0x%02x, major %u, minor %u", release, major, minor);
    KIT_EXPECT(K.Initialize(&handle, &kit_callbacks, &version), code);
    KIT_EXPECT_BYTES(&version, sizeof version, &highest, sizeof highest);
    if (code == SA_AIS_OK)
        KIT_OK(K.Finalize(handle));
}

/* The answer to a version of major 2, which only B.2 libraries have. */
static SaAisErrorT for_major_2(void) {
    return kit_is_so3() ? SA_AIS_ERR_VERSION : SA_AIS_OK;
}

KIT_CASE(INI_01, "INI-01", KIT_S, "a B.1.1 client is accepted and told the highest version") {
    expect_version('B', 1, 1, SA_AIS_OK);
}

KIT_CASE(INI_02, "INI-02", KIT_S, "B.2.1 to B.2.3 are accepted by a B.2 library and refused by a B.1 library") {
    for (unsigned minor = 1; minor <= 3; minor++)
        expect_version('B', 2, minor, for_major_2());
}

KIT_CASE(INI_03, "INI-03", KIT_S, "Initialize without a place for the handle answers INVALID_PARAM") {
    SaVersionT version = kit_version();
    KIT_EXPECT(K.Initialize(NULL, &kit_callbacks, &version), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(INI_04, "INI-04", KIT_S, "Initialize without a version answers INVALID_PARAM") {
    SaCkptHandleT handle = 0;
    KIT_EXPECT(K.Initialize(&handle, &kit_callbacks, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(INI_05, "INI-05", KIT_S, "Initialize without handle and version answers INVALID_PARAM") {
    KIT_EXPECT(K.Initialize(NULL, &kit_callbacks, NULL), SA_AIS_ERR_INVALID_PARAM);
}

/* Open, Write and Read work for a client that has registered these callbacks, or none. */
static void expect_usable(const SaCkptCallbacksT *callbacks) {
    struct kit_f f = KIT_F(.callbacks = callbacks);
    kit_section(f.h, "s", "0123456789", 10);
    kit_write(f.h, "s", "abc", 3, 2);
    kit_expect_content(f.h, "s", "01abc56789", 10);
}

KIT_CASE(INI_06, "INI-06", KIT_S, "callbacks are not needed: without the structure Open, Read and Write work") {
    expect_usable(NULL);
}

KIT_CASE(INI_07, "INI-07", KIT_S, "callbacks are not needed: with both members NULL Open, Read and Write work") {
    static const SaCkptCallbacksT none = {NULL, NULL};
    expect_usable(&none);
}

KIT_CASE(INI_08, "INI-08", KIT_S, "release 'A' is refused with VERSION; 'B' and its highest version are written back") {
    expect_version('A', 1, 1, SA_AIS_ERR_VERSION);
}

KIT_CASE(INI_09, "INI-09", KIT_S, "release 'C' is refused with VERSION; 'B' and its highest version are written back") {
    expect_version('C', 1, 1, SA_AIS_ERR_VERSION);
}

KIT_CASE(INI_10, "INI-10", KIT_S, "a major above the supported ones is refused with VERSION; the highest version is written back") {
    expect_version('B', 3, 1, SA_AIS_ERR_VERSION);
}

KIT_CASE(INI_11, "INI-11", KIT_S, "major 0 is accepted where a supported major is not lower (profile opensaf refuses it)") {
    expect_version('B', 0, 1, KIT_BY_PROFILE(SA_AIS_OK, SA_AIS_ERR_VERSION, SA_AIS_OK));
}

KIT_CASE(INI_12, "INI-12", KIT_S, "the minor version asked for does not matter") {
    expect_version('B', 1, 200, SA_AIS_OK);
    expect_version('B', 2, 200, for_major_2());
}

KIT_CASE(INI_13, "INI-13", KIT_S, "the version written back with VERSION is accepted") {
    SaCkptHandleT handle = 0;
    SaVersionT version = {'C', 9, 9};
    KIT_EXPECT(K.Initialize(&handle, &kit_callbacks, &version), SA_AIS_ERR_VERSION);
    KIT_OK(K.Initialize(&handle, &kit_callbacks, &version));
    KIT_OK(K.Finalize(handle));
}

KIT_CASE(INI_14, "INI-14", KIT_S, "two library handles of one process are different and independent") {
    SaCkptHandleT first = kit_initialize(), second = kit_initialize();
    KIT_TRUE(first != second, "two handles (both are 0x%llx)", (unsigned long long)first);
    SaCkptCheckpointCreationAttributesT attributes = kit_attributes();
    SaCkptCheckpointHandleT h = kit_create(second, kit_name(), &attributes);
    kit_section(h, "s", "x", 1);
    KIT_OK(K.Finalize(first));
    kit_expect_content(h, "s", "x", 1);
    KIT_EXPECT(K.Dispatch(first, SA_DISPATCH_ALL), SA_AIS_ERR_BAD_HANDLE);
    KIT_OK(K.Dispatch(second, SA_DISPATCH_ALL));
    KIT_OK(K.Finalize(second));
}

KIT_CASE(INI_15, "INI-15", KIT_S, "200 rounds of Initialize and Finalize leave no descriptor and no thread behind") {
    unsigned descriptors = kit_open_descriptors(), threads = kit_running_threads();
    for (int i = 0; i < 200; i++) {
        SaCkptHandleT handle = kit_initialize();
        kit_fd(handle);
        KIT_OK(K.Finalize(handle));
    }
    kit_expect_resources(descriptors, threads);
}

KIT_CASE_WITHIN(INI_16, "INI-16", KIT_S, 40, "without a reachable service Initialize answers TRY_AGAIN or TIMEOUT in bounded time") {
    bool ours = getenv("CHECKPOINT_SOCKET") != NULL;
    setenv("CHECKPOINT_SOCKET", "/nonexistent/checkpoint.sock", 1);
    setenv("CHECKPOINT_TIMEOUT_MS", "1000", 1);
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version();
    int64_t begun = kit_mono();
    SaAisErrorT code = KIT_CALL_RAW(K.Initialize(&handle, &kit_callbacks, &version));
    if (code == SA_AIS_OK && !ours)
        kit_not_applicable("this library does not take the place of its service from CHECKPOINT_SOCKET");
    KIT_TRUE(code == SA_AIS_ERR_TRY_AGAIN || code == SA_AIS_ERR_TIMEOUT, "TRY_AGAIN or TIMEOUT (seen: %s)", kit_code_name(code));
    KIT_TRUE(kit_mono() - begun < 30 * SA_TIME_ONE_SECOND, "an answer within 30 s (it took %ld ms)", KIT_MS(kit_mono() - begun));
}

static void on_track(SaCkptCheckpointHandleT h, SaCkptIOVectorElementT *elements, SaUint32T count) {
    (void)h, (void)elements, (void)count;
}

static const SaCkptCallbacksT_2 track_callbacks = {NULL, NULL, on_track};

KIT_CASE(INI_17, "INI-17", KIT_S | KIT_B2, "Initialize_2 with B.2.3 and a track callback is accepted") {
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(2, 3), highest = kit_highest_version();
    KIT_OK(K.Initialize_2(&handle, &track_callbacks, &version));
    KIT_EXPECT_BYTES(&version, sizeof version, &highest, sizeof highest);
    KIT_OK(K.Finalize(handle));
}

KIT_CASE(INI_18, "INI-18", KIT_S | KIT_B2, "Initialize_2 below B.2.3 is refused with VERSION; B.2.3 is written back") {
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(2, 2), highest = kit_highest_version();
    KIT_EXPECT(K.Initialize_2(&handle, &track_callbacks, &version), SA_AIS_ERR_VERSION);
    KIT_EXPECT_BYTES(&version, sizeof version, &highest, sizeof highest);
}

KIT_CASE(INI_19, "INI-19", KIT_S | KIT_B2, "Initialize_2 without a handle or a version answers INVALID_PARAM") {
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(2, 3);
    KIT_EXPECT(K.Initialize_2(NULL, &track_callbacks, &version), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(K.Initialize_2(&handle, &track_callbacks, NULL), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(INI_20, "INI-20", KIT_S, "a release that is no capital letter is refused with VERSION; 'B' and its highest version are written back") {
    expect_version('b', 1, 1, SA_AIS_ERR_VERSION);
    expect_version(0, 1, 1, SA_AIS_ERR_VERSION);
    expect_version(0xFF, 1, 1, SA_AIS_ERR_VERSION);
}

KIT_CASE(INI_21, "INI-21", KIT_S, "minor 0 is accepted as \"any\"") {
    expect_version('B', 1, 0, SA_AIS_OK);
    expect_version('B', 2, 0, for_major_2());
}

/* --- INI-22: what a B.1 client may be shown */

#define EXPECT_OLD_CODE(call)                                                                                                            \
    do {                                                                                                                                 \
        SaAisErrorT code_ = KIT_CALL(call);                                                                                              \
        KIT_TRUE(code_ >= SA_AIS_OK && code_ <= SA_AIS_ERR_NO_SECTIONS, "a code of B.01.01, 1 to 27 (seen: %d, from %s)", (int)code_,    \
                 #call);                                                                                                                 \
    } while (0)

static void wrong_opens(const struct kit_f *f) {
    SaCkptCheckpointHandleT h = 0;
    SaCkptCheckpointCreationAttributesT other = f->attributes, bad = f->attributes;
    SaNameT longer = {257, {0}}, empty = {0, {0}};
    other.maxSections++;
    bad.creationFlags = 3;
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, kit_name(), NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, f->name, &other, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, kit_name(), &bad, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, f->name, NULL, 0, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, f->name, NULL, 0x10, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, f->name, NULL, KIT_READ, -1, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, &longer, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, &empty, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(f->handle, NULL, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpen(KIT_WILD, f->name, NULL, KIT_READ, KIT_OPEN_TIMEOUT, &h));
    EXPECT_OLD_CODE(K.CheckpointOpenAsync(f->handle, 1, f->name, NULL, 0));
    EXPECT_OLD_CODE(K.CheckpointOpenAsync(f->handle, 1, NULL, NULL, KIT_READ));
    EXPECT_OLD_CODE(K.CheckpointOpenAsync(KIT_WILD, 1, f->name, NULL, KIT_READ));
    EXPECT_OLD_CODE(K.CheckpointUnlink(f->handle, kit_name()));
    EXPECT_OLD_CODE(K.CheckpointUnlink(f->handle, NULL));
}

/* Each of these is wrong on h: it may not read, may not write, or is no handle at all. */
static void wrong_calls(SaCkptCheckpointHandleT h) {
    char byte = 'x';
    struct kit_status status;
    SaCkptSectionIdT absent = kit_id("absent"), generated = {0, NULL};
    SaCkptSectionCreationAttributesT create = {&absent, SA_TIME_END}, too_long = {&generated, SA_TIME_END};
    SaCkptIOVectorElementT element = kit_element("absent", &byte, 1, 0);
    SaCkptSectionIterationHandleT it = 0;
    SaUint32T index = 0;
    EXPECT_OLD_CODE(K.CheckpointRetentionDurationSet(h, -1));
    EXPECT_OLD_CODE(K.ActiveReplicaSet(h));
    EXPECT_OLD_CODE(k_status_get(h, NULL));
    EXPECT_OLD_CODE(k_status_get(h, &status));
    EXPECT_OLD_CODE(k_section_create(h, NULL, &byte, 1));
    EXPECT_OLD_CODE(k_section_create(h, &create, NULL, 1));
    EXPECT_OLD_CODE(k_section_create(h, &too_long, kit_pattern(1, 2000), 2000));
    EXPECT_OLD_CODE(K.SectionDelete(h, &absent));
    EXPECT_OLD_CODE(K.SectionDelete(h, NULL));
    EXPECT_OLD_CODE(K.SectionExpirationTimeSet(h, &absent, SA_TIME_END));
    EXPECT_OLD_CODE(K.SectionIterationInitialize(h, 9, 0, &it));
    EXPECT_OLD_CODE(K.SectionIterationInitialize(h, SA_CKPT_SECTIONS_ANY, 0, NULL));
    EXPECT_OLD_CODE(K.SectionIterationNext(KIT_WILD, NULL));
    EXPECT_OLD_CODE(K.SectionIterationFinalize(KIT_WILD));
    EXPECT_OLD_CODE(K.CheckpointWrite(h, &element, 1, &index));
    EXPECT_OLD_CODE(K.CheckpointWrite(h, NULL, 1, &index));
    EXPECT_OLD_CODE(K.CheckpointRead(h, &element, 1, &index));
    EXPECT_OLD_CODE(K.CheckpointRead(h, NULL, 1, &index));
    EXPECT_OLD_CODE(K.SectionOverwrite(h, &absent, &byte, 1));
    EXPECT_OLD_CODE(K.SectionOverwrite(h, NULL, &byte, 1));
    EXPECT_OLD_CODE(K.CheckpointSynchronize(h, -1));
    EXPECT_OLD_CODE(K.CheckpointSynchronize(h, SA_TIME_ONE_SECOND));
    EXPECT_OLD_CODE(K.CheckpointSynchronizeAsync(h, 1));
}

/* What is beyond B.01.01: a B.1 client of a library that has it may call it too. handle and h are good, or both are not. */
static void beyond_b1(SaCkptHandleT handle, SaCkptCheckpointHandleT h) {
    if (kit_is_so3())
        return;
    SaVersionT version = kit_version_of(1, 1);
    SaCkptHandleT other = 0;
    EXPECT_OLD_CODE(K.SectionIdFree(h, NULL));
    EXPECT_OLD_CODE(K.IOVectorElementDataFree(h, NULL));
    if (kit_vendor_symbol("saCkptInitialize_2") != NULL)
        EXPECT_OLD_CODE(K.Initialize_2(&other, NULL, &version));
    if (kit_vendor_symbol("saCkptTrack") != NULL)
        EXPECT_OLD_CODE(K.Track(handle));
    if (kit_vendor_symbol("saCkptTrackStop") != NULL)
        EXPECT_OLD_CODE(K.TrackStop(handle));
    if (kit_vendor_symbol("saCkptCheckpointTrack") != NULL)
        EXPECT_OLD_CODE(K.CheckpointTrack(h));
    if (kit_vendor_symbol("saCkptCheckpointTrackStop") != NULL)
        EXPECT_OLD_CODE(K.CheckpointTrackStop(h));
    if (kit_vendor_symbol("ncsCkptRegisterCkptArrivalCallback") != NULL)
        EXPECT_OLD_CODE(K.ncsCkptRegisterCkptArrivalCallback(handle, NULL));
}

KIT_CASE(INI_22, "INI-22", KIT_S, "no function ever answers a B.1 client with a code above 27, which its version does not know") {
    struct kit_f f = KIT_F(.b1 = true);
    EXPECT_OLD_CODE(K.Dispatch(f.handle, 99));
    EXPECT_OLD_CODE(K.Dispatch(KIT_WILD, SA_DISPATCH_ALL));
    EXPECT_OLD_CODE(K.SelectionObjectGet(f.handle, NULL));
    wrong_opens(&f);
    wrong_calls(f.h);
    wrong_calls(kit_open(f.handle, f.name, KIT_READ));
    wrong_calls(kit_open(f.handle, f.name, KIT_WRITE));
    wrong_calls(KIT_WILD);
    beyond_b1(f.handle, f.h);
    beyond_b1(KIT_WILD, KIT_WILD);
    EXPECT_OLD_CODE(K.CheckpointClose(KIT_WILD));
    EXPECT_OLD_CODE(K.Finalize(KIT_WILD));
    struct kit_f passive = KIT_F(.b1 = true, .no_active = true, .attributes.creationFlags = KIT_ASYNC | KIT_COLLOC);
    wrong_calls(passive.h);
    EXPECT_OLD_CODE(K.CheckpointClose(passive.h));
    EXPECT_OLD_CODE(K.CheckpointClose(passive.h));
    KIT_OK(K.CheckpointUnlink(f.handle, f.name));
    wrong_calls(f.h);
    KIT_OK(K.Finalize(f.handle));
    wrong_calls(f.h);
    beyond_b1(f.handle, f.h);
    EXPECT_OLD_CODE(K.CheckpointClose(f.h));
    EXPECT_OLD_CODE(K.Finalize(f.handle));
}
