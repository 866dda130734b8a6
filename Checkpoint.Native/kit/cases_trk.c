/* Tracking: who is told of which change, an extension of the OpenSAF family (ais-ckpt 1.7, 5.9). */
#include <stdlib.h>

#include "kit.h"

/* --- what the track and arrival callbacks said */

struct told {
    SaCkptCheckpointHandleT h;
    SaUint32T count;
    struct {
        char id[16];
        SaSizeT size;
        SaOffsetT offset;
        SaSizeT read;
        bool has_buffer;
    } elements[4];
};

#define TOLD_MAX 64
static struct told told[TOLD_MAX];
static size_t told_count; /* Dispatch runs in the case's own thread only. */

static void on_track(SaCkptCheckpointHandleT h, SaCkptIOVectorElementT *elements, SaUint32T count) {
    KIT_TRUE(told_count < TOLD_MAX, "fewer than %d track callbacks", TOLD_MAX);
    struct told *entry = &told[told_count++];
    *entry = (struct told){.h = h, .count = count};
    for (SaUint32T i = 0; i < count && i < 4; i++) {
        size_t length = elements[i].sectionId.idLen;
        KIT_TRUE(length < sizeof entry->elements[i].id, "an id of the case");
        memcpy(entry->elements[i].id, elements[i].sectionId.id, length);
        entry->elements[i].size = elements[i].dataSize;
        entry->elements[i].offset = elements[i].dataOffset;
        entry->elements[i].read = elements[i].readSize;
        entry->elements[i].has_buffer = elements[i].dataBuffer != NULL;
    }
    kit_step("told of %u elements, the first of section %s", count, entry->elements[0].id);
}

static void dispatch_until_told(SaCkptHandleT handle, size_t count) {
    SaSelectionObjectT fd = kit_fd(handle);
    for (int64_t until = kit_mono() + INT64_C(5) * 1000000000 * kit_patience(); told_count < count;) {
        if (kit_mono() >= until)
            kit_fail("the track callbacks", "%zu of %zu came within 5 s", told_count, count);
        if (kit_poll_fd(fd, 100))
            KIT_OK(K.Dispatch(handle, SA_DISPATCH_ALL));
    }
}

static void expect_told(size_t i, SaCkptCheckpointHandleT h, SaUint32T elements) {
    KIT_EXPECT_EQ_U64(told[i].h, h);
    KIT_EXPECT_EQ_U64(told[i].count, elements);
}

static void expect_element(size_t i, int element, const char *id, SaSizeT size, SaOffsetT offset) {
    KIT_EXPECT_BYTES(told[i].elements[element].id, strlen(told[i].elements[element].id), id, strlen(id));
    KIT_EXPECT_EQ_U64(told[i].elements[element].size, size);
    KIT_EXPECT_EQ_U64(told[i].elements[element].offset, offset);
    KIT_EXPECT_EQ_U64(told[i].elements[element].read, 0);
    KIT_TRUE(!told[i].elements[element].has_buffer, "dataBuffer NULL");
}

/* --- the tracker, and those that it is told of */

static SaCkptHandleT initialize_2(const SaCkptCallbacksT_2 *callbacks) {
    SaCkptHandleT handle = 0;
    SaVersionT version = kit_version_of(2, 3);
    KIT_OK(K.Initialize_2(&handle, callbacks, &version));
    return handle;
}

static const SaCkptCallbacksT_2 tracking = {NULL, NULL, on_track};

/* A checkpoint with section "s", and a client that tracks it through one or two handles. */
struct tracked {
    struct kit_f f;
    SaCkptHandleT handle;
    SaCkptCheckpointHandleT h, second;
};

/* The handles are opened with these flags; 0: no second one. */
static struct tracked track_two(SaCkptCheckpointOpenFlagsT flags, SaCkptCheckpointOpenFlagsT second) {
    struct tracked t = {.f = KIT_F()};
    kit_section(t.f.h, "s", NULL, 0);
    t.handle = initialize_2(&tracking);
    t.h = kit_open(t.handle, t.f.name, flags);
    t.second = second != 0 ? kit_open(t.handle, t.f.name, second) : 0;
    KIT_OK(K.Track(t.handle));
    return t;
}

static struct tracked track(SaCkptCheckpointOpenFlagsT flags) {
    return track_two(flags, 0);
}

static void overwrite(SaCkptCheckpointHandleT h, const char *id, const char *text) {
    SaCkptSectionIdT section = kit_id(id);
    KIT_OK(K.SectionOverwrite(h, &section, text, strlen(text)));
}

/* argv: name, what to do, one word each. Does it and ends. */
KIT_ROLE(trk_writer) {
    SaCkptCheckpointHandleT h = kit_open(kit_initialize(), kit_name_from(argv[0]), KIT_WRITE);
    SaCkptIOVectorElementT two[] = {kit_element("s", "hello", 5, 0), kit_element("s", "abc", 3, 10)}, absent = kit_element("absent", "x", 1, 0);
    for (int i = 1; i < argc; i++) {
        SaCkptSectionIdT id = kit_id("new");
        if (strcmp(argv[i], "vector") == 0)
            KIT_OK(K.CheckpointWrite(h, two, 2, NULL));
        else if (strcmp(argv[i], "refused") == 0)
            KIT_EXPECT(K.CheckpointWrite(h, &absent, 1, NULL), SA_AIS_ERR_NOT_EXIST);
        else if (strcmp(argv[i], "overwrite") == 0)
            overwrite(h, "s", "overwritten");
        else if (strcmp(argv[i], "create") == 0)
            kit_section(h, "new", "created", 7);
        else if (strcmp(argv[i], "create-empty") == 0)
            kit_section(h, "empty", NULL, 0);
        else if (strcmp(argv[i], "delete") == 0)
            KIT_OK(K.SectionDelete(h, &id));
        else
            overwrite(h, "s", "end"); /* "marker" */
    }
}

/* The last change of all peers: once it is told, nothing before it is still to come. */
static void expect_marker(size_t i, SaCkptCheckpointHandleT h) {
    expect_told(i, h, 1);
    expect_element(i, 0, "s", 3, 0);
}

KIT_CASE(TRK_01, "TRK-01", KIT_P | KIT_B2, "a tracker with READ is told of another's Write once, with all elements and no data") {
    struct tracked t = track(KIT_READ);
    kit_peer_wait(kit_peer_start("trk_writer", kit_name_text(t.f.name), "vector", "marker"));
    dispatch_until_told(t.handle, 2);
    expect_told(0, t.h, 2);
    expect_element(0, 0, "s", 5, 0);
    expect_element(0, 1, "s", 3, 10);
    expect_marker(1, t.h);
}

KIT_CASE(TRK_02, "TRK-02", KIT_P | KIT_B2, "a tracker is told of overwrite, create with data and delete, the last with size 0") {
    struct tracked t = track(KIT_READ);
    kit_peer_wait(kit_peer_start("trk_writer", kit_name_text(t.f.name), "overwrite", "create", "create-empty", "delete", "marker"));
    dispatch_until_told(t.handle, 4);
    for (size_t i = 0; i < 3; i++)
        expect_told(i, t.h, 1);
    expect_element(0, 0, "s", 11, 0);
    expect_element(1, 0, "new", 7, 0);
    expect_element(2, 0, "new", 0, 0);
    expect_marker(3, t.h);
}

KIT_CASE(TRK_03, "TRK-03", KIT_S | KIT_B2, "the handle that writes is not told, another one of the same program is") {
    struct tracked t = track_two(KIT_READ | KIT_WRITE, KIT_READ | KIT_WRITE);
    overwrite(t.h, "s", "by the first");
    dispatch_until_told(t.handle, 1);
    overwrite(t.second, "s", "by the second one");
    dispatch_until_told(t.handle, 2);
    expect_told(0, t.second, 1);
    expect_element(0, 0, "s", 12, 0);
    expect_told(1, t.h, 1);
    expect_element(1, 0, "s", 17, 0);
    /* A third one writes: now both are told, and of nothing else. */
    overwrite(t.f.h, "s", "end");
    dispatch_until_told(t.handle, 4);
    KIT_TRUE(!kit_poll_fd(kit_fd(t.handle), 50), "nothing more to dispatch");
    KIT_EXPECT_EQ_U64(told[2].h + told[3].h, t.h + t.second);
}

KIT_CASE(TRK_04, "TRK-04", KIT_P | KIT_B2, "a handle without READ is not told") {
    struct tracked t = track_two(KIT_WRITE, KIT_READ);
    kit_peer_wait(kit_peer_start("trk_writer", kit_name_text(t.f.name), "vector", "marker"));
    dispatch_until_told(t.handle, 2);
    expect_told(0, t.second, 2);
    expect_marker(1, t.second);
    KIT_TRUE(!kit_poll_fd(kit_fd(t.handle), 50), "nothing more to dispatch");
}

KIT_CASE(TRK_05, "TRK-05", KIT_S | KIT_B2, "Track of a B.2.2 handle: VERSION; without track callback: INIT; of a bad handle: BAD_HANDLE") {
    static const SaCkptCallbacksT_2 no_track = {NULL, NULL, NULL};
    SaCkptHandleT older = kit_initialize_with(2, 2, &kit_callbacks);
    KIT_EXPECT(K.Track(older), SA_AIS_ERR_VERSION);
    KIT_EXPECT(K.TrackStop(older), SA_AIS_ERR_VERSION);
    SaCkptHandleT none = initialize_2(&no_track);
    KIT_EXPECT(K.Track(none), SA_AIS_ERR_INIT);
    KIT_EXPECT(K.TrackStop(none), SA_AIS_ERR_INIT);
    KIT_EXPECT(K.Track(kit_initialize_with(2, 3, &kit_callbacks)), SA_AIS_ERR_INIT);
    KIT_EACH_BAD_HANDLE(bad) {
        KIT_EXPECT(K.Track(bad), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.TrackStop(bad), SA_AIS_ERR_BAD_HANDLE);
    }
}

KIT_CASE(TRK_06, "TRK-06", KIT_S | KIT_B2, "after TrackStop nothing is told; TrackStop again: NOT_EXIST") {
    struct tracked t = track(KIT_READ);
    overwrite(t.f.h, "s", "before");
    dispatch_until_told(t.handle, 1);
    KIT_OK(K.TrackStop(t.handle));

    /* A second client that goes on tracking tells when the first one would have been told, too. */
    SaCkptHandleT other = initialize_2(&tracking);
    SaCkptCheckpointHandleT h = kit_open(other, t.f.name, KIT_READ);
    KIT_OK(K.Track(other));
    overwrite(t.f.h, "s", "end");
    dispatch_until_told(other, 2);
    expect_marker(1, h);
    KIT_TRUE(!kit_poll_fd(kit_fd(t.handle), 100), "nothing to dispatch after TrackStop");
    KIT_OK(K.Dispatch(t.handle, SA_DISPATCH_ALL));
    KIT_EXPECT_EQ_U64(told_count, 2);
    KIT_EXPECT(K.TrackStop(t.handle), SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(TRK_07, "TRK-07", KIT_S | KIT_B2, "CheckpointTrack and CheckpointTrackStop: NOT_SUPPORTED") {
    struct tracked t = track(KIT_READ);
    KIT_EXPECT(K.CheckpointTrack(t.h), SA_AIS_ERR_NOT_SUPPORTED);
    KIT_EXPECT(K.CheckpointTrackStop(t.h), SA_AIS_ERR_NOT_SUPPORTED);
}

KIT_LEFT_OUT(TRK_08, "TRK-08", KIT_N, "a tracker on a node without replica is told too", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(TRK_09, "TRK-09", KIT_N, "tracking goes on after the active node failed", KIT_SEVERAL_NODES);

KIT_CASE(TRK_10, "TRK-10", KIT_P | KIT_B2, "of a Write that failed nobody is told") {
    struct tracked t = track(KIT_READ);
    kit_peer_wait(kit_peer_start("trk_writer", kit_name_text(t.f.name), "refused", "marker"));
    dispatch_until_told(t.handle, 1);
    expect_marker(0, t.h);
    KIT_TRUE(!kit_poll_fd(kit_fd(t.handle), 50), "nothing more to dispatch");
}

KIT_CASE(TRK_11, "TRK-11", KIT_S | KIT_B2, "registering for arrivals: NULL is INVALID_PARAM, a bad handle BAD_HANDLE; registered, one is told") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(K.ncsCkptRegisterCkptArrivalCallback(f.handle, NULL), SA_AIS_ERR_INVALID_PARAM);
    KIT_EACH_BAD_HANDLE(bad) {
        KIT_EXPECT(K.ncsCkptRegisterCkptArrivalCallback(bad, on_track), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(K.ncsCkptRegisterCkptArrivalCallback(bad, NULL), SA_AIS_ERR_BAD_HANDLE);
    }
    /* Any version will do. */
    SaCkptHandleT older = kit_initialize_b1();
    SaCkptCheckpointHandleT h = kit_open(older, f.name, KIT_READ);
    KIT_OK(K.ncsCkptRegisterCkptArrivalCallback(older, on_track));
    kit_section(f.h, "s", NULL, 0);
    overwrite(f.h, "s", "end");
    dispatch_until_told(older, 1);
    expect_marker(0, h);
}
