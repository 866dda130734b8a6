/* Open: arguments, attributes, modes (ais-ckpt 5.3). Names have a file of their own. */
#include <stdlib.h>

#include "kit.h"

typedef SaCkptCheckpointCreationAttributesT attributes_t;

static SaAisErrorT open_with(SaCkptHandleT handle, const SaNameT *name, const attributes_t *attributes, SaCkptCheckpointOpenFlagsT flags) {
    SaCkptCheckpointHandleT h = 0;
    return K.CheckpointOpen(handle, name, attributes, flags, KIT_OPEN_TIMEOUT, &h);
}

KIT_CASE(OPN_01, "OPN-01", KIT_S, "Open with CREATE, READ and WRITE creates a checkpoint") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    SaCkptCheckpointHandleT h = 0;
    KIT_OK(K.CheckpointOpen(handle, kit_name(), &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    kit_section(h, "s", "x", 1);
    KIT_OK(K.CheckpointClose(h));
}

KIT_CASE(OPN_02, "OPN-02", KIT_S, "Open of an absent checkpoint without CREATE answers NOT_EXIST") {
    SaCkptHandleT handle = kit_initialize();
    KIT_EXPECT(open_with(handle, kit_name(), NULL, KIT_READ), SA_AIS_ERR_NOT_EXIST);
    KIT_EXPECT(open_with(handle, kit_name(), NULL, KIT_READ | KIT_WRITE), SA_AIS_ERR_NOT_EXIST);
}

KIT_CASE(OPN_03, "OPN-03", KIT_S, "Open of an existing checkpoint without CREATE gives a new handle on it") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "shared", 6);
    SaCkptCheckpointHandleT h = kit_open(f.handle, f.name, KIT_READ | KIT_WRITE);
    KIT_TRUE(h != f.h, "another handle (both are 0x%llx)", (unsigned long long)h);
    kit_expect_content(h, "s", "shared", 6);
}

KIT_CASE(OPN_04, "OPN-04", KIT_S, "Open without a name answers INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    KIT_EXPECT(open_with(handle, NULL, NULL, KIT_READ), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(open_with(handle, NULL, &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(OPN_05, "OPN-05", KIT_S, "Open without a place for the handle answers INVALID_PARAM and creates nothing") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    const SaNameT *name = kit_name();
    KIT_EXPECT(K.CheckpointOpen(handle, name, &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, NULL), SA_AIS_ERR_INVALID_PARAM);
    kit_expect_absent(handle, name);
}

KIT_CASE(OPN_06, "OPN-06", KIT_S, "Open with CREATE and without attributes answers INVALID_PARAM") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(open_with(f.handle, kit_name(), NULL, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(open_with(f.handle, f.name, NULL, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(OPN_07, "OPN-07", KIT_S, "Open without CREATE and with attributes answers INVALID_PARAM") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(open_with(f.handle, f.name, &f.attributes, KIT_READ | KIT_WRITE), SA_AIS_ERR_INVALID_PARAM);
    KIT_EXPECT(open_with(f.handle, kit_name(), &f.attributes, KIT_READ), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(OPN_08, "OPN-08", KIT_S, "Open with flags 0 answers BAD_FLAGS") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(open_with(f.handle, f.name, NULL, 0), SA_AIS_ERR_BAD_FLAGS);
}

KIT_CASE(OPN_09, "OPN-09", KIT_S, "Open with an unknown flag bit answers BAD_FLAGS") {
    struct kit_f f = KIT_F();
    KIT_EXPECT(open_with(f.handle, f.name, NULL, 8), SA_AIS_ERR_BAD_FLAGS);
    KIT_EXPECT(open_with(f.handle, f.name, NULL, 0x10), SA_AIS_ERR_BAD_FLAGS);
    KIT_EXPECT(open_with(f.handle, f.name, NULL, KIT_READ | 0x10), SA_AIS_ERR_BAD_FLAGS);
    KIT_EXPECT(open_with(f.handle, f.name, &f.attributes, 0xFFFFFFFFu), SA_AIS_ERR_BAD_FLAGS);
}

KIT_CASE(OPN_10, "OPN-10", KIT_S, "creation flags that are none of the six legal kinds are refused with INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *name = kit_name();
    const unsigned wrong[] = {0, 3, 5, 6, 7, 8, 11, 13, 16};
    attributes_t attributes = kit_attributes();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        attributes.creationFlags = wrong[i];
        kit_step("creation flags %u", wrong[i]);
        KIT_EXPECT(open_with(handle, name, &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    }
    kit_expect_absent(handle, name);
}

KIT_CASE(OPN_11, "OPN-11", KIT_S, "all six legal kinds of checkpoints can be created") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    for (int i = 0; i < 6; i++) {
        attributes.creationFlags = kit_kinds[i];
        kit_step("creation flags %u", kit_kinds[i]);
        KIT_OK(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES));
    }
}

KIT_CASE(OPN_12, "OPN-12", KIT_S, "a checkpointSize above maxSections x maxSectionSize is refused with INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    attributes.checkpointSize = 8193;
    KIT_EXPECT(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    attributes.checkpointSize = UINT64_MAX;
    KIT_EXPECT(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(OPN_13, "OPN-13", KIT_S, "a checkpointSize below maxSections x maxSectionSize is accepted, and 0") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    attributes.checkpointSize = 4096;
    KIT_OK(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES));
    attributes.checkpointSize = 0;
    KIT_OK(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES));
    /* As a lock manager in the field does while it holds no lock. */
    attributes.maxSections = 1;
    attributes.maxSectionSize = 0;
    KIT_OK(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES));
}

KIT_CASE(OPN_14, "OPN-14", KIT_S, "maxSections x maxSectionSize is compared truly when it does not fit into 64 bits") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    /* 2^64, which wraps to 0. */
    attributes.maxSections = 16;
    attributes.maxSectionSize = UINT64_C(1) << 60;
    KIT_OK(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES));
    /* 2^64 + 2^32, which wraps to 2^32. */
    attributes.maxSections = 0x80000000u;
    attributes.maxSectionSize = (UINT64_C(1) << 33) + 2;
    attributes.checkpointSize = UINT64_MAX;
    KIT_OK(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES));
}

KIT_CASE(OPN_15, "OPN-15", KIT_S, "CREATE of an existing checkpoint with the same attributes opens it") {
    struct kit_f f = KIT_F();
    kit_section(f.h, "s", "shared", 6);
    kit_expect_content(kit_create(f.handle, f.name, &f.attributes), "s", "shared", 6);
}

KIT_CASE(OPN_16, "OPN-16", KIT_S, "CREATE of an existing checkpoint with another attribute answers EXIST") {
    struct kit_f f = KIT_F();
    attributes_t other = f.attributes;
    other.creationFlags = KIT_ASYNC;
    KIT_EXPECT(open_with(f.handle, f.name, &other, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
    other = f.attributes;
    other.checkpointSize = 8191;
    KIT_EXPECT(open_with(f.handle, f.name, &other, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
    other = f.attributes;
    other.maxSections = 9;
    KIT_EXPECT(open_with(f.handle, f.name, &other, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
    other = f.attributes;
    other.maxSectionSize = 1025;
    KIT_EXPECT(open_with(f.handle, f.name, &other, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
    other = f.attributes;
    other.maxSectionIdSize = 31;
    KIT_EXPECT(open_with(f.handle, f.name, &other, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
}

static SaTimeT shown_retention(SaCkptCheckpointHandleT h) {
    struct kit_status status = {0};
    KIT_OK(k_status_get(h, &status));
    return status.attributes.retentionDuration;
}

KIT_CASE(OPN_17, "OPN-17", KIT_S, "CREATE with another retentionDuration alone: EXIST for a B.1 client; a B.2 client opens it, and the duration stays") {
    struct kit_f f = KIT_F();
    attributes_t other = f.attributes;
    other.retentionDuration = 2 * SA_TIME_ONE_MINUTE;
    KIT_EXPECT(open_with(kit_initialize_b1(), f.name, &other, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
    if (kit_is_so3())
        return;
    KIT_EXPECT(open_with(f.handle, f.name, &other, KIT_ALL_MODES), kit_b2_rules() ? SA_AIS_OK : SA_AIS_ERR_EXIST);
    KIT_EXPECT_EQ_I64(shown_retention(f.h), SA_TIME_ONE_MINUTE);
}

KIT_CASE(OPN_18, "OPN-18", KIT_S, "CREATE compares with the attributes of the creation: a later RetentionDurationSet does not matter") {
    struct kit_f f = KIT_F();
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, 2 * SA_TIME_ONE_MINUTE));
    KIT_OK(open_with(kit_initialize_b1(), f.name, &f.attributes, KIT_ALL_MODES));
    KIT_OK(open_with(f.handle, f.name, &f.attributes, KIT_ALL_MODES));
    KIT_EXPECT_EQ_I64(shown_retention(f.h), 2 * SA_TIME_ONE_MINUTE);
}

static SaAisErrorT write_default(SaCkptCheckpointHandleT h) {
    SaCkptIOVectorElementT element = kit_element("", "x", 1, 0);
    SaUint32T index = 0;
    return K.CheckpointWrite(h, &element, 1, &index);
}

static SaAisErrorT read_default(SaCkptCheckpointHandleT h) {
    char byte = 0;
    SaCkptIOVectorElementT element = kit_element("", &byte, 1, 0);
    SaUint32T index = 0;
    return K.CheckpointRead(h, &element, 1, &index);
}

KIT_CASE(OPN_19, "OPN-19", KIT_S, "Open with CREATE alone is legal; Read and Write then answer ACCESS") {
    struct kit_f f = KIT_DS(.open_flags = KIT_CREATE);
    KIT_EXPECT(read_default(f.h), SA_AIS_ERR_ACCESS);
    KIT_EXPECT(write_default(f.h), SA_AIS_ERR_ACCESS);
}

KIT_CASE(OPN_20, "OPN-20", KIT_S, "a handle opened for reading may read; Write answers ACCESS") {
    struct kit_f f = KIT_DS(.open_flags = KIT_CREATE | KIT_READ);
    KIT_EXPECT(write_default(f.h), SA_AIS_ERR_ACCESS);
    KIT_OK(read_default(f.h));
}

KIT_CASE(OPN_21, "OPN-21", KIT_S, "a handle opened for writing may write; Read answers ACCESS") {
    struct kit_f f = KIT_DS(.open_flags = KIT_CREATE | KIT_WRITE);
    KIT_EXPECT(read_default(f.h), SA_AIS_ERR_ACCESS);
    KIT_OK(write_default(f.h));
}

static void open_with_timeout(SaTimeT timeout, SaAisErrorT code) {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    const SaNameT *name = kit_name();
    SaCkptCheckpointHandleT h = 0;
    kit_step("timeout %lld ns", (long long)timeout);
    KIT_EXPECT(K.CheckpointOpen(handle, name, &attributes, KIT_ALL_MODES, timeout, &h), code);
    if (code == SA_AIS_OK)
        kit_section(h, "s", "x", 1);
    else
        kit_expect_absent(handle, name);
}

KIT_CASE(OPN_28, "OPN-28", KIT_S, "Open with timeout 0 works: it means the library's own limit") {
    open_with_timeout(0, SA_AIS_OK);
}

KIT_CASE(OPN_29, "OPN-29", KIT_S, "Open with a huge timeout does not overflow; SA_TIME_MAX means no limit") {
    open_with_timeout(INT64_C(1000000000000000000), SA_AIS_OK);
    open_with_timeout(SA_TIME_MAX - 1, SA_AIS_OK);
    open_with_timeout(SA_TIME_MAX, SA_AIS_OK);
}

KIT_CASE(OPN_30, "OPN-30", KIT_S, "Open with a negative timeout answers INVALID_PARAM") {
    open_with_timeout(-1, SA_AIS_ERR_INVALID_PARAM);
    open_with_timeout(SA_TIME_UNKNOWN, SA_AIS_ERR_INVALID_PARAM);
}

KIT_LEFT_OUT(OPN_31, "OPN-31", KIT_N | KIT_T, "Open answers TIMEOUT near its timeout while the service stalls, and works later", KIT_SEVERAL_NODES);

KIT_CASE(OPN_32, "OPN-32", KIT_S, "Open on a wild, zero or finalized library handle answers BAD_HANDLE") {
    const SaNameT *name = kit_name();
    attributes_t attributes = kit_attributes();
    KIT_EACH_BAD_HANDLE(bad) {
        KIT_EXPECT(open_with(bad, name, NULL, KIT_READ), SA_AIS_ERR_BAD_HANDLE);
        KIT_EXPECT(open_with(bad, name, &attributes, KIT_ALL_MODES), SA_AIS_ERR_BAD_HANDLE);
    }
}

KIT_CASE(OPN_33, "OPN-33", KIT_S, "a negative retentionDuration is refused with INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    attributes.retentionDuration = -1;
    KIT_EXPECT(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
    attributes.retentionDuration = SA_TIME_UNKNOWN;
    KIT_EXPECT(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
}

KIT_CASE(OPN_34, "OPN-34", KIT_S, "retentionDuration SA_TIME_END is infinite, and StatusGet returns it") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = SA_TIME_END);
    KIT_EXPECT_EQ_I64(shown_retention(f.h), SA_TIME_END);
}

KIT_CASE(OPN_35, "OPN-35", KIT_S, "maxSections 0 is refused with INVALID_PARAM") {
    SaCkptHandleT handle = kit_initialize();
    attributes_t attributes = kit_attributes();
    attributes.maxSections = 0;
    attributes.checkpointSize = 0;
    KIT_EXPECT(open_with(handle, kit_name(), &attributes, KIT_ALL_MODES), SA_AIS_ERR_INVALID_PARAM);
}

#define OPENS 1000

static int compare_handles(const void *left, const void *right) {
    SaCkptCheckpointHandleT a = *(const SaCkptCheckpointHandleT *)left, b = *(const SaCkptCheckpointHandleT *)right;
    return (a > b) - (a < b);
}

KIT_CASE_WITHIN(OPN_36, "OPN-36", KIT_S, 120, "1000 opens give 1000 handles; the checkpoint lives until the last of them is closed") {
    struct kit_f f = KIT_F(.attributes.retentionDuration = 0);
    kit_section(f.h, "s", "kept", 4);
    SaCkptCheckpointHandleT opened[OPENS], sorted[OPENS];
    for (int i = 0; i < OPENS; i++)
        opened[i] = kit_open(f.handle, f.name, KIT_READ);
    memcpy(sorted, opened, sizeof sorted);
    qsort(sorted, OPENS, sizeof sorted[0], compare_handles);
    for (int i = 1; i < OPENS; i++)
        KIT_TRUE(sorted[i - 1] != sorted[i], "different handles (two are 0x%llx)", (unsigned long long)sorted[i]);
    KIT_OK(K.CheckpointClose(f.h));
    for (int i = 0; i < OPENS - 1; i++)
        KIT_OK(K.CheckpointClose(opened[i]));
    kit_expect_content(opened[OPENS - 1], "s", "kept", 4);
    kit_expect_present(f.handle, f.name);
    KIT_OK(K.CheckpointClose(opened[OPENS - 1]));
    kit_expect_absent(f.handle, f.name);
}

/* NAME MAX-SECTIONS SECTION: waits for "go", creates the checkpoint, tells the code, adds its section. */
KIT_ROLE(opn_creator) {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *name = kit_name_from(argv[0]);
    attributes_t attributes = kit_attributes();
    attributes.maxSections = (SaUint32T)atoi(argv[1]);
    attributes.checkpointSize = 0;
    SaCkptCheckpointHandleT h = 0;
    kit_say("ready");
    kit_expect_hear("go");
    SaAisErrorT code = KIT_CALL(K.CheckpointOpen(handle, name, &attributes, KIT_ALL_MODES, KIT_OPEN_TIMEOUT, &h));
    if (code == SA_AIS_OK)
        kit_section(h, argv[2], argv[2], strlen(argv[2]));
    kit_say("%s", kit_code_name(code));
    kit_expect_hear("end");
}

#define CREATORS 20

/* Starts so many creators of one name, every second one with attributes of its own; counts the answers of each kind. */
static void race(const SaNameT *name, unsigned count, bool differ, unsigned ok[2], unsigned exist[2]) {
    struct kit_peer *peers[CREATORS];
    for (unsigned i = 0; i < count; i++) {
        char section[16];
        snprintf(section, sizeof section, "s%u", i);
        peers[i] = kit_peer_start("opn_creator", kit_name_text(name), differ && i % 2 != 0 ? "33" : "32", section);
    }
    for (unsigned i = 0; i < count; i++)
        kit_peer_expect_line(peers[i], "ready");
    for (unsigned i = 0; i < count; i++)
        kit_peer_send(peers[i], "go");
    for (unsigned i = 0; i < count; i++) {
        const char *code = kit_peer_line(peers[i]);
        bool is_ok = code != NULL && strcmp(code, "OK") == 0, is_exist = code != NULL && strcmp(code, "EXIST") == 0;
        KIT_TRUE(is_ok || is_exist, "OK or EXIST from process %u (seen: %s)", i, code != NULL ? code : "its end");
        ok[i % 2] += is_ok;
        exist[i % 2] += is_exist;
    }
    for (unsigned i = 0; i < count; i++) {
        kit_peer_send(peers[i], "end");
        kit_peer_wait(peers[i]);
    }
}

KIT_CASE_WITHIN(OPN_37, "OPN-37", KIT_P, 60, "20 processes that CREATE one name with the same attributes get one checkpoint") {
    SaCkptHandleT handle = kit_initialize();
    const SaNameT *name = kit_name();
    unsigned ok[2] = {0}, exist[2] = {0};
    race(name, CREATORS, false, ok, exist);
    KIT_EXPECT_EQ_U64(ok[0] + ok[1], CREATORS);
    struct kit_status status = {0};
    KIT_OK(k_status_get(kit_open(handle, name, KIT_READ), &status));
    KIT_EXPECT_EQ_U64(status.sections, CREATORS);
}

KIT_CASE_WITHIN(OPN_38, "OPN-38", KIT_P, 60, "processes that CREATE one name with two sets of attributes: one set OK, the other EXIST") {
    const SaNameT *name = kit_name();
    unsigned ok[2] = {0}, exist[2] = {0};
    race(name, 10, true, ok, exist);
    unsigned winner = ok[0] > 0 ? 0 : 1;
    KIT_EXPECT_EQ_U64(ok[winner], 5);
    KIT_EXPECT_EQ_U64(exist[1 - winner], 5);
}

KIT_CASE(OPN_40, "OPN-40", KIT_S, "for a B.1 client CREATE with the value of a later RetentionDurationSet answers EXIST") {
    struct kit_f f = KIT_F(.b1 = true);
    attributes_t changed = f.attributes;
    changed.retentionDuration = 2 * SA_TIME_ONE_MINUTE;
    KIT_OK(K.CheckpointRetentionDurationSet(f.h, changed.retentionDuration));
    KIT_EXPECT(open_with(f.handle, f.name, &changed, KIT_ALL_MODES), SA_AIS_ERR_EXIST);
}

KIT_CASE(OPN_41, "OPN-41", KIT_S, "a B.1 client needs no open mode for StatusGet, IterationInitialize and RetentionDurationSet") {
    struct kit_f f = KIT_F(.b1 = true);
    SaCkptCheckpointHandleT writer = kit_open(f.handle, f.name, KIT_WRITE), reader = kit_open(f.handle, f.name, KIT_READ);
    struct kit_status status;
    SaCkptSectionIterationHandleT it = 0;
    KIT_OK(k_status_get(writer, &status));
    KIT_OK(K.SectionIterationInitialize(writer, SA_CKPT_SECTIONS_ANY, 0, &it));
    KIT_OK(K.SectionIterationFinalize(it));
    KIT_OK(K.CheckpointRetentionDurationSet(reader, SA_TIME_ONE_MINUTE));
}

KIT_LEFT_OUT(OPN_45, "OPN-45", KIT_N | KIT_T, "Open with SA_TIME_MAX waits as long as the service stalls, beyond the default limit", KIT_SEVERAL_NODES);
KIT_LEFT_OUT(OPN_46, "OPN-46", KIT_N | KIT_T, "an Open that timed out leaves no reference behind", KIT_SEVERAL_NODES);
